/* Keeping a browser's leg through a page reload: a second SIP call to the same account takes the leg's place in the room. */
#include <errno.h>
#include <stdlib.h>
#include "voice/voice_private.h"

static void grace_over(void *arg)
{
	struct voice_leg *leg = arg;

	voice_leg_hangup(leg, 408);
}

/* Drops a second connection that has not taken over. */
void reattach_drop(struct voice_leg *leg)
{
	struct reattach *again = leg->again;

	if (!again)
		return;
	leg->again = NULL;
	hash_remove_id(leg->v->legs_by_sip, again->sip);
	sip_call_hangup(leg->v->sip, again->sip, 0, NULL);
	media_leg_free(leg->v->media, again->media);
	free(again);
}

int voice_leg_reattach(struct voice_leg *leg)
{
	struct sip_target to = { .account = leg->account,
		.caller = leg->caller,
		.caller_name = leg->caller_name,
		.headers = "X-Hotline-Reattach: 1\r\n",
		.ring_ms = leg->v->config.grace_ms };
	struct media_leg_config config = { .browser = leg->sdp.browser };
	struct reattach *again;
	char *offer = NULL;
	int err = ENOMEM;

	if (leg->state != LEG_LOST || !leg->account || !leg->room || leg->hangup_asked)
		return EINVAL;
	if (leg->again)
		return EALREADY;
	again = calloc(1, sizeof(*again));
	if (!again)
		return ENOMEM;
	again->sdp.browser = leg->sdp.browser;
	again->sdp.session_id = leg->sdp.session_id + 1;
	again->media =
		media_leg_create(leg->v->media, leg->room->media, &config, &again->sdp.local);
	if (!again->media)
		goto out;
	offer = negotiate_offer(&again->sdp, &leg->order);
	if (!offer)
		goto out;
	to.sdp = offer;
	again->sip = sip_call_start(leg->v->sip, &to);
	if (!again->sip)
		goto out;
	err = hash_set_id(leg->v->legs_by_sip, again->sip, leg);
	if (err)
		sip_call_hangup(leg->v->sip, again->sip, 0, NULL);
out:
	free(offer);
	if (err) {
		if (again->media)
			media_leg_free(leg->v->media, again->media);
		free(again);
	} else {
		leg->again = again;
	}
	return err;
}

/* The new connection is up: it becomes the leg's, the old one goes. */
static void take_over(struct voice_leg *leg)
{
	struct reattach *again = leg->again;
	struct voice *v = leg->v;
	uint64_t old_sip = leg->sip;

	hash_remove_id(v->legs_by_sip, old_sip);
	sip_call_hangup(v->sip, old_sip, 0, NULL);
	voice_leg_forget_media(leg);
	leg->sip = again->sip;
	leg->media = again->media;
	leg->sdp = again->sdp;
	leg->again = NULL;
	free(again);
	leg->play = 0;
	if (hash_set_id(v->legs_by_media, leg->media, leg)) {
		voice_leg_hangup(leg, 500);
		return;
	}
	loop_timer_cancel(v->loop, &leg->grace);
	leg->state = LEG_UP;
	voice_leg_mute(leg, leg->muted);
	room_apply_hearing(leg->room);
	voice_leg_emit(leg, &(struct voice_event){ .type = VOICE_BACK });
}

void reattach_event(struct voice_leg *leg, const struct sip_event *event)
{
	struct reattach *again = leg->again;

	if (event->type == SIP_CALL_ANSWERED) {
		if (event->sdp && !negotiate_accept(&again->sdp, event->sdp, true)) {
			media_leg_set_remote(leg->v->media, again->media, &again->sdp.remote);
			take_over(leg);
		} else {
			reattach_drop(leg);
		}
	} else if (event->type == SIP_CALL_ENDED || event->type == SIP_CALL_LOST) {
		reattach_drop(leg); /* the page may try again until the grace time is over */
	}
}

void reattach_wait(struct voice_leg *leg)
{
	loop_timer_set(leg->v->loop, &leg->grace, leg->v->config.grace_ms, grace_over, leg);
}
