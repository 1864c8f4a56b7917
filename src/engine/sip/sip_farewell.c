/* Goodbyes that outlive their call: BYE, the wait for an ACK before it, the ACK of a late 2xx. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "sip/sip_session.h"
#include "sip/sip_trunk.h"

void sip_reason_header(char *out, size_t size, int status, const char *reason)
{
	struct buf text;

	*out = 0;
	if (!status)
		return;
	buf_init(&text, 256);
	if (!sip_print_quoted(&text, reason ? reason : sip_status_text(status)))
		snprintf(out, size, "SIP;cause=%d;text=%s", status, text.data);
	else
		snprintf(out, size, "SIP;cause=%d", status);
	buf_release(&text);
}

void sip_dialog_authorize(struct sip_dialog *d, struct sip_print *p, enum sip_method method,
	struct sip_digest_client *auth, const char *trunk)
{
	struct sip_credentials credentials;
	char uri[1024];

	if (auth && auth->ready && sip_trunk_credentials(d->core, trunk, &credentials))
		sip_digest_client_print(
			auth, p, method, sip_dialog_request_uri(d, uri, sizeof(uri)), &credentials);
}

int sip_dialog_ack(struct sip_dialog *d, uint32_t cseq, const char *sdp,
	struct sip_digest_client *auth, const char *trunk, char **copy)
{
	struct sip_core *core = d->core;
	struct sip_print p;
	int err;

	sip_dialog_request(d, &p, SIP_ACK, cseq, sip_branch_make());
	sip_dialog_authorize(d, &p, SIP_ACK, auth, trunk);
	err = sdp ? sip_print_body(&p, "application/sdp", sdp, strlen(sdp)) : sip_print_end(&p);
	if (err)
		return err;
	if (copy) {
		free(*copy);
		*copy = strndup(core->out.data, core->out.len);
	}
	return core->wire.send(core->wire.arg, &d->peer, core->out.data, core->out.len);
}

void sip_farewell_free(struct sip_farewell *f)
{
	if (!f)
		return;
	loop_timer_cancel(f->core->loop, &f->again);
	if (f->tx)
		sip_tx_set_handler(f->tx, NULL, NULL);
	if (f->reinvite)
		sip_tx_set_handler(f->reinvite, NULL, NULL);
	if (f->bye)
		sip_tx_set_handler(f->bye, NULL, NULL);
	list_remove(&f->item);
	sip_dialog_free(f->dialog);
	free(f->auth);
	free(f->trunk);
	free(f->reason);
	free(f);
}

static void free_when_done(struct sip_farewell *f)
{
	if (!f->tx && !f->reinvite && !f->bye)
		sip_farewell_free(f);
}

static void on_bye(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg);

static void send_bye(struct sip_farewell *f)
{
	struct sip_dialog *d = f->dialog;
	uint64_t branch = sip_branch_make();
	struct sip_print p;

	sip_dialog_request(d, &p, SIP_BYE, ++d->local_cseq, branch);
	sip_dialog_authorize(d, &p, SIP_BYE, f->auth, f->trunk);
	sip_print_header(&p, SIP_HDR_REASON, f->reason);
	if (!sip_print_end(&p))
		f->bye = sip_tx_request(
			d->core->txs, SIP_BYE, branch, &d->peer, &d->core->out, on_bye, f);
}

/* A carrier may ask for credentials even now. */
static bool challenged(struct sip_farewell *f, const struct sip_msg *m)
{
	if (f->tried || !f->trunk || (m->status != 401 && m->status != 407))
		return false;
	f->tried = true;
	if (!f->auth)
		f->auth = calloc(1, sizeof(*f->auth));
	return f->auth && !sip_digest_client_take(f->auth, m);
}

static void on_bye(struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg)
{
	struct sip_farewell *f = arg;

	if (report == SIP_TX_RESPONSE && m->status < 200)
		return;
	sip_tx_set_handler(tx, NULL, NULL);
	f->bye = NULL;
	if (report == SIP_TX_RESPONSE && challenged(f, m))
		send_bye(f);
	free_when_done(f);
}

static void goodbye(struct sip_farewell *f)
{
	loop_timer_cancel(f->core->loop, &f->again);
	if (f->tx)
		sip_tx_set_handler(f->tx, NULL, NULL);
	f->tx = NULL;
	if (!f->silent)
		send_bye(f);
	free_when_done(f);
}

static void on_again(void *arg)
{
	struct sip_farewell *f = arg;

	if (!f->tx || clock_mono() >= f->again_until) {
		goodbye(f);
		return;
	}
	sip_tx_repeat(f->tx);
	f->again_ms = f->again_ms * 2 < SIP_T2 ? f->again_ms * 2 : SIP_T2;
	loop_timer_set(f->core->loop, &f->again, f->again_ms, on_again, f);
}

static void on_server(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg)
{
	struct sip_farewell *f = arg;

	(void)m;
	(void)tx;
	if (report == SIP_TX_GONE) {
		f->tx = NULL;
		goodbye(f);
	}
}

static void on_reinvite(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *m, void *arg)
{
	struct sip_farewell *f = arg;

	(void)tx;
	if (report == SIP_TX_RESPONSE) {
		if (m->status >= 200 && m->status < 300)
			sip_dialog_ack(f->dialog, f->reinvite_cseq, NULL, f->auth, f->trunk, NULL);
	} else if (report == SIP_TX_GONE) {
		f->reinvite = NULL;
		free_when_done(f);
	}
}

void sip_farewell_ack(struct sip_farewell *f)
{
	if (!f->tx)
		return;
	sip_tx_forget_reply(f->tx);
	goodbye(f);
}

void sip_farewell_request(struct sip_dialog *d, struct sip_tx *tx, const struct sip_msg *m)
{
	/* Both hung up at once: theirs is fine too. */
	sip_tx_reply(tx, m->method == SIP_BYE ? 200 : 481, NULL);
	if (m->method == SIP_BYE)
		d->farewell->silent = true;
}

void sip_farewell_begin(
	struct sip_core *core, struct sip_dialog *d, const struct sip_farewell_terms *terms)
{
	struct sip_farewell *f = calloc(1, sizeof(*f));

	d->session = NULL;
	if (!f) {
		if (terms->tx)
			sip_tx_set_handler(terms->tx, NULL, NULL);
		if (terms->reinvite)
			sip_tx_set_handler(terms->reinvite, NULL, NULL);
		free(terms->auth);
		sip_dialog_free(d);
		return;
	}
	f->core = core;
	f->dialog = d;
	d->farewell = f;
	f->tx = terms->tx;
	f->reinvite = terms->reinvite;
	f->reinvite_cseq = terms->reinvite_cseq;
	f->auth = terms->auth;
	f->silent = terms->silent;
	f->trunk = terms->trunk ? strdup(terms->trunk) : NULL;
	f->reason = terms->reason && *terms->reason ? strdup(terms->reason) : NULL;
	list_append(&core->farewells, &f->item);
	if (f->reinvite)
		sip_tx_set_handler(f->reinvite, on_reinvite, f);
	if (!f->tx) {
		goodbye(f);
		return;
	}
	/* RFC 3261 15: the called side says BYE only after the ACK, or when it has not come. */
	sip_tx_set_handler(f->tx, on_server, f);
	f->again_ms = SIP_T1;
	f->again_until = clock_mono() + SIP_64T1;
	loop_timer_set(core->loop, &f->again, f->again_ms, on_again, f);
}
