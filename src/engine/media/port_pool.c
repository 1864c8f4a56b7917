/* Pairs of RTP and RTCP ports, given out in turn. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "udp.h"

struct port_pool {
	pthread_mutex_t lock;
	uint16_t first; /* even */
	size_t count;   /* pairs */
	size_t next;
	bool *used;
};

int port_pool_create(struct port_pool **pp, int min, int max)
{
	struct port_pool *p;

	if (min < 1 || max > 65535)
		return EINVAL;
	min += min & 1;
	if (max - min < 1)
		return EINVAL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return ENOMEM;
	p->first = (uint16_t)min;
	p->count = (size_t)(max - min + 1) / 2;
	p->used = calloc(p->count, sizeof(*p->used));
	if (!p->used) {
		free(p);
		return ENOMEM;
	}
	pthread_mutex_init(&p->lock, NULL);
	*pp = p;
	return 0;
}

void port_pool_free(struct port_pool *p)
{
	if (!p)
		return;
	pthread_mutex_destroy(&p->lock);
	free(p->used);
	free(p);
}

static int take(struct port_pool *p, uint16_t *port)
{
	int err = EADDRINUSE;

	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->count && err; i++) {
		size_t pair = (p->next + i) % p->count;

		if (p->used[pair])
			continue;
		p->used[pair] = true;
		p->next = (pair + 1) % p->count;
		*port = (uint16_t)(p->first + pair * 2);
		err = 0;
	}
	pthread_mutex_unlock(&p->lock);
	return err;
}

void port_pool_give_back(struct port_pool *p, uint16_t port)
{
	size_t pair = (size_t)(port - p->first) / 2;

	if (port < p->first || pair >= p->count)
		return;
	pthread_mutex_lock(&p->lock);
	p->used[pair] = false;
	pthread_mutex_unlock(&p->lock);
}

static int open_pair(const union net_addr *at, uint16_t port, int *rtp_fd, int *rtcp_fd)
{
	union net_addr address = *at;
	int rtp = -1, err;

	net_addr_set_port(&address, port);
	err = udp_open(&rtp, &address);
	if (err)
		return err;
	net_addr_set_port(&address, (uint16_t)(port + 1));
	err = udp_open(rtcp_fd, &address);
	if (err)
		close(rtp);
	else
		*rtp_fd = rtp;
	return err;
}

int port_pool_open(
	struct port_pool *p, const union net_addr *at, uint16_t *port, int *rtp_fd, int *rtcp_fd)
{
	int err = EADDRINUSE;

	/* A port another program holds costs one try; the round moves on. */
	for (size_t i = 0; i < p->count; i++) {
		uint16_t candidate;

		err = take(p, &candidate);
		if (err)
			return err;
		err = open_pair(at, candidate, rtp_fd, rtcp_fd);
		if (!err) {
			*port = candidate;
			return 0;
		}
		port_pool_give_back(p, candidate);
		if (err != EADDRINUSE)
			return err;
	}
	return err;
}
