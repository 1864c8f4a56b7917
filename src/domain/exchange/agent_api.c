/* HTTP routes of agents: state, after-call work, re-attach. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "exchange/operation.h"

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
	(void)db;
	return operation_run(req, me_now);
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
	return err ? operation_refuse(op, err) : reply_agent(op, a);
}

static int post_state(struct web_request *req, int64_t user_id)
{
	const struct state_body *body = web_body(req);
	struct operation *op = operation_create(req, change_state);

	if (!op)
		return operation_unavailable(req);
	op->id = user_id;
	op->number = body->state;
	snprintf(op->text, sizeof(op->text), "%s", body->reason ? body->reason : "");
	return operation_dispatch(op);
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
	return err ? operation_refuse(op, err) : reply_agent(op, a);
}

static int post_wrapup(struct web_request *req, struct db *db)
{
	const struct wrapup_body *body = web_body(req);
	struct operation *op = operation_create(req, do_wrapup);

	(void)db;
	if (!op)
		return operation_unavailable(req);
	snprintf(op->text, sizeof(op->text), "%s", body->disposition ? body->disposition : "");
	snprintf(op->text2, sizeof(op->text2), "%s", body->note ? body->note : "");
	op->flag = body->done;
	op->number = body->extend_s;
	return operation_dispatch(op);
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
	(void)db;
	return operation_run(req, do_reattach);
}

const struct web_route agent_routes[] = {
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
	{ .method = WEB_POST,
		.path = "/api/v1/agents/{id}/state",
		.permission = "agent.supervise",
		.body = state_fields,
		.body_size = sizeof(struct state_body),
		.reply = agent_fields,
		.handler = post_agent_state,
		.no_db = true,
		.summary = "Force an agent's state" },
	{ 0 },
};
