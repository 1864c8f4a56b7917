/* Leased jobs: adding, taking, settling, and the workers.
 *
 * One idle worker at a time looks for work and waits for the next due time; when it has taken a job it hands that duty on. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "buf.h"
#include "clock/clock.h"
#include "hash.h"
#include "id.h"
#include "job.h"
#include "json_writer.h"
#include "log/log.h"
#include "metrics/metrics.h"

#define LEASE_MS     60000
#define ATTEMPTS     10
#define PAUSE_MAX_MS 600000
#define LOOK_MS      1000 /* other nodes add jobs too */
#define WORKERS_MAX  64
#define LIST_MAX     65536 /* bytes of type names */

enum { ADD, ADD_RECURRING, NEXT, TAKE, EXTEND, DONE, AGAIN, GIVE_WAY, FAIL };

const struct db_stmt job_statements[] = {
	[ADD] = { .name = "job.add",
		.in = "isssii",
		.out = "",
		.sql = "INSERT INTO job (id, type, unique_key, payload, "
		       "state, due, attempt, created)"
		       " VALUES ($1, $2, $3, $4, 0, $5, 0, $6) ON CONFLICT "
		       "DO NOTHING" },
	[ADD_RECURRING] = { .name = "job.add_recurring",
		.in = "isi",
		.out = "",
		.sql = "INSERT INTO job (id, type, unique_key, state, due, "
		       "attempt, created)"
		       " SELECT $1, $2, 'recurring', 0, $3, 0, $3 WHERE "
		       "NOT EXISTS (SELECT 1 FROM job"
		       " WHERE type = $2 AND unique_key = 'recurring' AND "
		       "state < 2)" },
	[NEXT] = { .name = "job.next",
		.in = "s",
		.out = "i",
		.sqlite = "SELECT due FROM job WHERE state < 2 AND type IN "
			  "(SELECT value FROM json_each($1))"
			  " ORDER BY due LIMIT 1",
		.postgres = "SELECT due FROM job WHERE state < 2 AND type IN"
			    " (SELECT json_array_elements_text(CAST($1 AS "
			    "json))) ORDER BY due LIMIT 1" },
	[TAKE] = { .name = "job.take",
		.in = "iisi",
		.out = "issi",
		.sqlite = "UPDATE job SET state = 1, lease = $1, due = $2 "
			  "+ " /* the type's own: job.extend */
			  "60000, attempt = attempt + 1 WHERE id = (SELECT "
			  "id FROM job WHERE state < 2"
			  " AND due <= $2 AND type IN (SELECT value FROM "
			  "json_each($3)) ORDER BY due"
			  " LIMIT $4) RETURNING id, type, payload, attempt",
		.postgres = "UPDATE job SET state = 1, lease = $1, due = "
			    "$2 + 60000, attempt = attempt + 1"
			    " WHERE id = (SELECT id FROM job WHERE state < "
			    "2 AND due <= $2 AND type IN"
			    " (SELECT json_array_elements_text(CAST($3 AS "
			    "json))) ORDER BY due LIMIT $4"
			    " FOR UPDATE SKIP LOCKED) RETURNING id, type, "
			    "payload, attempt" },
	[EXTEND] = { .name = "job.extend",
		.in = "ii",
		.out = "",
		.sql = "UPDATE job SET due = $2 WHERE id = $1" },
	[DONE] = { .name = "job.done",
		.in = "ii",
		.out = "",
		.sql = "DELETE FROM job WHERE id = $1 AND lease = $2" },
	/* Not when a newer one of the same key waits: that will do the work. */
	[AGAIN] = { .name = "job.again",
		.in = "iiisi",
		.out = "",
		.sql = "UPDATE job SET state = 0, lease = NULL, due = $3, "
		       "error = $4, attempt = $5"
		       " WHERE id = $1 AND lease = $2 AND NOT EXISTS "
		       "(SELECT 1 FROM job AS other"
		       " WHERE other.type = job.type AND other.unique_key "
		       "= job.unique_key"
		       " AND other.state = 0)" },
	[GIVE_WAY] = { .name = "job.give_way",
		.in = "ii",
		.out = "",
		.sql = "DELETE FROM job WHERE id = $1 AND lease = $2" },
	[FAIL] = { .name = "job.fail",
		.in = "iis",
		.out = "",
		.sql = "UPDATE job SET state = 2, lease = NULL, error = $3 "
		       "WHERE id = $1 AND lease = $2" },
	{ 0 },
};

struct declared {
	struct declared *next;
	const struct job_type *type;
	void *arg;
	struct metric *time, *failures;
};

struct job_service {
	struct database *database;
	unsigned workers, started;
	pthread_t threads[WORKERS_MAX];
	struct hash *by_name;
	struct declared *types;
	struct buf names; /* of the types, as JSON */

	pthread_mutex_t lock; /* of the members below */
	pthread_cond_t turn, changed;
	bool looking; /* somebody has the duty */
	bool news, stop;
};

