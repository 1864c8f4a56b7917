/* Queues, their tiers and groups, and the agents in them. */
#include <errno.h>
#include <stdlib.h>
#include "acd_state.h"

const char *const acd_strategy_names[] = { "longest_idle", "round_robin", "fewest_calls",
	"least_talk", "ring_all", "sequential", "random", NULL };

static int compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int idle_order(const void *a, const void *b)
{
	const struct agent *x = ((const struct member *)a)->agent;
	const struct agent *y = ((const struct member *)b)->agent;
	int c = compare(x->idle_since, y->idle_since);

	return c ? c : compare(x->ready_order, y->ready_order);
}

static int position_order(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int c = compare(x->position, y->position);

	return c ? c : compare(x->agent->id, y->agent->id);
}

static int calls_order(const void *a, const void *b)
{
	int c = compare(
		((const struct member *)a)->agent->calls, ((const struct member *)b)->agent->calls);

	return c ? c : idle_order(a, b);
}

static int talk_order(const void *a, const void *b)
{
	int c = compare(((const struct member *)a)->agent->talk_ms,
		((const struct member *)b)->agent->talk_ms);

	return c ? c : idle_order(a, b);
}

order_cmp_h *queue_agent_order(const struct queue *q)
{
	static order_cmp_h *const orders[] = {
		[ACD_LONGEST_IDLE] = idle_order,
		[ACD_ROUND_ROBIN] = position_order,
		[ACD_FEWEST_CALLS] = calls_order,
		[ACD_LEAST_TALK] = talk_order,
		[ACD_RING_ALL] = idle_order,
		[ACD_SEQUENTIAL] = position_order,
		[ACD_RANDOM] = position_order,
	};

	return orders[q->config.strategy];
}

static void due_move(struct acd *a, size_t slot, struct queue *q)
{
	a->dues[slot] = q;
	q->due_slot = slot + 1;
}

