/* PostgreSQL: connections lent to threads, transactions that are tried again, reconnecting. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "db_pgsql_store.h"
#include "log/log.h"

#define WRITERS_MAX   16
#define READERS_MIN   8
#define DOWN_MS       200 /* between attempts to connect */
#define CONFLICTS_MAX 50

static _Thread_local struct pgsql_conn *reading; /* this thread is inside db_read with it */

static struct pgsql_store *store_of(const struct database *database)
{
	return database->store;
}

static int connect_new(
	struct pgsql_store *s, struct pgsql_conn **cp, bool read_only, char *problem, size_t size)
{
	unsigned generation = atomic_load(&s->generation);
	char text[300] = "";
	int err;

	if (db_real_ms() < atomic_load(&s->down_until))
		return EAGAIN;
	err = pgsql_conn_open(cp, s->database, read_only, text, sizeof(text));
	if (err) {
		atomic_store(&s->down_until, db_real_ms() + DOWN_MS);
		database_set_reachable(s->database, false, text);
		if (problem)
			snprintf(problem, size, "%s", text);
		return err;
	}
	(*cp)->generation = generation;
	database_set_reachable(s->database, true, NULL);
	return 0;
}

/* A connection, waited for when all are out. */
static int borrow(struct pgsql_store *s, struct pgsql_pool *pool, struct pgsql_conn **cp)
{
	int64_t until = db_real_ms() + s->database->busy_timeout_ms, left;
	struct pgsql_conn *c, *dead = NULL;
	int err = 0;

	pthread_mutex_lock(&pool->lock);
	while (!pool->free && pool->opened >= pool->most && (left = until - db_real_ms()) > 0)
		db_wait_ms(&pool->returned, &pool->lock, left);
	while ((c = pool->free) && c->generation != atomic_load(&s->generation)) {
		pool->free = c->next;
		pool->opened--;
		c->next = dead;
		dead = c;
	}
	if (c)
		pool->free = c->next;
	else if (pool->opened < pool->most)
		pool->opened++;
	else
		err = EAGAIN;
	pthread_mutex_unlock(&pool->lock);
	while (dead) {
		struct pgsql_conn *next = dead->next;

		pgsql_conn_close(dead);
		dead = next;
	}
	if (!c && !err) {
		err = connect_new(s, &c, pool == &s->read, NULL, 0);
		if (err) {
			pthread_mutex_lock(&pool->lock);
			pool->opened--;
			pthread_cond_signal(&pool->returned);
			pthread_mutex_unlock(&pool->lock);
		}
	}
	if (!err) {
		c->done = 0;
		c->conflict = false;
		*cp = c;
	}
	return err;
}

static void give_back(struct pgsql_store *s, struct pgsql_pool *pool, struct pgsql_conn *c)
{
	bool bad = pgsql_conn_is_bad(c);

	if (bad &&
		c->generation == atomic_load(&s->generation)) /* the others are probably dead too */
		atomic_fetch_add(&s->generation, 1);
	if (bad) {
		database_set_reachable(s->database, false, "connection lost");
		pgsql_conn_close(c);
	}
	pthread_mutex_lock(&pool->lock);
	if (bad) {
		pool->opened--;
	} else {
		c->next = pool->free;
		pool->free = c;
	}
	pthread_cond_signal(&pool->returned);
	pthread_mutex_unlock(&pool->lock);
}

static int store_read(struct database *database, db_h *fn, void *arg)
{
	struct pgsql_store *s = store_of(database);
	int err = 0;

	if (reading && reading->db.database ==
			       database) /* inside another read: never wait for ourselves */
		return fn(&reading->db, arg);
	for (int attempt = 0; attempt < 2; attempt++) {
		struct pgsql_conn *c = NULL;
		bool stale;

		err = borrow(s, &s->read, &c);
		if (err)
			return err;
		reading = c;
		err = fn(&c->db, arg);
		reading = NULL;
		stale = pgsql_conn_is_bad(c) && !c->done; /* fn has not seen a single row */
		give_back(s, &s->read, c);
		if (!stale)
			break;
	}
	return err;
}

/* *stale: the connection was dead before anything happened. *conflict: another transaction was in the way. */
static int attempt(
	struct pgsql_store *s, db_h *fn, void *arg, bool *more, bool *stale, bool *conflict)
{
	struct db_hooks hooks = { 0 };
	struct pgsql_conn *c = NULL;
	int err = borrow(s, &s->write, &c);

