/* UTF-8 as RFC 3629 allows it: no overlong forms, no surrogates, nothing over U+10FFFF. Pure. */
#ifndef HOTLINE_BASE_UTF8_H
#define HOTLINE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the well-formed character at s (1-4), 0 when there is none. len > 0. */
size_t utf8_char(const char *s, size_t len);
/* Well-formed and without NUL bytes. */
bool utf8_is_text(const char *s, size_t len);

#endif
