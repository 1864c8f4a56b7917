/* Each strategy asks the agent its name promises. */
#include "acd_desk.h"

/* Three agents in positions 2, 3, 1 who became ready in the order 1, 2, 3; then `calls` calls one after the other, each of which is
 * answered and talked for 10 s. The agents asked, in order. */
static void test_strategies(void **state)
{
	static const struct {
		enum acd_strategy strategy;
		int64_t asked[6];
	} rows[] = {
		{ ACD_LONGEST_IDLE, { 1, 2, 3, 1, 2, 3 } },
		{ ACD_ROUND_ROBIN, { 3, 1, 2, 3, 1, 2 } },
		{ ACD_FEWEST_CALLS, { 1, 2, 3, 1, 2, 3 } },
		{ ACD_LEAST_TALK, { 1, 2, 3, 1, 2, 3 } },
		{ ACD_SEQUENTIAL, { 3, 3, 3, 3, 3, 3 } },
	};

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct acd *a = desk_open(rows[r].strategy);

		desk_seat(a, 1, 1, 2);
		desk_seat(a, 2, 1, 3);
		desk_seat(a, 3, 1, 1);
		for (int i = 1; i <= 3; i++)
			desk_ready(a, i, 100 * i);
		for (int i = 0; i < 6; i++) {
			int64_t now = 10000 + 20000 * i;

			desk_call(a, 100 + i, now);
			assert_int_equal(desk_asked(a, now), rows[r].asked[i]);
			acd_call_leave(a, 100 + i);
			desk_talk(a, rows[r].asked[i], now, 10000);
		}
		acd_free(a);
	}
}

static void test_longest_idle_counts_from_the_last_call(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	desk_seat(a, 1, 1, 0);
	desk_seat(a, 2, 1, 0);
	desk_ready(a, 1, 0);
	desk_ready(a, 2, 1000);
	desk_talk(a, 1, 2000, 3000);
	desk_call(a, 9, 6000);
	assert_int_equal(desk_asked(a, 6000), 2);
	acd_free(a);
}

static void test_who_was_only_asked_keeps_his_idle_time(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	desk_seat(a, 1, 1, 0);
	desk_seat(a, 2, 1, 0);
	desk_ready(a, 1, 0);
	desk_ready(a, 2, 1000);
	desk_call(a, 9, 2000);
	assert_int_equal(desk_asked(a, 2000), 1);
	acd_call_leave(a, 9); /* the caller hung up while his phone rang */
	desk_ready(a, 1, 3000);
	desk_call(a, 10, 4000);
	assert_int_equal(desk_asked(a, 4000), 1);
	acd_free(a);
}

static void test_fewest_calls_and_least_talk_differ(void **state)
{
	static const struct {
		enum acd_strategy strategy;
		int64_t asked;
	} rows[] = { { ACD_FEWEST_CALLS, 2 }, { ACD_LEAST_TALK, 1 } };

	(void)state;
	for (size_t r = 0; r < 2; r++) {
		struct acd *a = desk_open(rows[r].strategy);

		desk_seat(a, 1, 1, 0);
		desk_seat(a, 2, 1, 0);
		desk_ready(a, 1, 0);
		desk_ready(a, 2, 0);
		desk_talk(a, 1, 1000, 1000); /* two short calls */
		desk_talk(a, 1, 3000, 1000);
		desk_talk(a, 2, 1000, 60000); /* one long call */
		desk_call(a, 9, 70000);
		assert_int_equal(desk_asked(a, 70000), rows[r].asked);
		acd_free(a);
	}
}

static void test_new_day_forgets_calls(void **state)
{
	struct acd *a = desk_open(ACD_FEWEST_CALLS);

	(void)state;
	desk_seat(a, 1, 1, 0);
	desk_seat(a, 2, 1, 0);
	desk_ready(a, 1, 0);
	desk_talk(a, 1, 1000, 1000);
	desk_ready(a, 2, 5000);
	acd_new_day(a);
	desk_call(a, 9, 6000);
	assert_int_equal(desk_asked(a, 6000), 1); /* both at 0: idle longest */
	acd_free(a);
}

