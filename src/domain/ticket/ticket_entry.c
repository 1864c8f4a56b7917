/* The timeline of a ticket: reading it, and writing on it. */
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "identity/identity.h"
#include "ticket/ticket_internal.h"

struct entry_row {
	int64_t id;
	const char *kind;
	int64_t time, user_id, on_behalf_of_id;
	const char *text, *data;
	int64_t interaction_id, recording_id;
	const char *user_name, *on_behalf_of_name;
};
enum { ENTRY_COLUMNS = 9 };
const struct web_field ticket_entry_fields[] = { { F(struct entry_row, id, FIELD_ID) },
	{ F(struct entry_row, kind, FIELD_TEXT), .text = "internal, public, state, change, call, "
							 "recording, opened, assign or system" },
	{ F(struct entry_row, time, FIELD_TIME) },
	{ F(struct entry_row, user_id, FIELD_ID), .text = "Null: the system" },
	{ F(struct entry_row, on_behalf_of_id, FIELD_ID) },
	{ F(struct entry_row, text, FIELD_TEXT) },
	{ F(struct entry_row, data, FIELD_JSON),
		.text = "state: {from, to}; assign and change: {changes: [{field, old, new}]}; "
			"call: the call as it is now" },
	{ F(struct entry_row, interaction_id, FIELD_ID) },
	{ F(struct entry_row, recording_id, FIELD_ID) },
	{ F(struct entry_row, user_name, FIELD_TEXT) },
	{ F(struct entry_row, on_behalf_of_name, FIELD_TEXT) }, { 0 } };

const struct web_field ticket_entry_body_fields[] = {
	{ F(struct ticket_entry_body, kind, FIELD_TEXT), .required = true, .max = 20,
		.text = "internal or public" },
	{ F(struct ticket_entry_body, text, FIELD_TEXT), .required = true, .max = LONGEST_TEXT,
		.multiline = true },
	{ 0 }
};

static ticket_describe_call_h *describe_call;

void ticket_set_call_source(ticket_describe_call_h *describe)
{
	describe_call = describe;
}

static int complete(
	struct db *db, struct entry_row *row, struct record_set *set, const struct actor *viewer)
{
	int err;

	row->user_name = identity_user_name(set->arena, row->user_id);
	row->on_behalf_of_name = identity_user_name(set->arena, row->on_behalf_of_id);
	if (strcmp(row->kind, "call") || !row->interaction_id || !describe_call)
		return 0;
	err = describe_call(db, set->arena, viewer, row->interaction_id, &row->data);
	return err == ENOENT ? 0 : err;
}

int ticket_timeline(struct web_request *req, struct db *db)
{
	size_t limit = (size_t)web_limit(req);
	struct record_set set = { .arena = web_arena(req),
		.fields = ticket_entry_fields,
		.columns = ENTRY_COLUMNS,
		.size = sizeof(struct entry_row),
		.limit = limit + 1 };
	struct ticket ticket;
	int err = ticket_find(req, db, "ticket.read", &ticket);

	if (!err)
		err = db_each(db, TST(TICKET_TIMELINE), record_add, &set, ticket.id,
			record_cursor(req, 0), (int64_t)limit + 1);
	for (size_t i = 0; i < set.count && !err; i++)
		err = complete(db, record_at(&set, i), &set, web_actor(req));
	return err ? err : record_reply_page(req, &set, limit);
}

int ticket_post_entry(struct web_request *req, struct db *db)
{
	const struct ticket_entry_body *body = web_body(req);
	const struct actor *actor = web_actor(req);
	struct entry_row row = { .kind = body->kind,
		.text = body->text,
		.time = clock_now(),
		.user_id = actor->user_id,
		.user_name = actor->name };
	struct ticket ticket;
	int err = ticket_find(req, db, "ticket.write", &ticket);

	if (err)
		return err;
	if (strcmp(body->kind, "internal") && strcmp(body->kind, "public"))
		return web_problem(req, 422, "unknown_value", "kind", "internal or public");
	if (!*body->text)
		return web_problem(req, 422, "field_required", "text", "text must not be empty");
	err = ticket_add_entry(db, actor, &ticket,
		&(struct ticket_entry){ .kind = body->kind, .text = body->text }, &row.id);
	return err ? err : web_reply(req, 201, &row);
}
