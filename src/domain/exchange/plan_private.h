/* Insides of the plan, shared by its files. */
#ifndef HOTLINE_DOMAIN_EXCHANGE_PLAN_PRIVATE_H
#define HOTLINE_DOMAIN_EXCHANGE_PLAN_PRIVATE_H

#include "exchange/plan.h"

enum {
	PLAN_QUEUES,
	PLAN_MEMBERS,
	PLAN_SKILLS,
	PLAN_FLOWS,
	PLAN_NUMBERS,
	PLAN_PROMPTS,
	PLAN_CALENDARS,
	PLAN_TRUNKS,
	PLAN_SWITCHES,
	PLAN_QUEUES_TODAY,
	PLAN_AGENTS_TODAY,
};

/* plan_calendar.c: fills weekly and exceptions from their JSON. 0, ENOMEM, EINVAL. */
int plan_calendar_parse(struct arena *arena, struct plan_calendar *calendar, const char *weekly,
	const char *exceptions);

#endif
