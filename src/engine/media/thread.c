/* A media thread: timer, mailbox and sockets in one epoll loop, in real time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "log/log.h"
#include "engine.h"
#include "leg.h"
#include "room.h"

enum {
	PRIORITY = -10,
	READY_MAX = 256,
	/* With many legs a wake-up per packet costs more than it gives: the sockets are then read once per phase, which delays a packet by
	 * 2.5 ms on average. */
	COARSE_FROM = 64,
	COARSE_UNTIL = 48,
	CATCH_UP_MAX = 40 * PHASES / 4, /* phases; what is missed beyond is skipped */
};

int thread_init(struct media_thread *t, struct media *m, unsigned index)
{
	struct epoll_event event = { .events = EPOLLIN };

	t->media = m;
	t->index = index;
	t->epoll = t->sockets = t->timer = t->wake = -1;
	pthread_mutex_init(&t->lock, NULL);
	list_init(&t->mailbox);
	for (unsigned i = 0; i < PHASES; i++)
		list_init(&t->phases[i]);
	t->rooms = hash_create();
	t->legs = hash_create();
	t->recorders = hash_create();
	if (!t->rooms || !t->legs || !t->recorders)
		return ENOMEM;
	t->epoll = epoll_create1(EPOLL_CLOEXEC);
	t->sockets = epoll_create1(EPOLL_CLOEXEC);
	t->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	t->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (t->epoll < 0 || t->sockets < 0 || t->timer < 0 || t->wake < 0)
		return errno;
	event.data.fd = t->timer;
	if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->timer, &event))
		return errno;
	event.data.fd = t->wake;
	if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->wake, &event))
		return errno;
	event.data.fd = t->sockets;
	return epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->sockets, &event) ? errno : 0;
}

void thread_release(struct media_thread *t)
{
	if (!t->media)
		return;
	list_for_each_safe(pos, tmp, &t->mailbox)
		command_free(list_entry(pos, struct command, in_mailbox));
	hash_free(t->rooms);
	hash_free(t->legs);
	hash_free(t->recorders);
	if (t->epoll >= 0)
		close(t->epoll);
	if (t->sockets >= 0)
		close(t->sockets);
	if (t->timer >= 0)
		close(t->timer);
	if (t->wake >= 0)
		close(t->wake);
	pthread_mutex_destroy(&t->lock);
}

void thread_post(struct media_thread *t, struct command *c)
{
	bool first;

	pthread_mutex_lock(&t->lock);
	first = list_empty(&t->mailbox);
	list_append(&t->mailbox, &c->in_mailbox);
	pthread_mutex_unlock(&t->lock);
	if (first)
		(void)eventfd_write(t->wake, 1);
}

static void read_mailbox(struct media_thread *t)
{
	struct list taken;
	eventfd_t count;

	(void)eventfd_read(t->wake, &count);
	list_init(&taken);
	pthread_mutex_lock(&t->lock);
	list_for_each_safe(pos, tmp, &t->mailbox)
	{
		list_remove(pos);
		list_append(&taken, pos);
	}
	pthread_mutex_unlock(&t->lock);
	list_for_each_safe(pos, tmp, &taken)
	{
		list_remove(pos);
		command_apply(t, list_entry(pos, struct command, in_mailbox));
	}
}

/* One packet per socket and round, until none has any; bounded, because under a flood the tick must still come. */
static void read_sockets(struct media_thread *t)
{
	unsigned legs = atomic_load_explicit(&t->leg_count, memory_order_relaxed);
	unsigned rounds = t->coarse ? 2 * (legs / READY_MAX + 1) : 1;
	struct epoll_event ready[READY_MAX];

	while (rounds--) {
		int count = epoll_wait(t->sockets, ready, READY_MAX, 0);

		if (count <= 0)
			return;
		for (int i = 0; i < count; i++)
			leg_readable(ready[i].data.ptr);
	}
}

/* The timer stands still while there is no room. Deadlines are absolute: an interval would not drift, a re-armed one does. */
void thread_tick_needed(struct media_thread *t)
{
	bool needed = t->room_count > 0;
	struct itimerspec spec = { 0 };

	if (needed == t->ticking)
		return;
	if (needed) {
		clock_gettime(CLOCK_MONOTONIC, &spec.it_value);
		spec.it_interval.tv_nsec = PHASE_US * 1000L;
	}
	if (timerfd_settime(t->timer, TFD_TIMER_ABSTIME, &spec, NULL))
		log_error("media", "timer cannot be set", "errno", LOG_I(errno), NULL);
	t->ticking = needed;
}

