/* Tickets over HTTP: open, read, change, link. */
#include <errno.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "ticket/ticket_internal.h"

struct ticket_body {
	const char *type, *subject, *text, *priority, *channel, *state, *reason;
	int64_t department_id, assignee_id, customer_id, interaction_id, due;
	bool has_type, has_subject, has_text, has_priority, has_state, has_department, has_assignee,
		has_customer, has_due;
};
#define P(member) .present = offsetof(struct ticket_body, member)
#define COMMON                                                                                     \
	{ F(struct ticket_body, text, FIELD_TEXT), .max = LONGEST_TEXT, .multiline = true,         \
		P(has_text) },                                                                     \
		{ F(struct ticket_body, priority, FIELD_TEXT), .max = 40, P(has_priority) },       \
		{ F(struct ticket_body, department_id, FIELD_ID), P(has_department) },             \
		{ F(struct ticket_body, assignee_id, FIELD_ID), P(has_assignee) },                 \
		{ F(struct ticket_body, customer_id, FIELD_ID), P(has_customer) },                 \
	{                                                                                          \
		F(struct ticket_body, due, FIELD_TIME), P(has_due)                                 \
	}
static const struct web_field new_fields[] = { { F(struct ticket_body, type, FIELD_TEXT),
						       .required = true, .max = 40, P(has_type) },
	{ F(struct ticket_body, subject, FIELD_TEXT), .required = true, .max = LONGEST_SUBJECT,
		P(has_subject) },
	COMMON,
	{ F(struct ticket_body, interaction_id, FIELD_ID), .text = "The contact it comes from" },
	{ F(struct ticket_body, channel, FIELD_TEXT), .max = 40 }, { 0 } };
static const struct web_field patch_fields[] = { { F(struct ticket_body, type, FIELD_TEXT),
							 .max = 40, P(has_type) },
	{ F(struct ticket_body, subject, FIELD_TEXT), .max = LONGEST_SUBJECT, P(has_subject) },
	COMMON, { F(struct ticket_body, state, FIELD_TEXT), .max = 40, P(has_state) },
	{ F(struct ticket_body, reason, FIELD_TEXT), .max = 1000, .multiline = true,
		.text = "Why; stands in timeline and audit" },
	{ 0 } };
#undef P
#undef COMMON

/* Others' work is handed out by those who may assign; one's own is taken. */
static int check_assign(struct web_request *req, const struct ticket *t, const struct ticket *old)
{
	const struct actor *actor = web_actor(req);
	bool to_other = t->assignee_id && t->assignee_id != actor->user_id &&
			(!old || old->assignee_id != t->assignee_id);
	bool taken_away = old && old->assignee_id && old->assignee_id != actor->user_id &&
			  old->assignee_id != t->assignee_id;
	bool moved = old && old->department_id != t->department_id;
	int64_t department_id = old ? old->department_id : t->department_id,
		owner = old ? old->assignee_id : 0;

	if (!to_other && !taken_away && !moved)
		return 0;
	if (actor_may(actor, "ticket.assign", department_id, owner))
		return 0;
	return web_problem(req, 403, "assign_not_allowed", moved ? "department_id" : "assignee_id",
		"you may not hand tickets to others");
}

static int post(struct web_request *req, struct db *db)
{
	const struct ticket_body *body = web_body(req);
	const struct actor *actor = web_actor(req);
	struct ticket t = { .type = body->type,
		.subject = body->subject,
		.priority = body->priority ? body->priority : "normal",
		.channel = body->channel,
		.department_id = body->department_id ? body->department_id : actor->department_id,
		.assignee_id = body->assignee_id,
		.customer_id = body->customer_id };
	struct ticket opened;
	struct ticket_draft draft;
	int err = ticket_check_codes(req, db, &t, NULL);

	if (!err)
		err = ticket_check_people(req, db, &t, NULL);
	if (!err)
		err = check_assign(req, &t, NULL);
	if (!err && body->interaction_id)
		err = ticket_check_interaction(req, db, body->interaction_id);
	if (err)
		return err;
	draft = (struct ticket_draft){ t.type, t.subject, body->text, t.priority, t.channel,
		t.department_id, t.assignee_id, t.customer_id, body->interaction_id, body->due,
		web_source_address(req) };
	err = ticket_open(db, web_arena(req), actor, &draft, &opened);
	if (err)
		return err;
	opened.customer_name = t.customer_name;
	ticket_complete(&opened, web_arena(req));
	return web_reply_with(req, 201, ticket_fields, &opened, opened.version);
}

