/* Values as they are spoken in Chinese (the table of reference workflow 7.4 and more) and English. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "read_aloud.h"

struct row {
	enum read_kind kind;
	const char *value, *spoken; /* NULL: refused */
};

static void check(
	const struct row *rows, size_t count, const char *language, const struct read_options *o)
{
	for (size_t i = 0; i < count; i++) {
		char out[512];
		int err = read_aloud(out, sizeof(out), rows[i].value, rows[i].kind, language, o);

		if (!rows[i].spoken) {
			if (err != EINVAL || out[0])
				fail_msg("%s: \"%s\" was read as \"%s\"",
					read_kind_names[rows[i].kind], rows[i].value, out);
			continue;
		}
		if (err || strcmp(out, rows[i].spoken))
			fail_msg("%s: \"%s\" was read as \"%s\", not \"%s\"",
				read_kind_names[rows[i].kind], rows[i].value, out, rows[i].spoken);
	}
}
#define CHECK(rows, language, o) check(rows, sizeof(rows) / sizeof((rows)[0]), language, o)

static void test_chinese_numbers(void **state)
{
	static const struct row rows[] = {
		{ READ_NUMBER, "0", "零" },
		{ READ_NUMBER, "10", "十" },
		{ READ_NUMBER, "12", "十二" },
		{ READ_NUMBER, "110", "一百一十" },
		{ READ_NUMBER, "1001", "一千零一" },
		{ READ_NUMBER, "10010", "一万零一十" },
		{ READ_NUMBER, "100000", "十万" },
		{ READ_NUMBER, "10000000", "一千万" },
		{ READ_NUMBER, "200", "二百" },
		{ READ_NUMBER, "2000", "两千" },
		{ READ_NUMBER, "20000", "两万" },
		{ READ_NUMBER, "2", "二" },
		{ READ_NUMBER, "12.05", "十二点零五" },
		{ READ_NUMBER, "20", "二十" },
		{ READ_NUMBER, "22", "二十二" },
		{ READ_NUMBER, "101", "一百零一" },
		{ READ_NUMBER, "112", "一百一十二" },
		{ READ_NUMBER, "222", "二百二十二" },
		{ READ_NUMBER, "1010", "一千零一十" },
		{ READ_NUMBER, "1100", "一千一百" },
		{ READ_NUMBER, "2202", "两千二百零二" },
		{ READ_NUMBER, "10001", "一万零一" },
		{ READ_NUMBER, "11000", "一万一千" },
		{ READ_NUMBER, "22000", "两万两千" },
		{ READ_NUMBER, "120000", "十二万" },
		{ READ_NUMBER, "200000", "二十万" },
		{ READ_NUMBER, "1020000", "一百零二万" },
		{ READ_NUMBER, "2002000", "二百万两千" },
		{ READ_NUMBER, "2000200", "二百万零二百" },
		{ READ_NUMBER, "10100000", "一千零一十万" },
		{ READ_NUMBER, "100000000", "一亿" },
		{ READ_NUMBER, "200000000", "两亿" },
		{ READ_NUMBER, "100000001", "一亿零一" },
		{ READ_NUMBER, "100120000", "一亿零一十二万" },
		{ READ_NUMBER, "1010000000", "十亿一千万" },
		{ READ_NUMBER, "1234567890", "十二亿三千四百五十六万七千八百九十" },
		{ READ_NUMBER, "1000000000000", "一万亿" },
		{ READ_NUMBER, "9999999999999999",
			"九千九百九十九万九千九百九十九亿九千九百九十九万九千九百九十九" },
		{ READ_NUMBER, "-12", "负十二" },
		{ READ_NUMBER, "-0", "零" },
		{ READ_NUMBER, "+7", "七" },
		{ READ_NUMBER, "007", "七" },
		{ READ_NUMBER, "0.5", "零点五" },
		{ READ_NUMBER, "3.10", "三点一零" },
		{ READ_NUMBER, "2.22", "二点二二" },
		{ READ_NUMBER, "1,234,567", "一百二十三万四千五百六十七" },
		{ READ_NUMBER, "12,34", NULL },
		{ READ_NUMBER, "1234,567", NULL },
		{ READ_NUMBER, ",123", NULL },
		{ READ_NUMBER, "", NULL },
		{ READ_NUMBER, "-", NULL },
		{ READ_NUMBER, "1.", NULL },
		{ READ_NUMBER, ".5", NULL },
		{ READ_NUMBER, "1e5", NULL },
		{ READ_NUMBER, "12a", NULL },
		{ READ_NUMBER, "12345678901234567", NULL },
	};
	static const struct row counted[] = { { READ_NUMBER, "2", "两" },
		{ READ_NUMBER, "3", "三" }, { READ_NUMBER, "12", "十二" },
		{ READ_NUMBER, "200", "两百" }, { READ_NUMBER, "2.5", "二点五" },
		{ READ_NUMBER, "2000000", "两百万" } };

	(void)state;
	CHECK(rows, "zh-CN", NULL);
	CHECK(rows, NULL, NULL);
	CHECK(counted, "zh", &((struct read_options){ .counted = true, .liang_hundred = true }));
}

