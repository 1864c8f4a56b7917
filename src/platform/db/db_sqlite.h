/* One SQLite connection. One thread at a time. */
#ifndef HOTLINE_PLATFORM_DB_SQLITE_H
#define HOTLINE_PLATFORM_DB_SQLITE_H

#include <sqlite3.h>
#include "db_internal.h"

struct sqlite_conn {
	struct db db; /* first */
	sqlite3 *handle;
	struct sqlite_conn *next;
	unsigned generation; /* of the file it was opened on */
	sqlite3_stmt *begin, *commit, *rollback, *savepoint, *release, *rollback_to; /* writer */
};

/* create: the file may be made. problem may be NULL. */
int sqlite_conn_open(struct sqlite_conn **connp, struct database *database, bool writer,
	bool create, char *problem, size_t size);
void sqlite_conn_close(struct sqlite_conn *conn);
int sqlite_conn_step(
	struct sqlite_conn *conn, sqlite3_stmt *stmt); /* a statement without rows; 0 or errno */
int sqlite_error(struct sqlite_conn *conn, int rc);    /* errno for a result code */

/* The functions of db_sqlite_backend that belong to a connection. */
int sqlite_prepare(struct db *db, const struct db_entry *entry, struct db_prepared **preparedp);
int sqlite_query(struct db *db, struct db_prepared *prepared, const struct db_value *in,
	db_row_h *row, void *arg, int64_t *changed);
int sqlite_script(struct db *db, const char *sql, char *problem, size_t size);
int sqlite_check(struct db *db, const struct db_entry *entry, char *problem, size_t size);
bool sqlite_is_null(const struct db_row *row, int column);
int64_t sqlite_get_int(const struct db_row *row, int column);
double sqlite_get_double(const struct db_row *row, int column);
const char *sqlite_get_text(const struct db_row *row, int column);
const void *sqlite_get_blob(const struct db_row *row, int column, size_t *size);

#endif
