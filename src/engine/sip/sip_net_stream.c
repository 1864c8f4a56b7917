/* TCP and TLS connections: accepting, connecting, reuse, framing, send queues, idle times. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "buf.h"
#include "clock/clock.h"
#include "hash.h"
#include "sip/sip_net_internal.h"

#define CHUNK       65536
#define CHUNK_TURNS 4 /* reads before others get their turn */
#define BACKLOG     512

struct sip_conn {
	struct list item;
	struct sip_net *net;
	struct sip_peer peer; /* with its flow */
	struct loop_fd watch;
	SSL *ssl;
	bool inbound, connecting, handshaking, wants_out, broken, served;
	struct sip_framer framer;
	struct buf in, out;
	size_t out_sent;
	int64_t used_at, message_since;
	struct loop_timer timer;
};

static void conn_free(struct sip_conn *c)
{
	struct sip_net *net = c->net;

	loop_timer_cancel(net->loop, &c->timer);
	if (c->watch.fn)
		loop_fd_remove(net->loop, &c->watch);
	if (c->ssl)
		SSL_free(c->ssl);
	if (c->watch.fd >= 0)
		close(c->watch.fd);
	hash_remove_id(net->flows, c->peer.flow);
	list_remove(&c->item);
	net->connection_count--;
	buf_release(&c->in);
	buf_release(&c->out);
	free(c);
}

/* Only from the loop itself, never from inside a send: the core would be called back into. */
static void conn_close(struct sip_conn *c)
{
	struct sip_net *net = c->net;
	struct sip_peer peer = c->peer;

	conn_free(c);
	net->handlers.closed(net->handlers.arg, peer.transport, peer.flow);
}

static void on_timer(void *arg)
{
	struct sip_conn *c = arg;
	int64_t now = clock_mono(), limit = c->used_at + SIP_IDLE_MS, step;

	if (c->connecting || c->handshaking)
		limit = c->used_at + SIP_CONNECT_MS;
	else if (c->inbound && !c->served)
		limit = c->used_at + SIP_FIRST_MESSAGE_MS;
	if (c->message_since && c->message_since + SIP_FIRST_MESSAGE_MS < limit)
		limit = c->message_since + SIP_FIRST_MESSAGE_MS;
	if (c->broken || limit <= now) {
		conn_close(c);
		return;
	}
	step = c->served && !c->message_since ? 120000 : 10000;
	loop_timer_set(
		c->net->loop, &c->timer, limit - now < step ? limit - now : step, on_timer, c);
}

static void conn_break(struct sip_conn *c)
{
	if (c->broken)
		return;
	c->broken = true;
	if (c->watch.fn)
		loop_fd_remove(c->net->loop, &c->watch);
	loop_timer_set(c->net->loop, &c->timer, 0, on_timer, c);
}

static void watch_for(struct sip_conn *c, bool out)
{
	if (c->wants_out == out || !c->watch.fn)
		return;
	c->wants_out = out;
	if (loop_fd_change(c->net->loop, &c->watch, EPOLLIN | (out ? EPOLLOUT : 0)))
		conn_break(c);
}

/* Bytes moved; 0: not now; -1: over. *out: writing is what it waits for. */
static ssize_t tls_result(struct sip_conn *c, int n, bool *out)
{
	if (n > 0)
		return n;
	switch (SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		return 0;
	case SSL_ERROR_WANT_WRITE:
		*out = true;
		return 0;
	default:
		return -1;
	}
}

