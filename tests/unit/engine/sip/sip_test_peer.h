/* A stack with its events in a queue, for tests that call it over loopback. */
#ifndef HOTLINE_TESTS_SIP_TEST_PEER_H
#define HOTLINE_TESTS_SIP_TEST_PEER_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include "engine/sip/sip.h"

#define PEER_WAIT_S 10
#define PEER_EVENTS 4096

static const char peer_sdp_a[] =
	"v=0\r\no=a 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
	"m=audio 40000 RTP/AVP 8\r\n";
static const char peer_sdp_b[] =
	"v=0\r\no=b 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
	"m=audio 40002 RTP/AVP 8\r\n";
static const char peer_sdp_c[] =
	"v=0\r\no=a 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
	"m=audio 40000 RTP/AVP 8\r\na=sendonly\r\n";

struct peer_event { /* the parts of struct sip_event that outlive the handler */
	enum sip_event_type type;
	uint64_t call;
	int status;
	bool by_peer, websocket, up, has_sdp;
	unsigned fork, contacts;
	char digit;
	enum sip_origin origin;
	char sdp[4096], reason[64], account[64], trunk[64], called[64], caller[64], caller_name[64];
};

struct peer {
	struct sip_stack *stack;
	pthread_mutex_t lock;
	pthread_cond_t news;
	struct peer_event *events;
	size_t count, taken;
};

static void peer_copy(char *dst, size_t size, const char *src)
{
	snprintf(dst, size, "%s", src ? src : "");
}

static void peer_on_event(const struct sip_event *e, void *arg)
{
	struct peer *p = arg;
	struct peer_event *to;

	pthread_mutex_lock(&p->lock);
	if (p->count < PEER_EVENTS) {
		to = &p->events[p->count++];
		*to = (struct peer_event){ .type = e->type,
			.call = e->call,
			.status = e->status,
			.by_peer = e->by_peer,
			.websocket = e->websocket,
			.up = e->up,
			.has_sdp = e->sdp != NULL,
			.fork = e->fork,
			.contacts = e->contacts,
			.digit = e->digit,
			.origin = e->origin };
		peer_copy(to->sdp, sizeof(to->sdp), e->sdp);
		peer_copy(to->reason, sizeof(to->reason), e->reason);
		peer_copy(to->account, sizeof(to->account), e->account);
		peer_copy(to->trunk, sizeof(to->trunk), e->trunk);
		peer_copy(to->called, sizeof(to->called), e->called);
		peer_copy(to->caller, sizeof(to->caller), e->caller);
		peer_copy(to->caller_name, sizeof(to->caller_name), e->caller_name);
	}
	pthread_cond_broadcast(&p->news);
	pthread_mutex_unlock(&p->lock);
}

static inline void peer_start(struct peer *p, const struct sip_config *config)
{
	memset(p, 0, sizeof(*p));
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->news, NULL);
	p->events = calloc(PEER_EVENTS, sizeof(*p->events));
	assert_non_null(p->events);
	assert_int_equal(sip_stack_create(&p->stack, config, peer_on_event, p), 0);
	assert_int_equal(sip_stack_start(p->stack), 0);
}

static inline void peer_stop(struct peer *p)
{
	sip_stack_stop(p->stack);
	sip_stack_free(p->stack);
	free(p->events);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->news);
}

/* The next event of that type that has not been taken; events before it are passed over. */
static inline struct peer_event *peer_wait(struct peer *p, enum sip_event_type type)
{
	struct peer_event *found = NULL;
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PEER_WAIT_S;
	pthread_mutex_lock(&p->lock);
	while (!found) {
		while (p->taken < p->count && !found) {
			if (p->events[p->taken].type == type)
				found = &p->events[p->taken];
			p->taken++;
		}
		if (!found && pthread_cond_timedwait(&p->news, &p->lock, &until))
			break;
	}
	pthread_mutex_unlock(&p->lock);
	if (!found)
		fail_msg("event %d did not come", (int)type);
	return found;
}

static inline void peer_account(
	struct peer *p, const char *user, const char *realm, const char *password)
{
	char md5[33], sha256[65];

	sip_digest_ha1(md5, sha256, user, realm, password);
	assert_int_equal(sip_account_set(p->stack, &(struct sip_account){ .user = user,
							   .ha1_md5 = md5,
							   .ha1_sha256 = sha256,
							   .name = "Zhang San" }),
		0);
}

#endif
