/* A thread that owns objects: epoll, a timer heap and a mailbox. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "clock/clock.h"
#include "loop.h"
#include "timer_heap.h"

#define LOOP_EVENTS 64 /* taken from the kernel at once */

struct message {
	struct message *next;
	void (*fn)(void *arg);
	void *arg;
};

struct loop {
	char name[16]; /* what the kernel shows as the thread's name */
	int epoll, wake;
	pthread_t thread;
	bool started;

	pthread_mutex_t lock; /* of the members up to `running` */
	struct message *first, **end;
	bool stop, running;

	struct timer_heap timers;
	struct epoll_event events[LOOP_EVENTS];
	int event_count;
};

static _Thread_local const struct loop *current;

static void wake(void *arg)
{
	struct loop *loop = arg;
	uint64_t one = 1;

	/* It fails only when the counter is full, and then the loop is awake anyway. */
	if (write(loop->wake, &one, sizeof(one)) < 0)
		return;
}

int loop_create(struct loop **loopp, const char *name)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	struct epoll_event event = { .events = EPOLLIN };
	int err = 0;

	if (!loop)
		return ENOMEM;
	snprintf(loop->name, sizeof(loop->name), "%s", name);
	loop->end = &loop->first;
	pthread_mutex_init(&loop->lock, NULL);
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->epoll < 0 || loop->wake < 0 ||
		epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wake, &event) < 0)
		err = errno;
	if (!err)
		err = clock_watch(wake, loop);
	if (err)
		loop_free(loop);
	else
		*loopp = loop;
	return err;
}

/* Runs what is in the mailbox now; what is posted meanwhile waits for the next round. */
static void run_messages(struct loop *loop)
{
	struct message *m, *next;

	pthread_mutex_lock(&loop->lock);
	m = loop->first;
	loop->first = NULL;
	loop->end = &loop->first;
	pthread_mutex_unlock(&loop->lock);
	for (; m; m = next) {
		next = m->next;
		m->fn(m->arg);
		free(m);
	}
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	clock_unwatch(wake, loop);
	while (loop->first)
		run_messages(loop);
	timer_heap_release(&loop->timers);
	if (loop->epoll >= 0)
		close(loop->epoll);
	if (loop->wake >= 0)
		close(loop->wake);
	pthread_mutex_destroy(&loop->lock);
	free(loop);
}

/* Timers due now. One that sets itself again at once waits for the next round. */
static void run_timers(struct loop *loop)
{
	int64_t now = clock_mono();
	uint64_t newest = loop->timers.orders;
	struct loop_timer *t;

	while ((t = timer_heap_first(&loop->timers)) && t->at <= now && t->order <= newest) {
		timer_heap_remove(&loop->timers, t);
		t->fn(t->arg);
	}
}

