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
#define APART_MAX     4
#define ATTEMPT_MS    4000 /* longer than connect_timeout */
#define CONFLICTS_MAX 50

static _Thread_local struct pgsql_conn *reading; /* this thread is inside db_read with it */

static struct pgsql_store *store_of(const struct database *database)
{
	return database->store;
}

static int connect_new(struct pgsql_store *s, struct pgsql_conn **cp, enum pgsql_use use,
	char *problem, size_t size)
{
	unsigned generation = atomic_load(&s->generation);
	char text[300] = "";
	int64_t until = atomic_load(&s->down_until), now = db_real_ms();
	int err;

	if (now < until)
		return EAGAIN;
	/* While it is down one thread tries and the others do not wait with it. */
	if (!database_is_reachable(s->database) &&
		!atomic_compare_exchange_strong(&s->down_until, &until, now + ATTEMPT_MS))
		return EAGAIN;
	err = pgsql_conn_open(cp, s->database, use, text, sizeof(text));
	if (err) {
		atomic_store(&s->down_until, db_real_ms() + DOWN_MS);
		database_set_reachable(s->database, false, text);
		if (problem)
			snprintf(problem, size, "%s", text);
		return err;
	}
	atomic_store(&s->down_until, 0);
	(*cp)->generation = generation;
	database_set_reachable(s->database, true, NULL);
	return 0;
}

struct pgsql_waiter {
	struct pgsql_waiter *next;
	pthread_cond_t granted;
	bool has; /* a place in the pool: with `conn`, or NULL to open one */
	struct pgsql_conn *conn;
};

/* Under the lock: the place of a connection that comes back or was closed (c NULL) goes to who waits longest. */
static void pass_on(struct pgsql_pool *pool, struct pgsql_conn *c)
{
	struct pgsql_waiter *w = pool->first;

	if (w) {
		pool->first = w->next;
		if (!pool->first)
			pool->end = &pool->first;
		w->has = true;
		w->conn = c;
		pthread_cond_signal(&w->granted);
	} else if (c) {
		c->next = pool->free;
		pool->free = c;
	} else {
		pool->opened--;
	}
}

static void remove_waiter(struct pgsql_pool *pool, struct pgsql_waiter *w)
{
	struct pgsql_waiter **at = &pool->first;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	if (!*at)
		pool->end = at;
}

/* Under the lock: waits for a place. */
static int wait_for_place(struct pgsql_pool *pool, int64_t ms, struct pgsql_conn **cp)
{
	struct pgsql_waiter w = { 0 };
	int64_t until = db_real_ms() + ms, left;

	db_cond_init(&w.granted);
	*pool->end = &w;
	pool->end = &w.next;
	while (!w.has && (left = until - db_real_ms()) > 0)
		db_wait_ms(&w.granted, &pool->lock, left);
	if (!w.has)
		remove_waiter(pool, &w);
	pthread_cond_destroy(&w.granted);
	*cp = w.conn;
	return w.has ? 0 : EAGAIN;
}

/* A connection, waited for when all are out. */
static int borrow(struct pgsql_store *s, struct pgsql_pool *pool, struct pgsql_conn **cp)
{
	struct pgsql_conn *c = NULL;
	int err = 0;

	pthread_mutex_lock(&pool->lock);
	if (pool->free) {
		c = pool->free;
		pool->free = c->next;
	} else if (pool->opened < pool->most) {
		pool->opened++;
	} else {
		err = wait_for_place(pool, s->database->busy_timeout_ms, &c);
	}
	pthread_mutex_unlock(&pool->lock);
	if (err)
		return err;
	if (c && c->generation != atomic_load(&s->generation)) {
		pgsql_conn_close(c);
		c = NULL;
	}
	if (!c)
		err = connect_new(s, &c,
			pool == &s->read    ? PGSQL_READ
			: pool == &s->apart ? PGSQL_APART
					    : PGSQL_WRITE,
			NULL, 0);
	if (err) {
		pthread_mutex_lock(&pool->lock);
		pass_on(pool, NULL);
		pthread_mutex_unlock(&pool->lock);
		return err;
	}
	c->done = 0;
	c->conflict = false;
	*cp = c;
	return 0;
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
	pass_on(pool, bad ? NULL : c);
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
	bool stale, conflict;
	int err;

	db_set_writing(s->database);
	pthread_rwlock_rdlock(&s->gate);
	err = attempt(s, fn, arg, more, &stale, &conflict);
	if (stale)
		err = attempt(s, fn, arg, more, &stale, &conflict);
	pthread_rwlock_unlock(&s->gate);
	if (conflict) { /* alone, else those that lost would only meet again; other nodes may still be in the way */
		pthread_rwlock_wrlock(&s->gate);
		for (int i = 0; conflict && i < CONFLICTS_MAX; i++)
			err = attempt(s, fn, arg, more, &stale, &conflict);
		pthread_rwlock_unlock(&s->gate);
	}
	db_set_writing(NULL);
	if (!err) {
		metric_add(s->database->group, 1);
		if (!more && atomic_load(&s->database->idle_count))
			pgsql_workers_wake(s);
	}
	return err;
}

int pgsql_apart(struct pgsql_conn *conn, const struct db_entry *entry, const struct db_value *in,
	db_row_h *row, void *arg, int64_t *changed)
{
	struct pgsql_store *s = store_of(conn->db.database);
	struct db_prepared *prepared;
	struct pgsql_conn *c = NULL;
	int err = borrow(s, &s->apart, &c);

	if (!err) {
		prepared = hash_get_id(c->db.prepared, (uintptr_t)entry->stmt);
		if (!prepared)
			err = pgsql_prepare(&c->db, entry, &prepared);
		if (!err)
			err = pgsql_query(&c->db, prepared, in, row, arg, changed);
		give_back(s, &s->apart, c);
	}
	if (err)
		conn->db.failed = err; /* alike on both databases */
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
	pool->end = &pool->first;
	pool->most = most;
}

static void pool_release(struct pgsql_pool *pool)
{
	while (pool->free) {
		struct pgsql_conn *c = pool->free;

		pool->free = c->next;
		pgsql_conn_close(c);
	}
	pthread_mutex_destroy(&pool->lock);
}

static void store_free(struct pgsql_store *s)
{
	pool_release(&s->write);
	pool_release(&s->read);
	pool_release(&s->apart);
	pthread_rwlock_destroy(&s->gate);
	free(s);
}

static int store_open(struct database *database, char *problem, size_t size)
{
	struct pgsql_store *s = calloc(1, sizeof(*s));
	struct pgsql_conn *c = NULL;
	pthread_rwlockattr_t attr;
	int err;

	if (!s) {
		snprintf(problem, size, "out of memory");
		return ENOMEM;
	}
	s->database = database;
	database->store = s;
	pool_init(&s->write, WRITERS_MAX);
	pool_init(&s->read, database->readers < READERS_MIN ? READERS_MIN : database->readers);
	pool_init(&s->apart, APART_MAX);
	pthread_rwlockattr_init(
		&attr); /* a steady stream of writes must not keep the one out that is tried again */
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&s->gate, &attr);
	pthread_rwlockattr_destroy(&attr);
	err = connect_new(s, &c, PGSQL_WRITE, problem, size);
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
