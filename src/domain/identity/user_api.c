/* People: GET, POST, PATCH /users and what belongs to one person (B60, Q-B6). */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "identity/identity_internal.h"
#include "identity/user.h"
#include "phone.h"

#define R(member, kind) F(struct user, member, kind), .read_only = true
const struct web_field user_fields[] = { { R(id, FIELD_ID) },
	{ F(struct user, account, FIELD_TEXT) }, { F(struct user, name, FIELD_TEXT) },
	{ F(struct user, department_id, FIELD_ID) }, { F(struct user, extension, FIELD_TEXT) },
	{ F(struct user, phone, FIELD_TEXT) }, { F(struct user, email, FIELD_TEXT) },
	{ F(struct user, language, FIELD_TEXT) }, { F(struct user, active, FIELD_BOOL) },
	{ F(struct user, is_agent, FIELD_BOOL) }, { F(struct user, masks_numbers, FIELD_BOOL) },
	{ R(version, FIELD_INT) }, { R(department_name, FIELD_TEXT) },
	{ F(struct user, role_ids, FIELD_LIST), .of = FIELD_ID, .max = MOST_ROLES }, { 0 } };
#undef R

#define P(member) .present = offsetof(struct user_body, member)
#define COMMON                                                                                     \
	{ F(struct user_body, extension, FIELD_TEXT), .max = 20, P(has_extension) },               \
		{ F(struct user_body, phone, FIELD_TEXT), .max = 40, P(has_phone) },               \
		{ F(struct user_body, email, FIELD_TEXT), .max = 200, P(has_email) },              \
		{ F(struct user_body, language, FIELD_TEXT), .max = 7, P(has_language) },          \
		{ F(struct user_body, active, FIELD_BOOL), P(has_active) },                        \
		{ F(struct user_body, is_agent, FIELD_BOOL), P(has_is_agent) },                    \
		{ F(struct user_body, masks_numbers, FIELD_BOOL), P(has_masks_numbers) },          \
	{                                                                                          \
		F(struct user_body, role_ids, FIELD_LIST), .of = FIELD_ID, .max = MOST_ROLES,      \
							   P(has_role_ids)                         \
	}
static const struct web_field new_fields[] = {
	{ F(struct user_body, account, FIELD_TEXT), .required = true, .max = 60, P(has_account) },
	{ F(struct user_body, name, FIELD_TEXT), .required = true, .max = 60, P(has_name) },
	{ F(struct user_body, department_id, FIELD_ID), .required = true, P(has_department_id) },
	COMMON,
	{ F(struct user_body, password, FIELD_TEXT), .max = PASSWORD_MAX,
		.text = "Without it nobody can sign in yet" },
	{ 0 }
};
static const struct web_field patch_fields[] = { { F(struct user_body, account, FIELD_TEXT),
							 .max = 60, P(has_account) },
	{ F(struct user_body, name, FIELD_TEXT), .max = 60, P(has_name) },
	{ F(struct user_body, department_id, FIELD_ID), P(has_department_id) }, COMMON, { 0 } };
#undef P
#undef COMMON

/* --- reading --- */

struct role_rows {
	struct arena *arena;
	int64_t (*items)[2]; /* person, role */
	size_t count, room;
};

static int add_role_row(const struct db_row *row, void *arg)
{
	struct role_rows *rows = arg;

	if (rows->count == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 64;
		int64_t(*items)[2] = arena_alloc(rows->arena, room * sizeof(*items));

		if (!items)
			return ENOMEM;
		if (rows->count)
			memcpy(items, rows->items, rows->count * sizeof(*items));
		rows->items = items;
		rows->room = room;
	}
	rows->items[rows->count][0] = db_row_int(row, 0);
	rows->items[rows->count++][1] = db_row_int(row, 1);
	return 0;
}

static void mask_phone(struct user *user, const struct actor *viewer, struct arena *arena)
{
	char masked[PHONE_MAX * 2];

	if (!viewer || !viewer->masks_numbers || !user->phone)
		return;
	phone_mask(masked, sizeof(masked), user->phone);
	user->phone = arena_strdup(arena, masked);
}