static void choose_pace(struct media_thread *t)
{
	unsigned legs = atomic_load_explicit(&t->leg_count, memory_order_relaxed);
	bool coarse = t->coarse ? legs > COARSE_UNTIL : legs > COARSE_FROM;
	struct epoll_event event = { .events = EPOLLIN, .data.fd = t->sockets };

	if (coarse == t->coarse)
		return;
	if (epoll_ctl(t->epoll, coarse ? EPOLL_CTL_DEL : EPOLL_CTL_ADD, t->sockets, &event))
		log_error("media", "pace cannot be changed", "errno", LOG_I(errno), NULL);
	else
		t->coarse = coarse;
}

static void count(struct media_thread *t)
{
	struct media *m = t->media;

	if (t->now_us - t->counted_us < 1000000)
		return;
	t->counted_us = t->now_us;
	metric_add(m->sent_metric, (int64_t)t->counts.sent);
	metric_add(m->received_metric, (int64_t)t->counts.received);
	metric_add(m->discarded_metric, (int64_t)t->counts.discarded);
	memset(&t->counts, 0, sizeof(t->counts));
	choose_pace(t);
}

static void skip(struct media_thread *t, uint64_t phases)
{
	uint32_t ticks = (uint32_t)(phases / PHASES);

	for (unsigned i = 0; i < PHASES; i++)
		list_for_each(pos, &t->phases[i])
			room_skip(list_entry(pos, struct room, in_phase), ticks);
}

static void run_phases(struct media_thread *t)
{
	uint64_t due = 0;

	if (read(t->timer, &due, sizeof(due)) != sizeof(due))
		return;
	if (due > CATCH_UP_MAX) {
		if (log_allowed(&t->held_up, 1))
			log_warn("media", "media thread was held up", "milliseconds",
				LOG_I(due * PHASE_US / 1000), NULL);
		skip(t, due - CATCH_UP_MAX);
		due = CATCH_UP_MAX;
	}
	if (t->coarse)
		read_sockets(t);
	for (; due; due--) {
		struct list *rooms = &t->phases[t->turn++ % PHASES];

		t->tick_us = t->now_us - (int64_t)(due - 1) * PHASE_US;
		list_for_each(pos, rooms) room_tick(list_entry(pos, struct room, in_phase));
	}
	count(t);
}

static void free_room(void *value, void *arg)
{
	(void)arg;
	room_free(value);
}

static void *run(void *arg)
{
	struct media_thread *t = arg;

	/* Sound suffers first when the machine is busy. Without the right to it we go on as we are. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), PRIORITY);
	while (!t->ending) {
		struct epoll_event ready[4];
		bool tick = false, mail = false, sockets = false;
		int n = epoll_wait(t->epoll, ready, 4, -1);

		t->now_us = media_now_us();
		for (int i = 0; i < n; i++) {
			tick = tick || ready[i].data.fd == t->timer;
			mail = mail || ready[i].data.fd == t->wake;
			sockets = sockets || ready[i].data.fd == t->sockets;
		}
		if (mail)
			read_mailbox(t);
		if (sockets && !t->coarse)
			read_sockets(t);
		if (tick)
			run_phases(t);
	}
	hash_each(t->rooms, free_room, NULL);
	t->now_us += 1000000;
	count(t);
	return NULL;
}

int thread_start(struct media_thread *t)
{
	char name[16];
	int err = pthread_create(&t->handle, NULL, run, t);

	if (err)
		return err;
	snprintf(name, sizeof(name), "media-%u", t->index);
	(void)pthread_setname_np(t->handle, name);
	t->started = true;
	return 0;
}

void thread_stop(struct media_thread *t)
{
	struct command *c;

	if (!t->started)
		return;
	c = command_make(COMMAND_END, 0);
	while (!c) {
		usleep(1000); /* out of memory while ending: a join without the command would hang */
		c = command_make(COMMAND_END, 0);
	}
	thread_post(t, c);
	pthread_join(t->handle, NULL);
	t->started = false;
}