static ssize_t conn_write(struct sip_conn *c, const char *data, size_t len, bool *out)
{
	ssize_t n;

	if (c->ssl) {
		ERR_clear_error();
		return tls_result(c, SSL_write(c->ssl, data, (int)len), out);
	}
	n = send(c->watch.fd, data, len, MSG_NOSIGNAL);
	if (n >= 0)
		return n;
	*out = true;
	return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static ssize_t conn_read(struct sip_conn *c, char *data, size_t len, bool *out)
{
	ssize_t n;

	if (c->ssl) {
		ERR_clear_error();
		return tls_result(c, SSL_read(c->ssl, data, (int)len), out);
	}
	n = recv(c->watch.fd, data, len, 0);
	if (n > 0)
		return n;
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static void flush(struct sip_conn *c)
{
	bool out = false;

	while (!c->connecting && !c->handshaking && c->out_sent < c->out.len) {
		ssize_t n =
			conn_write(c, c->out.data + c->out_sent, c->out.len - c->out_sent, &out);

		if (n < 0) {
			conn_break(c);
			return;
		}
		if (!n)
			break;
		c->out_sent += (size_t)n;
	}
	if (c->out_sent && c->out_sent == c->out.len) {
		buf_release(&c->out);
		buf_init(&c->out, SIP_SEND_QUEUE_MAX);
		c->out_sent = 0;
	}
	watch_for(c, out || c->connecting);
}

static int enqueue(struct sip_conn *c, const char *data, size_t len)
{
	if (c->broken)
		return ENOTCONN;
	if (c->out_sent) {
		memmove(c->out.data, c->out.data + c->out_sent, c->out.len - c->out_sent);
		c->out.len -= c->out_sent;
		c->out_sent = 0;
	}
	if (buf_append(&c->out, data, len)) {
		/* A reader that does not keep up holds no memory of ours. */
		conn_break(c);
		return ENOBUFS;
	}
	flush(c);
	return c->broken ? ENOTCONN : 0;
}

/* Works off whole messages. False: the connection is to be closed. */
static bool take_frames(struct sip_conn *c)
{
	struct sip_net *net = c->net;
	size_t done = 0, len;
	bool good = true;

	while (good && !c->broken) {
		const char *data = c->in.data + done;
		enum sip_frame frame = sip_framer_next(&c->framer, data, c->in.len - done, &len);

		if (frame == SIP_FRAME_MORE)
			break;
		done += len;
		switch (frame) {
		case SIP_FRAME_PING:
			enqueue(c, "\r\n", 2);
			break;
		case SIP_FRAME_MESSAGE:
			good = net->handlers.receive(
				net->handlers.arg, &c->peer, data, len, SIP_STREAM);
			c->served = c->served || good;
			/* What cannot be parsed but was cut properly does not spoil the stream. */
			good = good || c->served;
			break;
		case SIP_FRAME_BAD:
			net->handlers.receive(net->handlers.arg, &c->peer, data, len, SIP_STREAM);
			good = false;
			break;
		default:
			break;
		}
	}
	if (done) {
		memmove(c->in.data, c->in.data + done, c->in.len - done);
		c->in.len -= done;
	}
	c->message_since =
		c->in.len ? (done || !c->message_since ? c->used_at : c->message_since) : 0;
	if (!c->in.len && c->in.size > 4096) {
		buf_release(&c->in); /* idle connections keep no buffer */
		buf_init(&c->in, 2 * SIP_MAX_MESSAGE);
	}
	return good;
}

static void read_some(struct sip_conn *c)
{
	struct sip_net *net = c->net;
	bool out = false;

	for (int i = 0; i < CHUNK_TURNS; i++) {
		ssize_t n = conn_read(c, net->chunk, CHUNK, &out);

		if (!n)
			break;
		if (n < 0 ||
			(c->used_at = clock_mono(), buf_append(&c->in, net->chunk, (size_t)n)) ||
			!take_frames(c)) {
			flush(c);
			conn_close(c);
			return;
		}
		if (c->broken)
			return;
	}
	if (out)
		watch_for(c, true);
}

static void shake(struct sip_conn *c)
{
	bool out = false;
	ssize_t result;

	ERR_clear_error();
	result = tls_result(c, SSL_do_handshake(c->ssl), &out);
	if (result < 0) {
		conn_close(c);
		return;
	}
	if (result > 0) {
		c->handshaking = false;
		flush(c);
	} else {
		watch_for(c, out);
	}
}

static void on_event(uint32_t events, void *arg)
{
	struct sip_conn *c = arg;
	socklen_t len = sizeof(int);
	int err = 0;

	if (c->connecting) {
		if (getsockopt(c->watch.fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0 || err) {
			conn_close(c);
			return;
		}
		c->connecting = false;
		c->handshaking = c->ssl != NULL;
		if (!c->handshaking)
			flush(c);
	}
	if (c->handshaking) {
		shake(c);
		return;
	}
	/* TLS may have waited for bytes to read before it could write. */
	if (events & EPOLLOUT || (c->ssl && c->out.len))
		flush(c);
	if (!c->broken && events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		read_some(c);
}

static struct sip_conn *conn_create(
	struct sip_net *net, int fd, const struct sip_inet *addr, bool tls, bool inbound)
{
	struct sip_conn *c;
	int on = 1;

	if (!net->chunk)
		net->chunk = malloc(CHUNK);
	c = calloc(1, sizeof(*c));
	if (!c || !net->chunk) {
		free(c);
		return NULL;
	}
	c->net = net;
	c->peer = (struct sip_peer){ .flow = ++net->last_flow,
		.addr = *addr,
		.transport = tls ? SIP_TRANSPORT_TLS : SIP_TRANSPORT_TCP };
	c->inbound = inbound;
	c->connecting = !inbound;
	c->used_at = clock_mono();
	c->watch.fd = fd;
	buf_init(&c->in, 2 * SIP_MAX_MESSAGE);
	buf_init(&c->out, SIP_SEND_QUEUE_MAX);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	list_append(&net->connections, &c->item);
	net->connection_count++;
	if (hash_set_id(net->flows, c->peer.flow, c) ||
		loop_fd_add(net->loop, &c->watch, fd, EPOLLIN | (inbound ? 0 : EPOLLOUT), on_event,
			c) ||
		loop_timer_set(net->loop, &c->timer, SIP_CONNECT_MS, on_timer, c)) {
		c->watch.fd = -1; /* the caller closes it */
		conn_free(c);
		return NULL;
	}
	c->wants_out = !inbound;
	return c;
}

static const char *refusal(struct sip_net *net, const struct sip_inet *addr)
{
	unsigned count = 0;

	if (net->connection_count >= SIP_CONNECTIONS_MAX)
		return "too many connections";
	list_for_each(pos, &net->connections)
	{
		const struct sip_conn *c = list_entry(pos, struct sip_conn, item);

		if (c->inbound && sip_inet_same_host(&c->peer.addr, addr) &&
			++count >= net->per_source)
			return "too many connections of one source";
	}
	return NULL;
}

static void accept_all(struct sip_net *net, int listener, bool tls)
{
	for (int i = 0; i < 64; i++) {
		struct sip_inet addr;
		socklen_t len = sizeof(addr);
		struct sip_conn *c = NULL;
		const char *why;
		int fd = accept4(listener, &addr.sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		why = refusal(net, &addr);
		if (!why) {
			c = conn_create(net, fd, &addr, tls, true);
			why = c ? NULL : "out of memory";
		}
		if (c && tls) {
			c->ssl = sip_tls_new(net, fd, NULL);
			c->handshaking = true;
			if (!c->ssl)
				conn_break(c);
		}
		if (why) {
			struct sip_peer from = { .addr = addr,
				.transport = tls ? SIP_TRANSPORT_TLS : SIP_TRANSPORT_TCP };

			net->handlers.refused(net->handlers.arg, &from, why);
			close(fd);
		}
	}
}

static void on_tcp(uint32_t events, void *arg)
{
	struct sip_net *net = arg;

	(void)events;
	accept_all(net, net->tcp.fd, false);
}

static void on_tls(uint32_t events, void *arg)
{
	struct sip_net *net = arg;

	(void)events;
	accept_all(net, net->tls.fd, true);
}

int sip_stream_listen(struct sip_net *net, bool tls, int port)
{
	struct sip_inet addr = net->bind;
	socklen_t len = sizeof(addr);
	int on = 1, off = 0, err = 0;
	int fd = socket(addr.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno;
	sip_inet_set_port(&addr, port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (addr.sa.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, &addr.sa, sip_inet_len(&addr)) < 0 || listen(fd, BACKLOG) < 0 ||
		getsockname(fd, &addr.sa, &len) < 0)
		err = errno;
	if (!err)
		err = loop_fd_add(net->loop, tls ? &net->tls : &net->tcp, fd, EPOLLIN,
			tls ? on_tls : on_tcp, net);
	if (err) {
		close(fd);
		return err;
	}
	if (tls)
		net->tls_port = sip_inet_port(&addr);
	return 0;
}

static struct sip_conn *reusable(struct sip_net *net, const struct sip_peer *to)
{
	list_for_each(pos, &net->connections)
	{
		struct sip_conn *c = list_entry(pos, struct sip_conn, item);

		if (!c->broken && c->peer.transport == to->transport &&
			sip_inet_same(&c->peer.addr, &to->addr))
			return c;
	}
	return NULL;
}

static struct sip_conn *connect_to(struct sip_net *net, const struct sip_peer *to)
{
	bool tls = to->transport == SIP_TRANSPORT_TLS;
	const char *name = tls ? net->handlers.server_name(net->handlers.arg, &to->addr) : NULL;
	struct sip_conn *c = NULL;
	int fd;

	/* A server whose name is not known cannot prove anything. */
	if ((tls && !name) || !sip_inet_is_set(&to->addr) || !sip_inet_port(&to->addr) ||
		net->connection_count >= SIP_CONNECTIONS_MAX)
		return NULL;
	fd = socket(to->addr.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	if (connect(fd, &to->addr.sa, sip_inet_len(&to->addr)) < 0 && errno != EINPROGRESS) {
		close(fd);
		return NULL;
	}
	c = conn_create(net, fd, &to->addr, tls, false);
	if (!c) {
		close(fd);
		return NULL;
	}
	if (tls) {
		c->ssl = sip_tls_new(net, fd, name);
		if (!c->ssl) {
			conn_break(c);
			return NULL;
		}
	}
	return c;
}

int sip_stream_send(struct sip_net *net, struct sip_peer *to, const char *data, size_t len)
{
	struct sip_conn *c = to->flow ? hash_get_id(net->flows, to->flow) : NULL;

	if (!c || c->broken || c->peer.transport != to->transport) {
		c = reusable(net, to);
		if (!c)
			c = connect_to(net, to);
		if (!c)
			return ENOTCONN;
		to->flow = c->peer.flow;
	}
	c->used_at = clock_mono();
	return enqueue(c, data, len);
}

void sip_stream_close_all(struct sip_net *net)
{
	list_for_each_safe(pos, tmp, &net->connections)
		conn_free(list_entry(pos, struct sip_conn, item));
	if (net->tcp.fn) {
		loop_fd_remove(net->loop, &net->tcp);
		close(net->tcp.fd);
	}
	if (net->tls.fn) {
		loop_fd_remove(net->loop, &net->tls);
		close(net->tls.fd);
	}
}
