/* The database: one API for SQLite and PostgreSQL. Only db/ knows their headers.
 *
 * Every statement is a row of a table that a module hands to its module row. Texts serve both databases; values are
 * $1, $2 ... and bound by number, at most 64 of them, as many columns. Differences that cannot be avoided: .sqlite / .postgres override .sql.
 * Letters of .in and .out:  i int64_t   d double   s text (const char *, NULL is SQL NULL)
 *                           n int64_t where 0 is SQL NULL   b blob (const void *, size_t)
 *
 * Threads: db_read, db_write, db_write_async may be called from any thread. struct db belongs to the function it was
 * handed to and dies with it. Errors: ENOENT no row, EEXIST unique key hurt, EAGAIN database not reachable or busy (try
 * again), EILSEQ text that is not UTF-8 or holds NUL, EINVAL a programming mistake (logged), EIO anything else (logged).
 *
 * A write whose statement failed in the database (EEXIST, EAGAIN, EIO, a refused value) can only be rolled back, on both
 * databases alike: later statements give the same error, and a fn that returns 0 nevertheless is rolled back with it.
 * Where a row may be there already, say so in the statement (ON CONFLICT). Writes see each other as if they ran one after
 * the other (SQLite: they do; PostgreSQL: serializable, tried again when the server says so). EAGAIN of a write whose
 * connection broke during the commit may have been written: what is tried again must carry its own ids (then the second
 * time is EEXIST) or an idempotency key.
 */
#ifndef HOTLINE_PLATFORM_DB_H
#define HOTLINE_PLATFORM_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arena.h"

struct database; /* the store and its threads */
struct db;       /* one connection inside one read or write */
struct db_row;

struct db_stmt {
	const char *name; /* "ticket.by_id", unique */
	const char *in;   /* one letter per value, "" for none */
	const char *out;  /* one letter per column, "" for none */
	const char *sql;
	const char *sqlite, *postgres; /* instead of .sql on that one */
	/* A counter that every write of a kind takes from ("T20261121-0012"): on PostgreSQL it runs in a transaction of its own, so
	 * that writes do not queue up for the row. What it took stays taken when the write is rolled back. One statement that reads
	 * and changes nothing else of this write. */
	bool apart;
};

struct db_config {
	const char *url;         /* sqlite:path or postgresql://... */
	unsigned readers;        /* connections for db_read; 0: as many as cores */
	const char *migrations;  /* NULL: those built in */
	int64_t busy_timeout_ms; /* 0: 5000 */
};

enum db_kind { DB_SQLITE, DB_POSTGRES };

/* Opens; does not migrate. problem receives a sentence on error. */
int database_open(
	struct database **dbp, const struct db_config *config, char *problem, size_t size);
void database_close(struct database *database); /* waits for writes under way */
enum db_kind database_kind(const struct database *database);
/* Registers statements; each is prepared when first used. Call before the first read or write. */
int database_declare(struct database *database, const struct db_stmt *statements);
/* Prepares every declared statement; the first failure's text goes to problem. */
int database_check(struct database *database, char *problem, size_t size);
/* Brings the schema to the newest version under a lock. migrated: how many files ran. */
int database_migrate(struct database *database, unsigned *migrated, char *problem, size_t size);
bool database_is_reachable(
	const struct database *database); /* for /readyz and the banner on the screens */

/* Pointers that other parts of the platform leave here to be found again inside a transaction. Set at start. */
enum db_slot { DB_SLOT_EVENTS, DB_SLOT_JOBS, DB_SLOT_COUNT };
void database_attach(struct database *database, enum db_slot slot, void *pointer);

typedef int(db_h)(struct db *db, void *arg); /* 0: commit; errno: roll back */
typedef void(db_done_h)(int err, void *arg);

