/* What the synthesizer is given for running text. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "speech/speech.h"

struct row {
	const char *text, *spoken;
};

static void check(const struct row *rows, size_t count, const char *language)
{
	for (size_t i = 0; i < count; i++) {
		char out[1024];

		assert_int_equal(speech_normalize(out, sizeof(out), rows[i].text, language), 0);
		if (strcmp(out, rows[i].spoken) != 0)
			fail_msg("\"%s\" became \"%s\", not \"%s\"", rows[i].text, out,
				rows[i].spoken);
	}
}

static void test_chinese(void **state)
{
	static const struct row rows[] = {
		{ "您好，世界", "您好，世界" },
		{ "销售咨询请按1，电话维修请按2", "销售咨询请按一，电话维修请按二" },
		{ "您前面还有2位，预计等待12分钟", "您前面还有两位，预计等待十二分钟" },
		{ "2025-10-01 14:05 开会", "二零二五年十月一日 下午两点零五分 开会" },
		{ "2025年10月1日", "二零二五年十月一日" },
		{ "欠费-30.5元", "欠费负三十元五角" },
		{ "合计¥1,234.56。", "合计一千二百三十四元五角六分。" },
		{ "增加12.5%", "增加百分之十二点五" },
		{ "请拨13800138000", "请拨幺三八，零零幺三，八零零零" },
		{ "请拨021-12345678。", "请拨零二幺，幺二三四五六七八。" },
		{ "请拨400-800-1234", "请拨四零零，八零零，幺二三四" },
		{ "分机4001为您服务", "分机四零零幺为您服务" },
		{ "编号T20261121-0012", "编号T二零二六幺幺二幺，零零幺二" },
		{ "拨0", "拨零" },
		{ "07号", "零七号" },
		{ "99999999999999999999号", "九九九九，九九九九，九九九九，九九九九，九九九九号" },
		{ "3-5天", "三-五天" },
		{ "版本1.2.3", "版本1.2.3" },
		{ "去银行", "去 yin2 hang2 " },
		{ "重庆的节假日", " chong2 qing4 的 jie2 jia4 ri4 " },
		{ "", "" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]), "zh-CN");
}

static void test_english(void **state)
{
	static const struct row rows[] = {
		{ "Press 1 for sales.", "Press 1 for sales." },
		{ "Call 13800138000",
			"Call one three eight, zero zero one three, eight zero zero zero" },
		{ "extension 4001", "extension four zero zero one" },
		{ "on 2025-10-01 at 14:05",
			"on October first, twenty twenty-five at two oh five p.m." },
		{ "you owe ¥12.50", "you owe twelve yuan and fifty fen" },
		{ "12 people, 3.5 hours", "12 people, 3.5 hours" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]), "en");
}

static void test_bounds(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(speech_normalize(out, sizeof(out), "12345678901234", "zh-CN"), EMSGSIZE);
	assert_string_equal(out, "");
	assert_int_equal(speech_normalize(out, sizeof(out), "1234567", "en"), EMSGSIZE);
	assert_int_equal(speech_normalize(out, 0, "1", "en"), EINVAL);
	assert_int_equal(speech_normalize(out, sizeof(out), NULL, "en"), EINVAL);
	assert_int_equal(speech_normalize(out, sizeof(out), "银", "zh-CN"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chinese),
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
