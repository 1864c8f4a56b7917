/* Messages in: checks every request gets, and who is to answer it (RFC 3261 8.2, 16.3; reference telephony 2). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "hash.h"
#include "metrics/metrics.h"
#include "sip/sip_registrar.h"
#include "sip/sip_session.h"
#include "sip/sip_trunk.h"

#define RETRY_AFTER_S 10

void sip_core_answer(struct sip_core *core, const struct sip_peer *from, const struct sip_msg *m,
	int status, const char *reason)
{
	char host[SIP_INET_TEXT], tag[SIP_TAG_TEXT];
	struct sip_reply reply = { .status = status, .reason = reason };
	struct sip_peer to = sip_reply_peer(from, m);
	struct sip_print p;

	if (m->method == SIP_ACK)
		return;
	reply.to_tag = sip_tag_text(tag, sip_random());
	if (sip_inet_is_set(&from->addr)) {
		reply.source = sip_inet_host(&from->addr, host);
		reply.source_port = (unsigned)sip_inet_port(&from->addr);
	}
	buf_clear(&core->out);
	sip_print_reply(&p, &core->out, m, &reply);
	if (status == 503)
		sip_print_number(&p, SIP_HDR_RETRY_AFTER, RETRY_AFTER_S);
	if (!sip_print_end(&p))
		core->wire.send(core->wire.arg, &to, core->out.data, core->out.len);
}

void sip_core_print_abilities(struct sip_print *p)
{
	sip_print_header(p, SIP_HDR_ALLOW, SIP_ALLOW);
	sip_print_header(p, SIP_HDR_SUPPORTED, SIP_SUPPORTED);
	sip_print_header(p, SIP_HDR_ACCEPT, "application/sdp");
}

static void reply_abilities(struct sip_tx *tx, int status)
{
	struct sip_print p;

	sip_tx_reply_begin(tx, &p, status, NULL);
	sip_core_print_abilities(&p);
	sip_tx_reply_end(tx, &p);
}

/* Require and Proxy-Require: 420 with what we do not know (8.2.2.3). */
static bool requires_unknown(struct sip_tx *tx, const struct sip_msg *m)
{
	struct sip_print p;
	struct buf unknown;
	bool any;

	buf_init(&unknown, 4096);
	any = sip_msg_unsupported(m, sip_supported_options, &unknown);
	if (any) {
		sip_tx_reply_begin(tx, &p, 420, NULL);
		if (!unknown.err)
			sip_print_header(&p, SIP_HDR_UNSUPPORTED, unknown.data);
		if (sip_tx_reply_end(tx, &p))
			sip_tx_reply(tx, 420, NULL);
	}
	buf_release(&unknown);
	return any;
}

static bool wrong_body(struct sip_tx *tx, const struct sip_msg *m)
{
	struct sip_print p;

	if (!sip_body_check(m))
		return false;
	sip_tx_reply_begin(tx, &p, 415, NULL);
	sip_print_header(&p, SIP_HDR_ACCEPT, "application/sdp");
	sip_print_extra(&p, "Accept-Encoding", "identity");
	sip_tx_reply_end(tx, &p);
	return true;
}

static bool too_brief(struct sip_tx *tx, const struct sip_msg *m)
{
	struct sip_refresh_terms terms = sip_refresh_read(m);
	struct sip_refresh refresh = { .min_se = SIP_MIN_SE };
	struct sip_print p;

	if (!sip_refresh_answer(&refresh, &terms, SIP_MIN_SE))
		return false;
	sip_tx_reply_begin(tx, &p, 422, NULL);
	sip_print_number(&p, SIP_HDR_MIN_SE, SIP_MIN_SE);
	sip_tx_reply_end(tx, &p);
	return true;
}

/* Who calls. False: the INVITE has been answered. */
static bool identify(struct sip_core *core, const struct sip_peer *from, const struct sip_msg *m,
	struct sip_tx *tx, struct sip_caller *caller)
{
	struct sip_account_entry *account;
	struct sip_browser *browser;
	const char *trunk;
	char user[128];

