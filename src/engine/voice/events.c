/* SIP and media events, on the switch loop, become leg events. */
#include <stdlib.h>
#include <string.h>
#include "log/log.h"
#include "voice/voice_private.h"

static void emit(struct voice_leg *leg, enum voice_event_type type)
{
	voice_leg_emit(leg, &(struct voice_event){ .type = type });
}

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

static void incoming(struct voice *v, const struct sip_event *event)
{
	struct voice_leg *leg = voice_leg_create(v);

	if (!leg || hash_set_id(v->legs_by_sip, event->call, leg)) {
		voice_leg_free(leg);
		sip_call_reject(v->sip, event->call, 503, NULL);
		return;
	}
	leg->sip = event->call;
	leg->offer = copy(event->sdp);
	leg->guest = event->origin == SIP_ORIGIN_GUEST;
	leg->sdp.browser = event->websocket || negotiate_is_browser(event->sdp);
	v->config.incoming(leg, event, v->config.arg);
	/* The handler may have refused it already; one that forgot it must not leave the caller in the air. */
	if (!leg->entered && !leg->hangup_asked)
		voice_leg_refuse(leg, 480);
}

static void progress(struct voice_leg *leg, const struct sip_event *event)
{
	if (leg->state != LEG_NEW && leg->state != LEG_RINGING && leg->state != LEG_EARLY)
		return;
	if (voice_leg_take_answer(leg, event->sdp))
		return; /* early media we cannot take is no reason to end the call */
	if (leg->state == LEG_EARLY)
		return;
	leg->state = LEG_EARLY;
	emit(leg, VOICE_EARLY);
}

static void answered(struct voice_leg *leg, const struct sip_event *event)
{
	if (leg->hangup_asked)
		return;
	if (!event->sdp || voice_leg_take_answer(leg, event->sdp)) {
		log_warn("voice", "answer without a usable codec", "call", event->call_id, NULL);
		voice_leg_hangup(leg, 488);
		return;
	}
	leg->state = LEG_UP;
	emit(leg, VOICE_ANSWERED);
}

/* The peer offers anew: hold, resume, another address. Codec preference stays ours. */
static void offered(struct voice_leg *leg, const struct sip_event *event)
{
	char *sdp = NULL;

	if (!leg->media) {
		sip_call_answer_offer(leg->v->sip, leg->sip, NULL);
		return;
	}
	if (!event->sdp) { /* an empty re-INVITE asks us to offer */
		sdp = negotiate_offer(&leg->sdp, &leg->order);
		leg->offered_in_answer = true;
	} else if (!negotiate_answer(
			   &leg->sdp, &leg->order, event->sdp, leg->sdp.remote.latch, &sdp)) {
		media_leg_set_remote(leg->v->media, leg->media, &leg->sdp.remote);
	}
	sip_call_answer_offer(leg->v->sip, leg->sip, sdp);
	free(sdp);
}

static void confirmed(struct voice_leg *leg, const struct sip_event *event)
{
	if (!leg->offered_in_answer)
		return;
	leg->offered_in_answer = false;
	if (!event->sdp || voice_leg_take_answer(leg, event->sdp))
		voice_leg_hangup(leg, 488);
}

static void lost(struct voice_leg *leg)
{
	if (leg->state != LEG_UP) {
		voice_leg_hangup(leg, 0);
		return;
	}
	leg->state = LEG_LOST;
	reattach_wait(leg);
	emit(leg, VOICE_LOST);
}

static void leg_event(struct voice_leg *leg, const struct sip_event *event)
{
	switch (event->type) {
	case SIP_CALL_RINGING:
		if (leg->state == LEG_NEW) {
			leg->state = LEG_RINGING;
			emit(leg, VOICE_RINGING);
		}
		break;
	case SIP_CALL_PROGRESS:
		progress(leg, event);
		break;
	case SIP_CALL_ANSWERED:
		answered(leg, event);
		break;
	case SIP_CALL_CONFIRMED:
		confirmed(leg, event);
		break;
	case SIP_CALL_OFFER:
		offered(leg, event);
		break;
	case SIP_CALL_OFFER_ANSWERED:
		if (event->sdp)
			voice_leg_take_answer(leg, event->sdp);
		break;
	case SIP_CALL_DTMF:
		voice_leg_emit(
			leg, &(struct voice_event){ .type = VOICE_DIGIT, .digit = event->digit });
		break;
	case SIP_CALL_LOST:
		lost(leg);
		break;
	case SIP_CALL_ENDED:
		voice_leg_down(leg, event->status, event->by_peer);
		break;
	default:
		break;
	}
}

void voice_on_sip(struct voice *v, const struct sip_event *event)
{
	struct voice_leg *leg;

	switch (event->type) {
	case SIP_CALL_INCOMING:
		incoming(v, event);
		return;
	case SIP_ACCOUNT_REGISTERED:
	case SIP_ACCOUNT_UNREGISTERED:
		if (v->config.registration)
			v->config.registration(
				event->account, event->contacts, event->websocket, v->config.arg);
		return;
	case SIP_TRUNK_STATE:
		if (v->config.trunk)
			v->config.trunk(event->trunk, event->up, v->config.arg);
		return;
	default:
		break;
	}
	leg = hash_get_id(v->legs_by_sip, event->call);
	if (!leg)
		return;
	if (leg->again && leg->again->sip == event->call)
		reattach_event(leg, event);
	else
		leg_event(leg, event);
}

static void play_done(struct voice_leg *leg, const struct media_event *event)
{
	struct voice_event done = {
		.type = VOICE_PLAY_DONE, .tag = leg->play_tag, .complete = event->complete
	};

	if (event->play != leg->play)
		return; /* an earlier play, already replaced */
	leg->play = 0;
	voice_leg_emit(leg, &done);
}

static void stats(struct voice *v, const struct media_event *event)
{
	uint64_t *tag = hash_remove_id(v->stats_tags, event->leg);

	if (tag && v->config.stats)
		v->config.stats(*tag, &event->stats, v->config.arg);
	free(tag);
}

void voice_on_media(struct voice *v, const struct media_event *event)
{
	struct voice_leg *leg;

	if (event->type == MEDIA_LEG_STATS) {
		stats(v, event);
		return;
	}
	if (event->type == MEDIA_RECORD_DONE || event->type == MEDIA_SILENCE) {
		room_recorded(v, event);
		return;
	}
	leg = hash_get_id(v->legs_by_media, event->leg);
	if (!leg)
		return;
	switch (event->type) {
	case MEDIA_DIGIT:
		voice_leg_emit(
			leg, &(struct voice_event){ .type = VOICE_DIGIT, .digit = event->digit });
		break;
	case MEDIA_PLAY_DONE:
		play_done(leg, event);
		break;
	case MEDIA_PLAY_FAILED:
		log_warn("voice", "prompt cannot be played, ignoring", "file",
			event->text ? event->text : "?", NULL);
		break;
	case MEDIA_LEG_QUIET:
		emit(leg, VOICE_QUIET);
		break;
	case MEDIA_LEG_BACK:
		emit(leg, VOICE_AUDIBLE);
		break;
	case MEDIA_LEG_FAILED:
		log_warn("voice", "media encryption failed", NULL);
		voice_leg_hangup(leg, 488);
		break;
	default:
		break;
	}
}
