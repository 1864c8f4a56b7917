/* Carriers: the table, their addresses, who is one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "sip/sip_trunk_entry.h"

#define LOOKUP_AGAIN_MS 300000
#define LOOKUP_RETRY_MS 15000

struct sip_trunks {
	struct list list;
};

int sip_trunks_create(struct sip_trunks **trunksp, struct sip_core *core)
{
	struct sip_trunks *trunks = calloc(1, sizeof(*trunks));

	(void)core;
	if (!trunks)
		return ENOMEM;
	list_init(&trunks->list);
	*trunksp = trunks;
	return 0;
}

static void entry_free(struct sip_trunk_entry *t)
{
	sip_trunk_register_stop(t, false);
	loop_timer_cancel(t->core->loop, &t->lookup_timer);
	sip_lookup_cancel(t->lookup);
	list_remove(&t->item);
	sip_networks_release(&t->networks);
	free(t->name);
	free(t->host);
	free(t->domain);
	free(t->user);
	free(t->password);
	free(t);
}

void sip_trunks_free(struct sip_trunks *trunks)
{
	if (!trunks)
		return;
	list_for_each_safe(pos, tmp, &trunks->list)
		entry_free(list_entry(pos, struct sip_trunk_entry, item));
	free(trunks);
}

static struct sip_trunk_entry *find(struct sip_core *core, const char *name)
{
	if (!name)
		return NULL;
	list_for_each(pos, &core->trunks->list)
	{
		struct sip_trunk_entry *t = list_entry(pos, struct sip_trunk_entry, item);

		if (!strcmp(t->name, name))
			return t;
	}
	return NULL;
}

void sip_trunk_state(struct sip_trunk_entry *t, bool up)
{
	if (t->told && t->up == up)
		return;
	t->told = true;
	t->up = up;
	sip_core_event(t->core,
		&(struct sip_event){ .type = SIP_TRUNK_STATE, .trunk = t->name, .up = up });
}

static void located(struct sip_trunk_entry *t)
{
	if (t->registers && !t->registered && !loop_timer_running(&t->timer))
		sip_trunk_register_start(t);
	else if (!t->registers)
		sip_trunk_state(t, t->peer_count > 0);
}

static void look_up(void *arg);

static void on_looked_up(const struct sip_peer *peers, size_t count, void *arg)
{
	struct sip_trunk_entry *t = arg;

	t->lookup = NULL;
	/* A name service that fails for a while does not take away what is known. */
	if (count) {
		memcpy(t->peers, peers, count * sizeof(*peers));
		t->peer_count = count;
		t->peer_next = t->peer_next < count ? t->peer_next : 0;
	}
	loop_timer_set(t->core->loop, &t->lookup_timer, count ? LOOKUP_AGAIN_MS : LOOKUP_RETRY_MS,
		look_up, t);
	located(t);
}

static void look_up(void *arg)
{
	struct sip_trunk_entry *t = arg;
	struct sip_resolve_query query = {
		.host = t->host, .port = t->port, .transport = t->transport
	};

	if (t->lookup)
		return;
	t->lookup =
		t->core->resolver ? sip_resolve(t->core->resolver, &query, on_looked_up, t) : NULL;
	if (!t->lookup)
		loop_timer_set(t->core->loop, &t->lookup_timer, LOOKUP_RETRY_MS, look_up, t);
}

/* A numeric host needs no name service. */
static void locate(struct sip_trunk_entry *t)
{
	struct sip_peer peer = { .transport = (uint8_t)t->transport };
	int port = t->port;

	if (peer.transport == SIP_TRANSPORT_OTHER)
		peer.transport = SIP_TRANSPORT_UDP;
	if (!port)
		port = peer.transport == SIP_TRANSPORT_TLS ? 5061 : 5060;
	if (sip_inet_parse(&peer.addr, t->host, port)) {
		look_up(t);
		return;
	}
	t->peers[0] = peer;
	t->peer_count = 1;
	located(t);
}

static int copy_texts(struct sip_trunk_entry *t, const struct sip_trunk *trunk)
{
	t->name = strdup(trunk->name);
	t->host = strdup(trunk->host);
	t->domain = strdup(trunk->domain && *trunk->domain ? trunk->domain : trunk->host);
	t->user = trunk->user && *trunk->user ? strdup(trunk->user) : NULL;
	t->password = trunk->password ? strdup(trunk->password) : NULL;
	return t->name && t->host && t->domain ? 0 : ENOMEM;
}

static int transport_of(const char *name)
{
	enum sip_transport transport;

	if (!name || !*name)
		return SIP_TRANSPORT_OTHER;
	transport = sip_transport_of(sip_view(name));
	return transport == SIP_TRANSPORT_UDP || transport == SIP_TRANSPORT_TCP ||
			       transport == SIP_TRANSPORT_TLS
		       ? (int)transport
		       : -1;
}

