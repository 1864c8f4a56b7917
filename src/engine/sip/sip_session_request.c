/* Requests inside a call: BYE, re-INVITE, UPDATE, PRACK, INFO, OPTIONS and what is refused. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "sip/sip_session.h"

static void bye(struct sip_session *s, struct sip_dialog *d, struct sip_tx *tx)
{
	struct sip_tx *invite = s->tx;

	sip_tx_reply(tx, 200, NULL);
	if (s->state == SIP_SESSION_CALLING) {
		/* The called side may not do that before it answered (RFC 3261 15); its branch ends with a refusal. */
		(void)d;
		return;
	}
	if (s->state == SIP_SESSION_RINGING && invite) {
		s->tx = NULL;
		sip_tx_set_handler(invite, NULL, NULL);
		sip_tx_reply(invite, 487, NULL);
	}
	sip_session_end(s, 200, NULL, true, false);
}

static void retry_later(struct sip_tx *tx)
{
	struct sip_print p;

	sip_tx_reply_begin(tx, &p, 500, "Another offer is open");
	sip_print_number(&p, SIP_HDR_RETRY_AFTER, sip_random_below(11));
	sip_tx_reply_end(tx, &p);
}

static void too_brief(struct sip_tx *tx)
{
	struct sip_print p;

	sip_tx_reply_begin(tx, &p, 422, NULL);
	sip_print_number(&p, SIP_HDR_MIN_SE, SIP_MIN_SE);
	sip_tx_reply_end(tx, &p);
}

/* Their side of the session timer; the terms of the last exchange count (RFC 4028 7.4). */
static bool take_terms(struct sip_session *s, struct sip_tx *tx, const struct sip_msg *m)
{
	struct sip_refresh_terms terms = sip_refresh_read(m);
	struct sip_refresh next = s->refresh;

	if (sip_refresh_answer(&next, &terms, s->core->session_expires)) {
		too_brief(tx);
		return false;
	}
	s->refresh = next;
	return true;
}

static int unsupported_body(struct sip_tx *tx, const struct sip_msg *m)
{
	struct sip_print p;

	if (!sip_body_check(m))
		return 0;
	sip_tx_reply_begin(tx, &p, 415, NULL);
	sip_print_extra(&p, "Accept", "application/sdp");
	sip_tx_reply_end(tx, &p);
	return 415;
}

static void reinvite(struct sip_session *s, struct sip_dialog *d, struct sip_tx *tx,
	const struct sip_peer *from, const struct sip_msg *m)
{
	if (s->offer_out || s->state == SIP_SESSION_CALLING ||
		(s->outgoing && s->state == SIP_SESSION_ANSWERED)) {
		sip_tx_reply(tx, 491, NULL); /* RFC 3261 14.2 */
		return;
	}
	if (s->tx || s->offer_in) {
		retry_later(tx);
		return;
	}
	if (unsupported_body(tx, m) || !take_terms(s, tx, m))
		return;
	sip_dialog_refresh(d, m, from);
	s->invite_cseq = m->cseq;
	if (m->body.len) {
		sip_session_their_offer(s, d, tx, m);
		return;
	}
	if (!s->local_sdp || sip_offer_next(&s->offer, SIP_OFFER_SEND)) {
		sip_tx_reply(tx, 488, NULL);
		return;
	}
	if (sip_session_send_2xx(s, tx, s->local_sdp)) {
		sip_offer_next(&s->offer, SIP_OFFER_REFUSED);
		sip_tx_reply(tx, 500, NULL);
		return;
	}
	sip_session_arm_refresh(s);
}

static void update(struct sip_session *s, struct sip_dialog *d, struct sip_tx *tx,
	const struct sip_peer *from, const struct sip_msg *m)
{
	struct sip_print p;

	if (unsupported_body(tx, m) || !take_terms(s, tx, m))
		return;
	sip_dialog_refresh(d, m, from);
	if (m->body.len) {
		sip_session_their_offer(s, d, tx, m);
		return;
	}
	sip_tx_reply_begin(tx, &p, 200, NULL);
	sip_dialog_contact(d, &p);
	sip_print_header(&p, SIP_HDR_ALLOW, SIP_ALLOW);
	sip_session_print_refresh(s, &p, false);
	sip_tx_reply_end(tx, &p);
	if (s->state >= SIP_SESSION_ANSWERED)
		sip_session_arm_refresh(s);
}

