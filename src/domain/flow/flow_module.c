/* The module rows of flows, prompts and entry numbers. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include "flow/flow_internal.h"

static struct speech *speech;
static size_t (*call_counter)(int64_t flow_id, int64_t version);

void flow_set_speech(struct speech *to)
{
	speech = to;
}

struct speech *flow_speech(void)
{
	return speech;
}

void flow_set_call_counter(size_t (*fn)(int64_t flow_id, int64_t version))
{
	call_counter = fn;
}

size_t flow_calls_in(int64_t flow_id, int64_t version)
{
	return call_counter ? call_counter(flow_id, version) : 0;
}

bool flow_reference_exists(const char *kind, const char *name, const char *language, void *arg)
{
	struct arena *arena = arena_create(4096);
	char base[64];
	int64_t count = 0, usable = 0;
	size_t len = strcspn(name, "@");
	int err = ENOMEM;

	if (!arena || len >= sizeof(base))
		goto out;
	memcpy(base, name, len);
	base[len] = '\0';
	if (!strcmp(kind, "queue"))
		err = db_get(arg, arena, ST(QUEUE_EXISTS), name, &count);
	else if (!strcmp(kind, "calendar"))
		err = db_get(arg, arena, ST(CALENDAR_EXISTS), name, &count);
	else if (!strcmp(kind, "flow"))
		err = db_get(arg, arena, ST(FLOW_EXISTS), name, &count);
	else if (!strcmp(kind, "audio"))
		err = db_get(arg, arena, ST(PROMPT_EXISTS), base, language ? language : "zh-CN",
			&count, &usable);
	if (!strcmp(kind, "audio") && language)
		count = usable;
out:
	arena_free(arena);
	return !err && count > 0;
}

static const struct permission permissions[] = {
	{ .name = "prompt.read", .text_zh = "查看语音", .text_en = "See prompts" },
	{ .name = "prompt.manage", .text_zh = "管理语音", .text_en = "Manage prompts" },
	{ .name = "ivr.read", .text_zh = "查看 IVR 流程", .text_en = "See IVR flows" },
	{ .name = "ivr.edit", .text_zh = "编辑 IVR 草稿", .text_en = "Edit IVR drafts" },
	{ .name = "ivr.publish", .text_zh = "发布 IVR 流程", .text_en = "Publish IVR flows" },
	{ 0 },
};

static const char *const needs[] = { "identity", "audit", "record", "queue", NULL };
static const char *const needs_flow[] = { "flow", "audit", "record", "queue", NULL };

const struct module flow_module = {
	.name = "flow",
	.needs = needs,
	.permissions = permissions,
	.statements = flow_statements,
	.routes = flow_routes,
	.demo = flow_demo,
};

/* More pages of the same folder: each has its own route table. */
const struct module prompt_module = {
	.name = "prompt", .needs = needs_flow, .routes = prompt_routes
};
const struct module entry_module = { .name = "entry", .needs = needs_flow, .routes = entry_routes };
