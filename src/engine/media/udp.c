/* UDP sockets of media: opening, reading in batches, sending. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "udp.h"

enum { SOCKET_BUFFER = 256 * 1024, DESCRIPTORS_MAX = 262144 };

int udp_batch_init(struct udp_batch *b)
{
	struct mmsghdr *headers;

	memset(b, 0, sizeof(*b));
	headers = calloc(UDP_BATCH, sizeof(*headers));
	b->headers = headers;
	b->room = malloc((size_t)UDP_BATCH * UDP_PACKET_MAX);
	if (!headers || !b->room)
		return ENOMEM;
	for (size_t i = 0; i < UDP_BATCH; i++) {
		struct udp_packet *packet = &b->packets[i];

		packet->data = b->room + i * UDP_PACKET_MAX;
		b->vectors[i].iov_base = packet->data;
		/* Room behind the packet, for what protection adds in place. */
		b->vectors[i].iov_len = UDP_PACKET_MAX - 256;
		headers[i].msg_hdr.msg_iov = &b->vectors[i];
		headers[i].msg_hdr.msg_iovlen = 1;
		headers[i].msg_hdr.msg_name = &packet->from;
	}
	return 0;
}

void udp_batch_release(struct udp_batch *b)
{
	free(b->headers);
	free(b->room);
	b->headers = NULL;
	b->room = NULL;
}

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

size_t udp_receive(int fd, struct udp_batch *b)
{
	struct mmsghdr *headers = b->headers;
	int count;

	for (size_t i = 0; i < UDP_BATCH; i++)
		headers[i].msg_hdr.msg_namelen = sizeof(b->packets[i].from);
	do {
		count = recvmmsg(fd, headers, UDP_BATCH, 0, NULL);
	} while (count < 0 && errno == EINTR);
	if (count <= 0)
		return 0;
	for (int i = 0; i < count; i++)
		b->packets[i].len =
			headers[i].msg_hdr.msg_flags & MSG_TRUNC ? 0 : headers[i].msg_len;
	return (size_t)count;
}

int udp_send(int fd, const union net_addr *to, const void *data, size_t len)
{
	ssize_t sent;

	do {
		sent = sendto(fd, data, len, MSG_NOSIGNAL, &to->any, net_addr_size(to));
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
