/* Memory of one request: blocks that grow, released all at once. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"

#define ARENA_FIRST_BLOCK 4096
#define ARENA_LIMIT       ((size_t)64 << 20)
#define ARENA_ALIGN       (_Alignof(max_align_t))

struct arena_block {
	struct arena_block *next; /* older */
	size_t size, used;
	_Alignas(max_align_t) char data[];
};

struct arena {
	struct arena_block *block; /* the one being filled */
	size_t limit, total;       /* total: bytes in all blocks */
};

static struct arena_block *block_add(struct arena *a, size_t size)
{
	struct arena_block *b;

	if (size > a->limit || a->total > a->limit - size)
		return NULL;
	b = malloc(sizeof(*b) + size);
	if (!b)
		return NULL;
	b->next = a->block;
	b->size = size;
	b->used = 0;
	a->block = b;
	a->total += size;
	return b;
}

struct arena *arena_create(size_t limit)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->limit = limit ? limit : ARENA_LIMIT;
	if (!block_add(a, a->limit < ARENA_FIRST_BLOCK ? a->limit : ARENA_FIRST_BLOCK)) {
		free(a);
		return NULL;
	}
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct arena_block *b = a->block, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

void arena_reset(struct arena *a)
{
	struct arena_block *b = a->block;

	while (b->next) {
		struct arena_block *next = b->next;

		a->total -= b->size;
		free(b);
		b = next;
	}
	b->used = 0;
	a->block = b;
}

/* Room for `size` bytes, not zeroed. */
static void *take(struct arena *a, size_t size)
{
	struct arena_block *b = a->block;
	size_t need;
	void *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	need = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
	if (!need)
		need = ARENA_ALIGN;
	if (b->size - b->used < need) {
		size_t left = a->limit - a->total;
		size_t grow = b->size * 2 < ((size_t)1 << 20) ? b->size * 2 : (size_t)1 << 20;

		if (grow > left)
			grow = left;
		b = block_add(a, grow > need ? grow : need);
		if (!b)
			return NULL;
	}
	p = b->data + b->used;
	b->used += need;
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *p = take(a, size);

	return p ? memset(p, 0, size) : NULL;
}

void *arena_memdup(struct arena *a, const void *p, size_t len)
{
	void *copy = take(a, len);

	if (copy && len)
		memcpy(copy, p, len);
	return copy;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy;

	if (!s)
		return NULL;
	len = strnlen(s, len);
	copy = take(a, len + 1);
	if (!copy)
		return NULL;
	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *s = NULL;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	if (len >= 0)
		s = take(a, (size_t)len + 1);
	if (s)
		vsnprintf(s, (size_t)len + 1, fmt, again);
	va_end(again);
	return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}
