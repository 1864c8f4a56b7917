/* Calls: INVITE sessions of both roles with offers, reliable provisional responses, session timers and forks. SIP thread.
 *
 * A session is freed together with its SIP_CALL_ENDED: whatever may end it is done last in a function. What remains to be said (BYE,
 * CANCEL, a 2xx without ACK) is taken over by struct sip_farewell and by invites without a session. */
#ifndef HOTLINE_ENGINE_SIP_SESSION_H
#define HOTLINE_ENGINE_SIP_SESSION_H

#include "sip_dialog.h"
#include "sip_offer.h"
#include "sip_refresh.h"

#define SIP_OFFER_ANSWER_MS 10000 /* for our answer to their offer */
#define SIP_FORKS_MAX       16    /* early dialogs of one INVITE */
#define SIP_INVITES_MAX     16    /* contacts called at once */
#define SIP_SDP_MAX         32768 /* bytes we send */

enum sip_session_state {
	SIP_SESSION_CALLING, /* out: no 2xx yet */
	SIP_SESSION_RINGING, /* in: no final response yet */
	SIP_SESSION_ANSWERED, /* in: 2xx sent, no ACK; out: 2xx with an offer that has no answer yet */
	SIP_SESSION_UP,
};

struct sip_session {
	struct list item;
	struct sip_core *core;
	uint64_t id;
	enum sip_session_state state;
	bool outgoing, websocket;
	enum sip_origin origin;
	uint64_t connection; /* the WebSocket it is on */
	char *account, *trunk;
	struct sip_dialog *dialog;      /* in: at once; out: of the 2xx that won */
	struct sip_digest_client *auth; /* after a challenge */

	/* out */
	struct list invites;
	unsigned forks;
	int best_status;
	char best_reason[64];
	char *goodbye; /* Reason header of the CANCEL or BYE, when it is not that of the status */
	char *extra;   /* header lines of the target */
	struct loop_timer ring;

	/* in */
	struct sip_tx *tx; /* the INVITE (the first, then a re-INVITE) until its ACK */
	bool reliable, must_be_reliable;
	bool prack_awaited;
	bool answered_reliably;
	bool answer_waits; /* for the PRACK; the SDP is queued_sdp */
	uint32_t rseq, invite_cseq;
	int queued_status; /* a provisional that waits for the PRACK; 0: none */
	char *queued_sdp;
	struct loop_timer again; /* 2xx or reliable provisional */
	int64_t again_ms, again_until;

	/* offers */
	struct sip_offer offer;
	struct sip_tx *offer_in;         /* re-INVITE, UPDATE or PRACK with their offer */
	struct sip_dialog *offer_dialog; /* the (early) one it came in */
	char *their_sdp;                 /* that offer */
	uint64_t offered_sdp;            /* digest of their offer */
	struct sip_tx *offer_out;        /* re-INVITE or UPDATE, ours */
	bool offer_out_refresh;          /* it only refreshes */
	bool offer_out_invite;
	bool update_refused; /* 405 or 501: refresh by re-INVITE */
	uint8_t offer_tries;
	uint32_t offer_cseq;
	char *local_sdp;               /* agreed */
	char *sent_sdp;                /* offered, not answered */
	char *next_sdp;                /* to be offered when it can be */
	uint64_t remote_sdp;           /* digest of the peer's last one */
	char *ack;                     /* of our last re-INVITE, for a repeated 2xx */
	struct sip_tx *acked;          /* that re-INVITE */
	struct loop_timer offer_timer; /* their offer: 10 s; ours: the wait after a 491 */

	struct sip_refresh refresh;
	bool refresh_sent; /* and not answered yet */
	struct loop_timer refresh_timer;
};

/* One INVITE sent, until its transaction is gone. */
struct sip_invite {
	struct list item;            /* in session->invites, or core->invites */
	struct sip_session *session; /* NULL: it lost, or the call is over */
	struct sip_core *core;
	struct sip_tx *tx;
	struct sip_dialog *base; /* what the INVITE says */
	struct list dialogs;     /* early ones, and those of a 2xx that lost */
	struct sip_digest_client *auth;
	char *trunk;
	char *sdp; /* the offer; NULL: none */
	char *extra;
	struct sip_lookup *lookup;
	struct sip_peer peers[SIP_RESOLVE_MAX]; /* to try in turn */
	uint8_t peer_count, peer_next;
	uint8_t tries;
	bool require_100rel, provisional;
	bool done;     /* refused: it counts no more */
	bool privacy;  /* caller withheld */
	bool identity; /* P-Asserted-Identity towards a trunk */
	uint32_t min_se;
	char *ack;        /* of the 2xx that won, for repeated ones */
	char *winner_tag; /* remote tag of that 2xx */
	struct sip_peer winner_peer;
	struct loop_timer try_timer; /* no answer at all from this address: the next one */
};

/* A dialog that only has to be ended politely. */
struct sip_farewell {
	struct list item;
	struct sip_core *core;
	struct sip_dialog *dialog;
	struct sip_tx *tx;       /* INVITE server: the 2xx is repeated until the ACK */
	struct sip_tx *reinvite; /* ours, its 2xx still needs an ACK */
	struct sip_tx *bye;
	struct sip_digest_client *auth;
	char *trunk, *reason;
	bool tried;
	bool silent; /* no BYE: the peer said it */
	uint32_t reinvite_cseq;
	struct loop_timer again;
	int64_t again_ms, again_until;
};

