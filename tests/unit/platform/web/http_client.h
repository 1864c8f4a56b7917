/* A small HTTP/1.1 client for tests: says exactly what it is told and reads one answer. */
#ifndef TEST_HTTP_CLIENT_H
#define TEST_HTTP_CLIENT_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#define UNUSED __attribute__((unused))

struct client {
	int fd;
	char in[65536];
	size_t len;
};

struct answer {
	int status;
	char head[16384];
	char *body; /* NUL-terminated; freed by the next request into the same struct */
	size_t len;
};

static UNUSED int connect_to(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct timeval limit = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		close(fd);
		return -1;
	}
	return fd;
}

static UNUSED void client_open(struct client *c, int port)
{
	c->fd = connect_to(port);
	c->len = 0;
	assert_true(c->fd >= 0);
}

static UNUSED void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static UNUSED void send_bytes(struct client *c, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(c->fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* the server has refused already; its answer is read */
		data += n;
		len -= (size_t)n;
	}
}

/* False: the connection is closed. */
static UNUSED int fill(struct client *c)
{
	ssize_t n;

	if (c->len == sizeof(c->in))
		return 0;
	n = recv(c->fd, c->in + c->len, sizeof(c->in) - c->len, 0);
	if (n <= 0)
		return 0;
	c->len += (size_t)n;
	return 1;
}

static UNUSED const char *head_value(const struct answer *a, const char *name)
{
	static __thread char value[4096];
	size_t len = strlen(name);

	for (const char *s = strstr(a->head, "\r\n"); s; s = strstr(s, "\r\n")) {
		s += 2;
		if (!strncasecmp(s, name, len) && s[len] == ':') {
			const char *v = s + len + 1, *end = strstr(v, "\r\n");

			while (*v == ' ')
				v++;
			snprintf(value, sizeof(value), "%.*s", (int)(end - v), v);
			return value;
		}
	}
	return NULL;
}

/* Reads one answer. 0, or -1 when the connection ended before it was whole. */
static UNUSED int read_answer(struct client *c, struct answer *a, int is_head)
{
	const char *end, *text;
	size_t head, want, have;

	free(a->body);
	memset(a, 0, sizeof(*a));
	c->in[c->len < sizeof(c->in) ? c->len : sizeof(c->in) - 1] = '\0';
	while (!(end = memmem(c->in, c->len, "\r\n\r\n", 4)))
		if (!fill(c))
			return -1;
	head = (size_t)(end - c->in) + 4;
	assert_true(head < sizeof(a->head));
	memcpy(a->head, c->in, head);
	memmove(c->in, c->in + head, c->len - head);
	c->len -= head;
	if (sscanf(a->head, "HTTP/1.%*d %d", &a->status) != 1)
		return -1;
	text = head_value(a, "content-length");
	want = text && !is_head && a->status != 204 && a->status != 304 ? strtoul(text, NULL, 10)
									: 0;
	a->body = calloc(1, want + 1);
	assert_non_null(a->body);
	have = c->len < want ? c->len : want;
	memcpy(a->body, c->in, have);
	memmove(c->in, c->in + have, c->len - have);
	c->len -= have;
	while (have < want) {
		ssize_t n = recv(c->fd, a->body + have, want - have, 0);

		if (n <= 0)
			return -1;
		have += (size_t)n;
	}
	a->len = want;
	return 0;
}

/* headers: "Name: value\r\n..." or "". body NULL: none. */
static UNUSED void send_request(struct client *c, const char *method, const char *path,
	const char *headers, const char *body, size_t len)
{
	char head[16384];
	int n = snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: test.local\r\n%s", method,
		path, headers);

	if (body)
		n += snprintf(head + n, sizeof(head) - (size_t)n, "Content-Length: %zu\r\n", len);
	n += snprintf(head + n, sizeof(head) - (size_t)n, "\r\n");
	send_bytes(c, head, (size_t)n);
	if (body)
		send_bytes(c, body, len);
}

/* One request on a connection of its own. */
static UNUSED void request(int port, struct answer *a, const char *method, const char *path,
	const char *headers, const char *body)
{
	struct client c;

	client_open(&c, port);
	send_request(&c, method, path, headers, body, body ? strlen(body) : 0);
	assert_int_equal(read_answer(&c, a, !strcmp(method, "HEAD")), 0);
	client_close(&c);
}

#endif
