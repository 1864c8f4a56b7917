/* Groups with their functions, and post roles inside groups (B54-B59). */
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "identity/identity_internal.h"

struct group {
	int64_t id, department_id;
	const char *name, *name_en;
	int64_t version;
	struct field_list functions;
};
enum { GROUP_COLUMNS = 5, MOST_FUNCTIONS = 500 };
static const struct web_field group_fields[] = { { F(struct group, id, FIELD_ID),
							 .read_only = true },
	{ F(struct group, department_id, FIELD_ID) }, { F(struct group, name, FIELD_TEXT) },
	{ F(struct group, name_en, FIELD_TEXT) },
	{ F(struct group, version, FIELD_INT), .read_only = true },
	{ F(struct group, functions, FIELD_LIST), .of = FIELD_TEXT,
		.text = "Permissions its roles may hold" },
	{ 0 } };

struct role {
	int64_t id, group_id;
	const char *name, *name_en;
	int64_t version;
	struct field_list permissions; /* struct right */
};
enum { ROLE_COLUMNS = 5 };
static const struct web_field role_fields[] = { { F(struct role, id, FIELD_ID), .read_only = true },
	{ F(struct role, group_id, FIELD_ID) }, { F(struct role, name, FIELD_TEXT) },
	{ F(struct role, name_en, FIELD_TEXT) },
	{ F(struct role, version, FIELD_INT), .read_only = true },
	{ F(struct role, permissions, FIELD_LIST), .fields = right_body_fields,
		.size = sizeof(struct right), .max = MOST_FUNCTIONS },
	{ 0 } };

struct group_body {
	int64_t department_id;
	const char *name, *name_en;
	struct field_list functions;
	bool has_department, has_name, has_name_en, has_functions;
};
#define P(member) .present = offsetof(struct group_body, member)
static const struct web_field group_body_fields[] = {
	{ F(struct group_body, department_id, FIELD_ID), P(has_department) },
	{ F(struct group_body, name, FIELD_TEXT), .max = 100, P(has_name) },
	{ F(struct group_body, name_en, FIELD_TEXT), .max = 100, P(has_name_en) },
	{ F(struct group_body, functions, FIELD_LIST), .of = FIELD_TEXT, .max = MOST_FUNCTIONS,
		P(has_functions) },
	{ 0 }
};
#undef P

struct role_body {
	int64_t group_id;
	const char *name, *name_en;
	struct field_list permissions;
	bool has_group, has_name, has_name_en, has_permissions;
};
#define P(member) .present = offsetof(struct role_body, member)
static const struct web_field role_body_fields[] = { { F(struct role_body, group_id, FIELD_ID),
							     P(has_group) },
	{ F(struct role_body, name, FIELD_TEXT), .max = 100, P(has_name) },
	{ F(struct role_body, name_en, FIELD_TEXT), .max = 100, P(has_name_en) },
	{ F(struct role_body, permissions, FIELD_LIST), .fields = right_body_fields,
		.size = sizeof(struct right), .max = MOST_FUNCTIONS, P(has_permissions) },
	{ 0 } };
#undef P

/* Rows (owner id, name, range) gathered and dealt out to their owners. */
struct held {
	int64_t owner;
	const char *name;
	int range;
};
struct held_set {
	struct arena *arena;
	struct held *items;
	size_t count, room;
};

static int add_held(const struct db_row *row, struct held_set *set, int range)
{
	if (set->count == set->room) {
		size_t room = set->room ? set->room * 2 : 64;
		struct held *items = arena_alloc(set->arena, room * sizeof(*items));

		if (!items)
			return ENOMEM;
		if (set->count)
			memcpy(items, set->items, set->count * sizeof(*items));
		set->items = items;
		set->room = room;
	}
	set->items[set->count] = (struct held){ db_row_int(row, 0),
		arena_strdup(set->arena, db_row_text(row, 1)), range };
	return set->items[set->count++].name ? 0 : ENOMEM;
}

static int add_function(const struct db_row *row, void *arg)
{
	return add_held(row, arg, RANGE_ALL);
}

static int add_permission(const struct db_row *row, void *arg)
{
	return add_held(row, arg, (int)db_row_int(row, 2));
}

