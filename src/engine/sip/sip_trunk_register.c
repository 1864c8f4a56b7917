/* Registration with a carrier: digest, refresh, other addresses, growing pauses (RFC 3261 10.2). */
#include <stdlib.h>
#include <string.h>
#include "sip/sip_trunk_entry.h"

#define PAUSE_FIRST_MS   5000
#define PAUSE_MAX_MS     300000
#define PAUSE_REFUSED_MS 60000 /* at least, when the password is wrong: carriers lock accounts */

static void on_response(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg);

static char *address_of(const struct sip_trunk_entry *t, bool brackets)
{
	struct buf text;

	buf_init(&text, 1024);
	if (brackets)
		buf_putc(&text, '<');
	if (sip_uri_print(&text, &(struct sip_uri_parts){
					 .user = brackets ? t->user : NULL, .host = t->domain })) {
		buf_release(&text);
		return NULL;
	}
	if (brackets)
		buf_putc(&text, '>');
	return buf_steal(&text);
}

static bool make_identity(struct sip_trunk_entry *t)
{
	char a[SIP_TAG_TEXT];
	struct sip_dialog *d;

	if (t->identity)
		return true;
	d = sip_dialog_create(t->core, NULL);
	if (!d)
		return false;
	d->local_tag = sip_random();
	d->call_id = strdup(sip_tag_text(a, sip_random()));
	d->local = address_of(t, true);
	d->remote = address_of(t, true);
	d->target = address_of(t, false);
	d->contact_user = strdup(t->user);
	if (!d->call_id || !d->local || !d->remote || !d->target || !d->contact_user) {
		sip_dialog_free(d);
		return false;
	}
	t->identity = d;
	return true;
}

static bool send_register(struct sip_trunk_entry *t, int64_t expires, sip_tx_h *h, void *arg)
{
	struct sip_core *core = t->core;
	uint64_t branch = sip_branch_make();
	struct sip_credentials credentials = { t->user, t->password ? t->password : "" };
	struct sip_dialog *d = t->identity;
	struct sip_print p;
	struct sip_tx *tx;
	char uri[1024];

	d->peer = t->peers[t->peer_next];
	sip_dialog_request(d, &p, SIP_REGISTER, ++d->local_cseq, branch);
	sip_dialog_contact(d, &p);
	sip_print_number(&p, SIP_HDR_EXPIRES, (uint64_t)expires);
	sip_print_header(&p, SIP_HDR_SUPPORTED, "path");
	if (t->auth)
		sip_digest_client_print(t->auth, &p, SIP_REGISTER,
			sip_dialog_request_uri(d, uri, sizeof(uri)), &credentials);
	if (sip_print_end(&p))
		return false;
	tx = sip_tx_request(core->txs, SIP_REGISTER, branch, &d->peer, &core->out, h, arg);
	if (!tx)
		return false;
	if (h) {
		if (t->tx)
			sip_tx_set_handler(t->tx, NULL, NULL);
		t->tx = tx;
	}
	/* The connection stays with the carrier's entry: calls use it too. */
	t->peers[t->peer_next].flow = sip_tx_peer(tx)->flow;
	return true;
}

static void on_timer(void *arg)
{
	sip_trunk_register_start(arg);
}

static void pause_then_retry(struct sip_trunk_entry *t, bool refused)
{
	int64_t pause = PAUSE_FIRST_MS;

	for (unsigned i = 0; i < t->failures && pause < PAUSE_MAX_MS; i++)
		pause *= 2;
	if (refused && pause < PAUSE_REFUSED_MS)
		pause = PAUSE_REFUSED_MS;
	if (pause > PAUSE_MAX_MS)
		pause = PAUSE_MAX_MS;
	/* Spread, so that a returning carrier does not meet everybody at once. */
	pause = pause * 3 / 4 + sip_random_below((unsigned)(pause / 2));
	t->failures++;
	t->registered = false;
	t->tries = 0;
	t->peer_next = 0;
	sip_trunk_state(t, false);
	loop_timer_set(t->core->loop, &t->timer, pause, on_timer, t);
}

static void attempt(struct sip_trunk_entry *t)
{
	if (!send_register(t, t->expires_s, on_response, t))
		pause_then_retry(t, false);
}

