/* A load generator on one thread: keep-alive connections that each send the same request again when its answer is there. */
#ifndef BENCH_HTTP_LOAD_H
#define BENCH_HTTP_LOAD_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LOAD_SAMPLES 2000000

struct load_result {
	double per_second, p50_ms, p99_ms;
	uint64_t answers, failures;
};

struct load_connection {
	int fd;
	int64_t sent_us;
	size_t have, want; /* bytes of the answer; want 0: the head is not complete */
	char head[4096];
};

static inline int64_t load_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline int load_connect(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		perror("connect");
		exit(1);
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static inline int load_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static inline void load_send(struct load_connection *c, const char *request, size_t len)
{
	c->have = c->want = 0;
	c->sent_us = load_now_us();
	if (send(c->fd, request, len, MSG_NOSIGNAL) != (ssize_t)len) {
		perror("send");
		exit(1);
	}
}

/* 1: the answer is complete. */
static inline int load_read(struct load_connection *c, uint64_t *failures)
{
	static char waste[65536];
	const char *end, *length;
	ssize_t n;

	if (c->want) {
		n = recv(c->fd, waste, sizeof(waste), 0);
	} else {
		n = recv(c->fd, c->head + c->have, sizeof(c->head) - 1 - c->have, 0);
	}
	if (n <= 0) {
		fprintf(stderr, "the server closed a connection\n");
		exit(1);
	}
	c->have += (size_t)n;
	if (!c->want) {
		c->head[c->have] = '\0';
		end = strstr(c->head, "\r\n\r\n");
		length = end ? strcasestr(c->head, "content-length:") : NULL;
		if (!length)
			return 0;
		c->want = (size_t)(end + 4 - c->head) + strtoul(length + 15, NULL, 10);
		*failures += strncmp(c->head + 9, "20", 2) != 0;
	}
	return c->have >= c->want;
}

static inline struct load_result load_run(
	int port, int connections, const char *request, double seconds)
{
	struct load_connection *all = calloc((size_t)connections, sizeof(*all));
	uint32_t *samples = malloc(LOAD_SAMPLES * sizeof(*samples));
	struct load_result r = { 0 };
	size_t len = strlen(request), kept = 0;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int64_t start, end, now;

	if (!all || !samples)
		exit(1);
	for (int i = 0; i < connections; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.ptr = &all[i] };

		all[i].fd = load_connect(port);
		epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &e);
	}
	start = now = load_now_us();
	end = start + (int64_t)(seconds * 1e6);
	for (int i = 0; i < connections; i++)
		load_send(&all[i], request, len);
	while (now < end) {
		struct epoll_event events[256];
		int n = epoll_wait(epoll, events, 256, 1000);

		for (int i = 0; i < n; i++) {
			struct load_connection *c = events[i].data.ptr;

			if (!load_read(c, &r.failures))
				continue;
			now = load_now_us();
			if (kept < LOAD_SAMPLES)
				samples[kept++] = (uint32_t)(now - c->sent_us);
			r.answers++;
			load_send(c, request, len);
		}
		now = load_now_us();
	}
	for (int i = 0; i < connections; i++)
		close(all[i].fd);
	close(epoll);
	qsort(samples, kept, sizeof(*samples), load_compare);
	r.per_second = (double)r.answers * 1e6 / (double)(now - start);
	if (kept) {
		r.p50_ms = samples[kept / 2] / 1000.0;
		r.p99_ms = samples[kept * 99 / 100] / 1000.0;
	}
	free(samples);
	free(all);
	return r;
}

#endif
