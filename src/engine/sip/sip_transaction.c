/* Transactions: actions of the state tables carried out, timers, the table of all. */
#include "sip/sip_transaction.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "sip/sip_tx_internal.h"

int sip_txs_create(struct sip_txs **txsp, struct loop *loop, const struct sip_wire *wire)
{
	struct sip_txs *txs = calloc(1, sizeof(*txs));

	if (!txs)
		return ENOMEM;
	txs->loop = loop;
	txs->wire = wire;
	list_init(&txs->all);
	list_init(&txs->streams);
	buf_init(&txs->out, SIP_MAX_MESSAGE);
	txs->table = hash_create();
	txs->merged = hash_create();
	if (!txs->table || !txs->merged) {
		sip_txs_free(txs);
		return ENOMEM;
	}
	*txsp = txs;
	return 0;
}

static void tx_free(struct sip_tx *tx)
{
	struct sip_txs *txs = tx->owner;

	loop_timer_cancel(txs->loop, &tx->again);
	loop_timer_cancel(txs->loop, &tx->end);
	hash_remove_id(txs->table, tx->key.a);
	if (tx->merged_key && hash_get_id(txs->merged, tx->merged_key) == tx)
		hash_remove_id(txs->merged, tx->merged_key);
	if (tx->source)
		tx->source->transactions--;
	list_remove(&tx->item);
	list_remove(&tx->stream_item);
	txs->count--;
	free(tx->message);
	free(tx->request);
	free(tx->cancel_reason);
	free(tx);
}

void sip_txs_free(struct sip_txs *txs)
{
	if (!txs)
		return;
	list_for_each_safe(pos, tmp, &txs->all) tx_free(list_entry(pos, struct sip_tx, item));
	hash_free(txs->table);
	hash_free(txs->merged);
	buf_release(&txs->out);
	free(txs);
}

size_t sip_txs_count(const struct sip_txs *txs)
{
	return txs->count;
}

struct sip_tx *sip_tx_alloc(struct sip_txs *txs, enum sip_tx_kind kind, const struct sip_key *key,
	enum sip_method method, const struct sip_peer *peer)
{
	struct sip_tx *tx;

	if (txs->count >= SIP_TXS_MAX)
		return NULL;
	tx = calloc(1, sizeof(*tx));
	if (!tx)
		return NULL;
	tx->owner = txs;
	tx->kind = (uint8_t)kind;
	tx->state = SIP_TX_TRYING;
	tx->key = *key;
	tx->method = (uint8_t)method;
	tx->peer = *peer;
	list_init(&tx->stream_item);
	if (hash_set_id(txs->table, key->a, tx)) {
		free(tx);
		return NULL;
	}
	list_append(&txs->all, &tx->item);
	if (sip_transport_reliable(peer->transport))
		list_append(&txs->streams, &tx->stream_item);
	txs->count++;
	return tx;
}

struct sip_tx *sip_txs_find(struct sip_txs *txs, const struct sip_key *key)
{
	struct sip_tx *tx = hash_get_id(txs->table, key->a);

	return tx && tx->key.b == key->b ? tx : NULL;
}

int sip_tx_store(struct sip_tx *tx, const void *data, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		return ENOMEM;
	memcpy(copy, data, len);
	copy[len] = 0;
	free(tx->message);
	tx->message = copy;
	tx->message_len = len;
	return 0;
}

static void report(struct sip_tx *tx, enum sip_tx_report what, const struct sip_msg *m)
{
	if (tx->h)
		tx->h(tx, what, m, tx->arg);
}

static void on_again(void *arg)
{
	sip_tx_event(arg, SIP_TX_TIMER_AGAIN, NULL);
}

static void on_end(void *arg)
{
	struct sip_tx *tx = arg;
	bool limit = tx->state == SIP_TX_TRYING || tx->state == SIP_TX_PROCEEDING ||
		     (tx->kind == SIP_TX_INVITE_SERVER && tx->state == SIP_TX_COMPLETED);

	if (tx->broken) {
		tx->broken = false;
		sip_tx_event(tx, SIP_TX_TRANSPORT_ERROR, NULL);
	} else {
		sip_tx_event(tx, limit ? SIP_TX_TIMER_GIVE_UP : SIP_TX_TIMER_END, NULL);
	}
}

static void arm_again(struct sip_tx *tx, unsigned actions)
{
	if (actions & SIP_TX_AGAIN_STOP)
		loop_timer_cancel(tx->owner->loop, &tx->again);
	if (actions & SIP_TX_AGAIN_T1)
		tx->interval = SIP_T1;
	else if (actions & SIP_TX_AGAIN_NEXT)
		tx->interval = (int32_t)sip_tx_interval(
			(enum sip_tx_kind)tx->kind, (enum sip_tx_state)tx->state, tx->interval);
	else
		return;
	loop_timer_set(tx->owner->loop, &tx->again, tx->interval, on_again, tx);
}

