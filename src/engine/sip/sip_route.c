/* Where requests of a dialog go: route set, remote target, NAT, and the start of every request. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "sip/sip_dialog.h"

int sip_peer_of_uri(struct sip_peer *peer, const struct sip_uri *uri)
{
	struct sip_view name;
	struct sip_peer p = { .transport = SIP_TRANSPORT_UDP };
	int port = uri->port;

	if (uri->scheme == SIP_SCHEME_SIPS)
		p.transport = SIP_TRANSPORT_TLS;
	if (sip_uri_param(uri, "transport", &name)) {
		p.transport = (uint8_t)sip_transport_of(name);
		if (p.transport == SIP_TRANSPORT_WSS)
			p.transport = SIP_TRANSPORT_WS;
		if (p.transport == SIP_TRANSPORT_TCP && uri->scheme == SIP_SCHEME_SIPS)
			p.transport = SIP_TRANSPORT_TLS;
		if (p.transport == SIP_TRANSPORT_OTHER)
			p.transport = SIP_TRANSPORT_UDP;
	}
	if (!port)
		port = p.transport == SIP_TRANSPORT_TLS ? 5061 : 5060;
	if (sip_inet_parse_n(&p.addr, uri->host.p, uri->host.len, port))
		return ENOENT;
	*peer = p;
	return 0;
}

/* First entry of the route set, if any. */
static bool first_route(const struct sip_dialog *d, struct sip_addr *route)
{
	struct sip_view text;
	size_t i, len;
	bool in_brackets = false, quoted = false;

	if (!d->routes)
		return false;
	len = strlen(d->routes);
	for (i = 0; i < len; i++) {
		char c = d->routes[i];

		if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == '<')
			in_brackets = true;
		else if (!quoted && c == '>')
			in_brackets = false;
		else if (!quoted && !in_brackets && c == ',')
			break;
	}
	text = sip_view_trim(sip_view_n(d->routes, i));
	return !sip_addr_parse(route, text);
}

static void on_looked_up(const struct sip_peer *peers, size_t count, void *arg)
{
	struct sip_dialog *d = arg;

	d->lookup = NULL;
	if (count) {
		uint64_t flow = d->peer.transport == peers[0].transport ? d->peer.flow : 0;

		d->peer = peers[0];
		d->peer.flow = flow;
	}
}

/* A Contact that cannot be reached from here while its sender can: the sender is behind NAT (RFC 3581 gives the way back). */
static bool behind_nat(
	const struct sip_dialog *d, const struct sip_peer *told, const struct sip_peer *heard)
{
	if (d->routes || sip_inet_same_host(&told->addr, &heard->addr))
		return false;
	return d->by_source || sip_inet_is_any(&told->addr) ||
	       (sip_inet_is_private(&told->addr) && !sip_inet_is_private(&heard->addr));
}

static void look_up(struct sip_dialog *d, const struct sip_uri *uri)
{
	struct sip_view name;
	char host[256];
	struct sip_resolve_query query = { .host = host, .port = uri->port };

	sip_lookup_cancel(d->lookup);
	d->lookup = NULL;
	if (!d->core->resolver || sip_view_copy(host, sizeof(host), uri->host))
		return;
	if (uri->scheme == SIP_SCHEME_SIPS)
		query.transport = SIP_TRANSPORT_TLS;
	else if (sip_uri_param(uri, "transport", &name))
		query.transport = sip_transport_of(name);
	d->lookup = sip_resolve(d->core->resolver, &query, on_looked_up, d);
}

void sip_dialog_aim(struct sip_dialog *d, const struct sip_peer *from)
{
	struct sip_addr route;
	struct sip_uri uri, *hop = &uri;
	struct sip_view param;
	struct sip_peer peer;
	bool named;

	/* A browser is reachable by its connection only (RFC 7118 5). */
	if (from && from->transport == SIP_TRANSPORT_WS) {
		d->peer = *from;
		return;
	}
	if (first_route(d, &route))
		hop = &route.uri;
	else if (sip_uri_parse(&uri, sip_view(d->target)))
		hop = NULL;
	if (!hop) {
		if (from)
			d->peer = *from;
		return;
	}
	named = sip_peer_of_uri(&peer, hop) != 0;
	if (!from) {
		if (!named)
			d->peer = peer;
		return;
	}
	if (named) {
		/* Until its address is known, and if it stays unknown, what was heard from is the best guess. */
		d->peer = *from;
		if (!d->by_source || d->routes)
			look_up(d, hop);
		return;
	}
	if (!sip_uri_param(hop, "transport", &param) && hop->scheme != SIP_SCHEME_SIPS &&
		!d->routes)
		peer.transport = from->transport;
	if (peer.transport == from->transport && sip_transport_reliable(from->transport) &&
		(sip_inet_same_host(&peer.addr, &from->addr) || behind_nat(d, &peer, from)))
		peer.flow = from->flow;
	if (behind_nat(d, &peer, from))
		peer.addr = from->addr;
	d->peer = peer;
}