static int complete(struct user *user, const struct role_rows *rows, const struct actor *viewer)
{
	int64_t *roles = arena_alloc(rows->arena, (rows->count + 1) * sizeof(*roles));
	size_t count = 0;

	if (!roles)
		return ENOMEM;
	for (size_t i = 0; i < rows->count; i++)
		if (rows->items[i][0] == user->id)
			roles[count++] = rows->items[i][1];
	user->role_ids = (struct field_list){ roles, count };
	user->department_name = identity_department_name(rows->arena, user->department_id);
	mask_phone(user, viewer, rows->arena);
	return 0;
}

static int complete_all(struct db *db, struct record_set *set, const struct actor *viewer)
{
	struct role_rows rows = { .arena = set->arena };
	const char *ids = record_ids(set);
	int err = ids ? db_each(db, ST(PERSON_ROLES), add_role_row, &rows, ids) : ENOMEM;

	if (!err)
		err = identity_names_refresh(db);
	for (size_t i = 0; i < set->count && !err; i++)
		err = complete(record_at(set, i), &rows, viewer);
	return err;
}

int user_get(struct db *db, struct arena *arena, int64_t id, const struct actor *viewer,
	struct user *out)
{
	struct record_set set = { .arena = arena,
		.fields = user_fields,
		.columns = USER_COLUMNS,
		.size = sizeof(*out),
		.limit = 1 };
	int err = db_each(db, ST(PERSON_GET), record_add, &set, id);

	if (!err && !set.count)
		err = ENOENT;
	if (!err)
		err = complete_all(db, &set, viewer);
	if (!err)
		*out = *(struct user *)record_at(&set, 0);
	return err;
}

int user_find(struct web_request *req, struct db *db, const char *permission,
	const struct actor *viewer, struct user *out)
{
	int err = user_get(db, web_arena(req), web_path_id(req, "id"), viewer, out);

	if (!err && !actor_may(web_actor(req), permission, out->department_id, out->id))
		err = ENOENT;
	return err == ENOENT ? web_not_found(req) : err;
}

static const char *like_pattern(struct arena *arena, const char *q)
{
	char *pattern = q && *q ? arena_printf(arena, "%%%s%%", q) : arena_strdup(arena, "");

	for (char *c = pattern; c && *c; c++)
		*c = *c == '\\' ? '_' : *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	return pattern;
}

static int list_users(struct web_request *req, struct db *db)
{
	size_t limit = (size_t)web_limit(req);
	struct record_set set = { .arena = web_arena(req),
		.fields = user_fields,
		.columns = USER_COLUMNS,
		.size = sizeof(struct user),
		.limit = limit + 1 };
	const char *after = web_cursor(req),
		   *pattern = like_pattern(set.arena, web_param_text(req, "q"));
	struct record_scope scope;
	int err = record_scope(&scope, web_actor(req), "user.read", set.arena);

	if (!err && !pattern)
		err = ENOMEM;
	if (!err)
		err = db_each(db, ST(PERSON_LIST), record_add, &set, after ? after : "",
			(int64_t)limit + 1, pattern, web_param_int(req, "department_id", 0),
			web_param_int(req, "active", -1), scope.owner, scope.all,
			scope.departments);
	if (!err)
		err = complete_all(db, &set, web_actor(req));
	if (err)
		return err;
	web_list_begin(req);
	for (size_t i = 0; i < set.count && i < limit; i++)
		web_list_item(req, record_at(&set, i));
	return web_list_end(req,
		set.count > limit ? ((struct user *)record_at(&set, limit - 1))->account : NULL);
}

static int get_user(struct web_request *req, struct db *db)
{
	struct user user = { 0 };
	int err = user_find(req, db, "user.read", web_actor(req), &user);

	return err ? err : web_reply_with(req, 200, user_fields, &user, user.version);
}

/* --- checking and writing --- */

