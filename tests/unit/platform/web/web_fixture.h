/* A web server on a temporary database (SQLite, or PostgreSQL with PLACE_POSTGRES), with a table of things and three people, for the tests of web/. */
#ifndef TEST_WEB_FIXTURE_H
#define TEST_WEB_FIXTURE_H

#include <pthread.h>
#include "http_client.h"
#include "unit/platform/db/db_place.h"
#include "clock/clock.h"
#include "event/event.h"
#include "id.h"
#include "log/log.h"
#include "module/module.h"
#include "web/web.h"

#define AGENT_CSRF "0123456789abcdef0123456789abcdef"
/* Headers of the agent: may do everything with things; by cookie and by token. */
#define AGENT      "Cookie: theme=dark; hotline_session=agent-cookie\r\n"
#define AGENT_POST AGENT "X-CSRF-Token: " AGENT_CSRF "\r\nContent-Type: application/json\r\n"
#define TOKEN      "Authorization: Bearer agent-token\r\n"
#define TOKEN_POST TOKEN "Content-Type: application/json\r\n"
#define LEADER     "Authorization: Bearer leader-token\r\n"
#define GUEST      "Cookie: hotline_session=reader-cookie\r\n" /* signed in, may do nothing */

enum { AGENT_ID = 11, READER_ID = 12, LEADER_ID = 13 };

static struct fixture {
	char folder[64];
	struct platform platform;
	struct web *web;
	int port;
	int resolved; /* calls of web_auth.resolve */
	bool away;    /* resolve finds no database */
} fix;

static const struct permission fixture_permissions[] = {
	{ .name = "thing.read", .ranged = true, .text_zh = "看", .text_en = "Read things" },
	{ .name = "thing.write", .ranged = true, .text_zh = "改", .text_en = "Write things" },
	{ 0 },
};

static const struct db_stmt fixture_statements[] = {
	{ .name = "thing.add",
		.in = "is",
		.out = "",
		.sql = "INSERT INTO thing (id, name, version) VALUES ($1, $2, 1)" },
	{ .name = "thing.get",
		.in = "i",
		.out = "isi",
		.sql = "SELECT id, name, version FROM thing WHERE id = $1" },
	{ .name = "thing.list",
		.in = "ii",
		.out = "isi",
		.sql = "SELECT id, name, version FROM thing WHERE id > $1 ORDER BY id LIMIT $2" },
	{ .name = "thing.rename",
		.in = "isi",
		.out = "",
		.sql = "UPDATE thing SET name = $2, version = version + 1 WHERE id = $1 AND "
		       "version = $3" },
	{ .name = "thing.count", .in = "", .out = "i", .sql = "SELECT count(*) FROM thing" },
	{ .name = "thing.table",
		.in = "",
		.out = "",
		.sql = "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT, version BIGINT)" },
	{ 0 },
};
enum { THING_ADD, THING_GET, THING_LIST, THING_RENAME, THING_COUNT, THING_TABLE };

struct thing {
	int64_t id, version;
	const char *name;
};

static UNUSED const struct web_field thing_fields[] = {
	{ F(struct thing, id, FIELD_ID), .required = true, .read_only = true },
	{ F(struct thing, name, FIELD_TEXT), .required = true, .max = 10000, .multiline = true },
	{ F(struct thing, version, FIELD_INT), .read_only = true },
	{ 0 },
};

static struct actor *make_actor(int64_t id, int64_t department, enum data_range range)
{
	struct actor *a = actor_create();
	int64_t *departments = malloc(2 * sizeof(*departments));

	assert_non_null(a);
	assert_non_null(departments);
	a->user_id = id;
	a->session_id = id * 100;
	a->department_id = department;
	departments[0] = department;
	departments[1] = department + 1;
	a->departments = departments;
	a->department_count = 2;
	((uint8_t *)(uintptr_t)a->ranges)[permission_number("thing.read")] = (uint8_t)range;
	((uint8_t *)(uintptr_t)a->ranges)[permission_number("thing.write")] = (uint8_t)range;
	return a;
}

static int fixture_resolve(
	struct db *db, const char *secret, bool bearer, const struct actor **actor, char csrf[65])
{
	(void)db;
	__atomic_add_fetch(&fix.resolved, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&fix.away, __ATOMIC_SEQ_CST))
		return EAGAIN;
	snprintf(csrf, 65, "%s", AGENT_CSRF);
	if (!strcmp(secret, bearer ? "agent-token" : "agent-cookie"))
		*actor = make_actor(AGENT_ID, 10, RANGE_ALL);
	else if (!bearer && !strcmp(secret, "reader-cookie"))
		*actor = make_actor(READER_ID, 20, RANGE_NONE);
	else if (bearer && !strcmp(secret, "leader-token"))
		*actor = make_actor(LEADER_ID, 30, RANGE_TREE);
	else
		return ENOENT;
	return 0;
}

static UNUSED int make_table(struct db *db, void *arg)
{
	(void)arg;
	return db_exec(db, &fixture_statements[THING_TABLE], NULL);
}

