/* The store: opening, declared statements, and the way to the backend. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "db_internal.h"
#include "log/log.h"

static _Thread_local const struct database *writing;

bool db_is_writing(const struct database *database)
{
	return writing && writing == database;
}

void db_set_writing(const struct database *database)
{
	writing = database;
}

static void entries_free(struct database *d)
{
	for (struct db_entry *e = d->entries, *next; e; e = next) {
		next = e->next;
		free(e);
	}
	hash_free(d->by_row);
	hash_free(d->by_name);
}

static void release(struct database *d)
{
	entries_free(d);
	pthread_mutex_destroy(&d->lock);
	free(d->url);
	free(d->migrations);
	free(d);
}

static struct database *make(const struct db_config *config)
{
	struct database *d = calloc(1, sizeof(*d));
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (!d)
		return NULL;
	pthread_mutex_init(&d->lock, NULL);
	d->entries_end = &d->entries;
	d->by_row = hash_create();
	d->by_name = hash_create();
	d->url = strdup(config->url);
	if (config->migrations)
		d->migrations = strdup(config->migrations);
	d->readers = config->readers ? config->readers : cores > 0 ? (unsigned)cores : 2;
	d->busy_timeout_ms = config->busy_timeout_ms ? config->busy_timeout_ms : 5000;
	d->writes = metric_counter("hotline_db_writes_total", NULL, "Committed writes");
	d->failures = metric_counter(
		"hotline_db_write_failures_total", NULL, "Writes that were rolled back");
	d->write_time = metric_histogram(
		"hotline_db_write_seconds", NULL, "From the call until the commit");
	d->group = metric_counter("hotline_db_commits_total", NULL, "Commits; writes share them");
	atomic_store(&d->reachable, true);
	if (!d->by_row || !d->by_name || !d->url || (config->migrations && !d->migrations)) {
		release(d);
		return NULL;
	}
	return d;
}

int database_open(struct database **dbp, const struct db_config *config, char *problem, size_t size)
{
	struct database *d;
	int err;

	if (!config->url) {
		snprintf(problem, size, "no database is named");
		return EINVAL;
	}
	d = make(config);
	if (!d) {
		snprintf(problem, size, "out of memory");
		return ENOMEM;
	}
	if (!strncmp(d->url, "sqlite:", 7) && d->url[7]) {
		d->kind = DB_SQLITE;
		d->backend = &db_sqlite_backend;
	} else if (!strncmp(d->url, "postgresql://", 13) || !strncmp(d->url, "postgres://", 11)) {
		d->kind = DB_POSTGRES;
		d->backend = &db_pgsql_backend;
	} else {
		snprintf(problem, size, "the database must be sqlite:path or postgresql://...");
		release(d);
		return EINVAL;
	}
	err = database_declare(d, db_listen_statements);
	if (!err)
		err = d->backend->open(d, problem, size);
	if (err) {
		release(d);
		return err;
	}
	err = db_journal_open(d);
	if (err) {
		snprintf(problem, size, "%s", strerror(err));
		d->backend->close(d);
		release(d);
		return err;
	}
	*dbp = d;
	return 0;
}

void database_close(struct database *database)
{
	if (!database)
		return;
	db_journal_close(database);
	database_unlisten(database);
	database->backend->close(database);
	release(database);
}

enum db_kind database_kind(const struct database *database)
{
	return database->kind;
}

bool database_is_reachable(const struct database *database)
{
	return atomic_load(&database->reachable);
}

void database_set_reachable(struct database *database, bool reachable, const char *why)
{
	if (atomic_exchange(&database->reachable, reachable) == reachable)
		return;
	if (reachable)
		log_info("db", "database is back", NULL);
	else
		log_error("db", "database cannot be reached", "why", why, NULL);
}

void database_attach(struct database *database, enum db_slot slot, void *pointer)
{
	database->slots[slot] = pointer;
}

void *db_attached(const struct db *db, enum db_slot slot)
{
	return db->database->slots[slot];
}

struct database *db_database(const struct db *db)
{
	return db->database;
}

enum db_kind db_kind_of(const struct db *db)
{
	return db->database->kind;
}

/* The metrics of a statement appear with its first use, see database_entry. */
static int declare(struct database *d, const struct db_stmt *stmt)
{
	const char *special = d->kind == DB_SQLITE ? stmt->sqlite : stmt->postgres;
	struct db_entry *e;

	if (hash_get_id(d->by_row, (uintptr_t)stmt))
		return 0; /* the same row again */
	if (hash_get(d->by_name, stmt->name)) {
		log_error("db", "two statements have one name", "statement", stmt->name, NULL);
		return EEXIST;
	}
	e = calloc(1, sizeof(*e));
	if (!e)
		return ENOMEM;
	e->stmt = stmt;
	e->sql = special ? special : stmt->sql;
	e->ins = stmt->in ? (int)strlen(stmt->in) : 0;
	e->outs = stmt->out ? (int)strlen(stmt->out) : 0;
	e->number = d->entry_count;
	if (!e->sql || e->ins > DB_VALUES_MAX || e->outs > DB_VALUES_MAX ||
		(stmt->in && strspn(stmt->in, "idsnb") != (size_t)e->ins) ||
		(stmt->out && strspn(stmt->out, "idsnb") != (size_t)e->outs)) {
		log_error("db", "statement has no text or wrong letters", "statement", stmt->name,
			NULL);
		free(e);
		return EINVAL;
	}
	if (hash_set_id(d->by_row, (uintptr_t)stmt, e)) {
		free(e);
		return ENOMEM;
	}
	*d->entries_end = e;
	d->entries_end = &e->next;
	d->entry_count++;
	return hash_set(d->by_name, stmt->name, e);
}

