/* Calls: creation, events, the end, and what both roles share. */
#include "sip/sip_session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "metrics/metrics.h"
#include "sip/sip_trunk.h"

enum { KEY_SDP = 30 };

void sip_replace_text(char **dst, const char *src)
{
	char *copy = src ? strdup(src) : NULL;

	free(*dst);
	*dst = copy;
}

uint64_t sip_sdp_key(const char *sdp)
{
	struct sip_key key = sip_key_begin(KEY_SDP);

	sip_key_add(&key, sdp, strlen(sdp));
	return key.a;
}

int sip_body_check(const struct sip_msg *m)
{
	struct sip_view coding = sip_msg_value(m, SIP_HDR_CONTENT_ENCODING);
	struct sip_media_type type;

	if (!m->body.len)
		return 0;
	if (coding.p && coding.len && !sip_view_is_i(coding, "identity"))
		return 415;
	if (sip_msg_content_type(m, &type) || !sip_media_type_is(&type, "application/sdp"))
		return 415;
	return 0;
}

char *sip_sdp_dup(const struct sip_msg *m)
{
	if (!m->body.len || sip_body_check(m) || memchr(m->body.p, 0, m->body.len))
		return NULL;
	return strndup(m->body.p, m->body.len);
}

struct sip_session *sip_session_create(struct sip_core *core, uint64_t id, bool outgoing)
{
	struct sip_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->core = core;
	s->id = id;
	s->outgoing = outgoing;
	s->state = outgoing ? SIP_SESSION_CALLING : SIP_SESSION_RINGING;
	s->refresh.min_se = SIP_MIN_SE;
	list_init(&s->invites);
	if (hash_set_id(core->calls, id, s)) {
		free(s);
		return NULL;
	}
	list_append(&core->sessions, &s->item);
	metric_add(outgoing ? core->m_calls_out : core->m_calls_in, 1);
	metric_set(core->m_calls_now, (int64_t)hash_count(core->calls));
	return s;
}

struct sip_session *sip_session_find(struct sip_core *core, uint64_t id)
{
	return hash_get_id(core->calls, id);
}

void sip_session_event(struct sip_session *s, struct sip_event *event)
{
	event->call = s->id;
	event->websocket = s->websocket;
	event->origin = s->origin;
	sip_core_event(s->core, event);
}

static void detach(struct sip_tx **tx)
{
	if (*tx)
		sip_tx_set_handler(*tx, NULL, NULL);
	*tx = NULL;
}

void sip_session_free(struct sip_session *s)
{
	struct loop *loop = s->core->loop;

	if (hash_get_id(s->core->calls, s->id) == s)
		hash_remove_id(s->core->calls, s->id);
	metric_set(s->core->m_calls_now, (int64_t)hash_count(s->core->calls));
	if (s->trunk)
		sip_trunk_release_call(s->core, s->trunk);
	loop_timer_cancel(loop, &s->ring);
	loop_timer_cancel(loop, &s->again);
	loop_timer_cancel(loop, &s->offer_timer);
	loop_timer_cancel(loop, &s->refresh_timer);
	detach(&s->tx);
	detach(&s->offer_in);
	detach(&s->offer_out);
	detach(&s->acked);
	list_for_each_safe(pos, tmp, &s->invites)
		sip_invite_free(list_entry(pos, struct sip_invite, item));
	sip_dialog_free(s->dialog);
	list_remove(&s->item);
	free(s->account);
	free(s->trunk);
	free(s->auth);
	free(s->extra);
	free(s->goodbye);
	free(s->queued_sdp);
	free(s->local_sdp);
	free(s->sent_sdp);
	free(s->next_sdp);
	free(s->their_sdp);
	free(s->ack);
	free(s);
}

void sip_session_forget_dialog(struct sip_session *s, struct sip_dialog *d)
{
	if (s->offer_dialog != d)
		return;
	s->offer_dialog = NULL;
	loop_timer_cancel(s->core->loop, &s->offer_timer);
	detach(&s->offer_in);
	detach(&s->offer_out);
}

/* Requests of the peer that wait for us get their end (RFC 3261 15.1.2). */
static void refuse_waiting(struct sip_session *s, int status)
{
	struct sip_tx *in = s->offer_in, *invite = s->tx;

	detach(&s->offer_in);
	if (in)
		sip_tx_reply(in, 487, NULL);
	if (invite && s->state == SIP_SESSION_RINGING) {
		detach(&s->tx);
		/* Does nothing when it has its final response. */
		sip_tx_reply(invite, status >= 400 && status < 700 ? status : 480, NULL);
	}
}

