/* The test carrier as one end of a call (sofia-sip NUA): caller or callee, 100rel, session timers, UPDATE. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct carrier;
#define NUA_MAGIC_T     struct carrier
#define SU_ROOT_MAGIC_T struct carrier
#define SU_TIMER_ARG_T  struct carrier
#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/soa_tag.h>
#include <sofia-sip/su_wait.h>
#include "carrier_peer.h"

#define MEDIA                                                                                      \
	"m=audio 39000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 "                     \
	"telephone-event/8000\r\na=fmtp:101 0-15\r\n"

struct carrier {
	const struct carrier_options *options;
	su_root_t *root;
	nua_t *nua;
	nua_handle_t *call;
	su_timer_t *limit, *ring, *update, *reinvite, *hangup, *cancel;
	bool calling, answered, ending;
	int exit_status;
};

/* --- what is reported of a message --- */

static void report(
	const char *name, const char *method, int status, const char *phrase, const sip_t *sip)
{
	if (sip && sip->sip_status) /* as on the wire: of a 422 sofia makes a 100 of its own */
		status = sip->sip_status->st_status;
	event_begin(name);
	event_text("method", method);
	if (status)
		event_number("status", status);
	event_text("phrase", phrase);
	if (sip) {
		event_flag("sdp", sip->sip_payload && sip->sip_payload->pl_len);
		event_flag("require_100rel", sip_has_feature(sip->sip_require, "100rel"));
		if (sip->sip_rseq)
			event_number("rseq", (long)sip->sip_rseq->rs_response);
		if (sip->sip_session_expires) {
			event_number("session_expires", (long)sip->sip_session_expires->x_delta);
			event_text("refresher", sip->sip_session_expires->x_refresher);
		}
		if (sip->sip_min_se)
			event_number("min_se", (long)sip->sip_min_se->min_delta);
		event_text("to_tag", sip->sip_to ? sip->sip_to->a_tag : NULL);
		event_text("user", sip->sip_request ? sip->sip_request->rq_url->url_user : NULL);
	}
	event_end();
}

/* --- timers --- */

static void start(struct carrier *c, su_timer_t **timer, su_timer_f fn, int ms)
{
	if (ms < 0 || *timer)
		return;
	*timer = su_timer_create(su_root_task(c->root), ms);
	if (*timer)
		su_timer_set(*timer, fn, c);
}

static void finish(struct carrier *c)
{
	if (c->ending)
		return;
	c->ending = true;
	nua_shutdown(c->nua);
}

static void limit_over(struct carrier *magic, su_timer_t *timer, struct carrier *c)
{
	(void)magic, (void)timer;
	event_begin("time_limit");
	event_end();
	c->exit_status = 2;
	su_root_break(c->root);
}

static void answer_now(struct carrier *magic, su_timer_t *timer, struct carrier *c)
{
	(void)magic, (void)timer;
	if (!c->call)
		return;
	if (c->options->refuse)
		nua_respond(c->call, c->options->refuse, NULL, TAG_END());
	else
		nua_respond(c->call, SIP_200_OK, SOATAG_USER_SDP_STR(MEDIA), TAG_END());
}

static void update_now(struct carrier *magic, su_timer_t *timer, struct carrier *c)
{
	(void)magic, (void)timer;
	nua_update(c->call, SOATAG_USER_SDP_STR(MEDIA), TAG_END());
}

static void reinvite_now(struct carrier *magic, su_timer_t *timer, struct carrier *c)
{
	(void)magic, (void)timer;
	nua_invite(c->call, SOATAG_USER_SDP_STR(MEDIA), TAG_END());
}

static void hangup_now(struct carrier *magic, su_timer_t *timer, struct carrier *c)
{
	(void)magic, (void)timer;
	nua_bye(c->call, TAG_END());
}

static void cancel_now(struct carrier *magic, su_timer_t *timer, struct carrier *c)
{
	(void)magic, (void)timer;
	if (!c->answered)
		nua_cancel(c->call, TAG_END());
}

/* --- events of sofia --- */

static void state_changed(struct carrier *c, int status, const char *phrase, tagi_t *tags)
{
	int state = nua_callstate_init;
	const struct carrier_options *o = c->options;

	tl_gets(tags, NUTAG_CALLSTATE_REF(state), TAG_END());
	event_begin("state");
	event_text("state", nua_callstate_name((enum nua_callstate)state));
	event_number("status", status);
	event_text("phrase", phrase);
	event_end();
	if (state == nua_callstate_ready && !c->answered) {
		c->answered = true;
		start(c, &c->update, update_now, o->update_ms);
		start(c, &c->reinvite, reinvite_now, o->reinvite_ms);
		start(c, &c->hangup, hangup_now, o->hangup_ms);
	}
	if (state == nua_callstate_terminated && (c->calling || c->call))
		finish(c);
}

static void invite_came(struct carrier *c, nua_handle_t *nh)
{
	const struct carrier_options *o = c->options;

	if (c->call && c->call != nh) {
		nua_respond(nh, SIP_486_BUSY_HERE, TAG_END());
		return;
	}
	if (c->call) /* a re-INVITE: sofia has answered */
		return;
	c->call = nh;
	if (o->early_media)
		nua_respond(nh, SIP_183_SESSION_PROGRESS, SOATAG_USER_SDP_STR(MEDIA), TAG_END());
	else
		nua_respond(nh, SIP_180_RINGING, TAG_END());
	start(c, &c->ring, answer_now, o->ring_ms);
}

