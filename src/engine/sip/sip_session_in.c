/* Incoming calls: provisional responses, also reliable ones (RFC 3262), the 2xx and its ACK. */
#include "sip/sip_session.h"
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "sip/sip_trunk.h"

static void on_invite(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg)
{
	struct sip_session *s = arg;

	(void)m;
	switch (report) {
	case SIP_TX_CANCELLED:
		s->tx = NULL;
		sip_tx_set_handler(tx, NULL, NULL);
		sip_tx_reply(tx, 487, NULL);
		sip_session_end(s, 487, NULL, true, false);
		return;
	case SIP_TX_UNREACHABLE:
		s->tx = NULL;
		sip_tx_set_handler(tx, NULL, NULL);
		sip_session_end(s, 487, "Connection closed", true, false);
		return;
	case SIP_TX_GONE:
		s->tx = NULL;
		return;
	case SIP_TX_RESPONSE:
	case SIP_TX_TIMEOUT:
		return;
	}
}

/* 2xx and reliable provisionals are repeated here, the transaction does not (RFC 3261 13.3.1.4, RFC 3262 3). */
static void on_again(void *arg)
{
	struct sip_session *s = arg;

	if (!s->tx || clock_mono() >= s->again_until) {
		if (s->state == SIP_SESSION_RINGING)
			sip_session_reject(s, 504, "No PRACK");
		else
			sip_session_end(s, 408, "No ACK", true, true);
		return;
	}
	sip_tx_repeat(s->tx);
	s->again_ms *= 2;
	if (s->state != SIP_SESSION_RINGING && s->again_ms > SIP_T2)
		s->again_ms = SIP_T2;
	loop_timer_set(s->core->loop, &s->again, s->again_ms, on_again, s);
}

static void repeat_until_confirmed(struct sip_session *s)
{
	s->again_ms = SIP_T1;
	s->again_until = clock_mono() + SIP_64T1;
	loop_timer_set(s->core->loop, &s->again, s->again_ms, on_again, s);
}

static void user_text(char *out, size_t size, const struct sip_addr *addr)
{
	if (sip_uri_user(out, size, &addr->uri))
		*out = 0;
	if (!strcasecmp(out, "anonymous"))
		*out = 0;
}

/* Who calls: a carrier's assertion counts (RFC 3325), an account is what it proved to be. */
static void caller_identity(const struct sip_msg *m, const struct sip_caller *caller, char *user,
	char *name, size_t size)
{
	struct sip_addr asserted;
	const struct sip_addr *who = &m->from;
	struct sip_list list;

	*user = *name = 0;
	if (caller->origin == SIP_ORIGIN_ACCOUNT) {
		sip_view_copy(user, size, sip_view(caller->account));
		sip_view_copy(name, size, sip_view(caller->name));
		return;
	}
	if (caller->origin == SIP_ORIGIN_TRUNK) {
		sip_list_init(&list, m, SIP_HDR_P_ASSERTED_IDENTITY);
		while (!sip_list_next_addr(&list, &asserted)) {
			if (asserted.uri.user.p) {
				who = &asserted;
				break;
			}
		}
		if (sip_msg_has_option(m, SIP_HDR_PRIVACY, "id") && who == &m->from)
			return;
	}
	user_text(user, size, who);
	if (*user && who->display.p && sip_unquote(name, size, who->display))
		*name = 0;
}

static void announce(struct sip_session *s, const struct sip_peer *from, const struct sip_msg *m,
	const struct sip_caller *caller)
{
	char called[256], user[256], name[256], source[SIP_INET_TEXT];
	char *sdp = sip_sdp_dup(m);

	if (sip_uri_user(called, sizeof(called), &m->uri))
		*called = 0;
	caller_identity(m, caller, user, name, sizeof(user));
	sip_session_event(s, &(struct sip_event){
				     .type = SIP_CALL_INCOMING,
				     .sdp = sdp,
				     .account = caller->account,
				     .trunk = caller->trunk,
				     .called = called,
				     .caller = user,
				     .caller_name = name,
				     .source = sip_inet_text(&from->addr, source),
				     .call_id = s->dialog->call_id,
			     });
	free(sdp);
}