/* "Signal=5" of application/dtmf-relay, or the key alone. 0: none. */
static char dtmf_digit(const struct sip_msg *m, bool relay)
{
	const char *p = m->body.p, *end = p + m->body.len;

	if (relay) {
		while (p < end && (size_t)(end - p) > 6 && strncasecmp(p, "signal", 6)) {
			p = memchr(p, '\n', (size_t)(end - p));
			if (!p)
				return 0;
			p++;
		}
		if ((size_t)(end - p) <= 6)
			return 0;
		p += 6;
		while (p < end && (*p == ' ' || *p == '='))
			p++;
	}
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p >= end)
		return 0;
	if (p[0] == '1' && p + 1 < end && (p[1] == '0' || p[1] == '1'))
		return p[1] == '0' ? '*' : '#'; /* event numbers, as some phones send */
	if (isdigit((unsigned char)*p) || *p == '*' || *p == '#')
		return *p;
	return strchr("ABCDabcd", *p) && *p ? (char)toupper((unsigned char)*p) : 0;
}

static void info(struct sip_session *s, struct sip_tx *tx, const struct sip_msg *m)
{
	struct sip_media_type type;
	struct sip_print p;
	bool relay;
	char digit;

	if (!m->body.len) {
		sip_tx_reply(tx, 200, NULL);
		return;
	}
	relay = !sip_msg_content_type(m, &type) &&
		sip_media_type_is(&type, "application/dtmf-relay");
	if (!relay &&
		(sip_msg_content_type(m, &type) || !sip_media_type_is(&type, "application/dtmf"))) {
		sip_tx_reply_begin(tx, &p, 415, NULL);
		sip_print_extra(&p, "Accept", "application/dtmf-relay, application/dtmf");
		sip_tx_reply_end(tx, &p);
		return;
	}
	digit = dtmf_digit(m, relay);
	sip_tx_reply(tx, digit ? 200 : 400, NULL);
	if (digit)
		sip_session_event(s, &(struct sip_event){ .type = SIP_CALL_DTMF, .digit = digit });
}

static void abilities(struct sip_tx *tx, int status)
{
	struct sip_print p;

	sip_tx_reply_begin(tx, &p, status, NULL);
	sip_core_print_abilities(&p);
	sip_tx_reply_end(tx, &p);
}

void sip_session_request(struct sip_session *s, struct sip_dialog *d, struct sip_tx *tx,
	const struct sip_peer *from, const struct sip_msg *m)
{
	if (d->remote_cseq_set && m->cseq <= d->remote_cseq) {
		sip_tx_reply(tx, 500, "CSeq out of order"); /* RFC 3261 12.2.2 */
		return;
	}
	d->remote_cseq = m->cseq;
	d->remote_cseq_set = true;
	/* The connection it came by is the way back from now on. */
	if (from->transport == SIP_TRANSPORT_WS || from->transport == d->peer.transport) {
		if (sip_transport_reliable(from->transport) &&
			(from->transport == SIP_TRANSPORT_WS ||
				sip_inet_same_host(&from->addr, &d->peer.addr)))
			d->peer.flow = from->flow;
		if (from->transport == SIP_TRANSPORT_WS)
			s->connection = from->flow;
	}
	switch (m->method) {
	case SIP_BYE:
		bye(s, d, tx);
		return;
	case SIP_INVITE:
		reinvite(s, d, tx, from, m);
		return;
	case SIP_UPDATE:
		update(s, d, tx, from, m);
		return;
	case SIP_PRACK:
		sip_session_prack(s, tx, m);
		return;
	case SIP_INFO:
		info(s, tx, m);
		return;
	case SIP_OPTIONS:
		abilities(tx, 200);
		return;
	default:
		abilities(tx, m->method == SIP_UNKNOWN ? 501 : 405);
		return;
	}
}
