/* Time, which a test can turn. Any thread.
 * With HOTLINE_TEST_CLOCK=1 clock_advance moves both clocks forward and wakes every loop. */
#ifndef HOTLINE_PLATFORM_CLOCK_H
#define HOTLINE_PLATFORM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_now(void);  /* milliseconds since 1970-01-01 UTC, for rows and people */
int64_t clock_mono(void); /* milliseconds, never goes back (CLOCK_MONOTONIC + turned), for timers */

void clock_set_test(bool on); /* at start, before other threads */
bool clock_is_test(void);
int clock_advance(int64_t ms); /* 0, EPERM when not a test clock, EINVAL when ms < 0 */
/* fn is called (on the thread that advances) after each advance. At most 64 watchers. */
int clock_watch(void (*fn)(void *arg), void *arg);
void clock_unwatch(void (*fn)(void *arg), void *arg);

#endif
