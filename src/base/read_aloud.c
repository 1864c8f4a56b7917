/* Values for the ear: what is typed or stored is parsed here, the languages say it (read_aloud_zh.c, read_aloud_en.c). */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "reading.h"

const char *const read_kind_names[] = { "digits", "number", "money", "date", "time", "duration",
	"phone", "alphanumeric", "text", NULL };

#define GROUP 4

void spoken_put_n(struct spoken *s, const char *text, size_t len)
{
	if (s->full || len >= s->size - s->len) {
		s->full = true;
		return;
	}
	memcpy(s->out + s->len, text, len);
	s->len += len;
	s->out[s->len] = '\0';
}

void spoken_put(struct spoken *s, const char *text)
{
	spoken_put_n(s, text, strlen(text));
}

/* --- parsing --- */

/* Digits with an optional sign, point and thousands commas. */
static int parse_amount(struct amount *a, const char *v)
{
	size_t digits = 0, since_comma = 0, fraction = 0;
	bool comma = false;

	memset(a, 0, sizeof(*a));
	if (*v == '-' || *v == '+')
		a->negative = *v++ == '-';
	for (; isdigit((unsigned char)*v) || *v == ','; v++) {
		if (*v == ',') {
			if (!digits || (comma ? since_comma != 3 : digits > 3))
				return EINVAL;
			comma = true;
			since_comma = 0;
			continue;
		}
		a->whole = a->whole * 10 + (uint64_t)(*v - '0');
		since_comma++;
		if (++digits > 16)
			return EINVAL;
	}
	if (!digits || (comma && since_comma != 3))
		return EINVAL;
	if (*v == '.') {
		for (v++; isdigit((unsigned char)*v); v++) {
			if (fraction == READ_MAX_FRACTION)
				return EINVAL;
			a->fraction[fraction++] = *v;
		}
		if (!fraction)
			return EINVAL;
	}
	return *v ? EINVAL : 0;
}

static bool amount_is_zero(const struct amount *a)
{
	return !a->whole && strspn(a->fraction, "0") == strlen(a->fraction);
}

static int parse_money(struct amount *a, const char *v)
{
	int err = parse_amount(a, v);

	if (err || strlen(a->fraction) > 2)
		return EINVAL;
	for (size_t n = strlen(a->fraction); n < 2; n++) {
		a->fraction[n] = '0';
		a->fraction[n + 1] = '\0';
	}
	return 0;
}

static const char *take_number(const char *v, size_t least, size_t most, int *out)
{
	size_t n = 0;

	*out = 0;
	while (v && n < most && isdigit((unsigned char)v[n]))
		*out = *out * 10 + (v[n++] - '0');
	return v && n >= least ? v + n : NULL;
}

static const char *take_mark(const char *v, const char *marks)
{
	return v && *v && strchr(marks, *v) ? v + 1 : NULL;
}

static int parse_date(struct moment *m, const char *v)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool plain = strlen(v) == 8 && strspn(v, "0123456789") == 8, leap;

	v = take_number(v, 4, 4, &m->year);
	if (!plain)
		v = take_mark(v, "-/.");
	v = take_number(v, plain ? 2 : 1, 2, &m->month);
	if (!plain)
		v = take_mark(v, "-/.");
	v = take_number(v, plain ? 2 : 1, 2, &m->day);
	if (!v || *v || m->year < 1 || m->month < 1 || m->month > 12 || m->day < 1)
		return EINVAL;
	leap = (m->year % 4 == 0 && m->year % 100 != 0) || m->year % 400 == 0;
	return m->day > days[m->month - 1] + (leap && m->month == 2) ? EINVAL : 0;
}

static int parse_time(struct moment *m, const char *v)
{
	v = take_number(v, 1, 2, &m->hour);
	v = take_mark(v, ":");
	v = take_number(v, 2, 2, &m->minute);
	m->second = 0;
	if (v && *v) {
		v = take_mark(v, ":");
		v = take_number(v, 2, 2, &m->second);
	}
	return !v || *v || m->hour > 23 || m->minute > 59 || m->second > 59 ? EINVAL : 0;
}

static int parse_seconds(uint64_t *seconds, const char *v)
{
	struct amount a;

	if (parse_amount(&a, v) || a.negative || a.fraction[0])
		return EINVAL;
	*seconds = a.whole;
	return 0;
}

/* Keeps the digits; groups stay where the writer put separators, if by_writer. */
static int parse_digits(struct digit_groups *g, const char *v, bool by_writer)
{
	size_t n = 0, since = 0;

	memset(g, 0, sizeof(*g));
	if (*v == '+' && by_writer) {
		g->plus = true;
		v++;
	}
	for (; *v; v++) {
		if (isdigit((unsigned char)*v)) {
			if (n == READ_MAX_DIGITS)
				return EINVAL;
			g->digits[n++] = *v;
			since++;
		} else if (strchr(" -()", *v)) {
			if (since)
				g->lengths[g->count++] = since;
			since = 0;
		} else {
			return EINVAL;
		}
	}
	if (!n)
		return EINVAL;
	if (since)
		g->lengths[g->count++] = since;
	if (!by_writer)
		g->count = 0;
	return 0;
}