static int wait_ms(const struct loop *loop)
{
	const struct loop_timer *t = timer_heap_first(&loop->timers);
	int64_t left;

	if (!t)
		return -1;
	left = t->at - clock_mono();
	return left <= 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void run_events(struct loop *loop, bool stopping)
{
	int n = epoll_wait(loop->epoll, loop->events, LOOP_EVENTS, stopping ? 0 : wait_ms(loop));

	loop->event_count = n > 0 ? n : 0;
	for (int i = 0; i < loop->event_count; i++) {
		struct loop_fd *watch = loop->events[i].data.ptr;
		uint64_t count;

		if (watch)
			watch->fn(loop->events[i].events, watch->arg);
		else if (read(loop->wake, &count, sizeof(count)) < 0)
			continue; /* taken away by loop_fd_remove, or read already */
	}
	loop->event_count = 0;
}

/* False, and nobody may post any more calls, when asked to stop and nothing is left to do. */
static bool goes_on(struct loop *loop, bool *stopping)
{
	bool on;

	pthread_mutex_lock(&loop->lock);
	*stopping = loop->stop;
	on = loop->running = !loop->stop || loop->first;
	pthread_mutex_unlock(&loop->lock);
	return on;
}

static void *run(void *arg)
{
	struct loop *loop = arg;
	bool stopping;

	current = loop;
	pthread_setname_np(pthread_self(), loop->name);
	while (goes_on(loop, &stopping)) {
		run_messages(loop);
		run_timers(loop);
		run_events(loop, stopping);
	}
	return NULL;
}

int loop_start(struct loop *loop)
{
	int err;

	loop->stop = false;
	loop->running = true;
	err = pthread_create(&loop->thread, NULL, run, loop);
	loop->started = !err;
	if (err)
		loop->running = false;
	return err;
}

void loop_stop(struct loop *loop)
{
	if (!loop || !loop->started)
		return;
	pthread_mutex_lock(&loop->lock);
	loop->stop = true;
	pthread_mutex_unlock(&loop->lock);
	wake(loop);
	pthread_join(loop->thread, NULL);
	loop->started = false;
}

bool loop_is_current(const struct loop *loop)
{
	return current == loop;
}

/* with_thread: only while the loop's thread will run it (ESRCH otherwise). */
static int post(struct loop *loop, void (*fn)(void *arg), void *arg, bool with_thread)
{
	struct message *m = malloc(sizeof(*m));
	bool first = false;
	int err = 0;

	if (!m)
		return ENOMEM;
	*m = (struct message){ .fn = fn, .arg = arg };
	pthread_mutex_lock(&loop->lock);
	if (with_thread && !loop->running) {
		err = ESRCH;
	} else {
		first = !loop->first;
		*loop->end = m;
		loop->end = &m->next;
	}
	pthread_mutex_unlock(&loop->lock);
	if (err)
		free(m);
	else if (first)
		wake(loop);
	return err;
}

int loop_post(struct loop *loop, void (*fn)(void *arg), void *arg)
{
	return post(loop, fn, arg, false);
}

struct call {
	void (*fn)(void *arg);
	void *arg;
	sem_t done;
};

static void run_call(void *arg)
{
	struct call *call = arg;

	call->fn(call->arg);
	sem_post(&call->done);
}

int loop_call(struct loop *loop, void (*fn)(void *arg), void *arg)
{
	struct call call = { .fn = fn, .arg = arg };
	int err;

	if (loop_is_current(loop))
		return EDEADLK;
	sem_init(&call.done, 0, 0);
	err = post(loop, run_call, &call, true);
	if (err == ESRCH) { /* no thread owns the loop: this one may */
		fn(arg);
		err = 0;
	} else if (!err) {
		while (sem_wait(&call.done) < 0 && errno == EINTR)
			;
	}
	sem_destroy(&call.done);
	return err;
}

int loop_timer_set(
	struct loop *loop, struct loop_timer *t, int64_t delay_ms, void (*fn)(void *arg), void *arg)
{
	timer_heap_remove(&loop->timers, t);
	t->at = clock_mono() + (delay_ms > 0 ? delay_ms : 0);
	t->fn = fn;
	t->arg = arg;
	return timer_heap_put(&loop->timers, t);
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *t)
{
	timer_heap_remove(&loop->timers, t);
}

int loop_fd_add(struct loop *loop, struct loop_fd *watch, int fd, uint32_t events,
	void (*fn)(uint32_t events, void *arg), void *arg)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	if (fd < 0)
		return EINVAL;
	*watch = (struct loop_fd){ .fd = fd, .fn = fn, .arg = arg };
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		int err = errno;

		watch->fn = NULL;
		return err;
	}
	return 0;
}

int loop_fd_change(struct loop *loop, struct loop_fd *watch, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	return epoll_ctl(loop->epoll, EPOLL_CTL_MOD, watch->fd, &event) < 0 ? errno : 0;
}

void loop_fd_remove(struct loop *loop, struct loop_fd *watch)
{
	if (!watch->fn)
		return;
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	for (int i = 0; i < loop->event_count; i++) {
		if (loop->events[i].data.ptr == watch)
			loop->events[i].data.ptr = NULL;
	}
	watch->fn = NULL;
}
