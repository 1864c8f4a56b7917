/* Checks of text that comes from outside, and the small grammars of HTTP header values. Pure; any thread. */
#ifndef HOTLINE_PLATFORM_WEB_TEXT_H
#define HOTLINE_PLATFORM_WEB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arena.h"

/* Valid UTF-8 without control characters (C0, DEL, C1) and noncharacters; multiline lets \t \n \r pass.
 * *count (may be NULL) gets the number of characters. */
bool text_is_clean(const char *s, size_t len, bool multiline, size_t *count);
/* The same text with every byte that is not UTF-8 replaced by the noncharacter U+FFFF, which text_is_clean refuses.
 * Returns s itself when it is valid; *len is updated. NULL: out of memory. */
const char *text_mark_bad_utf8(struct arena *arena, const char *s, size_t *len);

/* The value of one cookie of a Cookie header. False: not there or longer than size - 1. */
bool http_cookie(const char *header, const char *name, char *out, size_t size);
/* "Bearer x" -> pointer to x; NULL when it is something else or empty. */
const char *http_bearer(const char *authorization);
/* Does Accept-Encoding allow the coding (q=0 means no)? */
bool http_accepts(const char *header, const char *coding);
/* "application/json; charset=utf-8" is type "application/json". */
bool http_type_is(const char *header, const char *type);

enum http_range { HTTP_RANGE_NONE, HTTP_RANGE_OK, HTTP_RANGE_UNSATISFIABLE };
/* One range of bytes (RFC 9110 14.2). Several ranges and other units count as none: the whole is sent. */
enum http_range http_range(const char *header, uint64_t size, uint64_t *first, uint64_t *last);

/* The version in an If-Match of ours: "12" with quotes. -1: missing or *; 0: no version of ours, so it matches nothing. */
int64_t http_if_match(const char *header);
/* Is the tag (without quotes) in an If-None-Match list? Weak comparison. */
bool http_tag_listed(const char *header, const char *tag);
/* Does Origin name the host that was asked? Scheme is not compared: a proxy may end TLS. */
bool http_same_origin(const char *origin, const char *host);
/* The last address of X-Forwarded-For: the one our own proxy saw. False when it is no address. */
bool http_forwarded_for(const char *header, char *out, size_t size);
/* [A-Za-z0-9._-], 1 to most characters: fit for logs and replies. */
bool http_is_token(const char *s, size_t most);
/* Percent encoding of UTF-8 as in RFC 8187, for filenames. Cut when out is full. */
void http_percent_encode(const char *s, char *out, size_t size);

#endif
