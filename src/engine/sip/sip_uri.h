/* Views into received text, SIP and tel URIs, parameters (RFC 3261 19.1 and 25, RFC 3966).
 * Pure; any thread. A view is neither owned nor NUL-terminated and lives as long as the text it points into. */
#ifndef HOTLINE_ENGINE_SIP_URI_H
#define HOTLINE_ENGINE_SIP_URI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "buf.h"

struct sip_view {
	const char *p; /* NULL: not there at all; len 0 with p: there and empty */
	size_t len;
};

#define SIP_VIEW_FMT    "%.*s"
#define SIP_VIEW_ARG(v) (int)(v).len, (v).p ? (v).p : ""

struct sip_view sip_view(const char *s); /* of a C string; NULL gives the absent view */
struct sip_view sip_view_n(const char *p, size_t len);
bool sip_view_is(struct sip_view v, const char *s); /* same bytes */
bool sip_view_is_i(struct sip_view v,
	const char *s); /* ASCII case does not matter (tokens, methods of parameters) */
bool sip_view_equal(struct sip_view a, struct sip_view b);
bool sip_view_equal_i(struct sip_view a, struct sip_view b);
bool sip_view_utf8(struct sip_view v);            /* well-formed UTF-8 without NUL */
struct sip_view sip_view_trim(struct sip_view v); /* without blanks and folds at both ends */
int sip_view_copy(char *dst, size_t size, struct sip_view v); /* with NUL; EMSGSIZE leaves "" */
/* Decimal digits only; EBADMSG otherwise, ERANGE beyond max. */
int sip_view_number(uint64_t *value, struct sip_view v, uint64_t max);
bool sip_view_token(struct sip_view v); /* RFC 3261 token, at least one character */

/* --- parameters: ";name=value;flag;other=\"quoted\"" --- */
/* Takes the next parameter off *rest. 0, ENOENT at the end, EBADMSG. A flag has an absent value; quotes are kept. */
int sip_param_next(struct sip_view *rest, struct sip_view *name, struct sip_view *value);
bool sip_param_find(
	struct sip_view params, const char *name, struct sip_view *value); /* value may be NULL */
/* Text of a quoted string without quotes, backslashes and folds, or of a plain one without folds. EMSGSIZE, or EBADMSG for an
 * escaped CR, LF or NUL. */
int sip_unquote(char *dst, size_t size, struct sip_view v);

/* --- URIs --- */
#define SIP_MAX_PARAMS 32 /* of one URI; as many headers */

enum sip_scheme { SIP_SCHEME_OTHER, SIP_SCHEME_SIP, SIP_SCHEME_SIPS, SIP_SCHEME_TEL };

struct sip_uri {
	enum sip_scheme scheme;
	struct sip_view text; /* all of it */
	struct sip_view
		user; /* still escaped; absent when there is no '@'; tel: the number; other: absent */
	struct sip_view password; /* still escaped */
	struct sip_view host;     /* IPv6 without brackets */
	bool ipv6;
	uint16_t port;           /* 0: not said */
	struct sip_view params;  /* from the first ';' on, absent when none */
	struct sip_view headers; /* behind '?' */
};

/* 0 or EBADMSG. A scheme that is not sip, sips or tel gives 0 with SIP_SCHEME_OTHER and text only (416 as a request URI). */
int sip_uri_parse(struct sip_uri *uri, struct sip_view text);
/* RFC 3261 19.1.4; tel by digits without visual separators; other schemes by bytes. */
bool sip_uri_equal(const struct sip_uri *a, const struct sip_uri *b);
bool sip_uri_param(const struct sip_uri *uri, const char *name, struct sip_view *value);
/* User part with %XX decoded. "" when there is none. EMSGSIZE, EBADMSG when a control character comes out. */
int sip_uri_user(char *dst, size_t size, const struct sip_uri *uri);
/* Appends text with everything outside unreserved and user-unreserved as %XX: safe inside a user part. */
int sip_escape_user(struct buf *out, const char *text);

struct sip_uri_parts {
	bool sips;
	const char *user;   /* plain text, gets escaped; NULL: none */
	const char *host;   /* IPv6 gets its brackets */
	unsigned port;      /* 0: left out */
	const char *params; /* as written, beginning with ';'; NULL: none */
};
/* Appends "sip:user@host:port;params". EINVAL, with nothing appended, when a part cannot stand there. */
int sip_uri_print(struct buf *out, const struct sip_uri_parts *parts);
/* Host names, IPv4 and IPv6 references as RFC 3261 allows them. */
bool sip_host_valid(struct sip_view host);

#endif
