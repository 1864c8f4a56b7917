/* Offers inside a call, theirs and ours: re-INVITE (RFC 3261 14), UPDATE (RFC 3311), glare, refreshes (RFC 4028 10). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "sip/sip_session.h"

/* --- theirs --- */

static void forget_their_offer(struct sip_session *s)
{
	loop_timer_cancel(s->core->loop, &s->offer_timer);
	if (s->offer_in)
		sip_tx_set_handler(s->offer_in, NULL, NULL);
	s->offer_in = NULL;
	s->offer_dialog = NULL;
	if (s->offer.state == SIP_OFFER_THEIRS)
		sip_offer_next(&s->offer, SIP_OFFER_REFUSED);
}

static void refuse_offer(struct sip_session *s, int status)
{
	struct sip_tx *tx = s->offer_in;

	forget_their_offer(s);
	sip_tx_reply(tx, status, NULL);
	sip_session_offer_later(s);
	sip_session_go_on(s);
}

static void on_offer_in(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg)
{
	struct sip_session *s = arg;

	(void)m;
	(void)tx;
	if (report == SIP_TX_CANCELLED)
		refuse_offer(s, 487);
	else if (report == SIP_TX_UNREACHABLE || report == SIP_TX_GONE)
		forget_their_offer(s);
}

static void on_no_answer(void *arg)
{
	refuse_offer(arg, 504);
}

static int send_answer(
	struct sip_session *s, struct sip_dialog *d, struct sip_tx *tx, const char *sdp)
{
	struct sip_print p;

	if (sip_tx_method(tx) == SIP_INVITE)
		return sip_session_send_2xx(s, tx, sdp);
	sip_tx_reply_begin(tx, &p, 200, NULL);
	if (sip_tx_method(tx) == SIP_UPDATE) {
		sip_dialog_contact(d, &p);
		sip_print_header(&p, SIP_HDR_ALLOW, SIP_ALLOW);
		sip_session_print_refresh(s, &p, false);
	}
	return sip_tx_reply_body(tx, &p, "application/sdp", sdp);
}

static void answer_now(
	struct sip_session *s, struct sip_dialog *d, struct sip_tx *tx, const char *sdp)
{
	uint64_t theirs = s->offered_sdp;
	char *copy = strdup(sdp);

	forget_their_offer(s);
	if (!copy || send_answer(s, d, tx, copy)) {
		sip_tx_reply(tx, 500, NULL);
		free(copy);
		return;
	}
	s->offer.agreed = true;
	s->remote_sdp = theirs;
	free(s->local_sdp);
	s->local_sdp = copy;
	if (d->answer && s->their_sdp) /* what their 2xx will be told with */
		sip_replace_text(&d->answer, s->their_sdp);
	if (s->state >= SIP_SESSION_ANSWERED)
		sip_session_arm_refresh(s);
	sip_session_offer_later(s);
	sip_session_go_on(s);
}

void sip_session_their_offer(
	struct sip_session *s, struct sip_dialog *d, struct sip_tx *tx, const struct sip_msg *m)
{
	/* While we call, each early dialog has its own state; only one that was answered reliably can be changed. */
	bool early = s->state == SIP_SESSION_CALLING;
	char *sdp = sip_sdp_dup(m);
	struct sip_print p;
	int status;

	if (!sdp) {
		sip_tx_reply(tx, 400, NULL);
		return;
	}
	if (early)
		status = !d->answered || s->offer_out ? 491 : s->offer_in ? 500 : 0;
	else
		status = s->offer_out ? 491 : sip_offer_next(&s->offer, SIP_OFFER_GET);
	if (status) {
		sip_tx_reply_begin(tx, &p, status, NULL);
		if (status == 500)
			sip_print_number(&p, SIP_HDR_RETRY_AFTER, sip_random_below(11));
		sip_tx_reply_end(tx, &p);
		free(sdp);
		return;
	}
	s->offered_sdp = sip_sdp_key(sdp);
	if (s->state == SIP_SESSION_UP && s->offered_sdp == s->remote_sdp && s->local_sdp) {
		/* Word for word what was agreed: a refresh, which needs nobody's decision. */
		answer_now(s, d, tx, s->local_sdp);
		free(sdp);
		return;
	}
	s->offer_in = tx;
	s->offer_dialog = d;
	sip_replace_text(&s->their_sdp, early ? sdp : NULL);
	sip_tx_set_handler(tx, on_offer_in, s);
	if (sip_tx_keep(tx)) {
		forget_their_offer(s);
		sip_tx_reply(tx, 500, NULL);
		free(sdp);
		return;
	}
	if (sip_tx_method(tx) == SIP_INVITE)
		sip_tx_reply(tx, 100, NULL);
	loop_timer_set(s->core->loop, &s->offer_timer, SIP_OFFER_ANSWER_MS, on_no_answer, s);
	sip_session_event(
		s, &(struct sip_event){ .type = SIP_CALL_OFFER, .sdp = sdp, .fork = d->fork });
	free(sdp);
}

