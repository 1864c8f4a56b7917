/* UDP sockets of media: opening, reading, linking, sending. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "udp.h"

enum { SOCKET_BUFFER = 256 * 1024, DESCRIPTORS_MAX = 262144 };

int udp_open(int *fdp, const union net_addr *at)
{
	int fd = socket(at->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int size = SOCKET_BUFFER;
	int on = 1;
	int err;

	if (fd < 0)
		return errno;
	/* Smaller buffers than asked for are no error: the system's limit holds. */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (at->any.sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &at->any, net_addr_size(at))) {
		err = errno;
		close(fd);
		return err;
	}
	*fdp = fd;
	return 0;
}

static void read_local(struct msghdr *message, union net_addr *local)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		struct in_pktinfo info;

		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		local->v4.sin_family = AF_INET;
		local->v4.sin_addr = info.ipi_addr;
	}
}

static ssize_t receive_with_local(
	int fd, uint8_t *data, union net_addr *from, union net_addr *local)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
		struct cmsghdr align;
	} control;
	struct iovec vector = { data, UDP_PACKET_MAX - UDP_ROOM };
	struct msghdr message = { .msg_name = from,
		.msg_namelen = sizeof(*from),
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	ssize_t len = recvmsg(fd, &message, 0);

	memset(local, 0, sizeof(*local));
	if (len >= 0)
		read_local(&message, local);
	return len;
}

size_t udp_receive(int fd, uint8_t *data, union net_addr *from, union net_addr *local)
{
	socklen_t size = sizeof(*from);
	ssize_t len;

	if (local)
		len = receive_with_local(fd, data, from, local);
	else
		len = recvfrom(fd, data, UDP_PACKET_MAX - UDP_ROOM, 0, &from->any, &size);
	/* Errors are those of earlier packets (nobody listens there); nothing of ours is as long as the whole room. */
	return len < 0 || len == UDP_PACKET_MAX - UDP_ROOM ? 0 : (size_t)len;
}

void udp_want_local(int fd, bool on)
{
	int value = on;

	(void)setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &value, sizeof(value));
}

int udp_link(int fd, const union net_addr *to, const union net_addr *local)
{
	union net_addr ours = { 0 };
	socklen_t size = sizeof(ours);

	if (to->any.sa_family != AF_INET)
		return EAFNOSUPPORT;
	if (connect(fd, &to->any, net_addr_size(to)))
		return errno;
	/* The kernel chose our side by its routes; packets to another of our addresses would not arrive any more. */
	if (getsockname(fd, &ours.any, &size) ||
		ours.v4.sin_addr.s_addr != local->v4.sin_addr.s_addr) {
		udp_unlink(fd);
		return EADDRNOTAVAIL;
	}
	return 0;
}

void udp_unlink(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	(void)connect(fd, &none, sizeof(none));
}

int udp_send(int fd, const union net_addr *to, const void *data, size_t len)
{
	ssize_t sent;

	do {
		sent = sendto(fd, data, len, MSG_NOSIGNAL, to ? &to->any : NULL,
			to ? net_addr_size(to) : 0);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? errno : 0;
}

void udp_raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	if (limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur =
			limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}
