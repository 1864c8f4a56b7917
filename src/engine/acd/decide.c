/* Decisions: the next call of all changed queues that has somebody, until none has. Within one decision the set of free agents
 * only shrinks, so what a queue offers next never comes before what it offered already: a heap over the changed queues is enough. */
#include "acd_state.h"

/* Is the call still to be offered? All phones of ring_all ring, also those of agents who become free meanwhile. */
static bool call_open(const struct queue *q, const struct call *c)
{
	return !c->offer_count || q->config.strategy == ACD_RING_ALL;
}

/* 0 when some ready agent of the group may be asked for c, else when the first refusal is over. */
static int64_t all_refused(const struct group *g, const struct call *c, int64_t now_ms)
{
	int64_t until = NEVER;

	if (!c->pause_count)
		return 0;
	for (size_t i = 0; i < g->ready.count; i++) {
		const struct member *m = order_at(&g->ready, i);
		const struct pause *p = call_pause(c, m->agent->id, now_ms);

		if (!p)
			return 0;
		if (p->until < until)
			until = p->until;
	}
	return until;
}

static void line_due(struct line *line, int64_t due)
{
	if (due < line->due)
		line->due = due;
}

/* The first call of the line somebody of the group may get, looking at those before `before` (may be NULL). */
static struct call *pair_candidate(
	struct line *line, const struct group *g, const struct call *before, int64_t now_ms)
{
	int64_t wait;

	if (!g->ready.count || (before && call_order(line->head, before) >= 0))
		return NULL;
	wait = pair_wait(line, g);
	if (wait == NEVER)
		return NULL;
	for (size_t i = 0; i < line->calls.count; i++) {
		struct call *c = order_at(&line->calls, i);
		int64_t until;

		if (before && call_order(c, before) >= 0)
			return NULL;
		if (!call_open(line->queue, c))
			continue;
		if (now_ms - c->c.entered_ms < wait) {
			line_due(line, c->c.entered_ms + wait); /* those behind have waited less */
			return NULL;
		}
		until = all_refused(g, c, now_ms);
		if (!until)
			return c;
		line_due(line, until);
	}
	return NULL;
}

/* The first call its last agent can take at once. */
static struct call *regular_candidate(struct line *line, const struct call *before, int64_t now_ms)
{
	if (!line->last || line->last->agent->state != ACD_AGENT_READY)
		return NULL;
	for (size_t i = 0; i < line->calls.count; i++) {
		struct call *c = order_at(&line->calls, i);
		const struct pause *p;

		if (before && call_order(c, before) >= 0)
			return NULL;
		if (!call_open(line->queue, c))
			continue;
		p = call_pause(c, line->last->agent->id, now_ms);
		if (!p)
			return c;
		line_due(line, p->until);
	}
	return NULL;
}

static struct call *line_candidate(struct line *line, struct call *best, int64_t now_ms)
{
	const struct queue *q = line->queue;
	struct group **groups;
	size_t count;
	struct call *c;

	if (line->due <= now_ms)
		line->fresh = true;
	if (line->fresh)
		line->due = NEVER;
	if (line->fresh || (line->last && line->last->group->fresh)) {
		c = regular_candidate(line, best, now_ms);
		if (c)
			best = c;
	}
	groups = line->fresh ? q->ready_groups : q->fresh_groups;
	count = line->fresh ? q->ready_group_count : q->fresh_group_count;
	for (size_t i = 0; i < count; i++) {
		c = pair_candidate(line, groups[i], best, now_ms);
		if (c)
			best = c;
	}
	return best;
}

static struct call *queue_candidate(struct queue *q, int64_t now_ms)
{
	struct call *best = NULL;

	if (!q->ready)
		return NULL;
	for (size_t i = 0; i < q->lines.count; i++) {
		struct line *line = order_at(&q->lines, i);

		if (best && call_order(line->head, best) >= 0)
			break;
		best = line_candidate(line, best, now_ms);
	}
	return best;
}

/* Nothing more can be offered in this queue until something changes or its time comes. */
static void queue_settle(struct acd *a, struct queue *q)
{
	int64_t due = NEVER;

	/* Without a free agent waiting changes nothing: whoever becomes ready is compared with all lines. */
	for (size_t i = 0; q->ready && i < q->lines.count; i++) {
		struct line *line = order_at(&q->lines, i);

		line->fresh = false;
		if (line->due < due)
			due = line->due;
	}
	while (q->fresh_group_count)
		q->fresh_groups[--q->fresh_group_count]->fresh = false;
	q->dirty = false;
	list_remove(&q->changed);
	queue_due(a, q, due);
}

static bool work_before(const struct work *x, const struct work *y)
{
	return call_order(x->call, y->call) < 0;
}

static void work_push(struct acd *a, struct queue *q, struct call *c)
{
	struct work w = { .queue = q, .call = c, .version = a->version };
	size_t slot = a->work_count++;

	while (slot && work_before(&w, &a->work[(slot - 1) / 2])) {
		a->work[slot] = a->work[(slot - 1) / 2];
		slot = (slot - 1) / 2;
	}
	a->work[slot] = w;
}

static struct work work_pop(struct acd *a)
{
	struct work top = a->work[0], last = a->work[--a->work_count];
	size_t slot = 0;

	for (;;) {
		size_t child = 2 * slot + 1;

		if (child + 1 < a->work_count && work_before(&a->work[child + 1], &a->work[child]))
			child++;
		if (child >= a->work_count || !work_before(&a->work[child], &last))
			break;
		a->work[slot] = a->work[child];
		slot = child;
	}
	a->work[slot] = last;
	return top;
}

static void look_again(struct acd *a, struct queue *q, int64_t now_ms)
{
	struct call *c = queue_candidate(q, now_ms);

	if (c)
		work_push(a, q, c);
	else
		queue_settle(a, q);
}

static void take_due(struct acd *a, int64_t now_ms)
{
	while (a->due_count && a->dues[0]->due <= now_ms) {
		struct queue *q = a->dues[0];

		queue_due(a, q, NEVER);
		queue_changed(a, q);
	}
}

size_t acd_decide(
	struct acd *a, int64_t now_ms, struct acd_offer *offers, size_t max, int64_t *next_ms)
{
	size_t count = 0;

	if (!a || (max && !offers))
		return 0;
	take_due(a, now_ms);
	a->work_count = 0;
	list_for_each_safe(pos, next, &a->changed)
	{
		look_again(a, list_entry(pos, struct queue, changed), now_ms);
	}
	while (a->work_count && count < max) {
		struct work w = work_pop(a);
		struct agent *agent = NULL;

		if (w.version == a->version)
			agent = call_best_agent(a, w.call, now_ms, true);
		if (agent) {
			offer_make(a, w.call, agent);
			offers[count++] =
				(struct acd_offer){ .call = w.call->c.id, .agent = agent->id };
		}
		look_again(a, w.queue, now_ms);
	}
	if (next_ms)
		*next_ms = a->due_count ? a->dues[0]->due : NEVER;
	return count;
}
