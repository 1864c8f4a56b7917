/* The cases that both databases must pass alike. */
#ifndef HOTLINE_TESTS_DB_CASES_H
#define HOTLINE_TESTS_DB_CASES_H

#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include "db_things.h"

static int read_values(struct db *db, void *arg)
{
	struct arena *a = arena_create(0);
	const char *name = "untouched", *text;
	const void *data;
	size_t size;
	int64_t number;
	double weight;

	(void)arg;
	assert_ok(db_get(db, a, &stmts[GET], INT64_C(1), &name, &number, &weight, &data, &size));
	assert_string_equal(name, "打印机 😀 \"'\\%");
	assert_int_equal(number, 10);
	assert_true(fabs(weight - 0.5) < 1e-12);
	assert_int_equal(size, 3);
	assert_memory_equal(data, "\0\1\xff", 3);
	name = "untouched";
	assert_int_equal(
		db_get(db, a, &stmts[GET], INT64_C(2), &name, &number, &weight, &data, &size),
		ENOENT);
	assert_string_equal(name, "untouched");
	assert_ok(db_get(db, a, &stmts[SWAP], INT64_C(-7), "seven", &text, &number));
	assert_string_equal(text, "seven");
	assert_int_equal(number, -7);
	assert_ok(db_get(db, a, &stmts[SWAP], INT64_MIN, NULL, &text, &number));
	assert_null(text);
	assert_true(number == INT64_MIN);
	assert_ok(db_get(db, a, &stmts[SPECIAL], &text));
	assert_string_equal(text, db_kind_of(db) == DB_SQLITE ? "sqlite" : "postgres");
	arena_free(a);
	return 0;
}

static void values_come_back_as_they_went(void **state)
{
	(void)state;
	assert_ok(add(1, "打印机 😀 \"'\\%"));
	assert_ok(db_read(database, read_values, NULL));
}

static int add_nulls(struct db *db, void *arg)
{
	(void)arg;
	return db_exec(db, &stmts[ADD_NULL], NULL, INT64_C(1), INT64_C(0));
}

static int read_nulls(struct db *db, void *arg)
{
	const char *name = "x";
	const void *data = "x";
	int64_t number = 7, weight = 7, sum = 7;
	size_t size = 7;

	(void)arg;
	assert_ok(
		db_get(db, NULL, &stmts[NULLS], INT64_C(1), &name, &number, &weight, &data, &size));
	assert_null(name);
	assert_null(data);
	assert_int_equal(size, 0);
	assert_int_equal(number, 0);
	assert_int_equal(weight, 0);
	assert_ok(db_get(db, NULL, &stmts[WIDE_SUM], &sum));
	assert_int_equal(sum, 0);
	return 0;
}

static void null_is_zero_or_nothing(void **state)
{
	(void)state;
	assert_ok(db_write(database, add_nulls, NULL));
	assert_ok(db_read(database, read_nulls, NULL));
}

static int bad_text(struct db *db, void *arg)
{
	(void)arg;
	assert_int_equal(db_exec(db, &stmts[ADD], NULL, INT64_C(1), "\xd6\xd0", INT64_C(1), 1.0,
				 NULL, (size_t)0),
		EILSEQ);
	/* the database has not seen it: the transaction goes on */
	return db_exec(db, &stmts[ADD], NULL, INT64_C(1), "中", INT64_C(1), 1.0, NULL, (size_t)0);
}

static void text_that_is_no_utf8_never_reaches_the_database(void **state)
{
	(void)state;
	assert_ok(db_write(database, bad_text, NULL));
	assert_int_equal(count(), 1);
}

static void an_error_rolls_back_and_a_second_row_is_eexist(void **state)
{
	(void)state;
	assert_ok(add(1, "a"));
	assert_int_equal(
		db_write(database, add_thing, &(struct thing){ 2, "b", ECANCELED }), ECANCELED);
	assert_int_equal(add(1, "again"), EEXIST);
	assert_int_equal(count(), 1);
}

static int hurt_and_go_on(struct db *db, void *arg)
{
	(void)arg;
	assert_ok(add_thing(db, &(struct thing){ 5, "five", 0 }));
	assert_int_equal(add_thing(db, &(struct thing){ 1, "one", 0 }), EEXIST);
	assert_int_equal(add_thing(db, &(struct thing){ 6, "six", 0 }), EEXIST);
	return 0;
}

