/* A thread that owns objects: epoll, a timer heap on clock_mono() and a mailbox.
 * SIP, switch and others are loops. Only loop_post and loop_stop may be called from other threads. */
#ifndef HOTLINE_PLATFORM_LOOP_H
#define HOTLINE_PLATFORM_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;

int loop_create(struct loop **loopp, const char *name);
void loop_free(struct
	loop *loop); /* after loop_stop; messages still waiting are run to release what they own */
int loop_start(struct loop *loop); /* runs it on a thread of its own, named after it */
void loop_stop(struct
	loop *loop); /* from another thread: asks it to end and joins it; queued messages are run first */
bool loop_is_current(const struct loop *loop);

/* Runs fn(arg) on the loop's thread, in the order posted. Any thread. 0 or ENOMEM (then fn will not run). */
int loop_post(struct loop *loop, void (*fn)(void *arg), void *arg);
/* The same and waits until fn has run. Must not be called on the loop itself; for start, stop and tests. */
int loop_call(struct loop *loop, void (*fn)(void *arg), void *arg);

struct loop_timer { /* embed it; zero it before first use */
	int64_t at; /* clock_mono() milliseconds */
	uint64_t order;
	size_t slot; /* place in the heap + 1; 0: not running */
	void (*fn)(void *arg);
	void *arg;
};
/* (Re)arms. fn runs once, on the loop's thread. 0 or ENOMEM. */
int loop_timer_set(struct loop *loop, struct loop_timer *t, int64_t delay_ms, void (*fn)(void *arg),
	void *arg);
void loop_timer_cancel(struct loop *loop, struct loop_timer *t); /* harmless when not running */
static inline bool loop_timer_running(const struct loop_timer *t)
{
	return t->slot != 0;
}

struct loop_fd { /* embed it; zero it before first use */
	int fd;
	void (*fn)(uint32_t events, void *arg); /* EPOLLIN ... */
	void *arg;
};
int loop_fd_add(struct loop *loop, struct loop_fd *watch, int fd, uint32_t events,
	void (*fn)(uint32_t events, void *arg), void *arg);
int loop_fd_change(struct loop *loop, struct loop_fd *watch, uint32_t events);
/* Safe inside its own fn: no further call will be made even if the kernel already reported one. */
void loop_fd_remove(struct loop *loop, struct loop_fd *watch);

#endif