static int deal_functions(struct group *group, const struct held_set *set)
{
	const char **names = arena_alloc(set->arena, (set->count + 1) * sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; i < set->count && names; i++)
		if (set->items[i].owner == group->id)
			names[count++] = set->items[i].name;
	group->functions = (struct field_list){ names, count };
	return names ? 0 : ENOMEM;
}

static int deal_permissions(struct role *role, const struct held_set *set)
{
	struct right *rights = arena_alloc(set->arena, (set->count + 1) * sizeof(*rights));
	size_t count = 0;

	for (size_t i = 0; i < set->count && rights; i++)
		if (set->items[i].owner == role->id)
			rights[count++] = (struct right){ .name = set->items[i].name,
				.range = set->items[i].range };
	role->permissions = (struct field_list){ rights, count };
	return rights ? 0 : ENOMEM;
}

static int get_group(struct db *db, struct arena *arena, int64_t id, struct group *group)
{
	struct held_set held = { .arena = arena };
	int err = record_get(
		db, arena, ST(GROUP_GET), id, group_fields, GROUP_COLUMNS, group, sizeof(*group));

	if (!err)
		err = db_each(db, ST(GROUP_FUNCTIONS), add_function, &held, id);
	return err ? err : deal_functions(group, &held);
}

static int get_role(struct db *db, struct arena *arena, int64_t id, struct role *role)
{
	struct held_set held = { .arena = arena };
	int err = record_get(
		db, arena, ST(ROLE_GET), id, role_fields, ROLE_COLUMNS, role, sizeof(*role));

	if (!err)
		err = db_each(db, ST(ROLE_PERMISSIONS), add_permission, &held, id);
	return err ? err : deal_permissions(role, &held);
}

static int list_groups(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = group_fields,
		.columns = GROUP_COLUMNS,
		.size = sizeof(struct group) };
	struct held_set held = { .arena = set.arena };
	int err = db_each(db, ST(GROUP_LIST), record_add, &set);

	if (!err)
		err = db_each(db, ST(GROUP_FUNCTIONS), add_function, &held, INT64_C(0));
	for (size_t i = 0; i < set.count && !err; i++)
		err = deal_functions(record_at(&set, i), &held);
	return err ? err : record_reply_page(req, &set, set.count);
}

static int list_roles(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = role_fields,
		.columns = ROLE_COLUMNS,
		.size = sizeof(struct role) };
	struct held_set held = { .arena = set.arena };
	int err = db_each(db, ST(ROLE_LIST), record_add, &set);

	if (!err)
		err = db_each(db, ST(ROLE_PERMISSIONS), add_permission, &held, INT64_C(0));
	for (size_t i = 0; i < set.count && !err; i++)
		err = deal_permissions(record_at(&set, i), &held);
	return err ? err : record_reply_page(req, &set, set.count);
}

static int name_taken(struct web_request *req, int err)
{
	return err == EEXIST ? web_problem(req, 409, "name_taken", "name", "this name is in use")
			     : err;
}

static int need_name(struct web_request *req, const char *name)
{
	return name && *name
		       ? 0
		       : web_problem(req, 422, "field_required", "name", "name must not be empty");
}

static int store_functions(struct web_request *req, struct db *db, const struct group *group)
{
	const char *const *names = group->functions.items;
	int err = db_exec(db, ST(GROUP_FUNCTIONS_CLEAR), NULL, group->id);

	for (size_t i = 0; i < group->functions.count && !err; i++) {
		bool again = false;

		for (size_t j = 0; j < i && !again; j++)
			again = !strcmp(names[i], names[j]);
		if (permission_number(names[i]) < 0)
			return web_problem(req, 422, "unknown_permission", "functions",
				"%s is not a permission", names[i]);
		if (!again)
			err = db_exec(db, ST(GROUP_FUNCTION_ADD), NULL, group->id, names[i]);
	}
	return err;
}

static int post_group(struct web_request *req, struct db *db)
{
	struct group group = { .id = id_make(clock_now()), .name_en = "", .version = 1 };
	int err;

	record_merge(group_fields, &group, group_body_fields, web_body(req));
	err = need_name(req, group.name);
	if (!err)
		err = name_taken(
			req, db_exec(db, ST(GROUP_ADD), NULL, group.id, group.department_id,
				     group.name, group.name_en ? group.name_en : ""));
	if (!err)
		err = store_functions(req, db, &group);
	if (!err)
		err = audit_request(req, db, "create", "group", group.id, NULL);
	return err ? err : web_reply_with(req, 201, group_fields, &group, 1);
}