static int get(struct web_request *req, struct db *db)
{
	struct ticket ticket;
	int err = ticket_find(req, db, "ticket.read", &ticket);

	return err ? err : web_reply_with(req, 200, ticket_fields, &ticket, ticket.version);
}

/* --- change --- */

static bool differs(const char *a, const char *b)
{
	return a != b && (!a || !b || strcmp(a, b));
}

/* State, assignment and the rest stand as entries of their own, so that a reader sees what matters. */
static int note_state(struct web_request *req, struct db *db, const struct ticket *old,
	const struct ticket *now, const char *reason)
{
	const char *data;

	if (!differs(old->state, now->state))
		return 0;
	data = arena_printf(
		web_arena(req), "{\"from\":\"%s\",\"to\":\"%s\"}", old->state, now->state);
	if (!data)
		return ENOMEM;
	return ticket_add_entry(db, web_actor(req), now,
		&(struct ticket_entry){ .kind = "state", .text = reason, .data = data }, NULL);
}

static const struct web_field assign_fields[] = { { F(struct ticket, department_id, FIELD_ID) },
	{ F(struct ticket, department_name, FIELD_TEXT) },
	{ F(struct ticket, assignee_id, FIELD_ID) },
	{ F(struct ticket, assignee_name, FIELD_TEXT) }, { 0 } };
static const struct web_field content_fields[] = { { F(struct ticket, type, FIELD_TEXT) },
	{ F(struct ticket, subject, FIELD_TEXT) }, { F(struct ticket, text, FIELD_TEXT) },
	{ F(struct ticket, priority, FIELD_TEXT) }, { F(struct ticket, customer_id, FIELD_ID) },
	{ F(struct ticket, customer_name, FIELD_TEXT) }, { F(struct ticket, due, FIELD_TIME) },
	{ 0 } };

static int note_fields(struct web_request *req, struct db *db, const struct web_field *fields,
	const char *kind, const struct ticket *old, const struct ticket *now, const char *reason)
{
	const char *changes, *data;
	int err = record_diff(fields, old, now, web_arena(req), &changes);

	if (err || !changes)
		return err;
	data = arena_printf(web_arena(req), "{\"changes\":%s}", changes);
	if (!data)
		return ENOMEM;
	return ticket_add_entry(db, web_actor(req), now,
		&(struct ticket_entry){ .kind = kind, .text = reason, .data = data }, NULL);
}

static int store_change(struct web_request *req, struct db *db, const struct ticket *old,
	struct ticket *now, const char *changes, const char *reason)
{
	int64_t changed = 0;
	bool open = true;
	int err = ticket_state_is_open(db, web_arena(req), now->state, &open);

	if (err)
		return err == ENOENT
			       ? web_problem(req, 422, "unknown_value", "state", "no such state")
			       : err;
	now->updated = clock_now();
	now->closed = open ? 0 : now->closed ? now->closed : now->updated;
	err = db_exec(db, TST(TICKET_CHANGE), &changed, now->id, now->type, now->subject, now->text,
		now->priority, now->department_id, now->assignee_id, now->customer_id, now->state,
		(int64_t)open, now->due, now->updated, now->closed, old->version);
	if (!err && !changed)
		return EAGAIN;
	now->version = old->version + 1;
	if (!err)
		err = note_fields(req, db, content_fields, "change", old, now, reason);
	if (!err)
		err = note_fields(req, db, assign_fields, "assign", old, now, reason);
	if (!err)
		err = note_state(req, db, old, now, reason);
	if (!err)
		err = audit_add(db, web_actor(req),
			&(struct audit_entry){ .action = "change",
				.entity = "ticket",
				.id = now->id,
				.changes = changes,
				.reason = reason,
				.source = web_source_address(req) });
	return err ? err : ticket_tell(db, "ticket.changed", now);
}

static int patch(struct web_request *req, struct db *db)
{
	const struct ticket_body *body = web_body(req);
	struct ticket old, now;
	const char *changes;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = ticket_find(req, db, "ticket.write", &old);
	if (err)
		return err;
	if (old.version != version)
		return web_stale(req, ticket_fields, &old, old.version);
	now = old;
	record_merge(ticket_fields, &now, patch_fields, body);
	err = ticket_check_codes(req, db, &now, &old);
	if (!err)
		err = ticket_check_people(req, db, &now, &old);
	if (!err)
		err = check_assign(req, &now, &old);
	if (!err)
		err = ticket_check_transition(req, db, &old, &now);
	if (!err)
		err = record_diff(ticket_fields, &old, &now, web_arena(req), &changes);
	if (!err && changes)
		err = store_change(req, db, &old, &now, changes, body->reason);
	return err ? err : web_reply_with(req, 200, ticket_fields, &now, now.version);
}

