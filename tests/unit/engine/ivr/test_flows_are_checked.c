/* Publish checks: what blocks, what warns, what is no flow at all. */
#include "domain_stubs.h"
#include "fake_call.h"

static bool exists(const char *kind, const char *name, const char *language, void *arg)
{
	(void)arg;
	if (!strcmp(kind, "audio"))
		return !strcmp(name, "both") ||
		       (!strcmp(name, "chinese") && language && !strcmp(language, "zh-CN"));
	return !strcmp(name, "sales") || !strcmp(name, "work");
}

struct result {
	int err;
	size_t count;
	struct ivr_finding findings[40];
};

static struct result check_json(const char *json, size_t len)
{
	struct result r = { 0 };
	struct ivr_flow *flow = NULL;

	assert_int_equal(register_stubs(), 0);
	r.err = ivr_flow_compile(&flow, json, len, exists, NULL, r.findings, 40, &r.count);
	assert_true((r.err == 0) == (flow != NULL));
	ivr_flow_release(flow);
	return r;
}

static struct result check(const char *text)
{
	char *json = quoted(text);
	struct result r = check_json(json, strlen(json));

	free(json);
	return r;
}

/* Exactly this finding, no other. */
static void only(
	int line, const char *text, int err, bool error, const char *code, const char *node)
{
	struct result r = check(text);

	if (r.err != err || r.count != 1 || r.findings[0].error != error ||
		strcmp(r.findings[0].code, code) != 0 || strcmp(r.findings[0].node, node) != 0)
		fail_msg("line %d: error %d, %zu findings, first: %s %s %s", line, r.err, r.count,
			r.findings[0].node, r.count ? r.findings[0].code : "none",
			r.findings[0].detail);
}

#define FLOW(nodes, edges)                                                                         \
	"{'schema':'hotline-ivr/1','id':'t','start':'a','nodes':[" nodes                           \
	",{'id':'x','type':'hangup'}],'edges':[" edges "]}"
#define EDGE(from, port, to)     "{'from':'" from "','port':'" port "','to':'" to "'}"
#define BLOCKS(text, code, node) only(__LINE__, text, EINVAL, true, code, node)
#define WARNS(text, code, node)  only(__LINE__, text, 0, false, code, node)
#define NO_FLOW(text, code)      only(__LINE__, text, EBADMSG, true, code, "")

#define A_TO_X  EDGE("a", "next", "x")
#define M_EDGES EDGE("a", "one", "x") "," EDGE("a", "timeout", "x") "," EDGE("a", "invalid", "x")

static void test_no_flow_at_all(void **state)
{
	(void)state;
	NO_FLOW("", "json");
	NO_FLOW("{", "json");
	NO_FLOW("[]", "schema");
	NO_FLOW("{'schema':'hotline-ivr/1','schema':'hotline-ivr/1'}", "json");
	NO_FLOW("{'schema':'hotline-ivr/2','id':'t','nodes':[]}", "schema");
	NO_FLOW("{'schema':'hotline-ivr/1','nodes':[{'id':'a','type':'start'}]}", "schema");
	NO_FLOW("{'schema':'hotline-ivr/1','id':'t'}", "schema");
	NO_FLOW("{'schema':'hotline-ivr/1','id':'t','nodes':[]}", "schema");
	NO_FLOW("{'schema':'hotline-ivr/1','id':'t','nodes':[{'id':'a'}]}", "schema");
	NO_FLOW("{'schema':'hotline-ivr/1','id':'t','nodes':[{'id':'a b','type':'start'}]}",
		"schema");
	NO_FLOW("{'schema':'hotline-ivr/1','id':'t','nodes':[7]}", "schema");
	NO_FLOW("{'schema':'hotline-ivr/"
		"1','id':'t','nodes':[{'id':'a','type':'start'}],'edges':[{'from':'a'}]}",
		"schema");
	NO_FLOW("{'schema':'hotline-ivr/1','id':'t','lang':5,'nodes':[{'id':'a','type':'start'}]}",
		"schema");
}

