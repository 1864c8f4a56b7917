/* The tree of departments: GET, POST, PATCH /departments. */
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "identity/identity_internal.h"

struct department {
	int64_t id, parent_id;
	const char *name, *name_en, *code;
	int64_t position;
	bool active;
	int64_t version;
};
enum { DEPARTMENT_COLUMNS = 8 };
static const struct web_field department_fields[] = { { F(struct department, id, FIELD_ID),
							      .read_only = true },
	{ F(struct department, parent_id, FIELD_ID) }, { F(struct department, name, FIELD_TEXT) },
	{ F(struct department, name_en, FIELD_TEXT) }, { F(struct department, code, FIELD_TEXT) },
	{ F(struct department, position, FIELD_INT) }, { F(struct department, active, FIELD_BOOL) },
	{ F(struct department, version, FIELD_INT), .read_only = true }, { 0 } };

struct department_body {
	int64_t parent_id;
	const char *name, *name_en, *code;
	int64_t position;
	bool active;
	bool has_parent, has_name, has_name_en, has_code, has_position, has_active;
};
#define P(member) .present = offsetof(struct department_body, member)
static const struct web_field department_patch_fields[] = {
	{ F(struct department_body, parent_id, FIELD_ID), P(has_parent) },
	{ F(struct department_body, name, FIELD_TEXT), .max = 100, P(has_name) },
	{ F(struct department_body, name_en, FIELD_TEXT), .max = 100, P(has_name_en) },
	{ F(struct department_body, code, FIELD_TEXT), .max = 40, P(has_code) },
	{ F(struct department_body, position, FIELD_INT), .min = 0, .max = 100000,
		P(has_position) },
	{ F(struct department_body, active, FIELD_BOOL), P(has_active) }, { 0 }
};
static const struct web_field department_new_fields[] = {
	{ F(struct department_body, parent_id, FIELD_ID), .required = true, P(has_parent) },
	{ F(struct department_body, name, FIELD_TEXT), .required = true, .max = 100, P(has_name) },
	{ F(struct department_body, name_en, FIELD_TEXT), .max = 100, P(has_name_en) },
	{ F(struct department_body, code, FIELD_TEXT), .required = true, .max = 40, P(has_code) },
	{ F(struct department_body, position, FIELD_INT), .min = 0, .max = 100000,
		P(has_position) },
	{ F(struct department_body, active, FIELD_BOOL), P(has_active) }, { 0 }
};
#undef P

static int list_departments(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = department_fields,
		.columns = DEPARTMENT_COLUMNS,
		.size = sizeof(struct department) };
	int err = db_each(db, ST(DEPARTMENT_LIST), record_add, &set);

	return err ? err : record_reply_page(req, &set, set.count);
}

static int get_department(struct db *db, struct arena *arena, int64_t id, struct department *out)
{
	return record_get(db, arena, ST(DEPARTMENT_GET), id, department_fields, DEPARTMENT_COLUMNS,
		out, sizeof(*out));
}

/* The tree stays a tree: the parent exists and is not below the department itself. */
static int check_parent(
	struct web_request *req, struct db *db, const struct department *department, bool was_root)
{
	struct record_ids below = { .arena = web_arena(req) };
	struct department parent;
	int err;

	if (!department->parent_id)
		return was_root ? 0
				: web_problem(req, 422, "field_required", "parent_id",
					  "there is one root");
	err = get_department(db, web_arena(req), department->parent_id, &parent);
	if (err == ENOENT)
		return web_problem(
			req, 422, "unknown_department", "parent_id", "no such department");
	if (!err)
		err = db_each(db, ST(DEPARTMENT_TREE), record_add_id, &below, department->id);
	for (size_t i = 0; i < below.count && !err; i++)
		if (below.items[i] == department->parent_id)
			err = web_problem(req, 422, "department_loop", "parent_id",
				"a department cannot be below itself");
	return err;
}

static int check_texts(struct web_request *req, const struct department *department)
{
	if (!department->name || !*department->name)
		return web_problem(req, 422, "field_required", "name", "name must not be empty");
	if (!department->code || !*department->code)
		return web_problem(req, 422, "field_required", "code", "code must not be empty");
	return 0;
}

static int code_taken(struct web_request *req, int err)
{
	return err == EEXIST ? web_problem(req, 409, "code_taken", "code",
				       "another department has this code")
			     : err;
}

static int post_department(struct web_request *req, struct db *db)
{
	struct department department = {
		.id = id_make(clock_now()), .active = true, .name_en = "", .version = 1
	};
	int err;

	record_merge(department_fields, &department, department_new_fields, web_body(req));
	if (!department.name_en)
		department.name_en = "";
	err = check_texts(req, &department);
	if (!err)
		err = check_parent(req, db, &department, false);
	if (!err)
		err = code_taken(req,
			db_exec(db, ST(DEPARTMENT_ADD), NULL, department.id, department.parent_id,
				department.name, department.name_en, department.code,
				department.position, (int64_t)department.active));
	if (!err)
		err = audit_request(req, db, "create", "department", department.id, NULL);
	if (!err)
		err = identity_changed(db, 0);
	return err ? err : web_reply_with(req, 201, department_fields, &department, 1);
}

static int patch_department(struct web_request *req, struct db *db)
{
	struct department old, now;
	const char *changes;
	int64_t version, changed = 0;
	int err = record_need_version(req, &version);

	if (!err)
		err = get_department(db, web_arena(req), web_path_id(req, "id"), &old);
	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	if (old.version != version)
		return web_stale(req, department_fields, &old, old.version);
	now = old;
	record_merge(department_fields, &now, department_patch_fields, web_body(req));
	err = check_texts(req, &now);
	if (!err)
		err = check_parent(req, db, &now, !old.parent_id);
	if (!err)
		err = record_diff(department_fields, &old, &now, web_arena(req), &changes);
	if (err)
		return err;
	if (!changes)
		return web_reply_with(req, 200, department_fields, &old, old.version);
	err = code_taken(req, db_exec(db, ST(DEPARTMENT_CHANGE), &changed, now.id, now.parent_id,
				      now.name, now.name_en ? now.name_en : "", now.code,
				      now.position, (int64_t)now.active, version));
	if (!err)
		err = audit_request(req, db, "change", "department", now.id, changes);
	if (!err)
		err = identity_changed(db, 0);
	now.version++;
	return err ? err : web_reply_with(req, 200, department_fields, &now, now.version);
}

int64_t identity_department_by_code(struct db *db, const char *code)
{
	struct arena *arena = arena_create(0);
	int64_t id = 0;

	if (!arena || db_get(db, arena, ST(DEPARTMENT_BY_CODE), code, &id))
		id = 0;
	arena_free(arena);
	return id;
}

const struct web_route department_routes[] = { { .method = WEB_GET,
						       .path = "/api/v1/departments",
						       .permission = "signed_in",
						       .reply = department_fields,
						       .list = true,
						       .handler = list_departments,
						       .summary = "All departments, in order" },
	{ .method = WEB_POST,
		.path = "/api/v1/departments",
		.permission = "department.manage",
		.body = department_new_fields,
		.body_size = sizeof(struct department_body),
		.reply = department_fields,
		.handler = post_department,
		.idempotent = true,
		.summary = "New department" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/departments/{id}",
		.permission = "department.manage",
		.body = department_patch_fields,
		.body_size = sizeof(struct department_body),
		.reply = department_fields,
		.handler = patch_department,
		.summary = "Change a department" },
	{ 0 } };
