/* Outgoing calls: targets, forks, the winner. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "sip/sip_registrar.h"
#include "sip/sip_session.h"
#include "sip/sip_trunk.h"

#define RING_MS 60000

/* "Name: value\r\n" lines of the kinds a caller of the stack may add. */
static bool extra_allowed(const char *lines)
{
	static const char *const names[] = { "Alert-Info", "Answer-Mode", NULL };

	while (*lines) {
		const char *colon = strchr(lines, ':'), *end = strstr(lines, "\r\n");
		struct sip_view name;
		bool ok;

		if (!colon || !end || colon > end)
			return false;
		name = sip_view_n(lines, (size_t)(colon - lines));
		ok = name.len > 10 && !strncasecmp(name.p, "X-Hotline-", 10) &&
		     sip_view_token(name);
		for (size_t i = 0; names[i]; i++)
			ok = ok || sip_view_is_i(name, names[i]);
		if (!ok)
			return false;
		lines = end + 2;
	}
	return true;
}

/* "Name" <sip:user@host>, without the display when there is none. NULL: a value that cannot stand there. */
static char *name_addr(const char *display, const char *user, const char *host)
{
	struct buf text;
	int err = 0;

	buf_init(&text, 2048);
	if (display && *display) {
		err = sip_print_quoted(&text, display);
		buf_putc(&text, ' ');
	}
	buf_putc(&text, '<');
	if (!err)
		err = sip_uri_print(&text, &(struct sip_uri_parts){ .user = user, .host = host });
	buf_putc(&text, '>');
	if (err || text.err) {
		buf_release(&text);
		return NULL;
	}
	return buf_steal(&text);
}

static char *uri_text(const char *user, const char *host, unsigned port)
{
	struct buf text;

	buf_init(&text, 2048);
	if (sip_uri_print(
		    &text, &(struct sip_uri_parts){ .user = user, .host = host, .port = port })) {
		buf_release(&text);
		return NULL;
	}
	return buf_steal(&text);
}

static char *new_call_id(void)
{
	char a[SIP_TAG_TEXT], b[SIP_TAG_TEXT], *text = malloc(2 * SIP_TAG_TEXT);

	if (text) {
		memcpy(text, sip_tag_text(a, sip_random()), 16);
		memcpy(text + 16, sip_tag_text(b, sip_random()), 17);
	}
	return text;
}

/* The parts every INVITE of this call has; EINVAL when a value cannot be printed. */
static int fill(struct sip_invite *inv, const struct sip_target *target, const char *from_host,
	const char *to_user, const char *to_host)
{
	struct sip_dialog *d = inv->base;

	if (target->caller)
		d->local = name_addr(target->caller_name, target->caller, from_host);
	else
		d->local = name_addr("Anonymous", "anonymous", "anonymous.invalid");
	inv->privacy = !target->caller;
	d->remote = name_addr(NULL, to_user, to_host);
	d->call_id = new_call_id();
	d->remote_tag = strdup("");
	sip_replace_text(&inv->sdp, target->sdp);
	sip_replace_text(&inv->extra, target->headers);
	return d->local && d->remote && d->call_id && d->remote_tag ? 0 : EINVAL;
}

static int call_binding(
	struct sip_session *s, const struct sip_target *target, const struct sip_binding *b)
{
	struct sip_core *core = s->core;
	struct sip_invite *inv = sip_invite_create(core, s);
	int err;

	if (!inv)
		return ENOMEM;
	err = fill(inv, target, core->host, b->account->user, core->host);
	if (err)
		goto out;
	inv->base->by_source = true;
	inv->base->target = strdup(b->uri);
	inv->base->routes = b->path ? strdup(b->path) : NULL;
	if (!inv->base->target) {
		err = ENOMEM;
		goto out;
	}
	inv->peers[0] = b->peer;
	inv->peer_count = 1;
	err = sip_invite_send(inv);
out:
	if (err)
		sip_invite_free(inv);
	return err;
}

static int call_account(struct sip_session *s, const struct sip_target *target, int *status)
{
	struct sip_account_entry *account = sip_registrar_find(s->core, target->account);
	unsigned count = 0;
	int err = 0;

	*status = account ? 480 : 404;
	if (!account)
		return ENOENT;
	sip_replace_text(&s->account, target->account);
	list_for_each(pos, &account->bindings)
	{
		const struct sip_binding *b = list_entry(pos, struct sip_binding, item);

		if ((target->connection && b->connection != target->connection) ||
			count == SIP_INVITES_MAX)
			continue;
		err = call_binding(s, target, b);
		if (!err)
			count++;
	}
	if (count)
		return 0;
	*status = err == EINVAL ? 400 : 480;
	return ENOENT;
}

