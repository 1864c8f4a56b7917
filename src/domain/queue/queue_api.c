/* Queues and their members. */
#include <errno.h>
#include <string.h>
#include "acd/acd.h"
#include "audit/audit.h"
#include "clock/clock.h"
#include "id.h"
#include "queue/queue_internal.h"
#include "record/record.h"

struct queue_record {
	int64_t id;
	const char *key, *name, *name_en;
	int64_t department_id;
	int strategy;
	int64_t weight, ring_s;
	int wrapup_mode;
	int64_t wrapup_s, miss_pause_s, tier_wait_s, skill_relax_s, last_agent_s, max_wait_s,
		max_length, service_level_s, short_abandon_s;
	const char *music;
	int64_t announce_first_s, announce_every_s;
	bool announce_position, announce_wait;
	int overflow_kind;
	const char *overflow_target;
	int64_t calendar_id;
	int recording, pop;
	bool active;
	int64_t version;
};

static const char *const wrapup_modes[] = { "none", "optional", "mandatory", "mandatory_limit",
	NULL };
static const char *const overflow_kinds[] = { "none", "queue", "voicemail", "ivr", NULL };
static const char *const recordings[] = { "always", "never", NULL };
static const char *const pops[] = { "ring", "answer", "both", NULL };

enum { QUEUE_COLUMNS = 30, QUEUE_MEMBERS_MAX = 5000 };
#define SECONDS(member, least, most)                                                               \
	{                                                                                          \
		F(struct queue_record, member, FIELD_INT), .min = (least), .max = (most)           \
	}
static const struct web_field queue_fields[] = {
	{ F(struct queue_record, id, FIELD_ID), .read_only = true },
	{ F(struct queue_record, key, FIELD_TEXT), .max = 40,
		.text = "what IVR flows name; letters, digits and _" },
	{ F(struct queue_record, name, FIELD_TEXT), .max = 60 },
	{ F(struct queue_record, name_en, FIELD_TEXT), .max = 60 },
	{ F(struct queue_record, department_id, FIELD_ID) },
	{ F(struct queue_record, strategy, FIELD_ENUM), .values = acd_strategy_names },
	{ F(struct queue_record, weight, FIELD_INT), .min = -100, .max = 100 },
	SECONDS(ring_s, 3, 120),
	{ F(struct queue_record, wrapup_mode, FIELD_ENUM), .values = wrapup_modes },
	SECONDS(wrapup_s, 0, 900),
	SECONDS(miss_pause_s, 0, 3600),
	SECONDS(tier_wait_s, 0, 3600),
	SECONDS(skill_relax_s, 0, 3600),
	SECONDS(last_agent_s, 0, 600),
	SECONDS(max_wait_s, 0, 86400),
	{ F(struct queue_record, max_length, FIELD_INT), .min = 0, .max = 10000 },
	SECONDS(service_level_s, 1, 3600),
	SECONDS(short_abandon_s, 0, 60),
	{ F(struct queue_record, music, FIELD_TEXT), .max = 60 },
	SECONDS(announce_first_s, 0, 600),
	SECONDS(announce_every_s, 0, 600),
	{ F(struct queue_record, announce_position, FIELD_BOOL) },
	{ F(struct queue_record, announce_wait, FIELD_BOOL) },
	{ F(struct queue_record, overflow_kind, FIELD_ENUM), .values = overflow_kinds },
	{ F(struct queue_record, overflow_target, FIELD_TEXT), .max = 60,
		.text = "key of a queue or of a flow" },
	{ F(struct queue_record, calendar_id, FIELD_ID) },
	{ F(struct queue_record, recording, FIELD_ENUM), .values = recordings },
	{ F(struct queue_record, pop, FIELD_ENUM), .values = pops },
	{ F(struct queue_record, active, FIELD_BOOL) },
	{ F(struct queue_record, version, FIELD_INT), .read_only = true },
	{ 0 },
};

