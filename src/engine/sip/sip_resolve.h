/* From a host name to addresses to try, in order (RFC 3263: NAPTR, SRV, A, AAAA), without waiting. SIP thread. */
#ifndef HOTLINE_ENGINE_SIP_RESOLVE_H
#define HOTLINE_ENGINE_SIP_RESOLVE_H

#include "sip_inet.h"

#define SIP_RESOLVE_MAX 8 /* addresses of one name */

struct loop;
struct sip_resolver;
struct sip_lookup;

/* peers: count > 0; or 0 when there is none, or the name service does not answer. The lookup is freed when this returns. */
typedef void(sip_resolve_h)(const struct sip_peer *peers, size_t count, void *arg);

struct sip_resolve_query {
	const char *host;             /* a name; addresses are answered too */
	int port;                     /* 0: SRV and NAPTR are tried */
	enum sip_transport transport; /* SIP_TRANSPORT_OTHER: let NAPTR decide, else UDP */
};

int sip_resolver_create(struct sip_resolver **resolverp, struct loop *loop);
void sip_resolver_free(struct sip_resolver
		*resolver); /* on the loop, or after it ended; handlers are not called */
/* "192.0.2.53,127.0.0.1:5353" instead of the system's name servers. EINVAL. */
int sip_resolver_servers(struct sip_resolver *resolver, const char *servers);
/* Answers from the loop later, never from inside this call. NULL: out of memory (or no resolver). */
struct sip_lookup *sip_resolve(struct sip_resolver *resolver, const struct sip_resolve_query *query,
	sip_resolve_h *h, void *arg);
void sip_lookup_cancel(struct sip_lookup *lookup); /* accepts NULL */

/* Peer of a URI with a numeric host. ENOENT: a name. */
struct sip_uri;
int sip_peer_of_uri(struct sip_peer *peer, const struct sip_uri *uri);

#endif
