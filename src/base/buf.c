/* A growing byte buffer with a maximum. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "buf.h"

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ .max = b->max };
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->err = 0;
	if (b->data)
		b->data[0] = '\0';
}

int buf_grow(struct buf *b, size_t more)
{
	size_t size = b->size ? b->size : 64;
	char *data;

	if (b->err)
		return b->err;
	if (b->len > b->max || more > b->max - b->len)
		return b->err = EMSGSIZE;
	while (size <= b->len + more && size <= b->max)
		size *= 2;
	if (size >
		b->max) /* exactly what may be used, and the NUL: buf_reserve looks at size alone */
		size = b->max + 1;
	data = realloc(b->data, size);
	if (!data)
		return b->err = ENOMEM;
	b->data = data;
	b->size = size;
	b->data[b->len] = '\0';
	return 0;
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	int len, err;

	if (b->err)
		return b->err;
	va_start(ap, fmt);
	len = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (len < 0)
		return b->err = EMSGSIZE;
	if ((size_t)len < sizeof(small))
		return buf_append(b, small, (size_t)len);
	err = buf_reserve(b, (size_t)len);
	if (err)
		return err;
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
	return 0;
}

char *buf_steal(struct buf *b)
{
	char *data = NULL;

	if (!buf_reserve(b, 0)) {
		data = b->data;
		b->data = NULL;
	}
	buf_release(b);
	return data;
}
