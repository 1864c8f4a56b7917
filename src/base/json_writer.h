/* Streaming JSON writer into a buf. Commas and escaping are its business; nesting at most 32 levels.
 * Errors gather in buf->err. Invalid UTF-8 is written as U+FFFD. */
#ifndef HOTLINE_BASE_JSON_WRITER_H
#define HOTLINE_BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include "buf.h"

struct json_writer {
	struct buf *out;
	unsigned depth;
	bool comma[33]; /* the level already has an item */
};

void json_begin(struct json_writer *w, struct buf *out);
void json_write_object(struct json_writer *w);
void json_object_end(struct json_writer *w);
void json_write_array(struct json_writer *w);
void json_array_end(struct json_writer *w);
/* A name of the program's own, written as it is: no quotes, backslashes or controls. */
void json_key(struct json_writer *w, const char *key);
void json_write_string(struct json_writer *w, const char *s); /* NULL writes null */
void json_string_n(struct json_writer *w, const char *s, size_t len);
void json_int(struct json_writer *w, int64_t v);
void json_id(struct json_writer *w,
	int64_t id); /* ids are strings in JSON (53-bit JavaScript); 0 writes null */
void json_double(struct json_writer *w, double v);
void json_bool(struct json_writer *w, bool v);
void json_write_null(struct json_writer *w);
void json_raw(struct json_writer *w,
	const char *json); /* a complete JSON value; NULL or "" writes null */

/* The short names of four of them are also functions of libjansson, which would call ours: so they are never symbols, and a
 * file that needs both includes jansson.h first and writes json_write_*. */
#ifndef JANSSON_H
static inline void json_object(struct json_writer *w)
{
	json_write_object(w);
}

static inline void json_array(struct json_writer *w)
{
	json_write_array(w);
}

static inline void json_string(struct json_writer *w, const char *s)
{
	json_write_string(w, s);
}

static inline void json_null(struct json_writer *w)
{
	json_write_null(w);
}
#endif

#endif