void sip_session_answer_offer(struct sip_session *s, const char *sdp)
{
	if (s->outgoing && s->state == SIP_SESSION_ANSWERED) {
		/* The 2xx carried the offer; the ACK takes the answer. */
		if (!sdp) {
			sip_session_hangup(s, 488, NULL);
			return;
		}
		sip_offer_next(&s->offer, SIP_OFFER_ANSWER);
		sip_replace_text(&s->local_sdp, sdp);
		sip_invite_late_ack(s->dialog, s->invite_cseq, sdp);
		s->state = SIP_SESSION_UP;
		sip_session_offer_later(s);
		return;
	}
	if (!s->offer_in)
		return;
	if (sdp)
		answer_now(s, s->offer_dialog, s->offer_in, sdp);
	else
		refuse_offer(s, 488);
}

/* --- ours --- */

static void on_offer_out(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg);

static void offer_failed(struct sip_session *s, int status, const char *reason)
{
	bool refresh = s->offer_out_refresh;

	if (s->offer.state == SIP_OFFER_OURS)
		sip_offer_next(&s->offer, SIP_OFFER_REFUSED);
	free(s->sent_sdp);
	s->sent_sdp = NULL;
	s->offer_tries = 0;
	if (refresh) {
		/* Whoever refuses is alive. One that agreed on timers has its call ended by them (RFC 4028 10). */
		if (s->dialog && !s->dialog->supports_timer && status != 408)
			sip_session_arm_refresh(s);
		return;
	}
	sip_session_event(
		s, &(struct sip_event){
			   .type = SIP_CALL_OFFER_REFUSED, .status = status, .reason = reason });
}

/* sdp: NULL for an UPDATE that only refreshes. */
static int send_offer(
	struct sip_session *s, struct sip_dialog *d, enum sip_method method, const char *sdp)
{
	struct sip_core *core = s->core;
	uint64_t branch = sip_branch_make();
	struct sip_print p;
	int err;

	s->offer_cseq = ++d->local_cseq;
	sip_dialog_request(d, &p, method, s->offer_cseq, branch);
	sip_dialog_contact(d, &p);
	sip_print_header(&p, SIP_HDR_ALLOW, SIP_ALLOW);
	sip_print_header(&p, SIP_HDR_SUPPORTED, SIP_SUPPORTED);
	if (s->state == SIP_SESSION_UP)
		sip_session_print_refresh(s, &p, true);
	sip_dialog_authorize(d, &p, method, s->auth, s->trunk);
	err = sdp ? sip_print_body(&p, "application/sdp", sdp, strlen(sdp)) : sip_print_end(&p);
	if (err)
		return err;
	s->offer_out =
		sip_tx_request(core->txs, method, branch, &d->peer, &core->out, on_offer_out, s);
	s->offer_out_invite = method == SIP_INVITE;
	s->offer_dialog = d;
	return s->offer_out ? 0 : ENOMEM;
}

static void retry_offer(struct sip_session *s);

static void on_retry(void *arg)
{
	retry_offer(arg);
}

static void retry_offer(struct sip_session *s)
{
	struct sip_dialog *d = s->dialog;
	enum sip_method method;
	char *sdp = s->sent_sdp;

	if (!d || s->state != SIP_SESSION_UP) {
		offer_failed(s, 491, NULL);
		return;
	}
	if (s->tx || s->offer_in) {
		loop_timer_set(s->core->loop, &s->offer_timer, 500, on_retry, s);
		return;
	}
	method = sdp ? SIP_INVITE : SIP_UPDATE;
	if (sdp && sip_offer_next(&s->offer, SIP_OFFER_SEND)) {
		offer_failed(s, 491, NULL);
		return;
	}
	if (send_offer(s, d, method, sdp))
		offer_failed(s, 500, NULL);
}