/* A job in a worker's hands. */
struct taken {
	struct job_service *service;
	struct job job;
	struct arena *arena; /* its texts */
	const struct declared *declared;
	int64_t lease;
	int result;
};

static void news(void *arg)
{
	struct job_service *j = arg;

	pthread_mutex_lock(&j->lock);
	j->news = true;
	pthread_cond_signal(&j->changed);
	pthread_mutex_unlock(&j->lock);
}

int job_add(struct db *db, const char *type, const char *payload, int64_t due_ms,
	const char *unique_key)
{
	struct job_service *j = db_attached(db, DB_SLOT_JOBS);
	int64_t now = clock_now();
	int err = db_exec(db, &job_statements[ADD], NULL, id_make(now), type, unique_key, payload,
		due_ms, now);

	if (!err && j)
		err = db_after_commit(db, news, j);
	return err;
}

static int take(struct db *db, void *arg)
{
	struct taken *t = arg;
	struct job_service *j = t->service;
	const char *type = NULL;
	int64_t attempt = 0, now = clock_now();
	int err;

	arena_reset(t->arena);
	t->lease = id_make(now);
	err = db_get(db, t->arena, &job_statements[TAKE], t->lease, now, j->names.data, INT64_C(1),
		&t->job.id, &type, &t->job.payload, &attempt);
	if (err)
		return err;
	t->job.attempt = (int)attempt;
	t->declared = hash_get(j->by_name, type);
	if (!t->declared)
		return EINVAL;
	if (t->declared->type->lease_ms)
		err = db_exec(db, &job_statements[EXTEND], NULL, t->job.id,
			now + t->declared->type->lease_ms);
	return err;
}

struct next {
	const struct job_service *service;
	int64_t due;
};

static int read_next(struct db *db, void *arg)
{
	struct next *n = arg;

	return db_get(db, NULL, &job_statements[NEXT], n->service->names.data, &n->due);
}

static int64_t pause_after(int attempt)
{
	int64_t pause = INT64_C(1000) << (attempt < 11 ? attempt - 1 : 10);

	return pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
}

static int run_again(struct db *db, const struct taken *t, int64_t due, int attempt)
{
	int64_t changed = 0;
	int err = db_exec(db, &job_statements[AGAIN], &changed, t->job.id, t->lease, due,
		t->result ? strerror(t->result) : NULL, (int64_t)attempt);

	if (!err && !changed)
		err = db_exec(db, &job_statements[GIVE_WAY], NULL, t->job.id, t->lease);
	return err;
}

/* Writes how it ended. With the lease lost to another worker nothing matches. */
static int settle(struct db *db, void *arg)
{
	const struct taken *t = arg;
	const struct job_type *type = t->declared->type;
	int64_t now = clock_now();
	int64_t pause = pause_after(t->job.attempt);
	int most = type->max_attempts ? type->max_attempts : ATTEMPTS;

	if (type->every_ms) {
		if (!t->result || pause > type->every_ms)
			pause = type->every_ms;
		return run_again(db, t, now + pause, t->result ? t->job.attempt : 0);
	}
	if (!t->result)
		return db_exec(db, &job_statements[DONE], NULL, t->job.id, t->lease);
	if (t->result != EAGAIN && t->job.attempt >= most)
		return db_exec(
			db, &job_statements[FAIL], NULL, t->job.id, t->lease, strerror(t->result));
	return run_again(db, t, now + pause, t->job.attempt);
}

static int64_t microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void run(struct taken *t)
{
	int64_t began = microseconds();
	int err;

	t->result = t->declared->type->run(&t->job, t->service->database, t->declared->arg);
	metric_observe(t->declared->time, microseconds() - began);
	if (t->result && t->result != EAGAIN) {
		metric_add(t->declared->failures, 1);
		log_warn("job", "attempt failed", "type", t->declared->type->name, "job",
			LOG_I(t->job.id), "attempt", LOG_I(t->job.attempt), "error",
			strerror(t->result), NULL);
	}
	err = db_write(t->service->database, settle, t);
	if (err)
		log_warn("job", "result not written, the job runs again after its lease", "job",
			LOG_I(t->job.id), "error", strerror(err), NULL);
}

/* Milliseconds until it is worth looking again. */
static int64_t time_to_next(struct job_service *j)
{
	struct next n = { .service = j };
	int64_t left;

	if (db_read(j->database, read_next, &n))
		return LOOK_MS;
	left = n.due - clock_now();
	return left < 0 ? 0 : left > LOOK_MS ? LOOK_MS : left;
}

