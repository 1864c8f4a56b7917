/* Client transactions: requests out, responses in, CANCEL. */
#include "sip/sip_transaction.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sip/sip_tx_internal.h"

#define COOKIE "z9hG4bK"

uint64_t sip_branch_make(void)
{
	return sip_random();
}

const char *sip_branch_text(char out[SIP_BRANCH_TEXT], uint64_t branch)
{
	memcpy(out, COOKIE, sizeof(COOKIE));
	sip_tag_text(out + 7, branch);
	return out;
}

/* The branch is random and ours, so it is the key; a CANCEL shares it with its INVITE. */
struct sip_key sip_client_key(uint64_t branch, enum sip_method method)
{
	return (struct sip_key){ branch + (method == SIP_CANCEL ? 1 : 0), ~branch };
}

struct sip_tx *sip_tx_request(struct sip_txs *txs, enum sip_method method, uint64_t branch,
	const struct sip_peer *to, const struct buf *msg, sip_tx_h *h, void *arg)
{
	struct sip_key key = sip_client_key(branch, method);
	struct sip_tx *tx;

	if (msg->err || !msg->len)
		return NULL;
	tx = sip_tx_alloc(
		txs, method == SIP_INVITE ? SIP_TX_INVITE_CLIENT : SIP_TX_CLIENT, &key, method, to);
	if (!tx)
		return NULL;
	tx->tag = branch;
	tx->h = h;
	tx->arg = arg;
	if (sip_tx_store(tx, msg->data, msg->len)) {
		tx->h = NULL;
		tx->state = SIP_TX_PROCEEDING;
		sip_tx_event(tx, SIP_TX_TRANSPORT_ERROR, NULL);
		return NULL;
	}
	sip_tx_event(tx, SIP_TX_START, NULL);
	return tx;
}

bool sip_txs_response(struct sip_txs *txs, const struct sip_msg *m)
{
	struct sip_view branch = m->via.branch;
	struct sip_key key;
	struct sip_tx *tx;
	uint64_t value;

	if (branch.len != 23 || memcmp(branch.p, COOKIE, 7))
		return false;
	value = sip_tag_value(sip_view_n(branch.p + 7, 16));
	if (!value)
		return false;
	key = sip_client_key(value, m->method);
	tx = sip_txs_find(txs, &key);
	if (!tx || tx->method != m->method)
		return false;
	sip_tx_event(tx, sip_tx_response_event(m->status, false), m);
	return true;
}

static void on_give_up(void *arg)
{
	sip_tx_event(arg, SIP_TX_TIMER_GIVE_UP, NULL);
}

static void send_cancel(struct sip_tx *tx)
{
	struct sip_txs *txs = tx->owner;
	struct sip_fault fault;

	if (tx->cancel_sent || !tx->message ||
		sip_msg_parse(&txs->scratch, tx->message, tx->message_len, SIP_DATAGRAM, &fault))
		return;
	tx->cancel_sent = true;
	buf_clear(&txs->out);
	if (!sip_print_cancel(&txs->out, &txs->scratch, tx->cancel_reason))
		sip_tx_request(txs, SIP_CANCEL, tx->tag, &tx->peer, &txs->out, NULL, NULL);
	/* RFC 3261 9.1: an INVITE without an answer to its CANCEL counts as cancelled after 64 T1. */
	loop_timer_set(txs->loop, &tx->end, SIP_64T1, on_give_up, tx);
}

void sip_tx_cancel(struct sip_tx *tx, const char *reason)
{
	if (tx->kind != SIP_TX_INVITE_CLIENT || tx->cancel || tx->state > SIP_TX_PROCEEDING)
		return;
	tx->cancel = true;
	tx->cancel_reason = reason ? strdup(reason) : NULL;
	if (tx->state == SIP_TX_PROCEEDING)
		send_cancel(tx);
}

void sip_client_after_provisional(struct sip_tx *tx)
{
	if (tx->cancel)
		send_cancel(tx);
}
