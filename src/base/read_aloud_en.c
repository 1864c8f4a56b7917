/* English readings. */
#include <string.h>
#include "reading.h"

static const char *const names[] = { "zero", "one", "two", "three", "four", "five", "six", "seven",
	"eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
	"seventeen", "eighteen", "nineteen" };
static const char *const tens[] = { "", "", "twenty", "thirty", "forty", "fifty", "sixty",
	"seventy", "eighty", "ninety" };

static void say_below_hundred(struct spoken *s, unsigned n)
{
	if (n < 20) {
		spoken_put(s, names[n]);
		return;
	}
	spoken_put(s, tens[n / 10]);
	if (n % 10) {
		spoken_put(s, "-");
		spoken_put(s, names[n % 10]);
	}
}

static void say_below_thousand(struct spoken *s, unsigned n)
{
	if (n >= 100) {
		spoken_put(s, names[n / 100]);
		spoken_put(s, " hundred");
		if (n % 100)
			spoken_put(s, " and ");
	}
	if (n % 100)
		say_below_hundred(s, n % 100);
}

static void say_whole(struct spoken *s, uint64_t n)
{
	static const struct {
		uint64_t value;
		const char *name;
	} scales[] = { { 1000000000000000u, " quadrillion" }, { 1000000000000u, " trillion" },
		{ 1000000000u, " billion" }, { 1000000u, " million" }, { 1000u, " thousand" },
		{ 1u, "" } };
	bool said = false;

	if (!n)
		spoken_put(s, "zero");
	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
		unsigned part = (unsigned)(n / scales[i].value % 1000);

		if (!part)
			continue;
		if (said)
			spoken_put(s, scales[i].value == 1 && part < 100 ? " and " : " ");
		say_below_thousand(s, part);
		spoken_put(s, scales[i].name);
		said = true;
	}
}

static void say_number(struct spoken *s, const struct amount *a, const struct read_options *o)
{
	(void)o;
	if (a->negative)
		spoken_put(s, "minus ");
	say_whole(s, a->whole);
	if (a->fraction[0])
		spoken_put(s, " point");
	for (const char *d = a->fraction; *d; d++) {
		spoken_put(s, " ");
		spoken_put(s, names[*d - '0']);
	}
}

static void say_money(struct spoken *s, const struct amount *a, const struct read_options *o)
{
	unsigned fen = (unsigned)((a->fraction[0] - '0') * 10 + (a->fraction[1] - '0'));

	(void)o;
	if (a->negative)
		spoken_put(s, "minus ");
	if (a->whole || !fen) {
		say_whole(s, a->whole);
		spoken_put(s, " yuan");
	}
	if (a->whole && fen)
		spoken_put(s, " and ");
	if (fen) {
		say_below_hundred(s, fen);
		spoken_put(s, " fen");
	}
}

static void say_year(struct spoken *s, unsigned year)
{
	if (year < 1000 || (year >= 2000 && year < 2010)) {
		say_whole(s, year);
		return;
	}
	if (year % 1000 == 0) {
		say_whole(s, year);
		return;
	}
	say_below_hundred(s, year / 100);
	if (year % 100 == 0) {
		spoken_put(s, " hundred");
		return;
	}
	spoken_put(s, year % 100 < 10 ? " oh " : " ");
	say_below_hundred(s, year % 100);
}

static void say_date(struct spoken *s, const struct moment *m)
{
	static const char *const months[] = { "January", "February", "March", "April", "May",
		"June", "July", "August", "September", "October", "November", "December" };
	static const char *const days[] = { "first", "second", "third", "fourth", "fifth", "sixth",
		"seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
		"fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
		"twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth",
		"twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth",
		"thirtieth", "thirty-first" };

	spoken_put(s, months[m->month - 1]);
	spoken_put(s, " ");
	spoken_put(s, days[m->day - 1]);
	spoken_put(s, ", ");
	say_year(s, (unsigned)m->year);
}

static void say_time(struct spoken *s, const struct moment *m)
{
	int hour = m->hour % 12 ? m->hour % 12 : 12;

	say_below_hundred(s, (unsigned)hour);
	if (m->minute || m->second) {
		spoken_put(s, m->minute < 10 ? " oh " : " ");
		say_below_hundred(s, (unsigned)m->minute);
	}
	spoken_put(s, m->hour < 12 ? " a.m." : " p.m.");
	if (m->second) {
		spoken_put(s, " and ");
		say_below_hundred(s, (unsigned)m->second);
		spoken_put(s, m->second == 1 ? " second" : " seconds");
	}
}

static void say_unit(struct spoken *s, uint64_t n, const char *unit, bool *said)
{
	if (!n)
		return;
	if (*said)
		spoken_put(s, ", ");
	*said = true;
	say_whole(s, n);
	spoken_put(s, " ");
	spoken_put(s, unit);
	if (n != 1)
		spoken_put(s, "s");
}

static void say_duration(struct spoken *s, uint64_t seconds, const struct read_options *o)
{
	bool said = false;

	(void)o;
	say_unit(s, seconds / 86400, "day", &said);
	say_unit(s, seconds / 3600 % 24, "hour", &said);
	say_unit(s, seconds / 60 % 60, "minute", &said);
	say_unit(s, seconds % 60, "second", &said);
	if (!said)
		spoken_put(s, "zero seconds");
}

static const char *symbol(char c)
{
	switch (c) {
	case '-':
		return "dash";
	case '.':
		return "dot";
	case '/':
		return "slash";
	case '_':
		return "underscore";
	case '@':
		return "at";
	case '#':
		return "hash";
	case '*':
		return "star";
	default:
		return NULL;
	}
}

const struct reading reading_en = {
	.pause = ", ",
	.digits = names,
	.digit_gap = " ",
	.plus = "plus",
	.number = say_number,
	.money = say_money,
	.date = say_date,
	.time = say_time,
	.duration = say_duration,
	.symbol = symbol,
};
