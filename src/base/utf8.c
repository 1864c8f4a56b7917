/* UTF-8 as RFC 3629 allows it. */
#include <stdint.h>
#include <string.h>
#include "utf8.h"

size_t utf8_char(const char *s, size_t len)
{
	const unsigned char *c = (const unsigned char *)s;
	unsigned char low = 0x80, high = 0xbf; /* what the second byte may be */
	size_t need;

	if (c[0] < 0x80)
		return 1;
	if (c[0] < 0xc2 || c[0] > 0xf4)
		return 0;
	need = c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
	if (len < need)
		return 0;
	if (c[0] == 0xe0)
		low = 0xa0;
	else if (c[0] == 0xed)
		high = 0x9f;
	else if (c[0] == 0xf0)
		low = 0x90;
	else if (c[0] == 0xf4)
		high = 0x8f;
	if (c[1] < low || c[1] > high)
		return 0;
	for (size_t i = 2; i < need; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	}
	return need;
}

bool utf8_is_text(const char *s, size_t len)
{
	size_t i = 0;

	if (memchr(s, '\0', len))
		return false;
	while (i < len) {
		uint64_t eight;
		size_t n;

		if (len - i >= 8) { /* most text of machines is ASCII: eight bytes at a time */
			memcpy(&eight, s + i, 8);
			if (!(eight & UINT64_C(0x8080808080808080))) {
				i += 8;
				continue;
			}
		}
		n = utf8_char(s + i, len - i);
		if (!n)
			return false;
		i += n;
	}
	return true;
}