void sip_session_end(struct sip_session *s, int status, const char *reason, bool by_peer, bool bye)
{
	struct sip_core *core = s->core;
	struct sip_farewell_terms terms = { .trunk = s->trunk };
	struct sip_dialog *d = s->dialog;
	char text[300];

	refuse_waiting(s, status);
	sip_session_event(s, &(struct sip_event){ .type = SIP_CALL_ENDED,
				     .status = status,
				     .reason = reason,
				     .by_peer = by_peer });
	hash_remove_id(core->calls, s->id);
	if (s->goodbye)
		snprintf(text, sizeof(text), "%s", s->goodbye);
	else
		sip_reason_header(
			text, sizeof(text), by_peer || status == 200 ? 0 : status, reason);
	list_for_each_safe(pos, tmp, &s->invites)
		sip_invite_abandon(list_entry(pos, struct sip_invite, item), text);
	if (d && (bye || (s->offer_out && s->offer_out_invite))) {
		terms.reason = text;
		terms.silent = !bye;
		terms.auth = s->auth;
		s->auth = NULL;
		if (s->state == SIP_SESSION_ANSWERED && !s->outgoing) {
			terms.tx = s->tx;
			s->tx = NULL;
		}
		if (s->offer_out && s->offer_out_invite) {
			terms.reinvite = s->offer_out;
			terms.reinvite_cseq = s->offer_cseq;
			s->offer_out = NULL;
		}
		s->dialog = NULL;
		sip_farewell_begin(core, d, &terms);
	}
	sip_session_free(s);
}

void sip_session_hangup(struct sip_session *s, int status, const char *reason)
{
	char text[300];

	sip_reason_header(text, sizeof(text), status, reason);
	sip_replace_text(&s->goodbye, text);
	switch (s->state) {
	case SIP_SESSION_RINGING:
		sip_session_reject(s, status >= 300 ? status : 603, reason);
		return;
	case SIP_SESSION_CALLING:
		sip_session_end(s, 487, reason, false, false);
		return;
	case SIP_SESSION_ANSWERED:
		if (s->outgoing)
			sip_dialog_ack(s->dialog, s->invite_cseq, NULL, s->auth, s->trunk, NULL);
		break;
	case SIP_SESSION_UP:
		break;
	}
	sip_session_end(s, status ? status : 200, reason, false, true);
}

void sip_session_lost(struct sip_session *s)
{
	switch (s->state) {
	case SIP_SESSION_RINGING:
		sip_session_end(s, 487, "Connection closed", true, false);
		return;
	case SIP_SESSION_CALLING:
		return; /* its INVITE fails by itself */
	case SIP_SESSION_ANSWERED:
	case SIP_SESSION_UP:
		s->connection = 0;
		sip_session_event(s, &(struct sip_event){ .type = SIP_CALL_LOST });
		return;
	}
}

static void on_refresh(void *arg)
{
	struct sip_session *s = arg;
	uint32_t margin = s->refresh.interval / 3 < 32 ? s->refresh.interval / 3 : 32;

	if (!s->refresh.ours || s->refresh_sent) {
		sip_session_end(s, 408, "Session expired", false, true);
		return;
	}
	if (s->state != SIP_SESSION_UP || s->offer.state != SIP_OFFER_IDLE || s->offer_out ||
		s->tx || loop_timer_running(&s->offer_timer)) {
		loop_timer_set(s->core->loop, &s->refresh_timer, 2000, on_refresh, s);
		return;
	}
	s->refresh_sent = true;
	loop_timer_set(s->core->loop, &s->refresh_timer,
		(int64_t)(s->refresh.interval / 2 - margin / 2) * 1000, on_refresh, s);
	sip_session_send_refresh(s);
}

void sip_session_arm_refresh(struct sip_session *s)
{
	s->refresh_sent = false;
	if (s->refresh.interval)
		loop_timer_set(s->core->loop, &s->refresh_timer, sip_refresh_delay(&s->refresh),
			on_refresh, s);
	else
		loop_timer_cancel(s->core->loop, &s->refresh_timer);
}

void sip_session_print_refresh(struct sip_session *s, struct sip_print *p, bool request)
{
	const char *us = request ? "uac" : "uas", *them = request ? "uas" : "uac";

	if (!s->refresh.interval)
		return;
	sip_print_headerf(p, SIP_HDR_SESSION_EXPIRES, "%u;refresher=%s", s->refresh.interval,
		s->refresh.ours ? us : them);
	if (request)
		sip_print_number(p, SIP_HDR_MIN_SE, s->refresh.min_se);
	else if (s->dialog && s->dialog->supports_timer)
		sip_print_header(p, SIP_HDR_REQUIRE, "timer");
}
