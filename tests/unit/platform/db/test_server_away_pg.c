/* A PostgreSQL server that is stopped, killed and restarted under us. Needs a server of its own. */
#define PLACE_POSTGRES
#include <semaphore.h>
#include "db_things.h"
#include "db_place.h"

static int set_up(void **state)
{
	(void)state;
	place_make();
	open_database(place_url);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	database_close(database);
	database = NULL;
	place_remove();
	return 0;
}

static void run(const char *format, const char *word)
{
	char command[200];

	snprintf(command, sizeof(command), format, word);
	assert_int_equal(system(command), 0);
}

static void stop_server(const char *mode)
{
	run("$HOTLINE_TEST_POSTGRES_CTL -m %s stop", mode);
}

/* pg_ctlcluster says "already running" for a moment after an immediate stop on a busy machine. */
static void start_server(void)
{
	run("for i in 1 2 3 4 5 6 7 8 9; do $HOTLINE_TEST_POSTGRES_CTL start && exit 0; sleep "
	    "0.%s; done; exit 1",
		"3");
}

static void pooled_connections_survive_a_restart_of_the_server(void **state)
{
	(void)state;
	assert_ok(add(1, "a"));
	assert_int_equal(count(), 1);
	stop_server("immediate");
	start_server();
	assert_int_equal(count(), 1);
	assert_ok(add(2, "b"));
	assert_int_equal(count(), 2);
}

static void a_gone_server_is_eagain_and_the_journal_outlives_it(void **state)
{
	static struct thing things[150];
	int64_t n;

	(void)state;
	assert_ok(add(1000, "before"));
	stop_server("immediate");
	assert_int_equal(add(1001, "a"), EAGAIN);
	assert_int_equal(db_read(database, count_things, &n), EAGAIN);
	assert_false(database_is_reachable(database));
	atomic_store(&released, 0);
	for (int i = 0; i < 150; i++) {
		things[i] = (struct thing){ i + 1, "journal", 0 };
		assert_ok(db_journal(database, add_thing, release_thing, &things[i]));
	}
	assert_int_equal(db_journal_waiting(database), 150);
	start_server();
	wait_for_journal();
	assert_true(database_is_reachable(database));
	assert_int_equal(count(), 151);
}

static int add_and_lose_the_connection(struct db *db, void *arg)
{
	int *runs = arg;
	int err = add_thing(db, &(struct thing){ 1, "a", 0 });

	if (!err && !(*runs)++) {
		/* the server dies between the last statement and the commit */
		stop_server("immediate");
		start_server();
	}
	return err;
}

static void a_commit_that_did_not_happen_is_eagain(void **state)
{
	int runs = 0;

	(void)state;
	assert_int_equal(db_write(database, add_and_lose_the_connection, &runs), EAGAIN);
	assert_int_equal(runs, 1);
	assert_int_equal(count(), 0);
	assert_ok(db_write(database, add_and_lose_the_connection, &runs));
	assert_int_equal(count(), 1);
}

static sem_t told;
static char messages[200];

static void hear_message(const char *payload, void *arg)
{
	(void)arg;
	strcat(messages, payload ? payload : "lost");
	strcat(messages, "|");
	sem_post(&told);
}

static int tell(struct db *db, void *arg)
{
	assert_ok(db_notify(db, arg));
	return strcmp(arg, "no") ? 0 : EIO;
}

static void messages_arrive_with_the_commit_and_loss_is_told(void **state)
{
	(void)state;
	sem_init(&told, 0, 0);
	assert_ok(database_listen(database, hear_message, NULL));
	assert_int_equal(database_listen(database, hear_message, NULL), EEXIST);
	do /* until the listener is there */
		assert_ok(db_write(database, tell, "first"));
	while (sem_trywait(&told));
	messages[0] = '\0';
	assert_int_equal(db_write(database, tell, "no"), EIO);
	stop_server("fast");
	start_server();
	while (!strstr(messages, "lost|"))
		sem_wait(&told);
	assert_ok(db_write(database, tell, "中文"));
	while (!strstr(messages, "中文|"))
		sem_wait(&told);
	assert_null(strstr(messages, "no|"));
	database_unlisten(database);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_CASE(pooled_connections_survive_a_restart_of_the_server),
		DB_CASE(a_gone_server_is_eagain_and_the_journal_outlives_it),
		DB_CASE(a_commit_that_did_not_happen_is_eagain),
		DB_CASE(messages_arrive_with_the_commit_and_loss_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
