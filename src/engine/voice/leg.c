/* Legs: one party's SIP call and media together. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "voice/voice_private.h"

/* G.722 is the cheap wideband; Opus only where nothing has to be transcoded. */
static const struct codec_order usual_order = { { MEDIA_G722, MEDIA_PCMA, MEDIA_PCMU }, 3 };
static const struct codec_order browser_order = {
	{ MEDIA_OPUS, MEDIA_G722, MEDIA_PCMA, MEDIA_PCMU }, 4
};

struct voice_leg *voice_leg_create(struct voice *v)
{
	struct voice_leg *leg = calloc(1, sizeof(*leg));

	if (!leg)
		return NULL;
	leg->v = v;
	leg->order = usual_order;
	leg->sdp.session_id = (uint64_t)clock_now();
	list_init(&leg->in_room);
	return leg;
}

void voice_leg_free(struct voice_leg *leg)
{
	if (!leg)
		return;
	reattach_drop(leg);
	loop_timer_cancel(leg->v->loop, &leg->grace);
	voice_leg_forget_media(leg);
	room_leave(leg);
	if (leg->sip)
		hash_remove_id(leg->v->legs_by_sip, leg->sip);
	free(leg->account);
	free(leg->caller);
	free(leg->caller_name);
	free(leg->offer);
	free(leg);
}

void voice_leg_emit(struct voice_leg *leg, const struct voice_event *event)
{
	if (leg->h)
		leg->h(leg, event, leg->arg);
}

void voice_leg_forget_media(struct voice_leg *leg)
{
	uint64_t *tag;

	if (!leg->media)
		return;
	hash_remove_id(leg->v->legs_by_media, leg->media);
	tag = leg->tag ? malloc(sizeof(*tag)) : NULL;
	if (tag) {
		*tag = leg->tag;
		if (hash_set_id(leg->v->stats_tags, leg->media, tag))
			free(tag); /* the figures of one leg are lost, nothing else */
	}
	media_leg_free(leg->v->media, leg->media);
	leg->media = 0;
}

void voice_leg_down(struct voice_leg *leg, int status, bool by_peer)
{
	leg->state = LEG_DOWN;
	voice_leg_forget_media(leg);
	voice_leg_emit(leg,
		&(struct voice_event){ .type = VOICE_DOWN, .status = status, .by_peer = by_peer });
	voice_leg_free(leg);
}

void voice_leg_apply_hearing(struct voice_leg *leg)
{
	uint64_t ids[LEG_HEARS_MAX];
	size_t count = 0;

	if (!leg->media)
		return;
	for (size_t i = 0; i < leg->hear_count; i++) {
		if (leg->hears[i]->media)
			ids[count++] = leg->hears[i]->media;
	}
	media_leg_hear(leg->v->media, leg->media, ids, count);
}

/* The peer's answer to our offer goes to media. */
int voice_leg_take_answer(struct voice_leg *leg, const char *sdp)
{
	int err;

	if (!leg->media)
		return ENOTCONN;
	err = negotiate_accept(&leg->sdp, sdp, leg->account != NULL || leg->sdp.remote.latch);
	if (!err)
		media_leg_set_remote(leg->v->media, leg->media, &leg->sdp.remote);
	return err;
}

/* A caller that already talks Opus in this room lets the next browser offer Opus first; otherwise nobody should transcode. */
static struct codec_order order_for(const struct voice_room *room, bool browser)
{
	struct codec_order order = { { 0 }, 0 };

	list_for_each(pos, &room->legs)
	{
		const struct voice_leg *other = list_entry(pos, struct voice_leg, in_room);

		if (other->sdp.negotiated && (other->sdp.remote.codec != MEDIA_OPUS || browser)) {
			order.codec[order.count++] = other->sdp.remote.codec;
			break;
		}
	}
	for (size_t i = 0; i < usual_order.count; i++) {
		if (!order.count || order.codec[0] != usual_order.codec[i])
			order.codec[order.count++] = usual_order.codec[i];
	}
	return order;
}

static int leg_join(struct voice_leg *leg, struct voice_room *room)
{
	struct media_leg_config config = { .browser = leg->sdp.browser };

	leg->media = media_leg_create(room->v->media, room->media, &config, &leg->sdp.local);
	if (!leg->media)
		return ENOBUFS;
	if (hash_set_id(room->v->legs_by_media, leg->media, leg)) {
		media_leg_free(room->v->media, leg->media);
		leg->media = 0;
		return ENOMEM;
	}
	leg->room = room;
	list_append(&room->legs, &leg->in_room);
	return 0;
}

int voice_leg_enter(struct voice_leg *leg, struct voice_room *room, voice_leg_h *h, void *arg)
{
	int err;

	if (leg->entered)
		return EALREADY;
	err = leg_join(leg, room);
	if (err)
		return err;
	leg->order = leg->sdp.browser ? browser_order : usual_order;
	leg->entered = true;
	leg->h = h;
	leg->arg = arg;
	return 0;
}

