/* The sockets of a stack: opening, which transport, our own address as a peer sees it. */
#include "sip/sip_net.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "clock/clock.h"
#include "hash.h"
#include "sip/sip_key.h"
#include "sip/sip_net_internal.h"

#define LOCAL_CACHE_MS 30000
#define PORT_TRIES     20

static int take_config(struct sip_net *net, const struct sip_config *config)
{
	int err;

	if (sip_inet_parse(&net->bind, config->bind_address ? config->bind_address : "0.0.0.0",
		    config->port > 0 ? config->port : 0))
		return EINVAL;
	if (config->public_address && *config->public_address &&
		sip_inet_parse(&net->public, config->public_address, 0))
		return EINVAL;
	err = sip_networks_parse(&net->local, config->local_networks);
	if (err)
		return err;
	net->private_is_local = !net->local.count;
	net->per_source =
		config->max_connections_per_source ? config->max_connections_per_source : 100;
	net->websocket_send = config->websocket_send;
	net->websocket_close = config->websocket_close;
	net->websocket_arg = config->websocket_arg;
	net->port = net->tls_port = -1;
	return 0;
}

/* UDP and TCP share one number; with "any free" the second may be taken, then another one is tried. */
static int bind_both(struct sip_net *net, int wanted)
{
	int err = EADDRINUSE;

	for (int i = 0; i < (wanted ? 1 : PORT_TRIES) && err == EADDRINUSE; i++) {
		sip_inet_set_port(&net->bind, wanted);
		err = sip_udp_open(net);
		if (err)
			return err;
		err = sip_stream_listen(net, false, net->port);
		if (err)
			sip_udp_close(net);
	}
	return err;
}

int sip_net_open(struct sip_net **netp, struct loop *loop, const struct sip_config *config,
	const struct sip_net_handlers *handlers)
{
	struct sip_net *net = calloc(1, sizeof(*net));
	int err;

	if (!net)
		return ENOMEM;
	net->loop = loop;
	net->handlers = *handlers;
	net->probe = -1;
	net->last_flow = sip_random() >> 8;
	list_init(&net->connections);
	net->flows = hash_create();
	err = net->flows ? take_config(net, config) : ENOMEM;
	if (!err)
		err = sip_tls_contexts(net, config);
	if (!err && config->port >= 0)
		err = bind_both(net, config->port);
	if (!err && config->tls_port >= 0 && net->server)
		err = sip_stream_listen(net, true, config->tls_port);
	if (err)
		sip_net_free(net);
	else
		*netp = net;
	return err;
}

void sip_net_free(struct sip_net *net)
{
	if (!net)
		return;
	sip_stream_close_all(net);
	sip_udp_close(net);
	if (net->probe >= 0)
		close(net->probe);
	sip_tls_release(net);
	sip_networks_release(&net->local);
	hash_free(net->flows);
	free(net->chunk);
	free(net);
}

int sip_net_port(const struct sip_net *net)
{
	return net->port;
}

int sip_net_tls_port(const struct sip_net *net)
{
	return net->tls_port;
}

int sip_net_send(void *arg, struct sip_peer *to, const char *data, size_t len)
{
	struct sip_net *net = arg;

	switch (to->transport) {
	case SIP_TRANSPORT_UDP:
		return sip_udp_send(net, &to->addr, data, len);
	case SIP_TRANSPORT_TCP:
	case SIP_TRANSPORT_TLS:
		return sip_stream_send(net, to, data, len);
	case SIP_TRANSPORT_WS:
		if (!net->websocket_send || !to->flow)
			return ENOTCONN;
		return net->websocket_send(net->websocket_arg, to->flow, data, len) ? ENOTCONN : 0;
	default:
		return ENOTCONN;
	}
}

/* The address the kernel would send from; a datagram socket that connects sends nothing. */
static bool ask_kernel(struct sip_net *net, const struct sip_inet *peer, struct sip_inet *own)
{
	socklen_t len = sizeof(*own);

	if (net->probe >= 0)
		close(net->probe);
	net->probe = socket(peer->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (net->probe < 0 || connect(net->probe, &peer->sa, sip_inet_len(peer)) < 0)
		return false;
	memset(own, 0, sizeof(*own));
	return getsockname(net->probe, &own->sa, &len) == 0;
}

static struct sip_inet own_address(struct sip_net *net, const struct sip_inet *peer)
{
	struct sip_key key = sip_key_begin(40);
	struct sip_local_cache *slot;
	int64_t now = clock_mono();

	if (!sip_inet_is_any(&net->bind) || !sip_inet_is_set(peer))
		return net->bind;
	if (peer->sa.sa_family == AF_INET6)
		sip_key_add(&key, &peer->in6.sin6_addr, 16);
	else
		sip_key_add(&key, &peer->in4.sin_addr, 4);
	slot = &net->cache[key.a % SIP_LOCAL_CACHE];
	if (slot->until > now && sip_inet_same_host(&slot->peer, peer))
		return slot->own;
	slot->peer = *peer;
	if (!sip_inet_port(&slot->peer))
		sip_inet_set_port(&slot->peer, 5060);
	slot->until = now + LOCAL_CACHE_MS;
	if (!ask_kernel(net, &slot->peer, &slot->own))
		slot->own = net->bind;
	return slot->own;
}

static bool sees_own(const struct sip_net *net, const struct sip_inet *peer)
{
	if (!sip_inet_is_set(&net->public) || sip_inet_is_loopback(peer))
		return true;
	if (net->private_is_local)
		return sip_inet_is_private(peer);
	return sip_networks_match(&net->local, peer);
}

void sip_net_local(void *arg, const struct sip_peer *to, struct sip_local *local)
{
	struct sip_net *net = arg;
	struct sip_inet own;

	local->port =
		(unsigned)(to->transport == SIP_TRANSPORT_TLS && net->tls_port > 0 ? net->tls_port
										   : net->port);
	if (net->port < 0)
		local->port = net->tls_port > 0 ? (unsigned)net->tls_port : 0;
	if (sip_inet_is_set(&to->addr) && !sees_own(net, &to->addr)) {
		sip_inet_host(&net->public, local->host);
		return;
	}
	own = own_address(net, &to->addr);
	sip_inet_host(&own, local->host);
}
