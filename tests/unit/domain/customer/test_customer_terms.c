/* What a customer is found by: parts of names, initials of the pinyin, in any writing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "customer/customer_internal.h"

struct search {
	const char *typed;
	bool found;
};

static int begins(const char *term, void *arg)
{
	struct search *s = arg;

	s->found = s->found || !strncmp(term, s->typed, strlen(s->typed));
	return 0;
}

static bool finds(const char *name, const char *organisation, const char *typed)
{
	char term[128];
	struct search s = { .typed = term };

	assert_int_equal(customer_query_term(term, sizeof(term), typed), 0);
	if (!*term)
		return false;
	assert_int_equal(customer_each_term(name, organisation, begins, &s), 0);
	return s.found;
}

static void a_part_of_a_name_finds_it(void **state)
{
	static const struct {
		const char *name, *organisation, *typed;
		bool found;
	} rows[] = {
		{ "王小明", NULL, "王", true },
		{ "王小明", NULL, "小明", true },
		{ "王小明", NULL, "明", true },
		{ "王小明", NULL, "wxm", true },
		{ "王小明", NULL, "xm", true },
		{ "王小明", NULL, "WXM", true },
		{ "王小明", NULL, "wangxiaoming", true },
		{ "王小明", NULL, "wangx", true },
		{ "王小明", NULL, "小王", false },
		{ "王小明", NULL, "wm", false },
		{ "单雄信", NULL, "sxx", true }, /* as a surname */
		{ "李强", "上海众达电脑有限公司", "众达", true },
		{ "李强", "上海众达电脑有限公司", "shzd", true },
		{ "李强", "上海众达电脑有限公司", "有限公司", true },
		{ "李强", "上海众达电脑有限公司", "zddn", true },
		{ "Peter Miller", "Miller Trading (Shanghai)", "mill", true },
		{ "Peter Miller", "Miller Trading (Shanghai)", "SHANG", true },
		{ "Peter Miller", NULL, "r m", true },
		{ "ＡＢＣ公司", NULL, "公司", true },
		{ "𠮷野家", NULL, "野", true },
		{ "𠮷野家", NULL, "𠮷", true },
		{ "", NULL, "x", false },
		{ "王小明", NULL, "()", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (finds(rows[i].name, rows[i].organisation, rows[i].typed) != rows[i].found)
			fail_msg("%s: %s", rows[i].name, rows[i].typed);
}

static int count(const char *term, void *arg)
{
	assert_true(strlen(term) < 64);
	++*(size_t *)arg;
	return 0;
}

static void long_names_stay_within_bounds(void **state)
{
	char name[4096];
	size_t terms = 0;

	(void)state;
	for (size_t i = 0; i + 4 < sizeof(name); i += 3)
		memcpy(name + i, "长", 4);
	assert_int_equal(customer_each_term(name, name, count, &terms), 0);
	assert_in_range(terms, 40, 200);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(customer_each_term(name, NULL, count, &terms), 0);
	assert_int_equal(customer_query_term(name, 64, "\xff\xfe"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_of_a_name_finds_it),
		cmocka_unit_test(long_names_stay_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