static const char *null_if_empty(const char *text)
{
	return text && *text ? text : NULL;
}

static int check_account(struct web_request *req, const struct user *user)
{
	const char *c;

	if (!user->account || !user->account[0])
		return web_problem(
			req, 422, "field_required", "account", "account must not be empty");
	for (c = user->account; *c; c++)
		if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) &&
			!strchr("._-@", *c))
			return web_problem(req, 422, "bad_account", "account",
				"lower-case letters, digits and . _ - @");
	if (!user->name || !user->name[0])
		return web_problem(req, 422, "field_required", "name", "name must not be empty");
	for (c = user->extension; c && *c; c++)
		if (!isdigit((unsigned char)*c) || c - user->extension >= 10)
			return web_problem(
				req, 422, "bad_extension", "extension", "2 to 10 digits");
	if (user->extension && !user->extension[1])
		return web_problem(req, 422, "bad_extension", "extension", "2 to 10 digits");
	if (!user->language || (strcmp(user->language, "zh-CN") && strcmp(user->language, "en")))
		return web_problem(req, 422, "unknown_value", "language", "zh-CN or en");
	return 0;
}

/* Who has this already? Asked before the insert, because the answer names the field. */
static int check_unique(struct web_request *req, struct db *db, const struct user *user)
{
	struct identity_account other;
	int64_t id;
	int err = db_get(db, web_arena(req), ST(PERSON_BY_ACCOUNT), user->account, &id);

	if (!err && id != user->id)
		return web_problem(
			req, 409, "account_taken", "account", "another person has this account");
	if (err && err != ENOENT)
		return err;
	if (!user->extension)
		return 0;
	err = identity_account_by_extension(db, web_arena(req), user->extension, &other);
	if (!err && other.id != user->id)
		return web_problem(req, 409, "extension_taken", "extension",
			"another person has this extension");
	return err == ENOENT ? 0 : err;
}

static int check_roles(struct web_request *req, struct db *db, const struct user *user)
{
	const int64_t *ids = user->role_ids.items;
	const char *list = record_id_list(web_arena(req), ids, user->role_ids.count);
	int64_t known = 0;
	int err = list ? db_get(db, web_arena(req), ST(ROLE_COUNT), list, &known) : ENOMEM;

	if (!err && (size_t)known != user->role_ids.count)
		return web_problem(
			req, 422, "unknown_role", "role_ids", "a role is unknown or named twice");
	return err ? err : rights_check_roles(req, db, list);
}

static int check_user(struct web_request *req, struct db *db, struct user *user)
{
	int err;

	user->extension = null_if_empty(user->extension);
	user->phone = null_if_empty(user->phone);
	user->email = null_if_empty(user->email);
	err = check_account(req, user);
	if (!err && !actor_may(web_actor(req), "user.manage", user->department_id, user->id))
		err = web_problem(req, 403, "department_out_of_range", "department_id",
			"you do not manage people of this department");
	if (!err) {
		err = identity_names_refresh(db);
		if (!err && !identity_department_name(web_arena(req), user->department_id))
			err = web_problem(req, 422, "unknown_department", "department_id",
				"no such department");
	}
	if (!err)
		err = check_unique(req, db, user);
	if (!err)
		err = check_roles(req, db, user);
	return err;
}

static int store_roles(struct db *db, const struct user *user)
{
	const int64_t *ids = user->role_ids.items;
	int err = db_exec(db, ST(PERSON_ROLES_CLEAR), NULL, user->id);

	for (size_t i = 0; i < user->role_ids.count && !err; i++)
		err = db_exec(db, ST(PERSON_ROLE_ADD), NULL, user->id, ids[i]);
	return err;
}

int user_add(struct db *db, const struct user *user, const char *hash)
{
	int err = db_exec(db, ST(PERSON_ADD), NULL, user->id, user->account, user->name,
		user->department_id, user->extension, user->phone, user->email, user->language,
		(int64_t)user->active, (int64_t)user->is_agent, (int64_t)user->masks_numbers, hash,
		clock_now());

	return err ? err : store_roles(db, user);
}