/* --- incoming (sip_session_in.c) --- */
struct sip_caller {
	enum sip_origin origin;
	const char *account, *name, *trunk; /* who it is, and a display name from our own tables */
	uint64_t connection;
};
void sip_session_incoming(struct sip_core *core, const struct sip_peer *from,
	const struct sip_msg *m, struct sip_tx *tx, const struct sip_caller *caller);
void sip_session_progress(struct sip_session *s, int status, const char *sdp);
void sip_session_answer(struct sip_session *s, const char *sdp);
void sip_session_reject(struct sip_session *s, int status, const char *reason);
/* Sends what had to wait for a PRACK or for our answer to an early offer. */
void sip_session_go_on(struct sip_session *s);
void sip_session_ack(struct sip_session *s, const struct sip_msg *m);
void sip_session_prack(struct sip_session *s, struct sip_tx *tx, const struct sip_msg *m);
int sip_session_send_2xx(struct sip_session *s, struct sip_tx *tx,
	const char *sdp); /* of INVITE or re-INVITE, repeats it */

/* --- outgoing (sip_session_out.c, sip_invite.c) --- */
void sip_session_start(struct sip_core *core, uint64_t id, const struct sip_target *target);
struct sip_invite *sip_invite_create(struct sip_core *core, struct sip_session *s);
void sip_invite_free(struct sip_invite *inv);
int sip_invite_send(struct sip_invite *inv); /* to the current peer */
bool sip_invite_next_peer(
	struct sip_invite *inv); /* sends to the next address; false: there is none */
void sip_invite_abandon(
	struct sip_invite *inv, const char *reason); /* CANCEL; a 2xx gets ACK and BYE */
/* The ACK with the answer to the offer of a 2xx. */
void sip_invite_late_ack(struct sip_dialog *d, uint32_t cseq, const char *sdp);
/* What an invite tells its session. */
void sip_session_provisional(struct sip_session *s, struct sip_invite *inv, struct sip_dialog *d,
	const struct sip_msg *m, const char *sdp);
void sip_session_answered(struct sip_session *s, struct sip_invite *inv, struct sip_dialog *d,
	const struct sip_msg *m);
void sip_session_refused(
	struct sip_session *s, struct sip_invite *inv, int status, const char *reason);

/* --- both --- */
void sip_session_hangup(struct sip_session *s, int status, const char *reason);
void sip_session_offer(struct sip_session *s, const char *sdp);
void sip_session_answer_offer(struct sip_session *s, const char *sdp);
/* A request in the dialog other than ACK. tx is new and unanswered. */
void sip_session_request(struct sip_session *s, struct sip_dialog *d, struct sip_tx *tx,
	const struct sip_peer *from, const struct sip_msg *m);
void sip_session_their_offer(
	struct sip_session *s, struct sip_dialog *d, struct sip_tx *tx, const struct sip_msg *m);
void sip_session_offer_later(struct sip_session *s); /* sends next_sdp if that is possible now */
void sip_session_arm_refresh(struct sip_session *s);
void sip_session_send_refresh(struct sip_session *s);
void sip_session_print_refresh(struct sip_session *s, struct sip_print *p, bool request);
void sip_session_lost(struct sip_session *s); /* its WebSocket closed */

struct sip_session *sip_session_create(struct sip_core *core, uint64_t id, bool outgoing);
struct sip_session *sip_session_find(struct sip_core *core, uint64_t id);
void sip_session_event(struct sip_session *s, struct sip_event *event);
/* SIP_CALL_ENDED, then everything is released. bye: the dialog is up and the peer does not know yet; reason: of the Reason header. */
void sip_session_end(struct sip_session *s, int status, const char *reason, bool by_peer, bool bye);
void sip_session_free(struct sip_session *s); /* without a word */

/* The body when it is a session description: NUL-terminated copy, or NULL. */
char *sip_sdp_dup(const struct sip_msg *m);
uint64_t sip_sdp_key(const char *sdp);
/* 0, or 415 when the body is of another kind or coded. */
int sip_body_check(const struct sip_msg *m);
void sip_replace_text(char **dst, const char *src); /* frees, copies; src may be NULL */
void sip_reason_header(char *out, size_t size, int status,
	const char *reason); /* "SIP;cause=486;text=\"Busy\"" or "" */

/* Offers under way in this dialog are forgotten: it is going. */
void sip_session_forget_dialog(struct sip_session *s, struct sip_dialog *d);

/* --- farewells (sip_farewell.c) --- */
/* Takes the dialog, the transactions and the credentials. Says BYE at once, or after the ACK. */
struct sip_farewell_terms {
	struct sip_tx *tx, *reinvite;
	uint32_t reinvite_cseq;
	struct sip_digest_client *auth;
	const char *trunk, *reason;
	bool silent;
};
void sip_farewell_begin(
	struct sip_core *core, struct sip_dialog *d, const struct sip_farewell_terms *terms);
void sip_farewell_ack(struct sip_farewell *f);
void sip_farewell_free(struct sip_farewell *f);
/* A request in a dialog that is being ended. */
void sip_farewell_request(struct sip_dialog *d, struct sip_tx *tx, const struct sip_msg *m);
/* Sends an ACK for a 2xx of this dialog. copy: takes the bytes for repetition, may be NULL. */
int sip_dialog_ack(struct sip_dialog *d, uint32_t cseq, const char *sdp,
	struct sip_digest_client *auth, const char *trunk, char **copy);
/* Adds credentials when challenged. */
void sip_dialog_authorize(struct sip_dialog *d, struct sip_print *p, enum sip_method method,
	struct sip_digest_client *auth, const char *trunk);

#endif