/* Looks and waits until a job is taken. False: stopped. */
static bool look(struct job_service *j, struct taken *t)
{
	for (;;) {
		int64_t left;
		int err = 0;

		pthread_mutex_lock(&j->lock);
		j->news = false;
		if (j->stop) {
			pthread_mutex_unlock(&j->lock);
			return false;
		}
		pthread_mutex_unlock(&j->lock);

		left = time_to_next(j);
		if (!left) {
			err = db_write(j->database, take, t);
			if (!err)
				return true;
			left = err == ENOENT ? 10 : LOOK_MS; /* ENOENT: another node was faster */
		}
		pthread_mutex_lock(&j->lock);
		if (!j->news && !j->stop) {
			struct timespec until;

			clock_gettime(CLOCK_REALTIME, &until);
			until.tv_sec += (until.tv_nsec / 1000000 + left) / 1000;
			until.tv_nsec = (until.tv_nsec / 1000000 + left) % 1000 * 1000000;
			pthread_cond_timedwait(&j->changed, &j->lock, &until);
		}
		pthread_mutex_unlock(&j->lock);
	}
}

static void *work(void *arg)
{
	struct job_service *j = arg;
	struct taken t = { .service = j, .arena = arena_create((size_t)16 << 20) };
	bool found = true;

	pthread_setname_np(pthread_self(), "jobs");
	while (found && t.arena) {
		pthread_mutex_lock(&j->lock);
		while (j->looking)
			pthread_cond_wait(&j->turn, &j->lock);
		j->looking = true;
		pthread_mutex_unlock(&j->lock);

		found = look(j, &t);

		pthread_mutex_lock(&j->lock);
		j->looking = false;
		pthread_cond_signal(&j->turn);
		pthread_mutex_unlock(&j->lock);
		if (found)
			run(&t);
	}
	arena_free(t.arena);
	return NULL;
}

int job_service_create(struct job_service **jp, struct database *database, unsigned workers)
{
	struct job_service *j = calloc(1, sizeof(*j));
	int err;

	if (!j)
		return ENOMEM;
	j->database = database;
	j->workers = !workers ? 2 : workers > WORKERS_MAX ? WORKERS_MAX : workers;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->turn, NULL);
	pthread_cond_init(&j->changed, NULL);
	buf_init(&j->names, LIST_MAX);
	j->by_name = hash_create();
	err = j->by_name ? database_declare(database, job_statements) : ENOMEM;
	if (!err)
		err = clock_watch(news, j);
	if (err) {
		job_service_free(j);
		return err;
	}
	database_attach(database, DB_SLOT_JOBS, j);
	*jp = j;
	return 0;
}

static int declare(struct job_service *j, const struct job_type *type, void *arg)
{
	struct declared *d;
	char labels[128];

	if (!type->run || hash_get(j->by_name, type->name))
		return type->run ? EEXIST : EINVAL;
	d = calloc(1, sizeof(*d));
	if (!d)
		return ENOMEM;
	snprintf(labels, sizeof(labels), "type=\"%.100s\"", type->name);
	*d = (struct declared){ .next = j->types, .type = type, .arg = arg };
	d->time = metric_histogram("hotline_job_seconds", labels, "Time in a job's handler");
	d->failures = metric_counter("hotline_job_failures_total", labels, "Attempts that failed");
	j->types = d;
	return hash_set(j->by_name, type->name, d);
}

int job_declare(struct job_service *j, const struct job_type *types, void *arg)
{
	int err = 0;

	for (; types->name && !err; types++)
		err = declare(j, types, arg);
	return err;
}

static int add_recurring(struct db *db, void *arg)
{
	const struct job_service *j = arg;
	int64_t now = clock_now();
	int err = 0;

	for (const struct declared *d = j->types; d && !err; d = d->next) {
		if (d->type->every_ms)
			err = db_exec(db, &job_statements[ADD_RECURRING], NULL, id_make(now),
				d->type->name, now);
	}
	return err;
}

int job_start(struct job_service *j)
{
	struct json_writer w;
	int err;

	buf_clear(&j->names);
	json_begin(&w, &j->names);
	json_array(&w);
	for (const struct declared *d = j->types; d; d = d->next)
		json_string(&w, d->type->name);
	json_array_end(&w);
	err = j->names.err;
	if (!err)
		err = db_write(j->database, add_recurring, j);
	j->stop = false;
	while (!err && j->started < j->workers) {
		err = pthread_create(&j->threads[j->started], NULL, work, j);
		if (!err)
			j->started++;
	}
	if (err)
		job_stop(j);
	return err;
}

void job_stop(struct job_service *j)
{
	if (!j)
		return;
	pthread_mutex_lock(&j->lock);
	j->stop = true;
	pthread_cond_signal(&j->changed);
	pthread_mutex_unlock(&j->lock);
	while (j->started)
		pthread_join(j->threads[--j->started], NULL);
}

void job_service_free(struct job_service *j)
{
	if (!j)
		return;
	job_stop(j);
	clock_unwatch(news, j);
	database_attach(j->database, DB_SLOT_JOBS, NULL);
	for (struct declared *d = j->types, *next; d; d = next) {
		next = d->next;
		free(d);
	}
	hash_free(j->by_name);
	buf_release(&j->names);
	pthread_cond_destroy(&j->turn);
	pthread_cond_destroy(&j->changed);
	pthread_mutex_destroy(&j->lock);
	free(j);
}
