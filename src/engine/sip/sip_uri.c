/* SIP, SIPS and tel URIs: parsing, comparing, escaping, printing (RFC 3261 19.1, RFC 3966). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include "sip_scan.h"

static bool is_unreserved(char c)
{
	return sip_is_alpha(c) || sip_is_digit(c) || sip_is_one_of(c, "-_.!~*'()");
}

static bool is_user(char c)
{
	return is_unreserved(c) || sip_is_one_of(c, "&=+$,;?/");
}

/* Phones dial '#' as it is, though it ought to be escaped. It ends nothing here, so it is let in; it goes out as %23. */
static bool is_user_seen(char c)
{
	return is_user(c) || c == '#';
}

static bool is_password(char c)
{
	return is_unreserved(c) || sip_is_one_of(c, "&=+$,");
}

static bool is_uri_param(char c)
{
	return is_unreserved(c) || sip_is_one_of(c, "[]/:&+$=;");
}

static bool is_uri_header(char c)
{
	return is_unreserved(c) || sip_is_one_of(c, "[]/?:+$=&");
}

/* Everything but what ends or confuses a URI in a header or start line. */
static bool is_opaque(char c)
{
	return c > 0x20 && c != 0x7f && !sip_is_one_of(c, "<>\"\\^`{|}");
}

/* Only characters of the class and %XX. */
static bool all_of(struct sip_view v, bool (*is)(char))
{
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == '%') {
			if (v.len - i < 3 || sip_hex_digit(v.p[i + 1]) < 0 ||
				sip_hex_digit(v.p[i + 2]) < 0)
				return false;
			i += 2;
		} else if (!is(v.p[i])) {
			return false;
		}
	}
	return true;
}

static bool is_ipv6(struct sip_view host)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	return !sip_view_copy(text, sizeof(text), host) && strlen(text) == host.len &&
	       inet_pton(AF_INET6, text, &address) == 1;
}

/* Underscores are no part of host names, but container networks use them. */
static bool is_name(struct sip_view host)
{
	char before = '.';

	if (!host.len || host.len > 253)
		return false;
	for (size_t i = 0; i < host.len; i++) {
		char c = host.p[i];

		if (c == '.') {
			if (before == '.' || before == '-')
				return false;
		} else if (c == '-') {
			if (before == '.')
				return false;
		} else if (!sip_is_alpha(c) && !sip_is_digit(c) && c != '_') {
			return false;
		}
		before = c;
	}
	return before != '-';
}

bool sip_host_valid(struct sip_view host)
{
	if (host.len >= 2 && host.p[0] == '[' && host.p[host.len - 1] == ']')
		return is_ipv6(sip_view_n(host.p + 1, host.len - 2));
	return is_name(host);
}

int sip_hostport_parse(struct sip_view text, struct sip_view *host, bool *ipv6, uint16_t *port)
{
	size_t n = 0;
	uint64_t number;

	*ipv6 = text.len && text.p[0] == '[';
	if (*ipv6) {
		const char *close = memchr(text.p, ']', text.len);

		if (!close)
			return EBADMSG;
		n = (size_t)(close - text.p) + 1;
	} else {
		while (n < text.len && text.p[n] != ':' && !sip_is_blank(text.p[n]))
			n++;
	}
	*host = sip_view_n(text.p, n);
	*port = 0;
	if (!sip_host_valid(*host))
		return EBADMSG;
	if (*ipv6) {
		sip_skip(host, 1);
		host->len--;
	}
	sip_skip(&text, n);
	sip_skip_blanks(
		&text); /* only a Via may have blanks here; a URI with one does not come this far */
	if (!text.len)
		return 0;
	if (*text.p != ':')
		return EBADMSG;
	sip_skip(&text, 1);
	if (sip_view_number(&number, sip_view_trim(text), 65535) || !number)
		return EBADMSG;
	*port = (uint16_t)number;
	return 0;
}

/* No name may come twice (RFC 3261 19.1.1). The maximum keeps this, and comparing, from growing with the square. */
static int check_params(struct sip_view params)
{
	struct sip_view names[SIP_MAX_PARAMS], value;
	size_t count = 0;
	int err;

	if (!all_of(params, is_uri_param))
		return EBADMSG;
	for (;;) {
		struct sip_view name;

		err = sip_param_next(&params, &name, &value);
		if (err)
			return err == ENOENT ? 0 : err;
		if (count == SIP_MAX_PARAMS)
			return EBADMSG;
		for (size_t i = 0; i < count; i++)
			if (sip_view_equal_i(names[i], name))
				return EBADMSG;
		names[count++] = name;
	}
}

static int check_headers(struct sip_view headers)
{
	size_t count = 1;

	for (size_t i = 0; i < headers.len; i++)
		count += headers.p[i] == '&';
	return headers.len && count <= SIP_MAX_PARAMS && all_of(headers, is_uri_header) ? 0
											: EBADMSG;
}