static void on_looked_up(const struct sip_peer *peers, size_t count, void *arg)
{
	struct sip_invite *inv = arg;

	inv->lookup = NULL;
	memcpy(inv->peers, peers, count * sizeof(*peers));
	inv->peer_count = (uint8_t)count;
	if (!inv->session)
		return;
	if (!count || sip_invite_send(inv))
		sip_session_refused(inv->session, inv, 503, "Carrier not found");
}

static int call_trunk(struct sip_session *s, const struct sip_target *target, int *status)
{
	struct sip_core *core = s->core;
	struct sip_trunk_route route;
	struct sip_invite *inv;
	int err = sip_trunk_route(core, target->trunk, &route);

	*status = err == EBUSY ? 503 : 404;
	if (err)
		return err;
	sip_replace_text(&s->trunk, target->trunk);
	sip_trunk_take_call(core, s->trunk);
	*status = 400;
	inv = sip_invite_create(core, s);
	if (!inv)
		return ENOMEM;
	sip_replace_text(&inv->trunk, target->trunk);
	err = fill(inv, target, route.domain, target->number, route.domain);
	if (err)
		return err;
	inv->identity = true;
	inv->require_100rel = route.require_100rel;
	inv->base->target = uri_text(target->number, route.domain, (unsigned)route.port);
	inv->base->contact_user = route.user ? strdup(route.user) : NULL;
	if (!inv->base->target)
		return EINVAL;
	if (route.peer_count) {
		memcpy(inv->peers, route.peers, route.peer_count * sizeof(*route.peers));
		inv->peer_count = (uint8_t)route.peer_count;
		return sip_invite_send(inv);
	}
	*status = 503;
	inv->lookup = core->resolver ? sip_resolve(core->resolver,
					       &(struct sip_resolve_query){ .host = route.host,
						       .port = route.port,
						       .transport = route.transport },
					       on_looked_up, inv)
				     : NULL;
	return inv->lookup ? 0 : ENOENT;
}

static void on_ring_over(void *arg)
{
	struct sip_session *s = arg;

	sip_session_end(s, 408, "No answer", false, false);
}

void sip_session_start(struct sip_core *core, uint64_t id, const struct sip_target *target)
{
	struct sip_session *s = sip_session_create(core, id, true);
	int status = 400, err = EINVAL;

	if (!s) {
		sip_core_event(core,
			&(struct sip_event){ .type = SIP_CALL_ENDED, .call = id, .status = 500 });
		return;
	}
	s->origin = target->trunk ? SIP_ORIGIN_TRUNK : SIP_ORIGIN_ACCOUNT;
	if (core->stopping || hash_count(core->calls) > core->max_calls)
		status = 503;
	else if ((target->headers && !extra_allowed(target->headers)) ||
		 (target->sdp && strlen(target->sdp) > SIP_SDP_MAX))
		status = 400;
	else if (target->account)
		err = call_account(s, target, &status);
	else if (target->trunk && target->number)
		err = call_trunk(s, target, &status);
	if (err) {
		sip_session_end(s, status, NULL, false, false);
		return;
	}
	sip_replace_text(&s->local_sdp, target->sdp);
	if (target->sdp)
		sip_offer_next(&s->offer, SIP_OFFER_SEND);
	loop_timer_set(core->loop, &s->ring, target->ring_ms > 0 ? target->ring_ms : RING_MS,
		on_ring_over, s);
}

void sip_session_provisional(struct sip_session *s, struct sip_invite *inv, struct sip_dialog *d,
	const struct sip_msg *m, const char *sdp)
{
	char reason[64];

	(void)inv;
	if (s->state != SIP_SESSION_CALLING || (!sdp && m->status != 180))
		return;
	if (sip_view_copy(reason, sizeof(reason), m->reason))
		reason[0] = 0;
	sip_session_event(s, &(struct sip_event){
				     .type = sdp ? SIP_CALL_PROGRESS : SIP_CALL_RINGING,
				     .status = m->status,
				     .reason = reason,
				     .sdp = sdp,
				     .fork = d->fork,
			     });
}

