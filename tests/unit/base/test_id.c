/* Ids: order, time, node, parsing, many threads. */
#include <pthread.h>
#include "check.h"
#include "id.h"

#define NOW INT64_C(1790000000123)

static void ids_carry_their_time_and_rise(void **state)
{
	int64_t before = 0;

	(void)state;
	id_set_node(7);
	for (int i = 0; i < 40000; i++) { /* more than a millisecond has numbers */
		int64_t id = id_make(NOW);

		assert_true(id > before);
		assert_int_equal(id >> 14 & 0xff, 7);
		before = id;
	}
	assert_int_equal(id_time(before), NOW + 2);
	assert_true(id_make(NOW - 5000) > before); /* the clock was put back */
	assert_true(id_first_at(NOW) <= before);
	assert_true(id_first_at(NOW + 3) > before);
	assert_true(id_first_at(0) == 0);
}

static void parse_takes_only_ids(void **state)
{
	(void)state;
	assert_true(id_parse("9007199254740993") == INT64_C(9007199254740993));
	assert_true(id_parse(NULL) == 0);
	assert_true(id_parse("") == 0);
	assert_true(id_parse("-1") == 0);
	assert_true(id_parse("+1") == 0);
	assert_true(id_parse(" 1") == 0);
	assert_true(id_parse("12x") == 0);
	assert_true(id_parse("99999999999999999999") == 0);
}

#define EACH 5000
static int64_t made[4][EACH];

static void *make(void *arg)
{
	int64_t *ids = arg;

	for (int i = 0; i < EACH; i++)
		ids[i] = id_make(NOW);
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void threads_never_share_an_id(void **state)
{
	pthread_t threads[4];
	int64_t *all = &made[0][0];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_ok(pthread_create(&threads[i], NULL, make, made[i]));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	qsort(all, 4L * EACH, sizeof(*all), by_value);
	for (int i = 1; i < 4 * EACH; i++)
		assert_true(all[i] != all[i - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_carry_their_time_and_rise),
		cmocka_unit_test(parse_takes_only_ids),
		cmocka_unit_test(threads_never_share_an_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
