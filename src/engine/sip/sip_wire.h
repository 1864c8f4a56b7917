/* What the signalling core needs of the network: sockets stand behind it in the program, tables in the tests. SIP thread. */
#ifndef HOTLINE_ENGINE_SIP_WIRE_H
#define HOTLINE_ENGINE_SIP_WIRE_H

#include "sip_inet.h"

/* Our own address as a peer sees it, for Via and Contact. */
struct sip_local {
	char host[SIP_INET_TEXT]; /* numeric, without brackets */
	unsigned port;
};

struct sip_wire {
	/* Sends one message. A stream without a flow gets one (reused or newly connected) and is told in *to.
	 * 0, or ENOTCONN / ENETUNREACH / EMSGSIZE / ENOBUFS: it will not go. */
	int (*send)(void *arg, struct sip_peer *to, const char *data, size_t len);
	void (*local)(void *arg, const struct sip_peer *to, struct sip_local *local);
	void *arg;
};

#endif