static bool remote_refreshes(const struct carrier *c)
{
	const struct carrier_options *o = c->options;

	return c->calling && o->session_expires && o->refresher && !strcmp(o->refresher, "remote");
}

static void listening(struct carrier *c, tagi_t *tags)
{
	const struct carrier_options *o = c->options;
	const sip_contact_t *contact = NULL;
	char timer[64];

	tl_gets(tags, NTATAG_CONTACT_REF(contact), TAG_END());
	event_begin("listening");
	event_text("address", o->bind);
	event_text("port", contact && contact->m_url->url_port ? contact->m_url->url_port : "5060");
	event_end();
	if (!c->calling || c->call)
		return;
	c->call = nua_handle(c->nua, NULL, NUTAG_URL(o->to), SIPTAG_TO_STR(o->to), TAG_END());
	/* As a caller sofia never asks the other side to refresh: then the header is ours and its own timer setting stays 0. */
	snprintf(timer, sizeof(timer), "%u;refresher=uas", o->session_expires);
	nua_invite(c->call, TAG_IF(remote_refreshes(c), SIPTAG_SESSION_EXPIRES_STR(timer)),
		TAG_IF(!o->no_sdp, SOATAG_USER_SDP_STR(MEDIA)), NUTAG_MEDIA_ENABLE(1),
		TAG_IF(o->require_100rel, SIPTAG_REQUIRE_STR("100rel")), TAG_END());
	start(c, &c->cancel, cancel_now, o->cancel_ms);
}

static void on_event(nua_event_t event, int status, const char *phrase, nua_t *nua,
	struct carrier *c, nua_handle_t *nh, nua_hmagic_t *hmagic, const sip_t *sip, tagi_t tags[])
{
	const char *name = nua_event_name(event);

	(void)nua, (void)hmagic;
	switch (event) {
	case nua_r_get_params:
		if (status == 200)
			listening(c, tags);
		return;
	case nua_r_shutdown:
		if (status >= 200)
			su_root_break(c->root);
		return;
	case nua_r_set_params:
	case nua_i_active:
	case nua_i_terminated:
	case nua_i_media_error:
		return;
	case nua_i_state:
		state_changed(c, status, phrase, tags);
		return;
	default:
		break;
	}
	/* "nua_i_update" is a request that came, "nua_r_update" an answer to one of ours */
	if (!strncmp(name, "nua_i_", 6)) {
		report("request",
			sip && sip->sip_request ? sip->sip_request->rq_method_name : name + 6, 0,
			NULL, sip);
		if (event == nua_i_invite)
			invite_came(c, nh);
	} else if (!strncmp(name, "nua_r_", 6)) {
		report("response", name + 6, status, phrase, sip);
		if (event == nua_r_update && status >= 300)
			c->exit_status = 1;
	}
}

static enum nua_session_refresher refresher(const struct carrier_options *o)
{
	if (!o->refresher)
		return nua_any_refresher;
	return strcmp(o->refresher, "local") ? nua_remote_refresher : nua_local_refresher;
}

static int run(const struct carrier_options *o, bool calling)
{
	struct carrier c = { .options = o, .calling = calling };
	char url[128], from[128];

	snprintf(url, sizeof(url), "sip:%s:%s;transport=%s", o->bind, o->port, o->transport);
	snprintf(from, sizeof(from), "\"%s\" <%s>", o->name ? o->name : "",
		o->from ? o->from : "sip:13800138000@carrier.example");
	c.root = su_root_create(&c);
	if (!c.root)
		return 70;
	c.nua = nua_create(c.root, on_event, &c, NUTAG_URL(url),
		SIPTAG_FROM_STR(o->name ? from : from + 3), SOATAG_AF(SOA_AF_IP4_ONLY),
		SOATAG_ADDRESS(o->bind), NUTAG_AUTOALERT(0), NUTAG_AUTOANSWER(0),
		NUTAG_EARLY_MEDIA(o->early_media || o->require_100rel), NUTAG_ONLY183_100REL(0),
		NUTAG_MIN_SE(o->min_se ? o->min_se : 90),
		NUTAG_SESSION_TIMER(remote_refreshes(&c) ? 0 : o->session_expires),
		NUTAG_SESSION_REFRESHER(refresher(o)), NUTAG_UPDATE_REFRESH(!o->refresh_by_invite),
		NUTAG_REFRESH_WITHOUT_SDP(0), TAG_END());
	if (!c.nua) {
		fprintf(stderr, "cannot bind %s\n", url);
		su_root_destroy(c.root);
		return 69;
	}
	start(&c, &c.limit, limit_over, o->time_limit_ms);
	nua_get_params(c.nua, TAG_ANY(), TAG_END());
	su_root_run(c.root);
	event_begin("exit");
	event_number("status", c.exit_status);
	event_end();
	/* the process ends here: what sofia still holds goes with it, whatever state it is in */
	if (c.exit_status == 2)
		exit(2);
	su_timer_destroy(c.limit);
	nua_destroy(c.nua);
	su_root_destroy(c.root);
	return c.exit_status;
}

int carrier_call(const struct carrier_options *options)
{
	return run(options, true);
}

int carrier_answer(const struct carrier_options *options)
{
	return run(options, false);
}
