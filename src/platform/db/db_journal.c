/* The journal: writes that must happen, in order, even when the database is gone for a while. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "db_internal.h"
#include "log/log.h"

#define JOURNAL_MAX   100000
#define JOURNAL_BATCH 64
#define PAUSE_FIRST   50 /* milliseconds between tries, doubled up to ... */
#define PAUSE_LAST    2000

struct entry {
	struct entry *next;
	db_h *fn;
	void (*release)(void *arg);
	void *arg;
	bool tried; /* in vain: then it may be there all the same */
};

struct db_journal {
	struct database *database;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct entry *first, **end;
	size_t waiting; /* with those being written */
	bool stop;
	struct metric *gauge;
};

struct batch {
	struct entry *entries[JOURNAL_BATCH];
	size_t count;
};

static int write_entries(struct db *db, void *arg)
{
	struct batch *b = arg;
	int err = 0;

	for (size_t i = 0; i < b->count && !err; i++)
		err = b->entries[i]->fn(db, b->entries[i]->arg);
	return err;
}

/* Writes the first `count` together; when one of them is refused, each alone. Answers how many are settled. */
static size_t write_batch(struct db_journal *j, struct batch *b)
{
	int err = db_write(j->database, write_entries, b);

	if (!err)
		return b->count;
	if (err == EAGAIN) {
		for (size_t i = 0; i < b->count; i++)
			b->entries[i]->tried = true;
		return 0;
	}
	for (size_t i = 0; i < b->count; i++) {
		struct batch one = { .entries = { b->entries[i] }, .count = 1 };

		err = db_write(j->database, write_entries, &one);
		if (err == EAGAIN)
			return i;
		if (err && !(err == EEXIST && b->entries[i]->tried))
			log_error("db", "journal entry refused, ignoring", "error", strerror(err),
				NULL);
	}
	return b->count;
}

static void remove_first(struct db_journal *j, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct entry *e;

		pthread_mutex_lock(&j->lock);
		e = j->first;
		j->first = e->next;
		if (!j->first)
			j->end = &j->first;
		j->waiting--;
		metric_set(j->gauge, (int64_t)j->waiting);
		pthread_mutex_unlock(&j->lock);
		if (e->release)
			e->release(e->arg);
		free(e);
	}
}

/* The oldest entries, waited for. They stay in the list, which only this thread shortens. False: stopped, and none is left. */
static bool wait_for_entries(struct db_journal *j, struct batch *b, bool *stop)
{
	pthread_mutex_lock(&j->lock);
	while (!j->first && !j->stop)
		pthread_cond_wait(&j->changed, &j->lock);
	b->count = 0;
	for (struct entry *e = j->first; e && b->count < JOURNAL_BATCH; e = e->next)
		b->entries[b->count++] = e;
	*stop = j->stop;
	pthread_mutex_unlock(&j->lock);
	return b->count > 0;
}

static void pause_for(struct db_journal *j, int64_t ms)
{
	int64_t until = db_real_ms() + ms, left;

	pthread_mutex_lock(&j->lock);
	while (!j->stop && (left = until - db_real_ms()) > 0)
		db_wait_ms(&j->changed, &j->lock, left);
	pthread_mutex_unlock(&j->lock);
}

static void *write_journal(void *arg)
{
	struct db_journal *j = arg;
	int64_t pause = PAUSE_FIRST;
	struct batch b;
	bool stop;

	pthread_setname_np(pthread_self(), "db-journal");
	while (wait_for_entries(j, &b, &stop)) {
		size_t settled = write_batch(j, &b);

		remove_first(j, settled);
		if (settled == b.count) {
			pause = PAUSE_FIRST;
			continue;
		}
		if (stop) { /* the last try was in vain */
			log_error("db", "journal entries lost at the end: no database", "count",
				LOG_I(j->waiting), NULL);
			break;
		}
		pause_for(j, pause);
		pause = pause * 2 < PAUSE_LAST ? pause * 2 : PAUSE_LAST;
	}
	return NULL;
}

int db_journal(struct database *database, db_h *fn, void (*release)(void *arg), void *arg)
{
	struct db_journal *j = database->journal;
	struct entry *e = malloc(sizeof(*e));
	int err = 0;

	if (!e)
		return ENOMEM;
	*e = (struct entry){ .fn = fn, .release = release, .arg = arg };
	pthread_mutex_lock(&j->lock);
	if (j->waiting >= JOURNAL_MAX) {
		err = ENOSPC;
	} else {
		*j->end = e;
		j->end = &e->next;
		metric_set(j->gauge, (int64_t)++j->waiting);
		pthread_cond_signal(&j->changed);
	}
	pthread_mutex_unlock(&j->lock);
	if (err)
		free(e);
	return err;
}

size_t db_journal_waiting(const struct database *database)
{
	struct db_journal *j = database->journal;
	size_t n;

	pthread_mutex_lock(&j->lock);
	n = j->waiting;
	pthread_mutex_unlock(&j->lock);
	return n;
}

int db_journal_open(struct database *database)
{
	struct db_journal *j = calloc(1, sizeof(*j));
	int err;

	if (!j)
		return ENOMEM;
	j->database = database;
	j->end = &j->first;
	j->gauge =
		metric_gauge("hotline_db_journal_waiting", NULL, "Journal entries not yet written");
	pthread_mutex_init(&j->lock, NULL);
	db_cond_init(&j->changed);
	database->journal = j;
	err = pthread_create(&j->thread, NULL, write_journal, j);
	if (err) {
		pthread_cond_destroy(&j->changed);
		pthread_mutex_destroy(&j->lock);
		free(j);
		database->journal = NULL;
	}
	return err;
}

void db_journal_close(struct database *database)
{
	struct db_journal *j = database->journal;

	pthread_mutex_lock(&j->lock);
	j->stop = true;
	pthread_cond_signal(&j->changed);
	pthread_mutex_unlock(&j->lock);
	pthread_join(j->thread, NULL);
	remove_first(j, j->waiting);
	pthread_cond_destroy(&j->changed);
	pthread_mutex_destroy(&j->lock);
	free(j);
	database->journal = NULL;
}
