/* Which agent a call gets: tiers, skills, last agent, strategy. */
#include "acd_state.h"

bool line_holds(const struct line *line)
{
	return line->last && line->queue->config.last_agent_ms &&
	       line->last->agent->state != ACD_AGENT_AWAY;
}

int64_t skill_wait(const struct queue *q, const struct skills *has, const struct skills *needs)
{
	int gap = needs->count ? skills_gap(has, needs) : 0;

	if (!gap)
		return 0;
	return q->config.skill_relax_ms ? gap * q->config.skill_relax_ms : NEVER;
}

int64_t pair_wait(const struct line *line, const struct group *g)
{
	const struct queue *q = line->queue;
	int64_t wait = skill_wait(q, &g->skills, &line->needs);
	int64_t tier = q->tiers.count > 1 && q->config.tier_wait_ms ? tier_joins(q, g->tier) : 0;

	if (tier > wait)
		wait = tier;
	if (line_holds(line) && q->config.last_agent_ms > wait)
		wait = q->config.last_agent_ms;
	return wait;
}

static uint64_t draw_number(struct acd *a)
{
	uint64_t x = a->random += 0x9e3779b97f4a7c15u; /* splitmix64 */

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* The first one from index on, round the end, who may be asked for c. */
static struct member *first_from(
	const struct group *g, size_t index, const struct call *c, int64_t now_ms)
{
	for (size_t i = 0; i < g->ready.count; i++) {
		struct member *m = order_at(&g->ready, (index + i) % g->ready.count);

		if (!c->pause_count || !call_pause(c, m->agent->id, now_ms))
			return m;
	}
	return NULL;
}

static bool after_turn(const struct tier *t, const struct member *m)
{
	if (m->position != t->turn_position)
		return m->position > t->turn_position;
	return m->agent->id > t->turn_agent;
}

/* The group's candidate for c by the strategy. */
static struct member *group_candidate(struct acd *a, const struct queue *q, const struct group *g,
	const struct call *c, int64_t now_ms)
{
	struct agent at = { .id = g->tier->turn_agent };
	const struct member turn = { .agent = &at, .position = g->tier->turn_position };
	size_t index = 0;

	if (q->config.strategy == ACD_RANDOM) {
		index = draw_number(a) % g->ready.count;
	} else if (q->config.strategy == ACD_ROUND_ROBIN && g->tier->turned) {
		index = order_before(&g->ready, &turn, queue_agent_order(q));
		if (index < g->ready.count && !after_turn(g->tier, order_at(&g->ready, index)))
			index++; /* the one who was asked last */
		index %= g->ready.count;
	}
	return first_from(g, index, c, now_ms);
}

/* Does m come before best? Both are in the same tier. */
static bool comes_before(const struct queue *q, const struct member *m, const struct member *best)
{
	const struct tier *t = m->group->tier;

	if (q->config.strategy == ACD_ROUND_ROBIN && t->turned &&
		after_turn(t, m) != after_turn(t, best))
		return after_turn(t, m);
	return queue_agent_order(q)(m, best) < 0;
}

struct agent *call_best_agent(struct acd *a, struct call *c, int64_t now_ms, bool take)
{
	struct queue *q = c->queue;
	const struct line *line = c->line;
	uint64_t random = a->random, seen = 0;
	struct member *best = NULL;

	if (line->last && line->last->agent->state == ACD_AGENT_READY &&
		!call_pause(c, line->last->agent->id, now_ms))
		return line->last->agent;
	for (size_t i = 0; i < q->ready_group_count; i++) {
		const struct group *g = q->ready_groups[i];
		struct member *m;
		int64_t wait;

		if (best && g->tier->number > best->group->tier->number)
			continue;
		wait = pair_wait(line, g);
		if (wait == NEVER || now_ms - c->c.entered_ms < wait)
			continue;
		m = group_candidate(a, q, g, c, now_ms);
		if (!m)
			continue;
		if (best && best->group->tier != g->tier)
			best = NULL;
		if (!best)
			seen = 0;
		seen += g->ready.count;
		/* Chance: each group wins in proportion to its size. */
		if (!best ||
			(q->config.strategy == ACD_RANDOM ? draw_number(a) % seen < g->ready.count
							  : comes_before(q, m, best)))
			best = m;
	}
	if (!take)
		a->random = random;
	if (best && take && q->config.strategy == ACD_ROUND_ROBIN) {
		best->group->tier->turned = true;
		best->group->tier->turn_position = best->position;
		best->group->tier->turn_agent = best->agent->id;
	}
	return best ? best->agent : NULL;
}
