/* The test carrier as callees behind a forking proxy (sofia-sip NTA): each 18x and each 2xx with its own To tag. The responses are sent
 * without a transaction, because a transaction of sofia's has one tag. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fork_carrier;
#define NTA_AGENT_MAGIC_T struct fork_carrier
#define SU_ROOT_MAGIC_T   struct fork_carrier
#define SU_TIMER_ARG_T    struct fork_carrier
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_wait.h>
#include "carrier_peer.h"

#define MAX_FORKS 8

struct callee {
	bool answered, confirmed, ended;
	int port; /* of its media, so that tests can tell the answers apart */
};

struct fork_carrier {
	const struct carrier_options *options;
	su_root_t *root;
	nta_agent_t *agent;
	su_timer_t *limit, *ring, *resend;
	msg_t *invite;
	struct callee callees[MAX_FORKS];
	bool cancelled;
	int exit_status;
};

static void log_sent(int status, int callee)
{
	char tag[16];

	snprintf(tag, sizeof(tag), "fork%d", callee);
	event_begin("sent");
	event_number("status", status);
	event_text("to_tag", tag);
	event_end();
}

static void describe(const struct fork_carrier *c, int callee, char *text, size_t size)
{
	const char *address = c->options->bind;

	snprintf(text, size,
		"v=0\r\no=- %d 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP "
		"8\r\na=rtpmap:8 PCMA/8000\r\n",
		callee + 1, address, address, c->callees[callee].port);
}

/* The session timer of a 200: with refresher "local" this end promises to refresh and does not, so that the other must hang up. */
static bool timer_of(const struct fork_carrier *c, char *text, size_t size)
{
	const struct carrier_options *o = c->options;

	if (!o->session_expires)
		return false;
	snprintf(text, size, "%u;refresher=%s", o->session_expires,
		o->refresher && !strcmp(o->refresher, "local") ? "uas" : "uac");
	return true;
}

/* One response of one callee to the INVITE. */
static void respond(struct fork_carrier *c, int callee, int status, const char *phrase, bool sdp)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	sip_t *sip = sip_object(c->invite);
	char tag[16], text[512], rseq[16], timer[64];
	bool reliable = status > 100 && status < 200 && c->options->require_100rel;
	bool timed = status == 200 && timer_of(c, timer, sizeof(timer));
	sip_to_t *to = sip_to_dup(home, sip->sip_to);

	snprintf(tag, sizeof(tag), "fork%d", callee);
	snprintf(rseq, sizeof(rseq), "%d", 100 + callee);
	describe(c, callee, text, sizeof(text));
	if (to && !sip_to_tag(home, to, tag))
		nta_msg_treply(c->agent, msg_ref_create(c->invite), status, phrase, SIPTAG_TO(to),
			TAG_IF(status < 300, SIPTAG_CONTACT(nta_agent_contact(c->agent))),
			TAG_IF(reliable, SIPTAG_REQUIRE_STR("100rel")),
			TAG_IF(reliable, SIPTAG_RSEQ_STR(rseq)),
			TAG_IF(timed, SIPTAG_REQUIRE_STR("timer")),
			TAG_IF(timed, SIPTAG_SESSION_EXPIRES_STR(timer)),
			TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
			TAG_IF(sdp, SIPTAG_PAYLOAD_STR(text)), TAG_END());
	log_sent(status, callee);
	su_home_deinit(home);
}

static void end_when_done(struct fork_carrier *c)
{
	int open = 0, answered = 0;

	for (int i = 0; i < c->options->forks; i++) {
		answered += c->callees[i].answered;
		open += c->callees[i].answered && !c->callees[i].ended;
	}
	if (c->cancelled || (answered && !open))
		su_root_break(c->root);
}

/* 2xx go out again until their ACK comes (RFC 3261 13.3.1.4). */
static void resend(struct fork_carrier *magic, su_timer_t *timer, struct fork_carrier *c)
{
	(void)magic;
	for (int i = 0; i < c->options->answers; i++)
		if (c->callees[i].answered && !c->callees[i].confirmed)
			respond(c, i, SIP_200_OK, true);
	su_timer_set(timer, resend, c);
}

static void answer(struct fork_carrier *magic, su_timer_t *timer, struct fork_carrier *c)
{
	(void)magic, (void)timer;
	if (c->cancelled)
		return;
	for (int i = 0; i < c->options->answers; i++) {
		c->callees[i].answered = true;
		respond(c, i, SIP_200_OK, true);
	}
	c->resend = su_timer_create(su_root_task(c->root), 500);
	if (c->resend)
		su_timer_set(c->resend, resend, c);
}

