/* HTTP routes of the live view: agents, queues, calls, the directory, who would get a call. */
#include "clock/clock.h"
#include "exchange/operation.h"

struct listing {
	struct operation *op;
};

static void list_agent(void *value, void *arg)
{
	struct listing *l = arg;
	struct agent *a = value;
	struct agent_view v;

	if (!a->plan || !a->plan->is_agent ||
		!actor_may(l->op->actor, "queue.live", a->department_id, a->user_id))
		return;
	view_agent(&v, a, web_arena(l->op->req), true);
	web_list_item(l->op->req, &v);
}

static int live_agents(struct operation *op)
{
	struct listing l = { op };

	web_list_begin(op->req);
	hash_each(op->x->agents, list_agent, &l);
	return web_list_end(op->req, NULL);
}

/* The directory for transfers: everybody with an extension, without what he is doing in detail. */
struct directory_view {
	int64_t user_id, department_id, since;
	const char *name, *extension, *state;
};
static const struct web_field directory_fields[] = {
	{ F(struct directory_view, user_id, FIELD_ID) },
	{ F(struct directory_view, name, FIELD_TEXT) },
	{ F(struct directory_view, department_id, FIELD_ID) },
	{ F(struct directory_view, extension, FIELD_TEXT) },
	{ F(struct directory_view, state, FIELD_TEXT) },
	{ F(struct directory_view, since, FIELD_TIME) },
	{ 0 },
};

static void list_directory(void *value, void *arg)
{
	struct listing *l = arg;
	struct agent *a = value;
	struct directory_view v = { .user_id = a->user_id,
		.department_id = a->department_id,
		.since = a->since,
		.name = a->name,
		.extension = a->extension,
		.state = agent_state_names[a->state] };

	if (a->plan)
		web_list_item(l->op->req, &v);
}

static int directory(struct operation *op)
{
	struct listing l = { op };

	web_list_begin(op->req);
	hash_each(op->x->agents, list_directory, &l);
	return web_list_end(op->req, NULL);
}

static void list_queue(void *value, void *arg)
{
	struct listing *l = arg;
	struct queue *q = value;
	struct queue_view v;

	if (!q->plan || !actor_may(l->op->actor, "queue.live", q->plan->department_id, 0))
		return;
	view_queue(&v, q);
	web_list_item(l->op->req, &v);
}

static int live_queues(struct operation *op)
{
	struct listing l = { op };

	web_list_begin(op->req);
	hash_each(op->x->queues, list_queue, &l);
	return web_list_end(op->req, NULL);
}

static int live_calls(struct operation *op)
{
	struct live_call_view v;

	web_list_begin(op->req);
	list_for_each(pos, &op->x->call_list)
	{
		const struct call *call = list_entry(pos, struct call, in_exchange);

		if (!actor_may(op->actor, "queue.live", call->department_id,
			    call->agent ? call->agent->user_id : 0))
			continue;
		view_live_call(&v, call, web_arena(op->req), true);
		web_list_item(op->req, &v);
	}
	return web_list_end(op->req, NULL);
}

/* Transfer targets: every queue with what a caller must expect there. */
struct target_view {
	int64_t id, waiting, ready;
	const char *key, *name, *name_en;
};
static const struct web_field target_fields[] = {
	{ F(struct target_view, id, FIELD_ID) },
	{ F(struct target_view, key, FIELD_TEXT) },
	{ F(struct target_view, name, FIELD_TEXT) },
	{ F(struct target_view, name_en, FIELD_TEXT) },
	{ F(struct target_view, waiting, FIELD_INT) },
	{ F(struct target_view, ready, FIELD_INT) },
	{ 0 },
};

static void list_target(void *value, void *arg)
{
	struct listing *l = arg;
	struct queue *q = value;
	struct target_view v;
	size_t present = 0, ready = 0;

	if (!q->plan)
		return;
	acd_staff(q->x->acd, q->id, &present, &ready);
	v = (struct target_view){ .id = q->id,
		.waiting = (int64_t)q->waiting,
		.ready = (int64_t)ready,
		.key = q->plan->key,
		.name = q->plan->name,
		.name_en = q->plan->name_en };
	web_list_item(l->op->req, &v);
}

