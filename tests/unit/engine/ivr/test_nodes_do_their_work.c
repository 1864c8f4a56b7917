/* What each built-in node does. */
#include <time.h>
#include "fake_call.h"

#define END ",{'id':'x','type':'hangup'}"

static void test_start_records_and_goes_on(void **state)
{
	struct fake_call *f =
		begin_flow("", "{'id':'a','type':'start','record':true}" END, "a next x");

	(void)state;
	EXPECT(f, "record on", "a>next", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_play_puts_the_parts_together(void **state)
{
	struct fake_call *f = begin_flow("'vars':[{'name':'n'}]",
		"{'id':'a','type':'set','assign':[{'var':'n','value':'1234.56'},{'var':'empty','"
		"value':''}]},"
		"{'id':'p','type':'play','prompt':[{'audio':'welcome@3'},{'audio':'bye','tts':'"
		"再见'},"
		"{'tts':'余额${n}元，来电${caller}'},{'var':'n','as':'money'},{'var':'empty'},{'"
		"silence':500}]}" END,
		"a next p p next x");

	(void)state;
	EXPECT(f, "n=1234.56", "empty=", "a>next",
		"play @welcome@3 @bye+ 余额1234.56元，来电13800138000 一千二百三十四元五角六分 "
		"500ms");
	ivr_session_played(f->session);
	EXPECT(f, "p>next", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_play_ends_by_its_keys_only(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'play','prompt':[{'audio':'law'}],'stopKeys':'#'},"
		"{'id':'b','type':'play','prompt':[{'audio':'skipped'}]}" END,
		"a next x a key b b next x");

	(void)state;
	type_keys(f, "1");
	EXPECT(f, "play @law");
	type_keys(f, "#");
	EXPECT(f, "stop", "a>key", "b>key", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_say_reads_values(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'say','value':'2025-10-01','kind':'date','before':[{'audio':'on'}"
		"]},"
		"{'id':'b','type':'say','value':'${called}','kind':'digits'},"
		"{'id':'c','type':'say','value':'soon','kind':'time'}" END,
		"a next b b next c c next x");

	(void)state;
	EXPECT(f, "play @on 二零二五年十月一日");
	ivr_session_played(f->session);
	EXPECT(f, "a>next", "play 四零零幺");
	ivr_session_played(f->session);
	EXPECT(f, "b>next", "play soon"); /* not a time: better read as it is than not at all */
	hang_up_test(f);
}

#define COLLECT(settings)                                                                          \
	"{'id':'a','type':'collect','variable':'no','prompt':[{'audio':'enter'}]," settings "}" END
#define COLLECT_EDGES "a ok x a timeout x a invalid x a cancel x"

static void test_collect_ends_by_key_length_or_time(void **state)
{
	static const struct {
		const char *nodes, *keys;
		bool timer;
		const char *trace;
	} rows[] = {
		{ COLLECT("'minDigits':2,'maxDigits':4"), "12#", false, "a>ok 12#" },
		{ COLLECT("'minDigits':2,'maxDigits':4"), "1234", false, "a>ok 1234" },
		{ COLLECT("'minDigits':2,'maxDigits':4"), "123", true, "a>ok 123" },
		{ COLLECT("'minDigits':2,'maxDigits':4,'cancelKey':'*'"), "12*", false,
			"a>cancel 12*" },
		{ COLLECT("'minDigits':2,'maxDigits':4,'maxInvalid':1"), "1#", false,
			"a>invalid 1#" },
		{ COLLECT("'minDigits':2,'maxDigits':4,'maxInvalid':1"), "1", true, "a>invalid 1" },
		{ COLLECT("'minDigits':0,'maxDigits':4"), "#", false, "a>ok #" },
		{ COLLECT("'maxDigits':4,'endKey':'*'"), "1#2*", false, "a>ok 1#2*" },
		{ COLLECT("'maxDigits':4,'regex':'^[1-3]+$'"), "123#", false, "a>ok 123#" },
		{ COLLECT("'maxDigits':4,'regex':'^[1-3]+$','maxInvalid':1"), "124#", false,
			"a>invalid 124#" },
		{ COLLECT("'maxDigits':16,'check':'luhn'"), "4539578763621486", false,
			"a>ok 4539578763621486" },
		{ COLLECT("'maxDigits':16,'check':'luhn','maxInvalid':1"), "4539578763621487",
			false, "a>invalid 4539578763621487" },
		{ COLLECT("'maxDigits':18,'check':'id_card'"), "11010519491231002*", false,
			"a>ok 11010519491231002*" },
		{ COLLECT("'maxDigits':18,'check':'id_card','maxInvalid':1"), "110105194912310021",
			false, "a>invalid 110105194912310021" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_call *f = begin_flow("", rows[i].nodes, COLLECT_EDGES);
		const char *trace = "";

		type_keys(f, rows[i].keys);
		if (rows[i].timer)
			ivr_session_timer(f->session);
		for (size_t k = 0; k < f->count; k++)
			if (!strncmp(f->lines[k], "a>", 2))
				trace = f->lines[k];
		assert_string_equal(trace, rows[i].trace);
		hang_up_test(f);
	}
}

static void test_collect_sets_the_variable_only_when_all_is_well(void **state)
{
	struct fake_call *f = begin_flow(
		"", COLLECT("'minDigits':3,'maxDigits':3,'maxInvalid':2"), COLLECT_EDGES);

	(void)state;
	type_keys(f, "12#");
	EXPECT(f, "play @enter", "stop", "timer 3000", "timer 3000", "play @enter");
	assert_string_equal(ivr_get(f->session, "no"), "");
	type_keys(f, "12");
	EXPECT(f, "stop", "timer 3000", "timer 3000");
	type_keys(f, "3");
	EXPECT(f, "no=123", "a>ok 12#123", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_end_key_out_of_habit_does_not_answer_the_next_question(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'collect','variable':'no','maxDigits':2},"
		"{'id':'b','type':'menu','prompt':[{'audio':'menu'}],'keys':{'#':'end','1':'one'}"
		"}" END,
		"a ok b a timeout x a invalid x b end x b one x b timeout x b invalid x");

	(void)state;
	type_keys(f, "12#");
	EXPECT(f, "timer 5000", "timer 3000", "no=12", "a>ok 12", "play @menu");
	type_keys(f, "#"); /* the second one is meant */
	EXPECT(f, "stop", "b>end #", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_collect_confirms_by_reading_back(void **state)
{
	struct fake_call *f =
		begin_flow("", COLLECT("'maxDigits':3,'confirm':true"), COLLECT_EDGES);

	(void)state;
	type_keys(f, "123");
	EXPECT(f, "play @enter", "stop", "timer 3000", "timer 3000",
		"play 您输入的是： 幺二三 。确认请按1，重新输入请按2。");
	type_keys(f, "2");
	EXPECT(f, "stop", "play @enter");
	type_keys(f, "456");
	type_keys(f, "1");
	assert_string_equal(f->lines[f->count - 3], "a>ok 12324561");
	assert_string_equal(f->lines[f->count - 4], "no=456");
	hang_up_test(f);

	/* A prompt of its own knows the value as ${input}. */
	f = begin_flow("",
		COLLECT("'maxDigits':2,'confirm':true,'confirmPrompt':[{'tts':'${input}?'}]"),
		COLLECT_EDGES);
	type_keys(f, "12");
	assert_string_equal(f->lines[f->count - 1], "play 12?");
	ivr_session_played(f->session);
	ivr_session_timer(f->session);
	assert_string_equal(f->lines[f->count - 1], "play 12?"); /* asks again */
	type_keys(f, "1");
	assert_true(f->ended);
	hang_up_test(f);
}

static void test_secret_keys_are_masked(void **state)
{
	struct fake_call *f = begin_flow("", COLLECT("'maxDigits':4,'secret':true"), COLLECT_EDGES);

	(void)state;
	type_keys(f, "8765");
	EXPECT(f, "play @enter", "stop", "timer 3000", "timer 3000", "timer 3000", "no=secret 8765",
		"a>ok ****", "x>normal", "ended normal");
	hang_up_test(f);

	/* Declared secret in the flow. */
	f = begin_flow(
		"'vars':[{'name':'no','secret':true}]", COLLECT("'maxDigits':1"), COLLECT_EDGES);
	type_keys(f, "8");
	EXPECT(f, "play @enter", "stop", "no=secret 8", "a>ok *", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_global_star_in_a_number(void **state)
{
	struct fake_call *f = begin_flow(
		"'globalKeys':{'0':'x','*':'repeat'}", COLLECT("'maxDigits':4"), COLLECT_EDGES);

	(void)state;
	type_keys(f, "10*");
	EXPECT(f, "play @enter", "stop", "timer 3000", "timer 3000",
		"play @enter"); /* 0 is a digit here */
	hang_up_test(f);
}

static const char *taken_port(const char *assign, const char *cases)
{
	static char trace[256];
	char nodes[2048];
	struct fake_call *f;

	snprintf(nodes, sizeof(nodes),
		"{'id':'a','type':'set','assign':[{'var':'v','value':'%s'}]},{'id':'c','type':'"
		"condition','cases':%s}" END,
		assign, cases);
	f = begin_flow("", nodes, "a next c c yes x c other x c else x");
	snprintf(trace, sizeof(trace), "%s", f->lines[2]);
	hang_up_test(f);
	return trace;
}

static void test_condition_takes_the_first_true_case(void **state)
{
	static const struct {
		const char *value, *op, *with;
		bool holds;
	} rows[] = {
		{ "9", "lt", "'10'", true },
		{ "9", "lt", "10", true },
		{ "a9", "lt", "'a10'", false },
		{ "10.0", "eq", "10", true },
		{ "010", "eq", "'10'", true },
		{ "1e1", "eq", "10", false },
		{ "gold", "eq", "'gold'", true },
		{ "gold", "ne", "'gold'", false },
		{ "-5", "lt", "0", true },
		{ "5", "ge", "5", true },
		{ "5", "gt", "5", false },
		{ "5", "le", "4.5", false },
		{ "13800138000", "starts", "'138'", true },
		{ "13800138000", "ends", "'000'", true },
		{ "13800138000", "contains", "'0013'", true },
		{ "", "empty", "''", true },
		{ "x", "not_empty", "''", true },
		{ "b", "in", "['a','b']", true },
		{ "c", "in", "['a','b']", false },
		{ "4001", "eq", "'${called}'", true },
	};
	char cases[512];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(cases, sizeof(cases),
			"[{'port':'yes','all':[{'var':'v','op':'%s','value':%s}]}]", rows[i].op,
			rows[i].with);
		if (strcmp(taken_port(rows[i].value, cases), rows[i].holds ? "c>yes" : "c>else") !=
			0)
			fail_msg("'%s' %s %s", rows[i].value, rows[i].op, rows[i].with);
	}
	assert_string_equal(taken_port("5", "[{'port':'other','all':[{'var':'v','op':'gt','value':"
					    "1},{'var':'v','op':'gt','value':9}]},"
					    "{'port':'yes','any':[{'var':'v','op':'gt','value':9},{"
					    "'var':'v','op':'gt','value':1}]}]"),
		"c>yes");
	assert_string_equal(taken_port("5", "[{'port':'other','all':[{'var':'v','op':'gt','value':"
					    "1}],'any':[{'var':'v','op':'eq',"
					    "'value':9}]}]"),
		"c>else");
}

static void test_time_asks_the_calendar(void **state)
{
	static const struct {
		const char *answer, *thrown, *edges, *trace;
	} rows[] = {
		{ "open", NULL, "a open x a closed b b next x", "a>open" },
		{ "holiday", NULL, "a open b a closed x b next x", "a>holiday" },
		{ "closed", NULL, "a open b a closed x b next x", "a>closed" },
		{ "open", "storm", "a open b a closed b a special x b next x", "a>special" },
		{ NULL, NULL, "a open b a closed b a error x b next x", "a>error" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_call *f = call_flow("",
			"{'id':'a','type':'time','calendar':'work','switch':'storm'},"
			"{'id':'b','type':'play','prompt':[{'audio':'never'}]}" END,
			rows[i].edges);

		f->calendar = rows[i].answer;
		f->thrown = rows[i].thrown;
		assert_int_equal(ivr_session_begin(f->session), 0);
		assert_string_equal(f->lines[rows[i].thrown ? 0 : 1], rows[i].trace);
		assert_true(
			f->ended); /* where the port leads, a holiday being closed unless told otherwise */
		hang_up_test(f);
	}
}

static void test_time_knows_its_own_hours(void **state)
{
	/* 2025-10-01 is a Wednesday; times in Asia/Shanghai. */
	static const struct {
		int64_t utc;
		const char *intervals, *trace;
	} rows[] = {
		{ 1759280400, "[{'days':[1,2,3,4,5],'from':'08:30','to':'17:30'}]",
			"a>open" }, /* 09:00 */
		{ 1759311000, "[{'days':[1,2,3,4,5],'from':'08:30','to':'17:30'}]",
			"a>closed" }, /* 17:30 */
		{ 1759280400, "[{'days':[6,7],'from':'08:30','to':'17:30'}]", "a>closed" },
		{ 1759280400, "[{'from':'00:00','to':'08:00'},{'from':'08:30','to':'24:00'}]",
			"a>open" },
		{ 1759252500, "[{'days':[2],'from':'22:00','to':'06:00'}]",
			"a>open" }, /* 01:15, Tuesday's night */
		{ 1759252500, "[{'days':[3],'from':'22:00','to':'06:00'}]", "a>closed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ivr_start start = { .now_ms = rows[i].utc * 1000 };
		struct fake_call *f;
		char nodes[512];

		snprintf(nodes, sizeof(nodes), "{'id':'a','type':'time','intervals':%s}" END,
			rows[i].intervals);
		f = call_flow("", nodes, "a open x a closed x");
		ivr_session_free(f->session);
		assert_int_equal(
			ivr_session_create(&f->session, f->flow, &fake_host, f, &start), 0);
		assert_int_equal(ivr_session_begin(f->session), 0);
		if (strcmp(f->lines[0], rows[i].trace) != 0)
			fail_msg("row %zu: %s", i, f->lines[0]);
		hang_up_test(f);
	}
}

static void test_set_adds(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'set','assign':[{'var':'n','value':41},{'var':'n','add':1},{'var'"
		":'m','value':'${n}/${date}'}]}" END,
		"a next x");

	(void)state;
	EXPECT(f, "n=41", "n=42", "m=42/1970-01-01", "a>next", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_language_changes_prompts(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'menu','prompt':[{'tts':{'zh-CN':'你好','en':'Hello'}}],'keys':{'"
		"8':'english','9':'choose'}},"
		"{'id':'l','type':'language','language':'en'},"
		"{'id':'k','type':'language','prompt':[{'tts':'1中文'}],'keys':{'1':'zh-CN','2':'"
		"en'}}" END,
		"a english l a choose k a timeout x a invalid x l next a k next a");

	(void)state;
	type_keys(f, "8");
	EXPECT(f, "play 你好", "stop", "a>english 8", "l>next", "play in en Hello");
	type_keys(f, "91");
	EXPECT(f, "stop", "a>choose 9", "play in en 1中文", "stop", "k>next 1", "play 你好");
	type_keys(f, "9");
	EXPECT(f, "stop", "a>choose 9", "play 1中文");
	ivr_session_played(f->session);
	for (int i = 0; i < 3; i++) {
		ivr_session_timer(f->session);
		ivr_session_played(f->session);
	}
	/* Nothing chosen: the one he has. */
	assert_string_equal(f->lines[f->count - 1], "timer 5000");
	assert_string_equal(f->lines[f->count - 2], "play 你好");
	hang_up_test(f);
}

static void test_goto_and_loop(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'loop','max':2},{'id':'p','type':'play','prompt':[{'audio':'once'"
		"}]},"
		"{'id':'g','type':'goto','target':'a'}" END,
		"a again p p next g a done x");

	(void)state;
	EXPECT(f, "a>again", "play @once");
	ivr_session_played(f->session);
	EXPECT(f, "p>next", "g>next", "a>again", "play @once");
	ivr_session_played(f->session);
	EXPECT(f, "p>next", "g>next", "a>done", "x>normal", "ended normal");
	hang_up_test(f);
}

static void test_goto_back_and_main(void **state)
{
	struct fake_call *f = begin_flow("'main':'m'",
		"{'id':'a','type':'start'},{'id':'m','type':'menu','prompt':[{'audio':'m'}],'keys':"
		"{'1':'one','2':'two'}},"
		"{'id':'b','type':'goto','target':'back'},{'id':'c','type':'goto','target':'main'"
		"}" END,
		"a next m m one b m two c m timeout x m invalid x");

	(void)state;
	type_keys(f, "1");
	EXPECT(f, "a>next", "play @m", "stop", "m>one 1", "b>next", "play @m");
	type_keys(f, "2");
	EXPECT(f, "stop", "m>two 2", "c>next", "play @m");
	hang_up_test(f);
}

static void test_record_wait_beep_hangup(void **state)
{
	struct fake_call *f = begin_flow("",
		"{'id':'a','type':'record','on':false},{'id':'w','type':'wait','ms':700},{'id':'b',"
		"'type':'beep'},"
		"{'id':'x','type':'hangup','prompt':[{'audio':'bye'}],'cause':'error'}",
		"a next w w next b b next x");

	(void)state;
	EXPECT(f, "record off", "a>next", "timer 700");
	ivr_session_timer(f->session);
	EXPECT(f, "w>next", "play @beep");
	ivr_session_played(f->session);
	EXPECT(f, "b>next", "play @bye");
	type_keys(f, "1"); /* the last word is not cut off */
	EXPECT(f);
	ivr_session_played(f->session);
	EXPECT(f, "x>error", "ended error");
	hang_up_test(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_records_and_goes_on),
		cmocka_unit_test(test_play_puts_the_parts_together),
		cmocka_unit_test(test_play_ends_by_its_keys_only),
		cmocka_unit_test(test_say_reads_values),
		cmocka_unit_test(test_collect_ends_by_key_length_or_time),
		cmocka_unit_test(test_collect_sets_the_variable_only_when_all_is_well),
		cmocka_unit_test(test_end_key_out_of_habit_does_not_answer_the_next_question),
		cmocka_unit_test(test_collect_confirms_by_reading_back),
		cmocka_unit_test(test_secret_keys_are_masked),
		cmocka_unit_test(test_global_star_in_a_number),
		cmocka_unit_test(test_condition_takes_the_first_true_case),
		cmocka_unit_test(test_time_asks_the_calendar),
		cmocka_unit_test(test_time_knows_its_own_hours),
		cmocka_unit_test(test_set_adds),
		cmocka_unit_test(test_language_changes_prompts),
		cmocka_unit_test(test_goto_and_loop),
		cmocka_unit_test(test_goto_back_and_main),
		cmocka_unit_test(test_record_wait_beep_hangup),
	};

	setenv("TZ", "Asia/Shanghai", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