static void test_limits(void **state)
{
	char *json = malloc(600 * 1024);
	size_t len;
	struct result r;

	(void)state;
	assert_non_null(json);
	memset(json, ' ', 600 * 1024);
	r = check_json(json, 600 * 1024);
	assert_int_equal(r.err, EBADMSG);
	assert_string_equal(r.findings[0].code, "too_long");

	len = (size_t)sprintf(json, "{\"schema\":\"hotline-ivr/1\",\"id\":\"t\",\"nodes\":[");
	for (int i = 0; i < 501; i++)
		len += (size_t)sprintf(
			json + len, "%s{\"id\":\"n%d\",\"type\":\"hangup\"}", i ? "," : "", i);
	len += (size_t)sprintf(json + len, "]}");
	r = check_json(json, len);
	assert_string_equal(r.findings[0].code, "too_many");

	len = (size_t)sprintf(json,
		"{\"schema\":\"hotline-ivr/"
		"1\",\"id\":\"t\",\"nodes\":[{\"id\":\"a\",\"type\":\"hangup\"}],\"edges\":[");
	for (int i = 0; i < 5001; i++)
		len += (size_t)sprintf(json + len,
			"%s{\"from\":\"a\",\"port\":\"p%d\",\"to\":\"a\"}", i ? "," : "", i);
	len += (size_t)sprintf(json + len, "]}");
	r = check_json(json, len);
	assert_string_equal(r.findings[0].code, "too_many");

	len = (size_t)sprintf(json,
		"{\"schema\":\"hotline-ivr/"
		"1\",\"id\":\"t\",\"nodes\":[{\"id\":\"a\",\"type\":\"hangup\",\"ui\":");
	for (int i = 0; i < 1000; i++)
		json[len++] = '[';
	for (int i = 0; i < 1000; i++)
		json[len++] = ']';
	len += (size_t)sprintf(json + len, "}]}");
	r = check_json(json, len);
	assert_string_equal(r.findings[0].code, "too_deep");
	free(json);
}

static void test_a_good_flow_has_no_findings(void **state)
{
	struct result r =
		check(FLOW("{'id':'a','type':'start','note':'hello','ui':{'x':1}}", A_TO_X));

	(void)state;
	assert_int_equal(r.err, 0);
	assert_int_equal(r.count, 0);
}

static void test_nodes_and_edges(void **state)
{
	(void)state;
	BLOCKS(FLOW("{'id':'a','type':'dance'}", ""), "unknown_type", "a");
	BLOCKS(FLOW("{'id':'a','type':'start'},{'id':'a','type':'hangup'}", A_TO_X),
		"duplicate_node", "a");
	BLOCKS(FLOW("{'id':'a','type':'start'},{'id':'main','type':'hangup'}", A_TO_X),
		"reserved_id", "main");
	BLOCKS(FLOW("{'id':'a','type':'start'}", EDGE("a", "next", "y")), "unknown_node", "a");
	BLOCKS(FLOW("{'id':'a','type':'start'}", A_TO_X "," EDGE("y", "next", "x")), "unknown_node",
		"");
	BLOCKS(FLOW("{'id':'a','type':'start'}", A_TO_X "," A_TO_X), "duplicate_edge", "a");
	BLOCKS(FLOW("{'id':'a','type':'start'}", A_TO_X "," EDGE("a", "later", "x")),
		"unknown_port", "a");
	BLOCKS("{'schema':'hotline-ivr/"
	       "1','id':'t','start':'y','nodes':[{'id':'x','type':'hangup'}]}",
		"unknown_node", "");
	BLOCKS("{'schema':'hotline-ivr/1','id':'t','nodes':[{'id':'x','type':'hangup'}]}",
		"unknown_node", "");
	BLOCKS("{'schema':'hotline-ivr/"
	       "1','id':'t','start':'x','onError':'y','nodes':[{'id':'x','type':'hangup'}]}",
		"unknown_node", "");
	BLOCKS("{'schema':'hotline-ivr/"
	       "1','id':'t','start':'x','globalKeys':{'0':'y'},'nodes':[{'id':'x','type':'hangup'}]"
	       "}",
		"unknown_node", "");
	BLOCKS("{'schema':'hotline-ivr/"
	       "1','id':'t','start':'x','globalKeys':{'10':'x'},'nodes':[{'id':'x','type':'hangup'}"
	       "]}",
		"bad_key", "");
	BLOCKS("{'schema':'hotline-ivr/"
	       "1','id':'t','start':'x','defaults':{'maxInvalid':99},'nodes':[{'id':'x','type':'"
	       "hangup'}]}",
		"bad_value", "");
}

