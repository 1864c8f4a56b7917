/* The database on PostgreSQL: the common cases, and two nodes that migrate at once. */
#define PLACE_POSTGRES
#include "db_cases.h"
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

static void *migrate(void *arg)
{
	struct database *d = place_open();

	database_close(d);
	return arg;
}

static void migrations_of_two_nodes_do_not_meet(void **state)
{
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_ok(pthread_create(&threads[i], NULL, migrate, NULL));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { DB_CASES,
		DB_CASE(migrations_of_two_nodes_do_not_meet) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
