/* Bodies by field table: what passes is kept exactly, what is refused names its field. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "web/field.h"

enum level { NORMAL, GOLD };
static const char *const levels[] = { "normal", "gold", NULL };

struct phone {
	const char *number;
	int kind;
};
struct address {
	const char *city;
};
struct customer {
	const char *name, *note, *text, *code;
	bool name_given; /* never the first: offset 0 means none */
	int64_t age, department_id, since, version;
	double score;
	bool active;
	int level;
	const char *extra;
	struct address address;
	struct field_list phones, tags, groups, sizes;
};

static const struct web_field phone_fields[] = {
	{ F(struct phone, number, FIELD_TEXT), .required = true, .max = 20 },
	{ F(struct phone, kind, FIELD_ENUM), .values = levels },
	{ 0 },
};
static const struct web_field address_fields[] = {
	{ F(struct address, city, FIELD_TEXT), .required = true, .max = 20 },
	{ 0 },
};
static const struct web_field fields[] = {
	{ F(struct customer, name, FIELD_TEXT), .required = true, .max = 10,
		.present = offsetof(struct customer, name_given) },
	{ F(struct customer, note, FIELD_TEXT), .max = 20000, .multiline = true },
	{ F(struct customer, text, FIELD_TEXT) },
	{ F(struct customer, code, FIELD_TEXT), .min = 3, .max = 5 },
	{ F(struct customer, age, FIELD_INT), .min = 0, .max = 150 },
	{ F(struct customer, department_id, FIELD_ID) },
	{ F(struct customer, since, FIELD_TIME) },
	{ F(struct customer, version, FIELD_INT), .read_only = true },
	{ F(struct customer, score, FIELD_DOUBLE), .min = 0, .max = 10 },
	{ F(struct customer, active, FIELD_BOOL) },
	{ F(struct customer, level, FIELD_ENUM), .values = levels },
	{ F(struct customer, extra, FIELD_JSON), .max = 200 },
	{ F(struct customer, address, FIELD_OBJECT), .fields = address_fields },
	{ F(struct customer, phones, FIELD_LIST), .fields = phone_fields,
		.size = sizeof(struct phone), .max = 3 },
	{ F(struct customer, tags, FIELD_LIST), .of = FIELD_TEXT },
	{ F(struct customer, groups, FIELD_LIST), .of = FIELD_ID },
	{ F(struct customer, sizes, FIELD_LIST), .of = FIELD_INT },
	{ 0 },
};

struct state {
	struct arena *arena;
	struct customer customer;
	struct problem problem;
};

static int setup(void **state)
{
	struct state *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->arena = arena_create(0);
	*state = s;
	return s->arena ? 0 : -1;
}

static int teardown(void **state)
{
	struct state *s = *state;

	arena_free(s->arena);
	free(s);
	return 0;
}

static int parse_n(struct state *s, const char *json, size_t len)
{
	memset(&s->problem, 0, sizeof(s->problem));
	return field_parse(
		&s->customer, sizeof(s->customer), fields, json, len, s->arena, &s->problem);
}

static int parse(struct state *s, const char *json)
{
	return parse_n(s, json, strlen(json));
}

static void refused_n(
	struct state *s, const char *json, size_t len, const char *field, const char *code)
{
	assert_int_equal(parse_n(s, json, len), EINVAL);
	assert_int_equal(s->problem.status, 422);
	assert_string_equal(s->problem.code, code);
	if (field)
		assert_string_equal(s->problem.field, field);
	else
		assert_null(s->problem.field);
	assert_non_null(s->problem.detail);
}

static void refused(struct state *s, const char *json, const char *field, const char *code)
{
	refused_n(s, json, strlen(json), field, code);
}

static void reads_every_type(void **state)
{
	struct state *s = *state;
	const struct phone *phones;

	assert_int_equal(
		parse(s, "{\"name\":\"王芳\",\"note\":\"a\\nb\",\"code\":\"abc\",\"age\":30,"
			 "\"department_id\":\"9007199254740993\",\"since\":1795000000000,\"score\":"
			 "2,"
			 "\"active\":true,\"level\":\"gold\",\"extra\":{\"b\":[1,\"二\"],\"a\":"
			 "null},"
			 "\"address\":{\"city\":\"上海\"},"
			 "\"phones\":[{\"number\":\"1\"},{\"number\":\"2\",\"kind\":\"gold\"}],"
			 "\"tags\":[\"x\",\"y\"],\"groups\":[\"5\"],\"sizes\":[1,2,3]}"),
		0);
	assert_string_equal(s->customer.name, "王芳");
	assert_true(s->customer.name_given);
	assert_string_equal(s->customer.note, "a\nb");
	assert_int_equal(s->customer.age, 30);
	assert_true(s->customer.department_id == INT64_C(9007199254740993));
	assert_true(s->customer.since == INT64_C(1795000000000));
	assert_true(s->customer.score > 1.9 && s->customer.score < 2.1);
	assert_true(s->customer.active);
	assert_int_equal(s->customer.level, GOLD);
	assert_string_equal(s->customer.extra, "{\"b\":[1,\"二\"],\"a\":null}");
	assert_string_equal(s->customer.address.city, "上海");
	assert_int_equal(s->customer.phones.count, 2);
	phones = s->customer.phones.items;
	assert_string_equal(phones[1].number, "2");
	assert_int_equal(phones[1].kind, GOLD);
	assert_string_equal(((const char **)s->customer.tags.items)[1], "y");
	assert_true(((int64_t *)s->customer.groups.items)[0] == 5);
	assert_true(((int64_t *)s->customer.sizes.items)[2] == 3);
}

