/* Socket addresses and networks. */
#include "sip_inet.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int sip_inet_parse_n(struct sip_inet *addr, const char *host, size_t len, int port)
{
	char text[INET6_ADDRSTRLEN];
	struct sip_inet a;

	if (!host || port < 0 || port > 65535)
		return EINVAL;
	if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (!len || len >= sizeof(text) || memchr(host, 0, len))
		return EINVAL;
	memcpy(text, host, len);
	text[len] = 0;
	memset(&a, 0, sizeof(a));
	if (inet_pton(AF_INET, text, &a.in4.sin_addr) == 1) {
		a.in4.sin_family = AF_INET;
		a.in4.sin_port = htons((uint16_t)port);
	} else if (inet_pton(AF_INET6, text, &a.in6.sin6_addr) == 1) {
		a.in6.sin6_family = AF_INET6;
		a.in6.sin6_port = htons((uint16_t)port);
	} else {
		return EINVAL;
	}
	*addr = a;
	return 0;
}

int sip_inet_parse(struct sip_inet *addr, const char *host, int port)
{
	return host ? sip_inet_parse_n(addr, host, strlen(host), port) : EINVAL;
}

const char *sip_inet_host(const struct sip_inet *addr, char out[SIP_INET_TEXT])
{
	const void *bytes = &addr->in4.sin_addr;

	if (addr->sa.sa_family == AF_INET6) {
		bytes = &addr->in6.sin6_addr;
		if (IN6_IS_ADDR_V4MAPPED(&addr->in6.sin6_addr)) {
			inet_ntop(AF_INET, addr->in6.sin6_addr.s6_addr + 12, out, SIP_INET_TEXT);
			return out;
		}
	}
	if (!sip_inet_is_set(addr) || !inet_ntop(addr->sa.sa_family, bytes, out, SIP_INET_TEXT))
		snprintf(out, SIP_INET_TEXT, "?");
	return out;
}

const char *sip_inet_text(const struct sip_inet *addr, char out[SIP_INET_TEXT])
{
	char host[SIP_INET_TEXT];

	sip_inet_host(addr, host);
	snprintf(out, SIP_INET_TEXT, strchr(host, ':') ? "[%.46s]:%d" : "%.46s:%d", host,
		sip_inet_port(addr));
	return out;
}

int sip_inet_port(const struct sip_inet *addr)
{
	if (addr->sa.sa_family == AF_INET)
		return ntohs(addr->in4.sin_port);
	return addr->sa.sa_family == AF_INET6 ? ntohs(addr->in6.sin6_port) : 0;
}

void sip_inet_set_port(struct sip_inet *addr, int port)
{
	if (addr->sa.sa_family == AF_INET6)
		addr->in6.sin6_port = htons((uint16_t)port);
	else
		addr->in4.sin_port = htons((uint16_t)port);
}

socklen_t sip_inet_len(const struct sip_inet *addr)
{
	return addr->sa.sa_family == AF_INET6 ? sizeof(addr->in6) : sizeof(addr->in4);
}

bool sip_inet_is_set(const struct sip_inet *addr)
{
	return addr->sa.sa_family == AF_INET || addr->sa.sa_family == AF_INET6;
}

/* Every address as sixteen bytes, so that v4 and v4-mapped compare equal. */
static void to_bytes(uint8_t out[16], const struct sip_inet *addr)
{
	if (addr->sa.sa_family == AF_INET6) {
		memcpy(out, addr->in6.sin6_addr.s6_addr, 16);
		return;
	}
	memset(out, 0, 10);
	out[10] = out[11] = 0xff;
	memcpy(out + 12, &addr->in4.sin_addr, 4);
}

bool sip_inet_is_any(const struct sip_inet *addr)
{
	if (addr->sa.sa_family == AF_INET6)
		return IN6_IS_ADDR_UNSPECIFIED(&addr->in6.sin6_addr);
	return addr->in4.sin_addr.s_addr == htonl(INADDR_ANY);
}

bool sip_inet_same_host(const struct sip_inet *a, const struct sip_inet *b)
{
	uint8_t x[16], y[16];

	if (!sip_inet_is_set(a) || !sip_inet_is_set(b))
		return false;
	to_bytes(x, a);
	to_bytes(y, b);
	return !memcmp(x, y, 16);
}

bool sip_inet_same(const struct sip_inet *a, const struct sip_inet *b)
{
	return sip_inet_port(a) == sip_inet_port(b) && sip_inet_same_host(a, b);
}

static bool bits_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole))
		return false;
	return !rest || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

static bool in_table(const struct sip_inet *addr, const struct sip_network *table, size_t count)
{
	uint8_t bytes[16];

	if (!sip_inet_is_set(addr))
		return false;
	to_bytes(bytes, addr);
	for (size_t i = 0; i < count; i++) {
		if (bits_equal(bytes, table[i].bytes, table[i].bits))
			return true;
	}
	return false;
}

#define V4(a, b, bits)                                                                             \
	{                                                                                          \
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, 0, 0 }, 96 + (bits)              \
	}

bool sip_inet_is_loopback(const struct sip_inet *addr)
{
	static const struct sip_network table[] = {
		V4(127, 0, 8),
		{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, 128 },
	};

	return in_table(addr, table, sizeof(table) / sizeof(table[0]));
}

bool sip_inet_is_private(const struct sip_inet *addr)
{
	static const struct sip_network table[] = {
		V4(10, 0, 8),
		V4(172, 16, 12),
		V4(192, 168, 16),
		V4(169, 254, 16),
		V4(100, 64, 10),
		{ { 0xfc }, 7 },
		{ { 0xfe, 0x80 }, 10 },
	};

	return sip_inet_is_loopback(addr) ||
	       in_table(addr, table, sizeof(table) / sizeof(table[0]));
}

static int network_parse(struct sip_network *net, char *text)
{
	struct sip_inet addr;
	char *slash = strchr(text, '/'), *end;
	long bits;

	if (slash)
		*slash = 0;
	if (sip_inet_parse(&addr, text, 0))
		return EINVAL;
	bits = addr.sa.sa_family == AF_INET ? 32 : 128;
	if (slash) {
		long given = strtol(slash + 1, &end, 10);

		if (end == slash + 1 || *end || given < 0 || given > bits)
			return EINVAL;
		net->bits = (uint8_t)(given + (bits == 32 ? 96 : 0));
	} else {
		net->bits = 128;
	}
	to_bytes(net->bytes, &addr);
	return 0;
}

int sip_networks_parse(struct sip_networks *nets, const char *text)
{
	struct sip_networks found = { 0 };
	char *copy, *save = NULL;
	int err = 0;

	copy = strdup(text ? text : "");
	found.items = calloc(SIP_NETWORKS_MAX, sizeof(*found.items));
	if (!copy || !found.items) {
		err = ENOMEM;
		goto out;
	}
	for (char *p = strtok_r(copy, ", \t", &save); p; p = strtok_r(NULL, ", \t", &save)) {
		if (found.count == SIP_NETWORKS_MAX) {
			err = E2BIG;
			goto out;
		}
		err = network_parse(&found.items[found.count++], p);
		if (err)
			goto out;
	}
out:
	free(copy);
	if (err || !found.count) {
		free(found.items);
		found = (struct sip_networks){ 0 };
	}
	if (!err)
		*nets = found;
	return err;
}

void sip_networks_release(struct sip_networks *nets)
{
	free(nets->items);
	*nets = (struct sip_networks){ 0 };
}

bool sip_networks_match(const struct sip_networks *nets, const struct sip_inet *addr)
{
	return in_table(addr, nets->items, nets->count);
}
