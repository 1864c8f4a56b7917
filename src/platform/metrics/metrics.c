/* Counters, gauges and histograms: a list that only grows, updated with atomics. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "metrics.h"

enum kind { COUNTER, GAUGE, HISTOGRAM };

/* Upper bounds in microseconds; above the last: +Inf. */
static const int64_t bounds[] = { 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000,
	500000, 1000000, 2500000, 5000000, 10000000 };
#define BOUNDS (sizeof(bounds) / sizeof(*bounds))

struct metric {
	struct metric *next; /* the same name stands together */
	enum kind kind;
	char *name, *labels, *help;
	_Atomic int64_t value; /* counter, gauge; histogram: the sum in microseconds */
	_Atomic int64_t buckets[BOUNDS + 1]; /* histogram only */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of the list */
static struct metric *first;

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static struct metric *make(enum kind kind, const char *name, const char *labels, const char *help)
{
	struct metric *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->kind = kind;
	m->name = strdup(name);
	m->labels = strdup(labels ? labels : "");
	m->help = strdup(help ? help : "");
	if (!m->name || !m->labels || !m->help) {
		free(m->name);
		free(m->labels);
		free(m->help);
		free(m);
		return NULL;
	}
	return m;
}

static struct metric *find_or_add(
	enum kind kind, const char *name, const char *labels, const char *help)
{
	struct metric **at, *m = NULL;

	pthread_mutex_lock(&lock);
	for (at = &first; *at && strcmp((*at)->name, name) <= 0; at = &(*at)->next) {
		if (same((*at)->name, name) && same((*at)->labels, labels))
			m = *at;
	}
	if (!m) {
		m = make(kind, name, labels, help);
		if (m) {
			m->next = *at;
			*at = m;
		}
	}
	pthread_mutex_unlock(&lock);
	return m;
}

struct metric *metric_counter(const char *name, const char *labels, const char *help)
{
	return find_or_add(COUNTER, name, labels, help);
}

struct metric *metric_gauge(const char *name, const char *labels, const char *help)
{
	return find_or_add(GAUGE, name, labels, help);
}

struct metric *metric_histogram(const char *name, const char *labels, const char *help)
{
	return find_or_add(HISTOGRAM, name, labels, help);
}

void metric_add(struct metric *m, int64_t n)
{
	if (m)
		atomic_fetch_add_explicit(&m->value, n, memory_order_relaxed);
}

void metric_set(struct metric *m, int64_t v)
{
	if (m)
		atomic_store_explicit(&m->value, v, memory_order_relaxed);
}

void metric_observe(struct metric *m, int64_t microseconds)
{
	size_t i = 0;

	if (!m)
		return;
	while (i < BOUNDS && microseconds > bounds[i])
		i++;
	atomic_fetch_add_explicit(&m->buckets[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&m->value, microseconds, memory_order_relaxed);
}

int64_t metric_value(const struct metric *m)
{
	int64_t count = 0;

	if (!m || m->kind != HISTOGRAM)
		return m ? atomic_load_explicit(&m->value, memory_order_relaxed) : 0;
	for (size_t i = 0; i <= BOUNDS; i++)
		count += atomic_load_explicit(&m->buckets[i], memory_order_relaxed);
	return count;
}

static void write_histogram(const struct metric *m, struct buf *out)
{
	const char *comma = *m->labels ? "," : "", *open = *m->labels ? "{" : "",
		   *close = *m->labels ? "}" : "";
	int64_t count = 0, sum = atomic_load_explicit(&m->value, memory_order_relaxed);

	for (size_t i = 0; i <= BOUNDS; i++) {
		char bound[24] = "+Inf";

		if (i < BOUNDS)
			snprintf(bound, sizeof(bound), "%g", (double)bounds[i] / 1e6);
		count += atomic_load_explicit(&m->buckets[i], memory_order_relaxed);
		buf_printf(out, "%s_bucket{%s%sle=\"%s\"} %" PRId64 "\n", m->name, m->labels, comma,
			bound, count);
	}
	buf_printf(out, "%s_sum%s%s%s %.6f\n", m->name, open, m->labels, close, (double)sum / 1e6);
	buf_printf(out, "%s_count%s%s%s %" PRId64 "\n", m->name, open, m->labels, close, count);
}

int metrics_write(struct buf *out)
{
	static const char *const kinds[] = { "counter", "gauge", "histogram" };
	const char *before = "";

	pthread_mutex_lock(&lock);
	for (const struct metric *m = first; m; m = m->next) {
		if (!same(before, m->name)) {
			buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name,
				kinds[m->kind]);
		}
		before = m->name;
		if (m->kind == HISTOGRAM)
			write_histogram(m, out);
		else if (*m->labels)
			buf_printf(
				out, "%s{%s} %" PRId64 "\n", m->name, m->labels, metric_value(m));
		else
			buf_printf(out, "%s %" PRId64 "\n", m->name, metric_value(m));
	}
	pthread_mutex_unlock(&lock);
	return out->err;
}