static UNUSED void fixture_open(const struct web_route *routes, const struct web_config *config)
{
	static const struct web_auth auth = { .resolve = fixture_resolve };
	static bool declared;
	struct web_config c = { .address = "127.0.0.1", .workers = 2 };

	if (!declared)
		assert_int_equal(permission_declare(fixture_permissions), 0);
	declared = true;
	log_open("/dev/null", LOG_ERROR);
	memset(&fix, 0, sizeof(fix));
	snprintf(fix.folder, sizeof(fix.folder), "/tmp/hotline-test-web-XXXXXX");
	assert_non_null(mkdtemp(fix.folder));
	place_make();
	fix.platform.database = place_open();
	assert_ok(database_declare(fix.platform.database, fixture_statements));
	assert_ok(database_declare(fix.platform.database, event_statements));
	assert_ok(db_write(fix.platform.database, make_table, NULL));
	assert_int_equal(event_hub_create(&fix.platform.events, fix.platform.database), 0);
	if (config)
		c = *config;
	c.upload_dir = fix.folder;
	assert_int_equal(web_create(&fix.web, &c, &fix.platform), 0);
	fix.platform.web = fix.web;
	web_set_auth(fix.web, &auth);
	assert_int_equal(web_declare(fix.web, routes), 0);
}

static UNUSED void fixture_start(void)
{
	assert_int_equal(web_start(fix.web), 0);
	fix.port = web_port(fix.web);
}

static UNUSED void fixture_close(void)
{
	char command[128];

	web_stop(fix.web);
	event_hub_free(fix.platform.events);
	web_free(fix.web);
	database_close(fix.platform.database);
	place_remove();
	snprintf(command, sizeof(command), "rm -rf %s", fix.folder);
	assert_int_equal(system(command), 0);
	log_close();
}

/* --- handlers of things --- */

static UNUSED int get_thing(struct web_request *req, struct db *db)
{
	struct thing t;
	int err = db_get(db, web_arena(req), &fixture_statements[THING_GET], web_path_id(req, "id"),
		&t.id, &t.name, &t.version);

	if (err == ENOENT)
		return web_not_found(req);
	return err ? err : web_reply_with(req, 200, thing_fields, &t, t.version);
}

static UNUSED int add_thing(struct web_request *req, struct db *db)
{
	struct thing t = *(const struct thing *)web_body(req);
	int err;

	t.id = id_make(clock_now());
	t.version = 1;
	if (!strcmp(t.name, "collision"))
		return EEXIST;
	err = db_exec(db, &fixture_statements[THING_ADD], NULL, t.id, t.name);
	if (!err && !strcmp(t.name, "roll back"))
		return web_problem(req, 422, "not_today", "name", "the row must not stay");
	return err ? err : web_reply(req, 201, &t);
}

static UNUSED int rename_thing(struct web_request *req, struct db *db)
{
	const struct thing *draft = web_body(req);
	int64_t id = web_path_id(req, "id"), version = web_if_match(req), changed;
	struct thing t;
	int err;

	if (version < 0)
		return web_problem(
			req, 428, "if_match_required", NULL, "say which version you change");
	err = db_exec(db, &fixture_statements[THING_RENAME], &changed, id, draft->name, version);
	if (!err)
		err = db_get(db, web_arena(req), &fixture_statements[THING_GET], id, &t.id, &t.name,
			&t.version);
	if (err)
		return err;
	return changed ? web_reply_with(req, 200, thing_fields, &t, t.version)
		       : web_stale(req, thing_fields, &t, t.version);
}

struct page {
	struct web_request *req;
	int seen;
	int64_t last;
};

static UNUSED int page_row(const struct db_row *row, void *arg)
{
	struct page *p = arg;
	struct thing t = {
		.id = db_row_int(row, 0), .name = db_row_text(row, 1), .version = db_row_int(row, 2)
	};

	if (p->seen++ == web_limit(p->req))
		return 0;
	p->last = t.id;
	web_list_item(p->req, &t);
	return 0;
}

static UNUSED int list_things(struct web_request *req, struct db *db)
{
	struct page p = { .req = req };
	int64_t after = web_cursor(req) ? id_parse(web_cursor(req)) : 0;
	char next[24];
	int err;

	web_list_begin(req);
	err = db_each(db, &fixture_statements[THING_LIST], page_row, &p, after,
		(int64_t)web_limit(req) + 1);
	if (err)
		return err;
	snprintf(next, sizeof(next), "%lld", (long long)p.last);
	return web_list_end(req, p.seen > web_limit(req) ? next : NULL);
}

static UNUSED int read_count(struct db *db, void *arg)
{
	return db_get(db, NULL, &fixture_statements[THING_COUNT], arg);
}

static UNUSED int64_t count_things(void)
{
	int64_t n = -1;

	assert_ok(db_read(fix.platform.database, read_count, &n));
	return n;
}

static UNUSED int insert_thing(struct db *db, void *arg)
{
	const struct thing *t = arg;

	return db_exec(db, &fixture_statements[THING_ADD], NULL, t->id, t->name);
}

#endif
