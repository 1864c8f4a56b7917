/* Numbers people see, by rules that are rows: T20261121-0012. A rule counts within a local day, month or year. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>
#include "ticket/ticket_internal.h"

struct rule {
	const char *pattern, *period;
	int64_t digits;
};

/* --- the local date --- */

static pthread_mutex_t date_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	int64_t from, to; /* UTC milliseconds the date holds for */
	char text[16];
} today;

static int read_date(int64_t now)
{
	const struct platform *platform = ticket_platform();
	UErrorCode error = U_ZERO_ERROR;
	UChar zone[64];
	UCalendar *calendar;

	u_uastrncpy(zone, platform ? config_text(platform->config, "zone") : "Asia/Shanghai", 63);
	zone[63] = 0;
	calendar = ucal_open(zone, -1, "en", UCAL_GREGORIAN, &error);
	ucal_setMillis(calendar, (UDate)now, &error);
	snprintf(today.text, sizeof(today.text), "%04d%02d%02d",
		(int)ucal_get(calendar, UCAL_YEAR, &error) % 10000,
		((int)ucal_get(calendar, UCAL_MONTH, &error) + 1) % 100,
		(int)ucal_get(calendar, UCAL_DATE, &error) % 100);
	ucal_set(calendar, UCAL_HOUR_OF_DAY, 0);
	ucal_set(calendar, UCAL_MINUTE, 0);
	ucal_set(calendar, UCAL_SECOND, 0);
	ucal_set(calendar, UCAL_MILLISECOND, 0);
	today.from = (int64_t)ucal_getMillis(calendar, &error);
	ucal_add(calendar, UCAL_DATE, 1, &error);
	today.to = (int64_t)ucal_getMillis(calendar, &error);
	ucal_close(calendar);
	return U_FAILURE(error) ? EIO : 0;
}

static int local_date(int64_t now, char date[16])
{
	int err = 0;

	pthread_mutex_lock(&date_lock);
	if (now < today.from || now >= today.to)
		err = read_date(now);
	memcpy(date, today.text, sizeof(today.text));
	if (err)
		today.to = 0;
	pthread_mutex_unlock(&date_lock);
	return err;
}

/* "20261121", "202611", "2026" or "": what the counter starts anew with. */
static void cut_period(char period[16], const char *date, const char *kind)
{
	size_t len = !strcmp(kind, "day")     ? 8
		     : !strcmp(kind, "month") ? 6
		     : !strcmp(kind, "year")  ? 4
					      : 0;

	memcpy(period, date, len);
	period[len] = '\0';
}

static const char *format(
	struct arena *arena, const struct rule *rule, const char *period, int64_t n)
{
	const char *date = strstr(rule->pattern, "{date}"), *count = strstr(rule->pattern, "{n}");
	const char *head = date && (!count || date < count) ? date : count;

	if (!count)
		return NULL;
	if (!date)
		return arena_printf(arena, "%.*s%0*lld%s", (int)(count - rule->pattern),
			rule->pattern, (int)rule->digits, (long long)n, count + 3);
	if (head == count)
		return arena_printf(arena, "%.*s%0*lld%.*s%s%s", (int)(count - rule->pattern),
			rule->pattern, (int)rule->digits, (long long)n, (int)(date - count - 3),
			count + 3, period, date + 6);
	return arena_printf(arena, "%.*s%s%.*s%0*lld%s", (int)(date - rule->pattern), rule->pattern,
		period, (int)(count - date - 6), date + 6, (int)rule->digits, (long long)n,
		count + 3);
}

int ticket_number_next(
	struct db *db, struct arena *arena, const char *rule_name, int64_t now, const char **number)
{
	char date[16], period[16];
	struct rule rule;
	int64_t n;
	int err = db_get(db, arena, TST(TICKET_NUMBER_RULE), rule_name, &rule.pattern, &rule.period,
		&rule.digits);

	if (!err)
		err = local_date(now, date);
	if (err)
		return err;
	cut_period(period, date, rule.period);
	err = db_get(db, arena, TST(TICKET_NUMBER_NEXT), rule_name, period, INT64_C(1), &n);
	if (err)
		return err;
	*number = format(arena, &rule, *period ? period : date, n);
	return *number ? 0 : EINVAL;
}