static void test_unreachable_nodes_warn(void **state)
{
	(void)state;
	WARNS(FLOW("{'id':'a','type':'start'},{'id':'b','type':'play','prompt':[]}",
		      A_TO_X "," EDGE("b", "next", "x")),
		"unreachable", "b");
}

static void test_unconnected_ports_block(void **state)
{
	struct result r;

	(void)state;
	BLOCKS("{'schema':'hotline-ivr/"
	       "1','id':'t','start':'a','nodes':[{'id':'a','type':'start'}]}",
		"unconnected_port", "a");
	BLOCKS(FLOW("{'id':'a','type':'menu','keys':{'1':'one'}}",
		       EDGE("a", "one", "x") "," EDGE("a", "timeout", "x")),
		"unconnected_port", "a");
	BLOCKS(FLOW("{'id':'a','type':'menu','keys':{'1':'one','2':'two'}}", M_EDGES),
		"unconnected_port", "a");
	BLOCKS(FLOW("{'id':'a','type':'collect','variable':'v','cancelKey':'*'}",
		       EDGE("a", "ok", "x") "," EDGE("a", "timeout", "x") "," EDGE(
			       "a", "invalid", "x")),
		"unconnected_port", "a");
	BLOCKS(FLOW("{'id':'a','type':'condition','cases':[{'port':'p','all':[{'var':'caller','op':"
		    "'empty'}]}]}",
		       EDGE("a", "else", "x")),
		"unconnected_port", "a");
	/* holiday and special are closed unless told otherwise. */
	r = check(FLOW("{'id':'a','type':'time','calendar':'work'}",
		EDGE("a", "open", "x") "," EDGE("a", "closed", "x")));
	assert_int_equal(r.count, 0);
	r = check(FLOW("{'id':'a','type':'queue','queue':'sales'}",
		EDGE("a", "timeout", "x") "," EDGE("a", "full", "x") "," EDGE("a", "empty", "x")));
	assert_string_equal(r.findings[0].code, "unconnected_port");
	assert_string_equal(r.findings[0].detail, "closed");
	WARNS(FLOW("{'id':'a','type':'menu','keys':{'1':'one'}}",
		      M_EDGES "," EDGE("a", "three", "x")),
		"unused_edge", "a");
}

static void test_loops_that_never_wait_block(void **state)
{
	struct result r;

	(void)state;
	BLOCKS(FLOW("{'id':'a','type':'play','prompt':[{'silence':100}]},{'id':'b','type':'goto','"
		    "target':'a'}",
		       EDGE("a", "next", "b") "," EDGE("a", "key", "x")),
		"endless_loop", "a");
	BLOCKS(FLOW("{'id':'a','type':'set','assign':[{'var':'v','value':'1'}]}",
		       EDGE("a", "next", "a") "," EDGE("a", "error", "x")),
		"endless_loop", "a");
	/* A question, a wait or a counted loop on the way is enough. */
	r = check(FLOW("{'id':'a','type':'play','prompt':[]},{'id':'b','type':'wait','ms':500}",
		EDGE("a", "next", "b") "," EDGE("b", "next", "a") "," EDGE("a", "key", "x")));
	assert_int_equal(r.count, 0);
	r = check(FLOW("{'id':'a','type':'loop','max':3},{'id':'b','type':'play','prompt':[]}",
		EDGE("a", "again", "b") "," EDGE("b", "next", "a") "," EDGE("a", "done", "x")));
	assert_int_equal(r.count, 0);
}

#define PLAY(part) FLOW("{'id':'a','type':'play','prompt':[" part "]}", A_TO_X)
#define TWO_LANGUAGES(part)                                                                        \
	FLOW("{'id':'a','type':'language','language':'en'},{'id':'p','type':'play','prompt':"      \
	     "[" part "]}",                                                                        \
		EDGE("a", "next", "p") "," EDGE("p", "next", "x"))

