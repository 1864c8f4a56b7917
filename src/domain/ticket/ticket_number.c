/* Numbers people see, by rules that are rows: T20261121-0012. A rule counts within a local day, month or year.
 *
 * SQLite writes one transaction after the other, so the counter's row is simply moved on in the ticket's own transaction. In
 * PostgreSQL that row would make every creation wait for the one before (and fail as not serializable): there a block of
 * numbers is fetched in a transaction of its own, by a thread of its own, and handed out from memory. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>
#include "loop/loop.h"
#include "ticket/number.h"
#include "ticket/ticket_internal.h"

enum { MOST_RULES = 8, BLOCK = 20, LOW = 5, WAIT_S = 5 };

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

/* --- PostgreSQL: blocks --- */

static struct loop *fetcher;
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t pool_filled = PTHREAD_COND_INITIALIZER;
static struct pool {
	char rule[32], period[16];
	int64_t next, end;        /* numbers next ... end - 1 are in hand */
	int64_t spare, spare_end; /* the block after that */
	int64_t size;             /* of the next block; grows while blocks are used up fast */
	bool fetching;
	int err; /* of the last fetch */
} pools[MOST_RULES];

struct fetch {
	struct pool *pool;
	char rule[32], period[16];
	int64_t size, last;
};

static int fetch_block(struct db *db, void *arg)
{
	struct fetch *f = arg;

	return db_get(db, NULL, TST(TICKET_NUMBER_NEXT), f->rule, f->period, f->size, &f->last);
}

static void run_fetch(void *arg)
{
	struct pool *pool = arg;
	struct fetch f = { .pool = pool };
	int err;

	pthread_mutex_lock(&pool_lock);
	memcpy(f.rule, pool->rule, sizeof(f.rule));
	memcpy(f.period, pool->period, sizeof(f.period));
	f.size = pool->size;
	pthread_mutex_unlock(&pool_lock);
	err = db_write(ticket_platform()->database, fetch_block, &f);

	pthread_mutex_lock(&pool_lock);
	pool->fetching = false;
	pool->err = err;
	if (!err && !strcmp(pool->period, f.period)) {
		pool->spare = f.last - f.size + 1;
		pool->spare_end = f.last + 1;
	}
	pthread_cond_broadcast(&pool_filled);
	pthread_mutex_unlock(&pool_lock);
}

static struct pool *find_pool(const char *rule, const char *period)
{
	for (int i = 0; i < MOST_RULES; i++) {
		struct pool *p = &pools[i];

		if (p->rule[0] && strcmp(p->rule, rule))
			continue;
		if (!p->rule[0] || strcmp(p->period, period)) {
			bool fetching = p->fetching;

			memset(p, 0, sizeof(*p));
			p->fetching = fetching;
			p->size = 1;
			snprintf(p->rule, sizeof(p->rule), "%s", rule);
			snprintf(p->period, sizeof(p->period), "%s", period);
		}
		return p;
	}
	return NULL;
}

static int ask_for_more(struct pool *pool)
{
	if (pool->fetching || pool->spare < pool->spare_end)
		return 0;
	pool->fetching = true;
	if (loop_post(fetcher, run_fetch, pool)) {
		pool->fetching = false;
		return ENOMEM;
	}
	return 0;
}

static int take(struct pool *pool, int64_t *n, const struct timespec *until)
{
	for (;;) {
		if (pool->next == pool->end && pool->spare < pool->spare_end) {
			pool->next = pool->spare;
			pool->end = pool->spare_end;
			pool->spare = pool->spare_end = 0;
			pool->size = pool->size < BLOCK ? pool->size * 2 : BLOCK;
		}
		if (pool->next < pool->end) {
			*n = pool->next++;
			return pool->end - pool->next < LOW && pool->size > LOW ? ask_for_more(pool)
										: 0;
		}
		pool->err = 0;
		if (ask_for_more(pool))
			return ENOMEM;
		if (pthread_cond_timedwait(&pool_filled, &pool_lock, until))
			return EAGAIN;
		if (pool->err)
			return EAGAIN;
	}
}

static int take_from_pool(const char *rule, const char *period, int64_t *n)
{
	struct timespec until;
	struct pool *pool;
	int err;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_S;
	pthread_mutex_lock(&pool_lock);
	pool = find_pool(rule, period);
	err = pool ? take(pool, n, &until) : ENOSPC;
	pthread_mutex_unlock(&pool_lock);
	return err;
}

int number_start(const struct platform *platform)
{
	int err;

	if (database_kind(platform->database) != DB_POSTGRES)
		return 0;
	err = loop_create(&fetcher, "numbers");
	return err ? err : loop_start(fetcher);
}

void number_stop(void)
{
	if (!fetcher)
		return;
	loop_stop(fetcher);
	loop_free(fetcher);
	fetcher = NULL;
	memset(pools, 0, sizeof(pools));
}

/* --- */

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
	if (fetcher)
		err = take_from_pool(rule_name, period, &n);
	else
		err = db_get(db, arena, TST(TICKET_NUMBER_NEXT), rule_name, period, INT64_C(1), &n);
	if (err)
		return err;
	*number = format(arena, &rule, *period ? period : date, n);
	return *number ? 0 : EINVAL;
}
