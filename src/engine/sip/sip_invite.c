/* One INVITE we sent: the addresses it is tried at, challenges, early dialogs, PRACK, several 2xx. */
#include "sip/sip_session.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "sip/sip_trunk.h"

#define TRY_MS  4000 /* without any answer, when there is another address */
#define RETRIES 4    /* challenges and 422 */

static void on_invite(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg);

struct sip_invite *sip_invite_create(struct sip_core *core, struct sip_session *s)
{
	struct sip_invite *inv = calloc(1, sizeof(*inv));

	if (!inv)
		return NULL;
	inv->core = core;
	inv->session = s;
	inv->min_se = SIP_MIN_SE;
	list_init(&inv->dialogs);
	list_init(&inv->item);
	inv->base = sip_dialog_create(core, s);
	if (!inv->base) {
		free(inv);
		return NULL;
	}
	inv->base->local_tag = sip_random();
	inv->base->local_cseq = sip_random_below(1U << 20);
	list_append(&s->invites, &inv->item);
	return inv;
}

static void free_dialogs(struct sip_invite *inv)
{
	list_for_each_safe(pos, tmp, &inv->dialogs)
		sip_dialog_free(list_entry(pos, struct sip_dialog, item));
}

void sip_invite_free(struct sip_invite *inv)
{
	if (!inv)
		return;
	loop_timer_cancel(inv->core->loop, &inv->try_timer);
	sip_lookup_cancel(inv->lookup);
	if (inv->tx)
		sip_tx_set_handler(inv->tx, NULL, NULL);
	list_remove(&inv->item);
	free_dialogs(inv);
	sip_dialog_free(inv->base);
	free(inv->auth);
	free(inv->trunk);
	free(inv->sdp);
	free(inv->extra);
	free(inv->ack);
	free(inv->winner_tag);
	free(inv);
}

void sip_invite_abandon(struct sip_invite *inv, const char *reason)
{
	inv->session = NULL;
	if (inv->base)
		inv->base->session = NULL;
	list_for_each(pos, &inv->dialogs) list_entry(pos, struct sip_dialog, item)->session = NULL;
	if (!inv->tx) {
		sip_invite_free(inv);
		return;
	}
	list_remove(&inv->item);
	list_append(&inv->core->invites, &inv->item);
	loop_timer_cancel(inv->core->loop, &inv->try_timer);
	sip_tx_cancel(inv->tx, reason && *reason ? reason : NULL);
	/* What is only needed to try again. */
	free(inv->sdp);
	free(inv->extra);
	inv->sdp = inv->extra = NULL;
}

static void print_extra(struct sip_print *p, const char *lines)
{
	char name[64], value[512];

	while (lines && *lines) {
		const char *colon = strchr(lines, ':'), *end = strstr(lines, "\r\n");

		if (!colon || !end || colon > end)
			return;
		if (!sip_view_copy(
			    name, sizeof(name), sip_view_n(lines, (size_t)(colon - lines))) &&
			!sip_view_copy(value, sizeof(value),
				sip_view_trim(sip_view_n(colon + 1, (size_t)(end - colon - 1)))))
			sip_print_extra(p, name, value);
		lines = end + 2;
	}
}

static int print_invite(struct sip_invite *inv, uint64_t branch)
{
	struct sip_core *core = inv->core;
	struct sip_dialog *d = inv->base;
	struct sip_print p;

	sip_dialog_request(d, &p, SIP_INVITE, d->local_cseq, branch);
	sip_dialog_contact(d, &p);
	sip_print_header(&p, SIP_HDR_ALLOW, SIP_ALLOW);
	sip_print_header(&p, SIP_HDR_SUPPORTED, SIP_SUPPORTED);
	if (inv->require_100rel)
		sip_print_header(&p, SIP_HDR_REQUIRE, "100rel");
	if (core->session_expires) {
		uint32_t expires = core->session_expires;

		sip_print_number(
			&p, SIP_HDR_SESSION_EXPIRES, expires < inv->min_se ? inv->min_se : expires);
		sip_print_number(&p, SIP_HDR_MIN_SE, inv->min_se);
	}
	if (inv->privacy)
		sip_print_header(&p, SIP_HDR_PRIVACY, "id");
	else if (inv->identity)
		sip_print_header(&p, SIP_HDR_P_ASSERTED_IDENTITY, d->local);
	print_extra(&p, inv->extra);
	sip_dialog_authorize(d, &p, SIP_INVITE, inv->auth, inv->trunk);
	if (inv->sdp)
		return sip_print_body(&p, "application/sdp", inv->sdp, strlen(inv->sdp));
	return sip_print_end(&p);
}

