/* The small grammars of HTTP header values. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "web/text.h"

static const char *skip_space(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

bool http_cookie(const char *header, const char *name, char *out, size_t size)
{
	size_t name_len = strlen(name);

	for (const char *s = header; s && *s;) {
		size_t len;

		s = skip_space(s);
		len = strcspn(s, ";");
		if (len > name_len && s[name_len] == '=' && !strncmp(s, name, name_len)) {
			const char *value = s + name_len + 1;
			size_t value_len = len - name_len - 1;

			while (value_len &&
				(value[value_len - 1] == ' ' || value[value_len - 1] == '\t'))
				value_len--;
			if (value_len > 1 && value[0] == '"' && value[value_len - 1] == '"') {
				value++;
				value_len -= 2;
			}
			if (!value_len || value_len >= size)
				return false;
			memcpy(out, value, value_len);
			out[value_len] = '\0';
			return true;
		}
		s += len;
		if (*s)
			s++;
	}
	return false;
}

const char *http_bearer(const char *authorization)
{
	if (!authorization || strncasecmp(authorization, "Bearer ", 7))
		return NULL;
	authorization = skip_space(authorization + 7);
	return *authorization ? authorization : NULL;
}

/* Is there a q=0, q=0.0 ... among the parameters of len bytes? */
static bool has_zero_quality(const char *s, size_t len)
{
	const char *end = s + len;

	for (; s < end; s++) {
		if (*s != ';')
			continue;
		s++;
		while (s < end && (*s == ' ' || *s == '\t'))
			s++;
		if (end - s < 3 || (*s != 'q' && *s != 'Q') || s[1] != '=' || s[2] != '0')
			continue;
		for (s += 3; s < end && (*s == '.' || *s == '0'); s++)
			;
		return s == end || *s == ' ' || *s == ';';
	}
	return false;
}

bool http_accepts(const char *header, const char *coding)
{
	size_t coding_len = strlen(coding);

	for (const char *s = header; s && *s;) {
		size_t len, word;

		s = skip_space(s);
		len = strcspn(s, ",");
		word = strcspn(s, ", ;\t");
		if (word == coding_len && !strncasecmp(s, coding, word))
			return !has_zero_quality(s, len);
		s += len;
		if (*s)
			s++;
	}
	return false;
}

bool http_type_is(const char *header, const char *type)
{
	size_t len;

	if (!header)
		return false;
	header = skip_space(header);
	len = strcspn(header, "; \t");
	return len == strlen(type) && !strncasecmp(header, type, len);
}

static bool parse_number(const char **s, uint64_t *out)
{
	uint64_t n = 0;
	int digits = 0;

	for (; isdigit((unsigned char)**s); (*s)++) {
		if (++digits > 18)
			return false;
		n = n * 10 + (uint64_t)(**s - '0');
	}
	*out = n;
	return digits > 0;
}

enum http_range http_range(const char *header, uint64_t size, uint64_t *first, uint64_t *last)
{
	const char *s = header;
	uint64_t a = 0, b = 0;
	bool has_a, has_b;

	if (!s || strncasecmp(s, "bytes=", 6))
		return HTTP_RANGE_NONE;
	s = skip_space(s + 6);
	has_a = parse_number(&s, &a);
	if (*s++ != '-')
		return HTTP_RANGE_NONE;
	has_b = parse_number(&s, &b);
	if (*skip_space(s) || (!has_a && !has_b) || (has_a && has_b && b < a))
		return HTTP_RANGE_NONE;
	if (has_a ? a >= size : !b || !size)
		return HTTP_RANGE_UNSATISFIABLE;
	if (has_a) {
		*first = a;
		*last = has_b && b < size ? b : size - 1;
	} else {
		*first = b < size ? size - b : 0;
		*last = size - 1;
	}
	return HTTP_RANGE_OK;
}

int64_t http_if_match(const char *header)
{
	uint64_t n;

	if (!header)
		return -1;
	header = skip_space(header);
	if (*header == '*')
		return -1;
	if (*header++ != '"' || !parse_number(&header, &n) || *header++ != '"' ||
		*skip_space(header))
		return 0;
	return (int64_t)n;
}

bool http_tag_listed(const char *header, const char *tag)
{
	size_t len = strlen(tag);

	for (const char *s = header; s && *s;) {
		s = skip_space(s);
		if (*s == '*')
			return true;
		if (!strncmp(s, "W/", 2))
			s += 2;
		if (*s == '"' && !strncmp(s + 1, tag, len) && s[len + 1] == '"')
			return true;
		s += strcspn(s, ",");
		if (*s)
			s++;
	}
	return false;
}

/* host without the port a browser leaves out */
static size_t host_len(const char *host, const char *default_port)
{
	size_t len = strlen(host), port = strlen(default_port);

	if (len > port && !strcmp(host + len - port, default_port))
		len -= port;
	return len;
}

bool http_same_origin(const char *origin, const char *host)
{
	const char *port = ":80", *authority;
	size_t a, b;

	if (!origin || !host)
		return false;
	if (!strncasecmp(origin, "https://", 8)) {
		authority = origin + 8;
		port = ":443";
	} else if (!strncasecmp(origin, "http://", 7)) {
		authority = origin + 7;
	} else {
		return false;
	}
	a = host_len(authority, port);
	b = host_len(host, port);
	return a && a == b && !strncasecmp(authority, host, a);
}

bool http_forwarded_for(const char *header, char *out, size_t size)
{
	const char *last;
	unsigned char scratch[sizeof(struct in6_addr)];
	size_t len;

	if (!header)
		return false;
	last = strrchr(header, ',');
	last = skip_space(last ? last + 1 : header);
	len = strcspn(last, " \t");
	if (!len || len >= size)
		return false;
	memcpy(out, last, len);
	out[len] = '\0';
	return inet_pton(AF_INET, out, scratch) == 1 || inet_pton(AF_INET6, out, scratch) == 1;
}

bool http_is_token(const char *s, size_t most)
{
	size_t len = s ? strlen(s) : 0;

	return len && len <= most &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
		       len;
}

void http_percent_encode(const char *s, char *out, size_t size)
{
	char *end = out + size;

	for (; *s && end - out > 4; s++) {
		if (isalnum((unsigned char)*s) || strchr("._-", *s))
			*out++ = *s;
		else
			out += snprintf(out, (size_t)(end - out), "%%%02X", (unsigned char)*s);
	}
	*out = '\0';
}
