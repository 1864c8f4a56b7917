/* UDP sockets and ports of media. */
#ifndef HOTLINE_MEDIA_UDP_H
#define HOTLINE_MEDIA_UDP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include "net_addr.h"

enum { UDP_BATCH = 8, UDP_PACKET_MAX = 2048 };

/* What one socket had waiting. One per media thread: it is large. */
struct udp_batch {
	struct udp_packet {
		uint8_t *data; /* UDP_PACKET_MAX bytes of room */
		size_t len;
		union net_addr from;
	} packets[UDP_BATCH];
	void *headers; /* struct mmsghdr[] */
	struct iovec vectors[UDP_BATCH];
	uint8_t *room;
};

int udp_batch_init(struct udp_batch *b);
void udp_batch_release(struct udp_batch *b);

/* Non-blocking socket with raised buffers. 0 or errno. */
int udp_open(int *fdp, const union net_addr *at);
/* Reads what waits, at most UDP_BATCH packets. Returns their number, 0 when none. */
size_t udp_receive(int fd, struct udp_batch *b);
/* 0 or errno; a full socket buffer loses the packet, as the network may. */
int udp_send(int fd, const union net_addr *to, const void *data, size_t len);
/* Lets the process hold as many descriptors as the system allows (at most 262144). */
void udp_raise_descriptor_limit(void);

/* Pairs of an even RTP port and the RTCP port after it, given out in turn so that a port rests long before it is used again. Any thread. */
struct port_pool;

int port_pool_create(struct port_pool **pp, int min, int max); /* EINVAL: no pair fits */
void port_pool_free(struct port_pool *p);
/* Binds a pair at this address (its port is ignored). 0, EADDRINUSE when none is free, or errno. */
int port_pool_open(
	struct port_pool *p, const union net_addr *at, uint16_t *port, int *rtp_fd, int *rtcp_fd);
void port_pool_give_back(struct port_pool *p, uint16_t port); /* after closing both sockets */

#endif
