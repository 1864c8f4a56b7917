/* A small WebSocket client for tests. */
#ifndef TEST_WS_CLIENT_H
#define TEST_WS_CLIENT_H

#include "http_client.h"

enum { WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

struct message {
	int type;
	char text[70000]; /* NUL-terminated */
	size_t len;
	int close_code;
};

/* Returns the HTTP status of the handshake; 101: open. */
static UNUSED int ws_open(
	struct client *c, struct answer *a, int port, const char *path, const char *headers)
{
	char all[4096];

	snprintf(all, sizeof(all),
		"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s",
		headers);
	client_open(c, port);
	send_request(c, "GET", path, all, NULL, 0);
	if (read_answer(c, a, 1))
		return -1;
	return a->status;
}

static UNUSED void ws_send(struct client *c, int type, const char *data, size_t len)
{
	unsigned char head[14] = { (unsigned char)(0x80 | type) };
	size_t n = 2;

	if (len < 126) {
		head[1] = (unsigned char)(0x80 | len);
	} else if (len < 65536) {
		head[1] = 0x80 | 126;
		head[2] = (unsigned char)(len >> 8);
		head[3] = (unsigned char)len;
		n = 4;
	} else {
		head[1] = 0x80 | 127;
		for (int i = 0; i < 8; i++)
			head[2 + i] = (unsigned char)((uint64_t)len >> (56 - 8 * i));
		n = 10;
	}
	n += 4; /* a mask of zeros leaves the text as it is */
	send_bytes(c, (const char *)head, n);
	send_bytes(c, data, len);
}

static UNUSED int need(struct client *c, size_t len)
{
	while (c->len < len)
		if (!fill(c))
			return -1;
	return 0;
}

/* 0, or -1: the connection has ended. */
static UNUSED int ws_read(struct client *c, struct message *m)
{
	const unsigned char *p = (const unsigned char *)c->in;
	size_t head = 2, len;

	if (need(c, 2))
		return -1;
	len = p[1] & 0x7f;
	if (len == 126) {
		head = 4;
		if (need(c, head))
			return -1;
		len = (size_t)p[2] << 8 | p[3];
	}
	assert_true(len < 65000);
	if (need(c, head + len))
		return -1;
	m->type = p[0] & 0x0f;
	m->len = len;
	memcpy(m->text, c->in + head, len);
	m->text[len] = '\0';
	m->close_code = m->type == WS_CLOSE && len >= 2
				? (unsigned char)m->text[0] << 8 | (unsigned char)m->text[1]
				: 0;
	memmove(c->in, c->in + head + len, c->len - head - len);
	c->len -= head + len;
	return 0;
}

#endif
