/* Accounts and their bindings: the table, expiry, connections that close. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "hash.h"
#include "metrics/metrics.h"
#include "sip/sip_binding.h"

#define CONTACTS_DEFAULT 5
#define CONTACTS_MAX     16

int sip_registrar_create(struct sip_registrar **registrarp, struct sip_core *core)
{
	struct sip_registrar *r = calloc(1, sizeof(*r));

	if (!r)
		return ENOMEM;
	r->core = core;
	r->accounts = hash_create();
	if (!r->accounts) {
		free(r);
		return ENOMEM;
	}
	*registrarp = r;
	return 0;
}

void sip_binding_free(struct sip_binding *b)
{
	metric_add(b->account->core->m_registrations, -1);
	list_remove(&b->item);
	free(b->uri);
	free(b->instance);
	free(b->path);
	free(b->call_id);
	free(b);
}

static void account_free(void *value, void *arg)
{
	struct sip_account_entry *a = value;

	(void)arg;
	list_for_each_safe(pos, tmp, &a->bindings)
		sip_binding_free(list_entry(pos, struct sip_binding, item));
	loop_timer_cancel(a->core->loop, &a->expiry);
	free(a->user);
	free(a->name);
	free(a);
}

void sip_registrar_free(struct sip_registrar *r)
{
	if (!r)
		return;
	hash_each(r->accounts, account_free, NULL);
	hash_free(r->accounts);
	free(r);
}

struct sip_account_entry *sip_registrar_find(struct sip_core *core, const char *user)
{
	return hash_get(core->registrar->accounts, user);
}

static int copy_text(char **dst, const char *src)
{
	char *copy = strdup(src ? src : "");

	if (!copy)
		return ENOMEM;
	free(*dst);
	*dst = copy;
	return 0;
}

static void copy_hash(char *dst, size_t size, const char *src)
{
	/* A hash of another length is none. */
	if (src && strlen(src) == size - 1)
		memcpy(dst, src, size);
	else
		*dst = 0;
}

int sip_registrar_set(struct sip_core *core, const struct sip_account *account)
{
	struct sip_account_entry *a;
	int err;

	if (!account->user || !*account->user || strlen(account->user) > 100)
		return EINVAL;
	a = sip_registrar_find(core, account->user);
	if (!a) {
		a = calloc(1, sizeof(*a));
		if (!a)
			return ENOMEM;
		list_init(&a->bindings);
		a->core = core;
		err = copy_text(&a->user, account->user);
		if (!err)
			err = hash_set(core->registrar->accounts, a->user, a);
		if (err) {
			account_free(a, NULL);
			return err;
		}
	}
	copy_hash(a->md5, sizeof(a->md5), account->ha1_md5);
	copy_hash(a->sha256, sizeof(a->sha256), account->ha1_sha256);
	a->max_contacts = account->max_contacts ? account->max_contacts : CONTACTS_DEFAULT;
	if (a->max_contacts > CONTACTS_MAX)
		a->max_contacts = CONTACTS_MAX;
	return copy_text(&a->name, account->name);
}

void sip_account_changed(struct sip_account_entry *a)
{
	struct sip_event event = { .type = SIP_ACCOUNT_UNREGISTERED, .account = a->user };
	uint64_t connection = 0;

	list_for_each(pos, &a->bindings)
	{
		const struct sip_binding *b = list_entry(pos, struct sip_binding, item);

		event.contacts++;
		if (b->connection)
			connection = b->connection;
	}
	/* A refresh is no news. */
	if (event.contacts == a->told_contacts && connection == a->told_connection)
		return;
	a->told_contacts = event.contacts;
	a->told_connection = connection;
	event.websocket = connection != 0;
	if (event.contacts)
		event.type = SIP_ACCOUNT_REGISTERED;
	sip_core_event(a->core, &event);
}

void sip_registrar_remove(struct sip_core *core, const char *user)
{
	struct sip_account_entry *a = hash_remove(core->registrar->accounts, user);

	if (!a)
		return;
	if (!list_empty(&a->bindings))
		sip_core_event(core, &(struct sip_event){ .type = SIP_ACCOUNT_UNREGISTERED,
					     .account = a->user });
	account_free(a, NULL);
}

static void on_expiry(void *arg)
{
	struct sip_account_entry *a = arg;
	int64_t now = clock_mono();
	bool changed = false;

	list_for_each_safe(pos, tmp, &a->bindings)
	{
		struct sip_binding *b = list_entry(pos, struct sip_binding, item);

		if (b->expires_at <= now) {
			sip_binding_free(b);
			changed = true;
		}
	}
	sip_account_arm(a);
	if (changed)
		sip_account_changed(a);
}

void sip_account_arm(struct sip_account_entry *a)
{
	int64_t first = INT64_MAX, now = clock_mono();

	list_for_each(pos, &a->bindings)
	{
		const struct sip_binding *b = list_entry(pos, struct sip_binding, item);

		/* The analyzer takes a removed entry for one still in the list. NOLINTNEXTLINE */
		if (b->expires_at < first)
			first = b->expires_at;
	}
	if (first == INT64_MAX)
		loop_timer_cancel(a->core->loop, &a->expiry);
	else
		loop_timer_set(
			a->core->loop, &a->expiry, first > now ? first - now : 0, on_expiry, a);
}

bool sip_registrar_source(struct sip_core *core, const char *user, const struct sip_inet *addr)
{
	struct sip_account_entry *a = sip_registrar_find(core, user);

	if (!a)
		return false;
	list_for_each(pos, &a->bindings)
	{
		if (sip_inet_same(&list_entry(pos, struct sip_binding, item)->peer.addr, addr))
			return true;
	}
	return false;
}

struct closing {
	unsigned transport;
	uint64_t flow;
};

static void close_bindings(void *value, void *arg)
{
	struct sip_account_entry *a = value;
	const struct closing *c = arg;
	bool changed = false;

	list_for_each_safe(pos, tmp, &a->bindings)
	{
		struct sip_binding *b = list_entry(pos, struct sip_binding, item);

		if (b->peer.flow != c->flow || b->peer.transport != c->transport)
			continue;
		if (c->transport == SIP_TRANSPORT_WS || b->reg_id) {
			sip_binding_free(b); /* RFC 5626: a flow cannot be made again from here */
			changed = true;
		} else {
			b->peer.flow = 0; /* its Contact may take a new connection */
		}
	}
	if (changed) {
		sip_account_arm(a);
		sip_account_changed(a);
	}
}

void sip_registrar_flow_closed(struct sip_core *core, unsigned transport, uint64_t flow)
{
	struct closing c = { transport, flow };

	if (transport == SIP_TRANSPORT_WS) {
		/* A browser's bindings are those of its account. */
		const struct sip_browser *browser = sip_core_browser(core, flow);
		struct sip_account_entry *a = browser && browser->account
						      ? sip_registrar_find(core, browser->account)
						      : NULL;

		if (a)
			close_bindings(a, &c);
		return;
	}
	hash_each(core->registrar->accounts, close_bindings, &c);
}