/* The body of POST and PATCH: the record, and which members were in it. One flag per column keeps the two tables in step. */
struct queue_body {
	struct queue_record record;
	bool has[QUEUE_COLUMNS];
};
#define B(column, member, kind)                                                                    \
	F_NAMED(#member, struct queue_body, record.member, kind),                                  \
		.present = offsetof(struct queue_body, has) + (column)
#define B_SECONDS(column, member, least, most)                                                     \
	{                                                                                          \
		B(column, member, FIELD_INT), .min = (least), .max = (most)                        \
	}
#define QUEUE_BODY_FIELDS(needed)                                                                  \
	{ B(1, key, FIELD_TEXT), .max = 40, .required = (needed) },                                \
		{ B(2, name, FIELD_TEXT), .max = 60, .required = (needed) },                       \
		{ B(3, name_en, FIELD_TEXT), .max = 60 },                                          \
		{ B(4, department_id, FIELD_ID), .required = (needed) },                           \
		{ B(5, strategy, FIELD_ENUM), .values = acd_strategy_names },                      \
		{ B(6, weight, FIELD_INT), .min = -100, .max = 100 },                              \
		B_SECONDS(7, ring_s, 3, 120),                                                      \
		{ B(8, wrapup_mode, FIELD_ENUM), .values = wrapup_modes },                         \
		B_SECONDS(9, wrapup_s, 0, 900), B_SECONDS(10, miss_pause_s, 0, 3600),              \
		B_SECONDS(11, tier_wait_s, 0, 3600), B_SECONDS(12, skill_relax_s, 0, 3600),        \
		B_SECONDS(13, last_agent_s, 0, 600), B_SECONDS(14, max_wait_s, 0, 86400),          \
		{ B(15, max_length, FIELD_INT), .min = 0, .max = 10000 },                          \
		B_SECONDS(16, service_level_s, 1, 3600), B_SECONDS(17, short_abandon_s, 0, 60),    \
		{ B(18, music, FIELD_TEXT), .max = 60 }, B_SECONDS(19, announce_first_s, 0, 600),  \
		B_SECONDS(20, announce_every_s, 0, 600), { B(21, announce_position, FIELD_BOOL) }, \
		{ B(22, announce_wait, FIELD_BOOL) },                                              \
		{ B(23, overflow_kind, FIELD_ENUM), .values = overflow_kinds },                    \
		{ B(24, overflow_target, FIELD_TEXT), .max = 60 },                                 \
		{ B(25, calendar_id, FIELD_ID) },                                                  \
		{ B(26, recording, FIELD_ENUM), .values = recordings },                            \
		{ B(27, pop, FIELD_ENUM), .values = pops }, { B(28, active, FIELD_BOOL) },         \
	{                                                                                          \
		0                                                                                  \
	}
static const struct web_field queue_new_fields[] = { QUEUE_BODY_FIELDS(true) };
static const struct web_field queue_patch_fields[] = { QUEUE_BODY_FIELDS(false) };

static const struct queue_record defaults = { .name_en = "",
	.ring_s = 20,
	.wrapup_mode = 1,
	.wrapup_s = 30,
	.miss_pause_s = 30,
	.tier_wait_s = 20,
	.max_wait_s = 600,
	.service_level_s = 20,
	.short_abandon_s = 5,
	.music = "",
	.announce_first_s = 15,
	.announce_every_s = 45,
	.announce_position = true,
	.announce_wait = true,
	.overflow_target = "",
	.pop = 2,
	.active = true,
	.version = 1 };

static int get_record(struct db *db, struct arena *arena, int64_t id, struct queue_record *out)
{
	return record_get(
		db, arena, ST(QUEUE_GET), id, queue_fields, QUEUE_COLUMNS, out, sizeof(*out));
}

static int list_queues(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = queue_fields,
		.columns = QUEUE_COLUMNS,
		.size = sizeof(struct queue_record) };
	struct record_scope scope;
	int err = record_scope(&scope, web_actor(req), "queue.manage", web_arena(req));

	if (err)
		return err == ENOENT ? web_forbidden(req) : err;
	err = db_each(db, ST(QUEUE_LIST), record_add, &set, scope.all, scope.departments);
	return err ? err : record_reply_page(req, &set, set.count);
}

