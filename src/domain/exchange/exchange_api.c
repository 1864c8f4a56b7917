/* HTTP routes of the exchange: each hands its question to the switch loop and is answered from there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_api.h"
#include "exchange/guest.h"

struct operation;
typedef int(operation_h)(struct operation *op);

/* A request on the switch loop. Arguments are copies: the request may be given up while it waits. */
struct operation {
	struct exchange *x;
	struct web_request *req;
	operation_h *fn;
	int64_t user_id, id, number;
	bool masked, flag, may_transfer;
	const struct actor *actor; /* a reference of its own */
	char text[128], text2[600];
};

static int refuse(struct operation *op, int err)
{
	switch (err) {
	case 0:
		return 0;
	case EPERM:
		return web_problem(
			op->req, 409, "not_possible_now", NULL, "not possible in this state");
	case ENOTCONN:
		return web_problem(
			op->req, 409, "phone_not_registered", NULL, "no phone is registered");
	case EBUSY:
		return web_problem(op->req, 409, "target_busy", "target", "busy or not available");
	case EINVAL:
		return web_problem(op->req, 422, "bad_value", NULL, "value not understood");
	case EHOSTUNREACH:
		return web_problem(op->req, 409, "no_trunk", NULL, "no trunk can take this call");
	case EACCES:
		return web_problem(op->req, 403, "number_not_allowed", "number",
			"this number may not be called");
	default:
		return web_not_found(op->req);
	}
}

static void run(void *arg)
{
	struct operation *op = arg;

	web_finish(op->req, op->fn(op));
	actor_release((struct actor *)op->actor);
	free(op);
}

static struct operation *operation(struct web_request *req, operation_h *fn)
{
	struct operation *op = exchange_get() ? calloc(1, sizeof(*op)) : NULL;

	if (!op)
		return NULL;
	op->x = exchange_get();
	op->req = req;
	op->fn = fn;
	op->actor = actor_hold((struct actor *)web_actor(req));
	op->user_id = op->actor->user_id;
	op->masked = op->actor->masks_numbers;
	return op;
}

static int dispatch(struct operation *op)
{
	struct web_request *req = op->req;
	int err = web_defer(req);

	if (loop_post(op->x->loop, run, op)) {
		actor_release((struct actor *)op->actor);
		free(op);
		return ENOMEM;
	}
	return err;
}

static int unavailable(struct web_request *req)
{
	return web_problem(
		req, 503, "exchange_down", NULL, "the telephone exchange is not running");
}

/* --- agent --- */

static int reply_agent(struct operation *op, struct agent *a)
{
	struct agent_view v;

	view_agent(&v, a, web_arena(op->req), op->masked);
	return web_reply(op->req, 200, &v);
}

static int me_now(struct operation *op)
{
	struct agent *a = agent_find(op->x, op->user_id);

	return a ? reply_agent(op, a)
		 : web_problem(op->req, 404, "no_extension", NULL, "this account has no extension");
}

static int get_me(struct web_request *req, struct db *db)
{
	struct operation *op = operation(req, me_now);

	(void)db;
	return op ? dispatch(op) : unavailable(req);
}

struct state_body {
	int state;
	const char *reason;
};
static const char *const asked_states[] = { "ready", "busy", "rest", "signed_out", NULL };
static const enum agent_event asked_events[] = { AGENT_ASKS_READY, AGENT_ASKS_BUSY, AGENT_ASKS_REST,
	AGENT_ASKS_SIGN_OUT };
static const struct web_field state_fields[] = {
	{ F(struct state_body, state, FIELD_ENUM), .values = asked_states, .required = true },
	{ F(struct state_body, reason, FIELD_TEXT), .max = 60 },
	{ 0 },
};

static int change_state(struct operation *op)
{
	struct agent *a = agent_find(op->x, op->id);
	int err;

	if (!a || (op->id != op->user_id &&
			  !actor_may(op->actor, "agent.supervise", a->department_id, a->user_id)))
		return web_not_found(op->req);
	err = agent_ask(a, asked_events[op->number], op->text[0] ? op->text : NULL);
	return err ? refuse(op, err) : reply_agent(op, a);
}

static int post_state(struct web_request *req, int64_t user_id)
{
	const struct state_body *body = web_body(req);
	struct operation *op = operation(req, change_state);

	if (!op)
		return unavailable(req);
	op->id = user_id;
	op->number = body->state;
	snprintf(op->text, sizeof(op->text), "%s", body->reason ? body->reason : "");
	return dispatch(op);
}