static int transfer_queues(struct operation *op)
{
	struct listing l = { op };

	web_list_begin(op->req);
	hash_each(op->x->queues, list_target, &l);
	return web_list_end(op->req, NULL);
}

struct candidate_view {
	int64_t user_id;
	const char *name, *reason;
};
static const struct web_field candidate_fields[] = {
	{ F(struct candidate_view, user_id, FIELD_ID) },
	{ F(struct candidate_view, name, FIELD_TEXT) },
	{ F(struct candidate_view, reason, FIELD_TEXT) },
	{ 0 },
};

static int explain(struct operation *op)
{
	struct queue *q = exchange_queue(op->x, op->id);
	struct acd_candidate found[100];
	size_t count;

	if (!q || !q->plan || !actor_may(op->actor, "queue.live", q->plan->department_id, 0))
		return web_not_found(op->req);
	count = acd_explain(op->x->acd, op->number, clock_mono(), found, 100);
	web_list_begin(op->req);
	for (size_t i = 0; i < count; i++) {
		const struct agent *a = agent_find(op->x, found[i].agent);
		struct candidate_view v = { found[i].agent, a ? a->name : "", found[i].reason };

		web_list_item(op->req, &v);
	}
	return web_list_end(op->req, NULL);
}

static int get_explain(struct web_request *req, struct db *db)
{
	struct operation *op = operation_create(req, explain);

	(void)db;
	if (!op)
		return operation_unavailable(req);
	op->id = web_path_id(req, "id");
	op->number = web_param_int(req, "call", 0);
	return operation_dispatch(op);
}

static int get_live_agents(struct web_request *req, struct db *db)
{
	(void)db;
	return operation_run(req, live_agents);
}

static int get_directory(struct web_request *req, struct db *db)
{
	(void)db;
	return operation_run(req, directory);
}

static int get_live_queues(struct web_request *req, struct db *db)
{
	(void)db;
	return operation_run(req, live_queues);
}

static int get_live_calls(struct web_request *req, struct db *db)
{
	(void)db;
	return operation_run(req, live_calls);
}

static int get_transfer_queues(struct web_request *req, struct db *db)
{
	(void)db;
	return operation_run(req, transfer_queues);
}

static const struct web_param explain_params[] = {
	{ .name = "call", .type = FIELD_ID, .text = "interaction id of the waiting call" }, { 0 }
};

const struct web_route live_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/agents",
		.permission = "agent.work",
		.list = true,
		.reply = directory_fields,
		.handler = get_directory,
		.no_db = true,
		.summary = "Directory of extensions with live states" },
	{ .method = WEB_GET,
		.path = "/api/v1/transfer-queues",
		.permission = "agent.work",
		.list = true,
		.reply = target_fields,
		.handler = get_transfer_queues,
		.no_db = true,
		.summary = "Queues a call can be transferred to" },
	{ .method = WEB_GET,
		.path = "/api/v1/live/queues",
		.permission = "queue.live",
		.list = true,
		.reply = queue_live_fields,
		.handler = get_live_queues,
		.no_db = true,
		.summary = "Queues as they are now" },
	{ .method = WEB_GET,
		.path = "/api/v1/live/agents",
		.permission = "queue.live",
		.list = true,
		.reply = agent_fields,
		.handler = get_live_agents,
		.no_db = true,
		.summary = "Agents as they are now" },
	{ .method = WEB_GET,
		.path = "/api/v1/live/calls",
		.permission = "queue.live",
		.list = true,
		.reply = live_call_fields,
		.handler = get_live_calls,
		.no_db = true,
		.summary = "Calls in progress" },
	{ .method = WEB_GET,
		.path = "/api/v1/live/queues/{id}/explain",
		.permission = "queue.live",
		.list = true,
		.reply = candidate_fields,
		.params = explain_params,
		.handler = get_explain,
		.no_db = true,
		.summary = "Who would get this call now, and why" },
	{ 0 },
};