/* What stands behind "sip:". */
static int parse_sip(struct sip_uri *uri, struct sip_view rest)
{
	const char *at = memchr(rest.p, '@', rest.len);
	size_t n = 0;

	if (at) {
		const char *colon;

		uri->user = sip_view_n(rest.p, (size_t)(at - rest.p));
		colon = memchr(uri->user.p, ':', uri->user.len);
		if (colon) {
			uri->password = sip_view_n(colon + 1, (size_t)(at - colon) - 1);
			uri->user.len = (size_t)(colon - uri->user.p);
		}
		if (!uri->user.len || !all_of(uri->user, is_user_seen) ||
			!all_of(uri->password, is_password))
			return EBADMSG;
		sip_skip(&rest, (size_t)(at - rest.p) + 1);
	}
	while (n < rest.len && rest.p[n] != ';' && rest.p[n] != '?') {
		if (sip_is_blank(rest.p[n]))
			return EBADMSG;
		n++;
	}
	if (sip_hostport_parse(sip_view_n(rest.p, n), &uri->host, &uri->ipv6, &uri->port))
		return EBADMSG;
	sip_skip(&rest, n);
	n = 0;
	while (n < rest.len && rest.p[n] != '?')
		n++;
	if (n)
		uri->params = sip_view_n(rest.p, n);
	if (n < rest.len) {
		uri->headers = sip_view_n(rest.p + n + 1, rest.len - n - 1);
		if (check_headers(uri->headers))
			return EBADMSG;
	}
	return check_params(uri->params);
}

static bool is_tel_digit(char c)
{
	return sip_is_digit(c) || sip_hex_digit(c) >= 0 || sip_is_one_of(c, "*#-.()");
}

static int parse_tel(struct sip_uri *uri, struct sip_view rest)
{
	size_t n = 0, digits = 0;

	if (n < rest.len && rest.p[n] == '+')
		n++;
	for (; n < rest.len && rest.p[n] != ';'; n++) {
		if (!is_tel_digit(rest.p[n]))
			return EBADMSG;
		digits += !sip_is_one_of(rest.p[n], "-.()");
	}
	if (!digits)
		return EBADMSG;
	uri->user = sip_view_n(rest.p, n);
	if (n < rest.len)
		uri->params = sip_view_n(rest.p + n, rest.len - n);
	return check_params(uri->params);
}

int sip_uri_parse(struct sip_uri *uri, struct sip_view text)
{
	struct sip_view scheme = { text.p, 0 }, rest;

	memset(uri, 0, sizeof(*uri));
	uri->text = text;
	while (scheme.len < text.len &&
		(sip_is_alpha(text.p[scheme.len]) || sip_is_digit(text.p[scheme.len]) ||
			sip_is_one_of(text.p[scheme.len], "+-.")))
		scheme.len++;
	if (!scheme.len || !sip_is_alpha(*scheme.p) || scheme.len + 1 >= text.len ||
		text.p[scheme.len] != ':')
		return EBADMSG;
	rest = sip_view_n(text.p + scheme.len + 1, text.len - scheme.len - 1);
	if (sip_view_is_i(scheme, "sip"))
		uri->scheme = SIP_SCHEME_SIP;
	else if (sip_view_is_i(scheme, "sips"))
		uri->scheme = SIP_SCHEME_SIPS;
	else if (sip_view_is_i(scheme, "tel"))
		uri->scheme = SIP_SCHEME_TEL;
	else
		return all_of(rest, is_opaque) ? 0 : EBADMSG;
	return uri->scheme == SIP_SCHEME_TEL ? parse_tel(uri, rest) : parse_sip(uri, rest);
}

/* --- comparing --- */

/* Takes one character off *v, %XX decoded; -1 at the end. */
static int next_decoded(struct sip_view *v)
{
	int c;

	if (!v->p || !v->len)
		return -1;
	c = (unsigned char)*v->p;
	if (c == '%' && v->len >= 3 && sip_hex_digit(v->p[1]) >= 0 && sip_hex_digit(v->p[2]) >= 0) {
		c = sip_hex_digit(v->p[1]) * 16 + sip_hex_digit(v->p[2]);
		sip_skip(v, 2);
	}
	sip_skip(v, 1);
	return c;
}

static int fold(int c)
{
	return c >= 0 ? (unsigned char)sip_lower((char)c) : c;
}

static bool same_decoded(struct sip_view a, struct sip_view b, bool any_case)
{
	int x, y;

	if (!a.p != !b.p)
		return false;
	do {
		x = next_decoded(&a);
		y = next_decoded(&b);
		if (any_case ? fold(x) != fold(y) : x != y)
			return false;
	} while (x >= 0);
	return true;
}