static int post_my_state(struct web_request *req, struct db *db)
{
	(void)db;
	return post_state(req, web_actor(req)->user_id);
}

static int post_agent_state(struct web_request *req, struct db *db)
{
	(void)db;
	return post_state(req, web_path_id(req, "id"));
}

struct wrapup_body {
	const char *disposition, *note;
	bool done;
	int64_t extend_s;
};
static const struct web_field wrapup_body_fields[] = {
	{ F(struct wrapup_body, disposition, FIELD_TEXT), .max = 60 },
	{ F(struct wrapup_body, note, FIELD_TEXT), .max = 500, .multiline = true },
	{ F(struct wrapup_body, done, FIELD_BOOL) },
	{ F(struct wrapup_body, extend_s, FIELD_INT), .min = 0, .max = 900 },
	{ 0 },
};

static int do_wrapup(struct operation *op)
{
	struct agent *a = agent_find(op->x, op->user_id);
	int err;

	if (!a)
		return web_not_found(op->req);
	err = agent_wrapup(a, op->text[0] ? op->text : NULL, op->text2[0] ? op->text2 : NULL,
		op->flag, op->number * 1000);
	if (err == EINVAL)
		return web_problem(op->req, 422, "disposition_required", "disposition",
			"choose a disposition first");
	return err ? refuse(op, err) : reply_agent(op, a);
}

static int post_wrapup(struct web_request *req, struct db *db)
{
	const struct wrapup_body *body = web_body(req);
	struct operation *op = operation(req, do_wrapup);

	(void)db;
	if (!op)
		return unavailable(req);
	snprintf(op->text, sizeof(op->text), "%s", body->disposition ? body->disposition : "");
	snprintf(op->text2, sizeof(op->text2), "%s", body->note ? body->note : "");
	op->flag = body->done;
	op->number = body->extend_s;
	return dispatch(op);
}

static int do_reattach(struct operation *op)
{
	struct agent *a = agent_find(op->x, op->user_id);

	if (!a || !a->call || !a->call->lost || !a->call->talker.voice)
		return web_problem(
			op->req, 404, "no_lost_call", NULL, "no call waits for this browser");
	if (a->browser)
		voice_leg_reattach(
			a->call->talker.voice); /* EALREADY: the registration was quicker */
	return web_reply_empty(op->req);
}

static int post_reattach(struct web_request *req, struct db *db)
{
	struct operation *op = operation(req, do_reattach);

	(void)db;
	return op ? dispatch(op) : unavailable(req);
}

/* --- calls --- */

static int reply_call(struct operation *op, struct call *call, struct agent *a)
{
	struct call_view v;

	view_call(&v, call, a, web_arena(op->req), op->masked);
	return web_reply(op->req, 200, &v);
}

static int my_calls(struct operation *op)
{
	struct agent *a = agent_find(op->x, op->user_id);
	const struct call *call = !a ? NULL : a->call ? a->call : a->offer ? a->offer->call : NULL;
	struct call_view v;

	web_list_begin(op->req);
	if (call) {
		view_call(&v, call, a, web_arena(op->req), op->masked);
		web_list_item(op->req, &v);
	}
	return web_list_end(op->req, NULL);
}

static int get_my_calls(struct web_request *req, struct db *db)
{
	struct operation *op = operation(req, my_calls);

	(void)db;
	return op ? dispatch(op) : unavailable(req);
}

struct dial_body {
	const char *number;
	int64_t customer_id;
};
static const struct web_field dial_fields[] = {
	{ F(struct dial_body, number, FIELD_TEXT), .required = true, .max = 40 },
	{ F(struct dial_body, customer_id, FIELD_ID) },
	{ 0 },
};

static int do_dial(struct operation *op)
{
	struct agent *a = agent_find(op->x, op->user_id);
	struct call *call;
	int err;

	if (!a)
		return refuse(op, ENOTCONN);
	err = dial_own_call(a, op->text, op->id, &call);
	if (err)
		return refuse(op, err == EPERM ? EACCES : err == EBUSY ? EPERM : err);
	return reply_call(op, call, a);
}

static int post_call(struct web_request *req, struct db *db)
{
	const struct dial_body *body = web_body(req);
	struct operation *op = operation(req, do_dial);

	(void)db;
	if (!op)
		return unavailable(req);
	snprintf(op->text, sizeof(op->text), "%s", body->number);
	op->id = body->customer_id;
	return dispatch(op);
}

