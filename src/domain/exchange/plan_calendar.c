/* Opening hours: JSON of a calendar, and its state at a moment in its zone. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>
#include "exchange/plan_private.h"

static int minutes_of(const json_t *text)
{
	const char *s = json_string_value(text);
	int h, m;

	if (!s || sscanf(s, "%2d:%2d", &h, &m) != 2 || h < 0 || h > 24 || m < 0 || m > 59 ||
		h * 60 + m > 24 * 60)
		return -1;
	return h * 60 + m;
}

static int parse_weekly(struct arena *arena, struct plan_calendar *c, const json_t *list)
{
	size_t i;
	json_t *item;

	c->weekly = arena_alloc(arena, (json_array_size(list) + 1) * sizeof(*c->weekly));
	if (!c->weekly)
		return ENOMEM;
	json_array_foreach(list, i, item)
	{
		struct plan_interval v = { .day = (int)json_integer_value(
						   json_object_get(item, "day")),
			.from = minutes_of(json_object_get(item, "from")),
			.to = minutes_of(json_object_get(item, "to")) };

		if (v.day < 1 || v.day > 7 || v.from < 0 || v.to <= v.from)
			return EINVAL;
		c->weekly[c->weekly_count++] = v;
	}
	return 0;
}

static int parse_exceptions(struct arena *arena, struct plan_calendar *c, const json_t *list)
{
	size_t i;
	json_t *item;

	c->exceptions = arena_alloc(arena, (json_array_size(list) + 1) * sizeof(*c->exceptions));
	if (!c->exceptions)
		return ENOMEM;
	json_array_foreach(list, i, item)
	{
		struct plan_exception *e = &c->exceptions[c->exception_count];
		const char *date = json_string_value(json_object_get(item, "date"));
		const char *kind = json_string_value(json_object_get(item, "kind"));
		int from = minutes_of(json_object_get(item, "from")),
		    to = minutes_of(json_object_get(item, "to"));

		if (!date || strlen(date) != 10 || !kind)
			return EINVAL;
		memcpy(e->date, date, sizeof(e->date));
		e->kind = !strcmp(kind, "makeup")    ? EXCEPTION_MAKEUP
			  : !strcmp(kind, "special") ? EXCEPTION_SPECIAL
						     : EXCEPTION_HOLIDAY;
		if (from >= 0 && to > from) {
			e->from = from;
			e->to = to;
		}
		c->exception_count++;
	}
	return 0;
}

int plan_calendar_parse(struct arena *arena, struct plan_calendar *calendar, const char *weekly,
	const char *exceptions)
{
	json_t *w = json_loads(weekly ? weekly : "", 0, NULL),
	       *e = json_loads(exceptions ? exceptions : "", 0, NULL);
	int err = EINVAL;

	if (!json_is_array(w) || !json_is_array(e))
		goto out;
	err = parse_weekly(arena, calendar, w);
	if (!err)
		err = parse_exceptions(arena, calendar, e);
out:
	json_decref(w);
	json_decref(e);
	return err;
}

struct local_time {
	char date[11];
	int day, minute; /* 1 Monday - 7 Sunday; since midnight */
};

static int to_local(struct local_time *out, const char *zone, int64_t now_ms)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar name[64];
	UCalendar *calendar;
	int weekday;

	u_uastrncpy(name, zone, 64);
	name[63] = 0;
	calendar = ucal_open(name, -1, "en", UCAL_GREGORIAN, &status);
	if (U_FAILURE(status))
		return EINVAL;
	ucal_setMillis(calendar, (double)now_ms, &status);
	weekday = ucal_get(calendar, UCAL_DAY_OF_WEEK, &status); /* 1 is Sunday */
	out->day = weekday == 1 ? 7 : weekday - 1;
	out->minute = ucal_get(calendar, UCAL_HOUR_OF_DAY, &status) * 60 +
		      ucal_get(calendar, UCAL_MINUTE, &status);
	snprintf(out->date, sizeof(out->date), "%04u-%02u-%02u",
		(unsigned)ucal_get(calendar, UCAL_YEAR, &status) % 10000,
		(unsigned)(ucal_get(calendar, UCAL_MONTH, &status) + 1) % 100,
		(unsigned)ucal_get(calendar, UCAL_DATE, &status) % 100);
	ucal_close(calendar);
	return U_FAILURE(status) ? EINVAL : 0;
}

static bool in_week(const struct plan_calendar *c, int day, int minute)
{
	for (size_t i = 0; i < c->weekly_count; i++) {
		if (c->weekly[i].day == day && minute >= c->weekly[i].from &&
			minute < c->weekly[i].to)
			return true;
	}
	return false;
}

const char *plan_calendar_state(const struct plan_calendar *calendar, int64_t now_ms)
{
	struct local_time now;

	if (!calendar || !calendar->weekly || to_local(&now, calendar->zone, now_ms))
		return "open";
	for (size_t i = 0; i < calendar->exception_count; i++) {
		const struct plan_exception *e = &calendar->exceptions[i];

		if (strcmp(e->date, now.date))
			continue;
		if (e->kind == EXCEPTION_HOLIDAY)
			return "holiday";
		if (e->to > e->from) {
			if (now.minute < e->from || now.minute >= e->to)
				return "closed";
			return e->kind == EXCEPTION_SPECIAL ? "special" : "open";
		}
		return in_week(calendar, 1, now.minute) ? "open" : "closed";
	}
	return in_week(calendar, now.day, now.minute) ? "open" : "closed";
}
