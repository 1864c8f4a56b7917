/* What jobs do on both databases. */
#ifndef HOTLINE_TESTS_JOB_CASES_H
#define HOTLINE_TESTS_JOB_CASES_H

#include <semaphore.h>
#include <stdatomic.h>
#include "../db/db_place.h"
#include "clock/clock.h"
#include "job/job.h"

static struct database *database;
static struct job_service *service;
static sem_t ran, go;
static atomic_int runs, recurring_runs, attempts;

static int count_run(const struct job *job, struct database *d, void *arg)
{
	(void)arg;
	assert_ptr_equal(d, database);
	assert_string_equal(job->payload, "{\"n\":1}");
	atomic_fetch_add(&runs, 1);
	sem_post(&ran);
	return 0;
}

static int fail_often(const struct job *job, struct database *d, void *arg)
{
	(void)d;
	atomic_store(&attempts, job->attempt);
	sem_post(&ran);
	return atomic_load((atomic_int *)arg);
}

static int wait_for_go(const struct job *job, struct database *d, void *arg)
{
	(void)job;
	(void)d;
	(void)arg;
	atomic_fetch_add(&runs, 1);
	sem_post(&ran);
	sem_wait(&go);
	return 0;
}

static int recur(const struct job *job, struct database *d, void *arg)
{
	(void)job;
	(void)d;
	(void)arg;
	atomic_fetch_add(&recurring_runs, 1);
	sem_post(&ran);
	return 0;
}

static atomic_int failure = EIO;
static const struct job_type types[] = {
	{ .name = "test.count", .run = count_run },
	{ .name = "test.fail", .run = fail_often, .max_attempts = 3 },
	{ .name = "test.wait", .run = wait_for_go, .lease_ms = 5000 },
	{ 0 },
};
static const struct job_type recurring[] = {
	{ .name = "test.recur", .run = recur, .every_ms = 60000 }, { 0 }
};

static const struct db_stmt counting[] = {
	{ .name = "test.count_state",
		.in = "i",
		.out = "i",
		.sql = "SELECT count(*) FROM job WHERE state = $1" },
	{ .name = "test.error",
		.in = "",
		.out = "s",
		.sql = "SELECT error FROM job WHERE state = 2" },
	{ 0 },
};

static void start(const struct job_type *more)
{
	assert_ok(job_service_create(&service, database, 3));
	assert_ok(job_declare(service, types, &failure));
	if (more)
		assert_ok(job_declare(service, more, NULL));
	assert_int_equal(job_declare(service, types, NULL), EEXIST);
	assert_ok(job_start(service));
}

static int set_up(void **state)
{
	(void)state;
	clock_set_test(true);
	place_make();
	database = place_open();
	assert_ok(database_declare(database, counting));
	sem_init(&ran, 0, 0);
	sem_init(&go, 0, 0);
	atomic_store(&runs, 0);
	atomic_store(&recurring_runs, 0);
	failure = EIO;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	job_service_free(service);
	service = NULL;
	database_close(database);
	place_remove();
	clock_set_test(false);
	return 0;
}

struct adding {
	const char *type, *key;
	int64_t delay;
};

static int add_job(struct db *db, void *arg)
{
	const struct adding *a = arg;

	return job_add(db, a->type, "{\"n\":1}", clock_now() + a->delay, a->key);
}

static void add(const char *type, const char *key, int64_t delay)
{
	assert_ok(db_write(database, add_job, &(struct adding){ type, key, delay }));
}

struct counter {
	int64_t state, n;
};

static int count_jobs(struct db *db, void *arg)
{
	struct counter *c = arg;

	return db_get(db, NULL, &counting[0], c->state, &c->n);
}

static int64_t jobs_in(int64_t state)
{
	struct counter c = { state, -1 };

	assert_ok(db_read(database, count_jobs, &c));
	return c.n;
}