static void a_spoiled_write_cannot_be_committed(void **state)
{
	(void)state;
	assert_ok(add(1, "a"));
	assert_int_equal(db_write(database, hurt_and_go_on, NULL), EEXIST);
	assert_int_equal(count(), 1);
}

static int seen;

static int see_row(const struct db_row *row, void *arg)
{
	struct db *db = arg;
	int64_t n = 0;

	assert_int_equal(db_row_int(row, 0), ++seen);
	if (db && seen == 2) { /* another statement, and the same again, inside */
		assert_ok(db_get(db, NULL, &stmts[COUNT], &n));
		assert_int_equal(n, 5);
		seen = 0;
		assert_ok(db_each(db, &stmts[ALL], see_row, NULL));
		assert_int_equal(seen, 5);
		seen = 2;
	}
	assert_string_equal(db_row_text(row, 1), "name");
	assert_false(db_row_is_null(row, 1));
	return 0;
}

static int stop_at_two(const struct db_row *row, void *arg)
{
	return db_row_int(row, 0) == 2 ? *(int *)arg : 0;
}

static int walk(struct db *db, void *arg)
{
	struct arena *a = arena_create(0);
	const char *name;
	int64_t n;

	(void)arg;
	seen = 0;
	assert_ok(db_each(db, &stmts[ALL], see_row, db));
	assert_int_equal(seen, 5);
	assert_ok(db_each(db, &stmts[ALL], stop_at_two, &(int){ ECANCELED }));
	assert_int_equal(db_each(db, &stmts[ALL], stop_at_two, &(int){ ENOMEM }), ENOMEM);
	assert_int_equal(db_get(db, a, &stmts[ALL], &n, &name), EINVAL); /* more than one row */
	arena_free(a);
	return 0;
}

static void rows_are_walked(void **state)
{
	(void)state;
	for (int i = 1; i <= 5; i++)
		assert_ok(add(i, "name"));
	assert_ok(db_read(database, walk, NULL));
	assert_ok(db_write(database, walk, NULL));
}

static int change_rows(struct db *db, void *arg)
{
	int64_t changed = -1, number = 0;

	(void)arg;
	assert_ok(db_exec(db, &stmts[RENAME], &changed, "new", INT64_C(2)));
	assert_int_equal(changed, 3);
	assert_ok(db_exec(db, &stmts[RENAME], &changed, "new", INT64_C(9)));
	assert_int_equal(changed, 0);
	assert_ok(db_get(db, NULL, &stmts[BUMP], INT64_C(1), &number));
	assert_int_equal(number, 11);
	assert_int_equal(db_get(db, NULL, &stmts[BUMP], INT64_C(9), &number), ENOENT);
	return 0;
}

static void changed_rows_are_counted(void **state)
{
	(void)state;
	for (int i = 1; i <= 4; i++)
		assert_ok(add(i, "name"));
	assert_ok(db_write(database, change_rows, NULL));
}

static int write_in_read(struct db *db, void *arg)
{
	(void)arg;
	return add_thing(db, &(struct thing){ 1, "a", 0 });
}

static void a_read_cannot_write(void **state)
{
	(void)state;
	assert_int_equal(db_read(database, write_in_read, NULL), EINVAL);
	assert_int_equal(count(), 0);
}

static int write_in_write(struct db *db, void *arg)
{
	(void)db;
	(void)arg;
	assert_int_equal(add(1, "a"), EDEADLK);
	assert_int_equal(count(), 0); /* reading is allowed */
	return 0;
}

static void a_write_inside_a_write_is_refused(void **state)
{
	(void)state;
	assert_ok(db_write(database, write_in_write, NULL));
	assert_ok(add(1, "a"));
}

static int read_in_read(struct db *db, void *arg)
{
	int depth = *(int *)arg;

	(void)db;
	return depth ? db_read(database, read_in_read, &(int){ depth - 1 }) : add(1, "a");
}

static void reads_nest_and_a_write_may_follow_inside(void **state)
{
	(void)state;
	assert_ok(db_read(database, read_in_read, &(int){ 20 }));
	assert_int_equal(count(), 1);
}

static int hooked[2];

static void hook(void *arg)
{
	++*(int *)arg;
	assert_int_equal(add(99, "in a hook"), EDEADLK);
}

