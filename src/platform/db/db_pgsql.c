/* One PostgreSQL connection: settings, statements, errors. */
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "db_pgsql_store.h"

/* Types of values by letter, so that the server never has to guess (oids of pg_type). */
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701 };

struct pgsql_prepared {
	struct db_prepared base; /* first */
	char name[16];
};

static const struct {
	const char *state; /* SQLSTATE or the beginning of it; the first that fits */
	int err;
} states[] = {
	{ "23505", EEXIST },
	{ "22021", EILSEQ },
	{ "08", EAGAIN },
	{ "40", EAGAIN },
	{ "53", EAGAIN },
	{ "55P03", EAGAIN },
	{ "57", EAGAIN },
	{ "58", EAGAIN },
	{ "22", EINVAL },
	{ "23", EINVAL },
	{ "25", EINVAL },
	{ "42", EINVAL },
	{ "0A", EINVAL },
	{ "54", EINVAL },
};

bool pgsql_conn_is_bad(const struct pgsql_conn *c)
{
	return PQstatus(c->pg) != CONNECTION_OK;
}

static int result_error(struct pgsql_conn *c, const PGresult *r)
{
	ExecStatusType status = PQresultStatus(r);
	const char *state;

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
		return 0;
	if (pgsql_conn_is_bad(c))
		return EAGAIN;
	state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (!state)
		return r ? EIO : ENOMEM;
	if (!strcmp(state, "40001") || !strcmp(state, "40P01"))
		c->conflict = true;
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		if (!strncmp(state, states[i].state, strlen(states[i].state)))
			return states[i].err;
	}
	return EIO;
}

static const char *result_text(struct pgsql_conn *c, const PGresult *r)
{
	const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	return text ? text : PQerrorMessage(c->pg);
}

/* Writes must come out as on SQLite, one after the other; reads need no promise about each other. What runs apart reaches the
 * disk with the write it belongs to, which commits later. */
static const char *const settings[] = {
	[PGSQL_WRITE] = "SET jit = off; SET default_transaction_isolation = 'serializable'",
	[PGSQL_READ] = "SET jit = off; SET default_transaction_read_only = on",
	[PGSQL_APART] = "SET jit = off; SET synchronous_commit = off",
};

static void ignore_notice(void *arg, const PGresult *r)
{
	(void)arg;
	(void)r;
}

int pgsql_conn_open(struct pgsql_conn **connp, struct database *database, enum pgsql_use use,
	char *problem, size_t size)
{
	/* What the URL says comes last and wins. */
	const char *const names[] = { "application_name", "connect_timeout", "tcp_user_timeout",
		"keepalives_idle", "client_encoding", "dbname", NULL };
	const char *const values[] = { "hotline", "3", "10000", "10", "UTF8", database->url, NULL };
	struct pgsql_conn *c = calloc(1, sizeof(*c));
	int err = ENOMEM;

	if (!c)
		return ENOMEM;
	c->db.database = database;
	c->use = use;
	c->db.prepared = hash_create();
	if (c->db.prepared)
		c->pg = PQconnectdbParams(names, values, 1);
	if (c->pg) {
		PQsetNoticeReceiver(c->pg, ignore_notice, NULL);
		err = pgsql_conn_is_bad(c) ? EAGAIN : 0;
	}
	if (!err)
		err = pgsql_conn_run(c, settings[use]);
	if (err) {
		if (problem)
			snprintf(problem, size, "%s",
				c->pg ? PQerrorMessage(c->pg) : "out of memory");
		pgsql_conn_close(c);
	} else {
		*connp = c;
	}
	return err;
}

static void prepared_free(void *value, void *arg)
{
	(void)arg;
	free(value);
}

void pgsql_conn_close(struct pgsql_conn *c)
{
	if (!c)
		return;
	if (c->db.prepared)
		hash_each(c->db.prepared, prepared_free, NULL);
	hash_free(c->db.prepared);
	PQfinish(c->pg);
	free(c);
}

