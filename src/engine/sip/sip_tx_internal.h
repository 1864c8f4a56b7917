/* What client and server transactions share. */
#ifndef HOTLINE_ENGINE_SIP_TX_INTERNAL_H
#define HOTLINE_ENGINE_SIP_TX_INTERNAL_H

#include "list.h"
#include "loop/loop.h"
#include "sip_transaction.h"

struct sip_txs {
	struct loop *loop;
	const struct sip_wire *wire;
	struct hash *table; /* key.a -> struct sip_tx */
	struct hash *
		merged; /* key.a of Call-ID, From tag and CSeq -> server struct sip_tx without To tag */
	struct list all;
	struct list streams; /* those on a connection */
	size_t count;
	struct buf out; /* the response being built */
	struct sip_msg scratch;
};

struct sip_tx {
	struct sip_txs *owner;
	struct list item, stream_item;
	struct sip_key key;
	uint64_t merged_key; /* 0: not entered */
	uint64_t tag;        /* server: our To tag; client: the branch */
	uint8_t kind, state, method;
	bool cancel, cancel_sent; /* INVITE client */
	bool broken;              /* the first send failed; told by the timer */
	bool freeing;
	uint16_t reply_status;
	int32_t interval; /* ms, of the last retransmission */
	struct sip_peer peer;
	struct sip_source *source;
	char *message; /* the request, or the last response */
	size_t message_len;
	char *request; /* server: the kept request */
	size_t request_len;
	const struct sip_msg *msg; /* server: while it is being worked off */
	char *cancel_reason;
	struct loop_timer again, end;
	sip_tx_h *h;
	void *arg;
};

struct sip_tx *sip_tx_alloc(struct sip_txs *txs, enum sip_tx_kind kind, const struct sip_key *key,
	enum sip_method method, const struct sip_peer *peer);
void sip_tx_event(struct sip_tx *tx, enum sip_tx_event event, const struct sip_msg *m);
int sip_tx_store(struct sip_tx *tx, const void *data, size_t len);
struct sip_tx *sip_txs_find(struct sip_txs *txs, const struct sip_key *key);
void sip_client_after_provisional(struct sip_tx *tx);
struct sip_key sip_client_key(uint64_t branch, enum sip_method method);

#endif