/* RFC 3261 12.2.1.1: without lr on the first route, that one is the request URI and the target goes to the end of the list. */
static bool strict_route(const struct sip_dialog *d, struct sip_addr *route)
{
	return first_route(d, route) && !sip_uri_param(&route->uri, "lr", NULL);
}

const char *sip_dialog_request_uri(const struct sip_dialog *d, char *out, size_t size)
{
	struct sip_addr route;

	if (strict_route(d, &route) && !sip_view_copy(out, size, route.uri.text))
		return out;
	return d->target;
}

static void print_routes(const struct sip_dialog *d, struct sip_print *p)
{
	struct sip_addr route;
	const char *rest;

	if (!d->routes)
		return;
	if (!strict_route(d, &route)) {
		sip_print_header(p, SIP_HDR_ROUTE, d->routes);
		return;
	}
	rest = route.text.p + route.text.len;
	rest += strspn(rest, " ,");
	if (*rest)
		sip_print_headerf(p, SIP_HDR_ROUTE, "%s, <%s>", rest, d->target);
	else
		sip_print_headerf(p, SIP_HDR_ROUTE, "<%s>", d->target);
}

void sip_dialog_request(struct sip_dialog *d, struct sip_print *p, enum sip_method method,
	uint32_t cseq, uint64_t branch)
{
	struct sip_core *core = d->core;
	char text[SIP_BRANCH_TEXT], tag[SIP_TAG_TEXT], uri[1024];
	struct sip_local local;

	core->wire.local(core->wire.arg, &d->peer, &local);
	buf_clear(&core->out);
	sip_print_request(p, &core->out, method, sip_dialog_request_uri(d, uri, sizeof(uri)));
	sip_print_via(p, &(struct sip_print_via){
				 .transport = (enum sip_transport)d->peer.transport,
				 .host = local.host,
				 .port = local.port,
				 .branch = sip_branch_text(text, branch),
			 });
	sip_print_number(p, SIP_HDR_MAX_FORWARDS, 70);
	print_routes(d, p);
	sip_print_headerf(p, SIP_HDR_FROM, "%s;tag=%s", d->local, sip_tag_text(tag, d->local_tag));
	if (d->remote_tag && *d->remote_tag)
		sip_print_headerf(p, SIP_HDR_TO, "%s;tag=%s", d->remote, d->remote_tag);
	else
		sip_print_header(p, SIP_HDR_TO, d->remote);
	sip_print_header(p, SIP_HDR_CALL_ID, d->call_id);
	sip_print_cseq(p, cseq, method);
	sip_print_header(p, SIP_HDR_USER_AGENT, core->user_agent);
}

void sip_contact_print(struct sip_core *core, struct sip_print *p, const struct sip_peer *peer,
	const char *user, const char *params)
{
	static const char *const transports[] = {
		[SIP_TRANSPORT_TCP] = ";transport=tcp",
		[SIP_TRANSPORT_TLS] = ";transport=tls",
		[SIP_TRANSPORT_WS] = ";transport=ws",
		[SIP_TRANSPORT_WSS] = ";transport=ws",
	};
	struct sip_local local;
	struct buf uri;

	core->wire.local(core->wire.arg, peer, &local);
	buf_init(&uri, 1024);
	if (sip_uri_print(&uri, &(struct sip_uri_parts){
					.user = user ? user : "hotline",
					.host = local.host,
					.port = local.port,
					.params = transports[peer->transport],
				}) == 0)
		sip_print_headerf(p, SIP_HDR_CONTACT, "<%s>%s", uri.data, params ? params : "");
	else if (!p->err)
		p->err = EINVAL;
	buf_release(&uri);
}

void sip_dialog_contact(struct sip_dialog *d, struct sip_print *p)
{
	sip_contact_print(d->core, p, &d->peer, d->contact_user, NULL);
}
