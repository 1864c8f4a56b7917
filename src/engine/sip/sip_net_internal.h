/* What the transports share. */
#ifndef HOTLINE_ENGINE_SIP_NET_INTERNAL_H
#define HOTLINE_ENGINE_SIP_NET_INTERNAL_H

#include <openssl/ssl.h>
#include "list.h"
#include "loop/loop.h"
#include "sip_net.h"
#include "sip_stream.h"

#define SIP_LOCAL_CACHE 256

struct sip_local_cache {
	struct sip_inet peer, own;
	int64_t until;
};

struct sip_net {
	struct loop *loop;
	struct sip_net_handlers handlers;
	struct sip_inet bind;      /* with the bound port */
	struct sip_inet public;    /* unset: none */
	struct sip_networks local; /* these see the own address */
	bool private_is_local;     /* no list was given */
	int port, tls_port;
	unsigned per_source;
	/* UDP */
	struct loop_fd udp;
	char *batch; /* receive buffers */
	int probe;   /* unconnected socket that asks the kernel for its route */
	struct sip_local_cache cache[SIP_LOCAL_CACHE];
	/* TCP and TLS */
	struct loop_fd tcp, tls;
	SSL_CTX *server, *client;
	struct list connections;
	struct hash *flows; /* flow -> struct sip_conn */
	size_t connection_count;
	uint64_t last_flow;
	char *chunk; /* one read */
	/* WebSockets */
	int (*websocket_send)(void *arg, uint64_t connection, const char *data, size_t len);
	void (*websocket_close)(void *arg, uint64_t connection);
	void *websocket_arg;
};

int sip_udp_open(struct sip_net *net);
void sip_udp_close(struct sip_net *net);
int sip_udp_send(struct sip_net *net, const struct sip_inet *to, const char *data, size_t len);

int sip_stream_listen(struct sip_net *net, bool tls, int port);
int sip_stream_send(struct sip_net *net, struct sip_peer *to, const char *data, size_t len);
void sip_stream_close_all(struct sip_net *net);

int sip_tls_contexts(struct sip_net *net, const struct sip_config *config);
void sip_tls_release(struct sip_net *net);
/* A connection's TLS object. name: the server's, when we connect. */
SSL *sip_tls_new(struct sip_net *net, int fd, const char *name);

#endif