static bool try_again(struct sip_session *s, const struct sip_msg *m)
{
	if (++s->offer_tries > 4)
		return false;
	switch (m->status) {
	case 401:
	case 407:
		if (!s->trunk)
			return false;
		if (!s->auth)
			s->auth = calloc(1, sizeof(*s->auth));
		return s->auth && !sip_digest_client_take(s->auth, m);
	case 422: {
		uint32_t least = 0;

		if (sip_msg_number(m, SIP_HDR_MIN_SE, &least) || least <= s->refresh.interval)
			return false;
		s->refresh.min_se = s->refresh.interval = least;
		return true;
	}
	case 491:
		return true;
	default:
		return false;
	}
}

static void offer_refused(struct sip_session *s, const struct sip_msg *m)
{
	bool was_update = !s->offer_out_invite;
	char reason[64];
	int64_t delay = 0;

	s->offer_out = NULL;
	if (s->state == SIP_SESSION_UP && (m->status == 408 || m->status == 481)) {
		sip_session_end(s, m->status, NULL, true, true); /* RFC 3261 12.2.1.2 */
		return;
	}
	if (was_update && s->offer_out_refresh && (m->status == 405 || m->status == 501)) {
		s->update_refused = true;
		sip_session_send_refresh(s);
		return;
	}
	if (s->state == SIP_SESSION_UP && try_again(s, m)) {
		if (s->offer.state == SIP_OFFER_OURS)
			sip_offer_next(&s->offer, SIP_OFFER_REFUSED);
		/* RFC 3261 14.1: who made the Call-ID waits longer, so that the two do not meet again. */
		if (m->status == 491)
			delay = s->outgoing ? 2100 + 10 * sip_random_below(190)
					    : 10 * sip_random_below(200);
		loop_timer_set(s->core->loop, &s->offer_timer, delay, on_retry, s);
		return;
	}
	if (sip_view_copy(reason, sizeof(reason), m->reason))
		reason[0] = 0;
	offer_failed(s, m->status, reason);
	sip_session_offer_later(s);
}

static void acknowledge(struct sip_session *s, struct sip_tx *tx)
{
	sip_dialog_ack(s->dialog, s->offer_cseq, NULL, s->auth, s->trunk, &s->ack);
	if (s->acked && s->acked != tx)
		sip_tx_set_handler(s->acked, NULL, NULL);
	s->acked = tx;
}

static void offer_accepted(struct sip_session *s, struct sip_tx *tx, const struct sip_msg *m)
{
	struct sip_refresh_terms terms = sip_refresh_read(m);
	struct sip_dialog *d = s->offer_dialog ? s->offer_dialog : s->dialog;
	char *sdp = sip_sdp_dup(m);
	bool told = !s->offer_out_refresh;

	s->offer_out = NULL;
	s->offer_tries = 0;
	sip_dialog_refresh(d, m, &d->peer);
	if (s->offer_out_invite)
		acknowledge(s, tx);
	else
		sip_tx_set_handler(tx, NULL, NULL);
	if (s->state == SIP_SESSION_UP) {
		sip_refresh_accept(&s->refresh, &terms);
		sip_session_arm_refresh(s);
	}
	if (s->sent_sdp) {
		uint64_t key = sdp ? sip_sdp_key(sdp) : 0;

		if (s->offer.state == SIP_OFFER_OURS)
			sip_offer_next(&s->offer, sdp ? SIP_OFFER_GOT_ANSWER : SIP_OFFER_REFUSED);
		if (sdp) {
			free(s->local_sdp);
			s->local_sdp = s->sent_sdp;
			s->sent_sdp = NULL;
			/* A refresh may bring news all the same. */
			told = told || key != s->remote_sdp;
			s->remote_sdp = key;
		}
		free(s->sent_sdp);
		s->sent_sdp = NULL;
		if (sdp && d->answer)
			sip_replace_text(&d->answer, sdp);
		if (told && sdp)
			sip_session_event(s, &(struct sip_event){ .type = SIP_CALL_OFFER_ANSWERED,
						     .sdp = sdp,
						     .fork = d->fork });
		else if (told)
			sip_session_event(s, &(struct sip_event){ .type = SIP_CALL_OFFER_REFUSED,
						     .status = 488 });
	}
	free(sdp);
	sip_session_offer_later(s);
}

