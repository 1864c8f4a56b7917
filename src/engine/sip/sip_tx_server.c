/* Server transactions: matching of requests (RFC 3261 17.2.3), responses, CANCEL, merged requests (8.2.2.2). */
#include "sip/sip_transaction.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "sip/sip_tx_internal.h"

enum { KEY_BRANCH = 10, KEY_RFC2543, KEY_MERGED };

/* method: of the transaction meant, which is INVITE for an ACK or CANCEL. */
static struct sip_key server_key(const struct sip_msg *m, enum sip_method method)
{
	struct sip_key key = sip_key_begin(m->via.cookie ? KEY_BRANCH : KEY_RFC2543);
	uint32_t port = m->via.port, number = m->cseq, name = method;

	sip_key_add_view(&key, m->via.host);
	sip_key_add(&key, &port, sizeof(port));
	sip_key_add_view(&key, m->via.branch);
	if (method == SIP_UNKNOWN)
		sip_key_add_view(&key, m->method_name);
	else
		sip_key_add(&key, &name, sizeof(name));
	if (m->via.cookie)
		return key;
	/* RFC 2543: the To tag is left out, as the ACK has the one we gave. */
	sip_key_add_view(&key, m->call_id);
	sip_key_add_view(&key, m->from.tag);
	sip_key_add_view(&key, m->uri.text);
	sip_key_add(&key, &number, sizeof(number));
	return key;
}

static uint64_t merged_key(const struct sip_msg *m)
{
	struct sip_key key = sip_key_begin(KEY_MERGED);
	uint32_t number = m->cseq, name = m->method;

	if (m->to.tag.p)
		return 0;
	sip_key_add_view(&key, m->call_id);
	sip_key_add_view(&key, m->from.tag);
	sip_key_add(&key, &number, sizeof(number));
	sip_key_add(&key, &name, sizeof(name));
	return key.a;
}

enum sip_tx_match sip_txs_request(struct sip_txs *txs, const struct sip_msg *m)
{
	struct sip_key key = server_key(m, m->method == SIP_ACK ? SIP_INVITE : m->method);
	struct sip_tx *tx = sip_txs_find(txs, &key);
	uint64_t merged;

	if (tx) {
		if (m->method != SIP_ACK) {
			sip_tx_event(tx, SIP_TX_GOT_REQUEST, NULL);
			return SIP_TX_TAKEN;
		}
		/* An ACK with the branch of its INVITE after a 2xx belongs to the dialog all the same. */
		if (tx->state == SIP_TX_ACCEPTED)
			return SIP_TX_NEW;
		sip_tx_event(tx, SIP_TX_GOT_ACK, NULL);
		return SIP_TX_TAKEN;
	}
	if (m->method == SIP_ACK || m->method == SIP_CANCEL)
		return SIP_TX_NEW;
	merged = merged_key(m);
	return merged && hash_get_id(txs->merged, merged) ? SIP_TX_MERGED : SIP_TX_NEW;
}

struct sip_peer sip_reply_peer(const struct sip_peer *from, const struct sip_msg *m)
{
	struct sip_peer peer = *from;
	struct sip_inet told;

	/* RFC 3261 18.2.2: the port of the Via, without rport. A sender whose address was changed on the way meant another port. */
	if (from->transport == SIP_TRANSPORT_UDP && !m->via.rport &&
		!sip_inet_parse_n(
			&told, m->via.host.p, m->via.host.len, m->via.port ? m->via.port : 5060) &&
		sip_inet_same_host(&told, &from->addr))
		sip_inet_set_port(&peer.addr, sip_inet_port(&told));
	return peer;
}

struct sip_tx *sip_tx_serve(struct sip_txs *txs, const struct sip_peer *from,
	const struct sip_msg *m, struct sip_source *source, sip_tx_h *h, void *arg)
{
	struct sip_key key = server_key(m, m->method);
	uint64_t merged = m->method == SIP_CANCEL ? 0 : merged_key(m);
	struct sip_peer peer = sip_reply_peer(from, m);
	struct sip_tx *tx =
		sip_tx_alloc(txs, m->method == SIP_INVITE ? SIP_TX_INVITE_SERVER : SIP_TX_SERVER,
			&key, m->method, &peer);

	if (!tx)
		return NULL;
	if (merged && !hash_get_id(txs->merged, merged) && !hash_set_id(txs->merged, merged, tx))
		tx->merged_key = merged;
	tx->source = source;
	if (source)
		source->transactions++;
	tx->msg = m;
	tx->tag = sip_random();
	tx->h = h;
	tx->arg = arg;
	sip_tx_event(tx, SIP_TX_START, NULL);
	return tx;
}

