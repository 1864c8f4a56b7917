/* Waiting calls, offers and refusals. */
#include <errno.h>
#include <stdlib.h>
#include "acd_state.h"

#define ENTERED_LIMIT ((int64_t)1 << 53)

void call_free(struct call *c)
{
	free(c->pauses);
	free(c);
}

/* Agents asked for this call stay OFFERED until the switch says what they do. */
static void forget_offers(struct call *c)
{
	list_for_each_safe(pos, next, &c->offers)
	{
		struct agent *agent = list_entry(pos, struct agent, offered);

		agent->offer = NULL;
		list_remove(pos);
	}
	c->offer_count = 0;
}

void offer_make(struct acd *a, struct call *c, struct agent *agent)
{
	agent_set_state(a, agent, ACD_AGENT_OFFERED);
	agent->offer = c;
	list_append(&c->offers, &agent->offered);
	c->offer_count++;
	a->version++;
}

void offer_withdraw(struct acd *a, struct agent *agent)
{
	struct call *c = agent->offer;

	if (!c)
		return;
	agent->offer = NULL;
	list_remove(&agent->offered);
	c->offer_count--;
	line_fresh(a, c->line);
}

static bool call_valid(const struct acd_call *call)
{
	return call->id && call->priority >= -ACD_MAX_PRIORITY &&
	       call->priority <= ACD_MAX_PRIORITY && call->entered_ms > -ENTERED_LIMIT &&
	       call->entered_ms < ENTERED_LIMIT;
}

/* Moves a known call: its first entry decides between equals, and who refused it is still not asked. */
static int call_move(struct acd *a, struct call *c, const struct call *to)
{
	struct call before = *c;
	struct queue *q = c->queue;
	struct line *line;
	int err = ENOMEM;

	line_take(c);
	forget_offers(c);
	c->c = to->c;
	c->needs = to->needs;
	c->queue = to->queue;
	line = line_get(a, c);
	if (line)
		err = line_put(a, line, c);
	if (err) { /* back to where it was, or out if even that fails */
		c->c = before.c;
		c->needs = before.needs;
		c->queue = q;
		line = line_get(a, c);
		if (!line || line_put(a, line, c)) {
			hash_remove_id(a->calls, (uint64_t)c->c.id);
			call_free(c);
		}
	}
	queue_drop_if_empty(a, q);
	return err;
}

int acd_call_enter(struct acd *a, const struct acd_call *call)
{
	struct call to = { 0 }, *c;
	struct line *line;
	int err;

	if (!a || !call || !call_valid(call))
		return EINVAL;
	if (skills_set(&to.needs, call->skills, call->skill_count))
		return EINVAL;
	to.queue = hash_get_id(a->queues, (uint64_t)call->queue);
	if (!to.queue || !to.queue->live)
		return ENOENT;
	to.c = *call;
	c = hash_get_id(a->calls, (uint64_t)call->id);
	if (c)
		return call_move(a, c, &to);

	c = malloc(sizeof(*c));
	if (!c)
		return ENOMEM;
	*c = to;
	list_init(&c->offers);
	c->order = ++a->entries;
	err = hash_set_id(a->calls, (uint64_t)call->id, c);
	if (err)
		goto out;
	line = line_get(a, c);
	err = line ? line_put(a, line, c) : ENOMEM;
	if (err)
		hash_remove_id(a->calls, (uint64_t)call->id);
out:
	if (err)
		call_free(c);
	return err;
}

void acd_call_leave(struct acd *a, int64_t call)
{
	struct call *c = a ? hash_remove_id(a->calls, (uint64_t)call) : NULL;
	struct queue *q;

	if (!c)
		return;
	q = c->queue;
	forget_offers(c);
	line_take(c);
	call_free(c);
	queue_drop_if_empty(a, q);
}

const struct pause *call_pause(const struct call *c, int64_t agent, int64_t now_ms)
{
	for (size_t i = 0; i < c->pause_count; i++)
		if (c->pauses[i].agent == agent && c->pauses[i].until > now_ms)
			return &c->pauses[i];
	return NULL;
}

static void add_pause(struct call *c, int64_t agent, int64_t now_ms, int64_t until)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->pause_count; i++)
		if (c->pauses[i].until > now_ms && c->pauses[i].agent != agent)
			c->pauses[kept++] = c->pauses[i];
	c->pause_count = kept;
	if (kept == c->pause_size) {
		size_t size = c->pause_size ? 2 * c->pause_size : 4;
		struct pause *pauses = realloc(c->pauses, size * sizeof(*pauses));

		if (!pauses)
			return; /* he may be asked again at once: ignoring */
		c->pauses = pauses;
		c->pause_size = size;
	}
	c->pauses[c->pause_count++] = (struct pause){ .agent = agent, .until = until };
}

void acd_call_refused(struct acd *a, int64_t call, int64_t id, int64_t now_ms, int64_t pause_ms)
{
	struct call *c = a ? hash_get_id(a->calls, (uint64_t)call) : NULL;
	struct agent *agent = a ? hash_get_id(a->agents, (uint64_t)id) : NULL;

	if (agent && c && agent->offer == c)
		offer_withdraw(a, agent);
	if (!c)
		return;
	if (pause_ms > 0)
		add_pause(c, id, now_ms,
			now_ms + (pause_ms < ACD_MAX_WAIT_MS ? pause_ms : ACD_MAX_WAIT_MS));
	line_fresh(a, c->line);
	if (c->c.last_agent != id)
		return;
	c->c.last_agent = 0;
	if (line_change(a, c))
		return; /* out of memory: it stays where it is */
}

size_t acd_position(const struct acd *a, int64_t call)
{
	const struct call *c = a ? hash_get_id(a->calls, (uint64_t)call) : NULL;
	size_t before = 0;

	if (!c)
		return 0;
	for (size_t i = 0; i < c->queue->lines.count; i++) {
		const struct line *line = order_at(&c->queue->lines, i);

		if (call_order(line->head, c) >= 0)
			break;
		before += order_before(&line->calls, c, call_order);
	}
	return before + 1;
}
