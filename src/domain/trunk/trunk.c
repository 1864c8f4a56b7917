/* Trunks: the carriers, as people configure them. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "hash.h"
#include "id.h"
#include "queue/queue.h"
#include "record/record.h"
#include "trunk/trunk.h"

enum { TRUNK_LIST, TRUNK_GET, TRUNK_ADD, TRUNK_CHANGE, TRUNK_DELETE, TRUNK_COLUMNS = 11 };
#define ST(n) (&trunk_statements[n])
#define COLUMNS                                                                                    \
	"id, name, host, port, transport, addresses, user_name, registers, max_calls, active, "    \
	"version"

static const struct db_stmt trunk_statements[] = {
	[TRUNK_LIST] = { .name = "trunk.list",
		.in = "",
		.out = "ississsiiii",
		.sql = "SELECT " COLUMNS " FROM trunk ORDER BY name" },
	[TRUNK_GET] = { .name = "trunk.get",
		.in = "i",
		.out = "ississsiiii",
		.sql = "SELECT " COLUMNS " FROM trunk WHERE id = $1" },
	[TRUNK_ADD] = { .name = "trunk.add",
		.in = "ississssiii",
		.out = "",
		.sql = "INSERT INTO trunk (id, name, host, port, transport, addresses, user_name, "
		       "password, registers, max_calls, active, version)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)" },
	/* An empty password keeps the one that is there. */
	[TRUNK_CHANGE] = { .name = "trunk.change",
		.in = "ississssiii",
		.out = "",
		.sql = "UPDATE trunk SET name = $2, host = $3, port = $4, transport = $5, "
		       "addresses = $6, user_name = $7,"
		       " password = CASE WHEN $8 = '' THEN password ELSE $8 END, registers = $9, "
		       "max_calls = $10, active = $11,"
		       " version = version + 1 WHERE id = $1" },
	[TRUNK_DELETE] = { .name = "trunk.delete",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM trunk WHERE id = $1" },
	{ 0 },
};

static const char *const transports[] = { "udp", "tcp", "tls", NULL };

struct trunk {
	int64_t id;
	const char *name, *host;
	int64_t port;
	int transport;
	const char *addresses, *user;
	bool registers;
	int64_t max_calls;
	bool active;
	int64_t version;
	bool up;
};
static const struct web_field trunk_fields[] = {
	{ F(struct trunk, id, FIELD_ID), .read_only = true },
	{ F(struct trunk, name, FIELD_TEXT) },
	{ F(struct trunk, host, FIELD_TEXT) },
	{ F(struct trunk, port, FIELD_INT) },
	{ F(struct trunk, transport, FIELD_ENUM), .values = transports },
	{ F(struct trunk, addresses, FIELD_TEXT),
		.text = "networks whose requests are this carrier's, without digest" },
	{ F(struct trunk, user, FIELD_TEXT) },
	{ F(struct trunk, registers, FIELD_BOOL) },
	{ F(struct trunk, max_calls, FIELD_INT) },
	{ F(struct trunk, active, FIELD_BOOL) },
	{ F(struct trunk, version, FIELD_INT), .read_only = true },
	{ F(struct trunk, up, FIELD_BOOL), .read_only = true },
	{ 0 },
};

struct trunk_body {
	const char *name, *host, *addresses, *user, *password;
	int64_t port, max_calls;
	int transport;
	bool registers, active;
	bool has_name, has_host, has_addresses, has_user, has_password, has_port, has_max,
		has_transport, has_registers, has_active;
};
#define P(member) .present = offsetof(struct trunk_body, member)
static const struct web_field trunk_body_fields[] = {
	{ F(struct trunk_body, name, FIELD_TEXT), .min = 1, .max = 40, P(has_name) },
	{ F(struct trunk_body, host, FIELD_TEXT), .min = 1, .max = 200, P(has_host) },
	{ F(struct trunk_body, port, FIELD_INT), .min = 0, .max = 65535, P(has_port),
		.text = "0: found by DNS" },
	{ F(struct trunk_body, transport, FIELD_ENUM), .values = transports, P(has_transport) },
	{ F(struct trunk_body, addresses, FIELD_TEXT), .max = 500, P(has_addresses) },
	{ F(struct trunk_body, user, FIELD_TEXT), .max = 100, P(has_user) },
	{ F(struct trunk_body, password, FIELD_TEXT), .max = 100, P(has_password) },
	{ F(struct trunk_body, registers, FIELD_BOOL), P(has_registers) },
	{ F(struct trunk_body, max_calls, FIELD_INT), .min = 0, .max = 10000, P(has_max) },
	{ F(struct trunk_body, active, FIELD_BOOL), P(has_active) },
	{ 0 },
};
#undef P

/* --- which are up: few names, asked rarely --- */

static struct hash *up;
static pthread_mutex_t up_lock = PTHREAD_MUTEX_INITIALIZER;
static char is_up;

void trunk_set_state(const char *name, bool state)
{
	pthread_mutex_lock(&up_lock);
	if (!up)
		up = hash_create();
	if (up && state)
		hash_set(up, name, &is_up);
	else if (up)
		hash_remove(up, name);
	pthread_mutex_unlock(&up_lock);
}