void sip_session_incoming(struct sip_core *core, const struct sip_peer *from,
	const struct sip_msg *m, struct sip_tx *tx, const struct sip_caller *caller)
{
	struct sip_refresh_terms terms = sip_refresh_read(m);
	struct sip_session *s = sip_session_create(core, (uint64_t)id_make(clock_now()), false);

	if (!s) {
		sip_tx_reply(tx, 503, NULL);
		return;
	}
	s->origin = caller->origin;
	s->websocket = from->transport == SIP_TRANSPORT_WS;
	s->connection = caller->connection;
	sip_replace_text(&s->account, caller->account);
	s->invite_cseq = m->cseq;
	s->must_be_reliable = sip_msg_has_option(m, SIP_HDR_REQUIRE, "100rel");
	s->reliable = s->must_be_reliable || sip_msg_has_option(m, SIP_HDR_SUPPORTED, "100rel");
	s->rseq = sip_random_below(1U << 30) + 1;
	if (m->body.len) {
		char *sdp = sip_sdp_dup(m);

		s->remote_sdp = sdp ? sip_sdp_key(sdp) : 0;
		free(sdp);
		sip_offer_next(&s->offer, SIP_OFFER_GET);
	}
	sip_refresh_answer(&s->refresh, &terms, core->session_expires);
	s->dialog = sip_dialog_create(core, s);
	if (s->dialog)
		s->dialog->by_source = caller->origin != SIP_ORIGIN_TRUNK;
	if (!s->dialog || sip_dialog_from_request(s->dialog, m, sip_tx_tag(tx), from) ||
		sip_tx_keep(tx)) {
		sip_session_free(s);
		sip_tx_reply(tx, 500, NULL);
		return;
	}
	if (caller->trunk) {
		sip_replace_text(&s->trunk, caller->trunk);
		sip_trunk_take_call(core, s->trunk);
	}
	s->tx = tx;
	sip_tx_set_handler(tx, on_invite, s);
	announce(s, from, m, caller);
}

/* An offer to an INVITE without one goes only into responses that are acknowledged (RFC 3261 13.2.1). */
static const char *sdp_of_provisional(struct sip_session *s, const char *sdp)
{
	if (!sdp || s->answered_reliably)
		return NULL;
	if (s->offer.state == SIP_OFFER_THEIRS)
		return sdp;
	return s->reliable && s->offer.state == SIP_OFFER_IDLE && !s->offer.agreed ? sdp : NULL;
}

static void send_provisional(struct sip_session *s, int status, const char *sdp)
{
	struct sip_print p;

	sdp = sdp_of_provisional(s, sdp);
	sip_tx_reply_begin(s->tx, &p, status, NULL);
	sip_dialog_contact(s->dialog, &p);
	sip_print_header(&p, SIP_HDR_ALLOW, SIP_ALLOW);
	sip_print_header(&p, SIP_HDR_SUPPORTED, SIP_SUPPORTED);
	if (s->reliable) {
		sip_print_header(&p, SIP_HDR_REQUIRE, "100rel");
		sip_print_number(&p, SIP_HDR_RSEQ, ++s->rseq);
	}
	if (sip_tx_reply_body(s->tx, &p, "application/sdp", sdp))
		return;
	if (!s->reliable)
		return;
	s->prack_awaited = true;
	repeat_until_confirmed(s);
	if (!sdp)
		return;
	sip_replace_text(&s->local_sdp, sdp);
	s->answered_reliably = true;
	sip_offer_next(
		&s->offer, s->offer.state == SIP_OFFER_THEIRS ? SIP_OFFER_ANSWER : SIP_OFFER_SEND);
}

void sip_session_progress(struct sip_session *s, int status, const char *sdp)
{
	if (s->state != SIP_SESSION_RINGING || s->outgoing || !s->tx || s->answer_waits)
		return;
	if (status <= 100 || status > 199)
		status = 180;
	if (!s->prack_awaited && !s->offer_in) {
		send_provisional(s, status, sdp);
		return;
	}
	s->queued_status = status;
	if (sdp)
		sip_replace_text(&s->queued_sdp, sdp);
}

int sip_session_send_2xx(struct sip_session *s, struct sip_tx *tx, const char *sdp)
{
	struct sip_print p;
	int err;

	sip_tx_reply_begin(tx, &p, 200, NULL);
	sip_dialog_contact(s->dialog, &p);
	sip_print_header(&p, SIP_HDR_ALLOW, SIP_ALLOW);
	sip_print_header(&p, SIP_HDR_SUPPORTED, SIP_SUPPORTED);
	sip_session_print_refresh(s, &p, false);
	err = sip_tx_reply_body(tx, &p, "application/sdp", sdp);
	if (err)
		return err;
	if (s->tx != tx) {
		s->tx = tx;
		sip_tx_set_handler(tx, on_invite, s);
	}
	repeat_until_confirmed(s);
	return 0;
}

static void send_answer(struct sip_session *s, const char *sdp)
{
	if (s->offer.state == SIP_OFFER_THEIRS)
		sip_offer_next(&s->offer, SIP_OFFER_ANSWER);
	else if (s->offer.agreed || s->answered_reliably)
		sdp = NULL; /* settled in a reliable provisional response */
	else
		sip_offer_next(&s->offer, SIP_OFFER_SEND);
	if (sdp)
		sip_replace_text(&s->local_sdp, sdp);
	s->state = SIP_SESSION_ANSWERED;
	if (sip_session_send_2xx(s, s->tx, sdp)) {
		s->state = SIP_SESSION_RINGING;
		sip_session_reject(s, 500, NULL);
		return;
	}
	sip_session_arm_refresh(s);
}