static int patch_group(struct web_request *req, struct db *db)
{
	struct group old, now;
	const char *changes;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = get_group(db, web_arena(req), web_path_id(req, "id"), &old);
	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	if (old.version != version)
		return web_stale(req, group_fields, &old, old.version);
	now = old;
	record_merge(group_fields, &now, group_body_fields, web_body(req));
	err = need_name(req, now.name);
	if (!err)
		err = record_diff(group_fields, &old, &now, web_arena(req), &changes);
	if (err)
		return err;
	if (!changes)
		return web_reply_with(req, 200, group_fields, &old, old.version);
	err = name_taken(req, db_exec(db, ST(GROUP_CHANGE), NULL, now.id, now.department_id,
				      now.name, now.name_en ? now.name_en : "", version));
	if (!err)
		err = store_functions(req, db, &now);
	if (!err)
		err = rights_check_administrator(req, db);
	if (!err)
		err = audit_request(req, db, "change", "group", now.id, changes);
	if (!err)
		err = identity_changed(db, 0);
	now.version++;
	return err ? err : web_reply_with(req, 200, group_fields, &now, now.version);
}

/* Only functions of its group (B57), and a range only where the function has one. */
static int store_permissions(
	struct web_request *req, struct db *db, struct role *role, const struct group *group)
{
	struct right *rights = role->permissions.items;
	const char *const *functions = group->functions.items;
	int err = db_exec(db, ST(ROLE_PERMISSIONS_CLEAR), NULL, role->id);

	for (size_t i = 0; i < role->permissions.count && !err; i++) {
		int number = permission_number(rights[i].name);
		bool in_group = false, again = false;

		for (size_t j = 0; j < group->functions.count && !in_group; j++)
			in_group = !strcmp(rights[i].name, functions[j]);
		for (size_t j = 0; j < i && !again; j++)
			again = !strcmp(rights[i].name, rights[j].name);
		if (number < 0 || again)
			return web_problem(req, 422, "unknown_permission", "permissions",
				"%s is unknown or named twice", rights[i].name);
		if (!in_group)
			return web_problem(req, 422, "function_not_in_group", "permissions",
				"the group does not have %s", rights[i].name);
		if (!permission_at((size_t)number)->ranged && rights[i].range != RANGE_NONE)
			rights[i].range = RANGE_ALL;
		if (rights[i].range > (int)actor_range(web_actor(req), rights[i].name))
			return web_problem(req, 403, "role_exceeds_own", "permissions",
				"%s would reach further than your own rights", rights[i].name);
		if (rights[i].range != RANGE_NONE)
			err = db_exec(db, ST(ROLE_PERMISSION_ADD), NULL, role->id, rights[i].name,
				(int64_t)rights[i].range);
	}
	return err;
}

static int find_group_of(
	struct web_request *req, struct db *db, const struct role *role, struct group *group)
{
	int err = get_group(db, web_arena(req), role->group_id, group);

	return err == ENOENT ? web_problem(req, 422, "unknown_group", "group_id", "no such group")
			     : err;
}

static int post_role(struct web_request *req, struct db *db)
{
	struct role role = { .id = id_make(clock_now()), .name_en = "", .version = 1 };
	struct group group;
	int err;

	record_merge(role_fields, &role, role_body_fields, web_body(req));
	err = need_name(req, role.name);
	if (!err)
		err = find_group_of(req, db, &role, &group);
	if (!err)
		err = name_taken(req, db_exec(db, ST(ROLE_ADD), NULL, role.id, role.group_id,
					      role.name, role.name_en ? role.name_en : ""));
	if (!err)
		err = store_permissions(req, db, &role, &group);
	if (!err)
		err = audit_request(req, db, "create", "role", role.id, NULL);
	return err ? err : web_reply_with(req, 201, role_fields, &role, 1);
}

