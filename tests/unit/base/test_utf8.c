/* UTF-8: what is text and what is not. */
#include "check.h"
#include "utf8.h"

static void table_of_sequences(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool text;
	} cases[] = {
		{ "", 0, true },
		{ "plain text, longer than eight", 29, true },
		{ "客户来电，说打印机坏了", 33, true },
		{ "\xf0\x9f\x98\x80", 4, true },  /* emoji */
		{ "\xed\x9f\xbf", 3, true },      /* last before the surrogates */
		{ "\xee\x80\x80", 3, true },      /* first after them */
		{ "\xf4\x8f\xbf\xbf", 4, true },  /* U+10FFFF */
		{ "\xf4\x90\x80\x80", 4, false }, /* beyond */
		{ "\xed\xa0\x80", 3, false },     /* surrogate */
		{ "\xc0\x80", 2, false },         /* overlong NUL */
		{ "\xc1\xbf", 2, false },
		{ "\xe0\x9f\xbf", 3, false },
		{ "\xf0\x8f\xbf\xbf", 4, false },
		{ "\x80", 1, false },
		{ "\xe4\xb8", 2, false }, /* cut off */
		{ "\xf0\x9f\x98", 3, false },
		{ "a\xff", 2, false },
		{ "abcdefgh\xd6\xd0", 10, false }, /* GB18030 */
		{ "a\0b", 3, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (utf8_is_text(cases[i].bytes, cases[i].len) != cases[i].text)
			fail_msg("case %zu", i);
	}
	assert_int_equal(utf8_char("中文", 6), 3);
	assert_int_equal(utf8_char("中文", 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(table_of_sequences) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