static void arm_end(struct sip_tx *tx, unsigned actions)
{
	struct loop *loop = tx->owner->loop;

	if (actions & SIP_TX_LIMIT_STOP)
		loop_timer_cancel(loop, &tx->end);
	if (actions & (SIP_TX_GIVE_UP | SIP_TX_END_LONG))
		loop_timer_set(loop, &tx->end, SIP_64T1, on_end, tx);
	else if (actions & SIP_TX_END_T4)
		loop_timer_set(loop, &tx->end, SIP_T4, on_end, tx);
	else if (actions & SIP_TX_END_NOW)
		loop_timer_set(loop, &tx->end, 0, on_end, tx);
}

static void transmit(struct sip_tx *tx)
{
	struct sip_txs *txs = tx->owner;

	if (!tx->message)
		return;
	/* A failure is told later, so that nobody is called back from inside his own call. */
	if (txs->wire->send(txs->wire->arg, &tx->peer, tx->message, tx->message_len) &&
		(tx->state == SIP_TX_TRYING || tx->state == SIP_TX_PROCEEDING) &&
		(tx->kind == SIP_TX_INVITE_CLIENT || tx->kind == SIP_TX_CLIENT)) {
		tx->broken = true;
		loop_timer_cancel(txs->loop, &tx->again);
		loop_timer_set(txs->loop, &tx->end, 0, on_end, tx);
	}
}

/* The ACK takes the INVITE's place: it is what a repeated refusal gets (17.1.1.2). */
static void acknowledge(struct sip_tx *tx, const struct sip_msg *response)
{
	struct sip_txs *txs = tx->owner;
	struct sip_fault fault;
	struct sip_msg *invite = &txs->scratch;

	if (!tx->message ||
		sip_msg_parse(invite, tx->message, tx->message_len, SIP_DATAGRAM, &fault))
		return;
	buf_clear(&txs->out);
	if (sip_print_ack(&txs->out, invite, response) ||
		sip_tx_store(tx, txs->out.data, txs->out.len))
		return;
	txs->wire->send(txs->wire->arg, &tx->peer, tx->message, tx->message_len);
}

static void drop_message(struct sip_tx *tx)
{
	free(tx->message);
	tx->message = NULL;
	tx->message_len = 0;
}

/* What a state does not need any more goes at once: finished transactions stay half a minute. */
static void trim(struct sip_tx *tx)
{
	bool client = tx->kind == SIP_TX_INVITE_CLIENT || tx->kind == SIP_TX_CLIENT;

	if (client && (tx->state == SIP_TX_ACCEPTED ||
			      (tx->kind == SIP_TX_CLIENT && tx->state == SIP_TX_COMPLETED)))
		drop_message(tx);
	if (tx->state == SIP_TX_CONFIRMED)
		drop_message(tx);
	if (!client && tx->state >= SIP_TX_COMPLETED) {
		free(tx->request);
		tx->request = NULL;
		tx->msg = NULL;
	}
}

void sip_tx_event(struct sip_tx *tx, enum sip_tx_event event, const struct sip_msg *m)
{
	struct sip_tx_step step = sip_tx_next((enum sip_tx_kind)tx->kind,
		(enum sip_tx_state)tx->state, event, sip_transport_reliable(tx->peer.transport));

	if (!step.taken || tx->freeing)
		return;
	tx->state = (uint8_t)step.state;
	arm_again(tx, step.actions);
	arm_end(tx, step.actions);
	if (step.actions & SIP_TX_SEND)
		transmit(tx);
	if (step.actions & SIP_TX_SEND_ACK)
		acknowledge(tx, m);
	trim(tx);
	if (event == SIP_TX_GOT_1XX)
		sip_client_after_provisional(tx);
	/* The handler cannot free it: only the terminated state does, below. */
	if (step.actions & SIP_TX_PASS && m)
		report(tx, SIP_TX_RESPONSE, m);
	if (step.actions & SIP_TX_FAIL_TIME)
		report(tx, SIP_TX_TIMEOUT, NULL);
	if (step.actions & SIP_TX_FAIL_WIRE)
		report(tx, SIP_TX_UNREACHABLE, NULL);
	if (step.state == SIP_TX_TERMINATED) {
		tx->freeing = true;
		report(tx, SIP_TX_GONE, NULL);
		tx_free(tx);
	}
}

void sip_tx_set_handler(struct sip_tx *tx, sip_tx_h *h, void *arg)
{
	tx->h = h;
	tx->arg = arg;
}

const struct sip_peer *sip_tx_peer(const struct sip_tx *tx)
{
	return &tx->peer;
}

enum sip_method sip_tx_method(const struct sip_tx *tx)
{
	return (enum sip_method)tx->method;
}

static void fail_on(struct sip_txs *txs, struct sip_tx *tx)
{
	bool waits = tx->state == SIP_TX_TRYING || tx->state == SIP_TX_PROCEEDING;

	if (!waits || tx->broken)
		return;
	tx->broken = true;
	loop_timer_cancel(txs->loop, &tx->again);
	loop_timer_set(txs->loop, &tx->end, 0, on_end, tx);
}

void sip_txs_flow_closed(struct sip_txs *txs, unsigned transport, uint64_t flow)
{
	list_for_each_safe(pos, tmp, &txs->streams)
	{
		struct sip_tx *tx = list_entry(pos, struct sip_tx, stream_item);

		if (tx->peer.transport == transport && tx->peer.flow == flow)
			fail_on(txs, tx);
	}
}
