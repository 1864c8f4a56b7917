/* UDP: datagrams in batches. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "sip/sip_net_internal.h"

#define BATCH         16
#define ROUNDS        4 /* batches before other things get their turn */
#define BUFFER        65536
#define SOCKET_BUFFER (4 * 1024 * 1024)

static void received(struct sip_net *net, const struct sip_inet *from, const char *data, size_t len)
{
	struct sip_peer peer = { .addr = *from, .transport = SIP_TRANSPORT_UDP };

	/* Keep-alives of other kinds (STUN, single bytes) are not worth a complaint. */
	if (len < 20 || ((unsigned char)data[0] < ' ' && data[0] != '\r' && data[0] != '\n'))
		return;
	net->handlers.receive(net->handlers.arg, &peer, data, len, SIP_DATAGRAM);
}

static void on_readable(uint32_t events, void *arg)
{
	struct sip_net *net = arg;
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	struct sip_inet from[BATCH];

	(void)events;
	for (int round = 0; round < ROUNDS; round++) {
		int n;

		memset(messages, 0, sizeof(messages));
		for (int i = 0; i < BATCH; i++) {
			parts[i] = (struct iovec){ net->batch + (size_t)i * BUFFER, BUFFER };
			messages[i].msg_hdr.msg_iov = &parts[i];
			messages[i].msg_hdr.msg_iovlen = 1;
			messages[i].msg_hdr.msg_name = &from[i];
			messages[i].msg_hdr.msg_namelen = sizeof(from[i]);
		}
		n = recvmmsg(net->udp.fd, messages, BATCH, MSG_DONTWAIT, NULL);
		for (int i = 0; i < n; i++)
			received(net, &from[i], parts[i].iov_base, messages[i].msg_len);
		if (n < BATCH)
			return;
	}
}

int sip_udp_open(struct sip_net *net)
{
	socklen_t len = sizeof(net->bind);
	int size = SOCKET_BUFFER, off = 0, err;
	int fd = socket(net->bind.sa.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno;
	if (net->bind.sa.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	/* Bursts of set-ups; the kernel takes what it allows. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (!net->batch)
		net->batch = malloc((size_t)BATCH * BUFFER);
	if (!net->batch)
		err = ENOMEM;
	else if (bind(fd, &net->bind.sa, sip_inet_len(&net->bind)) < 0 ||
		 getsockname(fd, &net->bind.sa, &len) < 0)
		err = errno;
	else
		err = loop_fd_add(net->loop, &net->udp, fd, EPOLLIN, on_readable, net);
	if (err) {
		close(fd);
		return err;
	}
	net->port = sip_inet_port(&net->bind);
	return 0;
}

void sip_udp_close(struct sip_net *net)
{
	if (net->udp.fn) {
		loop_fd_remove(net->loop, &net->udp);
		close(net->udp.fd);
	}
	free(net->batch);
	net->batch = NULL;
	net->port = -1;
}

int sip_udp_send(struct sip_net *net, const struct sip_inet *to, const char *data, size_t len)
{
	struct sip_inet mapped = *to;

	if (!net->udp.fn || !sip_inet_is_set(to) || !sip_inet_port(to))
		return ENOTCONN;
	if (net->bind.sa.sa_family == AF_INET6 && to->sa.sa_family == AF_INET) {
		memset(&mapped, 0, sizeof(mapped));
		mapped.in6.sin6_family = AF_INET6;
		mapped.in6.sin6_port = to->in4.sin_port;
		mapped.in6.sin6_addr.s6_addr[10] = mapped.in6.sin6_addr.s6_addr[11] = 0xff;
		memcpy(&mapped.in6.sin6_addr.s6_addr[12], &to->in4.sin_addr, 4);
	}
	if (sendto(net->udp.fd, data, len, 0, &mapped.sa, sip_inet_len(&mapped)) >= 0)
		return 0;
	/* A full buffer is a lost datagram, which the retransmissions make good; an ICMP error is of an earlier one. */
	if (errno == EAGAIN || errno == ENOBUFS || errno == ECONNREFUSED || errno == EINTR)
		return 0;
	return errno;
}