static void test_chinese_money(void **state)
{
	static const struct row rows[] = {
		{ READ_MONEY, "0.05", "五分" },
		{ READ_MONEY, "0.50", "五角" },
		{ READ_MONEY, "10.05", "十元零五分" },
		{ READ_MONEY, "1000.50", "一千元五角" },
		{ READ_MONEY, "1234.56", "一千二百三十四元五角六分" },
		{ READ_MONEY, "20000", "两万元" },
		{ READ_MONEY, "-30.00", "负三十元" },
		{ READ_MONEY, "0", "零元" },
		{ READ_MONEY, "-0.00", "零元" },
		{ READ_MONEY, "2", "两元" },
		{ READ_MONEY, "2.2", "两元两角" },
		{ READ_MONEY, "0.15", "一角五分" },
		{ READ_MONEY, "12.00", "十二元" },
		{ READ_MONEY, "100.10", "一百元一角" },
		{ READ_MONEY, "-0.05", "负五分" },
		{ READ_MONEY, "1.234", NULL },
		{ READ_MONEY, "¥5", NULL },
	};

	(void)state;
	CHECK(rows, "zh-CN", NULL);
}

static void test_chinese_digits_and_phones(void **state)
{
	static const struct row rows[] = {
		{ READ_PHONE, "13800138000", "幺三八，零零幺三，八零零零" },
		{ READ_PHONE, "138 0013 8000", "幺三八，零零幺三，八零零零" },
		{ READ_PHONE, "02112345678", "零二幺，幺二三四，五六七八" },
		{ READ_PHONE, "05121234567", "零五幺二，幺二三，四五六七" },
		{ READ_PHONE, "021-1234-5678", "零二幺，幺二三四，五六七八" },
		{ READ_PHONE, "4008001234", "四零零，八零零，幺二三四" },
		{ READ_PHONE, "12345678", "幺二三四，五六七八" },
		{ READ_PHONE, "1234567", "幺二三，四五六七" },
		{ READ_PHONE, "4001", "四零零幺" },
		{ READ_PHONE, "+8613800138000", "加八六幺三，八零零幺，三八零零，零" },
		{ READ_PHONE, "+86 138 0013 8000", "加八六，幺三八，零零幺三，八零零零" },
		{ READ_PHONE, "abc", NULL },
		{ READ_DIGITS, "440301199001011234",
			"四四零三，零幺幺九，九零零幺，零幺幺二，三四" },
		{ READ_DIGITS, "110", "幺幺零" },
		{ READ_DIGITS, "12 34-5", "幺二三四，五" },
		{ READ_DIGITS, "12x", NULL },
		{ READ_DIGITS, "", NULL },
		{ READ_DIGITS, "+1", NULL },
	};
	static const struct row plain[] = { { READ_DIGITS, "4403011", "四四零三，零一一" },
		{ READ_PHONE, "110", "一一零" } };

	(void)state;
	CHECK(rows, "zh-CN", NULL);
	CHECK(plain, "zh-CN", &((struct read_options){ .plain_one = true }));
}

static void test_chinese_dates_and_times(void **state)
{
	static const struct row rows[] = {
		{ READ_DATE, "2025-10-01", "二零二五年十月一日" },
		{ READ_DATE, "2025/2/9", "二零二五年二月九日" },
		{ READ_DATE, "20251231", "二零二五年十二月三十一日" },
		{ READ_DATE, "2024-02-29", "二零二四年二月二十九日" },
		{ READ_DATE, "2025-02-29", NULL },
		{ READ_DATE, "2025-13-01", NULL },
		{ READ_DATE, "2025-00-01", NULL },
		{ READ_DATE, "2025-10-32", NULL },
		{ READ_DATE, "2025-10", NULL },
		{ READ_DATE, "10-01-2025", NULL },
		{ READ_TIME, "14:05", "下午两点零五分" },
		{ READ_TIME, "09:00", "上午九点整" },
		{ READ_TIME, "9:30", "上午九点三十分" },
		{ READ_TIME, "12:00", "中午十二点整" },
		{ READ_TIME, "00:10", "凌晨零点十分" },
		{ READ_TIME, "02:00", "凌晨两点整" },
		{ READ_TIME, "20:15", "晚上八点十五分" },
		{ READ_TIME, "14:05:00", "下午两点零五分" },
		{ READ_TIME, "14:20:05", "下午两点二十分零五秒" },
		{ READ_TIME, "24:00", NULL },
		{ READ_TIME, "14:60", NULL },
		{ READ_TIME, "14", NULL },
		{ READ_TIME, "14:5", NULL },
		{ READ_DURATION, "3725", "一小时两分五秒" },
		{ READ_DURATION, "0", "零秒" },
		{ READ_DURATION, "2", "两秒" },
		{ READ_DURATION, "60", "一分钟" },
		{ READ_DURATION, "120", "两分钟" },
		{ READ_DURATION, "3605", "一小时零五秒" },
		{ READ_DURATION, "7200", "两小时" },
		{ READ_DURATION, "90000", "一天一小时" },
		{ READ_DURATION, "-5", NULL },
		{ READ_DURATION, "1.5", NULL },
	};

	(void)state;
	CHECK(rows, "zh-CN", NULL);
}