void sip_trunk_register_start(struct sip_trunk_entry *t)
{
	loop_timer_cancel(t->core->loop, &t->timer);
	if (t->core->stopping || t->tx)
		return;
	if (!t->peer_count || !make_identity(t)) {
		pause_then_retry(t, false);
		return;
	}
	t->tries = 0;
	attempt(t);
}

static void failed_here(struct sip_trunk_entry *t)
{
	t->tries = 0;
	if (t->peer_next + 1 < t->peer_count) {
		t->peer_next++;
		attempt(t);
	} else {
		pause_then_retry(t, false);
	}
}

/* What the carrier granted our contact, in seconds. */
static int64_t granted(const struct sip_trunk_entry *t, const struct sip_msg *m)
{
	struct sip_contact c;
	struct sip_list list;
	uint32_t value;
	char user[128];

	sip_list_init(&list, m, SIP_HDR_CONTACT);
	while (!sip_list_next_contact(&list, &c)) {
		if (c.expires > 0 && !sip_uri_user(user, sizeof(user), &c.addr.uri) &&
			!strcmp(user, t->user))
			return c.expires;
	}
	if (!sip_msg_number(m, SIP_HDR_EXPIRES, &value) && value)
		return value;
	return t->expires_s;
}

static void registered(struct sip_trunk_entry *t, const struct sip_msg *m)
{
	int64_t expires = granted(t, m), early = expires / 10 + 5;

	t->failures = 0;
	t->tries = 0;
	t->registered = true;
	if (early > 60)
		early = 60;
	if (early * 2 > expires)
		early = expires / 2;
	loop_timer_set(t->core->loop, &t->timer, (expires - early) * 1000, on_timer, t);
	sip_trunk_state(t, true);
}

static void refused(struct sip_trunk_entry *t, const struct sip_msg *m)
{
	uint32_t least;

	t->tries++;
	if ((m->status == 401 || m->status == 407) && t->tries <= 3) {
		if (!t->auth)
			t->auth = calloc(1, sizeof(*t->auth));
		if (t->auth && !sip_digest_client_take(t->auth, m)) {
			attempt(t);
			return;
		}
	}
	if (m->status == 423 && t->tries <= 3 && !sip_msg_number(m, SIP_HDR_MIN_EXPIRES, &least) &&
		least > t->expires_s && least < 86400) {
		t->expires_s = least;
		attempt(t);
		return;
	}
	if (m->status >= 500 && m->status < 600) {
		failed_here(t);
		return;
	}
	/* A new challenge is asked for next time: the old one led nowhere. */
	free(t->auth);
	t->auth = NULL;
	pause_then_retry(t, m->status == 401 || m->status == 403 || m->status == 407);
}

static void on_response(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg)
{
	struct sip_trunk_entry *t = arg;

	if (report == SIP_TX_RESPONSE && m->status < 200)
		return;
	sip_tx_set_handler(tx, NULL, NULL);
	t->tx = NULL;
	if (report != SIP_TX_RESPONSE)
		failed_here(t);
	else if (m->status < 300)
		registered(t, m);
	else
		refused(t, m);
}

void sip_trunk_register_stop(struct sip_trunk_entry *t, bool say)
{
	loop_timer_cancel(t->core->loop, &t->timer);
	if (t->tx)
		sip_tx_set_handler(t->tx, NULL, NULL);
	t->tx = NULL;
	if (say && t->registered && t->identity)
		send_register(t, 0, NULL, NULL);
	t->registered = false;
	sip_dialog_free(t->identity);
	t->identity = NULL;
	free(t->auth);
	t->auth = NULL;
}

void sip_trunk_register_flow_closed(struct sip_trunk_entry *t, unsigned transport, uint64_t flow)
{
	const struct sip_peer *peer = &t->peers[t->peer_next];

	/* Calls to us would come over it (RFC 5626 4.4.1): register anew, not all in the same moment. */
	if (t->registered && peer->transport == transport && peer->flow == flow)
		loop_timer_set(t->core->loop, &t->timer, 500 + sip_random_below(2000), on_timer, t);
}
