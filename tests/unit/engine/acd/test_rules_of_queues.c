/* Skills, tiers, priority, weights, last agents, refusals, moves, forecasts and explanations. */
#include "acd_desk.h"

#define NEVER INT64_MAX

static void set_queue(struct acd *a, struct acd_queue q)
{
	assert_int_equal(acd_queue_set(a, &q), 0);
}

static void seat_skilled(struct acd *a, int64_t agent, int64_t skill, int level)
{
	struct acd_member m = { .queue = SALES, .tier = 1 };
	struct acd_skill s = { .id = skill, .level = level };

	assert_int_equal(acd_agent_set(a, agent, &m, 1, &s, 1), 0);
	desk_ready(a, agent, agent);
}

static void call_for(struct acd *a, int64_t call, int64_t skill, int level, int64_t now)
{
	struct acd_call c = { .id = call,
		.queue = SALES,
		.entered_ms = now,
		.skill_count = 1,
		.skills = { { .id = skill, .level = level } } };

	assert_int_equal(acd_call_enter(a, &c), 0);
}

static void test_skill_and_level_are_needed(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	seat_skilled(a, 1, 5, 3);
	seat_skilled(a, 2, 6, 9);
	call_for(a, 10, 5, 4, 1000);
	assert_int_equal(desk_asked(a, 1000), 0);
	assert_int_equal(desk_next(a, 1000), NEVER);
	seat_skilled(a, 3, 5, 4);
	assert_int_equal(desk_asked(a, 2000), 3);
	/* The call in front that nobody can take does not stop those behind it. */
	call_for(a, 11, 7, 1, 3000);
	call_for(a, 12, 6, 1, 4000);
	assert_int_equal(desk_asked(a, 4000), 2);
	acd_free(a);
}

static void test_levels_relax_with_waiting(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	set_queue(a, (struct acd_queue){ .id = SALES, .skill_relax_ms = 10000 });
	seat_skilled(a, 1, 5, 2);
	call_for(a, 10, 5, 4, 0);
	assert_int_equal(desk_asked(a, 19999), 0);
	assert_int_equal(desk_next(a, 19999), 20000);
	assert_int_equal(desk_asked(a, 20000), 1);
	/* Down to 0: anyone of the queue. */
	seat_skilled(a, 2, 6, 1);
	call_for(a, 11, 5, 3, 100000);
	assert_int_equal(desk_next(a, 100000), 130000);
	assert_int_equal(desk_asked(a, 130000), 2);
	acd_free(a);
}

static void test_tiers_join_after_waiting(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	set_queue(a, (struct acd_queue){ .id = SALES, .tier_wait_ms = 15000 });
	desk_seat(a, 1, 1, 0);
	desk_seat(a, 2, 2, 0);
	desk_seat(a, 3, 3, 0);
	assert_int_equal(acd_agent_state(a, 1, ACD_AGENT_BUSY, 0, 0), 0);
	assert_int_equal(acd_agent_state(a, 2, ACD_AGENT_BUSY, 0, 0), 0);
	desk_ready(a, 3, 0);
	desk_call(a, 10, 1000);
	assert_int_equal(desk_next(a, 1000), 31000);
	desk_ready(a, 2, 2000);
	assert_int_equal(desk_next(a, 2000), 16000);
	assert_int_equal(desk_asked(a, 16000), 2);
	acd_free(a);
}

static void test_tiers_without_anybody_are_not_waited_for(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	set_queue(a, (struct acd_queue){ .id = SALES, .tier_wait_ms = 15000 });
	desk_seat(a, 1, 1, 0);
	desk_seat(a, 2, 2, 0);
	assert_int_equal(acd_agent_state(a, 1, ACD_AGENT_BUSY, 0, 0), 0);
	desk_ready(a, 2, 0);
	desk_call(a, 10, 1000);
	assert_int_equal(desk_asked(a, 1000), 0);
	assert_int_equal(acd_agent_state(a, 1, ACD_AGENT_AWAY, 2000, 0), 0);
	assert_int_equal(desk_asked(a, 2000), 2);
	acd_free(a);
}

static void test_first_tier_comes_first(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	desk_seat(a, 1, 2, 0);
	desk_seat(a, 2, 1, 0);
	desk_ready(a, 1, 0);
	desk_ready(a, 2, 1000);
	desk_call(a, 10, 2000);
	assert_int_equal(desk_asked(a, 2000), 2);
	desk_call(a, 11, 3000);
	assert_int_equal(desk_asked(a, 3000), 1);
	acd_free(a);
}

