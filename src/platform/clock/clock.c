/* Time, which a test can turn. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include "clock.h"

#define CLOCK_WATCHERS 64

static atomic_bool test_clock;
static _Atomic int64_t turned; /* milliseconds added to both clocks */

static pthread_mutex_t watch_lock = PTHREAD_MUTEX_INITIALIZER;
static struct watcher {
	void (*fn)(void *arg);
	void *arg;
} watchers[CLOCK_WATCHERS];

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + atomic_load(&turned);
}

int64_t clock_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_mono(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void clock_set_test(bool on)
{
	atomic_store(&test_clock, on);
	if (!on)
		atomic_store(&turned, 0);
}

bool clock_is_test(void)
{
	return atomic_load(&test_clock);
}

int clock_advance(int64_t ms)
{
	if (!clock_is_test())
		return EPERM;
	if (ms < 0)
		return EINVAL;
	atomic_fetch_add(&turned, ms);
	/* Under the lock, so that clock_unwatch returns only when no call is under way. */
	pthread_mutex_lock(&watch_lock);
	for (int i = 0; i < CLOCK_WATCHERS; i++) {
		if (watchers[i].fn)
			watchers[i].fn(watchers[i].arg);
	}
	pthread_mutex_unlock(&watch_lock);
	return 0;
}

int clock_watch(void (*fn)(void *arg), void *arg)
{
	int err = ENOSPC;

	if (!fn)
		return EINVAL;
	pthread_mutex_lock(&watch_lock);
	for (int i = 0; i < CLOCK_WATCHERS && err; i++) {
		if (watchers[i].fn)
			continue;
		watchers[i] = (struct watcher){ fn, arg };
		err = 0;
	}
	pthread_mutex_unlock(&watch_lock);
	return err;
}

void clock_unwatch(void (*fn)(void *arg), void *arg)
{
	pthread_mutex_lock(&watch_lock);
	for (int i = 0; i < CLOCK_WATCHERS; i++) {
		if (watchers[i].fn == fn && watchers[i].arg == arg) {
			watchers[i].fn = NULL;
			break;
		}
	}
	pthread_mutex_unlock(&watch_lock);
}
