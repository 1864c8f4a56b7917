/* Structured log: one JSON object per line (or logfmt on a terminal) to stderr or a file. Any thread; never blocks on a full disk
 * for more than the write itself. No personal data (names, numbers) in it; ids only. */
#ifndef HOTLINE_PLATFORM_LOG_H
#define HOTLINE_PLATFORM_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_open(const char *path,
	enum log_level least); /* path NULL: stderr. Without it: stderr, LOG_INFO */
void log_close(void);

/* log_event(LOG_WARN, "sip", "request refused", "status", LOG_I(400), "source", ip, NULL):
 * module, what happened, then pairs of key and text value ending with NULL. */
void log_event(enum log_level level, const char *module, const char *what, ...)
	__attribute__((sentinel));
#define LOG_I(n) log_number((int64_t)(n), (char[24]){ 0 })
const char *log_number(int64_t n, char *scratch);
#define log_info(...)  log_event(LOG_INFO, __VA_ARGS__)
#define log_warn(...)  log_event(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_event(LOG_ERROR, __VA_ARGS__)
#define log_debug(...) log_event(LOG_DEBUG, __VA_ARGS__)

/* True at most `burst` times per second for one place; counts what it swallowed and says so in the next line allowed. */
struct log_limit {
	int64_t second;
	unsigned count, swallowed;
};
int log_allowed(struct log_limit *limit, unsigned burst);

#endif