static void enter_with(struct acd *a, int64_t call, int64_t queue, int priority, int64_t now)
{
	struct acd_call c = { .id = call, .queue = queue, .priority = priority, .entered_ms = now };

	assert_int_equal(acd_call_enter(a, &c), 0);
}

static void test_priority_strict_and_as_minutes(void **state)
{
	static const struct {
		bool points;
		int64_t order[3];
	} rows[] = { { false, { 12, 11, 10 } }, { true, { 10, 12, 11 } } };

	(void)state;
	for (size_t r = 0; r < 2; r++) {
		struct acd *a = desk_open(ACD_LONGEST_IDLE);

		set_queue(a, (struct acd_queue){ .id = SALES, .points = rows[r].points });
		enter_with(a, 10, SALES, 0, 0);
		enter_with(a, 11, SALES, 1, 150000); /* as if at 90 s */
		enter_with(a, 12, SALES, 2, 200000); /* as if at 80 s */
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(acd_position(a, rows[r].order[i]), i + 1);
		acd_free(a);
	}
}

static void test_queue_weight_then_waiting_time(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);
	struct acd_member both[] = { { .queue = SALES, .tier = 1 }, { .queue = PHONE, .tier = 1 } };
	struct acd_offer offer;

	(void)state;
	set_queue(a, (struct acd_queue){ .id = PHONE });
	assert_int_equal(acd_agent_set(a, 1, both, 2, NULL, 0), 0);
	enter_with(a, 10, SALES, 0, 2000);
	enter_with(a, 11, PHONE, 0, 1000);
	enter_with(a, 12, SALES, 0, 3000);
	desk_ready(a, 1, 4000);
	assert_int_equal(acd_decide(a, 4000, &offer, 1, NULL), 1);
	assert_int_equal(offer.call, 11);
	acd_call_leave(a, 11);
	enter_with(a, 11, PHONE, 0, 1000);
	set_queue(a, (struct acd_queue){ .id = SALES, .weight = 1 });
	desk_talk(a, 1, 5000, 1000);
	assert_int_equal(acd_decide(a, 6000, &offer, 1, NULL), 1);
	assert_int_equal(offer.call, 10);
	acd_free(a);
}

static void enter_regular(struct acd *a, int64_t call, int64_t last, int64_t now)
{
	struct acd_call c = { .id = call, .queue = SALES, .entered_ms = now, .last_agent = last };

	assert_int_equal(acd_call_enter(a, &c), 0);
}

static void test_last_agent_is_preferred(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	for (int i = 1; i <= 3; i++) {
		desk_seat(a, i, i == 3 ? 2 : 1, 0);
		desk_ready(a, i, i);
	}
	enter_regular(a, 10, 3, 100); /* whatever his tier */
	assert_int_equal(desk_asked(a, 100), 3);
	enter_regular(a, 11, 3, 200); /* not free: anybody */
	assert_int_equal(desk_asked(a, 200), 1);
	acd_free(a);
}

static void test_call_waits_for_its_last_agent(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	set_queue(a, (struct acd_queue){ .id = SALES, .last_agent_ms = 20000 });
	desk_seat(a, 1, 1, 0);
	desk_seat(a, 2, 1, 0);
	desk_ready(a, 1, 0);
	assert_int_equal(acd_agent_state(a, 2, ACD_AGENT_BUSY, 0, 0), 0);
	enter_regular(a, 10, 2, 1000);
	assert_int_equal(desk_next(a, 1000), 21000);
	/* Others are not held up by it. */
	desk_call(a, 11, 2000);
	assert_int_equal(desk_asked(a, 2000), 1);
	desk_talk(a, 1, 2000, 1000);
	acd_call_leave(a, 11);
	assert_int_equal(acd_agent_state(a, 2, ACD_AGENT_READY, 5000, 1000), 0);
	assert_int_equal(desk_asked(a, 5000), 2);
	/* His refusal ends it: the other one is asked at once. */
	acd_call_refused(a, 10, 2, 6000, 30000);
	assert_int_equal(desk_asked(a, 6000), 1);
	acd_call_leave(a, 10);
	/* So does going away. */
	desk_ready(a, 1, 7000);
	desk_ready(a, 2, 7000);
	assert_int_equal(acd_agent_state(a, 2, ACD_AGENT_BUSY, 8000, 0), 0);
	enter_regular(a, 12, 2, 9000);
	assert_int_equal(desk_asked(a, 9000), 0);
	assert_int_equal(acd_agent_state(a, 2, ACD_AGENT_AWAY, 10000, 0), 0);
	assert_int_equal(desk_asked(a, 10000), 1);
	acd_free(a);
}