static void test_chinese_letters_and_text(void **state)
{
	static const struct row rows[] = {
		{ READ_ALPHANUMERIC, "T20261121-0012",
			"T 二 零 二，六 幺 幺 二，幺 杠 零 零，幺 二" },
		{ READ_ALPHANUMERIC, "a1", "A 幺" },
		{ READ_ALPHANUMERIC, "你", NULL },
		{ READ_ALPHANUMERIC, "", NULL },
		{ READ_TEXT, "您好，世界", "您好，世界" },
		{ READ_TEXT, "", "" },
	};

	(void)state;
	CHECK(rows, "zh-CN", NULL);
}

static void test_english(void **state)
{
	static const struct row rows[] = {
		{ READ_NUMBER, "0", "zero" },
		{ READ_NUMBER, "10", "ten" },
		{ READ_NUMBER, "21", "twenty-one" },
		{ READ_NUMBER, "110", "one hundred and ten" },
		{ READ_NUMBER, "1001", "one thousand and one" },
		{ READ_NUMBER, "1200", "one thousand two hundred" },
		{ READ_NUMBER, "10010", "ten thousand and ten" },
		{ READ_NUMBER, "2000000", "two million" },
		{ READ_NUMBER, "-12.05", "minus twelve point zero five" },
		{ READ_MONEY, "1234.56",
			"one thousand two hundred and thirty-four yuan and fifty-six fen" },
		{ READ_MONEY, "0.05", "five fen" },
		{ READ_MONEY, "-30.00", "minus thirty yuan" },
		{ READ_MONEY, "0", "zero yuan" },
		{ READ_PHONE, "13800138000",
			"one three eight, zero zero one three, eight zero zero zero" },
		{ READ_DIGITS, "12345", "one two three four, five" },
		{ READ_DATE, "2025-10-01", "October first, twenty twenty-five" },
		{ READ_DATE, "2000-01-31", "January thirty-first, two thousand" },
		{ READ_DATE, "2005-03-02", "March second, two thousand and five" },
		{ READ_DATE, "1905-12-25", "December twenty-fifth, nineteen oh five" },
		{ READ_DATE, "1900-12-25", "December twenty-fifth, nineteen hundred" },
		{ READ_TIME, "14:05", "two oh five p.m." },
		{ READ_TIME, "09:00", "nine a.m." },
		{ READ_TIME, "00:30", "twelve thirty a.m." },
		{ READ_TIME, "12:00", "twelve p.m." },
		{ READ_DURATION, "3725", "one hour, two minutes, five seconds" },
		{ READ_DURATION, "0", "zero seconds" },
		{ READ_ALPHANUMERIC, "ab-12", "A B dash one, two" },
	};

	(void)state;
	CHECK(rows, "en", NULL);
	CHECK(rows, "en-US", NULL);
}

static void test_bounds(void **state)
{
	char out[16];
	char digits[READ_TEXT + 100];

	(void)state;
	assert_int_equal(read_aloud(out, 7, "12", READ_NUMBER, "zh-CN", NULL), 0);
	assert_int_equal(read_aloud(out, 6, "12", READ_NUMBER, "zh-CN", NULL), EMSGSIZE);
	assert_string_equal(out, "");
	assert_int_equal(read_aloud(out, 0, "12", READ_NUMBER, "zh-CN", NULL), EINVAL);
	assert_int_equal(read_aloud(out, sizeof(out), "1", READ_NUMBER, "fr", NULL), EINVAL);
	assert_int_equal(read_aloud(out, sizeof(out), "1", READ_NUMBER, "", NULL), EINVAL);
	assert_int_equal(read_aloud(out, sizeof(out), "1", (enum read_kind)99, "en", NULL), EINVAL);
	memset(digits, '7', sizeof(digits));
	digits[65] = '\0';
	assert_int_equal(read_aloud(out, sizeof(out), digits, READ_DIGITS, "en", NULL), EINVAL);
	assert_int_equal(read_aloud(out, sizeof(out), digits, READ_PHONE, "en", NULL), EINVAL);
	assert_int_equal(
		read_aloud(out, sizeof(out), digits, READ_ALPHANUMERIC, "en", NULL), EINVAL);
	for (const char *const *name = read_kind_names; *name; name++)
		assert_true(**name != '\0');
	assert_string_equal(read_kind_names[READ_TEXT], "text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chinese_numbers),
		cmocka_unit_test(test_chinese_money),
		cmocka_unit_test(test_chinese_digits_and_phones),
		cmocka_unit_test(test_chinese_dates_and_times),
		cmocka_unit_test(test_chinese_letters_and_text),
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
