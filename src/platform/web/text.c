/* Text from outside: UTF-8 and control characters. */
#include <string.h>
#include "utf8.h"
#include "web/text.h"

/* The length of the character at s and its number; 0: not UTF-8. */
static size_t next_character(const char *s, size_t len, uint32_t *out)
{
	size_t n = utf8_char(s, len);
	uint32_t c = (unsigned char)s[0];

	if (n > 1)
		c &= 0x7fu >> n;
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3fu);
	*out = c;
	return n;
}

static bool is_allowed(uint32_t c, bool multiline)
{
	if (c == '\t' || c == '\n' || c == '\r')
		return multiline;
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return false;
	return (c & 0xfffe) != 0xfffe; /* U+FFFE, U+FFFF and their like */
}

bool text_is_clean(const char *s, size_t len, bool multiline, size_t *count)
{
	const char *p = s;
	size_t characters = 0;
	uint32_t c;

	while (len) {
		size_t n = next_character(p, len, &c);

		if (!n || !is_allowed(c, multiline))
			return false;
		p += n;
		len -= n;
		characters++;
	}
	if (count)
		*count = characters;
	return true;
}

const char *text_mark_bad_utf8(struct arena *arena, const char *s, size_t *len)
{
	const char *p = s;
	size_t left = *len, bad = 0, n;
	uint32_t c;
	char *copy, *out;

	for (size_t i = 0; i < left; i += n ? n : 1) {
		n = next_character(p + i, left - i, &c);
		bad += n == 0;
	}
	if (!bad)
		return s;
	copy = out = arena_alloc(arena, left + 2 * bad + 1);
	if (!copy)
		return NULL;
	while (left) {
		n = next_character(p, left, &c);
		if (n) {
			memcpy(out, p, n);
			out += n;
		} else {
			*out++ = '\xef'; /* U+FFFF */
			*out++ = '\xbf';
			*out++ = '\xbf';
			n = 1;
		}
		p += n;
		left -= n;
	}
	*len = (size_t)(out - copy);
	return copy;
}
