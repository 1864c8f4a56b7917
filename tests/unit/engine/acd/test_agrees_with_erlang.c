/* Waiting in a simulated call centre agrees with the formulas of Erlang C and Erlang A. Seeded, so the result is always the same; the
 * long runs that leave no room for luck are in bench/bench_acd.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "call_centre_simulation.h"

static void near(double got, double expected)
{
	if (fabs(got - expected) > 0.02 * expected)
		fail_msg("got %f, the formula says %f", got, expected);
}

static void test_erlang_c(void **state)
{
	static const struct sim_load loads[] = {
		{ .agents = 5, .traffic = 3, .calls = 200000, .seed = 4 },
		{ .agents = 2, .traffic = 1, .calls = 200000, .seed = 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		struct sim_result got = simulate(&loads[i]), expected = erlang_c(&loads[i]);

		near(got.delayed, expected.delayed);
		near(got.wait, expected.wait);
		near(got.in_target, expected.in_target);
	}
}

static void test_erlang_a(void **state)
{
	static const struct sim_load loads[] = {
		{ .agents = 10, .traffic = 10, .patience = 0.5, .calls = 100000, .seed = 1 },
		{ .agents = 20,
			.traffic = 24,
			.patience = 1,
			.calls = 100000,
			.seed = 1 }, /* overloaded */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		struct sim_result got = simulate(&loads[i]), expected = erlang_a(&loads[i]);

		near(got.delayed, expected.delayed);
		near(got.wait, expected.wait);
		near(got.abandoned, expected.abandoned);
	}
}

/* The formulas themselves, against published values (Erlang C: 10 agents, 8 Erlang: 0.409). */
static void test_formulas(void **state)
{
	struct sim_load l = { .agents = 10, .traffic = 8 };

	(void)state;
	assert_true(fabs(erlang_c(&l).delayed - 0.4092) < 0.0001);
	l.patience = 1e9; /* endless patience: the same */
	assert_true(fabs(erlang_a(&l).delayed - 0.4092) < 0.0001);
	assert_true(fabs(erlang_a(&l).wait - erlang_c(&l).wait) < 0.0001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_erlang_c),
		cmocka_unit_test(test_erlang_a),
		cmocka_unit_test(test_formulas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