/* Puts q where it belongs in the heap, starting from an empty slot. */
static void due_sift(struct acd *a, size_t slot, struct queue *q)
{
	while (slot && a->dues[(slot - 1) / 2]->due > q->due) {
		due_move(a, slot, a->dues[(slot - 1) / 2]);
		slot = (slot - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * slot + 1;

		if (child + 1 < a->due_count && a->dues[child + 1]->due < a->dues[child]->due)
			child++;
		if (child >= a->due_count || a->dues[child]->due >= q->due)
			break;
		due_move(a, slot, a->dues[child]);
		slot = child;
	}
	due_move(a, slot, q);
}

/* The heap has room for every queue (queue_get). */
void queue_due(struct acd *a, struct queue *q, int64_t due)
{
	size_t slot = q->due_slot;

	if (due == q->due && (slot || due == NEVER))
		return;
	q->due = due;
	if (due != NEVER) {
		due_sift(a, slot ? slot - 1 : a->due_count++, q);
	} else if (slot) {
		struct queue *last = a->dues[--a->due_count];

		q->due_slot = 0;
		if (last != q)
			due_sift(a, slot - 1, last);
	}
}

/* Room for every queue in the lists a decision works with, so that a decision cannot fail. */
static int reserve_queues(struct acd *a, size_t count)
{
	size_t size = a->due_size ? a->due_size : 16;
	struct queue **dues;
	struct work *work;

	while (size < count)
		size *= 2;
	if (size == a->due_size)
		return 0;
	dues = realloc(a->dues, size * sizeof(struct queue *));
	if (!dues)
		return ENOMEM;
	a->dues = dues;
	work = realloc(a->work, size * sizeof(*work));
	if (!work)
		return ENOMEM;
	a->work = work;
	a->due_size = size;
	return 0;
}

struct queue *queue_get(struct acd *a, int64_t id)
{
	struct queue *q = hash_get_id(a->queues, (uint64_t)id);

	if (q)
		return q;
	if (reserve_queues(a, hash_count(a->queues) + 1))
		return NULL;
	q = calloc(1, sizeof(*q));
	if (!q)
		return NULL;
	q->config.id = id;
	q->due = NEVER;
	list_init(&q->members);
	list_init(&q->changed);
	if (hash_set_id(a->queues, (uint64_t)id, q)) {
		free(q);
		return NULL;
	}
	return q;
}

void queue_drop_if_empty(struct acd *a, struct queue *q)
{
	if (q->live || q->waiting || q->member_count)
		return;
	queue_due(a, q, NEVER);
	list_remove(&q->changed);
	hash_remove_id(a->queues, (uint64_t)q->config.id);
	order_release(&q->tiers);
	order_release(&q->lines);
	free(q->groups);
	free(q->ready_groups);
	free(q->fresh_groups);
	free(q);
}

void queue_changed(struct acd *a, struct queue *q)
{
	if (q->dirty || !q->live || !q->waiting)
		return;
	q->dirty = true;
	list_append(&a->changed, &q->changed);
}

void queue_all_fresh(struct acd *a, struct queue *q)
{
	for (size_t i = 0; i < q->lines.count; i++)
		((struct line *)order_at(&q->lines, i))->fresh = true;
	queue_changed(a, q);
}

/* --- tiers and groups --- */

static int tier_order(const void *a, const void *b)
{
	return compare(((const struct tier *)a)->number, ((const struct tier *)b)->number);
}

static struct tier *tier_get(struct queue *q, int number)
{
	struct tier key = { .number = number }, *t;
	size_t at = order_before(&q->tiers, &key, tier_order);

	if (at < q->tiers.count && ((struct tier *)order_at(&q->tiers, at))->number == number)
		return order_at(&q->tiers, at);
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->number = number;
	if (order_insert(&q->tiers, t, tier_order)) {
		free(t);
		return NULL;
	}
	return t;
}

static void tier_drop(struct queue *q, struct tier *t)
{
	if (t->members)
		return;
	order_remove(&q->tiers, t, tier_order);
	free(t);
}

/* Tiers in which nobody is signed in are not waited for. */
int64_t tier_joins(const struct queue *q, const struct tier *t)
{
	int64_t ms = 0;

	for (size_t i = 0; i < q->tiers.count && order_at(&q->tiers, i) != t; i++)
		if (((struct tier *)order_at(&q->tiers, i))->present)
			ms += q->config.tier_wait_ms;
	return ms;
}

static int grow_list(struct group ***list, size_t size)
{
	struct group **grown = realloc(*list, size * sizeof(struct group *));

	if (!grown)
		return ENOMEM;
	*list = grown;
	return 0;
}

static int grow_groups(struct queue *q)
{
	size_t size = q->group_size ? 2 * q->group_size : 4;

	if (grow_list(&q->groups, size) || grow_list(&q->ready_groups, size) ||
		grow_list(&q->fresh_groups, size))
		return ENOMEM;
	q->group_size = size;
	return 0;
}

static struct group *group_get(struct queue *q, struct tier *t, const struct skills *skills)
{
	struct group *g;

	for (size_t i = 0; i < q->group_count; i++)
		if (q->groups[i]->tier == t && skills_equal(&q->groups[i]->skills, skills))
			return q->groups[i];
	if (q->group_count == q->group_size && grow_groups(q))
		return NULL;
	g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->tier = t;
	g->skills = *skills;
	q->groups[q->group_count++] = g;
	return g;
}

static void forget_group(struct group **list, size_t *count, const struct group *g)
{
	for (size_t i = 0; i < *count; i++) {
		if (list[i] != g)
			continue;
		list[i] = list[--*count];
		break;
	}
}

static void group_drop(struct queue *q, struct group *g)
{
	if (g->members)
		return;
	forget_group(q->groups, &q->group_count, g);
	if (g->fresh)
		forget_group(q->fresh_groups, &q->fresh_group_count, g);
	order_release(&g->ready);
	free(g);
}

void queue_sort_agents(struct queue *q)
{
	for (size_t i = 0; i < q->group_count; i++)
		order_sort(&q->groups[i]->ready, queue_agent_order(q));
}

/* --- members --- */

int member_add(struct acd *a, struct agent *agent, const struct acd_member *as)
{
	struct queue *q = queue_get(a, as->queue);
	struct tier *t = q ? tier_get(q, as->tier) : NULL;
	struct group *g = t ? group_get(q, t, &agent->skills) : NULL;
	struct member *m = g ? calloc(1, sizeof(*m)) : NULL;

	if (!m || order_reserve(&g->ready, g->members + 1)) {
		free(m);
		if (g)
			group_drop(q, g);
		if (t)
			tier_drop(q, t);
		if (q)
			queue_drop_if_empty(a, q);
		return ENOMEM;
	}
	m->agent = agent;
	m->queue = q;
	m->group = g;
	m->position = as->position;
	list_init(&m->lines);
	list_append(&q->members, &m->in_queue);
	g->members++;
	t->members++;
	q->member_count++;
	agent->members[agent->member_count++] = m;
	return 0;
}

/* The agent is AWAY in it by now and no line names it. */
void member_free(struct acd *a, struct member *m)
{
	struct queue *q = m->queue;
	struct group *g = m->group;
	struct tier *t = g->tier;

	list_remove(&m->in_queue);
	list_remove(&m->lines);
	g->members--;
	t->members--;
	q->member_count--;
	group_drop(q, g);
	tier_drop(q, t);
	free(m);
	queue_drop_if_empty(a, q);
}

static void group_ready(struct queue *q, struct group *g)
{
	struct group *last;

	if (g->ready.count && !g->ready_slot) {
		q->ready_groups[q->ready_group_count] = g;
		g->ready_slot = ++q->ready_group_count;
	} else if (!g->ready.count && g->ready_slot) {
		last = q->ready_groups[--q->ready_group_count];
		last->ready_slot = g->ready_slot;
		q->ready_groups[g->ready_slot - 1] = last;
		g->ready_slot = 0;
	}
}

void member_ready(struct acd *a, struct member *m, bool ready)
{
	struct queue *q = m->queue;
	struct group *g = m->group;

	if (!ready) {
		order_remove(&g->ready, m, queue_agent_order(q));
		group_ready(q, g);
		q->ready--;
		return;
	}
	(void)order_insert(&g->ready, m, queue_agent_order(q)); /* room was made in member_add */
	group_ready(q, g);
	q->ready++;
	if (!g->fresh) {
		g->fresh = true;
		q->fresh_groups[q->fresh_group_count++] = g;
	}
	queue_changed(a, q);
}

void member_present(struct acd *a, struct member *m, bool present)
{
	struct queue *q = m->queue;
	struct tier *t = m->group->tier;

	q->present = present ? q->present + 1 : q->present - 1;
	t->present = present ? t->present + 1 : t->present - 1;
	if (t->present == (present ? 1 : 0) && q->config.tier_wait_ms && q->tiers.count > 1)
		queue_all_fresh(a, q);
	if (present)
		return;
	list_for_each(pos, &m->lines) line_fresh(a, list_entry(pos, struct line, regular));
}

/* --- interface --- */

static bool config_valid(const struct acd_queue *c)
{
	return c->id && c->strategy >= ACD_LONGEST_IDLE && c->strategy <= ACD_RANDOM &&
	       c->tier_wait_ms >= 0 && c->skill_relax_ms >= 0 && c->last_agent_ms >= 0 &&
	       c->tier_wait_ms <= ACD_MAX_WAIT_MS && c->skill_relax_ms <= ACD_MAX_WAIT_MS &&
	       c->last_agent_ms <= ACD_MAX_WAIT_MS;
}

int acd_queue_set(struct acd *a, const struct acd_queue *queue)
{
	struct queue *q;

	if (!a || !queue || !config_valid(queue))
		return EINVAL;
	q = queue_get(a, queue->id);
	if (!q)
		return ENOMEM;
	q->config = *queue;
	q->live = true;
	queue_sort_agents(q);
	order_sort(&q->lines, line_order);
	queue_all_fresh(a, q);
	return 0;
}

void acd_queue_remove(struct acd *a, int64_t queue)
{
	struct queue *q = a ? hash_get_id(a->queues, (uint64_t)queue) : NULL;

	if (!q)
		return;
	q->live = false;
	q->dirty = false;
	list_remove(&q->changed);
	queue_due(a, q, NEVER);
	queue_drop_if_empty(a, q);
}

size_t acd_waiting(const struct acd *a, int64_t queue)
{
	const struct queue *q = a ? hash_get_id(a->queues, (uint64_t)queue) : NULL;

	return q ? q->waiting : 0;
}

void acd_staff(const struct acd *a, int64_t queue, size_t *present, size_t *ready)
{
	const struct queue *q = a ? hash_get_id(a->queues, (uint64_t)queue) : NULL;

	if (present)
		*present = q ? q->present : 0;
	if (ready)
		*ready = q ? q->ready : 0;
}
