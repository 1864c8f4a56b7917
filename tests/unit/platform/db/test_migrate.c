/* Migrations: one text for both databases, each file once, a newer schema refused. */
#include <unistd.h>
#include "check.h"
#include "clock/clock.h"
#include "db/db.h"
#include "db/db_migrate.h"

static char folder[] = "/tmp/hotline-test-migrate-XXXXXX";
static char url[80], problem[300];

static void run(const char *format)
{
	char command[300];

	snprintf(command, sizeof(command), format, folder, folder);
	assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
	(void)state;
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	if (!mkdtemp(folder))
		return -1;
	snprintf(url, sizeof(url), "sqlite:%s/hotline.db", folder);
	problem[0] = '\0';
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run("rm -rf %s");
	return 0;
}

static struct database *open_with(const char *migrations)
{
	struct db_config config = { .url = url, .migrations = migrations };
	struct database *d = NULL;

	if (database_open(&d, &config, problem, sizeof(problem)))
		fail_msg("%s", problem);
	return d;
}

static void texts_differ_where_they_say_so(void **state)
{
	static const char text[] =
		"CREATE TABLE a (id @ID, data @BLOB, other BIGINT @IDEA);\n"
		"-- @sqlite\nCREATE VIRTUAL TABLE f;\n  -- @postgres  \nCREATE INDEX g;\n"
		"-- @both\n-- @bothers\nSELECT 1;";
	char *s = db_migration_expand(text, DB_SQLITE), *p = db_migration_expand(text, DB_POSTGRES);

	(void)state;
	assert_string_equal(s,
		"CREATE TABLE a (id INTEGER PRIMARY KEY, data BLOB, other BIGINT @IDEA);\n"
		"CREATE VIRTUAL TABLE f;\n-- @bothers\nSELECT 1;\n");
	assert_string_equal(p,
		"CREATE TABLE a (id BIGINT PRIMARY KEY, data BYTEA, other BIGINT @IDEA);\n"
		"CREATE INDEX g;\n-- @bothers\nSELECT 1;\n");
	free(s);
	free(p);
}

static void the_built_in_files_run_once(void **state)
{
	struct database *d = open_with(NULL);
	unsigned migrated = 0;

	(void)state;
	assert_ok(database_migrate(d, &migrated, problem, sizeof(problem)));
	assert_true(migrated >= 1);
	assert_ok(database_migrate(d, &migrated, problem, sizeof(problem)));
	assert_int_equal(migrated, 0);
	assert_ok(database_check(d, problem, sizeof(problem)));
	database_close(d);
}

static void a_bad_file_is_named_and_leaves_nothing(void **state)
{
	struct database *d;
	unsigned migrated = 9;

	(void)state;
	run("echo 'CREATE TABLE a (id @ID);' > %s/0001_a.sql; echo 'CREATE TABLE b (id @ID); "
	    "nonsense' >"
	    " %s/0010_b.sql");
	d = open_with(folder);
	assert_int_not_equal(database_migrate(d, &migrated, problem, sizeof(problem)), 0);
	assert_non_null(strstr(problem, "0010_b.sql"));
	assert_non_null(strstr(problem, "nonsense"));
	run("echo 'CREATE TABLE b (id @ID);' > %s/0010_b.sql");
	assert_ok(database_migrate(d, &migrated, problem, sizeof(problem)));
	assert_int_equal(migrated, 1);
	database_close(d);
}

static void a_newer_schema_is_refused(void **state)
{
	struct database *d;

	(void)state;
	run("echo 'CREATE TABLE a (id @ID);' > %s/9000_a.sql");
	d = open_with(folder);
	assert_ok(database_migrate(d, NULL, problem, sizeof(problem)));
	database_close(d);
	d = open_with(NULL);
	assert_int_equal(database_migrate(d, NULL, problem, sizeof(problem)), EINVAL);
	assert_non_null(strstr(problem, "newer"));
	database_close(d);
}

static void two_files_with_one_number_are_refused(void **state)
{
	struct database *d;

	(void)state;
	run("echo 'SELECT 1;' > %s/0001_a.sql; echo 'SELECT 1;' > %s/0001_b.sql");
	d = open_with(folder);
	assert_int_equal(database_migrate(d, NULL, problem, sizeof(problem)), EEXIST);
	database_close(d);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_differ_where_they_say_so),
		CASE(the_built_in_files_run_once),
		CASE(a_bad_file_is_named_and_leaves_nothing),
		CASE(a_newer_schema_is_refused),
		CASE(two_files_with_one_number_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