static void on_offer_out(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg)
{
	struct sip_session *s = arg;

	switch (report) {
	case SIP_TX_RESPONSE:
		if (m->status < 200)
			return;
		if (tx == s->acked) { /* the 2xx again: so is the ACK */
			if (s->ack)
				s->core->wire.send(s->core->wire.arg, &s->dialog->peer, s->ack,
					strlen(s->ack));
			return;
		}
		if (tx != s->offer_out)
			return;
		if (m->status < 300) {
			offer_accepted(s, tx, m);
			return;
		}
		sip_tx_set_handler(tx, NULL, NULL);
		offer_refused(s, m);
		return;
	case SIP_TX_TIMEOUT:
		s->offer_out = NULL;
		sip_tx_set_handler(tx, NULL, NULL);
		if (s->state == SIP_SESSION_UP)
			sip_session_end(s, 408, NULL, true, true);
		else
			offer_failed(s, 408, NULL);
		return;
	case SIP_TX_UNREACHABLE:
		s->offer_out = NULL;
		sip_tx_set_handler(tx, NULL, NULL);
		offer_failed(s, 503, NULL);
		return;
	case SIP_TX_GONE:
		if (tx == s->acked)
			s->acked = NULL;
		if (tx == s->offer_out)
			s->offer_out = NULL;
		return;
	case SIP_TX_CANCELLED:
		return;
	}
}

void sip_session_send_refresh(struct sip_session *s)
{
	bool update = s->dialog->allows_update && !s->update_refused;

	s->offer_out_refresh = true;
	if (update) {
		send_offer(s, s->dialog, SIP_UPDATE, NULL);
		return;
	}
	if (!s->local_sdp || sip_offer_next(&s->offer, SIP_OFFER_SEND))
		return;
	sip_replace_text(&s->sent_sdp, s->local_sdp);
	if (send_offer(s, s->dialog, SIP_INVITE, s->sent_sdp))
		offer_failed(s, 500, NULL);
}

/* The dialog in which an offer can be made before the call is up: settled reliably, by a peer that knows UPDATE (RFC 3311 5.1). */
static struct sip_dialog *early_dialog(struct sip_session *s)
{
	struct sip_dialog *found = NULL;

	if (!s->outgoing)
		return s->state == SIP_SESSION_RINGING && s->offer.agreed && !s->prack_awaited &&
				       s->dialog->allows_update
			       ? s->dialog
			       : NULL;
	list_for_each(pos, &s->invites)
	{
		struct sip_invite *inv = list_entry(pos, struct sip_invite, item);

		list_for_each(pos2, &inv->dialogs)
		{
			struct sip_dialog *d = list_entry(pos2, struct sip_dialog, item);

			if (!d->answered || !d->allows_update)
				continue;
			if (found)
				return NULL; /* which one? */
			found = d;
		}
	}
	return found;
}

void sip_session_offer_later(struct sip_session *s)
{
	struct sip_dialog *d = s->dialog;
	bool up = s->state == SIP_SESSION_UP;

	if (!s->next_sdp || s->offer_out || s->offer_in || loop_timer_running(&s->offer_timer))
		return;
	if (s->state == SIP_SESSION_ANSWERED || (up && (s->tx || s->offer.state != SIP_OFFER_IDLE)))
		return; /* after the ACK or the answer */
	free(s->sent_sdp);
	s->sent_sdp = s->next_sdp;
	s->next_sdp = NULL;
	s->offer_out_refresh = false;
	s->offer_tries = 0;
	if (!up)
		d = early_dialog(s);
	if (!d || (up && sip_offer_next(&s->offer, SIP_OFFER_SEND))) {
		offer_failed(s, 491, NULL);
		return;
	}
	if (send_offer(s, d, up ? SIP_INVITE : SIP_UPDATE, s->sent_sdp))
		offer_failed(s, 500, NULL);
}

void sip_session_offer(struct sip_session *s, const char *sdp)
{
	if (!sdp || strlen(sdp) > SIP_SDP_MAX)
		return;
	sip_replace_text(&s->next_sdp, sdp);
	sip_session_offer_later(s);
}
