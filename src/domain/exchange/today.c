/* Figures of the day: they begin at midnight and are read back after a restart, so that a crash does not falsify the screens. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"
#include "exchange/plan_private.h"
#include "id.h"
#include "log/log.h"

#define CHECK_MS 30000

static void queue_new_day(void *value, void *arg)
{
	struct queue *q = value;

	(void)arg;
	/* A caller who waits across midnight counts as offered in the new day, so that the identity of 6.1 holds for it. */
	q->offered_today = (unsigned)q->waiting;
	q->answered_today = q->in_time_today = q->abandoned_today = q->short_today =
		q->flowout_today = 0;
	queue_touched(q);
}

static void agent_new_day(void *value, void *arg)
{
	(void)arg;
	((struct agent *)value)->calls_today = 0;
}

static void check_day(void *arg)
{
	struct exchange *x = arg;
	time_t now = (time_t)(clock_now() / 1000);
	struct tm local;

	localtime_r(&now, &local);
	if (local.tm_yday != x->day && x->day >= 0) {
		acd_new_day(x->acd);
		hash_each(x->queues, queue_new_day, NULL);
		hash_each(x->agents, agent_new_day, NULL);
	}
	x->day = local.tm_yday;
	loop_timer_set(x->loop, &x->day_timer, CHECK_MS, check_day, x);
}

void today_watch(struct exchange *x)
{
	check_day(x);
}

/* --- after a restart --- */

struct figures {
	int64_t owner; /* queue or agent */
	unsigned offered, answered, in_time, abandoned, brief, flowout;
};
struct today {
	struct exchange *x;
	struct figures *rows;
	size_t count, queues; /* the first `queues` rows are of queues, the others of agents */
};

static struct figures *add_row(struct today *t)
{
	struct figures *rows = realloc(t->rows, (t->count + 1) * sizeof(*rows));

	if (!rows)
		return NULL;
	t->rows = rows;
	memset(&rows[t->count], 0, sizeof(*rows));
	return &rows[t->count++];
}

static int queue_row(const struct db_row *r, void *arg)
{
	struct figures *f = add_row(arg);

	if (!f)
		return ENOMEM;
	*f = (struct figures){ .owner = db_row_int(r, 0),
		.offered = (unsigned)db_row_int(r, 1),
		.answered = (unsigned)db_row_int(r, 2),
		.in_time = (unsigned)db_row_int(r, 3),
		.abandoned = (unsigned)db_row_int(r, 4),
		.brief = (unsigned)db_row_int(r, 5),
		.flowout = (unsigned)db_row_int(r, 6) };
	return 0;
}

static int agent_row(const struct db_row *r, void *arg)
{
	struct figures *f = add_row(arg);

	if (!f)
		return ENOMEM;
	f->owner = db_row_int(r, 0);
	f->answered = (unsigned)db_row_int(r, 1);
	return 0;
}

static int64_t midnight(void)
{
	time_t now = (time_t)(clock_now() / 1000);
	struct tm local;

	localtime_r(&now, &local);
	local.tm_hour = local.tm_min = local.tm_sec = 0;
	local.tm_isdst = -1;
	return (int64_t)mktime(&local) * 1000;
}

static int read_figures(struct db *db, void *arg)
{
	struct today *t = arg;
	int64_t from = id_first_at(midnight()), to = id_make(clock_now());
	int err;

	t->count = 0;
	err = db_each(db, &plan_statements[PLAN_QUEUES_TODAY], queue_row, t, from, to);
	t->queues = t->count;
	return err ? err : db_each(db, &plan_statements[PLAN_AGENTS_TODAY], agent_row, t, from, to);
}

static void arrive(void *arg)
{
	struct today *t = arg;

	for (size_t i = 0; i < t->count; i++) {
		const struct figures *f = &t->rows[i];
		struct queue *q = i < t->queues ? exchange_queue(t->x, f->owner) : NULL;
		struct agent *a = i < t->queues ? NULL : agent_find(t->x, f->owner);

		if (a)
			a->calls_today += f->answered;
		if (!q)
			continue;
		q->offered_today += f->offered;
		q->answered_today += f->answered;
		q->in_time_today += f->in_time;
		q->abandoned_today += f->abandoned;
		q->short_today += f->brief;
		q->flowout_today += f->flowout;
		queue_touched(q);
	}
	free(t->rows);
	free(t);
}

/* On the plan thread, before any call. */
void today_read(void *arg)
{
	struct today *t = calloc(1, sizeof(*t));
	int err = t ? 0 : ENOMEM;

	if (!err) {
		t->x = arg;
		err = db_read(t->x->platform->database, read_figures, t);
	}
	if (!err)
		err = loop_post(t->x->loop, arrive, t);
	if (!err)
		return;
	log_error("exchange", "figures of the day cannot be read, they begin at zero", "error",
		strerror(err), NULL);
	if (t)
		free(t->rows);
	free(t);
}
