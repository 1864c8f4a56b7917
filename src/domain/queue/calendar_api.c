/* Calendars: opening hours with holidays and make-up workdays. */
#include <errno.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "id.h"
#include "queue/queue_internal.h"
#include "record/record.h"

struct calendar {
	int64_t id;
	const char *name, *zone, *weekly, *exceptions;
	int64_t version;
};
enum { CALENDAR_COLUMNS = 6 };
static const struct web_field calendar_fields[] = {
	{ F(struct calendar, id, FIELD_ID), .read_only = true },
	{ F(struct calendar, name, FIELD_TEXT) },
	{ F(struct calendar, zone, FIELD_TEXT) },
	{ F(struct calendar, weekly, FIELD_JSON),
		.text = "[{day 1-7, from \"09:00\", to \"18:00\"}]" },
	{ F(struct calendar, exceptions, FIELD_JSON),
		.text = "[{date, kind holiday|makeup|special, from, to, name}]" },
	{ F(struct calendar, version, FIELD_INT), .read_only = true },
	{ 0 },
};

struct interval {
	int64_t day;
	const char *from, *to;
};
static const struct web_field interval_fields[] = {
	{ F(struct interval, day, FIELD_INT), .required = true, .min = 1, .max = 7 },
	{ F(struct interval, from, FIELD_TEXT), .required = true, .min = 5, .max = 5 },
	{ F(struct interval, to, FIELD_TEXT), .required = true, .min = 5, .max = 5 },
	{ 0 },
};
static const char *const exception_kinds[] = { "holiday", "makeup", "special", NULL };
struct exception {
	const char *date, *from, *to, *name;
	int kind;
};
static const struct web_field exception_fields[] = {
	{ F(struct exception, date, FIELD_TEXT), .required = true, .min = 10, .max = 10 },
	{ F(struct exception, kind, FIELD_ENUM), .required = true, .values = exception_kinds },
	{ F(struct exception, from, FIELD_TEXT), .max = 5 },
	{ F(struct exception, to, FIELD_TEXT), .max = 5 },
	{ F(struct exception, name, FIELD_TEXT), .max = 60 },
	{ 0 },
};
struct calendar_body {
	const char *name, *zone;
	struct field_list weekly, exceptions;
	bool has_name, has_zone, has_weekly, has_exceptions;
};
#define P(member) .present = offsetof(struct calendar_body, member)
static const struct web_field calendar_body_fields[] = {
	{ F(struct calendar_body, name, FIELD_TEXT), .min = 1, .max = 60, P(has_name) },
	{ F(struct calendar_body, zone, FIELD_TEXT), .min = 1, .max = 60, P(has_zone) },
	{ F(struct calendar_body, weekly, FIELD_LIST), .fields = interval_fields,
		.size = sizeof(struct interval), .max = 70, P(has_weekly) },
	{ F(struct calendar_body, exceptions, FIELD_LIST), .fields = exception_fields,
		.size = sizeof(struct exception), .max = 2000, P(has_exceptions) },
	{ 0 },
};
#undef P

/* "09:05" to minutes; -1: not a time of day. 24:00 is the end of the day. */
static int minutes(const char *s)
{
	int h, m;

	if (!s || strlen(s) != 5 || s[2] != ':' || strspn(s, "0123456789:") != 5)
		return -1;
	h = (s[0] - '0') * 10 + s[1] - '0';
	m = (s[3] - '0') * 10 + s[4] - '0';
	return h > 24 || m > 59 || (h == 24 && m) ? -1 : h * 60 + m;
}

static bool is_date(const char *s)
{
	return strlen(s) == 10 && s[4] == '-' && s[7] == '-' && strspn(s, "0123456789-") == 10;
}

static int check_weekly(struct web_request *req, const struct field_list *list)
{
	const struct interval *items = list->items;

	for (size_t i = 0; i < list->count; i++) {
		if (minutes(items[i].from) < 0 || minutes(items[i].to) <= minutes(items[i].from))
			return web_problem(req, 422, "bad_hours",
				arena_printf(web_arena(req), "weekly[%zu].to", i),
				"must be later than from");
	}
	return 0;
}

static int check_exceptions(struct web_request *req, const struct field_list *list)
{
	const struct exception *items = list->items;

	for (size_t i = 0; i < list->count; i++) {
		bool hours = items[i].from || items[i].to;

		if (!is_date(items[i].date))
			return web_problem(req, 422, "bad_date",
				arena_printf(web_arena(req), "exceptions[%zu].date", i),
				"YYYY-MM-DD");
		if (hours && (minutes(items[i].from) < 0 ||
				     minutes(items[i].to) <= minutes(items[i].from)))
			return web_problem(req, 422, "bad_hours",
				arena_printf(web_arena(req), "exceptions[%zu].to", i),
				"must be later than from");
		if (items[i].kind == 2 && !hours)
			return web_problem(req, 422, "field_required",
				arena_printf(web_arena(req), "exceptions[%zu].from", i),
				"special hours need times");
	}
	return 0;
}