	if (from->transport == SIP_TRANSPORT_WS) {
		browser = sip_core_browser(core, from->flow);
		caller->connection = from->flow;
		caller->origin = browser->account ? SIP_ORIGIN_ACCOUNT : SIP_ORIGIN_GUEST;
		caller->account = browser->account ? browser->account : browser->guest;
		account = browser->account ? sip_registrar_find(core, browser->account) : NULL;
		caller->name = account ? account->name : NULL;
		return true;
	}
	trunk = sip_trunk_of_source(core, &from->addr);
	if (sip_uri_user(user, sizeof(user), &m->from.uri))
		user[0] = 0;
	/* A phone may stand at an address that is also a carrier's: who shows credentials, or is registered from there, is the phone. */
	if (trunk && !sip_msg_header(m, SIP_HDR_AUTHORIZATION) &&
		!sip_msg_header(m, SIP_HDR_PROXY_AUTHORIZATION) &&
		!sip_registrar_source(core, user, &from->addr)) {
		caller->origin = SIP_ORIGIN_TRUNK;
		caller->trunk = trunk;
		return true;
	}
	account = sip_authenticate(core, from, m, tx);
	if (!account)
		return false;
	caller->origin = SIP_ORIGIN_ACCOUNT;
	caller->account = account->user;
	caller->name = account->name;
	return true;
}

static void busy(struct sip_tx *tx)
{
	struct sip_print p;

	sip_tx_reply_begin(tx, &p, 503, NULL);
	sip_print_number(&p, SIP_HDR_RETRY_AFTER, RETRY_AFTER_S);
	sip_tx_reply_end(tx, &p);
}

static void invite(struct sip_core *core, const struct sip_peer *from, const struct sip_msg *m,
	struct sip_tx *tx)
{
	struct sip_caller caller = { 0 };

	if (wrong_body(tx, m) || too_brief(tx, m))
		return;
	if (!sip_msg_header(m, SIP_HDR_CONTACT)) {
		sip_tx_reply(tx, 400, "Contact missing");
		return;
	}
	if (!identify(core, from, m, tx, &caller))
		return;
	if (core->stopping || hash_count(core->calls) >= core->max_calls ||
		(caller.trunk && sip_trunk_full(core, caller.trunk))) {
		sip_core_refused(core, SIP_REFUSAL_FULL, from, "limit of calls reached", 503);
		busy(tx);
		return;
	}
	sip_tx_reply(tx, 100, NULL);
	sip_session_incoming(core, from, m, tx, &caller);
}

static void cancel(struct sip_core *core, const struct sip_msg *m, struct sip_tx *tx)
{
	struct sip_tx *target = sip_txs_cancel_target(core->txs, m);

	if (!target) {
		sip_tx_reply(tx, 481, NULL);
		return;
	}
	sip_tx_set_tag(tx, sip_tx_tag(target)); /* 9.2: the same To tag */
	sip_tx_reply(tx, 200, NULL);
	sip_tx_cancelled(target, m);
}

static void in_dialog(struct sip_core *core, const struct sip_peer *from, const struct sip_msg *m,
	struct sip_tx *tx)
{
	struct sip_dialog *d = sip_dialog_of_request(core, m);

	if (!d || (!d->session && !d->farewell))
		sip_tx_reply(tx, 481, NULL);
	else if (d->session)
		sip_session_request(d->session, d, tx, from, m);
	else
		sip_farewell_request(d, tx, m);
}

static void out_of_dialog(struct sip_core *core, const struct sip_peer *from,
	const struct sip_msg *m, struct sip_tx *tx)
{
	struct sip_browser *browser = NULL;

	if (from->transport == SIP_TRANSPORT_WS)
		browser = sip_core_browser(core, from->flow);
	switch (m->method) {
	case SIP_INVITE:
		invite(core, from, m, tx);
		return;
	case SIP_REGISTER:
		sip_registrar_request(core, from, m, tx, browser);
		return;
	case SIP_OPTIONS:
		reply_abilities(tx, 200);
		return;
	case SIP_BYE:
	case SIP_PRACK:
	case SIP_UPDATE:
	case SIP_INFO:
		sip_tx_reply(tx, 481, NULL);
		return;
	case SIP_UNKNOWN:
		sip_core_refused(core, SIP_REFUSAL_UNSUPPORTED, from, "unknown method", 501);
		reply_abilities(tx, 501);
		return;
	default:
		reply_abilities(tx, 405);
		return;
	}
}

