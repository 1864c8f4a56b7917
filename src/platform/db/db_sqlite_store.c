/* SQLite: one writer thread that commits many callers' transactions together, and a pool of readers. */
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "db_sqlite.h"
#include "log/log.h"

#define GROUP_MAX      256
#define PRESENT_FOR_MS 50 /* readers look this often whether the file is still there */
#define CLOSED_FOR_US  "the database file is gone"

struct request {
	struct request *next;
	db_h *fn;
	db_done_h *done; /* asynchronous: the request is owned by the writer */
	void *arg;
	sem_t finished; /* synchronous */
	int err;
	struct db_hooks hooks;
};

struct sqlite_store {
	struct database *database;
	pthread_t thread;
	bool thread_runs;
	struct sqlite_conn *writer; /* of the writer thread; NULL while the file is gone */

	pthread_mutex_t lock; /* of the queue */
	pthread_cond_t queued;
	struct request *first, **end;
	bool stop, idle_wanted;

	pthread_mutex_t pool_lock; /* of the readers */
	pthread_cond_t returned;
	struct sqlite_conn *free;
	unsigned opened;

	dev_t device; /* of the file the writer has open; written by the writer only */
	ino_t inode;
	atomic_uint generation;      /* rises when the file is another one */
	_Atomic int64_t looked;      /* db_real_ms of the readers' last look */
	atomic_bool present, missed; /* missed: a reader found it gone */
};

static _Thread_local struct sqlite_conn *reading; /* this thread is inside db_read with it */

static struct sqlite_store *store_of(const struct database *database)
{
	return database->store;
}

/* The file as it lies there now. */
static bool look(struct sqlite_store *s, struct stat *st)
{
	bool present = !stat(s->database->url + strlen("sqlite:"), st);

	atomic_store(&s->present, present);
	atomic_store(&s->looked, db_real_ms());
	return present;
}

static int open_writer(struct sqlite_store *s, bool create, char *problem, size_t size)
{
	struct stat st;
	int err = sqlite_conn_open(&s->writer, s->database, true, create, problem, size);

	if (err)
		return err;
	if (!look(s, &st)) {
		sqlite_conn_close(s->writer);
		s->writer = NULL;
		return EAGAIN;
	}
	s->device = st.st_dev;
	s->inode = st.st_ino;
	return 0;
}

/* Before each group: the file we have open must be the one at the path, else acknowledged rows would be lost with it. */
static int writer_ready(struct sqlite_store *s)
{
	struct stat st;

	if (!look(s, &st)) {
		database_set_reachable(s->database, false, CLOSED_FOR_US);
		return EAGAIN;
	}
	if (s->writer && (st.st_dev != s->device || st.st_ino != s->inode)) {
		sqlite_conn_close(s->writer);
		s->writer = NULL;
	}
	if (s->writer)
		return 0;
	atomic_fetch_add(&s->generation, 1);
	return open_writer(s, false, NULL, 0);
}

static void finish(struct request *r)
{
	if (r->err)
		db_hooks_drop(&r->hooks);
	else
		db_hooks_run(&r->hooks);
	if (r->done) {
		r->done(r->err, r->arg);
		free(r);
	} else {
		sem_post(&r->finished); /* r is the caller's and may be gone now */
	}
}

static struct request *take_request(struct sqlite_store *s)
{
	struct request *r;

	pthread_mutex_lock(&s->lock);
	r = s->first;
	if (r) {
		s->first = r->next;
		if (!s->first)
			s->end = &s->first;
		r->next = NULL;
	}
	pthread_mutex_unlock(&s->lock);
	return r;
}

/* One caller in a savepoint. False: the whole transaction was lost with it. */
static bool run_request(struct sqlite_conn *c, struct request *r)
{
	r->err = sqlite_conn_step(c, c->savepoint);
	if (!r->err)
		r->err = db_run_write(&c->db, &r->hooks, r->fn, r->arg);
	if (sqlite3_get_autocommit(c->handle)) {
		if (!r->err)
			r->err = EAGAIN;
		return false;
	}
	if (r->err)
		sqlite_conn_step(c, c->rollback_to);
	sqlite_conn_step(c, c->release);
	return true;
}