static void on_try(void *arg)
{
	struct sip_invite *inv = arg;

	if (!inv->provisional)
		sip_invite_next_peer(inv);
}

int sip_invite_send(struct sip_invite *inv)
{
	struct sip_core *core = inv->core;
	uint64_t branch = sip_branch_make();
	struct sip_tx *old = inv->tx;
	int err;

	if (inv->peer_next >= inv->peer_count)
		return ENOENT;
	inv->base->peer = inv->peers[inv->peer_next];
	inv->base->local_cseq++;
	inv->provisional = false;
	err = print_invite(inv, branch);
	if (err)
		return err;
	inv->tx = sip_tx_request(
		core->txs, SIP_INVITE, branch, &inv->base->peer, &core->out, on_invite, inv);
	if (!inv->tx) {
		inv->tx = old;
		return ENOMEM;
	}
	if (old)
		sip_tx_set_handler(old, NULL, NULL);
	if (inv->peer_next + 1 < inv->peer_count)
		loop_timer_set(core->loop, &inv->try_timer, TRY_MS, on_try, inv);
	return 0;
}

bool sip_invite_next_peer(struct sip_invite *inv)
{
	loop_timer_cancel(inv->core->loop, &inv->try_timer);
	while (inv->peer_next + 1 < inv->peer_count) {
		inv->peer_next++;
		if (inv->tx)
			sip_tx_cancel(inv->tx, NULL);
		if (!sip_invite_send(inv))
			return true;
	}
	return false;
}

/* The session is told last: it may be gone afterwards. */
static void fail(struct sip_invite *inv, int status, const char *reason)
{
	if (inv->session)
		sip_session_refused(inv->session, inv, status, reason);
}

static struct sip_dialog *find_dialog(struct sip_invite *inv, const struct sip_msg *m)
{
	list_for_each(pos, &inv->dialogs)
	{
		struct sip_dialog *d = list_entry(pos, struct sip_dialog, item);

		if (sip_view_is(m->to.tag.p ? m->to.tag : sip_view(""), d->remote_tag))
			return d;
	}
	return NULL;
}

static struct sip_dialog *add_dialog(struct sip_invite *inv, const struct sip_msg *m)
{
	struct sip_dialog *d;
	unsigned count = 0;

	list_for_each(pos, &inv->dialogs) count++;
	if (count >= SIP_FORKS_MAX)
		return NULL;
	d = sip_dialog_create(inv->core, inv->session);
	if (!d)
		return NULL;
	d->local_cseq = inv->base->local_cseq;
	if (sip_dialog_from_response(d, inv->base, m, sip_tx_peer(inv->tx))) {
		sip_dialog_free(d);
		return NULL;
	}
	if (inv->session)
		d->fork = ++inv->session->forks;
	list_append(&inv->dialogs, &d->item);
	return d;
}

/* RFC 3262 4: in order, each once. False: a repetition or a gap. */
static bool take_reliable(struct sip_invite *inv, struct sip_dialog *d, const struct sip_msg *m)
{
	struct sip_core *core = inv->core;
	uint64_t branch = sip_branch_make();
	struct sip_print p;
	uint32_t rseq;

	if (sip_msg_number(m, SIP_HDR_RSEQ, &rseq) || (d->rseq_set && rseq != d->rseq + 1))
		return false;
	d->rseq_set = true;
	d->rseq = rseq;
	sip_dialog_request(d, &p, SIP_PRACK, ++d->local_cseq, branch);
	sip_print_headerf(&p, SIP_HDR_RACK, "%u %u INVITE", rseq, m->cseq);
	sip_dialog_authorize(d, &p, SIP_PRACK, inv->auth, inv->trunk);
	if (!sip_print_end(&p))
		sip_tx_request(core->txs, SIP_PRACK, branch, &d->peer, &core->out, NULL, NULL);
	return true;
}

