/* Entry numbers (which number leads into which flow) and live switches (emergency, holiday, closed). */
#include <errno.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "flow/flow_internal.h"
#include "id.h"
#include "queue/queue.h"
#include "record/record.h"

enum { ENTRY_COLUMNS = 5 };

struct entry {
	int64_t id;
	const char *number;
	int64_t flow_id;
	const char *note;
	int64_t version;
};
static const struct web_field entry_fields[] = {
	{ F(struct entry, id, FIELD_ID), .read_only = true },
	{ F(struct entry, number, FIELD_TEXT) },
	{ F(struct entry, flow_id, FIELD_ID) },
	{ F(struct entry, note, FIELD_TEXT) },
	{ F(struct entry, version, FIELD_INT), .read_only = true },
	{ 0 },
};

struct entry_body {
	const char *number, *note;
	int64_t flow_id;
	bool has_number, has_note, has_flow;
};
#define P(member) .present = offsetof(struct entry_body, member)
static const struct web_field entry_new_fields[] = {
	{ F(struct entry_body, number, FIELD_TEXT), .required = true, .min = 1, .max = 30,
		P(has_number) },
	{ F(struct entry_body, flow_id, FIELD_ID), .required = true, P(has_flow) },
	{ F(struct entry_body, note, FIELD_TEXT), .max = 200, P(has_note) },
	{ 0 },
};
static const struct web_field entry_patch_fields[] = {
	{ F(struct entry_body, number, FIELD_TEXT), .min = 1, .max = 30, P(has_number) },
	{ F(struct entry_body, flow_id, FIELD_ID), P(has_flow) },
	{ F(struct entry_body, note, FIELD_TEXT), .max = 200, P(has_note) },
	{ 0 },
};
#undef P

static int list_entries(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = entry_fields,
		.columns = ENTRY_COLUMNS,
		.size = sizeof(struct entry) };
	int err = db_each(db, ST(ENTRY_LIST), record_add, &set);

	return err ? err : record_reply_page(req, &set, set.count);
}

static int flow_known(struct web_request *req, struct db *db, int64_t flow_id)
{
	int64_t n[6];
	const char *text[3];
	int err = db_get(db, web_arena(req), ST(FLOW_GET), flow_id, &n[0], &text[0], &text[1],
		&n[1], &n[2], &n[3], &n[4], &text[2]);

	return err == ENOENT ? web_problem(req, 422, "unknown_flow", "flow_id", "no such flow")
			     : err;
}

static int write_entry(struct web_request *req, struct db *db, int statement, const struct entry *e)
{
	int err;

	if (!e->number || !*e->number || strspn(e->number, "0123456789+*#") != strlen(e->number))
		return web_problem(req, 422, "bad_number", "number", "digits only");
	err = flow_known(req, db, e->flow_id);
	if (!err)
		err = db_exec(db, ST(statement), NULL, e->id, e->number, e->flow_id,
			e->note ? e->note : "");
	if (err == EEXIST)
		return web_problem(
			req, 409, "number_taken", "number", "this number leads to a flow already");
	return err ? err : plan_touch(db);
}

static int post_entry(struct web_request *req, struct db *db)
{
	struct entry e = { .id = id_make(clock_now()), .version = 1 };
	int err;

	record_merge(entry_fields, &e, entry_new_fields, web_body(req));
	err = write_entry(req, db, ENTRY_ADD, &e);
	if (!err)
		err = audit_request(req, db, "create", "entry_number", e.id, NULL);
	return err ? err : web_reply_with(req, 201, entry_fields, &e, 1);
}

static int get_record(struct web_request *req, struct db *db, struct entry *e)
{
	int err = record_get(db, web_arena(req), ST(ENTRY_GET), web_path_id(req, "id"),
		entry_fields, ENTRY_COLUMNS, e, sizeof(*e));

	return err == ENOENT ? web_not_found(req) : err;
}

static int patch_entry(struct web_request *req, struct db *db)
{
	struct entry old, now;
	const char *changes;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = get_record(req, db, &old);
	if (err)
		return err;
	if (old.version != version)
		return web_stale(req, entry_fields, &old, old.version);
	now = old;
	record_merge(entry_fields, &now, entry_patch_fields, web_body(req));
	err = record_diff(entry_fields, &old, &now, web_arena(req), &changes);
	if (!err && changes)
		err = write_entry(req, db, ENTRY_CHANGE, &now);
	if (!err && changes)
		err = audit_request(req, db, "change", "entry_number", now.id, changes);
	now.version += changes != NULL;
	return err ? err : web_reply_with(req, 200, entry_fields, &now, now.version);
}

