/* A table of things and what the tests of db/ do with it. The program opens `database` before each case and closes it after. */
#ifndef HOTLINE_TESTS_DB_THINGS_H
#define HOTLINE_TESTS_DB_THINGS_H

#include <sched.h>
#include <stdatomic.h>
#include "check.h"
#include "db/db.h"
#include "db/db_internal.h"

static struct database *database;

static const struct db_stmt stmts[] = {
	{ .name = "case.add",
		.in = "isidb",
		.out = "",
		.sql = "INSERT INTO thing (id, name, number, weight, data) VALUES ($1, $2, $3, $4, "
		       "$5)" },
	{ .name = "case.get",
		.in = "i",
		.out = "sidb",
		.sql = "SELECT name, number, weight, data FROM thing WHERE id = $1" },
	{ .name = "case.all",
		.in = "",
		.out = "is",
		.sql = "SELECT id, name FROM thing ORDER BY id" },
	{ .name = "case.count", .in = "", .out = "i", .sql = "SELECT count(*) FROM thing" },
	/* bound by number, not by first appearance */
	{ .name = "case.swap",
		.in = "is",
		.out = "si",
		.sql = "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT)" },
	{ .name = "case.rename",
		.in = "si",
		.out = "",
		.sql = "UPDATE thing SET name = $1 WHERE id >= $2" },
	{ .name = "case.bump",
		.in = "i",
		.out = "i",
		.sql = "UPDATE thing SET number = number + 1 WHERE id = $1 RETURNING number" },
	{ .name = "case.take_number",
		.in = "i",
		.out = "i",
		.apart = true,
		.sql = "UPDATE thing SET number = number + 1 WHERE id = $1 RETURNING number" },
	{ .name = "case.add_null",
		.in = "in",
		.out = "",
		.sql = "INSERT INTO thing (id, number) VALUES ($1, $2)" },
	{ .name = "case.nulls",
		.in = "i",
		.out = "sinb",
		.sql = "SELECT name, number, weight, data FROM thing WHERE id = $1" },
	{ .name = "case.wide_sum", .in = "", .out = "i", .sql = "SELECT sum(number) FROM thing" },
	{ .name = "case.special",
		.in = "",
		.out = "s",
		.sqlite = "SELECT 'sqlite'",
		.postgres = "SELECT 'postgres'" },
	{ 0 },
};
enum { ADD, GET, ALL, COUNT, SWAP, RENAME, BUMP, TAKE_NUMBER, ADD_NULL, NULLS, WIDE_SUM, SPECIAL };

struct thing {
	int64_t id;
	const char *name;
	int result; /* what the function answers at its end */
};

static inline int add_thing(struct db *db, void *arg)
{
	const struct thing *t = arg;
	int err = db_exec(
		db, &stmts[ADD], NULL, t->id, t->name, t->id * 10, 0.5, "\0\1\xff", (size_t)3);

	return err ? err : t->result;
}

static inline int add(int64_t id, const char *name)
{
	return db_write(database, add_thing, &(struct thing){ id, name, 0 });
}

static inline int count_things(struct db *db, void *arg)
{
	return db_get(db, NULL, &stmts[COUNT], arg);
}

static inline int64_t count(void)
{
	int64_t n = -1;

	assert_ok(db_read(database, count_things, &n));
	return n;
}

static atomic_int released;

static inline void release_thing(void *arg)
{
	(void)arg;
	atomic_fetch_add(&released, 1);
}

static inline void wait_for_journal(void)
{
	while (db_journal_waiting(database))
		sched_yield();
}

static inline int make_thing_table(struct db *db, void *arg)
{
	char problem[300] = "";
	const struct db_backend *backend = db_database(db)->backend;
	int err = backend->script(db,
		db_kind_of(db) == DB_SQLITE
			? "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT, number BIGINT,"
			  " weight DOUBLE PRECISION, data BLOB)"
			: "DROP TABLE IF EXISTS thing; CREATE TABLE thing (id BIGINT PRIMARY KEY, "
			  "name TEXT,"
			  " number BIGINT, weight DOUBLE PRECISION, data BYTEA)",
		problem, sizeof(problem));

	(void)arg;
	if (err)
		print_error("%s\n", problem);
	return err;
}

static inline void open_database(const char *url)
{
	struct db_config config = { .url = url, .readers = 2, .busy_timeout_ms = 100 };
	char problem[300];
	int err = database_open(&database, &config, problem, sizeof(problem));

	if (err)
		fail_msg("%s", problem);
	assert_ok(database_declare(database, stmts));
	assert_ok(db_write(database, make_thing_table, NULL));
}

#define DB_CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

#endif
