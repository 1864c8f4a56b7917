/* The PostgreSQL store: connections lent to threads, and the threads for asynchronous writes. */
#ifndef HOTLINE_PLATFORM_DB_PGSQL_STORE_H
#define HOTLINE_PLATFORM_DB_PGSQL_STORE_H

#include "db_pgsql.h"

struct pgsql_workers;

/* Connections of one use. Who waits longest gets the next one. */
struct pgsql_pool {
	pthread_mutex_t lock;
	struct pgsql_conn *free;
	struct pgsql_waiter *first, **end;
	unsigned opened, most;
};

struct pgsql_store {
	struct database *database;
	struct pgsql_pool write, read, apart; /* apart: for statements marked so */
	atomic_uint generation; /* rises when the server went away: older connections are dead */
	_Atomic int64_t down_until; /* db_real_ms: no attempt to connect before */
	pthread_rwlock_t
		gate; /* writes share it; one that is tried again after a conflict has it alone */
	struct pgsql_workers *workers;
};

/* A whole transaction with its hooks, tried again after conflicts. idle: one idle slice instead of fn; *more as db_run_idle. */
int pgsql_transaction(struct pgsql_store *s, db_h *fn, void *arg, bool *more);

/* Runs a statement marked apart for a write on `conn`. */
int pgsql_apart(struct pgsql_conn *conn, const struct db_entry *entry, const struct db_value *in,
	db_row_h *row, void *arg, int64_t *changed);

int pgsql_workers_start(struct pgsql_store *s);
void pgsql_workers_stop(struct pgsql_store *s); /* runs what waits first */
int pgsql_workers_add(struct pgsql_store *s, db_h *fn, db_done_h *done, void *arg);
void pgsql_workers_wake(struct pgsql_store *s); /* idle slices may have something to do */

#endif
