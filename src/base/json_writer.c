/* Streaming JSON writer into a buf. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "json_writer.h"
#include "utf8.h"

#define JSON_DEPTH 32

void json_begin(struct json_writer *w, struct buf *out)
{
	*w = (struct json_writer){ .out = out };
}

/* The comma before an item, if the level has one already. */
static void item(struct json_writer *w)
{
	if (w->comma[w->depth])
		buf_putc(w->out, ',');
	w->comma[w->depth] = true;
}

static void open_level(struct json_writer *w, char c)
{
	item(w);
	if (w->depth == JSON_DEPTH) {
		if (!w->out->err)
			w->out->err = EMSGSIZE;
		return;
	}
	buf_putc(w->out, c);
	w->comma[++w->depth] = false;
}

static void close_level(struct json_writer *w, char c)
{
	if (w->depth)
		w->depth--;
	buf_putc(w->out, c);
}

void json_write_object(struct json_writer *w)
{
	open_level(w, '{');
}

void json_object_end(struct json_writer *w)
{
	close_level(w, '}');
}

void json_write_array(struct json_writer *w)
{
	open_level(w, '[');
}

void json_array_end(struct json_writer *w)
{
	close_level(w, ']');
}

static void escape(struct buf *out, unsigned char c)
{
	static const char names[32] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'
	};

	if (c == '"' || c == '\\')
		buf_append(out, (char[]){ '\\', (char)c }, 2);
	else if (names[c])
		buf_append(out, (char[]){ '\\', names[c] }, 2);
	else
		buf_printf(out, "\\u%04x", c);
}

/* How many bytes from the start are ASCII that stands for itself. Eight at a time: names, numbers and codes are nothing else. */
static size_t plain_ascii(const char *s, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	size_t i = 0;

	for (; len - i >= 8; i += 8) {
		uint64_t eight, quote, slash;

		memcpy(&eight, s + i, 8);
		quote = eight ^ ones * '"';
		slash = eight ^ ones * '\\';
		/* a top bit rises where a byte is one, below a blank, or became zero */
		if ((eight | (eight - ones * ' ') | (quote - ones) | (slash - ones)) & tops)
			break;
	}
	while (i < len && (unsigned char)s[i] >= ' ' && (unsigned char)s[i] < 0x80 && s[i] != '"' &&
		s[i] != '\\')
		i++;
	return i;
}

/* A character of three bytes, as nearly all Han are, without looking closer: the first bytes that need it are left out. */
static bool is_han(const char *s, size_t len)
{
	const unsigned char *c = (const unsigned char *)s;

	return len >= 3 && c[0] > 0xe0 && c[0] < 0xed && (c[1] & 0xc0) == 0x80 &&
	       (c[2] & 0xc0) == 0x80;
}

static void quoted(struct buf *out, const char *s, size_t len)
{
	size_t start = 0, i = 0;

	buf_reserve(out, len + 2);
	buf_putc(out, '"');
	while (i < len) {
		unsigned char c = (unsigned char)s[i];
		size_t n = 1;

		if (c >= 0x80)
			n = is_han(s + i, len - i) ? 3 : utf8_char(s + i, len - i);
		else if (c >= ' ' && c != '"' && c != '\\')
			n = plain_ascii(s + i, len - i);
		else
			n = 0;
		if (n) {
			i += n;
			continue;
		}
		buf_append(out, s + start, i - start);
		if (c < 0x80)
			escape(out, c);
		else
			buf_append(out, "\xef\xbf\xbd", 3);
		start = ++i;
	}
	buf_append(out, s + start, len - start);
	buf_putc(out, '"');
}

void json_key(struct json_writer *w, const char *key)
{
	struct buf *out = w->out;
	size_t len = strlen(key);
	char *p;

	if (buf_reserve(out, len + 4))
		return;
	p = out->data + out->len;
	if (w->comma[w->depth])
		*p++ = ',';
	*p++ = '"';
	p = (char *)memcpy(p, key, len) + len;
	*p++ = '"';
	*p++ = ':';
	*p = '\0';
	out->len = (size_t)(p - out->data);
	w->comma[w->depth] = false; /* the value follows without one */
}

void json_string_n(struct json_writer *w, const char *s, size_t len)
{
	if (!s) {
		json_write_null(w);
		return;
	}
	item(w);
	quoted(w->out, s, len);
}

void json_write_string(struct json_writer *w, const char *s)
{
	json_string_n(w, s, s ? strlen(s) : 0);
}

/* Decimal digits right-aligned in text; returns the first. */
static char *digits(char text[24], int64_t v)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	char *p = text + 23;

	*p = '\0';
	do
		*--p = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		*--p = '-';
	return p;
}

void json_int(struct json_writer *w, int64_t v)
{
	char text[24];

	item(w);
	buf_puts(w->out, digits(text, v));
}

void json_id(struct json_writer *w, int64_t id)
{
	char text[24], *p;

	if (!id) {
		json_write_null(w);
		return;
	}
	item(w);
	p = digits(text, id);
	buf_putc(w->out, '"');
	buf_puts(w->out, p);
	buf_putc(w->out, '"');
}

void json_double(struct json_writer *w, double v)
{
	char text[40];

	if (!isfinite(v)) { /* JSON has no word for it */
		json_write_null(w);
		return;
	}
	snprintf(text, sizeof(text), "%.15g", v);
	if (strtod(text, NULL) != v)
		snprintf(text, sizeof(text), "%.17g", v);
	item(w);
	buf_puts(w->out, text);
}

void json_bool(struct json_writer *w, bool v)
{
	item(w);
	buf_puts(w->out, v ? "true" : "false");
}

void json_write_null(struct json_writer *w)
{
	item(w);
	buf_puts(w->out, "null");
}

void json_raw(struct json_writer *w, const char *json)
{
	if (!json || !*json) {
		json_write_null(w);
		return;
	}
	item(w);
	buf_puts(w->out, json);
}
