/* Dialogs: identity, sequence numbers, route set, remote target, and the next hop (RFC 3261 12). SIP thread. */
#ifndef HOTLINE_ENGINE_SIP_DIALOG_H
#define HOTLINE_ENGINE_SIP_DIALOG_H

#include "sip_core.h"

#define SIP_ROUTES_TEXT_MAX 4096 /* bytes of a route set */

struct sip_dialog {
	struct list item; /* in its INVITE's list of early ones */
	struct sip_core *core;
	struct sip_session *session; /* one of the two, or neither */
	struct sip_farewell *farewell;
	struct sip_dialog *same; /* another one with the same local tag (forked) */
	uint64_t local_tag;
	uint64_t call_key; /* digest of the Call-ID */
	char *call_id;
	char *remote_tag;     /* "": the peer gave none (RFC 2543), or not known yet */
	char *local, *remote; /* name-addr of From and To, without tags */
	char *target;         /* remote target URI */
	char *routes;         /* "<sip:a;lr>, <sip:b;lr>"; NULL: none */
	char *contact_user;   /* NULL: "hotline" */
	uint32_t local_cseq, remote_cseq;
	struct sip_peer peer; /* next hop */
	struct sip_lookup *lookup;
	unsigned fork;
	bool entered; /* in core->dialogs */
	bool remote_cseq_set;
	bool by_source; /* an account or browser: answers go where it is heard from, whatever its Contact says */
	bool allows_update, supports_100rel, supports_timer;
	/* reliable provisional responses received (RFC 3262) */
	bool rseq_set;
	uint32_t rseq;
	bool answered; /* the offer has been answered reliably */
	char *answer;  /* the SDP of it, until the 2xx */
};

struct sip_dialog *sip_dialog_create(struct sip_core *core, struct sip_session *session);
void sip_dialog_free(struct sip_dialog *d); /* accepts NULL */
int sip_dialog_enter(struct sip_dialog *d); /* into the table */

/* As the called side: from an INVITE that is being answered with this tag. */
int sip_dialog_from_request(
	struct sip_dialog *d, const struct sip_msg *m, uint64_t tag, const struct sip_peer *from);
/* As the calling side: `base` sent the INVITE, this response has a tag. */
int sip_dialog_from_response(struct sip_dialog *d, const struct sip_dialog *base,
	const struct sip_msg *m, const struct sip_peer *from);
/* The 2xx of an early dialog: its route set counts (RFC 3261 13.2.2.4). */
void sip_dialog_confirm(struct sip_dialog *d, const struct sip_msg *m, const struct sip_peer *from);
/* Contact, Allow and Supported of a target refresh request or its response. */
void sip_dialog_refresh(struct sip_dialog *d, const struct sip_msg *m, const struct sip_peer *from);
/* Sets the next hop from route set or target; from: where the peer is heard from, or NULL. */
void sip_dialog_aim(struct sip_dialog *d, const struct sip_peer *from);

/* The dialog of a request, or NULL. */
struct sip_dialog *sip_dialog_of_request(struct sip_core *core, const struct sip_msg *m);
struct sip_dialog *sip_dialog_same_tag(struct sip_core *core, uint64_t tag);

/* Begins a request in core->out: start line, Via, Max-Forwards, Route, From, To, Call-ID, CSeq, User-Agent. Add headers (Contact by
 * sip_dialog_contact), end it and send it to d->peer. */
void sip_dialog_request(struct sip_dialog *d, struct sip_print *p, enum sip_method method,
	uint32_t cseq, uint64_t branch);
void sip_dialog_contact(struct sip_dialog *d, struct sip_print *p);
/* The URI that stands in the start line. */
const char *sip_dialog_request_uri(const struct sip_dialog *d, char *out, size_t size);
/* "<sip:user@host:port;transport=tcp>" as the peer may reach us. */
void sip_contact_print(struct sip_core *core, struct sip_print *p, const struct sip_peer *peer,
	const char *user, const char *params);

/* Copies, with folds and control characters turned into blanks. NULL: out of memory. */
char *sip_text_dup(struct sip_view v);

#endif
