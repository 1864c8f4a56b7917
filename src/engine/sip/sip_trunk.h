/* Carriers: which requests are theirs, where calls to them go, registration with them. SIP thread. */
#ifndef HOTLINE_ENGINE_SIP_TRUNK_INTERNAL_H
#define HOTLINE_ENGINE_SIP_TRUNK_INTERNAL_H

#include "sip_core.h"

struct sip_trunk_entry;

int sip_trunks_create(struct sip_trunks **trunksp, struct sip_core *core);
void sip_trunks_free(struct sip_trunks *trunks);
int sip_trunks_set(
	struct sip_core *core, const struct sip_trunk *trunk); /* EINVAL: a value that cannot be */
void sip_trunks_remove(struct sip_core *core, const char *name);
void sip_trunks_stop(struct sip_core *core); /* unregisters, without waiting */

void sip_trunks_flow_closed(struct sip_core *core, unsigned transport, uint64_t flow);

/* Name of the trunk whose requests come from there; NULL: none. */
const char *sip_trunk_of_source(struct sip_core *core, const struct sip_inet *addr);
/* The host of a trunk that is called at this address; NULL: none. */
const char *sip_trunk_host_at(struct sip_core *core, const struct sip_inet *addr);
bool sip_trunk_credentials(
	struct sip_core *core, const char *name, struct sip_credentials *credentials);

struct sip_trunk_route { /* how to call a number through it; valid until the trunk is changed */
	const char *domain, *user, *host;
	int port;
	enum sip_transport transport;
	bool require_100rel;
	const struct sip_peer *peers; /* known addresses, best first; count 0: look the host up */
	size_t peer_count;
};
int sip_trunk_route(struct sip_core *core, const char *name,
	struct sip_trunk_route *route); /* ENOENT, EBUSY: full */
bool sip_trunk_full(struct sip_core *core, const char *name);
void sip_trunk_take_call(struct sip_core *core, const char *name);
void sip_trunk_release_call(struct sip_core *core, const char *name);

#endif