	*stale = *conflict = false;
	if (err)
		return err;
	err = pgsql_conn_run(c, "BEGIN");
	*stale = err && pgsql_conn_is_bad(c);
	if (!err)
		err = more ? db_run_idle(&c->db, &hooks, more)
			   : db_run_write(&c->db, &hooks, fn, arg);
	if (!err) {
		err = pgsql_conn_run(c, "COMMIT");
		if (err && pgsql_conn_is_bad(c))
			log_warn("db", "connection lost in a commit: it may have happened", NULL);
	} else if (!pgsql_conn_is_bad(c)) {
		pgsql_conn_run(c, "ROLLBACK");
	}
	*conflict = err && c->conflict;
	give_back(s, &s->write, c);
	if (err)
		db_hooks_drop(&hooks);
	else
		db_hooks_run(&hooks);
	return err;
}

int pgsql_transaction(struct pgsql_store *s, db_h *fn, void *arg, bool *more)
{
	bool stale, conflict, queued = false;
	int err;

	db_set_writing(s->database);
	err = attempt(s, fn, arg, more, &stale, &conflict);
	if (stale)
		err = attempt(s, fn, arg, more, &stale, &conflict);
	/* Those that lost against each other go one by one, else they would only meet again. */
	for (int i = 0; conflict && i < CONFLICTS_MAX; i++) {
		if (!queued)
			pthread_mutex_lock(&s->retry);
		queued = true;
		err = attempt(s, fn, arg, more, &stale, &conflict);
	}
	if (queued)
		pthread_mutex_unlock(&s->retry);
	db_set_writing(NULL);
	if (!err) {
		metric_add(s->database->group, 1);
		if (!more && atomic_load(&s->database->idle_count))
			pgsql_workers_wake(s);
	}
	return err;
}

static int store_write(struct database *database, db_h *fn, void *arg)
{
	return pgsql_transaction(store_of(database), fn, arg, NULL);
}

static int store_write_async(struct database *database, db_h *fn, db_done_h *done, void *arg)
{
	return pgsql_workers_add(store_of(database), fn, done, arg);
}

static void store_wake(struct database *database)
{
	pgsql_workers_wake(store_of(database));
}

static void pool_init(struct pgsql_pool *pool, unsigned most)
{
	pthread_mutex_init(&pool->lock, NULL);
	db_cond_init(&pool->returned);
	pool->most = most;
}

static void pool_release(struct pgsql_pool *pool)
{
	while (pool->free) {
		struct pgsql_conn *c = pool->free;

		pool->free = c->next;
		pgsql_conn_close(c);
	}
	pthread_cond_destroy(&pool->returned);
	pthread_mutex_destroy(&pool->lock);
}

static void store_free(struct pgsql_store *s)
{
	pool_release(&s->write);
	pool_release(&s->read);
	pthread_mutex_destroy(&s->retry);
	free(s);
}

static int store_open(struct database *database, char *problem, size_t size)
{
	struct pgsql_store *s = calloc(1, sizeof(*s));
	struct pgsql_conn *c = NULL;
	int err;

	if (!s) {
		snprintf(problem, size, "out of memory");
		return ENOMEM;
	}
	s->database = database;
	database->store = s;
	pool_init(&s->write, WRITERS_MAX);
	pool_init(&s->read, database->readers < READERS_MIN ? READERS_MIN : database->readers);
	pthread_mutex_init(&s->retry, NULL);
	err = connect_new(s, &c, false, problem, size);
	if (!err) {
		s->write.opened = 1;
		s->write.free = c;
		err = pgsql_workers_start(s);
		if (err)
			snprintf(problem, size, "%s", strerror(err));
	}
	if (err)
		store_free(s);
	return err;
}

static void store_close(struct database *database)
{
	struct pgsql_store *s = store_of(database);

	pgsql_workers_stop(s);
	store_free(s);
}

const struct db_backend db_pgsql_backend = {
	.open = store_open,
	.close = store_close,
	.read = store_read,
	.write = store_write,
	.write_async = store_write_async,
	.wake = store_wake,
	.prepare = pgsql_prepare,
	.query = pgsql_query,
	.script = pgsql_script,
	.check = pgsql_check,
	.is_null = pgsql_is_null,
	.get_int = pgsql_get_int,
	.get_double = pgsql_get_double,
	.get_text = pgsql_get_text,
	.get_blob = pgsql_get_blob,
};
