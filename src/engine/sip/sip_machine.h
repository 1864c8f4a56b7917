/* The four transaction state machines as one table: event in, next state and actions out (RFC 3261 17, RFC 6026). Pure. */
#ifndef HOTLINE_ENGINE_SIP_MACHINE_H
#define HOTLINE_ENGINE_SIP_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds, RFC 3261 17.1.1.1. */
#define SIP_T1   500
#define SIP_T2   4000
#define SIP_T4   5000
#define SIP_64T1 (64 * SIP_T1)

enum sip_tx_kind {
	SIP_TX_INVITE_CLIENT,
	SIP_TX_CLIENT,
	SIP_TX_INVITE_SERVER,
	SIP_TX_SERVER,
	SIP_TX_KINDS
};

enum sip_tx_state {
	SIP_TX_TRYING, /* "Calling" of an INVITE client */
	SIP_TX_PROCEEDING,
	SIP_TX_COMPLETED,
	SIP_TX_ACCEPTED,  /* a 2xx passed (RFC 6026) */
	SIP_TX_CONFIRMED, /* INVITE server: the ACK is here */
	SIP_TX_TERMINATED,
	SIP_TX_STATES
};

enum sip_tx_event {
	SIP_TX_START,
	SIP_TX_GOT_1XX, /* client */
	SIP_TX_GOT_2XX,
	SIP_TX_GOT_FINAL,   /* 300-699 */
	SIP_TX_GOT_REQUEST, /* server: a retransmission */
	SIP_TX_GOT_ACK,
	SIP_TX_SENT_1XX,
	SIP_TX_SENT_2XX,
	SIP_TX_SENT_FINAL,
	SIP_TX_TIMER_AGAIN,   /* A, E, G */
	SIP_TX_TIMER_GIVE_UP, /* B, F, H */
	SIP_TX_TIMER_END,     /* D, I, J, K, L, M */
	SIP_TX_TRANSPORT_ERROR,
	SIP_TX_EVENTS
};

enum sip_tx_action {
	SIP_TX_SEND = 1 << 0,      /* the stored request or the last response */
	SIP_TX_SEND_ACK = 1 << 1,  /* for a final response above 299 */
	SIP_TX_PASS = 1 << 2,      /* the message to the user */
	SIP_TX_FAIL_TIME = 1 << 3, /* tell the user: nothing came */
	SIP_TX_FAIL_WIRE = 1 << 4, /* tell the user: the transport failed */
	SIP_TX_AGAIN_T1 = 1 << 5,  /* retransmission timer at T1 */
	SIP_TX_AGAIN_NEXT =
		1 << 6, /* doubled: E and G up to T2, A without a limit, E in Proceeding T2 */
	SIP_TX_AGAIN_STOP = 1 << 7,
	SIP_TX_GIVE_UP = 1 << 8,    /* B, F, H: 64 T1 from now */
	SIP_TX_LIMIT_STOP = 1 << 9, /* B, F, H off */
	SIP_TX_END_LONG = 1 << 10,  /* 64 T1 (D, J; L, M) */
	SIP_TX_END_T4 = 1 << 11,    /* I, K */
	SIP_TX_END_NOW = 1 << 12,   /* D, I, J, K of reliable transports are zero */
};

struct sip_tx_step {
	enum sip_tx_state state;
	unsigned actions; /* enum sip_tx_action */
	bool taken;       /* false: the event means nothing here */
};

struct sip_tx_step sip_tx_next(
	enum sip_tx_kind kind, enum sip_tx_state state, enum sip_tx_event event, bool reliable);
/* The next retransmission interval in milliseconds after one of `last`. */
int64_t sip_tx_interval(enum sip_tx_kind kind, enum sip_tx_state state, int64_t last);
enum sip_tx_event sip_tx_response_event(int status, bool sent);

#endif
