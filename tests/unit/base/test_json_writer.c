/* JSON writer: commas, escapes, numbers, depth. */
#include <math.h>
#include "check.h"
#include "json_writer.h"

static void a_document(void **state)
{
	struct json_writer w;
	struct buf b;

	(void)state;
	buf_init(&b, 10000);
	json_begin(&w, &b);
	json_object(&w);
	json_key(&w, "id");
	json_id(&w, INT64_C(9007199254740993));
	json_key(&w, "none");
	json_id(&w, 0);
	json_key(&w, "list");
	json_array(&w);
	json_int(&w, INT64_MIN);
	json_int(&w, 0);
	json_int(&w, INT64_MAX);
	json_double(&w, 0.1);
	json_double(&w, 1.0 / 3);
	json_double(&w, NAN);
	json_bool(&w, true);
	json_null(&w);
	json_raw(&w, "{\"a\":1}");
	json_raw(&w, "");
	json_array(&w);
	json_array_end(&w);
	json_object(&w);
	json_object_end(&w);
	json_array_end(&w);
	json_key(&w, "text");
	json_string(&w, "多\"\\/\n\t\x01\x7f");
	json_key(&w, "gone");
	json_string(&w, NULL);
	json_object_end(&w);
	assert_int_equal(b.err, 0);
	assert_string_equal(b.data,
		"{\"id\":\"9007199254740993\",\"none\":null,\"list\":"
		"[-9223372036854775808,0,9223372036854775807,0.1,0.33333333333333331,"
		"null,true,null,{\"a\":1},null,[],{}],"
		"\"text\":\"多\\\"\\\\/\\n\\t\\u0001\x7f\",\"gone\":null}");
	buf_release(&b);
}

static void bytes_that_are_no_text_become_a_sign(void **state)
{
	struct json_writer w;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	json_begin(&w, &b);
	json_string_n(&w,
		"a\xd6\xd0"
		"b\xe4\xb8",
		6);
	assert_string_equal(b.data, "\"a\xef\xbf\xbd\xef\xbf\xbd"
				    "b\xef\xbf\xbd\xef\xbf\xbd\"");
	buf_clear(&b);
	json_begin(&w, &b);
	json_string_n(&w, "a\0b", 3);
	assert_string_equal(b.data, "\"a\\u0000b\"");
	buf_release(&b);
}

/* Text is looked at eight bytes at a time: what needs care is found wherever it stands. */
static void care_is_taken_at_every_place(void **state)
{
	static const struct {
		const char *put, *wanted;
	} rows[] = {
		{ "\"", "\\\"" },
		{ "\\", "\\\\" },
		{ "\x01", "\\u0001" },
		{ "\x1f", "\\u001f" },
		{ "\x7f", "\x7f" },
		{ " ", " " },
		{ "!", "!" },
		{ "]", "]" },
		{ "\x80", "\xef\xbf\xbd" },
		{ "\xff", "\xef\xbf\xbd" },
		{ "\xe4\xb8", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "é修😀", "é修😀" },
	};
	char text[64], wanted[64];
	struct json_writer w;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (int before = 0; before < 18; before++) {
			snprintf(text, sizeof(text), "%.*s%sabc", before, "0123456789abcdefgh",
				rows[i].put);
			snprintf(wanted, sizeof(wanted), "\"%.*s%sabc\"", before,
				"0123456789abcdefgh", rows[i].wanted);
			buf_clear(&b);
			json_begin(&w, &b);
			json_string(&w, text);
			assert_string_equal(b.data, wanted);
		}
	}
	buf_release(&b);
}

static void depth_is_limited(void **state)
{
	struct json_writer w;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	json_begin(&w, &b);
	for (int i = 0; i < 32; i++)
		json_array(&w);
	assert_int_equal(b.err, 0);
	json_array(&w);
	assert_int_equal(b.err, EMSGSIZE);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document),
		cmocka_unit_test(bytes_that_are_no_text_become_a_sign),
		cmocka_unit_test(care_is_taken_at_every_place),
		cmocka_unit_test(depth_is_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
