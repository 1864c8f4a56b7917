/* The router and the slow, obvious one make the same decisions in a long random life of a call centre. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>
#include "slow_acd.h"

#define EVENTS 100000

static uint64_t chance = 88172645463325252u;

static unsigned draw(unsigned below)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (unsigned)(chance >> 33) % below;
}

static int64_t pick_ms(const int64_t *list, unsigned count)
{
	return list[draw(count)];
}

static void set_queue(struct acd *a, struct slow *s, int64_t id)
{
	static const int64_t waits[] = { 0, 0, 2000, 7000 };
	struct acd_queue q = { .id = id,
		.strategy = (enum acd_strategy)draw(7),
		.weight = (int)draw(3),
		.points = draw(2),
		.tier_wait_ms = pick_ms(waits, 4),
		.skill_relax_ms = pick_ms(waits, 4),
		.last_agent_ms = pick_ms(waits, 4) };

	assert_int_equal(acd_queue_set(a, &q), 0);
	s->queues[id] = q;
	s->live[id] = true;
}

static size_t draw_skills(struct acd_skill *skills, unsigned max)
{
	size_t count = 0;

	for (int id = 1; id <= 3; id++)
		if (draw(4) < max)
			skills[count++] = (struct acd_skill){ .id = id, .level = 1 + (int)draw(3) };
	return count;
}

static void set_agent(struct acd *a, struct slow *s, int64_t id)
{
	struct slow_agent *agent = &s->agents[id];
	size_t count = 0;

	slow_drop_members(s, id);
	for (int q = 1; q <= SLOW_QUEUES; q++)
		if (draw(2))
			agent->members[count++] = (struct acd_member){
				.queue = q, .tier = 1 + (int)draw(3), .position = (int)draw(4)
			};
	agent->member_count = count;
	agent->skill_count = draw_skills(agent->skills, 3);
	agent->known = true;
	assert_int_equal(
		acd_agent_set(a, id, agent->members, count, agent->skills, agent->skill_count), 0);
}

static void remove_agent(struct acd *a, struct slow *s, int64_t id)
{
	acd_agent_remove(a, id);
	slow_drop_members(s, id);
	memset(&s->agents[id], 0, sizeof(s->agents[id]));
}

static void enter(struct acd *a, struct slow *s, int64_t id, int64_t now)
{
	struct slow_call *c = &s->calls[id];
	struct acd_call to = { .id = id,
		.queue = 1 + draw(SLOW_QUEUES),
		.priority = draw(4) ? 0 : (int)draw(3) - 1,
		.entered_ms = c->waits ? c->c.entered_ms : now - (int64_t)draw(3) * 1000,
		.last_agent = draw(3) ? 0 : 1 + draw(SLOW_AGENTS) };

	to.skill_count = draw(2) ? draw_skills(to.skills, 2) : 0;
	assert_int_equal(acd_call_enter(a, &to), s->live[to.queue] ? 0 : 2 /* ENOENT */);
	if (!s->live[to.queue])
		return;
	if (!c->waits) {
		memset(c, 0, sizeof(*c));
		c->order = ++s->entries;
	}
	slow_forget_offers(s, id);
	c->waits = true;
	c->c = to;
}

static void leave(struct acd *a, struct slow *s, int64_t id)
{
	acd_call_leave(a, id);
	s->calls[id].waits = false;
	slow_forget_offers(s, id);
}

static void refuse(struct acd *a, struct slow *s, int64_t call, int64_t agent, int64_t now)
{
	static const int64_t pauses[] = { 0, 1000, 5000, 30000 };
	int64_t pause = pick_ms(pauses, 4);

	acd_call_refused(a, call, agent, now, pause);
	if (s->agents[agent].offer == call)
		s->agents[agent].offer = 0;
	if (!s->calls[call].waits)
		return;
	if (pause)
		s->calls[call].paused_until[agent] = now + pause;
	if (s->calls[call].c.last_agent == agent)
		s->calls[call].c.last_agent = 0;
}

static void change_state(
	struct acd *a, struct slow *s, int64_t agent, enum acd_agent_state state, int64_t now)
{
	int64_t talk = state == ACD_AGENT_AWAY && draw(2) ? 0 : 1 + draw(5) * 1000;

	assert_int_equal(
		acd_agent_state(a, agent, state, now, talk), s->agents[agent].known ? 0 : 2);
	slow_state(s, agent, state, now, talk);
}

/* What the switch does with an offer: answered, refused, or left ringing. */
static void follow_up(struct acd *a, struct slow *s, int64_t agent, int64_t now)
{
	int64_t call = s->agents[agent].offer;
	unsigned what = draw(10);

	if (!call) {
		change_state(a, s, agent, what < 7 ? ACD_AGENT_READY : ACD_AGENT_AWAY, now);
	} else if (what < 5) {
		change_state(a, s, agent, ACD_AGENT_BUSY, now);
		leave(a, s, call);
	} else {
		refuse(a, s, call, agent, now);
		change_state(a, s, agent, what < 7 ? ACD_AGENT_AWAY : ACD_AGENT_READY, now);
	}
}

