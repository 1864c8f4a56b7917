/* Pointers kept in order in one array: binary search to find, the shorter side moves to insert and remove, so taking the first of
 * ten thousand costs nothing. The caller gives the same comparison each time and changes no key of an item that is inside. */
#ifndef HOTLINE_ENGINE_ACD_ORDER_H
#define HOTLINE_ENGINE_ACD_ORDER_H

#include <stddef.h>

typedef int(order_cmp_h)(const void *a, const void *b);

struct order {
	void **slots; /* items are slots[first] .. slots[first + count - 1] */
	size_t first, count, size;
};

void order_release(struct order *o);
static inline void *order_at(const struct order *o, size_t index)
{
	return o->slots[o->first + index];
}
/* Number of items that come before key (equal ones do not count). */
size_t order_before(const struct order *o, const void *key, order_cmp_h *cmp);
int order_reserve(struct order *o,
	size_t count); /* room so that inserting up to count items cannot fail; 0 or ENOMEM */
int order_insert(struct order *o, void *item, order_cmp_h *cmp); /* 0 or ENOMEM */
void order_remove(
	struct order *o, void *item, order_cmp_h *cmp); /* harmless when it is not inside */
/* After keys of items inside have changed. */
void order_sort(struct order *o, order_cmp_h *cmp);

#endif
