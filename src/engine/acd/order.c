/* Ordered arrays of pointers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "order.h"

void order_release(struct order *o)
{
	free(o->slots);
	memset(o, 0, sizeof(*o));
}

size_t order_before(const struct order *o, const void *key, order_cmp_h *cmp)
{
	size_t low = 0, high = o->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cmp(order_at(o, middle), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int order_reserve(struct order *o, size_t count)
{
	void **slots;
	size_t size = o->size ? o->size : 4;

	while (size < count)
		size *= 2;
	if (size == o->size)
		return 0;
	slots = malloc(size * sizeof(*slots));
	if (!slots)
		return ENOMEM;
	if (o->count)
		memcpy(slots, o->slots + o->first, o->count * sizeof(*slots));
	free(o->slots);
	o->slots = slots;
	o->size = size;
	o->first = 0;
	return 0;
}

int order_insert(struct order *o, void *item, order_cmp_h *cmp)
{
	size_t at;
	void **base;

	if (order_reserve(o, o->count + 1))
		return ENOMEM;
	at = order_before(o, item, cmp);
	base = o->slots + o->first;
	if (o->first && (at < o->count / 2 || o->first + o->count == o->size)) {
		memmove(base - 1, base, at * sizeof(*base));
		o->first--;
		base--;
	} else if (o->first + o->count < o->size) {
		memmove(base + at + 1, base + at, (o->count - at) * sizeof(*base));
	}
	base[at] = item;
	o->count++;
	return 0;
}

void order_remove(struct order *o, void *item, order_cmp_h *cmp)
{
	size_t at = order_before(o, item, cmp);
	void **base = o->slots + o->first;

	if (at >= o->count || base[at] != item)
		return;
	o->count--;
	if (at < o->count / 2) {
		memmove(base + 1, base, at * sizeof(*base));
		o->first++;
	} else {
		memmove(base + at, base + at + 1, (o->count - at) * sizeof(*base));
	}
	if (!o->count)
		o->first = 0;
}

static int compare_slots(const void *a, const void *b, void *arg)
{
	order_cmp_h *cmp = *(order_cmp_h **)arg;

	return cmp(*(void *const *)a, *(void *const *)b);
}

void order_sort(struct order *o, order_cmp_h *cmp)
{
	if (o->count > 1)
		qsort_r(o->slots + o->first, o->count, sizeof(*o->slots), compare_slots, &cmp);
}
