/* Socket addresses, networks and "where a message goes": numeric only, no name is resolved here. Pure; any thread. */
#ifndef HOTLINE_ENGINE_SIP_INET_H
#define HOTLINE_ENGINE_SIP_INET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sip_msg.h"

#define SIP_INET_TEXT 64 /* "[ipv6]:port" fits */

struct sip_inet {
	union {
		struct sockaddr sa;
		struct sockaddr_in in4;
		struct sockaddr_in6 in6;
	};
};

/* Where a message came from or goes to. A stream connection is named by its flow; a WebSocket is reachable by its flow only. */
struct sip_peer {
	uint64_t flow; /* 0: none yet */
	struct sip_inet addr;
	uint8_t transport; /* enum sip_transport; WebSockets are SIP_TRANSPORT_WS, secured or not */
};

struct sip_network {
	uint8_t bytes[16]; /* IPv4 as v4-mapped */
	uint8_t bits;
};
#define SIP_NETWORKS_MAX 64
struct sip_networks {
	struct sip_network *items; /* owned */
	size_t count;
};

/* "192.0.2.1", "2001:db8::1" or "[2001:db8::1]". EINVAL: not numeric. */
int sip_inet_parse(struct sip_inet *addr, const char *host, int port);
int sip_inet_parse_n(struct sip_inet *addr, const char *host, size_t len, int port);
/* The numeric address without brackets; never fails ("?" for an unset one). */
const char *sip_inet_host(const struct sip_inet *addr, char out[SIP_INET_TEXT]);
const char *sip_inet_text(const struct sip_inet *addr, char out[SIP_INET_TEXT]); /* with port */
int sip_inet_port(const struct sip_inet *addr);
void sip_inet_set_port(struct sip_inet *addr, int port);
socklen_t sip_inet_len(const struct sip_inet *addr);
bool sip_inet_is_set(const struct sip_inet *addr);
bool sip_inet_is_any(const struct sip_inet *addr);
bool sip_inet_same_host(const struct sip_inet *a, const struct sip_inet *b);
bool sip_inet_same(const struct sip_inet *a, const struct sip_inet *b); /* host and port */
bool sip_inet_is_private(
	const struct sip_inet *addr); /* RFC 1918, 6598, 4193, link local, loopback */
bool sip_inet_is_loopback(const struct sip_inet *addr);

/* "10.0.0.0/8, 2001:db8::/32, 192.0.2.1". NULL or "": none. EINVAL, E2BIG or ENOMEM. */
int sip_networks_parse(struct sip_networks *nets, const char *text);
void sip_networks_release(struct sip_networks *nets);
bool sip_networks_match(const struct sip_networks *nets, const struct sip_inet *addr);

static inline bool sip_transport_reliable(unsigned transport)
{
	return transport != SIP_TRANSPORT_UDP;
}

#endif
