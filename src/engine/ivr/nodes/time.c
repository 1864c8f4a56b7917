/* time: opening hours. A switch thrown by a supervisor comes first, then the calendar, then the node's own hours. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "ivr/session.h"
#include "nodes.h"

/* Minutes since midnight of "HH:MM"; 24:00 ends a day. -1: no time. */
static int minutes(const char *text)
{
	unsigned hour, minute;
	int end = 0;

	if (!text || sscanf(text, "%2u:%2u%n", &hour, &minute, &end) != 2 || text[end] ||
		minute > 59 || hour * 60 + minute > 24 * 60)
		return -1;
	return (int)(hour * 60 + minute);
}

static bool has_day(const json_t *days, int day)
{
	const json_t *d;
	size_t i;

	json_array_foreach((json_t *)days, i, d)
	{
		if (json_integer_value(d) == day)
			return true;
	}
	return !days; /* every day */
}

/* days: 1 Monday to 7 Sunday. An interval over midnight belongs to the day it begins on. */
static bool interval_holds(const json_t *interval, int day, int now)
{
	int from = minutes(json_string_value(json_object_get(interval, "from")));
	int to = minutes(json_string_value(json_object_get(interval, "to")));
	const json_t *days = json_object_get(interval, "days");

	if (from < to)
		return has_day(days, day) && now >= from && now < to;
	return (has_day(days, day) && now >= from) ||
	       (has_day(days, day == 1 ? 7 : day - 1) && now < to);
}

static const char *own_hours(struct ivr_session *s, const json_t *intervals)
{
	time_t now = (time_t)(ivr_now(s) / 1000);
	const json_t *interval;
	struct tm tm;
	size_t i;

	if (!localtime_r(&now, &tm))
		return "closed";
	json_array_foreach((json_t *)intervals, i, interval)
	{
		if (interval_holds(
			    interval, tm.tm_wday ? tm.tm_wday : 7, tm.tm_hour * 60 + tm.tm_min))
			return "open";
	}
	return "closed";
}

static const char *answer(struct ivr_session *s, const struct ivr_node *n)
{
	static const char *const ports[] = { "open", "closed", "holiday", "special", NULL };
	const char *name = ivr_text(s, n, "switch"), *calendar = ivr_text(s, n, "calendar"),
		   *port = NULL;

	if (name && *name && s->host->live_switch && s->host->live_switch(s->call, name))
		return "special";
	if (!calendar || !*calendar)
		return own_hours(s, json_object_get(n->json, "intervals"));
	if (s->host->calendar)
		port = s->host->calendar(s->call, calendar);
	for (size_t i = 0; port && ports[i]; i++)
		if (!strcmp(port, ports[i]))
			return ports[i];
	return NULL;
}

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	const char *port = answer(s, n);

	(void)state;
	return ivr_leave(s, port ? port : "error");
}

static void check(const struct ivr_node *n, ivr_finding_h *finding, void *arg)
{
	const json_t *intervals = json_object_get(n->json, "intervals"), *interval, *day;
	size_t i, k;

	if (!intervals && !json_object_get(n->json, "calendar"))
		finding(true, "missing_field", "calendar or intervals", arg);
	if (intervals && (!json_is_array(intervals) || json_array_size(intervals) > 100))
		finding(true, "bad_value", "intervals: a list of at most 100", arg);
	json_array_foreach((json_t *)intervals, i, interval)
	{
		const json_t *days = json_object_get(interval, "days");

		if (minutes(json_string_value(json_object_get(interval, "from"))) < 0 ||
			minutes(json_string_value(json_object_get(interval, "to"))) < 0)
			finding(true, "bad_value", "intervals: from and to as HH:MM", arg);
		if (days && !json_is_array(days))
			finding(true, "bad_value", "intervals: days: a list of 1 to 7", arg);
		json_array_foreach((json_t *)days, k, day)
		{
			if (!json_is_integer(day) || json_integer_value(day) < 1 ||
				json_integer_value(day) > 7)
				finding(true, "bad_value", "intervals: days: 1 to 7", arg);
		}
	}
}

const struct ivr_node_type ivr_node_time = {
	.name = "time",
	.text_zh = "时间/节假日",
	.text_en = "Opening hours",
	.fields =
		(const struct ivr_field[]){
			{ "calendar", IVR_REFERENCE, .reference = "calendar", .text_zh = "日历",
				.text_en = "Calendar" },
			{ "intervals", IVR_OTHER, .text_zh = "时段", .text_en = "Hours" },
			{ "switch", IVR_TEXT, .max = IVR_MAX_ID, .text_zh = "应急开关",
				.text_en = "Override switch" },
			{ 0 },
		},
	.ports =
		(const char *const[]){ "open", "closed", "holiday>closed", "special>closed", NULL },
	.enter = enter,
	.check = check,
};