void sip_session_answer(struct sip_session *s, const char *sdp)
{
	if (s->state != SIP_SESSION_RINGING || s->outgoing || !s->tx)
		return;
	if (!sdp && !s->answered_reliably) {
		sip_session_reject(s, 488, NULL);
		return;
	}
	if (s->prack_awaited || s->offer_in) {
		/* RFC 3262 3: not before the SDP in it has been acknowledged; waiting for all of them is simpler and short. */
		s->answer_waits = true;
		if (sdp)
			sip_replace_text(&s->queued_sdp, sdp);
		return;
	}
	send_answer(s, sdp);
}

void sip_session_reject(struct sip_session *s, int status, const char *reason)
{
	struct sip_tx *tx = s->tx;

	if (s->state != SIP_SESSION_RINGING || s->outgoing)
		return;
	if (status < 400 || status > 699)
		status = 480;
	s->tx = NULL;
	if (tx) {
		sip_tx_set_handler(tx, NULL, NULL);
		/* A reason that cannot stand in a status line gets the usual text. */
		if (sip_tx_reply(tx, status, reason))
			sip_tx_reply(tx, status, NULL);
	}
	sip_session_end(s, status, reason, false, false);
}

void sip_session_ack(struct sip_session *s, const struct sip_msg *m)
{
	char *sdp;
	bool answers;

	if (!s->tx || s->state < SIP_SESSION_ANSWERED || m->cseq != s->invite_cseq)
		return;
	loop_timer_cancel(s->core->loop, &s->again);
	sip_tx_forget_reply(s->tx);
	sip_tx_set_handler(s->tx, NULL, NULL);
	s->tx = NULL;
	sdp = sip_sdp_dup(m);
	answers = s->offer.state == SIP_OFFER_OURS;
	if (answers) {
		sip_offer_next(&s->offer, sdp ? SIP_OFFER_GOT_ANSWER : SIP_OFFER_REFUSED);
		s->remote_sdp = sdp ? sip_sdp_key(sdp) : 0;
	}
	if (s->state == SIP_SESSION_ANSWERED) {
		s->state = SIP_SESSION_UP;
		sip_session_event(s, &(struct sip_event){ .type = SIP_CALL_CONFIRMED,
					     .sdp = answers ? sdp : NULL });
	} else if (answers && sdp) {
		sip_session_event(
			s, &(struct sip_event){ .type = SIP_CALL_OFFER_ANSWERED, .sdp = sdp });
	}
	free(sdp);
	sip_session_offer_later(s);
}

void sip_session_go_on(struct sip_session *s)
{
	char *sdp = s->queued_sdp;
	int status = s->queued_status;

	if (s->state != SIP_SESSION_RINGING || !s->tx || s->prack_awaited || s->offer_in)
		return;
	s->queued_sdp = NULL;
	s->queued_status = 0;
	if (s->answer_waits) {
		s->answer_waits = false;
		send_answer(s, sdp);
	} else if (status) {
		send_provisional(s, status, sdp);
	}
	free(sdp);
}

void sip_session_prack(struct sip_session *s, struct sip_tx *tx, const struct sip_msg *m)
{
	struct sip_rack rack;
	char *sdp;

	if (sip_msg_rack(m, &rack)) {
		sip_tx_reply(tx, 400, "RAck missing");
		return;
	}
	if (s->outgoing || !s->prack_awaited || rack.rseq != s->rseq ||
		rack.cseq != s->invite_cseq || rack.method != SIP_INVITE) {
		sip_tx_reply(tx, 481, NULL);
		return;
	}
	s->prack_awaited = false;
	if (s->state == SIP_SESSION_RINGING)
		loop_timer_cancel(s->core->loop, &s->again);
	sdp = sip_sdp_dup(m);
	if (sdp && s->offer.state == SIP_OFFER_OURS) {
		sip_offer_next(&s->offer, SIP_OFFER_GOT_ANSWER);
		s->remote_sdp = sip_sdp_key(sdp);
		sip_tx_reply(tx, 200, NULL);
		sip_session_event(
			s, &(struct sip_event){ .type = SIP_CALL_OFFER_ANSWERED, .sdp = sdp });
	} else if (sdp) {
		sip_session_their_offer(s, s->dialog, tx, m);
	} else {
		sip_tx_reply(tx, 200, NULL);
	}
	free(sdp);
	sip_session_go_on(s);
}
