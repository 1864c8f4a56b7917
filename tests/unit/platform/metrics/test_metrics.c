/* Metrics as Prometheus reads them. */
#include "check.h"
#include "metrics/metrics.h"

static void text_format(void **state)
{
	struct metric *all = metric_counter("calls_total", NULL, "Calls");
	struct metric *zh = metric_counter("calls_total", "queue=\"zh\"", "Calls");
	struct metric *now = metric_gauge("agents", NULL, "Agents at work");
	struct metric *wait = metric_histogram("wait_seconds", "queue=\"zh\"", "Waiting");
	struct buf out;

	(void)state;
	assert_ptr_equal(metric_counter("calls_total", "queue=\"zh\"", NULL), zh);
	metric_add(all, 3);
	metric_add(zh, 1);
	metric_add(NULL, 1);
	metric_set(now, -2);
	metric_observe(wait, 500);
	metric_observe(wait, 30000000);
	assert_int_equal(metric_value(wait), 2);
	assert_int_equal(metric_value(all), 3);
	assert_int_equal(metric_value(NULL), 0);
	buf_init(&out, 100000);
	assert_ok(metrics_write(&out));
	assert_non_null(
		strstr(out.data, "# HELP agents Agents at work\n# TYPE agents gauge\nagents -2\n"
				 "# HELP calls_total Calls\n# TYPE calls_total counter\n"
				 "calls_total 3\ncalls_total{queue=\"zh\"} 1\n"
				 "# HELP wait_seconds Waiting\n# TYPE wait_seconds histogram\n"
				 "wait_seconds_bucket{queue=\"zh\",le=\"0.0005\"} 1\n"));
	assert_non_null(strstr(out.data, "wait_seconds_bucket{queue=\"zh\",le=\"10\"} 1\n"
					 "wait_seconds_bucket{queue=\"zh\",le=\"+Inf\"} 2\n"
					 "wait_seconds_sum{queue=\"zh\"} 30.000500\n"
					 "wait_seconds_count{queue=\"zh\"} 2\n"));
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(text_format) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
