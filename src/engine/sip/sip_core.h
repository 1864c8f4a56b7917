/* The signalling core: everything of the stack except sockets, threads and name service. Messages in, messages and events out, all on
 * one thread; it runs under the test clock and in fuzz targets without a network. */
#ifndef HOTLINE_ENGINE_SIP_CORE_H
#define HOTLINE_ENGINE_SIP_CORE_H

#include "list.h"
#include "log/log.h"
#include "loop/loop.h"
#include "sip.h"
#include "sip_digest.h"
#include "sip_resolve.h"
#include "sip_source.h"
#include "sip_transaction.h"
#include "sip_wire.h"

struct metric;
struct sip_dialog;
struct sip_registrar;
struct sip_session;
struct sip_trunks;

/* Why messages are refused; each has its rate-limited log line. */
enum sip_refusal {
	SIP_REFUSAL_MALFORMED,
	SIP_REFUSAL_RATE,
	SIP_REFUSAL_FULL,
	SIP_REFUSAL_AUTH,
	SIP_REFUSAL_UNSUPPORTED,
	SIP_REFUSAL_CONNECTION,
	SIP_REFUSALS
};

/* A WebSocket connection that web/ has handed over. */
struct sip_browser {
	uint64_t connection;
	struct list item;
	struct sip_inet addr;
	char *account; /* one of the two */
	char *guest;
};

struct sip_core {
	struct loop *loop;
	struct sip_wire wire;
	struct sip_txs *txs;
	struct sip_sources *sources;
	struct sip_digest_server *digest;
	struct sip_registrar *registrar;
	struct sip_trunks *trunks;
	struct sip_resolver *resolver; /* NULL: names are not resolved */
	struct hash *dialogs;          /* local tag -> first struct sip_dialog */
	struct hash *calls;            /* id -> struct sip_session, until SIP_CALL_ENDED */
	struct hash *browsers;         /* connection -> struct sip_browser */
	struct list sessions;          /* with those that still say goodbye */
	struct list invites;           /* sent ones whose session is gone */
	struct list farewells;
	struct list browser_list;
	char *realm, *user_agent,
		*host;            /* host: part of our AORs, the realm when it can stand there */
	uint32_t session_expires; /* s */
	unsigned max_calls;
	bool stopping;
	sip_event_h *eventh;
	void *arg;
	struct buf out;     /* the request being built */
	struct sip_msg msg; /* the one being worked off */
	struct loop_timer sweep;
	struct log_limit refusals[SIP_REFUSALS];
	struct metric *m_calls_in, *m_calls_out, *m_calls_now, *m_requests, *m_malformed,
		*m_refused, *m_transactions, *m_registrations;
};

struct sip_core_config {
	struct loop *loop;
	struct sip_wire wire;
	const struct sip_config *config;
	struct sip_resolver *resolver;
	sip_event_h *eventh;
	void *arg;
};

#define SIP_ALLOW     "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REGISTER"
#define SIP_SUPPORTED "100rel, timer, path, outbound"
extern const char *const sip_supported_options[]; /* the same, for a 420 */

int sip_core_create(struct sip_core **corep, const struct sip_core_config *config);
void sip_core_free(struct sip_core *core);
/* Ends every call (SIP_CALL_ENDED each) and unregisters the trunks. */
void sip_core_stop(struct sip_core *core);
bool sip_core_idle(const struct sip_core *core); /* nothing is left to say */

/* One message as it came. framing as in sip_msg_parse. False: a stream that should be closed. */
bool sip_core_receive(struct sip_core *core, const struct sip_peer *from, const char *data,
	size_t len, enum sip_framing framing);
void sip_core_flow_closed(struct sip_core *core, unsigned transport, uint64_t flow);

int sip_core_browser_open(struct sip_core *core, uint64_t connection, const char *account,
	const char *guest, const struct sip_inet *addr);
struct sip_browser *sip_core_browser(struct sip_core *core, uint64_t connection);

/* --- for the parts of the core --- */
void sip_core_event(
	struct sip_core *core, struct sip_event *event); /* fills in what may not be NULL */
/* Counts, and logs one line per second and class at most. */
void sip_core_refused(struct sip_core *core, enum sip_refusal why, const struct sip_peer *from,
	const char *what, int status);
/* A response to a request that gets no transaction. */
void sip_core_answer(struct sip_core *core, const struct sip_peer *from, const struct sip_msg *m,
	int status, const char *reason);
/* Allow, Supported, Accept for 200 to OPTIONS, 405, 415. */
void sip_core_print_abilities(struct sip_print *p);

#endif
