/* The SIP stack as the rest of the program sees it: calls by id, commands in, events out. One thread owns everything inside
 * (RFC 3261, 3262, 3311, 3581, 4028, 5626, 7118, 8760). Commands may be called from any thread: they copy and post. Events are
 * delivered on the SIP thread; the handler must only copy and post on. Nothing here knows media: SDP is opaque text.
 *
 * A call id is dead after SIP_CALL_ENDED; commands for dead or unknown ids do nothing. Every id ends exactly once. */
#ifndef HOTLINE_ENGINE_SIP_H
#define HOTLINE_ENGINE_SIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sip_stack;
struct web;

enum sip_origin { SIP_ORIGIN_TRUNK, SIP_ORIGIN_ACCOUNT, SIP_ORIGIN_GUEST };

enum sip_event_type {
	SIP_CALL_INCOMING, /* an INVITE that passed authentication and limits; sdp NULL when it has no offer */
	SIP_CALL_RINGING,   /* 180 without SDP */
	SIP_CALL_PROGRESS,  /* 18x with SDP: early media; fork tells several callees apart */
	SIP_CALL_ANSWERED,  /* 2xx to our INVITE, with the answer */
	SIP_CALL_CONFIRMED, /* the ACK to our 2xx; sdp when our 2xx carried an offer */
	SIP_CALL_OFFER, /* re-INVITE or UPDATE with an offer: answer with sip_call_answer_offer within 10 s */
	SIP_CALL_OFFER_ANSWERED, /* the answer to sip_call_offer */
	SIP_CALL_OFFER_REFUSED,  /* status says why; the call goes on as before */
	SIP_CALL_DTMF,           /* INFO application/dtmf-relay or application/dtmf: digit */
	SIP_CALL_LOST, /* the WebSocket (or TCP) connection under it closed without a BYE; the call is kept until
	                          * sip_call_hangup: the browser may have been reloaded */
	SIP_CALL_ENDED, /* status and by_peer say how: 200 for BYE, 487 cancelled, 408 no answer, 486 ... */
	SIP_ACCOUNT_REGISTERED, /* account has `contacts` > 0 bindings; websocket: one of them is a browser */
	SIP_ACCOUNT_UNREGISTERED,
	SIP_TRUNK_STATE, /* trunk, up */
};

struct sip_event {
	enum sip_event_type type;
	uint64_t call;
	int status;         /* SIP status code */
	const char *reason; /* text of it; never NULL */
	bool by_peer;       /* ENDED: the other side hung up, refused or cancelled */
	const char *sdp;    /* NUL-terminated, NULL when none */
	unsigned fork;
	char digit;
	/* INCOMING */
	enum sip_origin origin;
	const char *account; /* the authenticated account, or the guest's token */
	const char *trunk;   /* name of the trunk */
	const char *called;  /* user part of the request URI, decoded */
	const char *
		caller; /* user part of P-Asserted-Identity (trunks only) or From; "" when withheld */
	const char *caller_name;
	const char *source;  /* "ip:port" */
	const char *call_id; /* SIP Call-ID, for logs and tests */
	bool websocket;      /* came from (or, ANSWERED, goes to) a browser */
	unsigned contacts;
	bool up;
};
typedef void(sip_event_h)(const struct sip_event *event, void *arg);

struct sip_config {
	const char *bind_address;              /* "0.0.0.0" */
	int port, tls_port;                    /* UDP and TCP; TLS. -1: off, 0: any free */
	const char *certificate, *private_key; /* PEM; NULL: no TLS */
	const char *
		public_address; /* in Via, Contact of outside peers behind NAT; NULL: the socket's own */
	const char *
		local_networks; /* "10.0.0.0/8,192.168.0.0/16": these see the own address, not the public one */
	const char *realm;                   /* digest realm and host part of AORs: "hotline" */
	const char *user_agent;              /* "Hotline/0.1" */
	int64_t session_expires_s;           /* 1800; min-SE 90 */
	unsigned max_calls;                  /* 0: 4000. Beyond: 503 with Retry-After */
	unsigned source_per_second;          /* new transactions of one unknown source; 0: 50 */
	unsigned max_connections_per_source; /* 0: 100 */
	/* Sends one frame to a browser; web_sip_send fits. */
	int (*websocket_send)(void *arg, uint64_t connection, const char *data, size_t len);
	void (*websocket_close)(void *arg, uint64_t connection);
	void *websocket_arg;
};