static void a_job_runs_when_it_is_due_and_is_gone(void **state)
{
	(void)state;
	start(NULL);
	add("test.count", NULL, 0);
	sem_wait(&ran);
	add("test.count", NULL, 3600000);
	add("test.count", NULL, 7200000);
	assert_int_equal(atomic_load(&runs), 1);
	while (jobs_in(1)) /* settled, so that the clock does not end its lease */
		sched_yield();
	assert_ok(clock_advance(3600001));
	sem_wait(&ran);
	job_stop(service);
	assert_int_equal(atomic_load(&runs), 2);
	assert_int_equal(jobs_in(0), 1);
	assert_int_equal(jobs_in(1), 0);
}

static void a_second_waiting_job_of_a_key_is_not_added(void **state)
{
	(void)state;
	start(NULL);
	add("test.count", "ticket 1", 60000);
	add("test.count", "ticket 1", 60000);
	add("test.count", "ticket 2", 60000);
	add("test.fail", "ticket 1", 60000);
	add("test.count", NULL, 60000);
	add("test.count", NULL, 60000);
	assert_int_equal(jobs_in(0), 5);
}

static int read_error(struct db *db, void *arg)
{
	struct arena *a = arena_create(0);
	const char *text;
	int err = db_get(db, a, &counting[1], &text);

	if (!err)
		snprintf(arg, 100, "%s", text);
	arena_free(a);
	return err;
}

static void a_failing_job_is_tried_again_and_kept_in_the_end(void **state)
{
	char text[100] = "";

	(void)state;
	start(NULL);
	add("test.fail", NULL, 0);
	for (int i = 1; i <= 3; i++) {
		sem_wait(&ran);
		assert_int_equal(atomic_load(&attempts), i);
		while (jobs_in(1)) /* until the result is written */
			sched_yield();
		assert_ok(clock_advance(1000 << i));
	}
	assert_int_equal(jobs_in(2), 1);
	assert_ok(db_read(database, read_error, text));
	assert_string_equal(text, strerror(EIO));
}

static void eagain_is_tried_as_often_as_it_takes(void **state)
{
	(void)state;
	failure = EAGAIN;
	start(NULL);
	add("test.fail", NULL, 0);
	for (int i = 1; i <= 12; i++) {
		sem_wait(&ran);
		while (jobs_in(1))
			sched_yield();
		if (i == 12)
			failure = 0;
		assert_ok(clock_advance(600001));
	}
	sem_wait(&ran);
	while (jobs_in(0) + jobs_in(1))
		sched_yield();
	assert_int_equal(jobs_in(2), 0);
}

static void a_recurring_job_makes_itself_once(void **state)
{
	struct job_service *second;

	(void)state;
	start(recurring);
	assert_ok(job_service_create(&second, database, 1)); /* another node */
	assert_ok(job_declare(second, recurring, NULL));
	assert_ok(job_start(second));
	sem_wait(&ran);
	for (int i = 0; i < 3; i++) {
		while (jobs_in(0) != 1)
			sched_yield();
		assert_int_equal(atomic_load(&recurring_runs), i + 1);
		assert_ok(clock_advance(60001));
		sem_wait(&ran);
	}
	job_service_free(second);
}

static void a_lost_lease_is_taken_by_another_worker(void **state)
{
	(void)state;
	start(NULL);
	add("test.wait", NULL, 0);
	sem_wait(&ran);
	assert_ok(clock_advance(4000));
	assert_int_equal(jobs_in(1), 1);
	assert_ok(clock_advance(2000));
	sem_wait(&ran); /* the second worker */
	assert_int_equal(atomic_load(&runs), 2);
	sem_post(&go);
	sem_post(&go);
	while (jobs_in(1))
		sched_yield();
	assert_int_equal(jobs_in(0), 0);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
#define JOB_CASES                                                                                  \
	CASE(a_job_runs_when_it_is_due_and_is_gone),                                               \
		CASE(a_second_waiting_job_of_a_key_is_not_added),                                  \
		CASE(a_failing_job_is_tried_again_and_kept_in_the_end),                            \
		CASE(eagain_is_tried_as_often_as_it_takes),                                        \
		CASE(a_recurring_job_makes_itself_once),                                           \
		CASE(a_lost_lease_is_taken_by_another_worker)

#endif
