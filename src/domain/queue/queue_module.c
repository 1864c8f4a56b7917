/* The module row of queues, and telling the exchange that its plan has changed. */
#include <stddef.h>
#include "queue/queue_internal.h"

static void (*changed)(void *arg);

void plan_on_change(void (*fn)(void *arg))
{
	changed = fn;
}

int plan_touch(struct db *db)
{
	return changed ? db_after_commit(db, changed, NULL) : 0;
}

static const struct permission permissions[] = {
	{ .name = "queue.manage",
		.ranged = true,
		.text_zh = "管理队列",
		.text_en = "Manage queues" },
	{ .name = "calendar.manage", .text_zh = "管理日历", .text_en = "Manage calendars" },
	{ 0 },
};

static const char *const needs[] = { "identity", "audit", "record", NULL };

const struct module queue_module = {
	.name = "queue",
	.needs = needs,
	.permissions = permissions,
	.statements = queue_statements,
	.routes = queue_routes,
	.demo = queue_demo,
};

static const char *const needs_queue[] = { "queue", NULL };

/* More pages of the same folder: each has its own route table. */
const struct module skill_module = {
	.name = "skill", .needs = needs_queue, .routes = skill_routes
};
const struct module calendar_module = {
	.name = "calendar", .needs = needs_queue, .routes = calendar_routes
};
