/* The sockets of a stack: UDP, TCP, TLS, and the WebSockets that web/ owns, behind one struct sip_wire. SIP thread, except open and free,
 * which are for when the loop does not run. */
#ifndef HOTLINE_ENGINE_SIP_NET_H
#define HOTLINE_ENGINE_SIP_NET_H

#include "sip.h"
#include "sip_wire.h"

#define SIP_CONNECTIONS_MAX 20000
#define SIP_SEND_QUEUE_MAX  (256 * 1024) /* bytes waiting on one connection; more closes it */
#define SIP_FIRST_MESSAGE_MS                                                                       \
	30000 /* from the first byte of a message to its last, and to the first message at all */
#define SIP_IDLE_MS    1800000
#define SIP_CONNECT_MS 10000

struct loop;
struct sip_net;

struct sip_net_handlers {
	/* False: close the connection it came by. */
	bool (*receive)(void *arg, const struct sip_peer *from, const char *data, size_t len,
		enum sip_framing framing);
	void (*closed)(void *arg, unsigned transport, uint64_t flow);
	/* Name a TLS server at this address must prove; NULL: nobody we would call by TLS. */
	const char *(*server_name)(void *arg, const struct sip_inet *addr);
	void (*refused)(void *arg, const struct sip_peer *from, const char *why); /* a connection */
	void *arg;
};

/* Binds. EADDRINUSE, EINVAL for an address or certificate that cannot be used (logged), ENOMEM ... */
int sip_net_open(struct sip_net **netp, struct loop *loop, const struct sip_config *config,
	const struct sip_net_handlers *handlers);
void sip_net_free(struct sip_net *net);
int sip_net_port(const struct sip_net *net);
int sip_net_tls_port(const struct sip_net *net);
/* As struct sip_wire wants them. */
int sip_net_send(void *net, struct sip_peer *to, const char *data, size_t len);
void sip_net_local(void *net, const struct sip_peer *to, struct sip_local *local);

#endif
