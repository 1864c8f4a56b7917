/* Errors, limits, hang-ups, nodes that wait for the domain, and hosts that answer from inside their functions. */
#include <time.h>
#include "domain_stubs.h"
#include "fake_call.h"

#define END     ",{'id':'x','type':'hangup'}"
#define APOLOGY "play 抱歉，系统暂时无法为您服务，请稍后再拨。"

/* A time node without an answer of the calendar fails. */
#define FAILING "{'id':'a','type':'time','calendar':'none'}"

static void test_error_goes_to_its_port(void **state)
{
	struct fake_call *f = begin_flow("'onError':'e'",
		FAILING ",{'id':'e','type':'play','prompt':[{'audio':'flow'}]},{'id':'p','type':'"
			"play','prompt':[{'audio':'own'}]}" END,
		"a open x a closed x a error p p next x e next x");

	(void)state;
	EXPECT(f, "calendar none", "a>error", "play @own");
	hang_up_test(f);
}

static void test_error_without_port_goes_to_on_error(void **state)
{
	struct fake_call *f = begin_flow("'onError':'e'",
		FAILING ",{'id':'e','type':'play','prompt':[{'audio':'flow'}]}" END,
		"a open x a closed x e next x");

	(void)state;
	EXPECT(f, "calendar none", "a>error", "play @flow");
	hang_up_test(f);
}

static void test_error_nobody_takes_care_of(void **state)
{
	struct fake_call *f = begin_flow("", FAILING END, "a open x a closed x");

	(void)state;
	EXPECT(f, "calendar none", "a>error", APOLOGY);
	type_keys(f, "1");
	ivr_session_timer(f->session);
	ivr_session_result(f->session, "next");
	EXPECT(f);
	ivr_session_played(f->session);
	EXPECT(f, "ended error");
	hang_up_test(f);
}

static void test_apology_speaks_the_callers_language(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'language','language':'en'},{'id':'t','type':'time','calendar':'"
		"none'}" END,
		"a next t t open x t closed x");

	(void)state;
	EXPECT(f, "a>next", "calendar none", "t>error",
		"play in en We are sorry, the service is not available at the moment. Please call "
		"again later.");
	ivr_session_hangup(f->session);
	EXPECT(f, "ended normal");
	hang_up_test(f);
}

static void test_error_in_on_error_ends(void **state)
{
	struct fake_call *f = begin_flow("'onError':'a'", FAILING END, "a open x a closed x");

	(void)state;
	assert_string_equal(f->lines[f->count - 1], APOLOGY);
	assert_true(f->count < 20);
	hang_up_test(f);
}

static void test_an_open_port_hangs_up(void **state)
{
	static const struct ivr_start start = { .now_ms = 0 };
	struct fake_call *f;

	(void)state;
	assert_int_equal(register_stubs(), 0);
	f = begin_flow("", "{'id':'a','type':'queue','queue':'sales'}" END,
		"a timeout x a full x a empty x a closed x");
	ivr_session_result(f->session, "answered");
	EXPECT(f, "a>answered", "ended normal");
	assert_int_equal(ivr_session_begin(f->session), EPIPE);
	ivr_session_free(f->session);
	assert_int_equal(ivr_session_create(&f->session, f->flow, &fake_host, f, &start), 0);
	hang_up_test(f);
}

static void test_one_node_is_visited_50_times(void **state)
{
	struct fake_call *f = begin_flow("'onError':'e'",
		"{'id':'a','type':'wait','ms':100},{'id':'e','type':'play','prompt':[{'audio':'"
		"limit'}]}" END,
		"a next a e next x");

	(void)state;
	for (int i = 0; i < 60; i++)
		ivr_session_timer(f->session);
	assert_string_equal(f->lines[f->count - 1], "play @limit");
	assert_int_equal(f->count, 50 * 2 + 1);
	ivr_session_played(f->session);
	assert_string_equal(f->lines[f->count - 1], "ended normal");
	hang_up_test(f);
}

static void test_repeating_is_visiting(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'menu','prompt':[{'audio':'m'}],'keys':{'*':'repeat','1':'one'}"
		"}" END,
		"a one x a timeout x a invalid x");

	(void)state;
	for (int i = 0; i < 60; i++)
		type_keys(f, "*");
	assert_string_equal(f->lines[f->count - 1], APOLOGY);
	ivr_session_played(f->session);
	assert_string_equal(f->lines[f->count - 1], "ended limit");
	hang_up_test(f);
}