/* Runs callers until none waits or the group is full. Answers the number taken. */
static unsigned run_group(struct sqlite_store *s, struct request *group[GROUP_MAX])
{
	struct sqlite_conn *c;
	unsigned count = 0;
	bool begun = false, lost = false;
	int err = writer_ready(s);

	c = s->writer;
	if (!err) {
		err = sqlite_conn_step(c, c->begin);
		begun = !err;
	}
	while (count < GROUP_MAX && !lost && (group[count] = take_request(s))) {
		group[count]->err = err;
		if (!err)
			lost = !run_request(c, group[count]);
		count++;
	}
	if (begun && !lost)
		err = sqlite_conn_step(c, c->commit);
	else if (lost)
		err = EAGAIN;
	if (begun && err && !sqlite3_get_autocommit(c->handle))
		sqlite_conn_step(c, c->rollback);
	for (unsigned i = 0; i < count; i++) {
		if (!group[i]->err)
			group[i]->err = err;
	}
	database_set_reachable(
		s->database, err != EAGAIN, begun ? "commit failed" : "locked or gone");
	metric_add(s->database->group, 1);
	return count;
}

/* True: more is waiting for an idle slice. */
static bool run_slice(struct sqlite_store *s)
{
	struct db_hooks hooks = { 0 };
	struct sqlite_conn *c;
	bool more = false;
	int err;

	if (!atomic_load(&s->database->idle_count) || writer_ready(s) ||
		sqlite_conn_step(s->writer, s->writer->begin))
		return false;
	c = s->writer;
	err = db_run_idle(&c->db, &hooks, &more);
	if (!err)
		err = sqlite_conn_step(c, c->commit);
	if (!err) {
		db_hooks_run(&hooks);
		return more;
	}
	if (!sqlite3_get_autocommit(c->handle))
		sqlite_conn_step(c, c->rollback);
	db_hooks_drop(&hooks);
	db_log_failure("idle slice", strerror(err));
	return false;
}

/* Waits for requests. False: none came, it is time for an idle slice. *stop: asked to end and nothing waits. */
static bool wait_for_requests(
	struct sqlite_store *s, bool idle_wanted, int64_t last_slice, bool *stop)
{
	bool some;

	pthread_mutex_lock(&s->lock);
	idle_wanted = idle_wanted || s->idle_wanted;
	if (s->first && idle_wanted && db_real_ms() - last_slice > DB_IDLE_LATE) {
		s->idle_wanted = false;
		pthread_mutex_unlock(&s->lock);
		return false;
	}
	if (!s->first && !s->stop && idle_wanted)
		db_wait_ms(&s->queued, &s->lock, DB_IDLE_QUIET);
	while (!s->first && !s->stop && !idle_wanted) {
		pthread_cond_wait(&s->queued, &s->lock);
		idle_wanted = s->idle_wanted;
	}
	some = s->first;
	*stop = s->stop && !some;
	if (!some)
		s->idle_wanted = false;
	pthread_mutex_unlock(&s->lock);
	return some;
}

static void *write_all(void *arg)
{
	struct sqlite_store *s = arg;
	struct request *group[GROUP_MAX];
	int64_t last_slice = db_real_ms();
	bool idle_wanted = false, stop = false;

	pthread_setname_np(pthread_self(), "db-writer");
	db_set_writing(s->database);
	while (!stop) {
		if (wait_for_requests(s, idle_wanted, last_slice, &stop)) {
			unsigned count = run_group(s, group);

			for (unsigned i = 0; i < count; i++)
				finish(group[i]);
			idle_wanted = true;
		} else if (!stop) {
			idle_wanted = run_slice(s);
			last_slice = db_real_ms();
		}
	}
	return NULL;
}

static void push(struct sqlite_store *s, struct request *r)
{
	bool was_empty;

	pthread_mutex_lock(&s->lock);
	was_empty = !s->first;
	*s->end = r;
	s->end = &r->next;
	if (was_empty)
		pthread_cond_signal(&s->queued);
	pthread_mutex_unlock(&s->lock);
}

static int store_write(struct database *database, db_h *fn, void *arg)
{
	struct request r = { .fn = fn, .arg = arg };

	sem_init(&r.finished, 0, 0);
	push(store_of(database), &r);
	while (sem_wait(&r.finished) < 0 && errno == EINTR)
		;
	sem_destroy(&r.finished);
	return r.err;
}

static void done_nothing(int err, void *arg)
{
	(void)err;
	(void)arg;
}

static int store_write_async(struct database *database, db_h *fn, db_done_h *done, void *arg)
{
	struct request *r = calloc(1, sizeof(*r));

	if (!r)
		return ENOMEM;
	*r = (struct request){ .fn = fn, .arg = arg, .done = done ? done : done_nothing };
	push(store_of(database), r);
	return 0;
}

