/* One SQLite connection: settings, statements, errors. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "db_sqlite.h"

#define SQLITE_CACHE_KIB "65536" /* of the writer; limits measured with it */

struct sqlite_prepared {
	struct db_prepared base; /* first */
	sqlite3_stmt *stmt;
	bool busy;                 /* a row function of it is running */
	int places[DB_VALUES_MAX]; /* of $1, $2 ...: SQLite numbers them by first appearance */
};

static const char *const pragmas_writer = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
					  "PRAGMA wal_autocheckpoint=4000; PRAGMA foreign_keys=ON;"
					  "PRAGMA journal_size_limit=67108864;"
					  "PRAGMA cache_size=-" SQLITE_CACHE_KIB ";";
static const char *const pragmas_reader = "PRAGMA query_only=ON; PRAGMA cache_size=-8192;";

int sqlite_error(struct sqlite_conn *conn, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_CONSTRAINT:
		rc = sqlite3_extended_errcode(conn->handle);
		return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
				       rc == SQLITE_CONSTRAINT_ROWID
			       ? EEXIST
			       : EINVAL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_FULL:
		return EAGAIN;
	case SQLITE_READONLY: /* a write in db_read, or the file was taken away */
		return sqlite3_extended_errcode(conn->handle) == SQLITE_READONLY_DBMOVED ? EAGAIN
											 : EINVAL;
	case SQLITE_NOMEM:
		return ENOMEM;
	case SQLITE_ERROR:
	case SQLITE_RANGE:
	case SQLITE_MISMATCH:
	case SQLITE_MISUSE:
		return EINVAL;
	default:
		return EIO;
	}
}

static int run_sql(struct sqlite_conn *c, const char *sql, char *problem, size_t size)
{
	char *text = NULL;
	int rc = sqlite3_exec(c->handle, sql, NULL, NULL, &text);
	int err = sqlite_error(c, rc);

	if (err && problem)
		snprintf(problem, size, "%s", text ? text : sqlite3_errstr(rc));
	sqlite3_free(text);
	return err;
}

static int prepare_fixed(struct sqlite_conn *c)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} fixed[] = {
		{ &c->begin, "BEGIN IMMEDIATE" },
		{ &c->commit, "COMMIT" },
		{ &c->rollback, "ROLLBACK" },
		{ &c->savepoint, "SAVEPOINT caller" },
		{ &c->release, "RELEASE caller" },
		{ &c->rollback_to, "ROLLBACK TO caller" },
	};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		int rc = sqlite3_prepare_v3(c->handle, fixed[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
			fixed[i].stmt, NULL);

		if (rc)
			return sqlite_error(c, rc);
	}
	return 0;
}

