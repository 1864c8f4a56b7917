/* Settings: which source wins, and what a mistake is told like. */
#include <unistd.h>
#include "check.h"
#include "config/config.h"

static const char *const levels[] = { "debug", "info", NULL };
static const struct config_setting rows[] = {
	{ .name = "http_port", .type = CONFIG_INT, .fallback = "8080", .min = 1, .max = 65535 },
	{ .name = "public_call", .type = CONFIG_BOOL, .fallback = "true", .live = true },
	{ .name = "log_level", .type = CONFIG_ENUM, .fallback = "info", .values = levels },
	{ .name = "company", .type = CONFIG_TEXT, .live = true },
	{ .name = "mail_password", .type = CONFIG_SECRET, .live = true },
	{ 0 },
};

static char folder[] = "/tmp/hotline-test-config-XXXXXX";
static char path[80], problem[300];
static struct config *config;

static int set_up(void **state)
{
	(void)state;
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/hotline.conf", folder);
	problem[0] = '\0';
	assert_ok(config_create(&config));
	assert_ok(config_declare(config, rows));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	config_free(config);
	unlink(path);
	return rmdir(folder);
}

static void write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

static void origin_of(
	const struct config_setting *row, const char *value, const char *origin, void *arg)
{
	char *all = arg;

	sprintf(all + strlen(all), "%s=%s(%s) ", row->name, value, origin);
}

static void the_strongest_source_wins(void **state)
{
	char all[500] = "";
	const char *old;

	(void)state;
	write_file("# comment\n\n  company = \" 上海 Co. \"  \nhttp_port=9000\nlog_level = debug\n"
		   "mail_password = geheim\n");
	setenv("HOTLINE_HTTP_PORT", "9001", 1);
	assert_ok(config_load(config, folder, problem, sizeof(problem)));
	unsetenv("HOTLINE_HTTP_PORT");
	assert_int_equal(config_int(config, "http_port"), 9001);
	assert_true(config_bool(config, "public_call"));
	assert_string_equal(config_text(config, "company"), " 上海 Co. ");
	old = config_text(config, "company");
	assert_ok(config_set(config, "company", "北京", problem, sizeof(problem)));
	assert_string_equal(config_text(config, "company"), "北京");
	assert_string_equal(old, " 上海 Co. ");
	config_each(config, origin_of, all);
	assert_string_equal(all,
		"http_port=9001(environment) public_call=true(default) log_level=debug(file) "
		"company=北京(screen) mail_password=***(file) ");
}

static void the_screen_may_not_set_everything(void **state)
{
	(void)state;
	setenv("HOTLINE_PUBLIC_CALL", "off", 1);
	assert_ok(config_load(config, NULL, problem, sizeof(problem)));
	unsetenv("HOTLINE_PUBLIC_CALL");
	assert_false(config_bool(config, "public_call"));
	assert_int_equal(config_set(config, "public_call", "on", problem, sizeof(problem)), EPERM);
	assert_int_equal(config_set(config, "http_port", "1", problem, sizeof(problem)), EPERM);
	assert_int_equal(config_set(config, "nothing", "1", problem, sizeof(problem)), ENOENT);
	assert_int_equal(config_set(config, "company", "\xff", problem, sizeof(problem)), EINVAL);
}

static void mistakes_name_the_line_and_the_setting(void **state)
{
	static const struct {
		const char *text, *problem;
	} cases[] = {
		{ "\nhttp_prot = 1\n", "hotline.conf:2: there is no setting \"http_prot\"" },
		{ "http_port = 70000",
			"hotline.conf:1: http_port: 70000 is not between 1 and 65535" },
		{ "http_port = 80x", "hotline.conf:1: http_port: \"80x\" is not a whole number" },
		{ "http_port =", "hotline.conf:1: http_port: \"\" is not a whole number" },
		{ "public_call = maybe", "public_call: \"maybe\" is neither true nor false" },
		{ "log_level = loud", "log_level: \"loud\" is not one of its words" },
		{ "nonsense", "hotline.conf:1: expected name = value" },
		{ "company=a\ncompany=b", "hotline.conf:2: company was given in line 1 already" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		config_free(config);
		assert_ok(config_create(&config));
		assert_ok(config_declare(config, rows));
		write_file(cases[i].text);
		assert_int_equal(config_load(config, folder, problem, sizeof(problem)), EINVAL);
		assert_non_null(strstr(problem, cases[i].problem));
	}
	unlink(path);
	setenv("HOTLINE_HTTP_PORT", "0", 1);
	assert_int_equal(config_load(config, folder, problem, sizeof(problem)), EINVAL);
	unsetenv("HOTLINE_HTTP_PORT");
	assert_non_null(strstr(problem, "environment HOTLINE_HTTP_PORT"));
}

static void rows_are_checked_when_declared(void **state)
{
	static const struct config_setting bad[] = {
		{ .name = "other", .type = CONFIG_INT, .fallback = "x" }, { 0 }
	};

	(void)state;
	assert_int_equal(config_declare(config, rows), EEXIST);
	assert_int_equal(config_declare(config, bad), EINVAL);
	assert_string_equal(config_text(config, "undeclared"), "");
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_strongest_source_wins),
		CASE(the_screen_may_not_set_everything),
		CASE(mistakes_name_the_line_and_the_setting),
		CASE(rows_are_checked_when_declared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