static void test_round_robin_goes_on_after_the_busy_one(void **state)
{
	struct acd *a = desk_open(ACD_ROUND_ROBIN);

	(void)state;
	for (int i = 1; i <= 4; i++) {
		desk_seat(a, i, 1, 0);
		desk_ready(a, i, 0);
	}
	desk_call(a, 1, 10);
	assert_int_equal(desk_asked(a, 10), 1);
	assert_int_equal(acd_agent_state(a, 2, ACD_AGENT_AWAY, 20, 0), 0);
	desk_call(a, 2, 30);
	assert_int_equal(desk_asked(a, 30), 3);
	desk_ready(a, 2, 40);
	desk_call(a, 3, 50);
	assert_int_equal(desk_asked(a, 50), 4); /* 2 has lost this turn */
	desk_call(a, 4, 60);
	assert_int_equal(desk_asked(a, 60), 2);
	acd_free(a);
}

static void test_ring_all_rings_all(void **state)
{
	struct acd *a = desk_open(ACD_RING_ALL);
	struct acd_offer offers[8];

	(void)state;
	for (int i = 1; i <= 5; i++) {
		desk_seat(a, i, 1, 0);
		if (i <= 3)
			desk_ready(a, i, i);
	}
	desk_call(a, 9, 100);
	desk_call(a, 10, 200);
	/* In two pieces, as the contract says. */
	assert_int_equal(acd_decide(a, 300, offers, 2, NULL), 2);
	assert_int_equal(acd_decide(a, 300, offers + 2, 2, NULL), 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(offers[i].call, 9);
		assert_int_equal(offers[i].agent, i + 1);
	}
	/* Who becomes ready while it rings is asked too. */
	desk_ready(a, 4, 400);
	assert_int_equal(acd_decide(a, 400, offers, 8, NULL), 1);
	assert_int_equal(offers[0].call, 9);
	assert_int_equal(offers[0].agent, 4);
	/* 2 answers; the others are free for the next call. */
	assert_int_equal(acd_agent_state(a, 2, ACD_AGENT_BUSY, 500, 0), 0);
	acd_call_leave(a, 9);
	for (int i = 1; i <= 4; i++)
		if (i != 2)
			desk_ready(a, i, 500);
	assert_int_equal(acd_decide(a, 500, offers, 8, NULL), 3);
	assert_int_equal(offers[0].call, 10);
	acd_free(a);
}

static void test_random_is_fair(void **state)
{
	struct acd *a = desk_open(ACD_RANDOM);
	int asked[5] = { 0 };

	(void)state;
	for (int i = 1; i <= 4; i++) {
		/* Different skills: chance must not favour small groups. */
		struct acd_member m = { .queue = SALES, .tier = 1 };
		struct acd_skill skill = { .id = 5, .level = i == 4 ? 2 : 1 };

		assert_int_equal(acd_agent_set(a, i, &m, 1, &skill, 1), 0);
		desk_ready(a, i, 0);
	}
	for (int i = 0; i < 4000; i++) {
		int64_t agent;

		desk_call(a, 9, i);
		agent = desk_asked(a, i);
		assert_true(agent >= 1 && agent <= 4);
		asked[agent]++;
		acd_call_leave(a, 9);
		desk_ready(a, agent, i);
	}
	for (int i = 1; i <= 4; i++)
		assert_in_range(asked[i], 880, 1120); /* 4 standard deviations */
	acd_free(a);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(acd_strategy_names[ACD_LONGEST_IDLE], "longest_idle");
	assert_string_equal(acd_strategy_names[ACD_RANDOM], "random");
	assert_null(acd_strategy_names[ACD_RANDOM + 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strategies),
		cmocka_unit_test(test_longest_idle_counts_from_the_last_call),
		cmocka_unit_test(test_who_was_only_asked_keeps_his_idle_time),
		cmocka_unit_test(test_fewest_calls_and_least_talk_differ),
		cmocka_unit_test(test_new_day_forgets_calls),
		cmocka_unit_test(test_round_robin_goes_on_after_the_busy_one),
		cmocka_unit_test(test_ring_all_rings_all),
		cmocka_unit_test(test_random_is_fair),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