/* Only the agent who talks in a call steers it. */
static struct call *own_call(struct operation *op, struct agent **agent)
{
	struct call *call = exchange_call(op->x, op->id);

	*agent = agent_find(op->x, op->user_id);
	return call && *agent && call->agent == *agent ? call : NULL;
}

static int do_control(struct operation *op)
{
	struct agent *a;
	struct call *call = own_call(op, &a);
	int err = 0;

	if (!call)
		return web_not_found(op->req);
	switch (op->number) {
	case 'h':
		err = talk_hold(call, op->flag);
		break;
	case 'm':
		err = talk_mute(call, op->flag);
		break;
	case 'k':
		err = talk_keypad(call, op->text);
		break;
	case 't':
		err = transfer_blind(call, op->text2, op->text);
		if (!err)
			return web_reply_empty(op->req);
		break;
	default:
		call_end(call, "agent", 0);
		return web_reply_empty(op->req);
	}
	return err ? refuse(op, err) : reply_call(op, call, a);
}

static int control(struct web_request *req, int what, bool on)
{
	struct operation *op = operation(req, do_control);

	if (!op)
		return unavailable(req);
	op->id = web_path_id(req, "id");
	op->number = what;
	op->flag = on;
	return dispatch(op);
}

static int post_hold(struct web_request *req, struct db *db)
{
	(void)db;
	return control(req, 'h', true);
}

static int post_unhold(struct web_request *req, struct db *db)
{
	(void)db;
	return control(req, 'h', false);
}

static int post_mute(struct web_request *req, struct db *db)
{
	(void)db;
	return control(req, 'm', true);
}

static int post_unmute(struct web_request *req, struct db *db)
{
	(void)db;
	return control(req, 'm', false);
}

static int post_hangup(struct web_request *req, struct db *db)
{
	(void)db;
	return control(req, 'e', false);
}

struct keypad_body {
	const char *digits;
};
static const struct web_field keypad_fields[] = {
	{ F(struct keypad_body, digits, FIELD_TEXT), .required = true, .max = 32 }, { 0 }
};

static int post_keypad(struct web_request *req, struct db *db)
{
	const struct keypad_body *body = web_body(req);
	struct operation *op = operation(req, do_control);

	(void)db;
	if (!op)
		return unavailable(req);
	op->id = web_path_id(req, "id");
	op->number = 'k';
	snprintf(op->text, sizeof(op->text), "%s", body->digits);
	return dispatch(op);
}

struct transfer_body {
	int kind;
	const char *target;
};
static const char *const transfer_kinds[] = { "queue", "agent", "ivr", "number", NULL };
static const struct web_field transfer_fields[] = {
	{ F(struct transfer_body, kind, FIELD_ENUM), .values = transfer_kinds, .required = true },
	{ F(struct transfer_body, target, FIELD_TEXT), .max = 100,
		.text = "id or key of a queue or flow, user id or extension, number" },
	{ 0 },
};

static int post_transfer(struct web_request *req, struct db *db)
{
	const struct transfer_body *body = web_body(req);
	struct operation *op = operation(req, do_control);

	(void)db;
	if (!op)
		return unavailable(req);
	op->id = web_path_id(req, "id");
	op->number = 't';
	snprintf(op->text2, sizeof(op->text2), "%s", transfer_kinds[body->kind]);
	snprintf(op->text, sizeof(op->text), "%s", body->target ? body->target : "");
	return dispatch(op);
}

static int do_reject(struct operation *op)
{
	struct agent *a = agent_find(op->x, op->user_id);

	if (!a || !a->offer || a->offer->call->id != op->id)
		return web_not_found(op->req);
	offer_end(a->offer, OFFER_REFUSED);
	return web_reply_empty(op->req);
}

static int post_reject(struct web_request *req, struct db *db)
{
	struct operation *op = operation(req, do_reject);

	(void)db;
	if (!op)
		return unavailable(req);
	op->id = web_path_id(req, "id");
	return dispatch(op);
}

/* --- live view --- */

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
	struct operation *op = operation(req, explain);

	(void)db;
	if (!op)
		return unavailable(req);
	op->id = web_path_id(req, "id");
	op->number = web_param_int(req, "call", 0);
	return dispatch(op);
}