static void test_refusal_pauses_only_this_pair(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	desk_seat(a, 1, 1, 0);
	desk_ready(a, 1, 0);
	desk_call(a, 10, 1000);
	assert_int_equal(desk_asked(a, 1000), 1);
	acd_call_refused(a, 10, 1, 2000, 5000);
	assert_int_equal(acd_position(a, 10), 1);
	desk_ready(a, 1, 2000);
	assert_int_equal(desk_next(a, 2000), 7000);
	desk_call(a, 11, 3000); /* another call is welcome to him */
	assert_int_equal(desk_asked(a, 3000), 1);
	acd_call_leave(a, 11);
	desk_talk(a, 1, 3000, 1000);
	assert_int_equal(desk_asked(a, 6999), 0);
	assert_int_equal(desk_asked(a, 7000), 1);
	acd_free(a);
}

static void test_place_is_kept(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	set_queue(a, (struct acd_queue){ .id = PHONE });
	desk_seat(a, 1, 1, 0);
	desk_ready(a, 1, 0);
	for (int i = 0; i < 3; i++)
		desk_call(a, 10 + i, 1000 + i);
	assert_int_equal(desk_asked(a, 2000), 1);
	assert_int_equal(acd_position(a, 10), 1); /* offered, still first */
	assert_int_equal(acd_position(a, 11), 2);
	assert_int_equal(acd_waiting(a, SALES), 3);
	/* To another queue and back, with its time of entry. */
	enter_with(a, 11, PHONE, 0, 1001);
	assert_int_equal(acd_position(a, 11), 1);
	assert_int_equal(acd_position(a, 12), 2);
	assert_int_equal(acd_waiting(a, PHONE), 1);
	desk_call(a, 13, 1001); /* as old, but came later */
	enter_with(a, 11, SALES, 0, 1001);
	assert_int_equal(acd_position(a, 11), 2);
	assert_int_equal(acd_position(a, 13), 3);
	assert_int_equal(acd_position(a, 99), 0);
	acd_free(a);
}

static void test_removed_queue_keeps_its_calls(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);
	struct acd_call c = { .id = 11, .queue = SALES };

	(void)state;
	desk_seat(a, 1, 1, 0);
	desk_call(a, 10, 0);
	acd_queue_remove(a, SALES);
	desk_ready(a, 1, 0);
	assert_int_equal(desk_asked(a, 1000), 0);
	assert_int_equal(acd_position(a, 10), 1);
	assert_int_equal(acd_call_enter(a, &c), 2 /* ENOENT */);
	set_queue(a, (struct acd_queue){ .id = SALES });
	assert_int_equal(desk_asked(a, 1000), 1);
	acd_free(a);
}

static void test_agent_before_queue(void **state)
{
	struct acd *a = acd_create(1);

	(void)state;
	desk_seat(a, 1, 1, 0); /* rows are loaded in any order */
	desk_ready(a, 1, 0);
	set_queue(a, (struct acd_queue){ .id = SALES });
	desk_call(a, 10, 0);
	assert_int_equal(desk_asked(a, 0), 1);
	acd_free(a);
}

static void test_removed_agent_gives_the_call_back(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);
	size_t present, ready;

	(void)state;
	desk_seat(a, 1, 1, 0);
	desk_seat(a, 2, 1, 0);
	desk_ready(a, 1, 0);
	desk_call(a, 10, 0);
	assert_int_equal(desk_asked(a, 0), 1);
	acd_agent_remove(a, 1);
	desk_ready(a, 2, 10);
	assert_int_equal(desk_asked(a, 10), 2);
	acd_staff(a, SALES, &present, &ready);
	assert_int_equal(present, 1);
	assert_int_equal(ready, 0);
	acd_free(a);
}

static void test_expected_wait(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);

	(void)state;
	desk_call(a, 10, 0);
	desk_call(a, 11, 1);
	assert_int_equal(acd_expected_wait(a, 10, 0), -1); /* nobody, nothing known */
	acd_handled(a, SALES, 100000);
	acd_handled(a, SALES, 140000);
	assert_int_equal(acd_expected_wait(a, 10, 0), -1);
	for (int i = 1; i <= 4; i++) {
		desk_seat(a, i, 1, 0);
		assert_int_equal(acd_agent_state(a, i, ACD_AGENT_BUSY, 0, 0), 0);
	}
	assert_int_equal(acd_expected_wait(a, 10, 0), 30000);
	assert_int_equal(acd_expected_wait(a, 11, 0), 60000);
	assert_int_equal(acd_expected_wait(a, 12, 0), -1);
	acd_free(a);
}