static void test_recordings_in_every_language_used(void **state)
{
	struct result r;

	(void)state;
	BLOCKS(PLAY("{'audio':'nowhere'}"), "missing_audio", "a");
	WARNS(PLAY("{'audio':'nowhere','tts':'文字'}"), "missing_audio", "a");
	assert_int_equal(check(PLAY("{'audio':'chinese'}")).count, 0);
	assert_int_equal(check(PLAY("{'audio':'${language}'}")).count, 0);
	BLOCKS(TWO_LANGUAGES("{'audio':'chinese'}"), "missing_audio", "p");
	WARNS(TWO_LANGUAGES("{'audio':'chinese','tts':{'en':'text'}}"), "missing_audio", "p");
	BLOCKS(TWO_LANGUAGES("{'audio':'chinese','tts':{'zh-CN':'text'}}"), "missing_audio", "p");
	assert_int_equal(check(TWO_LANGUAGES("{'audio':'both'}")).count, 0);
	r = check(TWO_LANGUAGES("{'audio':'chinese'}"));
	assert_string_equal(r.findings[0].detail, "chinese (en)");
}

static void test_unknown_things_block(void **state)
{
	(void)state;
	BLOCKS(FLOW("{'id':'a','type':'time','calendar':'moon'}",
		       EDGE("a", "open", "x") "," EDGE("a", "closed", "x")),
		"unknown_reference", "a");
	BLOCKS(FLOW("{'id':'a','type':'goto','target':'y'}", EDGE("a", "error", "x")),
		"unknown_node", "a");
	WARNS(PLAY("{'tts':'${who}'}"), "unknown_variable", "a");
	BLOCKS(PLAY("{'tts':'${who'}"), "bad_variable", "a");
	assert_int_equal(check(PLAY("{'tts':'${caller} ${customer.name} ${time}'}")).count, 0);
}

static void test_keys(void **state)
{
	(void)state;
	WARNS(FLOW("{'id':'a','type':'menu','keys':{'1':'one','12':'one'}}", M_EDGES),
		"key_conflict", "a");
	BLOCKS(FLOW("{'id':'a','type':'menu','keys':{'1':'one','x':'one'}}", M_EDGES), "bad_key",
		"a");
	BLOCKS(FLOW("{'id':'a','type':'menu','keys':{'1':'one','2':7}}", M_EDGES), "bad_key", "a");
	BLOCKS(FLOW("{'id':'a','type':'menu','keys':{}}",
		       EDGE("a", "timeout", "x") "," EDGE("a", "invalid", "x")),
		"bad_key", "a");
	BLOCKS(FLOW("{'id':'a','type':'collect','variable':'v','endKey':'*','cancelKey':'*'}",
		       EDGE("a", "ok", "x") "," EDGE("a", "timeout", "x") "," EDGE(
			       "a", "invalid", "x") "," EDGE("a", "cancel", "x")),
		"key_conflict", "a");
}

#define COLLECT(settings)                                                                          \
	FLOW("{'id':'a','type':'collect','variable':'v'," settings "}",                            \
		EDGE("a", "ok", "x") "," EDGE("a", "timeout", "x") "," EDGE("a", "invalid", "x"))