#define LISTING(name, fn)                                                                          \
	static int name(struct web_request *req, struct db *db)                                    \
	{                                                                                          \
		struct operation *op = operation(req, fn);                                         \
                                                                                                   \
		(void)db;                                                                          \
		return op ? dispatch(op) : unavailable(req);                                       \
	}
LISTING(get_live_agents, live_agents)
LISTING(get_directory, directory)
LISTING(get_live_queues, live_queues)
LISTING(get_live_calls, live_calls)
LISTING(get_transfer_queues, transfer_queues)

static const struct web_param explain_params[] = {
	{ .name = "call", .type = FIELD_ID, .text = "interaction id of the waiting call" }, { 0 }
};

#define CONTROL(verb, fn, text)                                                                    \
	{                                                                                          \
		.method = WEB_POST, .path = "/api/v1/calls/{id}/" verb,                            \
		.permission = "agent.work", .reply = call_fields, .handler = (fn), .no_db = true,  \
		.summary = (text)                                                                  \
	}

const struct web_route exchange_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/agent/me",
		.permission = "agent.work",
		.reply = agent_fields,
		.handler = get_me,
		.no_db = true,
		.summary = "My state as an agent" },
	{ .method = WEB_POST,
		.path = "/api/v1/agent/me/state",
		.permission = "agent.work",
		.body = state_fields,
		.body_size = sizeof(struct state_body),
		.reply = agent_fields,
		.handler = post_my_state,
		.no_db = true,
		.summary = "Go ready, busy, rest or sign out; during a call: afterwards" },
	{ .method = WEB_POST,
		.path = "/api/v1/agent/me/wrapup",
		.permission = "agent.work",
		.body = wrapup_body_fields,
		.body_size = sizeof(struct wrapup_body),
		.reply = agent_fields,
		.handler = post_wrapup,
		.no_db = true,
		.summary = "After-call work: disposition, note, more time, done" },
	{ .method = WEB_POST,
		.path = "/api/v1/agent/me/reattach",
		.permission = "agent.work",
		.handler = post_reattach,
		.no_db = true,
		.summary = "Ask for my call back after the page was reloaded" },
	{ .method = WEB_GET,
		.path = "/api/v1/agents",
		.permission = "agent.work",
		.list = true,
		.reply = directory_fields,
		.handler = get_directory,
		.no_db = true,
		.summary = "Directory of extensions with live states" },
	{ .method = WEB_POST,
		.path = "/api/v1/agents/{id}/state",
		.permission = "agent.supervise",
		.body = state_fields,
		.body_size = sizeof(struct state_body),
		.reply = agent_fields,
		.handler = post_agent_state,
		.no_db = true,
		.summary = "Force an agent's state" },
	{ .method = WEB_GET,
		.path = "/api/v1/calls/mine",
		.permission = "agent.work",
		.list = true,
		.reply = call_fields,
		.handler = get_my_calls,
		.no_db = true,
		.summary = "My call, ringing or running" },
	{ .method = WEB_POST,
		.path = "/api/v1/calls",
		.permission = "call.dial",
		.body = dial_fields,
		.body_size = sizeof(struct dial_body),
		.reply = call_fields,
		.handler = post_call,
		.no_db = true,
		.summary = "Call a number: my phone rings first" },
	CONTROL("hold", post_hold, "Hold with music"),
	CONTROL("unhold", post_unhold, "Take the caller back from hold"),
	CONTROL("mute", post_mute, "Mute my side"),
	CONTROL("unmute", post_unmute, "Unmute my side"),
	CONTROL("hangup", post_hangup, "End the call"),
	CONTROL("reject", post_reject, "Refuse the offered call"),
	{ .method = WEB_POST,
		.path = "/api/v1/calls/{id}/keypad",
		.permission = "agent.work",
		.body = keypad_fields,
		.body_size = sizeof(struct keypad_body),
		.reply = call_fields,
		.handler = post_keypad,
		.no_db = true,
		.summary = "Send keys to the other side" },
	{ .method = WEB_POST,
		.path = "/api/v1/calls/{id}/transfer",
		.permission = "call.transfer",
		.body = transfer_fields,
		.body_size = sizeof(struct transfer_body),
		.handler = post_transfer,
		.no_db = true,
		.summary = "Blind transfer to a queue, a person, a flow or a number" },
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
	GUEST_ROUTE,
	{ 0 },
};