static void test_explanation(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);
	struct acd_candidate c[8];

	(void)state;
	set_queue(a, (struct acd_queue){ .id = SALES, .tier_wait_ms = 15000 });
	for (int i = 1; i <= 3; i++)
		seat_skilled(a, i, 5, 5);
	seat_skilled(a, 4, 6, 5);
	assert_int_equal(acd_agent_set(a, 5, &(struct acd_member){ .queue = SALES, .tier = 2 }, 1,
				 &(struct acd_skill){ .id = 5, .level = 9 }, 1),
		0);
	desk_ready(a, 5, 5);
	assert_int_equal(acd_agent_state(a, 3, ACD_AGENT_BUSY, 0, 0), 0);
	call_for(a, 10, 5, 5, 1000);
	assert_int_equal(acd_explain(a, 10, 4000, c, 8), 5);
	assert_int_equal(c[0].agent, 1);
	assert_string_equal(c[0].reason, "chosen");
	assert_int_equal(c[1].agent, 2);
	assert_string_equal(c[1].reason, "ready");
	assert_int_equal(c[2].agent, 5);
	assert_string_equal(c[2].reason, "tier 2 joins in 12 s");
	assert_int_equal(c[3].agent, 4);
	assert_string_equal(c[3].reason, "lacks skill");
	assert_int_equal(c[4].agent, 3);
	assert_string_equal(c[4].reason, "not ready");
	/* Asking changes nothing. */
	assert_int_equal(desk_asked(a, 4000), 1);
	acd_call_refused(a, 10, 1, 5000, 30000);
	desk_ready(a, 1, 5000);
	assert_int_equal(acd_explain(a, 10, 5000, c, 8), 5);
	assert_string_equal(c[0].reason, "chosen");
	assert_int_equal(c[0].agent, 2);
	assert_int_equal(c[1].agent, 5); /* joins sooner than the refusal is forgotten */
	assert_string_equal(c[2].reason, "refused just now");
	assert_int_equal(acd_explain(a, 99, 5000, c, 8), 0);
	acd_free(a);
}

static void test_bad_values_are_refused(void **state)
{
	struct acd *a = desk_open(ACD_LONGEST_IDLE);
	struct acd_member twice[] = { { .queue = SALES, .tier = 1 },
		{ .queue = SALES, .tier = 2 } };
	struct acd_call many = { .id = 1, .queue = SALES, .skill_count = ACD_MAX_SKILLS + 1 };

	(void)state;
	assert_int_equal(acd_agent_set(a, 1, twice, 2, NULL, 0), 22);
	twice[0].tier = 0;
	assert_int_equal(acd_agent_set(a, 1, twice, 1, NULL, 0), 22);
	assert_int_equal(acd_call_enter(a, &many), 22);
	assert_int_equal(
		acd_queue_set(a, &(struct acd_queue){ .id = 3, .strategy = (enum acd_strategy)99 }),
		22);
	assert_int_equal(acd_queue_set(a, &(struct acd_queue){ .id = 3, .tier_wait_ms = -1 }), 22);
	assert_int_equal(acd_agent_state(a, 77, ACD_AGENT_READY, 0, 0), 2);
	acd_call_leave(a, 12345);
	acd_call_refused(a, 1, 2, 3, 4);
	acd_agent_remove(a, 77);
	acd_queue_remove(a, 77);
	acd_free(NULL);
	acd_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_skill_and_level_are_needed),
		cmocka_unit_test(test_levels_relax_with_waiting),
		cmocka_unit_test(test_tiers_join_after_waiting),
		cmocka_unit_test(test_tiers_without_anybody_are_not_waited_for),
		cmocka_unit_test(test_first_tier_comes_first),
		cmocka_unit_test(test_priority_strict_and_as_minutes),
		cmocka_unit_test(test_queue_weight_then_waiting_time),
		cmocka_unit_test(test_last_agent_is_preferred),
		cmocka_unit_test(test_call_waits_for_its_last_agent),
		cmocka_unit_test(test_refusal_pauses_only_this_pair),
		cmocka_unit_test(test_place_is_kept),
		cmocka_unit_test(test_removed_queue_keeps_its_calls),
		cmocka_unit_test(test_agent_before_queue),
		cmocka_unit_test(test_removed_agent_gives_the_call_back),
		cmocka_unit_test(test_expected_wait),
		cmocka_unit_test(test_explanation),
		cmocka_unit_test(test_bad_values_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
