/* Lines of waiting calls and the order between calls. */
#include <errno.h>
#include <stdlib.h>
#include "acd_state.h"

#define POINT_MS 60000

static int compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* One order over all queues, so that what is offered does not depend on which queue is looked at first. */
int call_order(const void *a, const void *b)
{
	const struct call *x = a, *y = b;
	bool x_points = x->queue->config.points, y_points = y->queue->config.points;
	int c = compare(y->queue->config.weight, x->queue->config.weight);

	if (!c)
		c = compare(y_points ? 0 : y->c.priority, x_points ? 0 : x->c.priority);
	if (!c)
		c = compare(x->c.entered_ms - (x_points ? x->c.priority * (int64_t)POINT_MS : 0),
			y->c.entered_ms - (y_points ? y->c.priority * (int64_t)POINT_MS : 0));
	return c ? c : compare(x->order, y->order);
}

int line_order(const void *a, const void *b)
{
	return call_order(((const struct line *)a)->head, ((const struct line *)b)->head);
}

/* A last agent counts only where he works in the queue and has all the call needs. */
static struct member *last_member(const struct acd *a, const struct call *c)
{
	struct agent *agent =
		c->c.last_agent ? hash_get_id(a->agents, (uint64_t)c->c.last_agent) : NULL;
	struct member *m = agent ? agent_member(agent, c->queue) : NULL;

	return m && !skills_gap(&agent->skills, &c->needs) ? m : NULL;
}

static bool belongs(const struct line *line, const struct call *c)
{
	return line->priority == c->c.priority && skills_equal(&line->needs, &c->needs);
}

struct line *line_get(struct acd *a, const struct call *c)
{
	struct queue *q = c->queue;
	struct member *last = last_member(a, c);
	struct line *line;

	if (last) {
		list_for_each(pos, &last->lines)
		{
			line = list_entry(pos, struct line, regular);
			if (belongs(line, c))
				return line;
		}
	}
	for (size_t i = 0; !last && i < q->lines.count; i++) {
		line = order_at(&q->lines, i);
		if (!line->last && belongs(line, c))
			return line;
	}
	line = calloc(1, sizeof(*line));
	if (!line)
		return NULL;
	line->queue = q;
	line->needs = c->needs;
	line->priority = c->c.priority;
	line->last = last;
	line->due = NEVER;
	list_init(&line->regular);
	if (last)
		list_append(&last->lines, &line->regular);
	return line;
}

/* The line's place among the lines follows its first call. */
static void set_head(struct line *line)
{
	struct call *first = line->calls.count ? order_at(&line->calls, 0) : NULL;

	if (first == line->head)
		return;
	if (line->head)
		order_remove(&line->queue->lines, line, line_order);
	line->head = first;
	if (first)
		(void)order_insert(&line->queue->lines, line, line_order); /* room: line_put */
}

static void drop_if_empty(struct line *line)
{
	if (line->calls.count)
		return;
	list_remove(&line->regular);
	order_release(&line->calls);
	free(line);
}

int line_put(struct acd *a, struct line *line, struct call *c)
{
	if (order_reserve(&line->queue->lines, line->queue->lines.count + 1) ||
		order_insert(&line->calls, c, call_order)) {
		drop_if_empty(line);
		return ENOMEM;
	}
	c->line = line;
	line->queue->waiting++;
	set_head(line);
	line_fresh(a, line);
	return 0;
}

void line_take(struct call *c)
{
	struct line *line = c->line;

	order_remove(&line->calls, c, call_order);
	line->queue->waiting--;
	c->line = NULL;
	set_head(line);
	drop_if_empty(line);
}

int line_change(struct acd *a, struct call *c)
{
	struct line *to = line_get(a, c);

	if (!to)
		return ENOMEM;
	if (to == c->line)
		return 0;
	/* Room first, so that the call cannot be lost between the two. */
	if (order_reserve(&to->calls, to->calls.count + 1) ||
		order_reserve(&to->queue->lines, to->queue->lines.count + 1)) {
		drop_if_empty(to);
		return ENOMEM;
	}
	line_take(c);
	return line_put(a, to, c);
}

void line_fresh(struct acd *a, struct line *line)
{
	line->fresh = true;
	queue_changed(a, line->queue);
}
