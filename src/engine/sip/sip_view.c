/* Views into received text: comparing, trimming, numbers, quoted strings, parameters and lines. */
#include "utf8.h"
#include "sip_scan.h"

struct sip_view sip_view(const char *s)
{
	return (struct sip_view){ s, s ? strlen(s) : 0 };
}

struct sip_view sip_view_n(const char *p, size_t len)
{
	return (struct sip_view){ p, len };
}

bool sip_view_is(struct sip_view v, const char *s)
{
	return v.p && strlen(s) == v.len && !memcmp(v.p, s, v.len);
}

bool sip_view_is_i(struct sip_view v, const char *s)
{
	return v.p && sip_view_equal_i(v, sip_view(s));
}

bool sip_view_equal(struct sip_view a, struct sip_view b)
{
	return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

bool sip_view_equal_i(struct sip_view a, struct sip_view b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (sip_lower(a.p[i]) != sip_lower(b.p[i]))
			return false;
	return true;
}

bool sip_view_utf8(struct sip_view v)
{
	return !v.len || utf8_is_text(v.p, v.len);
}

struct sip_view sip_view_trim(struct sip_view v)
{
	sip_skip_blanks(&v);
	while (v.len && sip_is_blank(v.p[v.len - 1]))
		v.len--;
	return v;
}

int sip_view_copy(char *dst, size_t size, struct sip_view v)
{
	if (!size)
		return EMSGSIZE;
	dst[0] = '\0';
	if (v.len >= size)
		return EMSGSIZE;
	if (v.len)
		memcpy(dst, v.p, v.len);
	dst[v.len] = '\0';
	return 0;
}

int sip_view_number(uint64_t *value, struct sip_view v, uint64_t max)
{
	uint64_t n = 0;

	if (!v.len)
		return EBADMSG;
	for (size_t i = 0; i < v.len; i++)
		if (!sip_is_digit(v.p[i]))
			return EBADMSG;
	for (size_t i = 0; i < v.len; i++) {
		uint64_t digit = (uint64_t)(v.p[i] - '0');

		if (digit > max || n > (max - digit) / 10)
			return ERANGE;
		n = n * 10 + digit;
	}
	*value = n;
	return 0;
}

bool sip_view_token(struct sip_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!sip_is_token(v.p[i]))
			return false;
	return v.len > 0;
}

/* --- parameters --- */

/* URI parameters allow a few characters more than tokens. */
static bool is_param_char(char c)
{
	return sip_is_token(c) || sip_is_one_of(c, "[]/:&$()");
}

/* Values also carry what real devices write unquoted: '=' of base64, '@', '?', UTF-8. */
static bool is_value_char(char c)
{
	return is_param_char(c) || sip_is_one_of(c, "=@?{}|^#") || (unsigned char)c >= 0x80;
}

bool sip_param_value(struct sip_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!is_value_char(v.p[i]))
			return false;
	return v.len > 0;
}

static struct sip_view take_while(struct sip_view *rest, bool (*is)(char))
{
	struct sip_view v = { rest->p, 0 };

	while (v.len < rest->len && is(rest->p[v.len]))
		v.len++;
	sip_skip(rest, v.len);
	return v;
}

int sip_param_next(struct sip_view *rest, struct sip_view *name, struct sip_view *value)
{
	struct sip_view r = sip_view_trim(*rest), after;

	if (!r.len)
		return ENOENT;
	if (*r.p != ';')
		return EBADMSG;
	sip_skip(&r, 1);
	sip_skip_blanks(&r);
	*name = take_while(&r, is_param_char);
	*value = (struct sip_view){ NULL, 0 };
	if (!name->len)
		return EBADMSG;
	after = r;
	sip_skip_blanks(&after);
	if (after.len && *after.p == '=') {
		sip_skip(&after, 1);
		sip_skip_blanks(&after);
		if (after.len && *after.p == '"') {
			size_t n = sip_quoted_len(after);

			if (!n)
				return EBADMSG;
			*value = sip_view_n(after.p, n);
			sip_skip(&after, n);
		} else {
			*value = take_while(&after, is_value_char);
			if (!value->len)
				return EBADMSG;
		}
		sip_skip_blanks(&after);
	}
	if (after.len && *after.p != ';')
		return EBADMSG;
	*rest = after;
	return 0;
}

bool sip_param_find(struct sip_view params, const char *name, struct sip_view *value)
{
	struct sip_view n, v;

	while (params.len && !sip_param_next(&params, &n, &v)) {
		if (!sip_view_is_i(n, name))
			continue;
		if (value)
			*value = v;
		return true;
	}
	return false;
}

int sip_unquote(char *dst, size_t size, struct sip_view v)
{
	bool quoted = v.len >= 2 && v.p[0] == '"' && v.p[v.len - 1] == '"';
	size_t n = 0;

	if (!size)
		return EMSGSIZE;
	dst[0] = '\0';
	if (quoted) {
		sip_skip(&v, 1);
		v.len--;
	}
	for (size_t i = 0; i < v.len; i++) {
		char c = v.p[i];

		if (quoted && c == '\\' && i + 1 < v.len)
			c = v.p[++i];
		else if (c == '\r' || c == '\n') /* a fold: one of its blanks stays */
			continue;
		if (!c || c == '\r' || c == '\n')
			return dst[0] = '\0', EBADMSG;
		if (n + 1 >= size)
			return dst[0] = '\0', EMSGSIZE;
		dst[n++] = c;
	}
	dst[n] = '\0';
	return 0;
}

/* --- lines --- */

static bool has_stray(struct sip_view line)
{
	const char *end = line.p + line.len, *cr = line.p;

	if (memchr(line.p, '\0', line.len))
		return true;
	while (cr < end && (cr = memchr(cr, '\r', (size_t)(end - cr)))) {
		if (end - cr < 3 || cr[1] != '\n')
			return true;
		cr++;
	}
	return false;
}

int sip_scan_line(struct sip_scan *s, struct sip_view *line)
{
	const char *start = s->rest.p, *end = start + s->rest.len, *p = start, *stop = end;

	if (s->ended || p == end)
		return ENOENT;
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (!lf) {
			s->dirty = true;
			p = stop = end;
			break;
		}
		stop = lf;
		if (lf > start && lf[-1] == '\r')
			stop--;
		else
			s->dirty = true;
		p = lf + 1;
		/* an empty line ends the head, whatever follows it */
		if (stop == start || p == end || (*p != ' ' && *p != '\t'))
			break;
	}
	*line = sip_view_n(start, (size_t)(stop - start));
	sip_skip(&s->rest, (size_t)(p - start));
	if (!line->len) {
		s->ended = stop < end;
		return ENOENT;
	}
	if (has_stray(*line))
		s->dirty = true;
	return 0;
}

int sip_scan_header(struct sip_view line, struct sip_view *name, struct sip_view *value)
{
	const char *colon = memchr(line.p, ':', line.len);

	if (!colon)
		return EBADMSG;
	*name = sip_view_n(line.p, (size_t)(colon - line.p));
	while (name->len && sip_is_blank(name->p[name->len - 1]))
		name->len--;
	*value = sip_view_trim(sip_view_n(colon + 1, line.len - (size_t)(colon - line.p) - 1));
	return sip_view_token(*name) ? 0 : EBADMSG;
}