static void provisional(struct sip_invite *inv, const struct sip_msg *m)
{
	struct sip_dialog *d;
	bool reliable;
	char *sdp;

	inv->provisional = true;
	loop_timer_cancel(inv->core->loop, &inv->try_timer);
	if (m->status == 100 || !m->to.tag.p || !inv->session)
		return;
	d = find_dialog(inv, m);
	if (!d)
		d = add_dialog(inv, m);
	if (!d)
		return;
	reliable =
		sip_msg_has_option(m, SIP_HDR_REQUIRE, "100rel") && sip_msg_header(m, SIP_HDR_RSEQ);
	if (reliable && !take_reliable(inv, d, m))
		return;
	sdp = sip_sdp_dup(m);
	if (reliable && sdp && inv->sdp && !d->answered) {
		d->answered = true;
		sip_replace_text(&d->answer, sdp);
	}
	sip_session_provisional(inv->session, inv, d, m, sdp);
	free(sdp);
}

static void answered(struct sip_invite *inv, const struct sip_msg *m)
{
	struct sip_view tag = m->to.tag.p ? m->to.tag : sip_view("");
	struct sip_core *core = inv->core;
	struct sip_dialog *d;

	loop_timer_cancel(core->loop, &inv->try_timer);
	if (inv->winner_tag && sip_view_is(tag, inv->winner_tag)) {
		if (inv->ack) /* it did not arrive */
			core->wire.send(
				core->wire.arg, &inv->winner_peer, inv->ack, strlen(inv->ack));
		return;
	}
	d = find_dialog(inv, m);
	if (!d)
		d = add_dialog(inv, m);
	if (!d)
		return;
	if (inv->session && !inv->winner_tag) {
		sip_session_answered(inv->session, inv, d, m);
		return;
	}
	/* Another fork was faster, or the call is over: RFC 3261 13.2.2.4. */
	list_remove(&d->item);
	d->session = NULL;
	sip_dialog_ack(d, m->cseq, NULL, inv->auth, inv->trunk, NULL);
	sip_farewell_begin(core, d, &(struct sip_farewell_terms){ .trunk = inv->trunk });
}

/* True: it has been sent again in another way. */
static bool again(struct sip_invite *inv, const struct sip_msg *m)
{
	uint32_t least;

	if (!inv->session)
		return false;
	if (m->status == 503)
		return sip_invite_next_peer(inv);
	if (++inv->tries > RETRIES)
		return false;
	if (m->status == 401 || m->status == 407) {
		if (!inv->trunk)
			return false;
		if (!inv->auth)
			inv->auth = calloc(1, sizeof(*inv->auth));
		return inv->auth && !sip_digest_client_take(inv->auth, m) && !sip_invite_send(inv);
	}
	if (m->status == 422 && !sip_msg_number(m, SIP_HDR_MIN_SE, &least) && least > inv->min_se &&
		least < 86400) {
		inv->min_se = least;
		return !sip_invite_send(inv);
	}
	return false;
}

static void on_invite(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg)
{
	struct sip_invite *inv = arg;
	char reason[64];

	(void)tx;
	switch (report) {
	case SIP_TX_RESPONSE:
		if (m->status < 200) {
			provisional(inv, m);
		} else if (m->status < 300) {
			answered(inv, m);
		} else if (!again(inv, m)) {
			if (sip_view_copy(reason, sizeof(reason), m->reason))
				reason[0] = 0;
			/* Early dialogs end with the refusal (RFC 3261 12.3). */
			free_dialogs(inv);
			fail(inv, m->status, reason);
		}
		return;
	case SIP_TX_TIMEOUT:
		if (!inv->session || !sip_invite_next_peer(inv))
			fail(inv, 408, NULL);
		return;
	case SIP_TX_UNREACHABLE:
		if (!inv->session || !sip_invite_next_peer(inv))
			fail(inv, inv->base->peer.transport == SIP_TRANSPORT_WS ? 480 : 503, NULL);
		return;
	case SIP_TX_GONE:
		inv->tx = NULL;
		sip_invite_free(inv);
		return;
	case SIP_TX_CANCELLED:
		return;
	}
}

void sip_invite_late_ack(struct sip_dialog *d, uint32_t cseq, const char *sdp)
{
	struct sip_core *core = d->core;
	char **copy = NULL;

	list_for_each(pos, &core->invites)
	{
		struct sip_invite *inv = list_entry(pos, struct sip_invite, item);

		if (inv->base->local_tag == d->local_tag)
			copy = &inv->ack;
	}
	sip_dialog_ack(d, cseq, sdp, d->session ? d->session->auth : NULL,
		d->session ? d->session->trunk : NULL, copy);
}
