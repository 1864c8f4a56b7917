/* An IPv4 or IPv6 socket address. Plain values, any thread. */
#ifndef HOTLINE_MEDIA_NET_ADDR_H
#define HOTLINE_MEDIA_NET_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

union net_addr {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Numeric addresses only, never a name. 0 or EINVAL. */
int net_addr_parse(union net_addr *addr, const char *text, uint16_t port);
socklen_t net_addr_size(const union net_addr *addr); /* 0: not set */
bool net_addr_is_set(const union net_addr *addr);
bool net_addr_is_wildcard(const union net_addr *addr);
bool net_addr_equal(const union net_addr *a, const union net_addr *b); /* with port */
uint16_t net_addr_port(const union net_addr *addr);
void net_addr_set_port(union net_addr *addr, uint16_t port);
void net_addr_text(const union net_addr *addr, char *text, size_t size); /* without port */
/* The address of the interface packets to the outside leave by; 127.0.0.1 when there is none. */
void net_addr_default(char *text, size_t size, bool v6);

#endif
