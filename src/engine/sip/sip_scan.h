/* Character classes and line scanning shared by the files that read SIP text. Private to sip/. Pure. */
#ifndef HOTLINE_ENGINE_SIP_SCAN_H
#define HOTLINE_ENGINE_SIP_SCAN_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include "sip_uri.h"

static inline bool sip_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool sip_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool sip_is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static inline bool sip_is_token(char c)
{
	return sip_is_alpha(c) || sip_is_digit(c) || sip_is_one_of(c, "-.!%*_+`'~");
}

/* CR and LF count: a checked value holds them only in folds. */
static inline bool sip_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline char sip_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline int sip_hex_digit(char c)
{
	if (sip_is_digit(c))
		return c - '0';
	c = sip_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static inline void sip_skip(struct sip_view *v, size_t n)
{
	if (n) /* an absent view has no pointer to move */
		v->p += n;
	v->len -= n;
}

static inline void sip_skip_blanks(struct sip_view *v)
{
	while (v->len && sip_is_blank(*v->p))
		sip_skip(v, 1);
}

/* Length of the quoted string at the start of v with both quotes; 0 when it does not end. */
static inline size_t sip_quoted_len(struct sip_view v)
{
	for (size_t i = 1; i < v.len; i++) {
		if (v.p[i] == '\\')
			i++;
		else if (v.p[i] == '"')
			return i + 1;
	}
	return 0;
}

/* What a parameter's value may be without quotes: tags and branches of real devices are not always tokens. */
bool sip_param_value(struct sip_view v);

/* "host", "host:port", "[IPv6]:port". 0 or EBADMSG. The host of an IPv6 reference comes without brackets; port 0: not said. */
int sip_hostport_parse(struct sip_view text, struct sip_view *host, bool *ipv6, uint16_t *port);

/* --- lines of a message's head --- */
struct sip_scan {
	struct sip_view rest;
	bool ended; /* the empty line was seen */
	bool dirty; /* a bare LF, a lone CR or a NUL was seen, or the last line does not end */
};
/* The next line with its folds, without its end. ENOENT behind the empty line or the last byte. */
int sip_scan_line(struct sip_scan *s, struct sip_view *line);
/* "Name : value" cut apart and trimmed; EBADMSG. */
int sip_scan_header(struct sip_view line, struct sip_view *name, struct sip_view *value);

#endif