struct new_user { /* on its way over the password thread */
	struct web_request *req;
	struct user user;
	char hash[PASSWORD_HASH_SIZE];
};

static int write_new_user(struct db *db, void *arg)
{
	struct new_user *n = arg;
	int err = check_user(n->req, db, &n->user);

	if (!err)
		err = user_add(db, &n->user, n->hash[0] ? n->hash : NULL);
	if (!err)
		err = audit_request(n->req, db, "create", "user", n->user.id, NULL);
	if (!err)
		err = identity_changed(db, n->user.id);
	if (!err)
		n->user.department_name =
			identity_department_name(web_arena(n->req), n->user.department_id);
	return err;
}

static void run_new_user(void *arg)
{
	struct new_user *n = arg;
	const struct user_body *body = web_body(n->req);
	int err = body->password ? password_hash(n->hash, body->password) : 0;

	if (!err)
		err = db_write(identity_platform()->database, write_new_user, n);
	if (!err)
		err = web_reply_with(n->req, 201, user_fields, &n->user, 1);
	web_finish(n->req, err);
}

static int post_user(struct web_request *req, struct db *db)
{
	struct new_user *n = arena_alloc(web_arena(req), sizeof(*n));
	const struct user_body *body = web_body(req);
	const char *wrong = body->password ? password_problem(body->account, body->password) : NULL;

	(void)db;
	if (!n)
		return ENOMEM;
	if (wrong)
		return web_problem(
			req, 422, wrong, "password", "the password is not strong enough");
	n->req = req;
	n->user = (struct user){
		.id = id_make(clock_now()), .active = true, .language = "zh-CN", .version = 1
	};
	record_merge(user_fields, &n->user, new_fields, body);
	if (password_post(run_new_user, n))
		return web_problem(req, 503, "busy", NULL, "too many passwords are being made");
	return web_defer(req);
}

static int check_own_account(
	struct web_request *req, const struct user *old, const struct user *now)
{
	if (old->id == web_actor(req)->user_id && old->active && !now->active)
		return web_problem(req, 409, "own_account", "active",
			"you cannot switch off your own account");
	return 0;
}

static int write_changed_user(struct web_request *req, struct db *db, const struct user *old,
	const struct user *now, const char *changes)
{
	int err = db_exec(db, ST(PERSON_CHANGE), NULL, now->id, now->account, now->name,
		now->department_id, now->extension, now->phone, now->email, now->language,
		(int64_t)now->active, (int64_t)now->is_agent, (int64_t)now->masks_numbers,
		clock_now(), old->version);

	if (!err)
		err = store_roles(db, now);
	if (!err && !now->active)
		err = db_exec(db, ST(SESSIONS_DELETE_OF), NULL, now->id, INT64_C(0));
	if (!err)
		err = rights_check_administrator(req, db);
	if (!err)
		err = audit_request(req, db, "change", "user", now->id, changes);
	return err ? err : identity_changed(db, now->id);
}

static int patch_user(struct web_request *req, struct db *db)
{
	const struct actor *actor = web_actor(req);
	struct user old = { 0 }, now;
	const char *changes = NULL;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = user_find(req, db, "user.manage", NULL, &old);
	if (!err)
		err = rights_check_person(req, db, old.id);
	if (err)
		return err;
	if (old.version != version) {
		mask_phone(&old, actor, web_arena(req));
		return web_stale(req, user_fields, &old, old.version);
	}
	now = old;
	record_merge(user_fields, &now, patch_fields, web_body(req));
	/* who sees 138****0000 sends it back so */
	if (actor->masks_numbers && now.phone && strchr(now.phone, '*'))
		now.phone = old.phone;
	err = check_own_account(req, &old, &now);
	if (!err)
		err = check_user(req, db, &now);
	if (!err)
		err = record_diff(user_fields, &old, &now, web_arena(req), &changes);
	if (!err && changes) {
		err = write_changed_user(req, db, &old, &now, changes);
		now.version++;
		now.department_name = identity_department_name(web_arena(req), now.department_id);
	}
	mask_phone(&now, actor, web_arena(req));
	return err ? err : web_reply_with(req, 200, user_fields, &now, now.version);
}

