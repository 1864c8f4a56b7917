/* REGISTER: checks, bindings, the answer. */
#include "sip/sip_registrar.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "metrics/metrics.h"
#include "sip/sip_binding.h"
#include "sip/sip_dialog.h"

#define EXPIRES_DEFAULT 3600

static struct sip_binding *find_binding(struct sip_account_entry *a, const struct sip_contact *c)
{
	struct sip_uri uri;

	list_for_each(pos, &a->bindings)
	{
		struct sip_binding *b = list_entry(pos, struct sip_binding, item);

		if (c->instance.p && c->reg_id && b->instance && b->reg_id) {
			/* RFC 5626 6: the same flow of the same phone, whatever its address is now. */
			if (b->reg_id == c->reg_id && sip_view_is(c->instance, b->instance))
				return b;
			continue;
		}
		if (!sip_uri_parse(&uri, sip_view(b->uri)) && sip_uri_equal(&uri, &c->addr.uri))
			return b;
	}
	return NULL;
}

/* -1: not said anywhere. */
static int64_t wanted_expires(const struct sip_msg *m, const struct sip_contact *c)
{
	uint32_t value;

	if (c && c->expires >= 0)
		return c->expires;
	return sip_msg_number(m, SIP_HDR_EXPIRES, &value) ? EXPIRES_DEFAULT : (int64_t)value;
}

/* 0 or the status that refuses the request as a whole. Nothing has been changed yet. */
static int check(struct sip_account_entry *a, const struct sip_msg *m, unsigned *count)
{
	struct sip_contact c;
	struct sip_list list;
	unsigned added = 0, have = 0;

	list_for_each(pos, &a->bindings) have++;
	*count = 0;
	sip_list_init(&list, m, SIP_HDR_CONTACT);
	while (!sip_list_next_contact(&list, &c)) {
		const struct sip_binding *b;
		int64_t expires;

		if (c.star) {
			*count = 1;
			return wanted_expires(m, NULL) == 0 ? 0 : 400;
		}
		if (c.addr.uri.scheme != SIP_SCHEME_SIP && c.addr.uri.scheme != SIP_SCHEME_SIPS)
			return 400;
		(*count)++;
		expires = wanted_expires(m, &c);
		if (expires > 0 && expires < SIP_REGISTRATION_MIN)
			return 423;
		b = find_binding(a, &c);
		if (b && sip_view_is(m->call_id, b->call_id) && m->cseq <= b->cseq)
			return 500; /* RFC 3261 10.3 7: overtaken by a later one */
		if (!b && expires > 0)
			added++;
	}
	/* The oldest make room; but not for more than there is room for in all. */
	return added > a->max_contacts ? 403 : 0;
}

static char *path_of(const struct sip_msg *m)
{
	struct sip_list list;
	struct sip_view item;
	struct buf text;
	char *path;

	buf_init(&text, SIP_ROUTES_TEXT_MAX);
	sip_list_init(&list, m, SIP_HDR_PATH);
	while (!sip_list_next(&list, &item)) {
		if (text.len)
			buf_puts(&text, ", ");
		buf_append(&text, item.p, item.len);
	}
	if (text.err || !text.len) {
		buf_release(&text);
		return NULL;
	}
	path = sip_text_dup(sip_view_n(text.data, text.len));
	buf_release(&text);
	return path;
}

static unsigned via_count(const struct sip_msg *m)
{
	struct sip_list list;
	struct sip_view item;
	unsigned count = 0;

	sip_list_init(&list, m, SIP_HDR_VIA);
	while (!sip_list_next(&list, &item))
		count++;
	return count;
}

/* Where requests to this contact go: the connection, the sender's address behind NAT, the Path, or what the Contact says. */
static struct sip_peer next_hop(const struct sip_peer *from, const struct sip_msg *m,
	const struct sip_contact *c, const char *path)
{
	struct sip_addr route;
	struct sip_peer peer, told;
	struct sip_view first;
	struct sip_list list;

	if (from->transport == SIP_TRANSPORT_WS)
		return *from;
	if (path) {
		sip_list_init(&list, m, SIP_HDR_PATH);
		if (!sip_list_next(&list, &first) && !sip_addr_parse(&route, first) &&
			!sip_peer_of_uri(&peer, &route.uri))
			return peer;
		return *from;
	}
	if (sip_peer_of_uri(&told, &c->addr.uri))
		return *from;
	if (!sip_inet_same_host(&told.addr, &from->addr))
		return via_count(m) > 1 ? told : *from;
	if (told.transport == from->transport)
		told.flow = from->flow;
	else if (sip_transport_reliable(from->transport))
		return *from;
	return told;
}

static void evict_oldest(struct sip_account_entry *a)
{
	unsigned have = 0;

	list_for_each(pos, &a->bindings) have++;
	if (have >= a->max_contacts && have)
		sip_binding_free(list_entry(a->bindings.next, struct sip_binding, item));
}

