/* The timers of one loop: a binary heap by time, then by the order they were set. One thread. */
#ifndef HOTLINE_PLATFORM_LOOP_TIMER_HEAP_H
#define HOTLINE_PLATFORM_LOOP_TIMER_HEAP_H

#include "loop.h"

struct timer_heap {
	struct loop_timer **items;
	size_t count, size;
	uint64_t orders; /* given out so far */
};

void timer_heap_release(struct timer_heap *h);
int timer_heap_put(struct timer_heap *h, struct loop_timer *t); /* t->at is set; 0 or ENOMEM */
void timer_heap_remove(struct timer_heap *h, struct loop_timer *t);
static inline struct loop_timer *timer_heap_first(const struct timer_heap *h)
{
	return h->count ? h->items[0] : NULL;
}

#endif