static int patch_role(struct web_request *req, struct db *db)
{
	struct role old, now;
	struct group group;
	const char *changes;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = get_role(db, web_arena(req), web_path_id(req, "id"), &old);
	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	if (old.version != version)
		return web_stale(req, role_fields, &old, old.version);
	now = old;
	record_merge(role_fields, &now, role_body_fields, web_body(req));
	err = need_name(req, now.name);
	if (!err)
		err = find_group_of(req, db, &now, &group);
	if (!err)
		err = record_diff(role_fields, &old, &now, web_arena(req), &changes);
	if (err)
		return err;
	if (!changes)
		return web_reply_with(req, 200, role_fields, &old, old.version);
	err = name_taken(req, db_exec(db, ST(ROLE_CHANGE), NULL, now.id, now.group_id, now.name,
				      now.name_en ? now.name_en : "", version));
	if (!err)
		err = store_permissions(req, db, &now, &group);
	if (!err)
		err = rights_check_administrator(req, db);
	if (!err)
		err = audit_request(req, db, "change", "role", now.id, changes);
	if (!err)
		err = identity_changed(db, 0);
	now.version++;
	return err ? err : web_reply_with(req, 200, role_fields, &now, now.version);
}

static int delete_role(struct web_request *req, struct db *db)
{
	int64_t id = web_path_id(req, "id"), holders = 0, changed = 0;
	int err = db_get(db, web_arena(req), ST(ROLE_HOLDERS), id, &holders);

	if (!err && holders)
		return web_problem(req, 409, "role_in_use", NULL, "%lld people have this role",
			(long long)holders);
	if (!err)
		err = db_exec(db, ST(ROLE_PERMISSIONS_CLEAR), NULL, id);
	if (!err)
		err = db_exec(db, ST(ROLE_DELETE), &changed, id);
	if (!err && !changed)
		return web_not_found(req);
	if (!err)
		err = audit_request(req, db, "delete", "role", id, NULL);
	return err ? err : web_reply_empty(req);
}

static const struct web_field permission_fields[] = { { F(struct permission, name, FIELD_TEXT) },
	{ F(struct permission, ranged, FIELD_BOOL) }, { F(struct permission, text_zh, FIELD_TEXT) },
	{ F(struct permission, text_en, FIELD_TEXT) }, { 0 } };

static int list_permissions(struct web_request *req, struct db *db)
{
	(void)db;
	web_list_begin(req);
	for (size_t i = 0; i < permission_count(); i++)
		web_list_item(req, permission_at(i));
	return web_list_end(req, NULL);
}

const struct web_route role_routes[] = { { .method = WEB_GET,
						 .path = "/api/v1/permissions",
						 .permission = "signed_in",
						 .reply = permission_fields,
						 .list = true,
						 .handler = list_permissions,
						 .summary = "Every function a role can hold" },
	{ .method = WEB_GET,
		.path = "/api/v1/groups",
		.permission = "signed_in",
		.reply = group_fields,
		.list = true,
		.handler = list_groups,
		.summary = "User groups with their functions" },
	{ .method = WEB_POST,
		.path = "/api/v1/groups",
		.permission = "role.manage",
		.body = group_body_fields,
		.body_size = sizeof(struct group_body),
		.reply = group_fields,
		.handler = post_group,
		.idempotent = true,
		.summary = "New user group" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/groups/{id}",
		.permission = "role.manage",
		.body = group_body_fields,
		.body_size = sizeof(struct group_body),
		.reply = group_fields,
		.handler = patch_group,
		.summary = "Change a user group; a function taken away is gone from its roles at "
			   "once" },
	{ .method = WEB_GET,
		.path = "/api/v1/roles",
		.permission = "signed_in",
		.reply = role_fields,
		.list = true,
		.handler = list_roles,
		.summary = "Post roles with their permissions and ranges" },
	{ .method = WEB_POST,
		.path = "/api/v1/roles",
		.permission = "role.manage",
		.body = role_body_fields,
		.body_size = sizeof(struct role_body),
		.reply = role_fields,
		.handler = post_role,
		.idempotent = true,
		.summary = "New post role" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/roles/{id}",
		.permission = "role.manage",
		.body = role_body_fields,
		.body_size = sizeof(struct role_body),
		.reply = role_fields,
		.handler = patch_role,
		.summary = "Change a post role" },
	{ .method = WEB_DELETE,
		.path = "/api/v1/roles/{id}",
		.permission = "role.manage",
		.handler = delete_role,
		.summary = "Delete a post role that nobody has" },
	{ 0 } };
