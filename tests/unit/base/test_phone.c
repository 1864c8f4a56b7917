/* Telephone numbers: what is typed and what it is compared by. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "phone.h"

static void numbers_come_to_one_form(void **state)
{
	static const char *const rows[][2] = {
		{ "13812340000", "13812340000" },
		{ "138-1234-0000", "13812340000" },
		{ "138 1234 0000", "13812340000" },
		{ "+86 138 1234 0000", "13812340000" },
		{ "+8613812340000", "13812340000" },
		{ "008613812340000", "13812340000" },
		{ "8613812340000", "13812340000" },
		{ "013812340000", "13812340000" },
		{ "１３８１２３４００００", "13812340000" },
		{ "（０２１）６２３４５６７８", "02162345678" },
		{ "62345678", "02162345678" },
		{ "6234-5678", "02162345678" },
		{ "021-62345678", "02162345678" },
		{ "(021) 6234 5678", "02162345678" },
		{ "+86 21 6234 5678", "02162345678" },
		{ "+86 (0)21 6234 5678", "02162345678" },
		{ "862162345678", "02162345678" },
		{ "0571-88881234", "057188881234" },
		{ "021-62345678-801", "02162345678" },
		{ "62345678-801", "02162345678" },
		{ "021-62345678转801", "02162345678" },
		{ "021-62345678 ext. 801", "02162345678" },
		{ "021/62345678", "02162345678" },
		{ "tel:+862162345678;ext=801", "02162345678" },
		{ "400-820-8820", "4008208820" },
		{ "+86 400 820 8820", "4008208820" },
		{ "95588", "95588" },
		{ "110", "110" },
		{ "8001", "8001" },
		{ "+1 (415) 555-2671", "+14155552671" },
		{ "0014155552671", "+14155552671" },
		{ "+852 2345 6789", "+85223456789" },
	};
	char out[PHONE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(phone_normalize(out, sizeof(out), rows[i][0], "021"), 0);
		assert_string_equal(out, rows[i][1]);
	}
	assert_int_equal(phone_normalize(out, sizeof(out), "62345678", NULL), 0);
	assert_string_equal(out, "62345678");
}

static void what_is_no_number_is_refused(void **state)
{
	char out[PHONE_MAX], small[4];

	(void)state;
	assert_int_equal(phone_normalize(out, sizeof(out), "", "021"), EINVAL);
	assert_int_equal(phone_normalize(out, sizeof(out), "anonymous", "021"), EINVAL);
	assert_int_equal(phone_normalize(out, sizeof(out), "+", "021"), EINVAL);
	assert_int_equal(phone_normalize(out, sizeof(out), "+86", "021"), EINVAL);
	assert_int_equal(phone_normalize(out, sizeof(out), "123456789012345678901", "021"), EINVAL);
	assert_int_equal(phone_normalize(out, sizeof(out), "\xE8", "021"), EINVAL);
	assert_int_equal(phone_normalize(small, sizeof(small), "95588", "021"), EMSGSIZE);
}

static void masked_numbers_keep_three_and_four(void **state)
{
	static const char *const rows[][2] = {
		{ "13812340000", "138****0000" },
		{ "02162345678", "021****5678" },
		{ "+14155552671", "+141****2671" },
		{ "95588", "9***8" },
		{ "8001", "8001" },
		{ "", "" },
	};
	char out[PHONE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		phone_mask(out, sizeof(out), rows[i][0]);
		assert_string_equal(out, rows[i][1]);
	}
	assert_true(phone_is_mobile("13812340000"));
	assert_false(phone_is_mobile("02162345678"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_come_to_one_form),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(masked_numbers_keep_three_and_four),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
