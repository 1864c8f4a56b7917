/* A growing byte buffer with a maximum. After a failed append `err` is set and later appends do nothing,
 * so a writer may append many parts and check once. */
#ifndef HOTLINE_BASE_BUF_H
#define HOTLINE_BASE_BUF_H

#include <stddef.h>

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
int buf_reserve(struct buf *b, size_t more);
int buf_append(struct buf *b, const void *data, size_t len);
int buf_puts(struct buf *b, const char *s);
int buf_putc(struct buf *b, char c);
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Hands the bytes to the caller, who frees them; NULL when err is set. The buffer is empty afterwards. */
char *buf_steal(struct buf *b);

#endif