static void happen(struct acd *a, struct slow *s, int64_t now)
{
	int64_t agent = 1 + draw(SLOW_AGENTS), call = 1 + draw(SLOW_CALLS);
	unsigned what = draw(1000);

	if (what < 330) {
		if (!s->calls[call].waits || draw(20) == 0)
			enter(a, s, call, now);
	} else if (what < 380) {
		leave(a, s, call);
	} else if (what < 900) {
		if (s->agents[agent].state == ACD_AGENT_OFFERED)
			follow_up(a, s, agent, now);
		else
			change_state(a, s, agent,
				(enum acd_agent_state[]){ ACD_AGENT_AWAY, ACD_AGENT_READY,
					ACD_AGENT_READY, ACD_AGENT_READY, ACD_AGENT_BUSY }[draw(5)],
				now);
	} else if (what < 950) {
		refuse(a, s, call, agent, now);
	} else if (what < 975) {
		set_agent(a, s, agent);
	} else if (what < 980) {
		remove_agent(a, s, agent);
	} else if (what < 990) {
		set_queue(a, s, 1 + draw(SLOW_QUEUES));
	} else if (what < 993) {
		int64_t q = 1 + draw(SLOW_QUEUES);

		acd_queue_remove(a, q);
		s->live[q] = false;
	} else if (what == 999) {
		acd_new_day(a);
		for (int i = 1; i <= SLOW_AGENTS; i++)
			s->agents[i].calls = s->agents[i].talk = 0;
	}
}

/* With chance any allowed agent of the best tier will do, unless the last agent is there. */
static bool as_good(const struct slow *s, int64_t call, int64_t mine, int64_t theirs, int64_t now)
{
	const struct slow_call *c = &s->calls[call];
	int64_t until;

	if (mine == theirs)
		return true;
	return s->queues[c->c.queue].strategy == ACD_RANDOM && !slow_counts_as_last(s, c, mine) &&
	       slow_allowed(s, c, theirs, now, &until) &&
	       slow_member(s, mine, c->c.queue)->tier == slow_member(s, theirs, c->c.queue)->tier;
}

static size_t check_decision(struct acd *a, struct slow *s, int64_t now, int64_t *next)
{
	struct acd_offer offers[8];
	size_t total = 0, count;
	int64_t call = 0, agent = 0, slow_next, fast_next;

	do {
		count = acd_decide(a, now, offers, 8, &fast_next);
		for (size_t i = 0; i < count; i++) {
			assert_true(slow_offer(s, now, &call, &agent, &slow_next));
			assert_int_equal(offers[i].call, call);
			assert_true(as_good(s, call, agent, offers[i].agent, now));
			slow_take(s, call, offers[i].agent);
		}
		total += count;
	} while (count == 8);
	assert_false(slow_offer(s, now, &call, &agent, &slow_next));
	/* It may look once too often, never too late. */
	assert_true(fast_next > now);
	assert_true(fast_next <= slow_next);
	*next = fast_next;
	return total;
}

static void check_counts(struct acd *a, const struct slow *s)
{
	for (int q = 1; q <= SLOW_QUEUES; q++) {
		size_t present, ready, waiting = 0, expect_present = 0, expect_ready = 0;

		for (int i = 1; i <= SLOW_AGENTS; i++) {
			if (!slow_member(s, i, q))
				continue;
			expect_present += s->agents[i].state != ACD_AGENT_AWAY;
			expect_ready += s->agents[i].state == ACD_AGENT_READY;
		}
		for (int i = 1; i <= SLOW_CALLS; i++)
			waiting += s->calls[i].waits && s->calls[i].c.queue == q;
		acd_staff(a, q, &present, &ready);
		assert_int_equal(present, expect_present);
		assert_int_equal(ready, expect_ready);
		assert_int_equal(acd_waiting(a, q), waiting);
	}
	for (int i = 1; i <= SLOW_CALLS; i++)
		assert_int_equal(acd_position(a, i), slow_position(s, i));
}

static void test_random_life(void **state)
{
	struct acd *a = acd_create(7);
	struct slow *s = calloc(1, sizeof(*s));
	int64_t now = 1000000, next = INT64_MAX;
	size_t offers = 0;

	(void)state;
	assert_non_null(a);
	assert_non_null(s);
	for (int q = 1; q <= SLOW_QUEUES; q++)
		set_queue(a, s, q);
	for (int i = 1; i <= SLOW_AGENTS; i++)
		set_agent(a, s, i);
	for (int i = 0; i < EVENTS; i++) {
		/* Some events fall together, sometimes time passes to the moment announced. */
		if (draw(3) == 0)
			now += draw(1500);
		else if (draw(8) == 0 && next != INT64_MAX)
			now = next > now ? next : now;
		happen(a, s, now);
		if (draw(4))
			offers += check_decision(a, s, now, &next);
		if (i % 64 == 0)
			check_counts(a, s);
	}
	assert_true(offers > EVENTS / 20);
	free(s);
	acd_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random_life) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
