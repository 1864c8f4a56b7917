/* IVR nodes of the exchange: caller, queue, transfer, voicemail. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "exchange/exchange_private.h"

static struct call *call_of(struct ivr_session *s)
{
	return ivr_session_call(s);
}

/* Every node here waits for an answer of the exchange and leaves by the port it names. */
static int leave_by_result(
	struct ivr_session *s, const struct ivr_node *n, void *state, const struct ivr_input *in)
{
	(void)n;
	(void)state;
	return in->kind == IVR_IN_RESULT ? ivr_leave(s, in->port) : 0;
}

/* --- caller: who calls? --- */

static int caller_enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	(void)n;
	(void)state;
	return lookup_ask(call_of(s)) ? 0 : ivr_leave(s, lookup_port(call_of(s)));
}

static const struct ivr_field no_fields[] = { { 0 } };
static const char *const caller_ports[] = { "known", "unknown", "vip>known", "blocked?", NULL };
static const struct ivr_node_type caller_node = {
	.name = "caller",
	.text_zh = "来电识别",
	.text_en = "Identify caller",
	.fields = no_fields,
	.ports = caller_ports,
	.waits = false,
	.enter = caller_enter,
	.resume = leave_by_result,
};

/* --- queue --- */

static int queue_enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	struct call *call = call_of(s);
	const struct plan_queue *plan = plan_queue_by_key(call->x->plan, ivr_text(s, n, "queue"));
	struct queue *queue = plan ? exchange_queue(call->x, plan->id) : NULL;

	(void)state;
	if (!queue)
		return ENOENT;
	call->queue_from_node = true;
	call->priority = lookup_priority(call) + (int)ivr_int(n, "priority", 0);
	call->hops = 0;
	return waiting_enter(call, queue);
}

static const struct ivr_field queue_fields[] = {
	{ .name = "queue",
		.kind = IVR_REFERENCE,
		.required = true,
		.reference = "queue",
		.text_zh = "队列",
		.text_en = "Queue" },
	{ .name = "priority",
		.kind = IVR_INT,
		.min = -100,
		.max = 100,
		.text_zh = "优先级，大者先接",
		.text_en = "Priority, higher first" },
	{ 0 },
};
static const char *const queue_ports[] = { "timeout", "full>timeout", "empty>timeout",
	"closed>timeout", NULL };
static const struct ivr_node_type queue_node = {
	.name = "queue",
	.text_zh = "排队",
	.text_en = "Queue",
	.fields = queue_fields,
	.ports = queue_ports,
	.waits = true,
	.enter = queue_enter,
	.resume = leave_by_result,
};

/* --- transfer: to a person or an outside number --- */

static int transfer_enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	struct call *call = call_of(s);
	const char *kind = ivr_text(s, n, "kind"), *target = ivr_text(s, n, "target");

	(void)state;
	transfer_from_flow(call, kind ? kind : "extension", target ? target : "");
	return 0;
}

static const char *const transfer_kinds[] = { "extension", "number", NULL };
static const struct ivr_field transfer_fields[] = {
	{ .name = "kind",
		.kind = IVR_ENUM,
		.values = transfer_kinds,
		.text_zh = "转接到：分机或外线",
		.text_en = "To an extension or an outside number" },
	{ .name = "target",
		.kind = IVR_VALUE,
		.required = true,
		.text_zh = "号码",
		.text_en = "Number" },
	{ 0 },
};
static const char *const transfer_ports[] = { "busy>noanswer", "noanswer", "fail>noanswer", NULL };
static const struct ivr_node_type transfer_node = {
	.name = "transfer",
	.text_zh = "转接",
	.text_en = "Transfer",
	.fields = transfer_fields,
	.ports = transfer_ports,
	.waits = true,
	.enter = transfer_enter,
	.resume = leave_by_result,
};

/* --- voicemail --- */

static int voicemail_enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	(void)state;
	return ivr_play(s, n, "greeting", false);
}

static int voicemail_resume(
	struct ivr_session *s, const struct ivr_node *n, void *state, const struct ivr_input *in)
{
	struct voicemail_options options = { .from_node = true };

	(void)state;
	if (in->kind == IVR_IN_RESULT)
		return ivr_leave(s, in->port);
	if (in->kind != IVR_IN_PLAYED)
		return 0;
	options.greeting_played = true;
	options.max_ms = ivr_int(n, "max_s", 180) * 1000;
	options.min_ms = ivr_int(n, "min_s", 2) * 1000;
	voicemail_begin(call_of(s), &options);
	return 0;
}

static const struct ivr_field voicemail_fields[] = {
	{ .name = "greeting",
		.kind = IVR_PROMPT,
		.required = true,
		.text_zh = "问候语",
		.text_en = "Greeting" },
	{ .name = "max_s",
		.kind = IVR_INT,
		.min = 5,
		.max = 180,
		.text_zh = "最长秒数",
		.text_en = "Longest message in seconds" },
	{ .name = "min_s",
		.kind = IVR_INT,
		.min = 0,
		.max = 30,
		.text_zh = "最短秒数",
		.text_en = "Shortest message in seconds" },
	{ 0 },
};
static const char *const voicemail_ports[] = { "ok", "short>ok", NULL };
static const struct ivr_node_type voicemail_node = {
	.name = "voicemail",
	.text_zh = "留言",
	.text_en = "Voicemail",
	.fields = voicemail_fields,
	.ports = voicemail_ports,
	.waits = true,
	.enter = voicemail_enter,
	.resume = voicemail_resume,
};

const struct ivr_node_type *const exchange_nodes[] = { &caller_node, &queue_node, &transfer_node,
	&voicemail_node, NULL };