/* These count as different when only one side has them (RFC 3261 19.1.4). */
static bool is_significant(struct sip_view name)
{
	static const char *const names[] = { "user", "ttl", "method", "maddr", "transport" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (sip_view_is_i(name, names[i]))
			return true;
	return false;
}

static bool find_param(struct sip_view params, struct sip_view name, struct sip_view *value)
{
	struct sip_view n;

	while (params.len && !sip_param_next(&params, &n, value))
		if (sip_view_equal_i(n, name))
			return true;
	return false;
}

/* What a has agrees with b; strict: b must have all of it. */
static bool params_agree(struct sip_view a, struct sip_view b, bool strict)
{
	struct sip_view name, value, other;

	while (a.len && !sip_param_next(&a, &name, &value)) {
		if (!find_param(b, name, &other)) {
			if (strict || is_significant(name))
				return false;
		} else if (!same_decoded(value, other, true)) {
			return false;
		}
	}
	return true;
}

static struct sip_view next_uri_header(struct sip_view *rest)
{
	struct sip_view item = { rest->p, 0 };

	while (item.len < rest->len && rest->p[item.len] != '&')
		item.len++;
	sip_skip(rest, item.len + (item.len < rest->len));
	return item;
}

/* Every "name=value" of a is in b. */
static bool headers_within(struct sip_view a, struct sip_view b)
{
	while (a.len) {
		struct sip_view item = next_uri_header(&a), rest = b;
		bool found = false;

		while (rest.len && !found)
			found = same_decoded(item, next_uri_header(&rest), true);
		if (!found)
			return false;
	}
	return true;
}

static bool same_number(struct sip_view a, struct sip_view b)
{
	for (;;) {
		while (a.len && sip_is_one_of(*a.p, "-.()"))
			sip_skip(&a, 1);
		while (b.len && sip_is_one_of(*b.p, "-.()"))
			sip_skip(&b, 1);
		if (!a.len || !b.len)
			return a.len == b.len;
		if (sip_lower(*a.p) != sip_lower(*b.p))
			return false;
		sip_skip(&a, 1);
		sip_skip(&b, 1);
	}
}

bool sip_uri_equal(const struct sip_uri *a, const struct sip_uri *b)
{
	bool tel = a->scheme == SIP_SCHEME_TEL;

	if (a->scheme != b->scheme)
		return false;
	if (a->scheme == SIP_SCHEME_OTHER)
		return sip_view_equal(a->text, b->text);
	if (!params_agree(a->params, b->params, tel) || !params_agree(b->params, a->params, tel))
		return false;
	if (tel)
		return same_number(a->user, b->user);
	return same_decoded(a->user, b->user, false) &&
	       same_decoded(a->password, b->password, false) &&
	       sip_view_equal_i(a->host, b->host) && a->port == b->port &&
	       headers_within(a->headers, b->headers) && headers_within(b->headers, a->headers);
}

bool sip_uri_param(const struct sip_uri *uri, const char *name, struct sip_view *value)
{
	return sip_param_find(uri->params, name, value);
}

/* --- escaping and printing --- */

int sip_uri_user(char *dst, size_t size, const struct sip_uri *uri)
{
	struct sip_view rest = uri->user;
	size_t n = 0;
	int c;

	if (!size)
		return EMSGSIZE;
	while ((c = next_decoded(&rest)) >= 0) {
		int err = c < 0x20 || c == 0x7f ? EBADMSG : n + 1 >= size ? EMSGSIZE : 0;

		if (err) {
			dst[0] = '\0';
			return err;
		}
		dst[n++] = (char)c;
	}
	dst[n] = '\0';
	return 0;
}

int sip_escape_user(struct buf *out, const char *text)
{
	for (; *text; text++) {
		/* a semicolon would be legal, but many a device takes it for a parameter */
		if (is_user(*text) && *text != ';')
			buf_putc(out, *text);
		else
			buf_printf(out, "%%%02X", (unsigned char)*text);
	}
	return out->err;
}

int sip_uri_print(struct buf *out, const struct sip_uri_parts *parts)
{
	struct sip_view host = sip_view(parts->host), params = sip_view(parts->params);
	bool bare_ipv6 = host.len && host.p[0] != '[' && memchr(host.p, ':', host.len);

	if (!host.p || parts->port > 65535 ||
		(bare_ipv6 ? !is_ipv6(host) : !sip_host_valid(host)) || check_params(params))
		return EINVAL;
	buf_puts(out, parts->sips ? "sips:" : "sip:");
	if (parts->user && *parts->user) {
		sip_escape_user(out, parts->user);
		buf_putc(out, '@');
	}
	buf_printf(out, bare_ipv6 ? "[%s]" : "%s", parts->host);
	if (parts->port)
		buf_printf(out, ":%u", parts->port);
	if (params.len)
		buf_puts(out, parts->params);
	return out->err;
}