int pgsql_conn_run(struct pgsql_conn *c, const char *sql)
{
	PGresult *r = PQexec(c->pg, sql);
	int err = result_error(c, r);

	PQclear(r);
	return err;
}

static unsigned type_of(char letter)
{
	return letter == 's'   ? OID_TEXT
	       : letter == 'd' ? OID_FLOAT8
	       : letter == 'b' ? OID_BYTEA
			       : OID_INT8;
}

static PGresult *send_prepare(struct pgsql_conn *c, const struct db_entry *entry, const char *name)
{
	Oid types[DB_VALUES_MAX];

	for (int i = 0; i < entry->ins; i++)
		types[i] = type_of(entry->stmt->in[i]);
	return PQprepare(c->pg, name, entry->sql, entry->ins, types);
}

static int fail(struct pgsql_conn *c, const char *statement, const PGresult *r, int err)
{
	if (err == EINVAL || err == EIO || err == EILSEQ)
		db_log_failure(statement, result_text(c, r));
	if (c->db.writes)
		c->db.failed = err;
	return err;
}

int pgsql_prepare(struct db *db, const struct db_entry *entry, struct db_prepared **preparedp)
{
	struct pgsql_conn *c = (struct pgsql_conn *)db;
	struct pgsql_prepared *p = calloc(1, sizeof(*p));
	PGresult *r;
	int err;

	if (!p)
		return ENOMEM;
	p->base.entry = entry;
	snprintf(p->name, sizeof(p->name), "s%u", entry->number);
	r = send_prepare(c, entry, p->name);
	err = result_error(c, r);
	if (err)
		err = fail(c, entry->stmt->name, r, err);
	else
		err = hash_set_id(db->prepared, (uintptr_t)entry->stmt, p);
	PQclear(r);
	if (err)
		free(p);
	else
		*preparedp = &p->base;
	return err;
}

/* Values as the server wants them: numbers in network byte order. */
struct parameters {
	const char *values[DB_VALUES_MAX];
	int lengths[DB_VALUES_MAX], formats[DB_VALUES_MAX];
	uint64_t numbers[DB_VALUES_MAX];
};

static int fill(struct parameters *p, const struct db_value *in, int count)
{
	for (int i = 0; i < count; i++) {
		uint64_t n = (uint64_t)in[i].i;

		p->formats[i] = in[i].letter != 's';
		p->lengths[i] = 8;
		p->values[i] = (const char *)&p->numbers[i];
		if (in[i].null) {
			p->values[i] = NULL;
		} else if (in[i].letter == 's' || in[i].letter == 'b') {
			if (in[i].size > INT32_MAX)
				return EMSGSIZE;
			p->values[i] = in[i].p;
			p->lengths[i] = (int)in[i].size;
		} else if (in[i].letter == 'd') {
			memcpy(&n, &in[i].d, sizeof(n));
		}
		p->numbers[i] = htobe64(n);
	}
	return 0;
}

static int walk(PGresult *r, db_row_h *row, void *arg)
{
	struct arena *blobs = NULL;
	struct db_row line = { .backend = &db_pgsql_backend, .result = r, .blobs = &blobs };
	int count = PQntuples(r), err = 0;

	for (line.line = 0; line.line < count && !err; line.line++) {
		err = row(&line, arg);
		if (blobs)
			arena_reset(blobs);
	}
	arena_free(blobs);
	return err;
}

int pgsql_query(struct db *db, struct db_prepared *prepared, const struct db_value *in,
	db_row_h *row, void *arg, int64_t *changed)
{
	struct pgsql_conn *c = (struct pgsql_conn *)db;
	const struct db_entry *entry = prepared->entry;
	struct parameters p;
	PGresult *r;
	int err;

	if (entry->stmt->apart && c->use == PGSQL_WRITE)
		return pgsql_apart(c, entry, in, row, arg, changed);
	err = fill(&p, in, entry->ins);
	if (err)
		return err;
	r = PQexecPrepared(c->pg, ((struct pgsql_prepared *)prepared)->name, entry->ins, p.values,
		p.lengths, p.formats, 0);
	err = result_error(c, r);
	if (err) {
		err = fail(c, entry->stmt->name, r, err);
	} else {
		c->done++;
		if (changed)
			*changed = strtoll(PQcmdTuples(r), NULL, 10);
		if (row && PQnfields(r) < entry->outs) {
			db_log_failure(entry->stmt->name, "columns missing in the text");
			err = EINVAL;
		} else if (row) {
			err = walk(r, row, arg);
		}
	}
	PQclear(r);
	return err;
}

