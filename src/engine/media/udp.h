/* UDP sockets and ports of media. */
#ifndef HOTLINE_MEDIA_UDP_H
#define HOTLINE_MEDIA_UDP_H

#include <stddef.h>
#include <stdint.h>
#include "net_addr.h"

enum {
	UDP_PACKET_MAX = 2048,
	UDP_ROOM = 256 /* behind a packet, for what protection adds in place */
};

/* Non-blocking socket with raised buffers. 0 or errno. */
int udp_open(int *fdp, const union net_addr *at);
/* Reads one packet (data has UDP_PACKET_MAX bytes, of which the last UDP_ROOM stay free). local, when not NULL,
 * is set to the address the packet was sent to, as far as the socket tells it (udp_want_local). Returns its length, 0 when there is none or
 * it is not usable. One call per packet: recvmmsg was measured at twice the price for the one packet a socket usually has. */
size_t udp_receive(int fd, uint8_t *data, union net_addr *from, union net_addr *local);
void udp_want_local(int fd, bool on);
/* Links the socket to the one address it talks to: the kernel then keeps the route and turns others away, which saves a quarter of both
 * calls. 0 or errno; EADDRNOTAVAIL when packets would not come to this local address any more. */
int udp_link(int fd, const union net_addr *to, const union net_addr *local);
void udp_unlink(int fd);
/* to NULL: where the socket is linked to. 0 or errno; a full socket buffer loses the packet, as the network may. */
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