/* The others are told so that phones do not show a missed call (RFC 3326). */
static void drop_others(struct sip_session *s, struct sip_invite *winner)
{
	list_for_each_safe(pos, tmp, &s->invites)
	{
		struct sip_invite *inv = list_entry(pos, struct sip_invite, item);

		if (inv != winner)
			sip_invite_abandon(inv, "SIP;cause=200;text=\"Call completed elsewhere\"");
	}
	list_for_each_safe(pos, tmp, &winner->dialogs)
		sip_dialog_free(list_entry(pos, struct sip_dialog, item));
	winner->session = NULL;
	winner->base->session = NULL;
	list_remove(&winner->item);
	list_append(&s->core->invites, &winner->item);
	free(winner->sdp);
	free(winner->extra);
	winner->sdp = winner->extra = NULL;
}

static void announce(struct sip_session *s, const struct sip_msg *m, const char *sdp, unsigned fork)
{
	char reason[64], source[SIP_INET_TEXT];

	if (sip_view_copy(reason, sizeof(reason), m->reason))
		reason[0] = 0;
	sip_session_event(s, &(struct sip_event){
				     .type = SIP_CALL_ANSWERED,
				     .status = m->status,
				     .reason = reason,
				     .sdp = sdp,
				     .fork = fork,
				     .account = s->account,
				     .trunk = s->trunk,
				     .source = sip_inet_text(&s->dialog->peer.addr, source),
				     .call_id = s->dialog->call_id,
			     });
}

void sip_session_answered(struct sip_session *s, struct sip_invite *inv, struct sip_dialog *d,
	const struct sip_msg *m)
{
	struct sip_refresh_terms terms = sip_refresh_read(m);
	struct sip_core *core = s->core;
	char *sdp = sip_sdp_dup(m);
	bool offered = inv->sdp != NULL;

	list_remove(&d->item);
	s->dialog = d;
	s->invite_cseq = m->cseq;
	/* The 2xx may name another Contact than the provisional responses did. */
	sip_dialog_confirm(d, m, sip_tx_peer(inv->tx));
	s->websocket = d->peer.transport == SIP_TRANSPORT_WS;
	s->connection = s->websocket ? d->peer.flow : 0;
	loop_timer_cancel(core->loop, &s->ring);
	inv->winner_tag = strdup(d->remote_tag);
	inv->winner_peer = d->peer;
	s->auth = inv->auth;
	inv->auth = NULL;
	if (offered && d->answer) {
		/* Settled before; an SDP here would only repeat it. */
		free(sdp);
		sdp = d->answer;
		d->answer = NULL;
	}
	sip_refresh_accept(&s->refresh, &terms);
	if (offered || !sdp)
		sip_dialog_ack(d, m->cseq, NULL, s->auth, s->trunk, &inv->ack);
	drop_others(s, inv);
	if (!sdp) {
		s->state = SIP_SESSION_UP;
		sip_session_end(s, 488, "No session description", false, true);
		return;
	}
	s->remote_sdp = sip_sdp_key(sdp);
	if (offered) {
		s->state = SIP_SESSION_UP;
		sip_offer_next(&s->offer, SIP_OFFER_GOT_ANSWER);
	} else {
		s->state = SIP_SESSION_ANSWERED;
		sip_offer_next(&s->offer, SIP_OFFER_GET);
	}
	sip_session_arm_refresh(s);
	announce(s, m, sdp, d->fork);
	free(sdp);
	sip_session_offer_later(s);
}

/* Which refusal of several is told (after RFC 3261 16.7): a decision of the called person before what is only missing. */
static int weight(int status)
{
	if (status >= 600)
		return 5;
	switch (status) {
	case 486:
		return 4;
	case 480:
		return 2;
	case 408:
	case 487:
		return 1;
	default:
		return status >= 500 || status < 400 ? 1 : 3;
	}
}

void sip_session_refused(
	struct sip_session *s, struct sip_invite *inv, int status, const char *reason)
{
	if (s->state != SIP_SESSION_CALLING)
		return;
	inv->done = true;
	if (!s->best_status || weight(status) > weight(s->best_status)) {
		s->best_status = status;
		sip_view_copy(s->best_reason, sizeof(s->best_reason), sip_view(reason));
	}
	if (status < 600) {
		list_for_each(pos, &s->invites)
		{
			if (!list_entry(pos, struct sip_invite, item)->done)
				return;
		}
	}
	sip_session_end(s, s->best_status, *s->best_reason ? s->best_reason : NULL, true, false);
}