int sip_trunks_set(struct sip_core *core, const struct sip_trunk *trunk)
{
	int transport = transport_of(trunk->transport), err;
	struct sip_trunk_entry *t, *old;

	if (!trunk->name || !*trunk->name || !trunk->host || transport < 0 || trunk->port < 0 ||
		trunk->port > 65535 || !sip_host_valid(sip_view(trunk->host)) ||
		(trunk->domain && *trunk->domain && !sip_host_valid(sip_view(trunk->domain))) ||
		(trunk->registers && (!trunk->user || !*trunk->user)))
		return EINVAL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return ENOMEM;
	t->core = core;
	list_init(&t->item);
	err = copy_texts(t, trunk);
	if (!err)
		err = sip_networks_parse(&t->networks, trunk->addresses);
	if (err) {
		entry_free(t);
		return err;
	}
	t->port = trunk->port;
	t->transport = (enum sip_transport)transport;
	t->registers = trunk->registers;
	t->require_100rel = trunk->require_100rel;
	t->max_calls = trunk->max_calls;
	t->expires_s = trunk->expires_s > 0 ? trunk->expires_s : 600;
	old = find(core, trunk->name);
	if (old) {
		t->calls = old->calls;
		t->told = old->told;
		t->up = old->up;
		sip_trunk_register_stop(old, old->registers && !t->registers);
		entry_free(old);
	}
	list_append(&core->trunks->list, &t->item);
	locate(t);
	return 0;
}

void sip_trunks_remove(struct sip_core *core, const char *name)
{
	struct sip_trunk_entry *t = find(core, name);

	if (!t)
		return;
	sip_trunk_register_stop(t, true);
	entry_free(t);
}

void sip_trunks_stop(struct sip_core *core)
{
	list_for_each(pos, &core->trunks->list)
		sip_trunk_register_stop(list_entry(pos, struct sip_trunk_entry, item), true);
}

void sip_trunks_flow_closed(struct sip_core *core, unsigned transport, uint64_t flow)
{
	list_for_each(pos, &core->trunks->list)
	{
		struct sip_trunk_entry *t = list_entry(pos, struct sip_trunk_entry, item);

		sip_trunk_register_flow_closed(t, transport, flow);
		for (size_t i = 0; i < t->peer_count; i++) {
			if (t->peers[i].transport == transport && t->peers[i].flow == flow)
				t->peers[i].flow = 0;
		}
	}
}

const char *sip_trunk_of_source(struct sip_core *core, const struct sip_inet *addr)
{
	list_for_each(pos, &core->trunks->list)
	{
		const struct sip_trunk_entry *t = list_entry(pos, struct sip_trunk_entry, item);

		if (sip_networks_match(&t->networks, addr))
			return t->name;
	}
	list_for_each(pos, &core->trunks->list)
	{
		const struct sip_trunk_entry *t = list_entry(pos, struct sip_trunk_entry, item);

		/* One that has no list of its own is known by the addresses we call it at. */
		for (size_t i = 0; !t->networks.count && i < t->peer_count; i++) {
			if (sip_inet_same_host(&t->peers[i].addr, addr))
				return t->name;
		}
	}
	return NULL;
}

const char *sip_trunk_host_at(struct sip_core *core, const struct sip_inet *addr)
{
	list_for_each(pos, &core->trunks->list)
	{
		const struct sip_trunk_entry *t = list_entry(pos, struct sip_trunk_entry, item);

		for (size_t i = 0; i < t->peer_count; i++) {
			if (sip_inet_same(&t->peers[i].addr, addr))
				return t->host;
		}
	}
	return NULL;
}

bool sip_trunk_credentials(
	struct sip_core *core, const char *name, struct sip_credentials *credentials)
{
	const struct sip_trunk_entry *t = find(core, name);

	if (!t || !t->user || !t->password)
		return false;
	*credentials = (struct sip_credentials){ .user = t->user, .password = t->password };
	return true;
}

bool sip_trunk_full(struct sip_core *core, const char *name)
{
	const struct sip_trunk_entry *t = find(core, name);

	return t && t->max_calls && t->calls >= t->max_calls;
}

int sip_trunk_route(struct sip_core *core, const char *name, struct sip_trunk_route *route)
{
	const struct sip_trunk_entry *t = find(core, name);

	if (!t)
		return ENOENT;
	if (sip_trunk_full(core, name))
		return EBUSY;
	*route = (struct sip_trunk_route){
		.domain = t->domain,
		.user = t->user,
		.host = t->host,
		.port = t->port,
		.transport = t->transport,
		.require_100rel = t->require_100rel,
		.peers = t->peers,
		.peer_count = t->peer_count,
	};
	return 0;
}

void sip_trunk_take_call(struct sip_core *core, const char *name)
{
	struct sip_trunk_entry *t = find(core, name);

	if (t)
		t->calls++;
}

void sip_trunk_release_call(struct sip_core *core, const char *name)
{
	struct sip_trunk_entry *t = find(core, name);

	if (t && t->calls)
		t->calls--;
}
