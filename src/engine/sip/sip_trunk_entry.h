/* One carrier, as its table and its registration see it. */
#ifndef HOTLINE_ENGINE_SIP_TRUNK_ENTRY_H
#define HOTLINE_ENGINE_SIP_TRUNK_ENTRY_H

#include "sip_dialog.h"
#include "sip_trunk.h"

struct sip_trunk_entry {
	struct list item;
	struct sip_core *core;
	char *name, *host, *domain, *user, *password;
	int port;
	enum sip_transport transport; /* SIP_TRANSPORT_OTHER: NAPTR decides */
	struct sip_networks networks;
	bool registers, require_100rel;
	unsigned max_calls, calls;
	int64_t expires_s;
	/* where its host is */
	struct sip_peer peers[SIP_RESOLVE_MAX];
	size_t peer_count;
	struct sip_lookup *lookup;
	struct loop_timer lookup_timer;
	bool up, told;
	/* registration */
	struct sip_dialog *identity; /* From, To, Call-ID, CSeq of our REGISTER requests */
	struct sip_tx *tx;
	struct sip_digest_client *auth;
	size_t peer_next;
	unsigned failures; /* in a row */
	unsigned tries;    /* of one attempt: challenges, 423 */
	bool registered;
	struct loop_timer timer;
};

void sip_trunk_state(struct sip_trunk_entry *t, bool up); /* tells the program when it is news */
void sip_trunk_register_start(struct sip_trunk_entry *t); /* addresses are known */
void sip_trunk_register_stop(struct sip_trunk_entry *t, bool say); /* say: unregister */
/* A connection closed. */
void sip_trunk_register_flow_closed(struct sip_trunk_entry *t, unsigned transport, uint64_t flow);

#endif
