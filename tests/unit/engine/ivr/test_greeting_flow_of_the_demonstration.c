/* The greeting and keys of requirement A27 (tests/fixtures/ivr/main.json): it compiles without a finding and leads where the keys say. */
#include "domain_stubs.h"
#include "fake_call.h"

static bool exists(const char *kind, const char *name, const char *language, void *arg)
{
	static const char *const queues[] = { "sales", "phone", "computer", "software", "other",
		"complaint", "front", NULL };

	(void)language;
	(void)arg;
	if (!strcmp(kind, "calendar"))
		return !strcmp(name, "work");
	for (const char *const *q = queues; *q && !strcmp(kind, "queue"); q++)
		if (!strcmp(*q, name))
			return true;
	return false;
}

static struct fake_call *call_main(const char *calendar, const char *thrown)
{
	static char json[65536];
	static const struct ivr_start start = { .caller = "13800138000", .called = "4001" };
	struct fake_call *f = calloc(1, sizeof(*f));
	struct ivr_finding findings[4];
	FILE *file = fopen(TEST_FIXTURES "/ivr/main.json", "rb");
	size_t len, count = 0;

	assert_non_null(f);
	assert_non_null(file);
	len = fread(json, 1, sizeof(json), file);
	fclose(file);
	assert_int_equal(register_stubs(), 0);
	if (ivr_flow_compile(&f->flow, json, len, exists, NULL, findings, 4, &count) || count)
		fail_msg("%s: %s %s", findings[0].node, findings[0].code, findings[0].detail);
	f->calendar = calendar;
	f->thrown = thrown;
	assert_int_equal(ivr_session_create(&f->session, f->flow, &fake_host, f, &start), 0);
	assert_int_equal(ivr_session_begin(f->session), 0);
	return f;
}

static const char *last(const struct fake_call *f)
{
	return f->lines[f->count - 1];
}

static void test_keys_lead_to_their_queues(void **state)
{
	static const char *const rows[][2] = { { "1", "menu>sales 1" }, { "2", "menu>phone 2" },
		{ "3", "menu>computer 3" }, { "4", "menu>software 4" }, { "5", "menu>other 5" },
		{ "9", "menu>complaint 9" }, { "0", "menu>front 0" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_call *f = call_main("open", NULL);

		ivr_session_result(f->session, "known");
		assert_non_null(strstr(last(f), "您好，这里是上海众达客服中心"));
		type_keys(f, rows[i][0]);
		assert_string_equal(last(f), rows[i][1]);
		/* Nobody free: a message. */
		ivr_session_result(f->session, "timeout");
		assert_non_null(strstr(last(f), "留言"));
		ivr_session_result(f->session, "ok");
		assert_non_null(strstr(last(f), "感谢您的来电"));
		ivr_session_played(f->session);
		assert_string_equal(last(f), "ended normal");
		hang_up_test(f);
	}
}

static void test_star_repeats_and_eight_speaks_english(void **state)
{
	struct fake_call *f = call_main("open", NULL);

	(void)state;
	ivr_session_result(f->session, "unknown");
	type_keys(f, "*");
	assert_non_null(strstr(last(f), "您好，这里是上海众达客服中心"));
	type_keys(f, "8");
	assert_non_null(strstr(last(f), "play in en"));
	type_keys(f, "7");
	assert_non_null(strstr(last(f), "销售"));
	hang_up_test(f);
}

static void test_who_says_nothing_reaches_somebody(void **state)
{
	struct fake_call *f = call_main("open", NULL);

	(void)state;
	ivr_session_result(f->session, "unknown");
	for (int i = 0; i < 3; i++) {
		ivr_session_played(f->session);
		ivr_session_timer(f->session);
	}
	assert_string_equal(last(f), "menu>timeout");
	hang_up_test(f);
}

static void test_closed_and_emergency(void **state)
{
	struct fake_call *f = call_main("holiday", NULL);

	(void)state;
	assert_non_null(strstr(last(f), "非营业时间"));
	ivr_session_played(f->session);
	assert_non_null(strstr(last(f), "留言"));
	hang_up_test(f);
	f = call_main("open", "emergency");
	assert_non_null(strstr(last(f), "突发"));
	ivr_session_hangup(f->session);
	assert_string_equal(last(f), "ended normal");
	hang_up_test(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_lead_to_their_queues),
		cmocka_unit_test(test_star_repeats_and_eight_speaks_english),
		cmocka_unit_test(test_who_says_nothing_reaches_somebody),
		cmocka_unit_test(test_closed_and_emergency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
