/* Dialogs: creation, the table, refreshing. */
#include "sip/sip_dialog.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "sip/sip_session.h"

enum { KEY_CALL_ID = 20 };

char *sip_text_dup(struct sip_view v)
{
	char *s = malloc(v.len + 1);

	if (!s)
		return NULL;
	for (size_t i = 0; i < v.len; i++)
		s[i] = (unsigned char)v.p[i] < ' ' ? ' ' : v.p[i];
	s[v.len] = 0;
	return s;
}

static uint64_t call_key(struct sip_view call_id)
{
	struct sip_key key = sip_key_begin(KEY_CALL_ID);

	sip_key_add_view(&key, call_id);
	return key.a;
}

struct sip_dialog *sip_dialog_create(struct sip_core *core, struct sip_session *session)
{
	struct sip_dialog *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->core = core;
	d->session = session;
	list_init(&d->item);
	return d;
}

static void leave(struct sip_dialog *d)
{
	struct sip_dialog *first = hash_get_id(d->core->dialogs, d->local_tag);

	if (!d->entered)
		return;
	d->entered = false;
	if (first == d) {
		if (!d->same) {
			hash_remove_id(d->core->dialogs, d->local_tag);
			return;
		}
		/* Replacing the value of a key that is there needs no memory. */
		if (!hash_set_id(d->core->dialogs, d->local_tag, d->same))
			return;
	}
	for (; first; first = first->same) {
		if (first->same == d) {
			first->same = d->same;
			return;
		}
	}
}

void sip_dialog_free(struct sip_dialog *d)
{
	if (!d)
		return;
	leave(d);
	if (d->session)
		sip_session_forget_dialog(d->session, d);
	list_remove(&d->item);
	sip_lookup_cancel(d->lookup);
	free(d->call_id);
	free(d->remote_tag);
	free(d->local);
	free(d->remote);
	free(d->target);
	free(d->routes);
	free(d->contact_user);
	free(d->answer);
	free(d);
}

int sip_dialog_enter(struct sip_dialog *d)
{
	struct sip_dialog *first = hash_get_id(d->core->dialogs, d->local_tag);
	int err = 0;

	d->call_key = call_key(sip_view(d->call_id));
	if (first) {
		d->same = first->same;
		first->same = d;
	} else {
		err = hash_set_id(d->core->dialogs, d->local_tag, d);
	}
	d->entered = !err;
	return err;
}

/* Display name and URI as they came, without tag and other parameters. */
static char *name_addr(const struct sip_addr *addr)
{
	struct buf text;

	buf_init(&text, SIP_MAX_MESSAGE);
	if (addr->display.p && addr->display.len) {
		buf_append(&text, addr->display.p, addr->display.len);
		buf_putc(&text, ' ');
	}
	buf_putc(&text, '<');
	buf_append(&text, addr->uri.text.p, addr->uri.text.len);
	buf_putc(&text, '>');
	for (size_t i = 0; !text.err && i < text.len; i++) {
		if ((unsigned char)text.data[i] < ' ')
			text.data[i] = ' ';
	}
	return buf_steal(&text);
}

/* The route set: Record-Route in order for the called, in reverse for the calling side. */
static int routes_of(char **routesp, const struct sip_msg *m, bool reverse)
{
	struct sip_view entries[SIP_MAX_ROUTES];
	struct sip_list list;
	struct buf text;
	size_t count = 0;

	sip_list_init(&list, m, SIP_HDR_RECORD_ROUTE);
	while (count < SIP_MAX_ROUTES && !sip_list_next(&list, &entries[count]))
		count++;
	if (!count)
		return 0;
	buf_init(&text, SIP_ROUTES_TEXT_MAX);
	for (size_t i = 0; i < count; i++) {
		struct sip_view v = entries[reverse ? count - 1 - i : i];

		if (i)
			buf_puts(&text, ", ");
		buf_append(&text, v.p, v.len);
	}
	if (text.err) {
		int err = text.err;

		buf_release(&text);
		return err;
	}
	*routesp = sip_text_dup(sip_view_n(text.data, text.len));
	buf_release(&text);
	return *routesp ? 0 : ENOMEM;
}

static bool first_contact(const struct sip_msg *m, struct sip_contact *contact)
{
	struct sip_list list;

	sip_list_init(&list, m, SIP_HDR_CONTACT);
	return !sip_list_next_contact(&list, contact) && !contact->star &&
	       (contact->addr.uri.scheme == SIP_SCHEME_SIP ||
		       contact->addr.uri.scheme == SIP_SCHEME_SIPS);
}

