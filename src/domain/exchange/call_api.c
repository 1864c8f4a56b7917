/* HTTP routes of calls: placing, hold, mute, keypad, transfer, hang-up; and the guest's token. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "exchange/guest.h"
#include "exchange/operation.h"

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
	(void)db;
	return operation_run(req, my_calls);
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
		return operation_refuse(op, ENOTCONN);
	err = dial_own_call(a, op->text, op->id, &call);
	if (err)
		return operation_refuse(op, err == EPERM ? EACCES : err == EBUSY ? EPERM : err);
	return reply_call(op, call, a);
}

static int post_call(struct web_request *req, struct db *db)
{
	const struct dial_body *body = web_body(req);
	struct operation *op = operation_create(req, do_dial);

	(void)db;
	if (!op)
		return operation_unavailable(req);
	snprintf(op->text, sizeof(op->text), "%s", body->number);
	op->id = body->customer_id;
	return operation_dispatch(op);
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
	return err ? operation_refuse(op, err) : reply_call(op, call, a);
}

static int control(struct web_request *req, int what, bool on)
{
	struct operation *op = operation_create(req, do_control);

	if (!op)
		return operation_unavailable(req);
	op->id = web_path_id(req, "id");
	op->number = what;
	op->flag = on;
	return operation_dispatch(op);
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
	struct operation *op = operation_create(req, do_control);

	(void)db;
	if (!op)
		return operation_unavailable(req);
	op->id = web_path_id(req, "id");
	op->number = 'k';
	snprintf(op->text, sizeof(op->text), "%s", body->digits);
	return operation_dispatch(op);
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
	struct operation *op = operation_create(req, do_control);

	(void)db;
	if (!op)
		return operation_unavailable(req);
	op->id = web_path_id(req, "id");
	op->number = 't';
	snprintf(op->text2, sizeof(op->text2), "%s", transfer_kinds[body->kind]);
	snprintf(op->text, sizeof(op->text), "%s", body->target ? body->target : "");
	return operation_dispatch(op);
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
	struct operation *op = operation_create(req, do_reject);

	(void)db;
	if (!op)
		return operation_unavailable(req);
	op->id = web_path_id(req, "id");
	return operation_dispatch(op);
}

#define CONTROL(verb, fn, text)                                                                    \
	{                                                                                          \
		.method = WEB_POST, .path = "/api/v1/calls/{id}/" verb,                            \
		.permission = "agent.work", .reply = call_fields, .handler = (fn), .no_db = true,  \
		.summary = (text)                                                                  \
	}

const struct web_route exchange_routes[] = {
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
	GUEST_ROUTE,
	{ 0 },
};
