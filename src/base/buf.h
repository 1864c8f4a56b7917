/* A growing byte buffer with a maximum. After a failed append `err` is set and later appends do nothing,
 * so a writer may append many parts and check once. */
#ifndef HOTLINE_BASE_BUF_H
#define HOTLINE_BASE_BUF_H

#include <stddef.h>
#include <string.h>

struct buf {
	char *data; /* NUL-terminated whenever not NULL; owned */
	size_t len;
	size_t size; /* allocated */
	size_t max;  /* most bytes it may hold */
	int err;     /* 0, ENOMEM or EMSGSIZE */
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int buf_grow(struct buf *b, size_t more); /* buf_reserve, where the room is not there yet */

/* Here, because answers are made of thousands of short parts. */
static inline int buf_reserve(struct buf *b, size_t more)
{
	return !b->err && more < b->size - b->len ? 0 : buf_grow(b, more);
}

static inline int buf_append(struct buf *b, const void *data, size_t len)
{
	int err = buf_reserve(b, len);

	if (err)
		return err;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
	return 0;
}

static inline int buf_puts(struct buf *b, const char *s)
{
	return buf_append(b, s, strlen(s));
}

static inline int buf_putc(struct buf *b, char c)
{
	return buf_append(b, &c, 1);
}

/* Hands the bytes to the caller, who frees them; NULL when err is set. The buffer is empty afterwards. */
char *buf_steal(struct buf *b);

#endif
