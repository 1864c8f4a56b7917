/* The database on SQLite: the common cases, and what a file can do to us. */
#include <sqlite3.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "db_cases.h"

static char folder[] = "/tmp/hotline-test-db-XXXXXX";
static char path[64], url[80], moved[80];

static int set_up(void **state)
{
	(void)state;
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/hotline.db", folder);
	snprintf(url, sizeof(url), "sqlite:%s", path);
	snprintf(moved, sizeof(moved), "%s.away", path);
	open_database(url);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	database_close(database);
	database = NULL;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void open_again(void)
{
	struct db_config config = { .url = url };
	char problem[300];

	assert_ok(database_open(&database, &config, problem, sizeof(problem)));
	assert_ok(database_declare(database, stmts));
}

static sqlite3 *lock_file(void)
{
	sqlite3 *other;

	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	return other;
}

static void a_locked_file_is_eagain_and_comes_back(void **state)
{
	sqlite3 *other = lock_file();

	(void)state;
	assert_int_equal(add(1, "a"), EAGAIN);
	assert_false(database_is_reachable(database));
	assert_int_equal(count(), 0); /* reading goes on */
	sqlite3_close(other);
	assert_ok(add(1, "a"));
	assert_true(database_is_reachable(database));
}

static void the_journal_outlives_a_locked_file(void **state)
{
	static struct thing things[100];
	sqlite3 *other = lock_file();

	(void)state;
	atomic_store(&released, 0);
	for (int i = 0; i < 100; i++) {
		things[i] = (struct thing){ i + 1, "journal", 0 };
		assert_ok(db_journal(database, add_thing, release_thing, &things[i]));
	}
	while (database_is_reachable(database)) /* it has tried */
		sched_yield();
	assert_int_equal(db_journal_waiting(database), 100);
	sqlite3_close(other);
	wait_for_journal();
	assert_int_equal(count(), 100);
}

static void a_renamed_file_is_not_written_to_and_comes_back(void **state)
{
	(void)state;
	assert_ok(add(1, "a"));
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(add(2, "b"), EAGAIN);
	assert_false(database_is_reachable(database));
	assert_int_not_equal(access(path, F_OK), 0); /* and no empty one is made */
	assert_int_equal(rename(moved, path), 0);
	assert_ok(add(2, "b"));
	assert_true(database_is_reachable(database));
	assert_int_equal(count(), 2);
}

static void run(const char *format, const char *a, const char *b)
{
	char command[300];

	snprintf(command, sizeof(command), format, a, b, a, b);
	assert_int_equal(system(command), 0);
}

static void another_file_in_its_place_is_opened_anew(void **state)
{
	sqlite3 *other;

	(void)state;
	assert_ok(add(1, "a"));
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK); /* a backup of the file as it is */
	run("sqlite3 %s 'VACUUM INTO \"%s\"'", path, moved);
	sqlite3_close(other);
	assert_ok(add(2, "lost with the old file"));
	assert_int_equal(count(), 2);
	run("rm %s-wal %s-shm 2>/dev/null || true", path, path);
	assert_int_equal(rename(moved, path), 0);
	assert_ok(add(3, "c"));
	assert_int_equal(count(), 2);
}

static void *write_and_tell(void *arg)
{
	static atomic_int next = 1;

	for (;;) {
		int id = atomic_fetch_add(&next, 1);

		if (add(id, "killed") || write(*(int *)arg, &id, sizeof(id)) != (ssize_t)sizeof(id))
			return NULL;
	}
}

/* In a process of its own: writes from many threads and tells each that is done, until it is killed. */
static void write_until_killed(int pipe_end)
{
	struct db_config config = { .url = url };
	char problem[300];
	pthread_t threads[8];

	if (database_open(&database, &config, problem, sizeof(problem)) ||
		database_declare(database, stmts))
		_exit(1);
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, write_and_tell, &pipe_end);
	for (;;)
		pause();
}

static int find_thing(struct db *db, void *arg)
{
	struct arena *a = arena_create(0);
	const char *name;
	const void *data;
	size_t size;
	double weight;
	int64_t number;
	int err = db_get(
		db, a, &stmts[GET], (int64_t) * (int *)arg, &name, &number, &weight, &data, &size);

	arena_free(a);
	return err;
}

static void acknowledged_writes_survive_a_kill(void **state)
{
	static int ids[2000];
	int ends[2], count_told = 0;
	pid_t child;

	(void)state;
	database_close(database);
	database = NULL;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (!child)
		write_until_killed(ends[1]);
	close(ends[1]);
	while (count_told < 2000 &&
		read(ends[0], &ids[count_told], sizeof(int)) == (ssize_t)sizeof(int)) {
		if (++count_told == 500)
			kill(child, SIGKILL);
	}
	close(ends[0]);
	waitpid(child, NULL, 0);
	assert_true(count_told >= 500);
	open_again();
	for (int i = 0; i < count_told; i++)
		assert_ok(db_read(database, find_thing, &ids[i]));
}

static void a_bad_url_is_told(void **state)
{
	struct db_config config = { .url = "mysql:x" };
	struct database *other = NULL;
	char problem[300] = "";

	(void)state;
	assert_int_equal(database_open(&other, &config, problem, sizeof(problem)), EINVAL);
	assert_non_null(strstr(problem, "sqlite:"));
	config.url = "sqlite:/nowhere/at/all.db";
	assert_int_not_equal(database_open(&other, &config, problem, sizeof(problem)), 0);
	assert_non_null(strstr(problem, "/nowhere/at/all.db"));
	config.url = NULL;
	assert_int_equal(database_open(&other, &config, problem, sizeof(problem)), EINVAL);
	assert_null(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_CASES,
		DB_CASE(a_locked_file_is_eagain_and_comes_back),
		DB_CASE(the_journal_outlives_a_locked_file),
		DB_CASE(a_renamed_file_is_not_written_to_and_comes_back),
		DB_CASE(another_file_in_its_place_is_opened_anew),
		DB_CASE(acknowledged_writes_survive_a_kill),
		DB_CASE(a_bad_url_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
