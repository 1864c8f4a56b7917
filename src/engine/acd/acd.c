/* Life of the router. */
#include <stdlib.h>
#include "acd_state.h"

struct acd *acd_create(uint64_t seed)
{
	struct acd *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->random = seed;
	list_init(&a->changed);
	a->queues = hash_create();
	a->agents = hash_create();
	a->calls = hash_create();
	a->texts = explain_texts_create();
	if (!a->queues || !a->agents || !a->calls || !a->texts) {
		acd_free(a);
		return NULL;
	}
	return a;
}

static void free_call(void *value, void *arg)
{
	struct call *c = value;
	struct acd *a = arg;

	acd_call_leave(a, c->c.id);
}

static void free_agent(void *value, void *arg)
{
	struct agent *agent = value;
	struct acd *a = arg;

	acd_agent_remove(a, agent->id);
}

static void free_queue(void *value, void *arg)
{
	struct queue *q = value;
	struct acd *a = arg;

	acd_queue_remove(a, q->config.id);
}

void acd_free(struct acd *a)
{
	if (!a)
		return;
	/* Calls first, then agents: a queue goes when nothing needs it. */
	if (a->calls)
		hash_each(a->calls, free_call, a);
	if (a->agents)
		hash_each(a->agents, free_agent, a);
	if (a->queues)
		hash_each(a->queues, free_queue, a);
	hash_free(a->calls);
	hash_free(a->agents);
	hash_free(a->queues);
	free(a->dues);
	free(a->work);
	free(a->texts);
	free(a);
}
