/* Counters, gauges and histograms for GET /metrics (Prometheus text format 0.0.4). Any thread, lock-free updates. */
#ifndef HOTLINE_PLATFORM_METRICS_H
#define HOTLINE_PLATFORM_METRICS_H

#include <stdint.h>
#include "buf.h"

struct metric;

/* Registration at start; the same name and labels give the same metric. labels: `queue="sales"` or NULL. NULL: out of memory. */
struct metric *metric_counter(const char *name, const char *labels, const char *help);
struct metric *metric_gauge(const char *name, const char *labels, const char *help);
struct metric *metric_histogram(const char *name, const char *labels,
	const char *help); /* seconds; 0.5 ms to 10 s buckets */
/* All accept NULL. */
void metric_add(struct metric *m, int64_t n);
void metric_set(struct metric *m, int64_t v);
void metric_observe(struct metric *m, int64_t microseconds);
int64_t metric_value(const struct metric *m); /* a counter or gauge; a histogram's count */
int metrics_write(struct buf *out);

#endif
