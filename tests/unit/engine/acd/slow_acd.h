/* The rules of routing written as plainly as possible: every call is compared with every agent at every decision. The measure for
 * the fast router. */
#ifndef SLOW_ACD_H
#define SLOW_ACD_H

#include <stdlib.h>
#include <string.h>
#include "acd/acd.h"

#define SLOW_QUEUES 5
#define SLOW_AGENTS 12
#define SLOW_CALLS  40

struct slow_agent {
	bool known;
	enum acd_agent_state state;
	struct acd_member members[SLOW_QUEUES];
	size_t member_count;
	struct acd_skill skills[3];
	size_t skill_count;
	int64_t idle_since, ready_order, calls, talk;
	int64_t offer; /* call, 0: none */
};

struct slow_call {
	bool waits;
	struct acd_call c;
	int64_t order;
	int64_t paused_until[SLOW_AGENTS + 1];
};

struct slow_turn {
	bool turned;
	int position;
	int64_t agent;
};

struct slow {
	struct acd_queue queues[SLOW_QUEUES + 1];
	bool live[SLOW_QUEUES + 1];
	struct slow_agent agents[SLOW_AGENTS + 1];
	struct slow_call calls[SLOW_CALLS + 1];
	struct slow_turn turns[SLOW_QUEUES + 1][4];
	int64_t entries, readies;
};

static inline const struct acd_member *slow_member(
	const struct slow *s, int64_t agent, int64_t queue)
{
	const struct slow_agent *a = &s->agents[agent];

	for (size_t i = 0; a->known && i < a->member_count; i++)
		if (a->members[i].queue == queue)
			return &a->members[i];
	return NULL;
}

static inline int slow_gap(const struct slow_agent *a, const struct acd_call *c)
{
	int worst = 0;

	for (size_t i = 0; i < c->skill_count; i++) {
		int level = 0;

		for (size_t k = 0; k < a->skill_count; k++)
			if (a->skills[k].id == c->skills[i].id)
				level = a->skills[k].level;
		if (c->skills[i].level - level > worst)
			worst = c->skills[i].level - level;
	}
	return worst;
}

static inline bool slow_counts_as_last(
	const struct slow *s, const struct slow_call *c, int64_t agent)
{
	return c->c.last_agent == agent && slow_member(s, agent, c->c.queue) &&
	       !slow_gap(&s->agents[agent], &c->c);
}

static inline size_t slow_offers(const struct slow *s, int64_t call)
{
	size_t n = 0;

	for (int a = 1; a <= SLOW_AGENTS; a++)
		n += s->agents[a].offer == call;
	return n;
}

/* Which tiers with somebody signed in lie before this one? */
static inline int64_t slow_tier_wait(const struct slow *s, int64_t queue, int tier)
{
	bool present[4] = { false };
	int64_t ms = 0;

	for (int a = 1; a <= SLOW_AGENTS; a++) {
		const struct acd_member *m = slow_member(s, a, queue);

		if (m && s->agents[a].state != ACD_AGENT_AWAY)
			present[m->tier] = true;
	}
	for (int t = 1; t < tier; t++)
		ms += present[t] ? s->queues[queue].tier_wait_ms : 0;
	return ms;
}

/* May this ready agent be asked for the call now? *wait_until: else the moment waiting alone allows it. */
static inline bool slow_allowed(const struct slow *s, const struct slow_call *c, int64_t agent,
	int64_t now, int64_t *wait_until)
{
	const struct acd_queue *q = &s->queues[c->c.queue];
	const struct acd_member *m = slow_member(s, agent, c->c.queue);
	int64_t at = c->paused_until[agent], wait = 0;
	int gap;

	*wait_until = INT64_MAX;
	if (!m || !s->live[c->c.queue] || s->agents[agent].state != ACD_AGENT_READY)
		return false;
	if (slow_offers(s, c->c.id) && q->strategy != ACD_RING_ALL)
		return false;
	if (!slow_counts_as_last(s, c, agent)) {
		gap = slow_gap(&s->agents[agent], &c->c);
		if (gap && !q->skill_relax_ms)
			return false;
		wait = gap * q->skill_relax_ms;
		if (slow_tier_wait(s, c->c.queue, m->tier) > wait)
			wait = slow_tier_wait(s, c->c.queue, m->tier);
		if (c->c.last_agent && slow_counts_as_last(s, c, c->c.last_agent) &&
			s->agents[c->c.last_agent].state != ACD_AGENT_AWAY &&
			q->last_agent_ms > wait)
			wait = q->last_agent_ms;
		if (c->c.entered_ms + wait > at)
			at = c->c.entered_ms + wait;
	}
	if (at <= now)
		return true;
	*wait_until = at;
	return false;
}

static inline int64_t slow_rank_time(const struct slow *s, const struct slow_call *c)
{
	return c->c.entered_ms - (s->queues[c->c.queue].points ? c->c.priority * 60000LL : 0);
}

static inline bool slow_call_before(
	const struct slow *s, const struct slow_call *a, const struct slow_call *b)
{
	const struct acd_queue *x = &s->queues[a->c.queue], *y = &s->queues[b->c.queue];
	int pa = x->points ? 0 : a->c.priority, pb = y->points ? 0 : b->c.priority;

	if (x->weight != y->weight)
		return x->weight > y->weight;
	if (pa != pb)
		return pa > pb;
	if (slow_rank_time(s, a) != slow_rank_time(s, b))
		return slow_rank_time(s, a) < slow_rank_time(s, b);
	return a->order < b->order;
}

