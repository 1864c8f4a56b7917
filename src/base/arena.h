/* Memory of one request: allocate freely, release all at once. One thread at a time. */
#ifndef HOTLINE_BASE_ARENA_H
#define HOTLINE_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new arena that will hold at most `limit` bytes in total (0: 64 MiB). NULL when out of memory. */
struct arena *arena_create(size_t limit);
void arena_free(struct arena *a);
/* Forgets everything but keeps the first block, for reuse by the next request. */
void arena_reset(struct arena *a);

/* All return NULL when out of memory or over the limit. Memory is zeroed and aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
char *arena_strdup(struct arena *a, const char *s); /* NULL for NULL */
char *arena_strndup(struct arena *a, const char *s, size_t len);
void *arena_memdup(struct arena *a, const void *p, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap);

#endif