static void note_abilities(struct sip_dialog *d, const struct sip_msg *m)
{
	if (sip_msg_header(m, SIP_HDR_ALLOW))
		d->allows_update = sip_msg_has_option(m, SIP_HDR_ALLOW, "UPDATE");
	if (sip_msg_header(m, SIP_HDR_SUPPORTED) || sip_msg_header(m, SIP_HDR_REQUIRE)) {
		d->supports_100rel = sip_msg_has_option(m, SIP_HDR_SUPPORTED, "100rel") ||
				     sip_msg_has_option(m, SIP_HDR_REQUIRE, "100rel");
		d->supports_timer = sip_msg_has_option(m, SIP_HDR_SUPPORTED, "timer") ||
				    sip_msg_has_option(m, SIP_HDR_REQUIRE, "timer");
	}
}

int sip_dialog_from_request(
	struct sip_dialog *d, const struct sip_msg *m, uint64_t tag, const struct sip_peer *from)
{
	struct sip_contact contact;
	struct sip_view target = m->from.uri.text;

	d->local_tag = tag;
	if (first_contact(m, &contact))
		target = contact.addr.uri.text;
	d->call_id = sip_text_dup(m->call_id);
	d->remote_tag = sip_text_dup(m->from.tag);
	d->local = name_addr(&m->to);
	d->remote = name_addr(&m->from);
	d->target = sip_text_dup(target);
	if (!d->call_id || !d->remote_tag || !d->local || !d->remote || !d->target)
		return ENOMEM;
	d->remote_cseq = m->cseq;
	d->remote_cseq_set = true;
	d->local_cseq = sip_random_below(1U << 20) + 1;
	note_abilities(d, m);
	if (routes_of(&d->routes, m, false))
		return EMSGSIZE;
	sip_dialog_aim(d, from);
	return sip_dialog_enter(d);
}

int sip_dialog_from_response(struct sip_dialog *d, const struct sip_dialog *base,
	const struct sip_msg *m, const struct sip_peer *from)
{
	struct sip_contact contact;

	d->local_tag = base->local_tag;
	d->call_id = strdup(base->call_id);
	d->remote_tag = sip_text_dup(m->to.tag);
	d->local = strdup(base->local);
	d->remote = strdup(base->remote);
	d->target = first_contact(m, &contact) ? sip_text_dup(contact.addr.uri.text)
					       : strdup(base->target);
	d->contact_user = base->contact_user ? strdup(base->contact_user) : NULL;
	if (!d->call_id || !d->remote_tag || !d->local || !d->remote || !d->target)
		return ENOMEM;
	d->local_cseq = base->local_cseq;
	d->by_source = base->by_source;
	note_abilities(d, m);
	if (routes_of(&d->routes, m, true))
		return EMSGSIZE;
	sip_dialog_aim(d, from);
	return sip_dialog_enter(d);
}

void sip_dialog_refresh(struct sip_dialog *d, const struct sip_msg *m, const struct sip_peer *from)
{
	struct sip_contact contact;

	note_abilities(d, m);
	if (first_contact(m, &contact) && !sip_view_is(contact.addr.uri.text, d->target)) {
		char *target = sip_text_dup(contact.addr.uri.text);

		if (target) {
			free(d->target);
			d->target = target;
		}
	}
	sip_dialog_aim(d, from);
}

void sip_dialog_confirm(struct sip_dialog *d, const struct sip_msg *m, const struct sip_peer *from)
{
	char *routes = NULL;

	if (!routes_of(&routes, m, true)) {
		free(d->routes);
		d->routes = routes;
	}
	sip_dialog_refresh(d, m, from);
}

struct sip_dialog *sip_dialog_same_tag(struct sip_core *core, uint64_t tag)
{
	return tag ? hash_get_id(core->dialogs, tag) : NULL;
}

struct sip_dialog *sip_dialog_of_request(struct sip_core *core, const struct sip_msg *m)
{
	uint64_t tag = m->to.tag.p ? sip_tag_value(m->to.tag) : 0;
	struct sip_dialog *d = sip_dialog_same_tag(core, tag);
	uint64_t key;

	if (!d)
		return NULL;
	key = call_key(m->call_id);
	for (; d; d = d->same) {
		if (d->call_key == key &&
			sip_view_is(m->from.tag.p ? m->from.tag : sip_view(""), d->remote_tag))
			return d;
	}
	return NULL;
}
