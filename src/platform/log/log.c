/* Structured log: one object per line. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "clock/clock.h"
#include "json_writer.h"
#include "log.h"

#define LOG_LINE_MAX 8192

static const char *const level_names[] = { "debug", "info", "warn", "error" };

/* Readers write lines, the writer changes the file. */
static pthread_rwlock_t file_lock = PTHREAD_RWLOCK_INITIALIZER;
static int file = STDERR_FILENO;
static int on_terminal = -1; /* of file; -1: not asked yet */
static atomic_int least_level = LOG_INFO;
static _Thread_local unsigned swallowed; /* to be told in this thread's next line */

static void set_file(int fd)
{
	pthread_rwlock_wrlock(&file_lock);
	if (file != STDERR_FILENO)
		close(file);
	file = fd;
	on_terminal = isatty(fd);
	pthread_rwlock_unlock(&file_lock);
}

void log_open(const char *path, enum log_level least)
{
	int fd = STDERR_FILENO;

	atomic_store(&least_level, (int)least);
	if (path) {
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
		if (fd < 0) {
			int err = errno;

			fd = STDERR_FILENO;
			log_error("log", "file cannot be opened, using standard error", "error",
				strerror(err), NULL);
		}
	}
	set_file(fd);
}

void log_close(void)
{
	set_file(STDERR_FILENO);
}

const char *log_number(int64_t n, char *scratch)
{
	snprintf(scratch, 24, "%" PRId64, n);
	return scratch;
}

static void write_time(struct buf *out)
{
	int64_t now = clock_now();
	time_t seconds = (time_t)(now / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(now % 1000));
}

/* logfmt: bare words as they are, everything else quoted like JSON. */
static void write_pair(struct buf *out, const char *key, const char *value)
{
	struct json_writer w;
	bool bare = value && *value && !value[strcspn(value, " \"=\\\n\t\r")];

	buf_printf(out, " %s=", key);
	if (bare) {
		buf_puts(out, value);
		return;
	}
	json_begin(&w, out);
	json_string(&w, value);
}

static void write_logfmt(
	struct buf *out, enum log_level level, const char *module, const char *what, va_list pairs)
{
	const char *key;

	write_time(out);
	buf_printf(out, " %-5s %s: %s", level_names[level], module, what);
	while ((key = va_arg(pairs, const char *)))
		write_pair(out, key, va_arg(pairs, const char *));
	if (swallowed)
		buf_printf(out, " swallowed=%u", swallowed);
	buf_putc(out, '\n');
}

static void write_json(
	struct buf *out, enum log_level level, const char *module, const char *what, va_list pairs)
{
	struct json_writer w;
	const char *key;

	json_begin(&w, out);
	json_object(&w);
	json_key(&w, "time");
	buf_putc(out, '"');
	write_time(out);
	buf_putc(out, '"');
	w.comma[w.depth] = true;
	json_key(&w, "level");
	json_string(&w, level_names[level]);
	json_key(&w, "module");
	json_string(&w, module);
	json_key(&w, "what");
	json_string(&w, what);
	while ((key = va_arg(pairs, const char *))) {
		json_key(&w, key);
		json_string(&w, va_arg(pairs, const char *));
	}
	if (swallowed) {
		json_key(&w, "swallowed");
		json_int(&w, swallowed);
	}
	json_object_end(&w);
	buf_putc(out, '\n');
}

void log_event(enum log_level level, const char *module, const char *what, ...)
{
	struct buf line;
	va_list pairs;
	ssize_t n;

	if ((int)level < atomic_load(&least_level))
		return;
	buf_init(&line, LOG_LINE_MAX);
	va_start(pairs, what);
	pthread_rwlock_rdlock(&file_lock);
	if (on_terminal < 0 ? isatty(file) : on_terminal)
		write_logfmt(&line, level, module, what, pairs);
	else
		write_json(&line, level, module, what, pairs);
	va_end(pairs);
	swallowed = 0;
	if (line.err) { /* too long: at least say that it happened */
		buf_clear(&line);
		buf_printf(&line,
			"{\"level\":\"%s\",\"module\":\"%.60s\",\"what\":\"%.200s\","
			"\"cut\":true}\n",
			level_names[level], module, what);
	}
	do /* one call, so that lines of several threads do not mix; a full disk loses the line */
		n = line.err ? 0 : write(file, line.data, line.len);
	while (n < 0 && errno == EINTR);
	pthread_rwlock_unlock(&file_lock);
	buf_release(&line);
}

int log_allowed(struct log_limit *limit, unsigned burst)
{
	int64_t second = clock_mono() / 1000;
	int64_t seen = __atomic_load_n(&limit->second, __ATOMIC_RELAXED);

	/* Threads may race at the turn of a second: then a line more or less gets through. */
	if (seen != second && __atomic_compare_exchange_n(&limit->second, &seen, second, false,
				      __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		__atomic_store_n(&limit->count, 0, __ATOMIC_RELAXED);
	if (__atomic_add_fetch(&limit->count, 1, __ATOMIC_RELAXED) > burst) {
		__atomic_add_fetch(&limit->swallowed, 1, __ATOMIC_RELAXED);
		return 0;
	}
	swallowed += __atomic_exchange_n(&limit->swallowed, 0, __ATOMIC_RELAXED);
	return 1;
}