static void store_wake(struct database *database)
{
	struct sqlite_store *s = store_of(database);

	pthread_mutex_lock(&s->lock);
	s->idle_wanted = true;
	pthread_cond_signal(&s->queued);
	pthread_mutex_unlock(&s->lock);
}

/* A reader, waited for when all are out. */
static int take_reader(struct sqlite_store *s, struct sqlite_conn **cp)
{
	struct sqlite_conn *c;
	struct stat st;
	int err = 0;

	if (db_real_ms() - atomic_load(&s->looked) > PRESENT_FOR_MS)
		look(s, &st);
	if (!atomic_load(&s->present)) {
		atomic_store(&s->missed, true);
		database_set_reachable(s->database, false, CLOSED_FOR_US);
		return EAGAIN;
	}
	if (atomic_exchange(&s->missed, false))
		database_set_reachable(s->database, true, NULL);
	pthread_mutex_lock(&s->pool_lock);
	while (!s->free && s->opened >= s->database->readers)
		pthread_cond_wait(&s->returned, &s->pool_lock);
	c = s->free;
	if (c)
		s->free = c->next;
	else
		s->opened++;
	pthread_mutex_unlock(&s->pool_lock);
	if (c && c->generation != atomic_load(&s->generation)) {
		sqlite_conn_close(c);
		c = NULL;
	}
	if (!c) {
		unsigned generation = atomic_load(&s->generation);

		err = sqlite_conn_open(&c, s->database, false, false, NULL, 0);
		if (!err)
			c->generation = generation;
	}
	if (err) {
		pthread_mutex_lock(&s->pool_lock);
		s->opened--;
		pthread_cond_signal(&s->returned);
		pthread_mutex_unlock(&s->pool_lock);
	}
	*cp = c;
	return err;
}

static void give_back(struct sqlite_store *s, struct sqlite_conn *c)
{
	pthread_mutex_lock(&s->pool_lock);
	c->next = s->free;
	s->free = c;
	pthread_cond_signal(&s->returned);
	pthread_mutex_unlock(&s->pool_lock);
}

static int store_read(struct database *database, db_h *fn, void *arg)
{
	struct sqlite_store *s = store_of(database);
	struct sqlite_conn *c = NULL;
	int err;

	if (reading && reading->db.database ==
			       database) /* inside another read: never wait for ourselves */
		return fn(&reading->db, arg);
	err = take_reader(s, &c);
	if (err)
		return err;
	reading = c;
	err = fn(&c->db, arg);
	reading = NULL;
	give_back(s, c);
	return err;
}

static void store_free(struct sqlite_store *s)
{
	while (s->free) {
		struct sqlite_conn *c = s->free;

		s->free = c->next;
		sqlite_conn_close(c);
	}
	sqlite_conn_close(s->writer);
	pthread_cond_destroy(&s->queued);
	pthread_cond_destroy(&s->returned);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->pool_lock);
	free(s);
}

static int store_open(struct database *database, char *problem, size_t size)
{
	struct sqlite_store *s = calloc(1, sizeof(*s));
	int err;

	if (!s) {
		snprintf(problem, size, "out of memory");
		return ENOMEM;
	}
	s->database = database;
	s->end = &s->first;
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->pool_lock, NULL);
	db_cond_init(&s->queued);
	db_cond_init(&s->returned);
	err = open_writer(s, true, problem, size);
	database->store = s;
	if (!err) {
		err = pthread_create(&s->thread, NULL, write_all, s);
		if (err)
			snprintf(problem, size, "%s", strerror(err));
	}
	if (err)
		store_free(s);
	return err;
}

static void store_close(struct database *database)
{
	struct sqlite_store *s = store_of(database);

	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->queued);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	store_free(s);
}

const struct db_backend db_sqlite_backend = {
	.open = store_open,
	.close = store_close,
	.read = store_read,
	.write = store_write,
	.write_async = store_write_async,
	.wake = store_wake,
	.prepare = sqlite_prepare,
	.query = sqlite_query,
	.script = sqlite_script,
	.check = sqlite_check,
	.is_null = sqlite_is_null,
	.get_int = sqlite_get_int,
	.get_double = sqlite_get_double,
	.get_text = sqlite_get_text,
	.get_blob = sqlite_get_blob,
};