int pgsql_script(struct db *db, const char *sql, char *problem, size_t size)
{
	struct pgsql_conn *c = (struct pgsql_conn *)db;
	PGresult *r = PQexec(c->pg, sql);
	int err = result_error(c, r);

	if (err) {
		snprintf(problem, size, "%s", result_text(c, r));
		if (db->writes)
			db->failed = err;
	}
	PQclear(r);
	return err;
}

/* True when $1 ... $count all stand in the text and nothing beyond: the server would not complain about too few. */
static bool has_values(const char *sql, int count)
{
	bool seen[DB_VALUES_MAX + 1] = { false };
	int found = 0;

	for (; *sql; sql++) {
		long n;

		if (*sql == '\'') { /* a text of the statement */
			sql += 1 + strcspn(sql + 1, "'");
			if (!*sql)
				break;
			continue;
		}
		if (*sql != '$' || !isdigit((unsigned char)sql[1]))
			continue;
		n = strtol(sql + 1, NULL, 10);
		if (n < 1 || n > count)
			return false;
		found += !seen[n];
		seen[n] = true;
	}
	return found == count;
}

int pgsql_check(struct db *db, const struct db_entry *entry, char *problem, size_t size)
{
	struct pgsql_conn *c = (struct pgsql_conn *)db;
	PGresult *r = send_prepare(c, entry, "");
	int err = result_error(c, r), columns = 0;

	if (err)
		snprintf(problem, size, "%s: %s", entry->stmt->name, result_text(c, r));
	PQclear(r);
	if (err)
		return err;
	r = PQdescribePrepared(c->pg, "");
	err = result_error(c, r);
	if (err)
		snprintf(problem, size, "%s: %s", entry->stmt->name, result_text(c, r));
	else
		columns = PQnfields(r);
	PQclear(r);
	if (!err && (columns != entry->outs || !has_values(entry->sql, entry->ins))) {
		snprintf(problem, size,
			"%s: the text has %d columns, declared are %d; or its values are not $1 to "
			"$%d",
			entry->stmt->name, columns, entry->outs, entry->ins);
		err = EINVAL;
	}
	return err;
}

bool pgsql_is_null(const struct db_row *row, int column)
{
	return PQgetisnull(row->result, row->line, column);
}

int64_t pgsql_get_int(const struct db_row *row, int column)
{
	const char *s = PQgetvalue(row->result, row->line, column);

	return *s == 't' ? 1
			 : strtoll(s, NULL,
				   10); /* a comparison answers t or f, where SQLite says 1 or 0 */
}

double pgsql_get_double(const struct db_row *row, int column)
{
	return strtod(PQgetvalue(row->result, row->line, column), NULL);
}

const char *pgsql_get_text(const struct db_row *row, int column)
{
	return pgsql_is_null(row, column) ? NULL : PQgetvalue(row->result, row->line, column);
}

const void *pgsql_get_blob(const struct db_row *row, int column, size_t *size)
{
	unsigned char *plain;
	const void *copy = NULL;

	*size = 0;
	if (pgsql_is_null(row, column))
		return NULL;
	plain = PQunescapeBytea((unsigned char *)PQgetvalue(row->result, row->line, column), size);
	if (!*row->blobs)
		*row->blobs = arena_create((size_t)1 << 30);
	if (plain && *row->blobs)
		copy = arena_memdup(*row->blobs, plain, *size);
	PQfreemem(plain);
	return copy;
}