static void group_evenly(struct digit_groups *g)
{
	size_t n = strlen(g->digits);

	g->count = 0;
	for (size_t at = 0; at < n; at += GROUP)
		g->lengths[g->count++] = n - at < GROUP ? n - at : GROUP;
}

/* Chinese numbers in their customary groups: 138 0013 8000, 021 1234 5678, 0512 123 4567, 400 123 4567. */
static void group_phone(struct digit_groups *g)
{
	const char *d = g->digits;
	size_t n = strlen(d), area = 0, rest;

	if (g->count > 1)
		return; /* the writer's */
	if (n == 11 && d[0] == '1') {
		area = 3;
	} else if (n == 10 && (d[0] == '4' || d[0] == '8') && d[1] == '0' && d[2] == '0') {
		area = 3;
	} else if (d[0] == '0' && n >= 10 && n <= 12) {
		area = d[1] == '1' || d[1] == '2' ? 3 : 4;
	} else if (n != 7 && n != 8) {
		if (n > 6)
			group_evenly(g);
		return;
	}
	g->count = 0;
	if (area)
		g->lengths[g->count++] = area;
	rest = n - area;
	g->lengths[g->count++] = rest == 7 ? 3 : 4;
	g->lengths[g->count++] = rest - (rest == 7 ? 3 : 4);
}

/* --- speaking --- */

static void say_groups(struct spoken *s, const struct reading *r, const struct digit_groups *g)
{
	const char *d = g->digits;

	if (g->plus) {
		spoken_put(s, r->plus);
		spoken_put(s, r->digit_gap);
	}
	for (size_t i = 0; i < g->count; i++) {
		if (i)
			spoken_put(s, r->pause);
		for (size_t k = 0; k < g->lengths[i]; k++) {
			if (k)
				spoken_put(s, r->digit_gap);
			spoken_put(s, r->digits[*d++ - '0']);
		}
	}
}

/* Letters, digits and the usual signs one by one, in groups. Letters are spelled in both languages alike. */
static int say_alphanumeric(struct spoken *s, const struct reading *r, const char *v)
{
	size_t said = 0;

	for (; *v; v++) {
		const char *symbol = r->symbol(*v);
		char letter[2] = { (char)toupper((unsigned char)*v), '\0' };

		if (*v == ' ')
			continue;
		if (!isalnum((unsigned char)*v) && !symbol)
			return EINVAL;
		if (said)
			spoken_put(s, said % GROUP ? " " : r->pause);
		if (isdigit((unsigned char)*v))
			spoken_put(s, r->digits[*v - '0']);
		else
			spoken_put(s, symbol ? symbol : letter);
		if (++said > READ_MAX_DIGITS)
			return EINVAL;
	}
	return said ? 0 : EINVAL;
}

static const struct reading *find_reading(const char *language, const struct read_options *o)
{
	size_t len = language ? strcspn(language, "-_") : 0;

	if (!language || (len == 2 && !strncmp(language, "zh", 2)))
		return o->plain_one ? &reading_zh_plain : &reading_zh;
	return len == 2 && !strncmp(language, "en", 2) ? &reading_en : NULL;
}

static int say(struct spoken *s, const struct reading *r, const char *value, enum read_kind kind,
	const struct read_options *o)
{
	struct digit_groups groups;
	struct moment m = { 0 };
	struct amount a;
	uint64_t seconds;
	int err = 0;

	switch (kind) {
	case READ_DIGITS:
	case READ_PHONE:
		err = parse_digits(&groups, value, kind == READ_PHONE);
		if (err)
			break;
		if (kind == READ_PHONE)
			group_phone(&groups);
		else
			group_evenly(&groups);
		say_groups(s, r, &groups);
		break;
	case READ_NUMBER:
	case READ_MONEY:
		err = kind == READ_MONEY ? parse_money(&a, value) : parse_amount(&a, value);
		if (err)
			break;
		a.negative = a.negative && !amount_is_zero(&a);
		(kind == READ_MONEY ? r->money : r->number)(s, &a, o);
		break;
	case READ_DATE:
		err = parse_date(&m, value);
		if (!err)
			r->date(s, &m);
		break;
	case READ_TIME:
		err = parse_time(&m, value);
		if (!err)
			r->time(s, &m);
		break;
	case READ_DURATION:
		err = parse_seconds(&seconds, value);
		if (!err)
			r->duration(s, seconds, o);
		break;
	case READ_ALPHANUMERIC:
		err = say_alphanumeric(s, r, value);
		break;
	case READ_TEXT:
		spoken_put(s, value);
		break;
	default:
		err = EINVAL;
	}
	return err;
}

int read_aloud(char *out, size_t size, const char *value, enum read_kind kind, const char *language,
	const struct read_options *options)
{
	static const struct read_options none = { 0 };
	const struct read_options *o = options ? options : &none;
	struct spoken s = { .out = out, .size = size };
	const struct reading *r;
	int err;

	if (!out || !size || !value)
		return EINVAL;
	*out = '\0';
	r = find_reading(language, o);
	err = r ? say(&s, r, value, kind, o) : EINVAL;
	if (!err && s.full)
		err = EMSGSIZE;
	if (err)
		*out = '\0';
	return err;
}
