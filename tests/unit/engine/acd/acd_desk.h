/* Short words for a routing test: agents, calls, who is asked. */
#ifndef ACD_DESK_H
#define ACD_DESK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "acd/acd.h"

#define SALES 71
#define PHONE 72

static inline struct acd *desk_open(enum acd_strategy strategy)
{
	struct acd *a = acd_create(1);
	struct acd_queue q = { .id = SALES, .strategy = strategy, .target_ms = 20000 };

	assert_non_null(a);
	assert_int_equal(acd_queue_set(a, &q), 0);
	return a;
}

static inline void desk_seat(struct acd *a, int64_t agent, int tier, int position)
{
	struct acd_member m = { .queue = SALES, .tier = tier, .position = position };

	assert_int_equal(acd_agent_set(a, agent, &m, 1, NULL, 0), 0);
}

static inline void desk_ready(struct acd *a, int64_t agent, int64_t now)
{
	assert_int_equal(acd_agent_state(a, agent, ACD_AGENT_READY, now, 0), 0);
}

/* A whole call: offered at `now`, talked for talk_ms, ready again. */
static inline void desk_talk(struct acd *a, int64_t agent, int64_t now, int64_t talk_ms)
{
	assert_int_equal(acd_agent_state(a, agent, ACD_AGENT_BUSY, now, 0), 0);
	assert_int_equal(acd_agent_state(a, agent, ACD_AGENT_READY, now + talk_ms, talk_ms), 0);
}

static inline void desk_call(struct acd *a, int64_t call, int64_t now)
{
	struct acd_call c = { .id = call, .queue = SALES, .entered_ms = now };

	assert_int_equal(acd_call_enter(a, &c), 0);
}

/* The agent asked for the one call offered now; 0: nobody. */
static inline int64_t desk_asked(struct acd *a, int64_t now)
{
	struct acd_offer offers[4];
	size_t count = acd_decide(a, now, offers, 4, NULL);

	assert_true(count <= 1);
	return count ? offers[0].agent : 0;
}

static inline int64_t desk_next(struct acd *a, int64_t now)
{
	int64_t next = 0;

	assert_int_equal(acd_decide(a, now, NULL, 0, &next), 0);
	return next;
}

#endif
