/* Skills, and which people have them at which level. */
#include <errno.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "id.h"
#include "queue/queue_internal.h"
#include "record/record.h"

struct skill {
	int64_t id;
	const char *name, *name_en;
	int64_t version;
};
enum { SKILL_COLUMNS = 4 };
static const struct web_field skill_fields[] = {
	{ F(struct skill, id, FIELD_ID), .read_only = true },
	{ F(struct skill, name, FIELD_TEXT) },
	{ F(struct skill, name_en, FIELD_TEXT) },
	{ F(struct skill, version, FIELD_INT), .read_only = true },
	{ 0 },
};

struct skill_body {
	const char *name, *name_en;
	bool has_name, has_name_en;
};
#define P(member) .present = offsetof(struct skill_body, member)
static const struct web_field skill_body_fields[] = {
	{ F(struct skill_body, name, FIELD_TEXT), .required = true, .min = 1, .max = 60,
		P(has_name) },
	{ F(struct skill_body, name_en, FIELD_TEXT), .max = 60, P(has_name_en) },
	{ 0 },
};
#undef P

static int list_skills(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = skill_fields,
		.columns = SKILL_COLUMNS,
		.size = sizeof(struct skill) };
	int err = db_each(db, ST(SKILL_LIST), record_add, &set);

	return err ? err : record_reply_page(req, &set, set.count);
}

static int name_taken(struct web_request *req, int err)
{
	return err == EEXIST
		       ? web_problem(req, 409, "name_taken", "name", "another one has this name")
		       : err;
}

static int post_skill(struct web_request *req, struct db *db)
{
	struct skill s = { .id = id_make(clock_now()), .version = 1 };
	int err;

	record_merge(skill_fields, &s, skill_body_fields, web_body(req));
	err = name_taken(
		req, db_exec(db, ST(SKILL_ADD), NULL, s.id, s.name, s.name_en ? s.name_en : ""));
	if (!err)
		err = audit_request(req, db, "create", "skill", s.id, NULL);
	return err ? err : web_reply_with(req, 201, skill_fields, &s, 1);
}

static int patch_skill(struct web_request *req, struct db *db)
{
	struct skill old, now;
	const char *changes;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = record_get(db, web_arena(req), ST(SKILL_GET), web_path_id(req, "id"),
			skill_fields, SKILL_COLUMNS, &old, sizeof(old));
	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	if (old.version != version)
		return web_stale(req, skill_fields, &old, old.version);
	now = old;
	record_merge(skill_fields, &now, skill_body_fields, web_body(req));
	err = record_diff(skill_fields, &old, &now, web_arena(req), &changes);
	if (!err && changes)
		err = name_taken(req, db_exec(db, ST(SKILL_CHANGE), NULL, now.id, now.name,
					      now.name_en ? now.name_en : ""));
	if (!err && changes)
		err = audit_request(req, db, "change", "skill", now.id, changes);
	now.version += changes != NULL;
	return err ? err : web_reply_with(req, 200, skill_fields, &now, now.version);
}

struct user_skill {
	int64_t skill_id, level;
};
static const struct web_field user_skill_fields[] = {
	{ F(struct user_skill, skill_id, FIELD_ID), .required = true },
	{ F(struct user_skill, level, FIELD_INT), .required = true, .min = 1, .max = 10 },
	{ 0 },
};
struct user_skills_body {
	struct field_list items;
};
static const struct web_field user_skills_fields[] = {
	{ F(struct user_skills_body, items, FIELD_LIST), .required = true,
		.fields = user_skill_fields, .size = sizeof(struct user_skill), .max = 16 },
	{ 0 },
};

/* The person must lie in the range of user.manage. */
static int own_user(struct web_request *req, struct db *db, int64_t *user_id)
{
	struct identity_account account;
	int err;

	*user_id = web_path_id(req, "id");
	err = identity_account_get(db, web_arena(req), *user_id, &account);
	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	return actor_may(web_actor(req), "user.manage", account.department_id, account.id)
		       ? 0
		       : web_not_found(req);
}

static int get_user_skills(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = user_skill_fields,
		.columns = 2,
		.size = sizeof(struct user_skill) };
	int64_t user_id;
	int err = own_user(req, db, &user_id);

	if (!err)
		err = db_each(db, ST(USER_SKILL_LIST), record_add, &set, user_id);
	return err ? err : record_reply_page(req, &set, set.count);
}

static int put_user_skills(struct web_request *req, struct db *db)
{
	const struct user_skills_body *body = web_body(req);
	const struct user_skill *skills = body->items.items;
	struct skill skill;
	int64_t user_id;
	int err = own_user(req, db, &user_id);

	if (!err)
		err = db_exec(db, ST(USER_SKILL_CLEAR), NULL, user_id);
	for (size_t i = 0; i < body->items.count && !err; i++) {
		err = record_get(db, web_arena(req), ST(SKILL_GET), skills[i].skill_id,
			skill_fields, SKILL_COLUMNS, &skill, sizeof(skill));
		if (!err)
			err = db_exec(db, ST(USER_SKILL_ADD), NULL, user_id, skills[i].skill_id,
				skills[i].level);
		if (err == ENOENT || err == EEXIST)
			return web_problem(req, 422,
				err == ENOENT ? "unknown_skill" : "twice_in_list",
				arena_printf(web_arena(req), "items[%zu].skill_id", i),
				"unknown or repeated skill");
	}
	if (!err)
		err = audit_request(req, db, "skills", "user", user_id, NULL);
	if (!err)
		err = plan_touch(db);
	return err ? err : get_user_skills(req, db);
}

const struct web_route skill_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/skills",
		.permission = "queue.manage",
		.reply = skill_fields,
		.list = true,
		.handler = list_skills,
		.summary = "Skills" },
	{ .method = WEB_POST,
		.path = "/api/v1/skills",
		.permission = "queue.manage",
		.body = skill_body_fields,
		.body_size = sizeof(struct skill_body),
		.reply = skill_fields,
		.handler = post_skill,
		.idempotent = true,
		.summary = "New skill" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/skills/{id}",
		.permission = "queue.manage",
		.body = skill_body_fields,
		.body_size = sizeof(struct skill_body),
		.reply = skill_fields,
		.handler = patch_skill,
		.summary = "Rename a skill" },
	{ .method = WEB_GET,
		.path = "/api/v1/users/{id}/skills",
		.permission = "user.manage",
		.reply = user_skill_fields,
		.list = true,
		.handler = get_user_skills,
		.summary = "Skills of a person" },
	{ .method = WEB_PUT,
		.path = "/api/v1/users/{id}/skills",
		.permission = "user.manage",
		.body = user_skills_fields,
		.body_size = sizeof(struct user_skills_body),
		.reply = user_skill_fields,
		.list = true,
		.handler = put_user_skills,
		.summary = "Replace the skills of a person" },
	{ 0 },
};
