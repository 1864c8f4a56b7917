/* What the files of db/ share: the store, one connection, and what each kind of database must be able to do. */
#ifndef HOTLINE_PLATFORM_DB_INTERNAL_H
#define HOTLINE_PLATFORM_DB_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include "db.h"
#include "hash.h"
#include "metrics/metrics.h"

#define DB_VALUES_MAX 64 /* values or columns of one statement */
#define DB_IDLE_MAX   8
#define DB_IDLE_QUIET 3   /* milliseconds without a write before an idle slice */
#define DB_IDLE_LATE  200 /* ... and the longest wait for one while writes keep coming */

/* One value on its way in. */
struct db_value {
	char letter;
	bool null;
	int64_t i;
	double d;
	const void *p; /* text (NUL-terminated) or blob */
	size_t size;
};

/* A declared statement. */
struct db_entry {
	const struct db_stmt *stmt;
	const char *sql; /* the text for this kind of database */
	unsigned number; /* in order of declaration */
	int ins, outs;
	struct metric *count, *time; /* time: microseconds */
	struct db_entry *next;
};

/* A statement on one connection. The kinds embed it as their first member. */
struct db_prepared {
	const struct db_entry *entry;
};

/* What one transaction leaves to be done after its commit. */
struct db_hooks {
	struct db_hook {
		void (*commit)(void *arg);
		void (*rollback)(void *arg); /* may be NULL */
		void *arg;
	} * items;
	size_t count, size;
};

/* One connection. The kinds embed it as their first member. */
struct db {
	struct database *database;
	bool writes;            /* inside a write */
	int failed;             /* the error that spoiled this transaction */
	struct db_hooks *hooks; /* of the write under way */
	struct hash *prepared;  /* struct db_prepared by statement row */
};

struct db_backend {
	int (*open)(struct database *database, char *problem, size_t size);
	void (*close)(struct database *database); /* runs what waits first */
	int (*read)(struct database *database, db_h *fn, void *arg);
	int (*write)(struct database *database, db_h *fn, void *arg);
	int (*write_async)(struct database *database, db_h *fn, db_done_h *done, void *arg);
	void (*wake)(struct database *database); /* an idle function was added */

	int (*prepare)(struct db *db, const struct db_entry *entry, struct db_prepared **preparedp);
	/* row may be NULL. A row function's error comes back as it is. */
	int (*query)(struct db *db, struct db_prepared *prepared, const struct db_value *in,
		db_row_h *row, void *arg, int64_t *changed);
	int (*script)(struct db *db, const char *sql, char *problem,
		size_t size); /* several statements */
	int (*check)(struct db *db, const struct db_entry *entry, char *problem, size_t size);

	bool (*is_null)(const struct db_row *row, int column);
	int64_t (*get_int)(const struct db_row *row, int column);
	double (*get_double)(const struct db_row *row, int column);
	const char *(*get_text)(const struct db_row *row, int column);
	const void *(*get_blob)(const struct db_row *row, int column, size_t *size);
};
extern const struct db_backend db_sqlite_backend;
extern const struct db_backend db_pgsql_backend;

struct db_row {
	const struct db_backend *backend;
	void *result;         /* sqlite3_stmt or PGresult */
	int line;             /* PostgreSQL: number in the result */
	struct arena **blobs; /* PostgreSQL: of this row, made when a blob is first asked for */
};

extern const struct db_stmt db_listen_statements[];
struct db_journal;
struct db_listener;

struct database {
	enum db_kind kind;
	const struct db_backend *backend;
	void *store; /* of the backend */
	char *url, *migrations;
	unsigned readers;
	int64_t busy_timeout_ms;
	atomic_bool reachable;

	pthread_mutex_t lock; /* of the members below */
	struct hash *by_row, *by_name;
	struct db_entry *entries, **entries_end;
	unsigned entry_count;
	struct db_idle {
		db_h *fn;
		void *arg;
	} idle[DB_IDLE_MAX];
	atomic_uint idle_count;

	void *slots[DB_SLOT_COUNT];
	struct db_journal *journal;
	struct db_listener *listener;
	struct metric *writes, *write_time, *group, *failures;
};

/* The declared entry; NULL and a log line when there is none. */
const struct db_entry *database_entry(struct database *database, const struct db_stmt *stmt);
/* Told by the backends after each attempt: logs the changes. */
void database_set_reachable(struct database *database, bool reachable, const char *why);
/* A failed statement: at most a few lines a second. */
void db_log_failure(const char *statement, const char *text);

/* Runs fn as (part of) a write on this connection; the error includes db->failed. */
int db_run_write(struct db *db, struct db_hooks *hooks, db_h *fn, void *arg);
void db_hooks_run(struct db_hooks *hooks);  /* after the commit; both empty them */
void db_hooks_drop(struct db_hooks *hooks); /* after a roll back */
/* One idle slice on this connection: *more is set when a function has more to do; error: the slice must be rolled back. */
int db_run_idle(struct db *db, struct db_hooks *hooks, bool *more);
/* True while this thread runs a write of this database (or its hooks). */
bool db_is_writing(const struct database *database);
void db_set_writing(const struct database *database); /* NULL: none */

int db_journal_open(struct database *database);
void db_journal_close(
	struct database *database); /* writes what it can, drops the rest with a log line */

int64_t db_real_ms(
	void); /* CLOCK_MONOTONIC, which tests do not turn: for waiting on the outside world */
void db_wait_ms(
	pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms); /* cond made by db_cond_init */
void db_cond_init(pthread_cond_t *cond);

/* Built in by the build: ends with a NULL name. */
extern const struct db_migration {
	const char *name, *text;
} db_migrations[];

#endif
