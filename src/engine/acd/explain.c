/* Why a call goes to whom, for people. */
#include <stdio.h>
#include <stdlib.h>
#include "acd_state.h"

struct explain_texts {
	char text[ACD_MAX_EXPLAINED][64];
};

struct ranked {
	struct acd_candidate c;
	int64_t rank; /* smaller is better */
	const struct member *m;
};

enum { RANK_CHOSEN, RANK_READY, RANK_LATER, RANK_NEVER, RANK_RINGING, RANK_NOT_READY };
#define RANK_STEP ((int64_t)1 << 40)

static const char *state_reason(const struct call *c, const struct agent *agent)
{
	return agent->offer == c ? "ringing" : "not ready";
}

static int64_t seconds(int64_t ms)
{
	return (ms + 999) / 1000;
}

/* What keeps a ready agent from this call longest; wait ms are still to go, NEVER: no time helps. */
static int64_t obstacle(
	const struct call *c, const struct member *m, int64_t now_ms, char *text, size_t size)
{
	const struct queue *q = c->queue;
	const struct pause *p = call_pause(c, m->agent->id, now_ms);
	int64_t waited = now_ms - c->c.entered_ms;
	int64_t skill = skill_wait(q, &m->agent->skills, &c->needs);
	int64_t tier = q->config.tier_wait_ms ? tier_joins(q, m->group->tier) : 0;
	int64_t hold = line_holds(c->line) ? q->config.last_agent_ms : 0;
	bool last = c->line->last == m;

	if (p) {
		snprintf(text, size, "refused just now");
		return p->until - now_ms;
	}
	if (last)
		return 0;
	if (skill == NEVER) {
		snprintf(text, size, "lacks skill");
		return NEVER;
	}
	if (skill > waited && skill >= tier && skill >= hold) {
		snprintf(text, size, "lacks skill, accepted in %lld s",
			(long long)seconds(skill - waited));
		return skill - waited;
	}
	if (tier > waited && tier >= hold) {
		snprintf(text, size, "tier %d joins in %lld s", m->group->tier->number,
			(long long)seconds(tier - waited));
		return tier - waited;
	}
	if (hold > waited) {
		snprintf(text, size, "waits %lld s for its last agent",
			(long long)seconds(hold - waited));
		return hold - waited;
	}
	return 0;
}

static void rank_member(const struct call *c, const struct member *m, const struct agent *chosen,
	int64_t now_ms, struct ranked *r, char *text, size_t size)
{
	const struct agent *agent = m->agent;
	int64_t wait;

	*r = (struct ranked){ .c.agent = agent->id, .m = m };
	if (agent->state != ACD_AGENT_READY) {
		r->c.reason = state_reason(c, agent);
		r->rank = RANK_STEP * (agent->offer == c ? RANK_RINGING : RANK_NOT_READY) +
			  agent->state;
		return;
	}
	if (agent == chosen) {
		r->c.reason = "chosen";
		r->rank = RANK_STEP * RANK_CHOSEN;
		return;
	}
	wait = obstacle(c, m, now_ms, text, size);
	r->c.reason = wait ? text : "ready";
	if (!wait)
		r->rank = RANK_STEP * RANK_READY + m->group->tier->number;
	else
		r->rank = wait == NEVER ? RANK_STEP * RANK_NEVER : RANK_STEP * RANK_LATER + wait;
}

static int ranked_order(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->m->agent->state == ACD_AGENT_READY && y->m->agent->state == ACD_AGENT_READY) {
		int c = queue_agent_order(x->m->queue)(x->m, y->m);

		if (c)
			return c;
	}
	return x->c.agent < y->c.agent ? -1 : x->c.agent > y->c.agent;
}

size_t acd_explain(
	const struct acd *a, int64_t call, int64_t now_ms, struct acd_candidate *out, size_t max)
{
	struct call *c = a ? hash_get_id(a->calls, (uint64_t)call) : NULL;
	struct agent *chosen;
	struct ranked *all;
	size_t count = 0;

	if (!c || !out || !c->queue->live)
		return 0;
	all = calloc(c->queue->member_count + 1, sizeof(*all));
	if (!all)
		return 0;
	chosen = c->offer_count && c->queue->config.strategy != ACD_RING_ALL
			 ? NULL
			 : call_best_agent((struct acd *)a, c, now_ms, false);
	list_for_each(pos, &c->queue->members)
	{
		if (count == ACD_MAX_EXPLAINED)
			break;
		rank_member(c, list_entry(pos, struct member, in_queue), chosen, now_ms,
			&all[count], a->texts->text[count], sizeof(a->texts->text[count]));
		count++;
	}
	qsort(all, count, sizeof(*all), ranked_order);
	if (count > max)
		count = max;
	for (size_t i = 0; i < count; i++)
		out[i] = all[i].c;
	free(all);
	return count;
}

struct explain_texts *explain_texts_create(void)
{
	return calloc(1, sizeof(struct explain_texts));
}
