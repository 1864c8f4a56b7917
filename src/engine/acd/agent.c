/* Agents: what they can, where they work, what they do. */
#include <errno.h>
#include <stdlib.h>
#include "acd_state.h"

struct member *agent_member(const struct agent *agent, const struct queue *q)
{
	for (size_t i = 0; i < agent->member_count; i++)
		if (agent->members[i]->queue == q)
			return agent->members[i];
	return NULL;
}

static struct agent *agent_get(struct acd *a, int64_t id)
{
	struct agent *agent = hash_get_id(a->agents, (uint64_t)id);

	if (agent)
		return agent;
	agent = calloc(1, sizeof(*agent));
	if (!agent)
		return NULL;
	agent->id = id;
	list_init(&agent->offered);
	if (hash_set_id(a->agents, (uint64_t)id, agent)) {
		free(agent);
		return NULL;
	}
	return agent;
}

static void leave_queues(struct acd *a, struct agent *agent, enum acd_agent_state state)
{
	for (size_t i = 0; i < agent->member_count; i++) {
		if (agent->state == ACD_AGENT_READY && state != ACD_AGENT_READY)
			member_ready(a, agent->members[i], false);
		if (agent->state != ACD_AGENT_AWAY && state == ACD_AGENT_AWAY)
			member_present(a, agent->members[i], false);
	}
}

static void join_queues(struct acd *a, struct agent *agent, enum acd_agent_state state)
{
	for (size_t i = 0; i < agent->member_count; i++) {
		if (agent->state == ACD_AGENT_AWAY && state != ACD_AGENT_AWAY)
			member_present(a, agent->members[i], true);
		if (agent->state != ACD_AGENT_READY && state == ACD_AGENT_READY)
			member_ready(a, agent->members[i], true);
	}
}

void agent_set_state(struct acd *a, struct agent *agent, enum acd_agent_state state)
{
	leave_queues(a, agent, state);
	join_queues(a, agent, state);
	agent->state = state;
}

/* Calls that spoke with him last stand in lines of their own while he works in their queue with the skills they need. */
static int change_lines(struct acd *a, struct queue *q, int64_t agent)
{
	struct call **calls;
	size_t count = 0;
	int err = 0;

	if (!q || !q->waiting)
		return 0;
	calls = malloc(q->waiting * sizeof(struct call *));
	if (!calls)
		return ENOMEM;
	for (size_t i = 0; i < q->lines.count; i++) {
		struct line *line = order_at(&q->lines, i);

		for (size_t k = 0; k < line->calls.count; k++) {
			struct call *c = order_at(&line->calls, k);

			if (c->c.last_agent == agent)
				calls[count++] = c;
		}
	}
	for (size_t i = 0; i < count && !err; i++)
		err = line_change(a, calls[i]);
	free(calls);
	return err;
}

static int drop_members(struct acd *a, struct agent *agent)
{
	int err = 0;

	while (agent->member_count && !err) {
		struct member *m = agent->members[--agent->member_count];

		/* Not a member any more, so line_change finds the calls another line. */
		err = change_lines(a, m->queue, agent->id);
		if (err)
			agent->member_count++;
		else
			member_free(a, m);
	}
	return err;
}

static bool members_valid(const struct acd_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!members[i].queue || members[i].tier < 1)
			return false;
		for (size_t k = 0; k < i; k++)
			if (members[k].queue == members[i].queue)
				return false;
	}
	return true;
}

int acd_agent_set(struct acd *a, int64_t id, const struct acd_member *members, size_t count,
	const struct acd_skill *skills, size_t skill_count)
{
	struct member **place;
	enum acd_agent_state state;
	struct agent *agent;
	struct skills has;
	int err;

	if (!a || !id || (count && !members) || count > ACD_MAX_QUEUES || (skill_count && !skills))
		return EINVAL;
	err = skills_set(&has, skills, skill_count);
	if (err || !members_valid(members, count))
		return EINVAL;
	place = calloc(count + 1, sizeof(struct member *));
	agent = place ? agent_get(a, id) : NULL;
	if (!agent) {
		free(place);
		return ENOMEM;
	}
	state = agent->state;
	leave_queues(a, agent, ACD_AGENT_AWAY);
	agent->state = ACD_AGENT_AWAY;
	err = drop_members(a, agent);
	if (err) {
		free(place);
		goto out;
	}
	free(agent->members);
	agent->members = place;
	agent->skills = has;
	for (size_t i = 0; i < count && !err; i++)
		err = member_add(a, agent, &members[i]);
	for (size_t i = 0; i < count && !err; i++)
		err = change_lines(a, hash_get_id(a->queues, (uint64_t)members[i].queue), id);
out:
	agent_set_state(a, agent, state);
	return err;
}

void acd_agent_remove(struct acd *a, int64_t id)
{
	struct agent *agent = a ? hash_get_id(a->agents, (uint64_t)id) : NULL;

	if (!agent)
		return;
	offer_withdraw(a, agent);
	agent_set_state(a, agent, ACD_AGENT_AWAY);
	if (drop_members(a, agent))
		return; /* out of memory: he stays, away */
	hash_remove_id(a->agents, (uint64_t)id);
	free(agent->members);
	free(agent);
}

int acd_agent_state(
	struct acd *a, int64_t id, enum acd_agent_state state, int64_t now_ms, int64_t talk_ms)
{
	struct agent *agent = a ? hash_get_id(a->agents, (uint64_t)id) : NULL;

	if (!agent)
		return ENOENT;
	if (state < ACD_AGENT_AWAY || state > ACD_AGENT_BUSY || talk_ms < 0)
		return EINVAL;
	if (state == agent->state)
		return 0;
	offer_withdraw(a, agent);
	if (agent->state == ACD_AGENT_BUSY && (state == ACD_AGENT_READY || talk_ms)) {
		agent->calls++;
		agent->talk_ms += talk_ms;
	}
	/* Who was only asked goes on waiting where he was. */
	if (state == ACD_AGENT_READY && agent->state != ACD_AGENT_OFFERED) {
		agent->idle_since = now_ms;
		agent->ready_order = ++a->readies;
	}
	agent_set_state(a, agent, state);
	return 0;
}

static void begin_day(void *value, void *arg)
{
	struct agent *agent = value;

	(void)arg;
	agent->calls = 0;
	agent->talk_ms = 0;
}

static void sort_agents(void *value, void *arg)
{
	(void)arg;
	queue_sort_agents(value);
}

void acd_new_day(struct acd *a)
{
	if (!a)
		return;
	hash_each(a->agents, begin_day, NULL);
	hash_each(a->queues, sort_agents, NULL);
}
