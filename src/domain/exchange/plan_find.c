/* Looking things up in the plan. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/plan.h"

const struct plan_queue *plan_queue(const struct plan *plan, int64_t id)
{
	for (size_t i = 0; i < plan->queue_count; i++) {
		if (plan->queues[i].id == id)
			return &plan->queues[i];
	}
	return NULL;
}

const struct plan_queue *plan_queue_by_key(const struct plan *plan, const char *key)
{
	for (size_t i = 0; key && i < plan->queue_count; i++) {
		if (!strcmp(plan->queues[i].key, key))
			return &plan->queues[i];
	}
	return NULL;
}

const struct plan_agent *plan_agent(const struct plan *plan, int64_t user_id)
{
	for (size_t i = 0; i < plan->agent_count; i++) {
		if (plan->agents[i].user_id == user_id)
			return &plan->agents[i];
	}
	return NULL;
}

const struct plan_agent *plan_agent_by_extension(const struct plan *plan, const char *extension)
{
	for (size_t i = 0; extension && *extension && i < plan->agent_count; i++) {
		if (!strcmp(plan->agents[i].extension, extension))
			return &plan->agents[i];
	}
	return NULL;
}

const struct plan_flow *plan_flow(const struct plan *plan, int64_t id)
{
	for (size_t i = 0; i < plan->flow_count; i++) {
		if (plan->flows[i].id == id)
			return plan->flows[i].flow ? &plan->flows[i] : NULL;
	}
	return NULL;
}

const struct plan_flow *plan_flow_by_key(const struct plan *plan, const char *key)
{
	for (size_t i = 0; key && i < plan->flow_count; i++) {
		if (!strcmp(plan->flows[i].key, key))
			return plan->flows[i].flow ? &plan->flows[i] : NULL;
	}
	return NULL;
}

const struct plan_flow *plan_flow_for_number(const struct plan *plan, const char *called)
{
	for (size_t i = 0; called && i < plan->number_count; i++) {
		if (!strcmp(plan->numbers[i].number, called))
			return plan_flow(plan, plan->numbers[i].flow_id);
	}
	return NULL;
}

const struct plan_prompt *plan_prompt(
	const struct plan *plan, const char *name, const char *language)
{
	const struct plan_prompt *any = NULL;
	const char *at = strchr(name, '@');
	size_t len = at ? (size_t)(at - name) : strlen(name);
	int64_t number = at ? strtoll(at + 1, NULL, 10) : 0;

	/* Rows are sorted by name, language and falling version number: the first that fits is the newest. */
	for (size_t i = 0; i < plan->prompt_count; i++) {
		const struct plan_prompt *p = &plan->prompts[i];

		if (strncmp(p->name, name, len) || p->name[len])
			continue;
		if (number && p->number && p->number != number)
			continue;
		if (!strcmp(p->language, language))
			return p;
		if (!any)
			any = p;
	}
	return any;
}

const struct plan_calendar *plan_calendar(const struct plan *plan, int64_t id)
{
	for (size_t i = 0; i < plan->calendar_count; i++) {
		if (plan->calendars[i].id == id)
			return &plan->calendars[i];
	}
	return NULL;
}

const struct plan_calendar *plan_calendar_by_name(const struct plan *plan, const char *name)
{
	for (size_t i = 0; name && i < plan->calendar_count; i++) {
		if (!strcmp(plan->calendars[i].name, name))
			return &plan->calendars[i];
	}
	return NULL;
}

bool plan_switch_on(const struct plan *plan, const char *name, int64_t now_ms)
{
	for (size_t i = 0; i < plan->switch_count; i++) {
		const struct plan_switch *s = &plan->switches[i];

		if (!strcmp(s->name, name))
			return s->on && (!s->until || now_ms < s->until);
	}
	return false;
}