/* The row, if it lies in the actor's range. */
static int own_record(struct web_request *req, struct db *db, struct queue_record *out)
{
	int err = get_record(db, web_arena(req), web_path_id(req, "id"), out);

	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	return actor_may(web_actor(req), "queue.manage", out->department_id, 0)
		       ? 0
		       : web_not_found(req);
}

static int get_queue(struct web_request *req, struct db *db)
{
	struct queue_record record;
	int err = own_record(req, db, &record);

	return err ? err : web_reply_with(req, 200, queue_fields, &record, record.version);
}

static int check(struct web_request *req, const struct queue_record *r)
{
	if (!r->key || !*r->key ||
		strspn(r->key, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(r->key))
		return web_problem(
			req, 422, "bad_key", "key", "small letters, digits, _ and - only");
	if (!r->name || !*r->name)
		return web_problem(req, 422, "field_required", "name", "name must not be empty");
	if (!actor_may(web_actor(req), "queue.manage", r->department_id, 0))
		return web_problem(req, 422, "unknown_department", "department_id",
			"no such department in your range");
	if ((r->overflow_kind == 1 || r->overflow_kind == 3) &&
		(!r->overflow_target || !*r->overflow_target))
		return web_problem(
			req, 422, "field_required", "overflow_target", "overflow needs a target");
	if (r->overflow_kind == 1 && !strcmp(r->overflow_target, r->key))
		return web_problem(req, 422, "overflow_to_itself", "overflow_target",
			"a queue cannot overflow to itself");
	return 0;
}

static int write_record(struct db *db, int statement, const struct queue_record *r)
{
	return db_exec(db, ST(statement), NULL, r->id, r->key, r->name,
		r->name_en ? r->name_en : "", r->department_id, acd_strategy_names[r->strategy],
		r->weight, r->ring_s, wrapup_modes[r->wrapup_mode], r->wrapup_s, r->miss_pause_s,
		r->tier_wait_s, r->skill_relax_s, r->last_agent_s, r->max_wait_s, r->max_length,
		r->service_level_s, r->short_abandon_s, r->music ? r->music : "",
		r->announce_first_s, r->announce_every_s, (int64_t)r->announce_position,
		(int64_t)r->announce_wait, overflow_kinds[r->overflow_kind],
		r->overflow_target ? r->overflow_target : "", r->calendar_id,
		recordings[r->recording], pops[r->pop], (int64_t)r->active);
}

static int key_taken(struct web_request *req, int err)
{
	return err == EEXIST
		       ? web_problem(req, 409, "key_taken", "key", "another queue has this key")
		       : err;
}

static int post_queue(struct web_request *req, struct db *db)
{
	struct queue_record r = defaults;
	int err;

	r.id = id_make(clock_now());
	record_merge(queue_fields, &r, queue_new_fields, web_body(req));
	err = check(req, &r);
	if (!err)
		err = key_taken(req, write_record(db, QUEUE_ADD, &r));
	if (!err)
		err = audit_request(req, db, "create", "queue", r.id, NULL);
	if (!err)
		err = plan_touch(db);
	return err ? err : web_reply_with(req, 201, queue_fields, &r, 1);
}

static int patch_queue(struct web_request *req, struct db *db)
{
	struct queue_record old, now;
	const char *changes;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = own_record(req, db, &old);
	if (err)
		return err;
	if (old.version != version)
		return web_stale(req, queue_fields, &old, old.version);
	now = old;
	record_merge(queue_fields, &now, queue_patch_fields, web_body(req));
	err = check(req, &now);
	if (!err)
		err = record_diff(queue_fields, &old, &now, web_arena(req), &changes);
	if (err)
		return err;
	if (!changes)
		return web_reply_with(req, 200, queue_fields, &old, old.version);
	err = key_taken(req, write_record(db, QUEUE_CHANGE, &now));
	if (!err)
		err = audit_request(req, db, "change", "queue", now.id, changes);
	if (!err)
		err = plan_touch(db);
	now.version++;
	return err ? err : web_reply_with(req, 200, queue_fields, &now, now.version);
}

/* --- members --- */

struct member {
	int64_t user_id, tier, position;
	const char *name;
};
static const struct web_field member_fields[] = {
	{ F(struct member, user_id, FIELD_ID), .required = true },
	{ F(struct member, tier, FIELD_INT), .min = 1, .max = 10 },
	{ F(struct member, position, FIELD_INT), .min = 0, .max = 10000 },
	{ F(struct member, name, FIELD_TEXT), .read_only = true },
	{ 0 },
};
struct members_body {
	struct field_list items;
};
static const struct web_field members_fields[] = {
	{ F(struct members_body, items, FIELD_LIST), .required = true, .fields = member_fields,
		.size = sizeof(struct member), .max = QUEUE_MEMBERS_MAX },
	{ 0 },
};

static int get_members(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = member_fields,
		.columns = 3,
		.size = sizeof(struct member) };
	struct queue_record queue;
	int err = own_record(req, db, &queue);

	if (!err)
		err = db_each(db, ST(MEMBER_LIST), record_add, &set, queue.id);
	if (!err)
		err = identity_names_refresh(db);
	for (size_t i = 0; i < set.count && !err; i++) {
		struct member *m = record_at(&set, i);

		m->name = identity_user_name(web_arena(req), m->user_id);
	}
	return err ? err : record_reply_page(req, &set, set.count);
}