static void ack(struct sip_core *core, const struct sip_msg *m)
{
	struct sip_dialog *d = sip_dialog_of_request(core, m);

	if (d && d->session)
		sip_session_ack(d->session, m);
	else if (d && d->farewell)
		sip_farewell_ack(d->farewell);
}

/* Whose rate is not limited: carriers and people who signed in; guests are counted. */
static bool known(struct sip_core *core, const struct sip_peer *from)
{
	if (from->transport == SIP_TRANSPORT_WS) {
		const struct sip_browser *b = sip_core_browser(core, from->flow);

		return b && b->account;
	}
	return sip_trunk_of_source(core, &from->addr) != NULL;
}

static void serve(struct sip_core *core, const struct sip_peer *from, const struct sip_msg *m,
	struct sip_tx *tx)
{
	if (m->method == SIP_CANCEL)
		cancel(core, m, tx);
	else if (m->uri.scheme == SIP_SCHEME_OTHER)
		sip_tx_reply(tx, 416, NULL);
	else if (m->max_forwards == 0 && m->method != SIP_OPTIONS && !m->to.tag.p)
		sip_tx_reply(tx, 483, NULL);
	else if (requires_unknown(tx, m))
		return;
	else if (m->to.tag.p)
		in_dialog(core, from, m, tx);
	else
		out_of_dialog(core, from, m, tx);
}

static void request(struct sip_core *core, const struct sip_peer *from, const struct sip_msg *m)
{
	int64_t now = clock_mono();
	struct sip_source *source;
	struct sip_tx *tx;

	metric_add(core->m_requests, 1);
	switch (sip_txs_request(core->txs, m)) {
	case SIP_TX_TAKEN:
		return;
	case SIP_TX_MERGED:
		sip_core_answer(core, from, m, 482, NULL);
		return;
	case SIP_TX_NEW:
		break;
	}
	if (m->method == SIP_ACK) {
		ack(core, m);
		return;
	}
	source = sip_source_get(core->sources, &from->addr, now);
	switch (sip_source_ask(core->sources, source, known(core, from), now)) {
	case SIP_SOURCE_DROP:
		sip_core_refused(core, SIP_REFUSAL_RATE, from, "dropped", 0);
		return;
	case SIP_SOURCE_REFUSE:
		sip_core_refused(core, SIP_REFUSAL_RATE, from, "refused", 503);
		sip_core_answer(core, from, m, 503, NULL);
		return;
	case SIP_SOURCE_SERVE:
		break;
	}
	tx = sip_tx_serve(core->txs, from, m, source, NULL, NULL);
	if (!tx) {
		sip_core_answer(core, from, m, 503, NULL);
		return;
	}
	serve(core, from, m, tx);
	/* m goes away now: what has not been answered keeps its own copy. */
	if (sip_tx_keep(tx))
		sip_tx_reply(tx, 500, NULL);
}

static bool parse_failed(
	struct sip_core *core, const struct sip_peer *from, int err, const struct sip_fault *fault)
{
	if (err == ENODATA)
		return true;
	sip_core_refused(core, SIP_REFUSAL_MALFORMED, from,
		fault->reason ? fault->reason : "unreadable", fault->status);
	if (fault->answerable && fault->status) {
		/* No transaction: the same bad message again gets the same answer, at the same rate. */
		struct sip_source *source =
			sip_source_get(core->sources, &from->addr, clock_mono());

		if (sip_source_ask(core->sources, source, known(core, from), clock_mono()) !=
			SIP_SOURCE_DROP)
			sip_core_answer(core, from, &core->msg, fault->status, fault->reason);
	}
	return false;
}

bool sip_core_receive(struct sip_core *core, const struct sip_peer *from, const char *data,
	size_t len, enum sip_framing framing)
{
	struct sip_fault fault;
	int err;

	if (from->transport == SIP_TRANSPORT_WS && !sip_core_browser(core, from->flow))
		return false;
	err = sip_msg_parse(&core->msg, data, len, framing, &fault);
	if (err)
		return parse_failed(core, from, err, &fault);
	if (core->msg.request)
		request(core, from, &core->msg);
	else
		sip_txs_response(core->txs, &core->msg);
	return true;
}
