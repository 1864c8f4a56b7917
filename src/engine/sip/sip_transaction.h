/* Transactions: the tables of sip_machine.h with timers, stored messages and a wire (RFC 3261 17, RFC 6026). SIP thread.
 *
 * A handler is never called from inside the function that starts or answers. Its last call is SIP_TX_GONE: the transaction is freed when
 * it returns. Finished transactions keep only what they must repeat. */
#ifndef HOTLINE_ENGINE_SIP_TRANSACTION_H
#define HOTLINE_ENGINE_SIP_TRANSACTION_H

#include "sip_key.h"
#include "sip_machine.h"
#include "sip_msg.h"
#include "sip_print.h"
#include "sip_source.h"
#include "sip_wire.h"

struct loop;
struct sip_tx;
struct sip_txs;

enum sip_tx_report {
	SIP_TX_RESPONSE,    /* client: msg */
	SIP_TX_CANCELLED,   /* INVITE server without a final response: answer it with 487 */
	SIP_TX_TIMEOUT,     /* client: no answer; server: no ACK for a refusal */
	SIP_TX_UNREACHABLE, /* the transport failed */
	SIP_TX_GONE,
};
/* msg: a response, the CANCEL, or NULL. */
typedef void(sip_tx_h)(
	struct sip_tx *tx, enum sip_tx_report report, const struct sip_msg *msg, void *arg);

#define SIP_TXS_MAX 300000 /* of a stack; beyond, requests get 503 */

int sip_txs_create(struct sip_txs **txsp, struct loop *loop, const struct sip_wire *wire);
void sip_txs_free(struct sip_txs *txs); /* handlers are not told */
size_t sip_txs_count(const struct sip_txs *txs);

/* --- client --- */
#define SIP_BRANCH_TEXT 24
uint64_t sip_branch_make(void);
const char *sip_branch_text(char out[SIP_BRANCH_TEXT], uint64_t branch);
/* Sends msg, whose top Via carries the branch. NULL: out of memory, or too many. */
struct sip_tx *sip_tx_request(struct sip_txs *txs, enum sip_method method, uint64_t branch,
	const struct sip_peer *to, const struct buf *msg, sip_tx_h *h, void *arg);
/* CANCEL of an INVITE without a final response, now or after its first provisional one; its end is then at most 64 T1 away.
 * reason: value of a Reason header or NULL. */
void sip_tx_cancel(struct sip_tx *tx, const char *reason);
bool sip_txs_response(struct sip_txs *txs, const struct sip_msg *m); /* false: belongs to none */

/* --- server --- */
enum sip_tx_match {
	SIP_TX_NEW,    /* nothing known: begin one, or answer it without */
	SIP_TX_TAKEN,  /* a retransmission or an ACK; done */
	SIP_TX_MERGED, /* the same request by another way: 482 */
};
enum sip_tx_match sip_txs_request(struct sip_txs *txs, const struct sip_msg *m);
/* Where the response to m goes. */
struct sip_peer sip_reply_peer(const struct sip_peer *from, const struct sip_msg *m);
/* A new one. m must live until the current message has been worked off; a request that is not answered by then is kept by
 * sip_tx_keep. source may be NULL. NULL: out of memory, or too many. */
struct sip_tx *sip_tx_serve(struct sip_txs *txs, const struct sip_peer *from,
	const struct sip_msg *m, struct sip_source *source, sip_tx_h *h, void *arg);
int sip_tx_keep(struct sip_tx *tx); /* call before m goes; does nothing when answered */
/* The INVITE a CANCEL means, or NULL; it is told SIP_TX_CANCELLED by sip_tx_cancelled. */
struct sip_tx *sip_txs_cancel_target(struct sip_txs *txs, const struct sip_msg *cancel);
void sip_tx_cancelled(struct sip_tx *invite, const struct sip_msg *cancel);

/* Begins a response with the own To tag (not in a 100); add headers, then finish with sip_tx_reply_end or _body. One at a time. */
void sip_tx_reply_begin(struct sip_tx *tx, struct sip_print *p, int status, const char *reason);
int sip_tx_reply_end(struct sip_tx *tx, struct sip_print *p);
int sip_tx_reply_body(struct sip_tx *tx, struct sip_print *p, const char *type, const char *body);
int sip_tx_reply(struct sip_tx *tx, int status, const char *reason); /* all at once */
void sip_tx_repeat(struct sip_tx *tx); /* the last response again: 2xx and reliable provisionals */
void sip_tx_forget_reply(struct sip_tx *tx); /* the ACK is here: the 2xx will not be repeated */
const struct sip_msg *sip_tx_msg(
	struct sip_tx *tx); /* the request, valid until the next call; NULL when answered */

/* --- both --- */
void sip_tx_set_handler(
	struct sip_tx *tx, sip_tx_h *h, void *arg); /* NULL: nobody listens any more */
const struct sip_peer *sip_tx_peer(const struct sip_tx *tx);
uint64_t sip_tx_tag(const struct sip_tx *tx); /* server: our To tag */
void sip_tx_set_tag(struct sip_tx *tx, uint64_t tag);
enum sip_method sip_tx_method(const struct sip_tx *tx);
/* A connection is gone: what waits on it fails. */
void sip_txs_flow_closed(struct sip_txs *txs, unsigned transport, uint64_t flow);

#endif