/* Runs fn with a reading connection, on this thread. Sees committed data. Statements that write fail. */
int db_read(struct database *database, db_h *fn, void *arg);
/* Runs fn in a write transaction and returns when it is durable. SQLite: fn runs on the writer thread, in a savepoint
 * of a group commit; PostgreSQL: on this thread. fn may run again after a serialisation failure: no side effects but rows.
 * EDEADLK when called from inside a write or its after-commit function. */
int db_write(struct database *database, db_h *fn, void *arg);
/* The same without waiting; done runs on a thread of the database after commit or roll back, and must not block. */
int db_write_async(struct database *database, db_h *fn, db_done_h *done, void *arg);

/* Journal: writes that must happen, in order, even when the database is gone for a while (calls in progress). fn is tried
 * again with growing pauses while it fails with EAGAIN; another error is logged and the entry is dropped. release(arg) follows
 * each entry. Any thread, never blocks. ENOMEM or ENOSPC (over 100,000 waiting). */
int db_journal(struct database *database, db_h *fn, void (*release)(void *arg), void *arg);
size_t db_journal_waiting(const struct database *database);

/* Work for idle slices (full text): fn is called when no writes wait, at the latest every 200 ms while they keep coming, in a
 * transaction of its own that is committed when fn returns 0 (nothing more to do) or EAGAIN (more is waiting: it is called again
 * soon). Short: it delays the writes behind it. Called after writes of this process and once at start. At most 8; ENOSPC. */
int database_on_idle(struct database *database, db_h *fn, void *arg);

/* Messages between nodes. PostgreSQL: LISTEN / NOTIFY; payload under 8000 bytes; the sender hears itself too. With SQLite there
 * is one node: db_notify does nothing. fn runs on the database's listening thread; payload NULL: the connection was lost and is
 * back, messages may be missing. One listener. */
typedef void(db_notify_h)(const char *payload, void *arg);
int database_listen(struct database *database, db_notify_h *fn, void *arg);
void database_unlisten(struct database *database); /* no call is under way afterwards */
int db_notify(struct db *db, const char *payload); /* in a write; sent with the commit */

enum db_kind db_kind_of(const struct db *db);
struct database *db_database(const struct db *db);
void *db_attached(const struct db *db, enum db_slot slot);
/* Runs after this transaction has committed (not after a roll back), on the thread that committed. */
int db_after_commit(struct db *db, void (*fn)(void *arg), void *arg);
/* The same for an arg that must be released: exactly one of the two runs. */
int db_after_end(struct db *db, void (*commit)(void *arg), void (*rollback)(void *arg), void *arg);

/* Executes; *changed (may be NULL) gets the number of rows. Values follow, one per letter of in. */
int db_exec(struct db *db, const struct db_stmt *stmt, int64_t *changed, ...);
/* The same with the values in an array, for those who had to keep them: .i for the letters i and n, .d, .s; no blobs.
 * count must be the number of letters. */
struct db_datum {
	int64_t i;
	double d;
	const char *s;
};
int db_exec_values(struct db *db, const struct db_stmt *stmt, int64_t *changed,
	const struct db_datum *data, size_t count);
/* One row: values, then for each letter of out a pointer (int64_t *, double *, const char ** in `arena`; a blob takes
 * const void ** and size_t *). ENOENT when there is none; more rows than one are an error (EINVAL). */
int db_get(struct db *db, struct arena *arena, const struct db_stmt *stmt, ...);
/* Every row goes to fn, which may stop with an error (ECANCELED stops without one). */
typedef int(db_row_h)(const struct db_row *row, void *arg);
int db_each(struct db *db, const struct db_stmt *stmt, db_row_h *fn, void *arg, ...);
/* Columns from 0. Text stays valid until fn returns; NULL is 0, 0.0 or NULL. */
int64_t db_row_int(const struct db_row *row, int column);
double db_row_double(const struct db_row *row, int column);
const char *db_row_text(const struct db_row *row, int column);
const void *db_row_blob(const struct db_row *row, int column, size_t *size);
bool db_row_is_null(const struct db_row *row, int column);

#endif