int sqlite_conn_open(struct sqlite_conn **connp, struct database *database, bool writer,
	bool create, char *problem, size_t size)
{
	const char *path = database->url + strlen("sqlite:");
	int flags = SQLITE_OPEN_NOMUTEX | (writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
		    (create ? SQLITE_OPEN_CREATE : 0);
	struct sqlite_conn *c = calloc(1, sizeof(*c));
	int rc, err = ENOMEM;

	if (!c)
		return ENOMEM;
	c->db.database = database;
	c->db.prepared = hash_create();
	if (!c->db.prepared)
		goto out;
	rc = sqlite3_open_v2(path, &c->handle, flags, NULL);
	if (rc) {
		if (problem)
			snprintf(problem, size, "%s: %s", path,
				c->handle ? sqlite3_errmsg(c->handle) : sqlite3_errstr(rc));
		err = c->handle ? sqlite_error(c, rc) : ENOMEM;
		goto out;
	}
	sqlite3_extended_result_codes(c->handle, 1);
	sqlite3_busy_timeout(c->handle, (int)database->busy_timeout_ms);
	err = run_sql(c, writer ? pragmas_writer : pragmas_reader, problem, size);
	if (!err && writer)
		err = prepare_fixed(c);
out:
	if (err)
		sqlite_conn_close(c);
	else
		*connp = c;
	return err;
}

static void prepared_free(void *value, void *arg)
{
	struct sqlite_prepared *p = value;

	(void)arg;
	sqlite3_finalize(p->stmt);
	free(p);
}

void sqlite_conn_close(struct sqlite_conn *c)
{
	if (!c)
		return;
	if (c->db.prepared)
		hash_each(c->db.prepared, prepared_free, NULL);
	hash_free(c->db.prepared);
	sqlite3_finalize(c->begin);
	sqlite3_finalize(c->commit);
	sqlite3_finalize(c->rollback);
	sqlite3_finalize(c->savepoint);
	sqlite3_finalize(c->release);
	sqlite3_finalize(c->rollback_to);
	sqlite3_close(c->handle);
	free(c);
}

int sqlite_conn_step(struct sqlite_conn *c, sqlite3_stmt *stmt)
{
	int err = sqlite_error(c, sqlite3_step(stmt));

	sqlite3_reset(stmt);
	return err;
}

/* Compiles the text and finds the places of its values. */
static int compile(struct sqlite_conn *c, const struct db_entry *entry, struct sqlite_prepared *p,
	unsigned flags)
{
	int rc = sqlite3_prepare_v3(c->handle, entry->sql, -1, flags, &p->stmt, NULL);

	if (rc)
		return sqlite_error(c, rc);
	if (!p->stmt)
		return EINVAL;
	for (int i = 0; i < entry->ins; i++) {
		char name[16];

		snprintf(name, sizeof(name), "$%d", i + 1);
		p->places[i] = sqlite3_bind_parameter_index(p->stmt, name);
		if (!p->places[i])
			return EINVAL;
	}
	return sqlite3_column_count(p->stmt) < entry->outs ? EINVAL : 0;
}

int sqlite_prepare(struct db *db, const struct db_entry *entry, struct db_prepared **preparedp)
{
	struct sqlite_conn *c = (struct sqlite_conn *)db;
	struct sqlite_prepared *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return ENOMEM;
	p->base.entry = entry;
	err = compile(c, entry, p, SQLITE_PREPARE_PERSISTENT);
	if (err) {
		db_log_failure(entry->stmt->name, p->stmt ? "values or columns missing in the text"
							  : sqlite3_errmsg(c->handle));
		if (db->writes)
			db->failed = err;
	} else {
		err = hash_set_id(db->prepared, (uintptr_t)entry->stmt, p);
	}
	if (err)
		prepared_free(p, NULL);
	else
		*preparedp = &p->base;
	return err;
}

static int bind(const struct sqlite_prepared *p, const struct db_value *in, int count)
{
	int rc = 0;

	for (int i = 0; i < count && !rc; i++) {
		int at = p->places[i];

		if (in[i].null)
			rc = sqlite3_bind_null(p->stmt, at);
		else if (in[i].letter == 'i' || in[i].letter == 'n')
			rc = sqlite3_bind_int64(p->stmt, at, in[i].i);
		else if (in[i].letter == 'd')
			rc = sqlite3_bind_double(p->stmt, at, in[i].d);
		else if (in[i].letter == 's')
			rc = sqlite3_bind_text64(
				p->stmt, at, in[i].p, in[i].size, SQLITE_STATIC, SQLITE_UTF8);
		else
			rc = sqlite3_bind_blob64(p->stmt, at, in[i].p, in[i].size, SQLITE_STATIC);
	}
	return rc;
}

/* Steps to the end. A row function's error ends it early. */
static int step_all(struct sqlite_conn *c, struct sqlite_prepared *p, db_row_h *row, void *arg)
{
	struct db_row r = { .backend = &db_sqlite_backend, .result = p->stmt };
	int rc, err;

	while ((rc = sqlite3_step(p->stmt)) == SQLITE_ROW) {
		err = row ? row(&r, arg) : 0;
		if (err)
			return err;
	}
	err = sqlite_error(c, rc);
	if (!err)
		return 0;
	if (err == EINVAL || err == EIO)
		db_log_failure(p->base.entry->stmt->name, sqlite3_errmsg(c->handle));
	if (c->db.writes)
		c->db.failed = err;
	return err;
}

int sqlite_query(struct db *db, struct db_prepared *prepared, const struct db_value *in,
	db_row_h *row, void *arg, int64_t *changed)
{
	struct sqlite_conn *c = (struct sqlite_conn *)db;
	struct sqlite_prepared *p = (struct sqlite_prepared *)prepared, second;
	int err;

	if (p->busy) { /* run again from its own row function */
		second = (struct sqlite_prepared){ .base = p->base };
		err = compile(c, p->base.entry, &second, 0);
		if (err)
			return err;
		p = &second;
	}
	err = sqlite_error(c, bind(p, in, p->base.entry->ins));
	if (!err) {
		p->busy = true;
		err = step_all(c, p, row, arg);
		p->busy = false;
	}
	if (changed && !err)
		*changed = sqlite3_stmt_readonly(p->stmt) ? 0 : sqlite3_changes64(c->handle);
	sqlite3_reset(p->stmt);
	if (p == &second)
		sqlite3_finalize(p->stmt);
	return err;
}

int sqlite_script(struct db *db, const char *sql, char *problem, size_t size)
{
	struct sqlite_conn *c = (struct sqlite_conn *)db;
	int err = run_sql(c, sql, problem, size);

	if (err && db->writes)
		db->failed = err;
	return err;
}

int sqlite_check(struct db *db, const struct db_entry *entry, char *problem, size_t size)
{
	struct sqlite_conn *c = (struct sqlite_conn *)db;
	struct sqlite_prepared p = { .base.entry = entry };
	int err = compile(c, entry, &p, 0);

	if (!p.stmt) {
		snprintf(problem, size, "%s: %s", entry->stmt->name, sqlite3_errmsg(c->handle));
		err = EINVAL;
	} else if (err || sqlite3_bind_parameter_count(p.stmt) != entry->ins ||
		   sqlite3_column_count(p.stmt) != entry->outs) {
		snprintf(problem, size,
			"%s: the text has %d values and %d columns, declared are %d and %d",
			entry->stmt->name, sqlite3_bind_parameter_count(p.stmt),
			sqlite3_column_count(p.stmt), entry->ins, entry->outs);
		err = EINVAL;
	}
	sqlite3_finalize(p.stmt);
	return err;
}

bool sqlite_is_null(const struct db_row *row, int column)
{
	return sqlite3_column_type(row->result, column) == SQLITE_NULL;
}

int64_t sqlite_get_int(const struct db_row *row, int column)
{
	return sqlite3_column_int64(row->result, column);
}

double sqlite_get_double(const struct db_row *row, int column)
{
	return sqlite3_column_double(row->result, column);
}

const char *sqlite_get_text(const struct db_row *row, int column)
{
	return (const char *)sqlite3_column_text(row->result, column);
}

const void *sqlite_get_blob(const struct db_row *row, int column, size_t *size)
{
	const void *p = sqlite3_column_blob(row->result, column);
	bool null = sqlite_is_null(row, column);

	*size = (size_t)sqlite3_column_bytes(row->result, column);
	return p || null ? p : ""; /* an empty blob is not NULL */
}