struct link_body {
	int64_t interaction_id;
};
static const struct web_field link_fields[] = {
	{ F(struct link_body, interaction_id, FIELD_ID), .required = true }, { 0 }
};

static int post_link(struct web_request *req, struct db *db)
{
	const struct link_body *body = web_body(req);
	struct ticket ticket;
	int err = ticket_find(req, db, "ticket.write", &ticket);

	if (!err)
		err = ticket_check_interaction(req, db, body->interaction_id);
	if (!err)
		err = ticket_link(db, web_actor(req), &ticket, body->interaction_id);
	if (!err)
		err = ticket_tell(db, "ticket.entry", &ticket);
	return err ? err : web_reply_empty(req);
}

/* --- the table of transitions, for the buttons --- */

struct transition {
	int64_t id;
	const char *type, *from, *event, *to;
};
static const struct web_field transition_fields[] = { { F(struct transition, id, FIELD_ID) },
	{ F(struct transition, type, FIELD_TEXT),
		.text = "Empty: every type that has no rows of its own" },
	{ F(struct transition, from, FIELD_TEXT) }, { F(struct transition, event, FIELD_TEXT) },
	{ F(struct transition, to, FIELD_TEXT) }, { 0 } };

static int list_transitions(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = transition_fields,
		.columns = 5,
		.size = sizeof(struct transition) };
	int err = db_each(db, TST(TICKET_TRANSITIONS), record_add, &set);

	return err ? err : record_reply_page(req, &set, set.count);
}

const struct web_route ticket_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/tickets",
		.permission = "ticket.read",
		.reply = ticket_short_fields,
		.list = true,
		.params = (const struct web_param[]){ { "state", FIELD_TEXT, NULL, NULL },
			{ "type", FIELD_TEXT, NULL, NULL }, { "priority", FIELD_TEXT, NULL, NULL },
			{ "department_id", FIELD_ID, NULL, NULL },
			{ "assignee_id", FIELD_ID, NULL, NULL },
			{ "customer_id", FIELD_ID, NULL, NULL },
			{ "mine", FIELD_BOOL, NULL, "assigned to me" },
			{ "open", FIELD_BOOL, NULL, NULL },
			{ "q", FIELD_TEXT, NULL, "beginning of a number, or part of a subject" },
			{ "created_from", FIELD_TIME, NULL, NULL },
			{ "created_to", FIELD_TIME, NULL, NULL }, { 0 } },
		.handler = ticket_list,
		.summary = "Tickets, newest first" },
	{ .method = WEB_POST,
		.path = "/api/v1/tickets",
		.permission = "ticket.create",
		.body = new_fields,
		.body_size = sizeof(struct ticket_body),
		.reply = ticket_fields,
		.handler = post,
		.idempotent = true,
		.summary = "Open a ticket" },
	{ .method = WEB_GET,
		.path = "/api/v1/tickets/{id}",
		.permission = "ticket.read",
		.reply = ticket_fields,
		.handler = get,
		.summary = "One ticket" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/tickets/{id}",
		.permission = "ticket.write",
		.body = patch_fields,
		.body_size = sizeof(struct ticket_body),
		.reply = ticket_fields,
		.handler = patch,
		.summary = "Change a ticket" },
	{ .method = WEB_GET,
		.path = "/api/v1/tickets/{id}/timeline",
		.permission = "ticket.read",
		.reply = ticket_entry_fields,
		.list = true,
		.handler = ticket_timeline,
		.summary = "What happened, oldest first" },
	{ .method = WEB_POST,
		.path = "/api/v1/tickets/{id}/entries",
		.permission = "ticket.write",
		.body = ticket_entry_body_fields,
		.body_size = sizeof(struct ticket_entry_body),
		.reply = ticket_entry_fields,
		.handler = ticket_post_entry,
		.idempotent = true,
		.summary = "Write on a ticket, for colleagues or for the customer" },
	{ .method = WEB_POST,
		.path = "/api/v1/tickets/{id}/link",
		.permission = "ticket.write",
		.body = link_fields,
		.body_size = sizeof(struct link_body),
		.handler = post_link,
		.summary = "Link a contact to a ticket" },
	{ .method = WEB_GET,
		.path = "/api/v1/ticket-transitions",
		.permission = "ticket.read",
		.reply = transition_fields,
		.list = true,
		.handler = list_transitions,
		.summary = "Which state may follow which" },
	{ 0 }
};
