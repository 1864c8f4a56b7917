/* The clock turns only when it may, and tells its watchers. */
#include "check.h"
#include "clock/clock.h"

static void count(void *arg)
{
	++*(int *)arg;
}

static void turning(void **state)
{
	int64_t now, mono;
	int calls = 0;

	(void)state;
	assert_int_equal(clock_advance(1), EPERM);
	clock_set_test(true);
	assert_true(clock_is_test());
	assert_int_equal(clock_advance(-1), EINVAL);
	now = clock_now();
	mono = clock_mono();
	assert_ok(clock_watch(count, &calls));
	assert_ok(clock_advance(3600000));
	assert_in_range(clock_now() - now, 3600000, 3605000);
	assert_in_range(clock_mono() - mono, 3600000, 3605000);
	assert_int_equal(calls, 1);
	clock_unwatch(count, &calls);
	assert_ok(clock_advance(1));
	assert_int_equal(calls, 1);
	clock_set_test(false);
	assert_in_range(clock_now() - now, 0, 5000);
}

static void watchers_are_limited(void **state)
{
	int calls[65];

	(void)state;
	for (int i = 0; i < 64; i++)
		assert_ok(clock_watch(count, &calls[i]));
	assert_int_equal(clock_watch(count, &calls[64]), ENOSPC);
	assert_int_equal(clock_watch(NULL, NULL), EINVAL);
	for (int i = 0; i < 64; i++)
		clock_unwatch(count, &calls[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turning),
		cmocka_unit_test(watchers_are_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
