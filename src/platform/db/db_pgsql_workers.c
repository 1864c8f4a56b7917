/* PostgreSQL: threads for asynchronous writes and idle slices. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "db_pgsql_store.h"

#define WORKERS 4

struct task {
	struct task *next;
	db_h *fn;
	db_done_h *done;
	void *arg;
};

struct pgsql_workers {
	struct pgsql_store *store;
	pthread_t threads[WORKERS];
	unsigned started;
	pthread_mutex_t lock; /* of the members below */
	pthread_cond_t changed;
	struct task *first, **end;
	bool stop, idle_wanted, idle_runs;
};

static void run_task(struct pgsql_workers *w, struct task *t)
{
	int err = pgsql_transaction(w->store, t->fn, t->arg, NULL);

	db_set_writing(w->store->database); /* done must not block, so it must not write either */
	if (t->done)
		t->done(err, t->arg);
	db_set_writing(NULL);
	free(t);
}

/* One thread at a time; a little later, so that a slice has more than one row to do. */
static void run_slice(struct pgsql_workers *w)
{
	bool more = false;

	w->idle_runs = true;
	w->idle_wanted = false;
	if (!w->stop)
		db_wait_ms(&w->changed, &w->lock, DB_IDLE_QUIET);
	pthread_mutex_unlock(&w->lock);
	if (pgsql_transaction(w->store, NULL, NULL, &more))
		more = false;
	pthread_mutex_lock(&w->lock);
	w->idle_runs = false;
	w->idle_wanted = w->idle_wanted || more;
}

static void *work(void *arg)
{
	struct pgsql_workers *w = arg;

	pthread_setname_np(pthread_self(), "db-worker");
	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct task *t = w->first;

		if (t) {
			w->first = t->next;
			if (!w->first)
				w->end = &w->first;
			pthread_mutex_unlock(&w->lock);
			run_task(w, t);
			pthread_mutex_lock(&w->lock);
		} else if (w->stop) {
			break;
		} else if (w->idle_wanted && !w->idle_runs) {
			run_slice(w);
		} else {
			pthread_cond_wait(&w->changed, &w->lock);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int pgsql_workers_add(struct pgsql_store *s, db_h *fn, db_done_h *done, void *arg)
{
	struct pgsql_workers *w = s->workers;
	struct task *t = malloc(sizeof(*t));

	if (!t)
		return ENOMEM;
	*t = (struct task){ .fn = fn, .done = done, .arg = arg };
	pthread_mutex_lock(&w->lock);
	*w->end = t;
	w->end = &t->next;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	return 0;
}

void pgsql_workers_wake(struct pgsql_store *s)
{
	struct pgsql_workers *w = s->workers;

	pthread_mutex_lock(&w->lock);
	if (!w->idle_wanted) {
		w->idle_wanted = true;
		pthread_cond_signal(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
}

int pgsql_workers_start(struct pgsql_store *s)
{
	struct pgsql_workers *w = calloc(1, sizeof(*w));
	int err = 0;

	if (!w)
		return ENOMEM;
	w->store = s;
	w->end = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	db_cond_init(&w->changed);
	s->workers = w;
	while (!err && w->started < WORKERS) {
		err = pthread_create(&w->threads[w->started], NULL, work, w);
		if (!err)
			w->started++;
	}
	if (err)
		pgsql_workers_stop(s);
	return err;
}

void pgsql_workers_stop(struct pgsql_store *s)
{
	struct pgsql_workers *w = s->workers;

	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	while (w->started)
		pthread_join(w->threads[--w->started], NULL);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
	s->workers = NULL;
}
