/* Log: one JSON object per line, levels, the limit that counts what it swallowed. */
#include <unistd.h>
#include "check.h"
#include "clock/clock.h"
#include "log/log.h"

static char path[] = "/tmp/hotline-test-log-XXXXXX";
static char text[100000];

static const char *read_log(void)
{
	FILE *f = fopen(path, "r");
	size_t n = fread(text, 1, sizeof(text) - 1, f);

	fclose(f);
	text[n] = '\0';
	return text;
}

static int set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	log_open(path, LOG_INFO);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	log_close();
	unlink(path);
	memcpy(path + strlen(path) - 6, "XXXXXX", 6);
	return 0;
}

static void lines_are_json(void **state)
{
	const char *line;

	(void)state;
	log_debug("sip", "not written", NULL);
	log_warn("sip", "request \"refused\"", "status", LOG_I(-400), "source", "a\nb", "none",
		NULL, NULL);
	line = read_log();
	assert_memory_equal(line, "{\"time\":\"20", 11);
	assert_non_null(strstr(line, "Z\",\"level\":\"warn\",\"module\":\"sip\",\"what\":\"request "
				     "\\\"refused\\\"\",\"status\":\"-400\",\"source\":\"a\\nb\","
				     "\"none\":null}\n"));
	assert_null(strstr(line, "not written"));
}

static void a_flood_is_counted(void **state)
{
	struct log_limit limit = { 0 };
	int allowed = 0;

	(void)state;
	clock_set_test(true);
	for (int i = 0; i < 10; i++)
		allowed += log_allowed(&limit, 3);
	assert_in_range(allowed, 3, 6); /* the second may turn once on its way */
	assert_ok(clock_advance(2000));
	assert_true(log_allowed(&limit, 3));
	log_info("sip", "bad message", NULL);
	log_info("sip", "another", NULL);
	assert_non_null(strstr(read_log(), "\"what\":\"bad message\",\"swallowed\":"));
	assert_null(strstr(strstr(text, "another"), "swallowed"));
	clock_set_test(false);
}

static void a_line_too_long_is_cut(void **state)
{
	char *big = malloc(20001);

	(void)state;
	memset(big, 'x', 20000);
	big[20000] = '\0';
	log_info("web", "big", "value", big, NULL);
	assert_non_null(strstr(read_log(), "\"what\":\"big\",\"cut\":true}\n"));
	free(big);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lines_are_json),
		CASE(a_flood_is_counted),
		CASE(a_line_too_long_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