/* 40 nodes in a circle: the whole is stopped before any of them. */
static void test_a_call_visits_1000_nodes(void **state)
{
	char nodes[4096] = "", edges[2048] = "";
	struct fake_call *f;
	int visits = 0;

	(void)state;
	for (int i = 0; i < 25; i++) {
		snprintf(nodes + strlen(nodes), sizeof(nodes) - strlen(nodes),
			"{'id':'%c%s','type':'wait','ms':100},", 'a' + i, i ? "1" : "");
		snprintf(edges + strlen(edges), sizeof(edges) - strlen(edges), "%c%s next %c%s ",
			'a' + i, i ? "1" : "", 'a' + (i + 1) % 25, (i + 1) % 25 ? "1" : "");
	}
	snprintf(
		nodes + strlen(nodes), sizeof(nodes) - strlen(nodes), "{'id':'x','type':'hangup'}");
	f = begin_flow("", nodes, edges);
	while (!f->ended && visits < 2000) {
		visits++;
		if (!strncmp(f->lines[f->count - 1], "play", 4))
			ivr_session_played(f->session);
		else
			ivr_session_timer(f->session);
	}
	assert_int_equal(visits, 1001);
	assert_string_equal(f->lines[f->count - 1], "ended limit");
	hang_up_test(f);
}

static void test_a_call_has_a_longest_time(void **state)
{
	struct fake_call *f = begin_flow("'defaults':{'maxDuration':60},'onError':'e'",
		"{'id':'a','type':'menu','keys':{'1':'one'}},{'id':'e','type':'menu','keys':{'1':'"
		"one'}}" END,
		"a one x a timeout x a invalid x e one x e timeout x e invalid x");

	(void)state;
	clock_advance(59000);
	type_keys(f, "2");
	EXPECT(f, "timer 5000", "timer 5000");
	clock_advance(2000);
	type_keys(f, "2");
	EXPECT(f, "a>error 2", "timer 5000"); /* onError has a minute */
	clock_advance(50000);
	type_keys(f, "2");
	EXPECT(f, "timer 5000");
	clock_advance(20000);
	type_keys(f, "2");
	EXPECT(f, "e>error 2", "ended limit");
	hang_up_test(f);
}

static void test_hangup_runs_on_hangup_without_media(void **state)
{
	struct fake_call *f = begin_flow("'onHangup':'h'",
		"{'id':'a','type':'menu','prompt':[{'audio':'m'}],'keys':{'1':'one'}},"
		"{'id':'h','type':'set','assign':[{'var':'left','value':'1'}]},"
		"{'id':'p','type':'play','prompt':[{'audio':'bye'}]},{'id':'b','type':'beep'}" END,
		"a one x a timeout x a invalid x h next p p next b b next x");

	(void)state;
	EXPECT(f, "play @m");
	ivr_session_hangup(f->session);
	EXPECT(f, "a>hangup", "left=1", "h>next", "p>next", "b>next", "x>normal", "ended normal");
	ivr_session_hangup(f->session);
	EXPECT(f);
	hang_up_test(f);
}

static void test_hangup_ends_nodes_that_wait_for_people(void **state)
{
	struct fake_call *f = begin_flow("'onHangup':'h'",
		"{'id':'a','type':'wait','ms':100},{'id':'h','type':'menu','keys':{'1':'one'}}" END,
		"a next x h one x h timeout x h invalid x");

	(void)state;
	ivr_session_hangup(f->session);
	EXPECT(f, "timer 100", "a>hangup", "timer 5000", "h>hangup", "ended normal");
	hang_up_test(f);
}