int sip_stack_create(
	struct sip_stack **stackp, const struct sip_config *config, sip_event_h *eventh, void *arg);
int sip_stack_start(struct sip_stack *stack); /* binds and runs its thread */
void sip_stack_stop(struct sip_stack *stack); /* hangs up, waits at most 2 s */
void sip_stack_free(struct sip_stack *stack);
int sip_stack_port(const struct sip_stack *stack); /* bound UDP/TCP port */
int sip_stack_tls_port(const struct sip_stack *stack);
struct loop *sip_stack_loop(struct sip_stack *stack);

/* --- accounts: who may register and call, from extensions --- */
struct sip_account {
	const char *user;       /* extension: "8001" */
	const char *ha1_md5;    /* hex of MD5(user:realm:password), 32 */
	const char *ha1_sha256; /* hex, 64 */
	const char *name;       /* display name towards others */
	unsigned max_contacts;  /* 0: 5 */
};
int sip_account_set(
	struct sip_stack *stack, const struct sip_account *account); /* adds or changes; copies */
void sip_account_remove(struct sip_stack *stack, const char *user);
/* Digest HA1 of the two algorithms, for storing instead of the password. */
void sip_digest_ha1(
	char md5[33], char sha256[65], const char *user, const char *realm, const char *password);

/* --- trunks --- */
struct sip_trunk {
	const char *name;
	const char
		*host; /* name or address of the carrier; SRV and NAPTR are tried when port is 0 */
	int port;
	const char *transport; /* "udp", "tcp", "tls" */
	const char *
		addresses; /* "203.0.113.0/24,127.0.0.1": requests from there are this trunk's, without digest */
	const char *user,
		*password; /* registration or digest towards the carrier; NULL: by address */
	bool registers;
	int64_t expires_s;   /* 0: 600 */
	bool require_100rel; /* ask for reliable provisionals */
	unsigned max_calls;  /* 0: unlimited */
	const char *domain;  /* host in From and request URI; NULL: host */
};
int sip_trunk_set(struct sip_stack *stack, const struct sip_trunk *trunk);
void sip_trunk_remove(struct sip_stack *stack, const char *name);

/* --- calls in --- */
void sip_call_progress(struct sip_stack *stack, uint64_t call, int status,
	const char *sdp); /* 180, 183; sdp may be NULL; reliable when the peer supports 100rel */
void sip_call_answer(struct sip_stack *stack, uint64_t call, const char *sdp);
void sip_call_reject(struct sip_stack *stack, uint64_t call, int status,
	const char *reason); /* 4xx-6xx; reason NULL: the usual text */

/* --- calls out --- */
struct sip_target {
	const char *
		account; /* a registered account: forks to every contact (or only_websocket / only `connection`) */
	const char *trunk, *number;       /* or a number through a trunk */
	uint64_t connection;              /* not 0: only the contact on this WebSocket */
	const char *caller, *caller_name; /* From; caller may be NULL: anonymous */
	const char *sdp;                  /* the offer */
	const char *
		headers; /* extra lines "X-Hotline-Call: 123\r\n"; names must begin with X-Hotline- or be Alert-Info, Answer-Mode; others refused */
	int64_t ring_ms; /* 0: 60000; then CANCEL and ENDED 408 */
};
/* Returns the id at once; failures (not registered 480, no trunk 404, bad value 400) come as SIP_CALL_ENDED. 0: out of memory. */
uint64_t sip_call_start(struct sip_stack *stack, const struct sip_target *target);

/* --- both --- */
void sip_call_hangup(struct sip_stack *stack, uint64_t call, int status,
	const char *
		reason); /* BYE, CANCEL or refusal, as the state asks; status goes into a Reason header when not 0 */
void sip_call_offer(struct sip_stack *stack, uint64_t call,
	const char *sdp); /* re-INVITE (UPDATE while early) */
void sip_call_answer_offer(
	struct sip_stack *stack, uint64_t call, const char *sdp); /* NULL: 488, nothing changes */

/* --- WebSocket connections, owned by web/ --- */
/* account: the extension of the signed-in user: REGISTER and INVITE from this connection are accepted for it without digest and for
 * nothing else. guest: a token that may only call; never both. Any thread. */
int sip_websocket_open(struct sip_stack *stack, uint64_t connection, const char *account,
	const char *guest, const char *address, int port);
void sip_websocket_receive(
	struct sip_stack *stack, uint64_t connection, const char *data, size_t len);
void sip_websocket_closed(struct sip_stack *stack, uint64_t connection);

#endif