static const char *list_json(struct web_request *req, const struct web_field *fields,
	const struct field_list *list, size_t size)
{
	struct json_writer w;
	struct buf out;
	const char *copy;

	buf_init(&out, 1 << 20);
	json_begin(&w, &out);
	json_array(&w);
	for (size_t i = 0; i < list->count; i++)
		field_write(&w, fields, (const char *)list->items + i * size);
	json_array_end(&w);
	copy = out.err ? NULL : arena_strndup(web_arena(req), out.data, out.len);
	buf_release(&out);
	return copy;
}

/* Checks the body and brings it into the record. */
static int take_body(struct web_request *req, struct calendar *c)
{
	const struct calendar_body *body = web_body(req);
	int err = 0;

	if (body->has_name)
		c->name = body->name;
	if (body->has_zone)
		c->zone = body->zone;
	if (body->has_weekly) {
		err = check_weekly(req, &body->weekly);
		c->weekly = list_json(req, interval_fields, &body->weekly, sizeof(struct interval));
	}
	if (!err && body->has_exceptions) {
		err = check_exceptions(req, &body->exceptions);
		c->exceptions = list_json(
			req, exception_fields, &body->exceptions, sizeof(struct exception));
	}
	if (!err && (!c->name || !*c->name))
		return web_problem(req, 422, "field_required", "name", "name must not be empty");
	return err ? err : !c->weekly || !c->exceptions ? ENOMEM : 0;
}

static int list_calendars(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = calendar_fields,
		.columns = CALENDAR_COLUMNS,
		.size = sizeof(struct calendar) };
	int err = db_each(db, ST(CALENDAR_LIST), record_add, &set);

	return err ? err : record_reply_page(req, &set, set.count);
}

static int get_record(struct web_request *req, struct db *db, struct calendar *out)
{
	int err = record_get(db, web_arena(req), ST(CALENDAR_GET), web_path_id(req, "id"),
		calendar_fields, CALENDAR_COLUMNS, out, sizeof(*out));

	return err == ENOENT ? web_not_found(req) : err;
}

static int get_calendar(struct web_request *req, struct db *db)
{
	struct calendar c;
	int err = get_record(req, db, &c);

	return err ? err : web_reply_with(req, 200, calendar_fields, &c, c.version);
}

static int write_calendar(
	struct web_request *req, struct db *db, int statement, const struct calendar *c)
{
	int err =
		db_exec(db, ST(statement), NULL, c->id, c->name, c->zone, c->weekly, c->exceptions);

	return err == EEXIST ? web_problem(req, 409, "name_taken", "name",
				       "another calendar has this name")
			     : err;
}

static int post_calendar(struct web_request *req, struct db *db)
{
	struct calendar c = { .id = id_make(clock_now()),
		.zone = "Asia/Shanghai",
		.weekly = "[]",
		.exceptions = "[]",
		.version = 1 };
	int err = take_body(req, &c);

	if (!err)
		err = write_calendar(req, db, CALENDAR_ADD, &c);
	if (!err)
		err = audit_request(req, db, "create", "calendar", c.id, NULL);
	if (!err)
		err = plan_touch(db);
	return err ? err : web_reply_with(req, 201, calendar_fields, &c, 1);
}

static int patch_calendar(struct web_request *req, struct db *db)
{
	struct calendar old, now;
	const char *changes = NULL;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = get_record(req, db, &old);
	if (err)
		return err;
	if (old.version != version)
		return web_stale(req, calendar_fields, &old, old.version);
	now = old;
	err = take_body(req, &now);
	if (!err)
		err = record_diff(calendar_fields, &old, &now, web_arena(req), &changes);
	if (!err && changes)
		err = write_calendar(req, db, CALENDAR_CHANGE, &now);
	if (!err && changes)
		err = audit_request(req, db, "change", "calendar", now.id, changes);
	if (!err && changes)
		err = plan_touch(db);
	now.version += changes != NULL;
	return err ? err : web_reply_with(req, 200, calendar_fields, &now, now.version);
}

const struct web_route calendar_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/calendars",
		.permission = "calendar.manage",
		.reply = calendar_fields,
		.list = true,
		.handler = list_calendars,
		.summary = "Calendars" },
	{ .method = WEB_POST,
		.path = "/api/v1/calendars",
		.permission = "calendar.manage",
		.body = calendar_body_fields,
		.body_size = sizeof(struct calendar_body),
		.reply = calendar_fields,
		.handler = post_calendar,
		.idempotent = true,
		.summary = "New calendar" },
	{ .method = WEB_GET,
		.path = "/api/v1/calendars/{id}",
		.permission = "calendar.manage",
		.reply = calendar_fields,
		.handler = get_calendar,
		.summary = "A calendar" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/calendars/{id}",
		.permission = "calendar.manage",
		.body = calendar_body_fields,
		.body_size = sizeof(struct calendar_body),
		.reply = calendar_fields,
		.handler = patch_calendar,
		.summary = "Change a calendar" },
	{ 0 },
};