static int bind_contact(struct sip_account_entry *a, const struct sip_peer *from,
	const struct sip_msg *m, const struct sip_contact *c, int64_t expires)
{
	struct sip_binding *b = find_binding(a, c);
	struct sip_binding next = { 0 };

	next.uri = sip_text_dup(c->addr.uri.text);
	next.instance = c->instance.p ? sip_text_dup(c->instance) : NULL;
	next.call_id = sip_text_dup(m->call_id);
	next.path = path_of(m);
	if (!b && next.uri && next.call_id) {
		evict_oldest(a);
		b = calloc(1, sizeof(*b));
		if (b) {
			b->account = a;
			list_append(&a->bindings, &b->item);
			metric_add(a->core->m_registrations, 1);
		}
	}
	if (!b || !next.uri || !next.call_id) {
		free(next.uri);
		free(next.instance);
		free(next.call_id);
		free(next.path);
		return ENOMEM;
	}
	free(b->uri);
	free(b->instance);
	free(b->call_id);
	free(b->path);
	b->uri = next.uri;
	b->instance = next.instance;
	b->call_id = next.call_id;
	b->path = next.path;
	b->reg_id = c->reg_id;
	b->cseq = m->cseq;
	b->peer = next_hop(from, m, c, b->path);
	b->connection = from->transport == SIP_TRANSPORT_WS ? from->flow : 0;
	if (expires > SIP_REGISTRATION_MAX)
		expires = SIP_REGISTRATION_MAX;
	b->expires_at = clock_mono() + expires * 1000;
	return 0;
}

static int apply(struct sip_account_entry *a, const struct sip_peer *from, const struct sip_msg *m)
{
	struct sip_contact c;
	struct sip_list list;
	int err = 0;

	sip_list_init(&list, m, SIP_HDR_CONTACT);
	while (!err && !sip_list_next_contact(&list, &c)) {
		int64_t expires;
		struct sip_binding *b;

		if (c.star) {
			list_for_each_safe(pos, tmp, &a->bindings)
				sip_binding_free(list_entry(pos, struct sip_binding, item));
			break;
		}
		expires = wanted_expires(m, &c);
		b = find_binding(a, &c);
		if (expires > 0)
			err = bind_contact(a, from, m, &c, expires);
		else if (b)
			sip_binding_free(b);
	}
	sip_account_arm(a);
	return err;
}

static void print_bindings(struct sip_account_entry *a, struct sip_print *p)
{
	int64_t now = clock_mono();

	list_for_each(pos, &a->bindings)
	{
		const struct sip_binding *b = list_entry(pos, struct sip_binding, item);
		int64_t left = (b->expires_at - now + 999) / 1000;

		if (b->instance && b->reg_id)
			sip_print_headerf(p, SIP_HDR_CONTACT,
				"<%s>;expires=%lld;+sip.instance=\"%s\";reg-id=%u", b->uri,
				(long long)left, b->instance, b->reg_id);
		else
			sip_print_headerf(
				p, SIP_HDR_CONTACT, "<%s>;expires=%lld", b->uri, (long long)left);
	}
}

static void accept_request(struct sip_account_entry *a, const struct sip_msg *m, struct sip_tx *tx)
{
	struct sip_print p;
	bool outbound = false;

	sip_tx_reply_begin(tx, &p, 200, NULL);
	print_bindings(a, &p);
	sip_print_copy(&p, SIP_HDR_PATH, m);
	list_for_each(pos, &a->bindings) outbound =
		outbound || list_entry(pos, struct sip_binding, item)->reg_id;
	if (outbound && sip_msg_has_option(m, SIP_HDR_SUPPORTED, "outbound"))
		sip_print_header(&p, SIP_HDR_REQUIRE, "outbound");
	sip_print_header(&p, SIP_HDR_SUPPORTED, "path, outbound");
	sip_tx_reply_end(tx, &p);
}

static void too_brief(struct sip_tx *tx)
{
	struct sip_print p;

	sip_tx_reply_begin(tx, &p, 423, NULL);
	sip_print_number(&p, SIP_HDR_MIN_EXPIRES, SIP_REGISTRATION_MIN);
	sip_tx_reply_end(tx, &p);
}

void sip_registrar_request(struct sip_core *core, const struct sip_peer *from,
	const struct sip_msg *m, struct sip_tx *tx, const struct sip_browser *browser)
{
	struct sip_account_entry *a;
	struct sip_source *source;
	unsigned count = 0;
	char user[128];
	int status;

	if (sip_uri_user(user, sizeof(user), &m->to.uri) || !*user) {
		sip_tx_reply(tx, 404, NULL);
		return;
	}
	if (browser) {
		/* Its session cookie has proved who it is, and it may be nobody else. */
		a = browser->account ? sip_registrar_find(core, browser->account) : NULL;
	} else {
		a = sip_authenticate(core, from, m, tx);
		if (!a)
			return;
	}
	if (!a || strcmp(a->user, user)) {
		sip_core_refused(
			core, SIP_REFUSAL_AUTH, from, "registration of another account", 403);
		sip_tx_reply(tx, 403, NULL);
		return;
	}
	status = check(a, m, &count);
	if (status == 423)
		too_brief(tx);
	else if (status)
		sip_tx_reply(tx, status, NULL);
	if (status)
		return;
	if (count && apply(a, from, m)) {
		sip_tx_reply(tx, 500, NULL);
		return;
	}
	source = sip_source_get(core->sources, &from->addr, clock_mono());
	if (!list_empty(&a->bindings))
		sip_source_trust(source, clock_mono() + (int64_t)SIP_REGISTRATION_MAX * 1000);
	accept_request(a, m, tx);
	if (count)
		sip_account_changed(a);
}