static int put_members(struct web_request *req, struct db *db)
{
	const struct members_body *body = web_body(req);
	const struct member *members = body->items.items;
	struct queue_record queue;
	struct identity_account account;
	int err = own_record(req, db, &queue);

	if (!err)
		err = db_exec(db, ST(MEMBER_CLEAR), NULL, queue.id);
	for (size_t i = 0; i < body->items.count && !err; i++) {
		err = identity_account_get(db, web_arena(req), members[i].user_id, &account);
		if (err == ENOENT || (!err && !account.is_agent))
			return web_problem(req, 422, "not_an_agent",
				arena_printf(web_arena(req), "items[%zu].user_id", i),
				"no such agent");
		if (!err)
			err = db_exec(db, ST(MEMBER_ADD), NULL, queue.id, members[i].user_id,
				members[i].tier ? members[i].tier : 1, members[i].position);
		if (err == EEXIST)
			return web_problem(req, 422, "twice_in_list",
				arena_printf(web_arena(req), "items[%zu].user_id", i),
				"already in the list");
	}
	if (!err)
		err = audit_request(req, db, "members", "queue", queue.id, NULL);
	if (!err)
		err = plan_touch(db);
	return err ? err : get_members(req, db);
}

const struct web_route queue_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/queues",
		.permission = "queue.manage",
		.reply = queue_fields,
		.list = true,
		.handler = list_queues,
		.summary = "Queues within the range" },
	{ .method = WEB_POST,
		.path = "/api/v1/queues",
		.permission = "queue.manage",
		.body = queue_new_fields,
		.body_size = sizeof(struct queue_body),
		.reply = queue_fields,
		.handler = post_queue,
		.idempotent = true,
		.summary = "New queue" },
	{ .method = WEB_GET,
		.path = "/api/v1/queues/{id}",
		.permission = "queue.manage",
		.reply = queue_fields,
		.handler = get_queue,
		.summary = "A queue" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/queues/{id}",
		.permission = "queue.manage",
		.body = queue_patch_fields,
		.body_size = sizeof(struct queue_body),
		.reply = queue_fields,
		.handler = patch_queue,
		.summary = "Change a queue, in force at once" },
	{ .method = WEB_GET,
		.path = "/api/v1/queues/{id}/members",
		.permission = "queue.manage",
		.reply = member_fields,
		.list = true,
		.handler = get_members,
		.summary = "Members of a queue with tier and position" },
	{ .method = WEB_PUT,
		.path = "/api/v1/queues/{id}/members",
		.permission = "queue.manage",
		.body = members_fields,
		.body_size = sizeof(struct members_body),
		.reply = member_fields,
		.list = true,
		.handler = put_members,
		.summary = "Replace the members of a queue" },
	{ 0 },
};