static inline bool slow_idle_before(const struct slow_agent *a, const struct slow_agent *b)
{
	return a->idle_since != b->idle_since ? a->idle_since < b->idle_since
					      : a->ready_order < b->ready_order;
}

static inline bool slow_after_turn(const struct slow_turn *t, int position, int64_t agent)
{
	return position != t->position ? position > t->position : agent > t->agent;
}

/* Does agent a come before b for this call? Not asked for chance. */
static inline bool slow_agent_before(
	const struct slow *s, const struct slow_call *c, int64_t a, int64_t b)
{
	const struct slow_agent *x = &s->agents[a], *y = &s->agents[b];
	const struct acd_member *m = slow_member(s, a, c->c.queue),
				*n = slow_member(s, b, c->c.queue);
	const struct slow_turn *t = &s->turns[c->c.queue][m->tier];
	enum acd_strategy strategy = s->queues[c->c.queue].strategy;

	if (slow_counts_as_last(s, c, a) || slow_counts_as_last(s, c, b))
		return slow_counts_as_last(s, c, a);
	if (m->tier != n->tier)
		return m->tier < n->tier;
	if (strategy == ACD_ROUND_ROBIN && t->turned &&
		slow_after_turn(t, m->position, a) != slow_after_turn(t, n->position, b))
		return slow_after_turn(t, m->position, a);
	if (strategy == ACD_ROUND_ROBIN || strategy == ACD_SEQUENTIAL)
		return m->position != n->position ? m->position < n->position : a < b;
	if (strategy == ACD_FEWEST_CALLS && x->calls != y->calls)
		return x->calls < y->calls;
	if (strategy == ACD_LEAST_TALK && x->talk != y->talk)
		return x->talk < y->talk;
	return slow_idle_before(x, y);
}

/* The next offer, or false; *next: when waiting alone changes something. */
static inline bool slow_offer(
	struct slow *s, int64_t now, int64_t *call, int64_t *agent, int64_t *next)
{
	const struct slow_call *best = NULL;

	*next = INT64_MAX;
	for (int i = 1; i <= SLOW_CALLS; i++) {
		const struct slow_call *c = &s->calls[i];

		for (int a = 1; c->waits && a <= SLOW_AGENTS; a++) {
			int64_t until;

			if (!slow_allowed(s, c, a, now, &until)) {
				if (until < *next)
					*next = until;
				continue;
			}
			if (best == c) {
				if (slow_agent_before(s, c, a, *agent))
					*agent = a;
			} else if (!best || slow_call_before(s, c, best)) {
				best = c;
				*agent = a;
			}
		}
	}
	if (!best)
		return false;
	*call = best->c.id;
	return true;
}

/* Writes an offer down; the agent may be another one than slow_offer's when chance decides. */
static inline void slow_take(struct slow *s, int64_t call, int64_t agent)
{
	const struct slow_call *c = &s->calls[call];
	const struct acd_member *m = slow_member(s, agent, c->c.queue);

	s->agents[agent].state = ACD_AGENT_OFFERED;
	s->agents[agent].offer = call;
	if (s->queues[c->c.queue].strategy == ACD_ROUND_ROBIN && !slow_counts_as_last(s, c, agent))
		s->turns[c->c.queue][m->tier] = (struct slow_turn){
			.turned = true, .position = m->position, .agent = agent
		};
}

static inline void slow_state(
	struct slow *s, int64_t agent, enum acd_agent_state state, int64_t now, int64_t talk)
{
	struct slow_agent *a = &s->agents[agent];

	if (!a->known || a->state == state)
		return;
	a->offer = 0;
	if (a->state == ACD_AGENT_BUSY && (state == ACD_AGENT_READY || talk)) {
		a->calls++;
		a->talk += talk;
	}
	if (state == ACD_AGENT_READY && a->state != ACD_AGENT_OFFERED) {
		a->idle_since = now;
		a->ready_order = ++s->readies;
	}
	a->state = state;
}

static inline void slow_forget_offers(struct slow *s, int64_t call)
{
	for (int a = 1; a <= SLOW_AGENTS; a++)
		if (s->agents[a].offer == call)
			s->agents[a].offer = 0;
}

/* The agent leaves his queues; a tier nobody is in forgets whose turn it was. */
static inline void slow_drop_members(struct slow *s, int64_t agent)
{
	struct slow_agent *a = &s->agents[agent];

	for (size_t i = 0; a->known && i < a->member_count; i++) {
		const struct acd_member m = a->members[i];
		bool others = false;

		for (int b = 1; b <= SLOW_AGENTS; b++)
			others |= b != agent && slow_member(s, b, m.queue) &&
				  slow_member(s, b, m.queue)->tier == m.tier;
		if (!others)
			s->turns[m.queue][m.tier].turned = false;
	}
	a->member_count = 0;
}

static inline size_t slow_position(const struct slow *s, int64_t call)
{
	size_t n = 1;

	if (!s->calls[call].waits)
		return 0;
	for (int i = 1; i <= SLOW_CALLS; i++)
		if (s->calls[i].waits && s->calls[i].c.queue == s->calls[call].c.queue &&
			slow_call_before(s, &s->calls[i], &s->calls[call]))
			n++;
	return n;
}

#endif