int database_declare(struct database *database, const struct db_stmt *statements)
{
	int err = 0;

	pthread_mutex_lock(&database->lock);
	for (const struct db_stmt *s = statements; s->name && !err; s++)
		err = declare(database, s);
	pthread_mutex_unlock(&database->lock);
	return err;
}

const struct db_entry *database_entry(struct database *database, const struct db_stmt *stmt)
{
	struct db_entry *e;

	pthread_mutex_lock(&database->lock);
	e = hash_get_id(database->by_row, (uintptr_t)stmt);
	if (e && !e->count) {
		char labels[160];

		snprintf(labels, sizeof(labels), "statement=\"%.120s\"", stmt->name);
		e->count = metric_counter(
			"hotline_db_statements_total", labels, "Statements executed");
		e->time = metric_counter(
			"hotline_db_statement_microseconds_total", labels, "Time spent in them");
	}
	pthread_mutex_unlock(&database->lock);
	if (!e)
		log_error("db", "statement is not declared", "statement", stmt->name, NULL);
	return e;
}

struct check {
	char *problem;
	size_t size;
};

static int check_all(struct db *db, void *arg)
{
	struct check *c = arg;
	struct database *d = db->database;
	int err = 0;

	for (const struct db_entry *e = d->entries; e && !err; e = e->next)
		err = d->backend->check(db, e, c->problem, c->size);
	return err;
}

int database_check(struct database *database, char *problem, size_t size)
{
	struct check c = { problem, size };
	int err;

	problem[0] = '\0';
	err = db_read(database, check_all, &c);
	if (err && !problem[0])
		snprintf(problem, size, "%s", strerror(err));
	return err;
}

int db_read(struct database *database, db_h *fn, void *arg)
{
	return database->backend->read(database, fn, arg);
}

int db_write(struct database *database, db_h *fn, void *arg)
{
	int64_t began = db_real_ms();
	int err;

	if (db_is_writing(database)) {
		log_error("db", "a write inside a write", NULL);
		return EDEADLK;
	}
	err = database->backend->write(database, fn, arg);
	metric_add(err ? database->failures : database->writes, 1);
	metric_observe(database->write_time, (db_real_ms() - began) * 1000);
	return err;
}

int db_write_async(struct database *database, db_h *fn, db_done_h *done, void *arg)
{
	return database->backend->write_async(database, fn, done, arg);
}

int database_on_idle(struct database *database, db_h *fn, void *arg)
{
	int err = 0;

	pthread_mutex_lock(&database->lock);
	if (database->idle_count == DB_IDLE_MAX)
		err = ENOSPC;
	else
		database->idle[database->idle_count++] = (struct db_idle){ fn, arg };
	pthread_mutex_unlock(&database->lock);
	if (!err)
		database->backend->wake(database);
	return err;
}

int64_t db_real_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void db_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

void db_wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(cond, lock, &t);
}
