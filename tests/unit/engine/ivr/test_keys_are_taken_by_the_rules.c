/* The input rules of reference workflow 7.3, one test each. */
#include "fake_call.h"

#define MENU                                                                                       \
	"{'id':'a','type':'menu','prompt':[{'audio':'welcome'}],'timeoutPrompt':[{'audio':'nokey'" \
	"}],"                                                                                      \
	"'invalidPrompt':[{'audio':'wrong'}],'keys':{'1':'one','2':'two','*':'repeat'}},"          \
	"{'id':'x','type':'hangup'}"
#define MENU_EDGES "a one x a two x a timeout x a invalid x"

static void test_first_digit_timer_starts_when_the_prompt_ends(void **state)
{
	struct fake_call *f = begin_flow("", MENU, MENU_EDGES);

	(void)state;
	EXPECT(f, "play @welcome");
	ivr_session_played(f->session);
	EXPECT(f, "timer 5000");
	type_keys(f, "2");
	EXPECT(f, "a>two 2", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_first_digit_timer_starts_at_once_without_a_prompt(void **state)
{
	struct fake_call *f = begin_flow("'defaults':{'firstDigitTimeout':7}",
		"{'id':'a','type':'menu','keys':{'1':'one'}},{'id':'x','type':'hangup'}",
		"a one x a timeout x a invalid x");

	(void)state;
	EXPECT(f, "timer 7000");
	hang_up_test(f);
}

static void test_first_key_stops_the_prompt(void **state)
{
	struct fake_call *f = begin_flow("", MENU, MENU_EDGES);

	(void)state;
	EXPECT(f, "play @welcome");
	type_keys(f, "1");
	EXPECT(f, "stop", "a>one 1", "x>normal", "ended normal");
	/* Nothing happens after the end. */
	type_keys(f, "1");
	ivr_session_played(f->session);
	ivr_session_timer(f->session);
	ivr_session_hangup(f->session);
	EXPECT(f);
	hang_up_test(f);
}

static void test_played_of_a_stopped_prompt_is_ignored(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'menu','prompt':[{'audio':'welcome'}],'keys':{'1':'one','12':'"
		"twelve'}},"
		"{'id':'x','type':'hangup'}",
		"a one x a twelve x a timeout x a invalid x");

	(void)state;
	type_keys(f, "1");
	EXPECT(f, "play @welcome", "stop", "timer 3000");
	ivr_session_played(f->session);
	EXPECT(f);
	hang_up_test(f);
}

static void test_without_barge_in_keys_in_the_prompt_are_lost(void **state)
{
	struct fake_call *f = begin_flow("'defaults':{'bargeIn':false}", MENU, MENU_EDGES);

	(void)state;
	type_keys(f, "12");
	EXPECT(f, "play @welcome");
	ivr_session_played(f->session);
	EXPECT(f, "timer 5000");
	type_keys(f, "1");
	EXPECT(f, "a>one 1", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_type_ahead_setting_keeps_keys_of_the_prompt(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'menu','bargeIn':false,'typeAhead':true,'prompt':[{'audio':'law'}"
		"],'keys':{'1':'one'}},"
		"{'id':'x','type':'hangup'}",
		"a one x a timeout x a invalid x");

	(void)state;
	type_keys(f, "1");
	EXPECT(f, "play @law");
	ivr_session_played(f->session);
	EXPECT(f, "a>one 1", "x>normal", "ended normal");
	hang_up_test(f);
}

#define TWO_MENUS                                                                                  \
	"{'id':'a','type':'menu','prompt':[{'audio':'m1'}],'keys':{'1':'one'}},"                   \
	"{'id':'p','type':'play','prompt':[{'audio':'news'}],'bargeIn':%s},"                       \
	"{'id':'b','type':'menu','prompt':[{'audio':'m2'}],'flush':%s,'keys':{'7':'seven'}},{'id'" \
	":'x','type':'hangup'}"
#define TWO_EDGES "a one p a timeout x a invalid x p next b b seven x b timeout x b invalid x"

static void test_keys_typed_before_a_node_are_its_keys(void **state)
{
	char nodes[1024];
	struct fake_call *f;

	(void)state;
	snprintf(nodes, sizeof(nodes), TWO_MENUS, "true", "false");
	f = begin_flow("", nodes, TWO_EDGES);
	type_keys(f, "17"); /* also through a recording */
	EXPECT(f, "play @m1", "stop", "a>one 1", "play @news", "stop", "p>key", "b>seven 7",
		"x>normal", "ended normal");
	hang_up_test(f);

	snprintf(nodes, sizeof(nodes), TWO_MENUS, "false", "false");
	f = begin_flow("", nodes, TWO_EDGES);
	type_keys(f, "17");
	EXPECT(f, "play @m1", "stop", "a>one 1", "play @news");
	ivr_session_played(f->session);
	EXPECT(f, "p>next", "b>seven 7", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_flush_forgets_them(void **state)
{
	char nodes[1024];
	struct fake_call *f;

	(void)state;
	snprintf(nodes, sizeof(nodes), TWO_MENUS, "true", "true");
	f = begin_flow("", nodes, TWO_EDGES);
	type_keys(f, "17");
	EXPECT(f, "play @m1", "stop", "a>one 1", "play @news", "stop", "p>key", "play @m2");
	hang_up_test(f);
}

static void test_type_ahead_holds_32_keys(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'play','bargeIn':false,'prompt':[{'audio':'news'}]},"
		"{'id':'c','type':'collect','variable':'v','maxDigits':40,'endKey':''},{'id':'x','"
		"type':'hangup'}",
		"a next c c ok x c timeout x c invalid x");
	char expected[64];

	(void)state;
	for (int i = 0; i < 50; i++)
		ivr_session_digit(f->session, (char)('0' + i % 10));
	ivr_session_played(f->session);
	ivr_session_timer(f->session);
	snprintf(expected, sizeof(expected), "v=01234567890123456789012345678901");
	EXPECT(f, "play @news", "a>next", "timer 3000", expected,
		"c>ok 01234567890123456789012345678901", "x>normal", "ended normal");
	hang_up_test(f);
}

#define LONG_KEYS                                                                                  \
	"{'id':'a','type':'menu','keys':{'1':'one','12':'twelve','3':'three','4567':'long'}},{'"   \
	"id':'x','type':'hangup'}"
#define LONG_EDGES "a one x a twelve x a three x a long x a timeout x a invalid x"

static void test_longest_key_wins(void **state)
{
	static const struct {
		const char *keys;
		bool timer;
		const char *trace;
	} rows[] = {
		{ "3", false, "a>three 3" },
		{ "12", false, "a>twelve 12" },
		{ "1", true, "a>one 1" },
		{ "13", false, "a>one 1" },
		{ "4567", false, "a>long 4567" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_call *f = begin_flow("", LONG_KEYS, LONG_EDGES);

		type_keys(f, rows[i].keys);
		if (rows[i].timer)
			ivr_session_timer(f->session);
		for (size_t k = 0; k < f->count; k++)
			if (strchr(f->lines[k], '>') && f->lines[k][0] == 'a')
				assert_string_equal(f->lines[k], rows[i].trace);
		assert_true(f->ended);
		hang_up_test(f);
	}
}

static void test_rest_of_a_longest_match_is_typed_ahead(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'menu','keys':{'1':'one','12':'twelve'}},{'id':'b','type':'menu',"
		"'keys':{'3':'three'}},"
		"{'id':'x','type':'hangup'}",
		"a one b a twelve x a timeout x a invalid x b three x b timeout x b invalid x");

	(void)state;
	type_keys(f, "13");
	EXPECT(f, "timer 5000", "timer 3000", "a>one 1", "b>three 3", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_inter_digit_timer_restarts_at_each_key(void **state)
{
	struct fake_call *f =
		begin_flow("'defaults':{'interDigitTimeout':4}", LONG_KEYS, LONG_EDGES);

	(void)state;
	type_keys(f, "4");
	EXPECT(f, "timer 5000", "timer 4000");
	type_keys(f, "5");
	EXPECT(f, "timer 4000");
	type_keys(f, "6");
	EXPECT(f, "timer 4000");
	ivr_session_timer(f->session); /* 456 is no key */
	EXPECT(f, "timer 5000");
	hang_up_test(f);
}

static void test_tries_without_key_and_wrong_ones_are_counted_apart(void **state)
{
	struct fake_call *f =
		begin_flow("'defaults':{'maxTimeout':2,'maxInvalid':3}", MENU, MENU_EDGES);

	(void)state;
	ivr_session_played(f->session);
	EXPECT(f, "play @welcome", "timer 5000");
	type_keys(f, "9");
	EXPECT(f, "play @wrong @welcome");
	ivr_session_played(f->session);
	ivr_session_timer(f->session);
	EXPECT(f, "timer 5000", "play @nokey @welcome");
	type_keys(f, "9");
	EXPECT(f, "stop", "play @wrong @welcome");
	ivr_session_played(f->session);
	ivr_session_timer(f->session);
	EXPECT(f, "timer 5000", "a>timeout 99", "x>normal", "ended normal");
	hang_up_test(f);

	f = begin_flow("'defaults':{'maxTimeout':2,'maxInvalid':2}", MENU, MENU_EDGES);
	type_keys(f, "99");
	EXPECT(f, "play @welcome", "stop", "play @wrong @welcome", "stop", "a>invalid 99",
		"x>normal", "ended normal");
	hang_up_test(f);
}

static void test_each_try_has_its_own_prompt(void **state)
{
	struct fake_call *f = begin_flow("'defaults':{'maxInvalid':5}",
		"{'id':'a','type':'menu','prompt':[{'audio':'long'}],'shortPrompt':[{'audio':'"
		"short'}],"
		"'invalidPrompt':[[{'audio':'w1'}],[{'audio':'w2'},{'silence':300}]],'keys':{'1':'"
		"one','*':'repeat'}},"
		"{'id':'x','type':'hangup'}",
		"a one x a timeout x a invalid x");

	(void)state;
	type_keys(f, "999");
	EXPECT(f, "play @long", "stop", "play @w1 @short", "stop", "play @w2 300ms @short", "stop",
		"play @w2 300ms @short");
	type_keys(f, "*"); /* asked for: all of it */
	EXPECT(f, "stop", "play @long");
	hang_up_test(f);
}

static void test_counters_are_per_visit(void **state)
{
	struct fake_call *f = begin_flow("'defaults':{'maxTimeout':1}",
		"{'id':'a','type':'menu','keys':{'1':'one'}},{'id':'w','type':'wait','ms':500},{'"
		"id':'x','type':'hangup'}",
		"a one x a timeout w a invalid x w next a");

	(void)state;
	for (int i = 0; i < 5; i++) {
		ivr_session_timer(f->session);
		ivr_session_timer(f->session);
	}
	assert_false(f->ended);
	hang_up_test(f);
}

static void test_global_keys_unless_the_node_uses_them(void **state)
{
	struct fake_call *f = begin_flow("'globalKeys':{'0':'op','*':'repeat','#':'back'}",
		"{'id':'a','type':'menu','prompt':[{'audio':'m1'}],'keys':{'1':'one','0':'own'}},"
		"{'id':'b','type':'menu','prompt':[{'audio':'m2'}],'keys':{'5':'five'}},"
		"{'id':'op','type':'play','prompt':[{'audio':'operator'}]},{'id':'x','type':'"
		"hangup'}",
		"a one b a own x a timeout x a invalid x b five x b timeout x b invalid x op next "
		"x");

	(void)state;
	type_keys(f, "1");
	EXPECT(f, "play @m1", "stop", "a>one 1", "play @m2");
	type_keys(f, "*");
	EXPECT(f, "stop", "play @m2");
	type_keys(f, "#");
	EXPECT(f, "stop", "b>back *#", "play @m1");
	type_keys(f, "1");
	EXPECT(f, "stop", "a>one 1", "play @m2");
	type_keys(f, "0");
	EXPECT(f, "stop", "b>global 0", "play @operator");
	hang_up_test(f);

	f = begin_flow("'globalKeys':{'0':'x'}",
		"{'id':'a','type':'menu','keys':{'0':'own','1':'one'}},{'id':'p','type':'play','"
		"prompt':[{'audio':'own'}]},"
		"{'id':'x','type':'hangup'}",
		"a own p a one x a timeout x a invalid x p next x");
	type_keys(f, "0");
	EXPECT(f, "timer 5000", "a>own 0", "play @own");
	hang_up_test(f);
}

static void test_back_without_a_question_before_repeats(void **state)
{
	struct fake_call *f = begin_flow("'globalKeys':{'#':'back'}", MENU, MENU_EDGES);

	(void)state;
	type_keys(f, "#");
	EXPECT(f, "play @welcome", "stop", "play @welcome");
	hang_up_test(f);
}

static void test_menu_actions_without_edges(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'menu','prompt':[{'audio':'m1'}],'keys':{'1':'one'}},"
		"{'id':'b','type':'menu','prompt':[{'audio':'m2'}],'keys':{'7':'repeat','8':'back',"
		"'9':'main'}},"
		"{'id':'x','type':'hangup'}",
		"a one b a timeout x a invalid x b timeout x b invalid x");

	(void)state;
	type_keys(f, "17");
	EXPECT(f, "play @m1", "stop", "a>one 1", "play @m2", "stop", "play @m2");
	type_keys(f, "8");
	EXPECT(f, "stop", "b>back 78", "play @m1");
	type_keys(f, "19");
	EXPECT(f, "stop", "a>one 1", "play @m2", "stop", "b>main 9", "play @m1");
	hang_up_test(f);
}

static void test_only_keys_are_keys(void **state)
{
	struct fake_call *f = begin_flow("", MENU, MENU_EDGES);

	(void)state;
	ivr_session_digit(f->session, 'x');
	ivr_session_digit(f->session, '\0');
	ivr_session_digit(f->session, (char)0xff);
	EXPECT(f, "play @welcome");
	hang_up_test(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_digit_timer_starts_when_the_prompt_ends),
		cmocka_unit_test(test_first_digit_timer_starts_at_once_without_a_prompt),
		cmocka_unit_test(test_first_key_stops_the_prompt),
		cmocka_unit_test(test_played_of_a_stopped_prompt_is_ignored),
		cmocka_unit_test(test_without_barge_in_keys_in_the_prompt_are_lost),
		cmocka_unit_test(test_type_ahead_setting_keeps_keys_of_the_prompt),
		cmocka_unit_test(test_keys_typed_before_a_node_are_its_keys),
		cmocka_unit_test(test_flush_forgets_them),
		cmocka_unit_test(test_type_ahead_holds_32_keys),
		cmocka_unit_test(test_longest_key_wins),
		cmocka_unit_test(test_rest_of_a_longest_match_is_typed_ahead),
		cmocka_unit_test(test_inter_digit_timer_restarts_at_each_key),
		cmocka_unit_test(test_tries_without_key_and_wrong_ones_are_counted_apart),
		cmocka_unit_test(test_each_try_has_its_own_prompt),
		cmocka_unit_test(test_counters_are_per_visit),
		cmocka_unit_test(test_global_keys_unless_the_node_uses_them),
		cmocka_unit_test(test_back_without_a_question_before_repeats),
		cmocka_unit_test(test_menu_actions_without_edges),
		cmocka_unit_test(test_only_keys_are_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