int sip_tx_keep(struct sip_tx *tx)
{
	const struct sip_msg *m = tx->msg;

	tx->msg = NULL;
	if (!m || tx->request || tx->state > SIP_TX_PROCEEDING)
		return 0;
	tx->msg = m; /* until the copy is there, it is the only one */
	tx->request = malloc(m->text.len + 1);
	if (!tx->request)
		return ENOMEM;
	memcpy(tx->request, m->text.p, m->text.len);
	tx->request[m->text.len] = 0;
	tx->request_len = m->text.len;
	tx->msg = NULL;
	return 0;
}

const struct sip_msg *sip_tx_msg(struct sip_tx *tx)
{
	struct sip_fault fault;

	if (tx->msg)
		return tx->msg;
	/* It was taken once, so it parses; the framing that forgives most fits all ways it came. */
	if (!tx->request || sip_msg_parse(&tx->owner->scratch, tx->request, tx->request_len,
				    SIP_DATAGRAM, &fault))
		return NULL;
	return &tx->owner->scratch;
}

struct sip_tx *sip_txs_cancel_target(struct sip_txs *txs, const struct sip_msg *cancel)
{
	struct sip_key key = server_key(cancel, SIP_INVITE);

	return sip_txs_find(txs, &key);
}

void sip_tx_cancelled(struct sip_tx *invite, const struct sip_msg *cancel)
{
	if (invite->state == SIP_TX_PROCEEDING && invite->h)
		invite->h(invite, SIP_TX_CANCELLED, cancel, invite->arg);
}

uint64_t sip_tx_tag(const struct sip_tx *tx)
{
	return tx->tag;
}

void sip_tx_set_tag(struct sip_tx *tx, uint64_t tag)
{
	tx->tag = tag;
}

void sip_tx_reply_begin(struct sip_tx *tx, struct sip_print *p, int status, const char *reason)
{
	struct sip_txs *txs = tx->owner;
	const struct sip_msg *m = sip_tx_msg(tx);
	char tag[SIP_TAG_TEXT], host[SIP_INET_TEXT];
	struct sip_reply reply = { .status = status, .reason = reason };

	buf_clear(&txs->out);
	*p = (struct sip_print){ .out = &txs->out };
	if (!m) {
		p->err = EINVAL; /* answered already, or out of memory when it was kept */
		return;
	}
	if (status > 100)
		reply.to_tag = sip_tag_text(tag, tx->tag);
	if (sip_inet_is_set(&tx->peer.addr)) {
		reply.source = sip_inet_host(&tx->peer.addr, host);
		reply.source_port = (unsigned)sip_inet_port(&tx->peer.addr);
	}
	tx->reply_status = (uint16_t)status;
	sip_print_reply(p, &txs->out, m, &reply);
}

static int reply_send(struct sip_tx *tx, int err)
{
	struct sip_txs *txs = tx->owner;

	if (!err)
		err = sip_tx_store(tx, txs->out.data, txs->out.len);
	if (err)
		return err;
	sip_tx_event(tx, sip_tx_response_event(tx->reply_status, true), NULL);
	return 0;
}

int sip_tx_reply_end(struct sip_tx *tx, struct sip_print *p)
{
	return reply_send(tx, sip_print_end(p));
}

int sip_tx_reply_body(struct sip_tx *tx, struct sip_print *p, const char *type, const char *body)
{
	if (!body)
		return sip_tx_reply_end(tx, p);
	return reply_send(tx, sip_print_body(p, type, body, strlen(body)));
}

int sip_tx_reply(struct sip_tx *tx, int status, const char *reason)
{
	struct sip_print p;

	sip_tx_reply_begin(tx, &p, status, reason);
	return sip_tx_reply_end(tx, &p);
}

void sip_tx_repeat(struct sip_tx *tx)
{
	struct sip_txs *txs = tx->owner;

	if (tx->message)
		txs->wire->send(txs->wire->arg, &tx->peer, tx->message, tx->message_len);
}

void sip_tx_forget_reply(struct sip_tx *tx)
{
	free(tx->message);
	tx->message = NULL;
	tx->message_len = 0;
}
