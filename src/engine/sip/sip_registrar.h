/* Accounts and where they are registered (RFC 3261 10, RFC 3327, RFC 5626). SIP thread. */
#ifndef HOTLINE_ENGINE_SIP_REGISTRAR_H
#define HOTLINE_ENGINE_SIP_REGISTRAR_H

#include "sip_core.h"

#define SIP_REGISTRATION_MIN 30   /* s; shorter gets 423 */
#define SIP_REGISTRATION_MAX 7200 /* s; longer is cut */

struct sip_binding {
	struct list item;
	struct sip_account_entry *account;
	char *uri;
	char *instance; /* of RFC 5626; NULL: none */
	unsigned reg_id;
	char *path; /* Route of requests to it; NULL: none */
	char *call_id;
	uint32_t cseq;
	struct sip_peer peer; /* next hop */
	uint64_t connection;  /* not 0: a browser */
	int64_t expires_at;   /* clock_mono() */
};

struct sip_account_entry {
	char *user, *name;
	char md5[33], sha256[65]; /* "" when not given */
	unsigned max_contacts;
	struct list bindings; /* newest last */
	struct loop_timer expiry;
	struct sip_core *core;
	/* what the program was told last */
	unsigned told_contacts;
	uint64_t told_connection;
};

int sip_registrar_create(struct sip_registrar **registrarp, struct sip_core *core);
void sip_registrar_free(struct sip_registrar *registrar);
int sip_registrar_set(struct sip_core *core, const struct sip_account *account);
void sip_registrar_remove(struct sip_core *core, const char *user);
struct sip_account_entry *sip_registrar_find(struct sip_core *core, const char *user);
/* A phone of this account is registered from there. */
bool sip_registrar_source(struct sip_core *core, const char *user, const struct sip_inet *addr);
void sip_registrar_flow_closed(struct sip_core *core, unsigned transport, uint64_t flow);

/* REGISTER. browser: the connection it came by when that is a WebSocket. */
void sip_registrar_request(struct sip_core *core, const struct sip_peer *from,
	const struct sip_msg *m, struct sip_tx *tx, const struct sip_browser *browser);

/* --- authentication (sip_auth.c) --- */
/* The account that the credentials in the request prove, or NULL: then the request has been answered (401, 403, 400). */
struct sip_account_entry *sip_authenticate(struct sip_core *core, const struct sip_peer *from,
	const struct sip_msg *m, struct sip_tx *tx);

#endif