void voice_leg_ring(struct voice_leg *leg)
{
	if (leg->outgoing || leg->state != LEG_NEW)
		return;
	leg->state = LEG_RINGING;
	sip_call_progress(leg->v->sip, leg->sip, 180, NULL);
}

/* Our SDP for an INVITE: the answer to its offer, or an offer when it had none. Guests and phones sit behind NAT: latch. */
static int describe(struct voice_leg *leg, char **sdp)
{
	int err;

	if (!leg->offer) {
		leg->offered_in_answer = true;
		*sdp = negotiate_offer(&leg->sdp, &leg->order);
		return *sdp ? 0 : ENOMEM;
	}
	err = negotiate_answer(&leg->sdp, &leg->order, leg->offer, true, sdp);
	if (err)
		return err;
	media_leg_set_remote(leg->v->media, leg->media, &leg->sdp.remote);
	return 0;
}

int voice_leg_early(struct voice_leg *leg)
{
	char *sdp = NULL;
	int err;

	if (!leg->entered || leg->state == LEG_UP || leg->early || !leg->offer)
		return leg->early ? 0 : EINVAL;
	err = describe(leg, &sdp);
	if (err)
		return err;
	leg->early = true;
	leg->state = LEG_EARLY;
	sip_call_progress(leg->v->sip, leg->sip, 183, sdp);
	free(sdp);
	return 0;
}

int voice_leg_answer(struct voice_leg *leg)
{
	char *sdp = NULL;
	int err;

	if (!leg->entered || leg->outgoing || leg->hangup_asked)
		return EINVAL;
	if (leg->state == LEG_UP)
		return EALREADY;
	err = describe(leg, &sdp);
	if (err) {
		voice_leg_refuse(leg, err == ENOMEM ? 500 : 488);
		return EPROTO;
	}
	leg->state = LEG_UP;
	sip_call_answer(leg->v->sip, leg->sip, sdp);
	free(sdp);
	free(leg->offer);
	leg->offer = NULL;
	voice_leg_emit(leg, &(struct voice_event){ .type = VOICE_ANSWERED });
	return 0;
}

void voice_leg_refuse(struct voice_leg *leg, int status)
{
	leg->hangup_asked = true;
	sip_call_reject(leg->v->sip, leg->sip, status, NULL);
}

struct voice_leg *voice_leg_call(struct voice_room *room, const struct sip_target *target,
	bool browser, voice_leg_h *h, void *arg)
{
	struct voice *v = room->v;
	struct voice_leg *leg = voice_leg_create(v);
	struct sip_target to = *target;
	char *offer = NULL;

	if (!leg)
		return NULL;
	leg->outgoing = leg->entered = true;
	leg->sdp.browser = browser;
	leg->h = h;
	leg->arg = arg;
	leg->account = target->account ? strdup(target->account) : NULL;
	leg->caller = target->caller ? strdup(target->caller) : NULL;
	leg->caller_name = target->caller_name ? strdup(target->caller_name) : NULL;
	leg->order = order_for(room, browser);
	if (leg_join(leg, room))
		goto fail;
	offer = negotiate_offer(&leg->sdp, &leg->order);
	if (!offer)
		goto fail;
	to.sdp = offer;
	leg->sip = sip_call_start(v->sip, &to);
	free(offer);
	if (!leg->sip)
		goto fail;
	if (hash_set_id(v->legs_by_sip, leg->sip, leg)) {
		sip_call_hangup(v->sip, leg->sip, 0, NULL);
		leg->sip = 0;
		goto fail;
	}
	return leg;
fail:
	voice_leg_free(leg);
	return NULL;
}

void voice_leg_hangup(struct voice_leg *leg, int status)
{
	if (leg->hangup_asked || leg->state == LEG_DOWN)
		return;
	leg->hangup_asked = true;
	reattach_drop(leg);
	sip_call_hangup(leg->v->sip, leg->sip, status, NULL);
}

enum voice_leg_state voice_leg_state(const struct voice_leg *leg)
{
	return leg->state;
}

void voice_leg_set_handler(struct voice_leg *leg, voice_leg_h *h, void *arg)
{
	leg->h = h;
	leg->arg = arg;
}

void voice_leg_set_tag(struct voice_leg *leg, uint64_t tag)
{
	leg->tag = tag;
}

struct voice_room *voice_leg_room(const struct voice_leg *leg)
{
	return leg->room;
}

const char *voice_leg_codec(const struct voice_leg *leg)
{
	return leg->sdp.negotiated ? codec_name(leg->sdp.remote.codec) : "";
}

uint64_t voice_leg_id(const struct voice_leg *leg)
{
	return leg->sip;
}