static int write_with_hook(struct db *db, void *arg)
{
	struct thing *t = arg;

	assert_ok(db_after_commit(db, hook, &hooked[t->result != 0]));
	assert_int_equal(hooked[0], t->id == 1 ? 0 : 1);
	return add_thing(db, arg);
}

static void hooks_run_after_the_commit_only(void **state)
{
	(void)state;
	memset(hooked, 0, sizeof(hooked));
	assert_ok(db_write(database, write_with_hook, &(struct thing){ 1, "a", 0 }));
	assert_int_equal(hooked[0], 1);
	assert_int_equal(db_write(database, write_with_hook, &(struct thing){ 2, "a", EIO }), EIO);
	assert_int_equal(hooked[1], 0);
}

static sem_t done_sem;
static atomic_int done_ok, done_failed;

static void done(int err, void *arg)
{
	(void)arg;
	atomic_fetch_add(err ? &done_failed : &done_ok, 1);
	sem_post(&done_sem);
}

static void asynchronous_writes_tell_when_they_are_durable(void **state)
{
	static struct thing things[101];

	(void)state;
	sem_init(&done_sem, 0, 0);
	atomic_store(&done_ok, 0);
	atomic_store(&done_failed, 0);
	for (int i = 1; i <= 100; i++) {
		things[i] = (struct thing){ i, "async", i % 10 ? 0 : EIO };
		assert_ok(db_write_async(database, add_thing, done, &things[i]));
	}
	for (int i = 1; i <= 100; i++)
		sem_wait(&done_sem);
	assert_int_equal(atomic_load(&done_ok), 90);
	assert_int_equal(atomic_load(&done_failed), 10);
	assert_int_equal(count(), 90);
	sem_destroy(&done_sem);
}

static int bump(struct db *db, void *arg)
{
	int64_t *number = arg;

	return db_get(db, NULL, &stmts[BUMP], INT64_C(1), number);
}

static int read_then_write(struct db *db, void *arg)
{
	struct arena *a = arena_create(0);
	const char *name;
	const void *data;
	size_t size;
	double weight;
	int64_t *number = arg;
	char next[24];
	int err = db_get(db, a, &stmts[GET], INT64_C(2), &name, number, &weight, &data, &size);

	snprintf(next, sizeof(next), "%lld", err ? 0 : strtoll(name, NULL, 10) + 1);
	if (!err)
		err = db_exec(db, &stmts[RENAME], NULL, next, INT64_C(2));
	arena_free(a);
	return err;
}

static void *write_often(void *arg)
{
	int64_t number;

	(void)arg;
	for (int i = 0; i < 25; i++) {
		assert_ok(db_write(database, bump, &number));
		assert_ok(db_write(database, read_then_write, &number));
	}
	return NULL;
}

static int read_name(struct db *db, void *arg)
{
	struct arena *a = arena_create(0);
	const char *name;
	const void *data;
	size_t size;
	double weight;
	int64_t number;
	int err = db_get(db, a, &stmts[GET], INT64_C(2), &name, &number, &weight, &data, &size);

	if (!err)
		snprintf(arg, 24, "%s", name);
	arena_free(a);
	return err;
}

static void threads_lose_no_update(void **state)
{
	pthread_t threads[8];
	char name[24] = "";
	int64_t number;

	(void)state;
	assert_ok(add(1, "a"));
	assert_ok(add(2, "0"));
	for (int i = 0; i < 8; i++)
		assert_ok(pthread_create(&threads[i], NULL, write_often, NULL));
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	assert_ok(db_write(database, bump, &number));
	assert_int_equal(number, 10 + 200 + 1);
	assert_ok(db_read(database, read_name, name));
	assert_string_equal(name, "200");
}

static int take_number(struct db *db, void *arg)
{
	int64_t *number = arg;
	int err = db_get(db, NULL, &stmts[TAKE_NUMBER], INT64_C(1), number);

	return err ? err : add_thing(db, &(struct thing){ *number, "numbered", 0 });
}

static void *take_numbers(void *arg)
{
	int64_t number;

	for (int i = 0; i < 25; i++)
		assert_ok(db_write(database, take_number, &number));
	return arg;
}

static void a_counter_gives_each_number_once(void **state)
{
	pthread_t threads[8];
	int64_t number;

	(void)state;
	assert_ok(add(1, "a"));
	for (int i = 0; i < 8; i++)
		assert_ok(pthread_create(&threads[i], NULL, take_numbers, NULL));
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	assert_ok(db_write(database, take_number, &number));
	assert_int_equal(number, 10 + 200 + 1);
	assert_int_equal(count(), 202);
}