static int delete_entry(struct web_request *req, struct db *db)
{
	struct entry e;
	int err = get_record(req, db, &e);

	if (!err)
		err = db_exec(db, ST(ENTRY_DELETE), NULL, e.id);
	if (!err)
		err = audit_request(req, db, "delete", "entry_number", e.id, NULL);
	if (!err)
		err = plan_touch(db);
	return err ? err : web_reply_empty(req);
}

/* --- switches --- */

struct live_switch {
	const char *name;
	bool on;
	int64_t until, changed;
};
enum { SWITCH_COLUMNS = 4 };
static const struct web_field switch_fields[] = {
	{ F(struct live_switch, name, FIELD_TEXT) },
	{ F(struct live_switch, on, FIELD_BOOL) },
	{ F(struct live_switch, until, FIELD_TIME) },
	{ F(struct live_switch, changed, FIELD_TIME) },
	{ 0 },
};
struct switch_body {
	bool on;
	int64_t until;
};
static const struct web_field switch_body_fields[] = {
	{ F(struct switch_body, on, FIELD_BOOL), .required = true },
	{ F(struct switch_body, until, FIELD_TIME) },
	{ 0 },
};

static int list_switches(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = switch_fields,
		.columns = SWITCH_COLUMNS,
		.size = sizeof(struct live_switch) };
	int err = db_each(db, ST(SWITCH_LIST), record_add, &set);

	return err ? err : record_reply_page(req, &set, set.count);
}

static int put_switch(struct web_request *req, struct db *db)
{
	const struct switch_body *body = web_body(req);
	struct live_switch s = { .name = web_path_text(req, "name"),
		.on = body->on,
		.until = body->until,
		.changed = clock_now() };
	int err;

	if (strlen(s.name) > 60)
		return web_problem(req, 422, "too_long", "name", "at most 60 characters");
	err = db_exec(db, ST(SWITCH_SET), NULL, s.name, (int64_t)s.on, s.until, s.changed,
		web_actor(req)->user_id);
	if (!err)
		err = audit_request(req, db, s.on ? "switch_on" : "switch_off", "ivr_switch", 0,
			arena_printf(web_arena(req), "[{\"field\":\"%s\",\"old\":null,\"new\":%s}]",
				s.name, s.on ? "true" : "false"));
	if (!err)
		err = plan_touch(db);
	return err ? err : web_reply(req, 200, &s);
}

const struct web_route entry_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/entry-numbers",
		.permission = "ivr.read",
		.reply = entry_fields,
		.list = true,
		.handler = list_entries,
		.summary = "Numbers that lead into flows" },
	{ .method = WEB_POST,
		.path = "/api/v1/entry-numbers",
		.permission = "ivr.publish",
		.body = entry_new_fields,
		.body_size = sizeof(struct entry_body),
		.reply = entry_fields,
		.handler = post_entry,
		.idempotent = true,
		.summary = "New entry number" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/entry-numbers/{id}",
		.permission = "ivr.publish",
		.body = entry_patch_fields,
		.body_size = sizeof(struct entry_body),
		.reply = entry_fields,
		.handler = patch_entry,
		.summary = "Point a number to another flow" },
	{ .method = WEB_DELETE,
		.path = "/api/v1/entry-numbers/{id}",
		.permission = "ivr.publish",
		.handler = delete_entry,
		.summary = "Remove an entry number" },
	{ .method = WEB_GET,
		.path = "/api/v1/ivr-switches",
		.permission = "ivr.read",
		.reply = switch_fields,
		.list = true,
		.handler = list_switches,
		.summary = "Live switches" },
	{ .method = WEB_PUT,
		.path = "/api/v1/ivr-switches/{name:text}",
		.permission = "ivr.publish",
		.body = switch_body_fields,
		.body_size = sizeof(struct switch_body),
		.reply = switch_fields,
		.handler = put_switch,
		.summary = "Turn a live switch on or off, in force for calls in progress too" },
	{ 0 },
};
