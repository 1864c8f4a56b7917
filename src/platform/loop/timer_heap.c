/* The timers of one loop: a binary heap. */
#include <errno.h>
#include <stdlib.h>
#include "timer_heap.h"

static bool before(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void place(struct timer_heap *h, size_t i, struct loop_timer *t)
{
	h->items[i] = t;
	t->slot = i + 1;
}

static void move_up(struct timer_heap *h, size_t i, struct loop_timer *t)
{
	while (i && before(t, h->items[(i - 1) / 2])) {
		place(h, i, h->items[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	place(h, i, t);
}

static void move_down(struct timer_heap *h, size_t i, struct loop_timer *t)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= h->count)
			break;
		if (child + 1 < h->count && before(h->items[child + 1], h->items[child]))
			child++;
		if (!before(h->items[child], t))
			break;
		place(h, i, h->items[child]);
		i = child;
	}
	place(h, i, t);
}

void timer_heap_release(struct timer_heap *h)
{
	for (size_t i = 0; i < h->count; i++)
		h->items[i]->slot = 0;
	free(h->items);
	*h = (struct timer_heap){ 0 };
}

int timer_heap_put(struct timer_heap *h, struct loop_timer *t)
{
	if (h->count == h->size) {
		size_t size = h->size ? h->size * 2 : 64;
		struct loop_timer **items = realloc(h->items, size * sizeof(struct loop_timer *));

		if (!items)
			return ENOMEM;
		h->items = items;
		h->size = size;
	}
	t->order = ++h->orders;
	move_up(h, h->count++, t);
	return 0;
}

void timer_heap_remove(struct timer_heap *h, struct loop_timer *t)
{
	size_t i = t->slot - 1;
	struct loop_timer *last;

	if (!t->slot)
		return;
	t->slot = 0;
	last = h->items[--h->count];
	if (last == t)
		return;
	if (i && before(last, h->items[(i - 1) / 2]))
		move_up(h, i, last);
	else
		move_down(h, i, last);
}
