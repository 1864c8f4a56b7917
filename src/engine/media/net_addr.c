/* An IPv4 or IPv6 socket address. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "net_addr.h"

int net_addr_parse(union net_addr *addr, const char *text, uint16_t port)
{
	union net_addr parsed;

	if (!text)
		return EINVAL;
	memset(&parsed, 0, sizeof(parsed));
	if (inet_pton(AF_INET, text, &parsed.v4.sin_addr) == 1) {
		parsed.v4.sin_family = AF_INET;
	} else if (inet_pton(AF_INET6, text, &parsed.v6.sin6_addr) == 1) {
		parsed.v6.sin6_family = AF_INET6;
	} else {
		return EINVAL;
	}
	net_addr_set_port(&parsed, port);
	*addr = parsed;
	return 0;
}

socklen_t net_addr_size(const union net_addr *addr)
{
	switch (addr->any.sa_family) {
	case AF_INET:
		return sizeof(addr->v4);
	case AF_INET6:
		return sizeof(addr->v6);
	default:
		return 0;
	}
}

bool net_addr_is_set(const union net_addr *addr)
{
	return net_addr_size(addr) != 0 && net_addr_port(addr) != 0;
}

bool net_addr_is_wildcard(const union net_addr *addr)
{
	if (addr->any.sa_family == AF_INET)
		return addr->v4.sin_addr.s_addr == htonl(INADDR_ANY);
	return addr->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&addr->v6.sin6_addr);
}

bool net_addr_equal(const union net_addr *a, const union net_addr *b)
{
	if (a->any.sa_family != b->any.sa_family)
		return false;
	if (a->any.sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr &&
		       a->v4.sin_port == b->v4.sin_port;
	return a->any.sa_family == AF_INET6 && a->v6.sin6_port == b->v6.sin6_port &&
	       !memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr));
}

uint16_t net_addr_port(const union net_addr *addr)
{
	switch (addr->any.sa_family) {
	case AF_INET:
		return ntohs(addr->v4.sin_port);
	case AF_INET6:
		return ntohs(addr->v6.sin6_port);
	default:
		return 0;
	}
}

void net_addr_set_port(union net_addr *addr, uint16_t port)
{
	if (addr->any.sa_family == AF_INET)
		addr->v4.sin_port = htons(port);
	else if (addr->any.sa_family == AF_INET6)
		addr->v6.sin6_port = htons(port);
}

void net_addr_text(const union net_addr *addr, char *text, size_t size)
{
	const void *bytes = addr->any.sa_family == AF_INET6 ? (const void *)&addr->v6.sin6_addr
							    : (const void *)&addr->v4.sin_addr;

	if (!net_addr_size(addr) || !inet_ntop(addr->any.sa_family, bytes, text, (socklen_t)size))
		snprintf(text, size, "%s", "");
}

void net_addr_default(char *text, size_t size, bool v6)
{
	union net_addr far, near = { 0 };
	socklen_t len = sizeof(near);
	int fd;

	/* Connecting a UDP socket sends nothing; it only asks the routing table. Documentation addresses (RFC 5737, 3849). */
	if (net_addr_parse(&far, v6 ? "2001:db8::1" : "192.0.2.1", 9))
		return;
	snprintf(text, size, "%s", v6 ? "::1" : "127.0.0.1");
	fd = socket(far.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (!connect(fd, &far.any, net_addr_size(&far)) && !getsockname(fd, &near.any, &len))
		net_addr_text(&near, text, size);
	close(fd);
}