/* --- effective rights --- */

struct rights_reader {
	struct arena *arena;
	struct right *items;
	size_t count, room;
};

static struct right *right_of(struct rights_reader *r, const struct db_row *row)
{
	const char *name = db_row_text(row, 0);
	struct right *last;

	if (r->count && !strcmp(r->items[r->count - 1].name, name))
		return &r->items[r->count - 1];
	if (r->count == r->room)
		return NULL;
	last = &r->items[r->count];
	last->name = arena_strdup(r->arena, name);
	last->range = (int)db_row_int(row, 1); /* the furthest comes first */
	last->from.items = arena_alloc(r->arena, MOST_ROLES * sizeof(char *));
	if (!last->name || !last->from.items)
		return NULL;
	r->count++;
	return last;
}

static int add_right(const struct db_row *row, void *arg)
{
	struct rights_reader *r = arg;
	struct right *right = right_of(r, row);
	const char **from;

	if (!right)
		return ENOMEM;
	from = right->from.items;
	if (right->from.count < MOST_ROLES)
		from[right->from.count++] = arena_strdup(r->arena, db_row_text(row, 2));
	return 0;
}

static int list_rights(struct web_request *req, struct db *db)
{
	struct rights_reader rights = { .arena = web_arena(req), .room = 1000 };
	struct user user = { 0 };
	int err = user_find(req, db, "user.read", NULL, &user);

	if (err)
		return err;
	rights.items = arena_alloc(rights.arena, rights.room * sizeof(*rights.items));
	if (!rights.items)
		return ENOMEM;
	err = db_each(db, ST(PERSON_RIGHTS_FROM), add_right, &rights, user.id);
	if (err)
		return err;
	web_list_begin(req);
	for (size_t i = 0; i < rights.count; i++)
		web_list_item(req, &rights.items[i]);
	return web_list_end(req, NULL);
}

const struct web_route user_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/users",
		.permission = "user.read",
		.reply = user_fields,
		.list = true,
		.params =
			(const struct web_param[]){
				{ "q", FIELD_TEXT, NULL, "part of name, account or extension" },
				{ "department_id", FIELD_ID, NULL, NULL },
				{ "active", FIELD_BOOL, NULL, NULL }, { 0 } },
		.handler = list_users,
		.summary = "People, by account" },
	{ .method = WEB_POST,
		.path = "/api/v1/users",
		.permission = "user.manage",
		.body = new_fields,
		.body_size = sizeof(struct user_body),
		.reply = user_fields,
		.handler = post_user,
		.no_db = true,
		.summary = "New person" },
	{ .method = WEB_GET,
		.path = "/api/v1/users/{id}",
		.permission = "user.read",
		.reply = user_fields,
		.handler = get_user,
		.summary = "One person" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/users/{id}",
		.permission = "user.manage",
		.body = patch_fields,
		.body_size = sizeof(struct user_body),
		.reply = user_fields,
		.handler = patch_user,
		.summary = "Change a person" },
	{ .method = WEB_POST,
		.path = "/api/v1/users/{id}/password",
		.permission = "user.manage",
		.body = user_password_fields,
		.body_size = sizeof(struct password_body),
		.handler = user_post_password,
		.no_db = true,
		.summary = "Give a person a new password; ends their sessions" },
	{ .method = WEB_POST,
		.path = "/api/v1/users/{id}/sip-password",
		.permission = "user.manage",
		.reply = user_sip_password_fields,
		.handler = user_post_sip_password,
		.summary = "Make a new SIP password for the person's extension" },
	{ .method = WEB_GET,
		.path = "/api/v1/users/{id}/rights",
		.permission = "user.read",
		.reply = right_fields,
		.list = true,
		.handler = list_rights,
		.summary = "Effective rights and the roles they come from" },
	{ 0 }
};