static void the_journal_drops_what_is_refused_and_keeps_the_rest(void **state)
{
	static struct thing things[200];

	(void)state;
	atomic_store(&released, 0);
	for (int i = 0; i < 200; i++) {
		things[i] = (struct thing){ i + 1, "journal", i % 50 == 7 ? EINVAL : 0 };
		assert_ok(db_journal(database, add_thing, release_thing, &things[i]));
	}
	wait_for_journal();
	assert_int_equal(count(), 196);
	while (atomic_load(&released) < 200)
		sched_yield();
}

static sem_t sliced;
static atomic_int slices;

static int slice(struct db *db, void *arg)
{
	int64_t n = 0;

	(void)arg;
	assert_ok(db_get(db, NULL, &stmts[COUNT], &n));
	if (n >= 5) {
		sem_post(&sliced);
		return 0;
	}
	atomic_fetch_add(&slices, 1);
	assert_ok(add_thing(db, &(struct thing){ 100 + n, "slice", 0 }));
	return EAGAIN;
}

static void idle_slices_go_on_while_there_is_more(void **state)
{
	(void)state;
	sem_init(&sliced, 0, 0);
	atomic_store(&slices, 0);
	assert_ok(add(1, "a"));
	assert_ok(database_on_idle(database, slice, NULL));
	sem_wait(&sliced);
	assert_int_equal(atomic_load(&slices), 4);
	assert_int_equal(count(), 5);
	assert_ok(add(2, "b")); /* writes wake it again */
	sem_wait(&sliced);
}

static void declared_statements_are_checked(void **state)
{
	static const struct db_stmt bad[] = { { .name = "bad.columns",
						      .in = "",
						      .out = "i",
						      .sql = "SELECT id, name FROM thing" },
		{ 0 } };
	static const struct db_stmt same_name[] = {
		{ .name = "case.get", .in = "", .out = "i", .sql = "SELECT 1" }, { 0 }
	};
	static const struct db_stmt wrong[] = {
		{ .name = "bad.letter", .in = "x", .out = "", .sql = "SELECT $1" }, { 0 }
	};
	char problem[300] = "";

	(void)state;
	assert_int_equal(database_declare(database, same_name), EEXIST);
	assert_int_equal(database_declare(database, wrong), EINVAL);
	assert_ok(database_check(database, problem, sizeof(problem)));
	assert_ok(database_declare(database, bad));
	assert_int_equal(database_check(database, problem, sizeof(problem)), EINVAL);
	assert_non_null(strstr(problem, "bad.columns"));
}

static int use_undeclared(struct db *db, void *arg)
{
	static const struct db_stmt stmt = {
		.name = "undeclared", .in = "", .out = "i", .sql = "SELECT 1"
	};

	return db_get(db, NULL, &stmt, arg);
}

static void an_undeclared_statement_is_refused(void **state)
{
	int64_t n;

	(void)state;
	assert_int_equal(db_read(database, use_undeclared, &n), EINVAL);
}

#define DB_CASES                                                                                   \
	DB_CASE(values_come_back_as_they_went), DB_CASE(null_is_zero_or_nothing),                  \
		DB_CASE(text_that_is_no_utf8_never_reaches_the_database),                          \
		DB_CASE(an_error_rolls_back_and_a_second_row_is_eexist),                           \
		DB_CASE(a_spoiled_write_cannot_be_committed), DB_CASE(rows_are_walked),            \
		DB_CASE(changed_rows_are_counted), DB_CASE(a_read_cannot_write),                   \
		DB_CASE(a_write_inside_a_write_is_refused),                                        \
		DB_CASE(reads_nest_and_a_write_may_follow_inside),                                 \
		DB_CASE(hooks_run_after_the_commit_only),                                          \
		DB_CASE(asynchronous_writes_tell_when_they_are_durable),                           \
		DB_CASE(threads_lose_no_update), DB_CASE(a_counter_gives_each_number_once),        \
		DB_CASE(the_journal_drops_what_is_refused_and_keeps_the_rest),                     \
		DB_CASE(idle_slices_go_on_while_there_is_more),                                    \
		DB_CASE(declared_statements_are_checked),                                          \
		DB_CASE(an_undeclared_statement_is_refused)

#endif