/* A re-INVITE or UPDATE of the other side is agreed to. */
static void agree(struct fork_carrier *c, msg_t *msg, const sip_t *sip, const struct callee *callee)
{
	bool sdp = sip->sip_payload && sip->sip_payload->pl_len;
	char text[512];

	describe(c, (int)(callee - c->callees), text, sizeof(text));
	nta_msg_treply(c->agent, msg, SIP_200_OK, SIPTAG_CONTACT(nta_agent_contact(c->agent)),
		SIPTAG_SESSION_EXPIRES(sip->sip_session_expires),
		TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
		TAG_IF(sdp, SIPTAG_PAYLOAD_STR(text)), TAG_END());
}

static void invite_came(struct fork_carrier *c, msg_t *msg)
{
	const struct carrier_options *o = c->options;

	if (c->invite) { /* retransmitted */
		msg_destroy(msg);
		return;
	}
	c->invite = msg;
	for (int i = 0; i < o->forks; i++) {
		c->callees[i].port = 39000 + 2 * i;
		if (o->early_media)
			respond(c, i, SIP_183_SESSION_PROGRESS, true);
		else
			respond(c, i, SIP_180_RINGING, false);
	}
	if (o->ring_ms >= 0) {
		c->ring = su_timer_create(su_root_task(c->root), o->ring_ms);
		if (c->ring)
			su_timer_set(c->ring, answer, c);
	}
}

static struct callee *callee_of(struct fork_carrier *c, const sip_t *sip)
{
	int n;

	if (!sip->sip_to->a_tag || sscanf(sip->sip_to->a_tag, "fork%d", &n) != 1 || n < 0 ||
		n >= c->options->forks)
		return NULL;
	return &c->callees[n];
}

static int on_message(struct fork_carrier *c, nta_agent_t *agent, msg_t *msg, sip_t *sip)
{
	struct callee *callee;

	if (!sip || !sip->sip_request) {
		msg_destroy(msg);
		return 0;
	}
	event_begin("request");
	event_text("method", sip->sip_request->rq_method_name);
	event_text("to_tag", sip->sip_to->a_tag);
	event_text("user", sip->sip_request->rq_url->url_user);
	event_flag("sdp", sip->sip_payload && sip->sip_payload->pl_len);
	if (sip->sip_session_expires)
		event_number("session_expires", (long)sip->sip_session_expires->x_delta);
	event_end();
	callee = callee_of(c, sip);
	switch (sip->sip_request->rq_method) {
	case sip_method_invite:
	case sip_method_update:
		if (callee)
			agree(c, msg, sip, callee);
		else if (sip->sip_request->rq_method == sip_method_invite)
			invite_came(c, msg);
		else
			nta_msg_treply(agent, msg, SIP_481_NO_TRANSACTION, TAG_END());
		return 0;
	case sip_method_ack:
		if (callee)
			callee->confirmed = true;
		msg_destroy(msg);
		return 0;
	case sip_method_cancel:
		c->cancelled = true;
		nta_msg_treply(agent, msg, SIP_200_OK, TAG_END());
		if (c->invite)
			respond(c, 0, SIP_487_REQUEST_CANCELLED, false);
		break;
	case sip_method_bye:
		if (callee)
			callee->ended = true;
		nta_msg_treply(agent, msg, SIP_200_OK, TAG_END());
		break;
	case sip_method_prack:
		nta_msg_treply(agent, msg, SIP_200_OK, TAG_END());
		break;
	default:
		nta_msg_treply(agent, msg, SIP_501_NOT_IMPLEMENTED, TAG_END());
		break;
	}
	end_when_done(c);
	return 0;
}

static void limit_over(struct fork_carrier *magic, su_timer_t *timer, struct fork_carrier *c)
{
	(void)magic, (void)timer;
	event_begin("time_limit");
	event_end();
	c->exit_status = 2;
	su_root_break(c->root);
}

int carrier_fork(const struct carrier_options *o)
{
	struct fork_carrier c = { .options = o };
	char url[128];

	if (o->forks < 1 || o->forks > MAX_FORKS || o->answers < 0 || o->answers > o->forks)
		return 64;
	snprintf(url, sizeof(url), "sip:%s:%s;transport=%s", o->bind, o->port, o->transport);
	c.root = su_root_create(&c);
	if (!c.root)
		return 70;
	c.agent = nta_agent_create(
		c.root, URL_STRING_MAKE(url), on_message, &c, NTATAG_UA(0), TAG_END());
	if (!c.agent) {
		fprintf(stderr, "cannot bind %s\n", url);
		su_root_destroy(c.root);
		return 69;
	}
	event_begin("listening");
	event_text("address", o->bind);
	event_text("port", nta_agent_contact(c.agent)->m_url->url_port);
	event_end();
	c.limit = su_timer_create(su_root_task(c.root), o->time_limit_ms);
	if (c.limit)
		su_timer_set(c.limit, limit_over, &c);
	su_root_run(c.root);
	event_begin("exit");
	event_number("status", c.exit_status);
	event_end();
	exit(c.exit_status); /* stateless messages may still be referred to by the agent */
}