static void absent_and_null_are_zero(void **state)
{
	struct state *s = *state;

	assert_int_equal(
		parse(s, "{\"name\":\"x\",\"note\":null,\"phones\":null,\"age\":null}"), 0);
	assert_null(s->customer.note);
	assert_int_equal(s->customer.phones.count, 0);
	assert_int_equal(s->customer.level, NORMAL);
}

static void names_the_field_of_each_refusal(void **state)
{
	static const struct {
		const char *json, *field, *code;
	} cases[] = {
		{ "{\"name\":\"x\",\"nme\":1}", "nme", "unknown_field" },
		{ "{\"name\":\"x\",\"version\":1}", "version", "unknown_field" },
		{ "{\"name\":\"x\",\"address\":{\"town\":1}}", "address.town", "unknown_field" },
		{ "{}", "name", "field_required" },
		{ "{\"name\":null}", "name", "field_required" },
		{ "{\"name\":\"\"}", "name", "field_required" },
		{ "{\"name\":\"x\",\"phones\":[{\"number\":\"1\"},{\"kind\":\"gold\"}]}",
			"phones[1].number", "field_required" },
		{ "{\"name\":1}", "name", "wrong_type" },
		{ "{\"name\":\"x\",\"age\":\"1\"}", "age", "wrong_type" },
		{ "{\"name\":\"x\",\"age\":1.5}", "age", "wrong_type" },
		{ "{\"name\":\"x\",\"active\":1}", "active", "wrong_type" },
		{ "{\"name\":\"x\",\"department_id\":5}", "department_id", "wrong_type" },
		{ "{\"name\":\"x\",\"department_id\":\"5x\"}", "department_id", "wrong_type" },
		{ "{\"name\":\"x\",\"extra\":\"text\"}", "extra", "wrong_type" },
		{ "{\"name\":\"x\",\"phones\":{}}", "phones", "wrong_type" },
		{ "{\"name\":\"x\",\"phones\":[1]}", "phones[0]", "wrong_type" },
		{ "{\"name\":\"x\",\"address\":[]}", "address", "wrong_type" },
		{ "{\"name\":\"x\",\"groups\":[\"1\",2]}", "groups[1]", "wrong_type" },
		{ "{\"name\":\"12345678901\"}", "name", "too_long" },
		{ "{\"name\":\"x\",\"code\":\"ab\"}", "code", "too_short" },
		{ "{\"name\":\"x\",\"age\":151}", "age", "out_of_range" },
		{ "{\"name\":\"x\",\"age\":-1}", "age", "out_of_range" },
		{ "{\"name\":\"x\",\"since\":-5}", "since", "out_of_range" },
		{ "{\"name\":\"x\",\"score\":10.5}", "score", "out_of_range" },
		{ "{\"name\":\"x\",\"level\":\"silver\"}", "level", "not_in_list" },
		{ "{\"name\":\"a\\u0007\"}", "name", "bad_text" },
		{ "{\"name\":\"a\\nb\"}", "name", "bad_text" },
		{ "{\"name\":\"a\\u0085\"}", "name", "bad_text" },
		{ "{\"name\":\"a\\u0000b\"}", "name", "bad_text" },
		{ "{\"name\":\"a\\uffff\"}", "name", "bad_text" },
		{ "{\"name\":\"x\",\"tags\":[\"ok\",\"a\\u0000\"]}", "tags[1]", "bad_text" },
		{ "{\"name\":\"x\",\"extra\":{\"a\":{\"b\":[\"\\u0000\"]}}}", "extra.a.b[0]",
			"bad_text" },
		{ "{\"name\":\"x\",\"phones\":[{\"number\":\"1\"},{\"number\":\"1\"},{\"number\":"
		  "\"1\"},"
		  "{\"number\":\"1\"}]}",
			"phones", "too_many" },
		{ "{\"name\":\"x\",\"age\":99999999999999999999}", NULL, "out_of_range" },
		{ "{\"name\":\"x\",\"name\":\"y\"}", NULL, "bad_json" },
		{ "[]", NULL, "wrong_type" },
		{ "", NULL, "bad_json" },
		{ "{\"name\":\"x\"", NULL, "bad_json" },
		{ "{\"name\":\"x\"} trailing", NULL, "bad_json" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(*state, cases[i].json, cases[i].field, cases[i].code);
}

static void bytes_that_are_not_utf8_name_their_field(void **state)
{
	static const char gb18030[] = "{\"name\":\"x\",\"phones\":[{\"number\":\"\xcd\xf5\"}]}";
	static const char nul[] = "{\"name\":\"a\0b\"}";
	static const char bad_name[] = "{\"\xff\":1}";

	refused_n(*state, gb18030, sizeof(gb18030) - 1, "phones[0].number", "bad_text");
	refused_n(*state, nul, sizeof(nul) - 1, NULL, "bad_json");
	refused_n(*state, bad_name, sizeof(bad_name) - 1, "?", "unknown_field");
}

static void long_text_and_emoji_pass_where_allowed(void **state)
{
	struct state *s = *state;
	char *json = malloc(60000), *p = json;

	assert_non_null(json);
	p += sprintf(p, "{\"name\":\"😀👩‍🔧\",\"note\":\"");
	for (int i = 0; i < 10000; i++)
		p += sprintf(p, "%s", i % 2 ? "说" : "😀");
	sprintf(p, "\"}");
	assert_int_equal(parse(s, json), 0);
	assert_int_equal(strlen(s->customer.note), 10000 / 2 * 7);
	assert_string_equal(s->customer.name, "😀👩‍🔧");
	/* 1,001 characters where the table says nothing: the default limit */
	p = json + sprintf(json, "{\"name\":\"x\",\"text\":\"");
	memset(p, 'a', 1001);
	strcpy(p + 1001, "\"}");
	refused(s, json, "text", "too_long");
	p[1000] = '"';
	strcpy(p + 1000, "\"}");
	assert_int_equal(parse(s, json), 0);
	free(json);
}

static void free_json_has_a_depth_and_a_size(void **state)
{
	char json[1024] = "{\"name\":\"x\",\"extra\":";
	size_t n = strlen(json);

	memset(json + n, '[', 40);
	memset(json + n + 40, ']', 40);
	strcpy(json + n + 80, "}");
	assert_int_equal(parse(*state, json), EINVAL);
	n = strlen("{\"name\":\"x\",\"extra\":");
	strcpy(json + n, "[\"");
	memset(json + n + 2, 'a', 300);
	strcpy(json + n + 302, "\"]}");
	refused(*state, json, "extra", "too_long");
}

static void writes_what_it_read(void **state)
{
	struct state *s = *state;
	struct json_writer w;
	struct buf b;

	buf_init(&b, 4096);
	assert_int_equal(parse(s, "{\"name\":\"a\\\"b\",\"department_id\":\"7\",\"level\":\"gold\","
				  "\"phones\":[{\"number\":\"1\"}],\"tags\":[\"t\"],\"groups\":["
				  "\"9\"],\"sizes\":[1]}"),
		0);
	json_begin(&w, &b);
	field_write(&w, fields, &s->customer);
	assert_int_equal(b.err, 0);
	assert_string_equal(b.data,
		"{\"name\":\"a\\\"b\",\"note\":null,\"text\":null,\"code\":null,\"age\":0,"
		"\"department_id\":\"7\","
		"\"since\":null,\"version\":0,\"score\":0,\"active\":false,\"level\":\"gold\","
		"\"extra\":null,"
		"\"address\":{\"city\":null},\"phones\":[{\"number\":\"1\",\"kind\":\"normal\"}],"
		"\"tags\":[\"t\"],\"groups\":[\"9\"],\"sizes\":[1]}");
	buf_release(&b);
}

static void the_schema_says_what_the_check_does(void **state)
{
	struct json_writer w;
	struct buf b;

	(void)state;
	buf_init(&b, 16384);
	json_begin(&w, &b);
	field_write_schema(&w, phone_fields, true);
	assert_string_equal(b.data, "{\"type\":\"object\",\"properties\":{\"number\":{\"type\":"
				    "\"string\",\"maxLength\":20,"
				    "\"minLength\":1},\"kind\":{\"type\":[\"string\",\"null\"],"
				    "\"enum\":[\"normal\",\"gold\",null]}},"
				    "\"required\":[\"number\"],\"additionalProperties\":false}");
	buf_clear(&b);
	json_begin(&w, &b);
	field_write_schema(&w, fields, true);
	assert_int_equal(b.err, 0);
	assert_null(strstr(b.data, "\"version\""));
	buf_clear(&b);
	json_begin(&w, &b);
	field_write_schema(&w, fields, false);
	assert_non_null(strstr(b.data, "\"version\":{\"type\":\"integer\"}"));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_every_type, setup, teardown),
		cmocka_unit_test_setup_teardown(absent_and_null_are_zero, setup, teardown),
		cmocka_unit_test_setup_teardown(names_the_field_of_each_refusal, setup, teardown),
		cmocka_unit_test_setup_teardown(
			bytes_that_are_not_utf8_name_their_field, setup, teardown),
		cmocka_unit_test_setup_teardown(
			long_text_and_emoji_pass_where_allowed, setup, teardown),
		cmocka_unit_test_setup_teardown(free_json_has_a_depth_and_a_size, setup, teardown),
		cmocka_unit_test_setup_teardown(writes_what_it_read, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_schema_says_what_the_check_does, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