static void test_settings(void **state)
{
	(void)state;
	BLOCKS(FLOW("{'id':'a','type':'play'}", A_TO_X), "missing_field", "a");
	BLOCKS(FLOW("{'id':'a','type':'say','value':'1','kind':'song'}", A_TO_X), "bad_value", "a");
	BLOCKS(FLOW("{'id':'a','type':'wait','ms':5}", A_TO_X), "bad_value", "a");
	BLOCKS(FLOW("{'id':'a','type':'wait','ms':'long'}", A_TO_X), "bad_value", "a");
	BLOCKS(FLOW("{'id':'a','type':'record','on':1}", A_TO_X), "bad_value", "a");
	BLOCKS(FLOW("{'id':'a','type':'play','prompt':'text'}", A_TO_X), "bad_prompt", "a");
	BLOCKS(PLAY("{'sound':'x'}"), "bad_prompt", "a");
	BLOCKS(PLAY("{'audio':5}"), "bad_prompt", "a");
	BLOCKS(PLAY("{'tts':{}}"), "bad_prompt", "a");
	BLOCKS(PLAY("{'var':'caller','as':'song'}"), "bad_prompt", "a");
	BLOCKS(PLAY("{'silence':0}"), "bad_prompt", "a");
	BLOCKS(FLOW("{'id':'a','type':'set','assign':[{'var':'v'}]}", A_TO_X), "bad_value", "a");
	BLOCKS(FLOW("{'id':'a','type':'language'}", A_TO_X), "missing_field", "a");
	BLOCKS(FLOW("{'id':'a','type':'time'}",
		       EDGE("a", "open", "x") "," EDGE("a", "closed", "x")),
		"missing_field", "a");
	BLOCKS(FLOW("{'id':'a','type':'time','intervals':[{'from':'8','to':'9'}]}",
		       EDGE("a", "open", "x") "," EDGE("a", "closed", "x")),
		"bad_value", "a");
	BLOCKS(FLOW("{'id':'a','type':'condition','cases':[{'port':'p','all':[{'var':'v','op':'"
		    "like','value':'x'}]}]}",
		       EDGE("a", "else", "x") "," EDGE("a", "p", "x")),
		"bad_case", "a");
	BLOCKS(FLOW("{'id':'a','type':'condition','cases':[{'port':'p'}]}",
		       EDGE("a", "else", "x") "," EDGE("a", "p", "x")),
		"bad_case", "a");
	BLOCKS(COLLECT("'minDigits':5,'maxDigits':4"), "bad_value", "a");
	BLOCKS(COLLECT("'regex':'(['"), "bad_regex", "a");
	BLOCKS(COLLECT("'regex':'(1)\\\\1'"), "bad_regex", "a");
	BLOCKS(COLLECT("'regex':'((1{200}){200}){200}'"), "bad_regex", "a");
	WARNS(FLOW("{'id':'a','type':'start','colour':'red'}", A_TO_X), "unknown_field", "a");
}

static void test_long_texts(void **state)
{
	char *text = malloc(20000), *at;
	struct result r;

	(void)state;
	assert_non_null(text);
	for (int limit = 0; limit < 2; limit++) {
		at = text + sprintf(text, "{'schema':'hotline-ivr/"
					  "1','id':'t','start':'a','nodes':[{'id':'a','type':'"
					  "hangup','prompt':[{'tts':'");
		for (int i = 0; i < (limit ? 2001 : 301); i++)
			at += sprintf(at, "长");
		sprintf(at, "'}]}]}");
		r = check(text);
		assert_int_equal(r.count, 1);
		assert_string_equal(r.findings[0].code, limit ? "text_too_long" : "text_long");
		assert_int_equal(r.findings[0].error, limit);
	}
	free(text);
}

static void test_findings_are_counted_up_to_the_room(void **state)
{
	static const char json[] =
		"{\"schema\":\"hotline-ivr/"
		"1\",\"id\":\"t\",\"start\":\"a\",\"nodes\":[{\"id\":\"a\",\"type\":\"p\"},"
		"{\"id\":\"b\",\"type\":\"q\"}]}";
	struct ivr_finding one[1];
	struct ivr_flow *flow = NULL;
	size_t count = 9;

	(void)state;
	assert_int_equal(
		ivr_flow_compile(&flow, json, strlen(json), NULL, NULL, one, 1, &count), EINVAL);
	assert_int_equal(count, 1);
	assert_int_equal(
		ivr_flow_compile(&flow, json, strlen(json), NULL, NULL, NULL, 0, NULL), EINVAL);
	assert_null(flow);
}

static void test_types_are_listed_once(void **state)
{
	static const struct ivr_node_type other = { .name = "menu", .enter = stub_enter };
	static const struct ivr_node_type nothing = { .name = "nothing" };

	(void)state;
	assert_int_equal(ivr_init(), 0);
	assert_int_equal(ivr_init(), 0);
	assert_int_equal(ivr_register(&other), EEXIST);
	assert_int_equal(ivr_register(&nothing), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_flow_at_all),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_a_good_flow_has_no_findings),
		cmocka_unit_test(test_nodes_and_edges),
		cmocka_unit_test(test_unreachable_nodes_warn),
		cmocka_unit_test(test_unconnected_ports_block),
		cmocka_unit_test(test_loops_that_never_wait_block),
		cmocka_unit_test(test_recordings_in_every_language_used),
		cmocka_unit_test(test_unknown_things_block),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_findings_are_counted_up_to_the_room),
		cmocka_unit_test(test_types_are_listed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