static void test_hangup_lets_the_domain_finish(void **state)
{
	struct fake_call *f;

	(void)state;
	assert_int_equal(register_stubs(), 0);
	f = begin_flow("'onHangup':'h'",
		"{'id':'a','type':'wait','ms':100},{'id':'h','type':'caller'}" END,
		"a next x h known x h unknown x h vip x h blocked x");
	ivr_session_hangup(f->session);
	EXPECT(f, "timer 100", "a>hangup");
	ivr_session_result(f->session, "known");
	EXPECT(f, "h>known", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_domain_node_waits_for_its_result(void **state)
{
	struct fake_call *f;

	(void)state;
	assert_int_equal(register_stubs(), 0);
	f = begin_flow("",
		"{'id':'a','type':'caller'},{'id':'m','type':'menu','keys':{'1':'one'}},{'id':'q','"
		"type':'queue','queue':'s'},"
		"{'id':'v','type':'voicemail','greeting':[{'audio':'vm'}]}" END,
		"a known m a unknown m a vip m a blocked x m one q m timeout x m invalid x q "
		"timeout v q full x q empty x q closed x "
		"q key_9 x v ok x v short x v timeout x");
	EXPECT(f);
	type_keys(f, "1"); /* typed while the customer is looked up: for the menu */
	EXPECT(f);
	ivr_session_result(f->session, "known");
	EXPECT(f, "a>known", "m>one 1");
	type_keys(f, "5"); /* music plays: used up by the queue */
	ivr_session_result(f->session, "timeout");
	EXPECT(f, "q>timeout 5", "play @vm loop");
	/* A return from the agent to a node of the flow. */
	assert_int_equal(ivr_session_goto(f->session, "q"), 0);
	EXPECT(f, "stop", "v>goto");
	assert_int_equal(ivr_session_goto(f->session, "nowhere"), ENOENT);
	type_keys(f, "9");
	EXPECT(f, "q>key_9 9", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_host_may_answer_from_inside(void **state)
{
	struct fake_call *f = call_flow("",
		"{'id':'a','type':'play','prompt':[{'audio':'1'}]},{'id':'b','type':'play','prompt'"
		":[{'audio':'2'}]},"
		"{'id':'l','type':'loop','max':20}" END,
		"a next b b next l l again a l done x");

	(void)state;
	f->play_ends_at_once = true;
	f->free_when_ended = true;
	assert_int_equal(ivr_session_begin(f->session), 0);
	assert_true(f->ended);
	assert_null(f->session);
	hang_up_test(f);
}

static void test_free_in_the_middle(void **state)
{
	struct fake_call *f =
		begin_flow("", "{'id':'a','type':'play','prompt':[{'audio':'1'}]}" END, "a next x");

	(void)state;
	hang_up_test(f);
	ivr_session_free(NULL);
}

static void test_variables_are_bounded(void **state)
{
	struct fake_call *f = begin_flow("", "{'id':'a','type':'wait','ms':100}" END, "a next x");
	char name[80], *value = malloc(5000);

	(void)state;
	assert_non_null(value);
	memset(value, 'v', 4999);
	value[4097] = '\0';
	assert_int_equal(ivr_set(f->session, "big", value), EMSGSIZE);
	value[4096] = '\0';
	assert_int_equal(ivr_set(f->session, "big", value), 0);
	memset(name, 'n', sizeof(name));
	name[64] = '\0';
	assert_int_equal(ivr_set(f->session, name, "1"), EINVAL);
	assert_int_equal(ivr_set(f->session, "", "1"), EINVAL);
	for (int i = 0; i < 197; i++) { /* caller, called and big are there */
		snprintf(name, sizeof(name), "v%d", i);
		assert_int_equal(ivr_set(f->session, name, name), 0);
	}
	assert_int_equal(ivr_set(f->session, "one too many", "1"), ENOSPC);
	assert_int_equal(ivr_set(f->session, "v7", "changed"), 0);
	assert_string_equal(ivr_get(f->session, "v7"), "changed");
	assert_string_equal(ivr_get(f->session, "caller"), "13800138000");
	free(value);
	hang_up_test(f);
}

static void test_sessions_keep_their_version(void **state)
{
	struct fake_call *f = begin_flow("", "{'id':'a','type':'wait','ms':100}" END, "a next x");

	(void)state;
	assert_string_equal(ivr_flow_id(f->flow), "test");
	ivr_flow_release(f->flow); /* superseded while the call is in it */
	ivr_session_timer(f->session);
	EXPECT(f, "timer 100", "a>next", "x>normal", "ended normal");
	f->flow = NULL;
	hang_up_test(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_error_goes_to_its_port),
		cmocka_unit_test(test_error_without_port_goes_to_on_error),
		cmocka_unit_test(test_error_nobody_takes_care_of),
		cmocka_unit_test(test_apology_speaks_the_callers_language),
		cmocka_unit_test(test_error_in_on_error_ends),
		cmocka_unit_test(test_an_open_port_hangs_up),
		cmocka_unit_test(test_one_node_is_visited_50_times),
		cmocka_unit_test(test_repeating_is_visiting),
		cmocka_unit_test(test_a_call_visits_1000_nodes),
		cmocka_unit_test(test_a_call_has_a_longest_time),
		cmocka_unit_test(test_hangup_runs_on_hangup_without_media),
		cmocka_unit_test(test_hangup_ends_nodes_that_wait_for_people),
		cmocka_unit_test(test_hangup_lets_the_domain_finish),
		cmocka_unit_test(test_domain_node_waits_for_its_result),
		cmocka_unit_test(test_host_may_answer_from_inside),
		cmocka_unit_test(test_free_in_the_middle),
		cmocka_unit_test(test_variables_are_bounded),
		cmocka_unit_test(test_sessions_keep_their_version),
	};

	clock_set_test(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