static bool state_of(const char *name)
{
	bool found;

	pthread_mutex_lock(&up_lock);
	found = up && hash_get(up, name);
	pthread_mutex_unlock(&up_lock);
	return found;
}

static void stop(void)
{
	pthread_mutex_lock(&up_lock);
	hash_free(up);
	up = NULL;
	pthread_mutex_unlock(&up_lock);
}

/* --- routes --- */

static int list_trunks(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = trunk_fields,
		.columns = TRUNK_COLUMNS,
		.size = sizeof(struct trunk) };
	int err = db_each(db, ST(TRUNK_LIST), record_add, &set);

	for (size_t i = 0; i < set.count && !err; i++) {
		struct trunk *t = record_at(&set, i);

		t->up = state_of(t->name);
	}
	return err ? err : record_reply_page(req, &set, set.count);
}

static int write_trunk(struct web_request *req, struct db *db, int statement, const struct trunk *t)
{
	const struct trunk_body *body = web_body(req);
	int err;

	if (!t->name || !*t->name)
		return web_problem(req, 422, "field_required", "name", "name must not be empty");
	if (!t->host || !*t->host)
		return web_problem(req, 422, "field_required", "host", "host must not be empty");
	if (t->registers && (!t->user || !*t->user))
		return web_problem(req, 422, "field_required", "user", "registration needs a user");
	err = db_exec(db, ST(statement), NULL, t->id, t->name, t->host, t->port,
		transports[t->transport], t->addresses ? t->addresses : "", t->user ? t->user : "",
		body->password ? body->password : "", (int64_t)t->registers, t->max_calls,
		(int64_t)t->active);
	if (err == EEXIST)
		return web_problem(req, 409, "name_taken", "name", "another trunk has this name");
	return err ? err : plan_touch(db);
}

static int post_trunk(struct web_request *req, struct db *db)
{
	struct trunk t = { .id = id_make(clock_now()), .active = true, .version = 1 };
	int err;

	record_merge(trunk_fields, &t, trunk_body_fields, web_body(req));
	err = write_trunk(req, db, TRUNK_ADD, &t);
	if (!err)
		err = audit_request(req, db, "create", "trunk", t.id, NULL);
	return err ? err : web_reply_with(req, 201, trunk_fields, &t, 1);
}

static int get_record(struct web_request *req, struct db *db, struct trunk *t)
{
	int err = record_get(db, web_arena(req), ST(TRUNK_GET), web_path_id(req, "id"),
		trunk_fields, TRUNK_COLUMNS, t, sizeof(*t));

	return err == ENOENT ? web_not_found(req) : err;
}

static int patch_trunk(struct web_request *req, struct db *db)
{
	const struct trunk_body *body = web_body(req);
	struct trunk old, now;
	const char *changes;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = get_record(req, db, &old);
	if (err)
		return err;
	if (old.version != version)
		return web_stale(req, trunk_fields, &old, old.version);
	now = old;
	record_merge(trunk_fields, &now, trunk_body_fields, body);
	err = record_diff(trunk_fields, &old, &now, web_arena(req), &changes);
	if (!err && !changes && body->has_password)
		changes = "[{\"field\":\"password\",\"old\":null,\"new\":null}]";
	if (!err && changes)
		err = write_trunk(req, db, TRUNK_CHANGE, &now);
	if (!err && changes)
		err = audit_request(req, db, "change", "trunk", now.id, changes);
	now.version += changes != NULL;
	return err ? err : web_reply_with(req, 200, trunk_fields, &now, now.version);
}

static int delete_trunk(struct web_request *req, struct db *db)
{
	struct trunk t;
	int err = get_record(req, db, &t);

	if (!err)
		err = db_exec(db, ST(TRUNK_DELETE), NULL, t.id);
	if (!err)
		err = audit_request(req, db, "delete", "trunk", t.id, NULL);
	if (!err)
		err = plan_touch(db);
	return err ? err : web_reply_empty(req);
}

static const struct web_route trunk_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/trunks",
		.permission = "trunk.manage",
		.reply = trunk_fields,
		.list = true,
		.handler = list_trunks,
		.summary = "Trunks to carriers" },
	{ .method = WEB_POST,
		.path = "/api/v1/trunks",
		.permission = "trunk.manage",
		.body = trunk_body_fields,
		.body_size = sizeof(struct trunk_body),
		.reply = trunk_fields,
		.handler = post_trunk,
		.idempotent = true,
		.summary = "New trunk" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/trunks/{id}",
		.permission = "trunk.manage",
		.body = trunk_body_fields,
		.body_size = sizeof(struct trunk_body),
		.reply = trunk_fields,
		.handler = patch_trunk,
		.summary = "Change a trunk" },
	{ .method = WEB_DELETE,
		.path = "/api/v1/trunks/{id}",
		.permission = "trunk.manage",
		.handler = delete_trunk,
		.summary = "Remove a trunk" },
	{ 0 },
};

static const struct permission permissions[] = {
	{ .name = "trunk.manage", .text_zh = "管理中继", .text_en = "Manage trunks" },
	{ 0 },
};

static const char *const needs[] = { "audit", "record", "queue", NULL };

const struct module trunk_module = {
	.name = "trunk",
	.needs = needs,
	.permissions = permissions,
	.statements = trunk_statements,
	.routes = trunk_routes,
	.stop = stop,
};
