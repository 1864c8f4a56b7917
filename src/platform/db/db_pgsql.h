/* One PostgreSQL connection. One thread at a time. */
#ifndef HOTLINE_PLATFORM_DB_PGSQL_H
#define HOTLINE_PLATFORM_DB_PGSQL_H

#include <libpq-fe.h>
#include "db_internal.h"

struct pgsql_conn {
	struct db db; /* first */
	PGconn *pg;
	struct pgsql_conn *next;
	enum pgsql_use { PGSQL_WRITE, PGSQL_READ, PGSQL_APART } use;
	bool conflict;       /* the transaction failed because of another one: worth trying again */
	unsigned done;       /* statements that succeeded since it was taken from the pool */
	unsigned generation; /* see struct pgsql_store */
};

/* EAGAIN when the server cannot be reached; problem (may be NULL) receives libpq's words. */
int pgsql_conn_open(struct pgsql_conn **connp, struct database *database, enum pgsql_use use,
	char *problem, size_t size);
void pgsql_conn_close(struct pgsql_conn *conn);
bool pgsql_conn_is_bad(const struct pgsql_conn *conn);
int pgsql_conn_run(
	struct pgsql_conn *conn, const char *sql); /* a simple query without values or rows */

/* The functions of db_pgsql_backend that belong to a connection. */
int pgsql_prepare(struct db *db, const struct db_entry *entry, struct db_prepared **preparedp);
int pgsql_query(struct db *db, struct db_prepared *prepared, const struct db_value *in,
	db_row_h *row, void *arg, int64_t *changed);
int pgsql_script(struct db *db, const char *sql, char *problem, size_t size);
int pgsql_check(struct db *db, const struct db_entry *entry, char *problem, size_t size);
bool pgsql_is_null(const struct db_row *row, int column);
int64_t pgsql_get_int(const struct db_row *row, int column);
double pgsql_get_double(const struct db_row *row, int column);
const char *pgsql_get_text(const struct db_row *row, int column);
const void *pgsql_get_blob(const struct db_row *row, int column, size_t *size);

#endif
