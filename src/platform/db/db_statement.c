/* Running statements: values in, rows out, and what one write leaves behind. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "db_internal.h"
#include "log/log.h"
#include "utf8.h"

void db_log_failure(const char *statement, const char *text)
{
	static struct log_limit limit;

	if (log_allowed(&limit, 10))
		log_error("db", "statement failed", "statement", statement, "error", text, NULL);
}

static int take_value(struct db_value *v, char letter, va_list *ap)
{
	*v = (struct db_value){ .letter = letter };
	switch (letter) {
	case 'i':
		v->i = va_arg(*ap, int64_t);
		return 0;
	case 'n':
		v->i = va_arg(*ap, int64_t);
		v->null = v->i == 0;
		return 0;
	case 'd':
		v->d = va_arg(*ap, double);
		return 0;
	case 's':
		v->p = va_arg(*ap, const char *);
		v->null = !v->p;
		v->size = v->p ? strlen(v->p) : 0;
		return v->p && !utf8_is_text(v->p, v->size) ? EILSEQ : 0;
	case 'b':
		v->p = va_arg(*ap, const void *);
		v->size = va_arg(*ap, size_t);
		v->null = !v->p;
		return 0;
	default:
		return EINVAL;
	}
}

/* All values are taken from ap even after a bad one: the pointers for the results follow. */
static int take_values(struct db_value *values, const struct db_stmt *stmt, va_list *ap)
{
	int err = 0;

	for (int i = 0; stmt->in && stmt->in[i]; i++) {
		int bad;

		if (i == DB_VALUES_MAX)
			return EINVAL;
		bad = take_value(&values[i], stmt->in[i], ap);
		if (!err)
			err = bad;
	}
	return err;
}

static int64_t microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int run(struct db *db, const struct db_stmt *stmt, const struct db_value *values,
	db_row_h *row, void *arg, int64_t *changed)
{
	const struct db_backend *backend = db->database->backend;
	struct db_prepared *prepared = hash_get_id(db->prepared, (uintptr_t)stmt);
	const struct db_entry *entry;
	int64_t began;
	int err = 0;

	if (db->failed)
		return db->failed;
	if (!prepared) {
		entry = database_entry(db->database, stmt);
		err = entry ? backend->prepare(db, entry, &prepared) : EINVAL;
		if (err)
			return err;
	}
	entry = prepared->entry;
	began = microseconds();
	err = backend->query(db, prepared, values, row, arg, changed);
	metric_add(entry->count, 1);
	metric_add(entry->time, microseconds() - began);
	return err;
}

int db_exec(struct db *db, const struct db_stmt *stmt, int64_t *changed, ...)
{
	struct db_value values[DB_VALUES_MAX];
	int64_t count = 0;
	va_list ap;
	int err;

	va_start(ap, changed);
	err = take_values(values, stmt, &ap);
	va_end(ap);
	if (!err)
		err = run(db, stmt, values, NULL, NULL, &count);
	if (!err && changed)
		*changed = count;
	return err;
}

static int from_datum(struct db_value *v, char letter, const struct db_datum *d)
{
	*v = (struct db_value){ .letter = letter, .i = d->i, .d = d->d };
	if (letter == 's') {
		v->p = d->s;
		v->size = d->s ? strlen(d->s) : 0;
		v->null = !d->s;
		return d->s && !utf8_is_text(d->s, v->size) ? EILSEQ : 0;
	}
	v->null = letter == 'n' && !d->i;
	return letter == 'b' ? EINVAL : 0;
}

int db_exec_values(struct db *db, const struct db_stmt *stmt, int64_t *changed,
	const struct db_datum *data, size_t count)
{
	struct db_value values[DB_VALUES_MAX];
	int64_t rows = 0;
	int err = 0;

	if (count > DB_VALUES_MAX || count != strlen(stmt->in))
		return EINVAL;
	for (size_t i = 0; i < count && !err; i++)
		err = from_datum(&values[i], stmt->in[i], &data[i]);
	if (!err)
		err = run(db, stmt, values, NULL, NULL, &rows);
	if (!err && changed)
		*changed = rows;
	return err;
}

int db_each(struct db *db, const struct db_stmt *stmt, db_row_h *fn, void *arg, ...)
{
	struct db_value values[DB_VALUES_MAX];
	va_list ap;
	int err;

	va_start(ap, arg);
	err = take_values(values, stmt, &ap);
	va_end(ap);
	if (!err)
		err = run(db, stmt, values, fn, arg, NULL);
	return err == ECANCELED ? 0 : err;
}

/* The one row of db_get, kept until it is sure that it is the only one. */
struct get {
	const struct db_stmt *stmt;
	struct arena *arena;
	struct db_value columns[DB_VALUES_MAX];
	int rows;
};

static int keep_column(struct get *g, struct db_value *v, const struct db_row *row, int i)
{
	*v = (struct db_value){ .letter = g->stmt->out[i] };
	switch (v->letter) {
	case 'i':
	case 'n':
		v->i = db_row_int(row, i);
		return 0;
	case 'd':
		v->d = db_row_double(row, i);
		return 0;
	case 's':
		v->p = db_row_text(row, i);
		if (!v->p)
			return 0;
		if (!g->arena)
			return EINVAL;
		v->p = arena_strdup(g->arena, v->p);
		return v->p ? 0 : ENOMEM;
	default:
		v->p = db_row_blob(row, i, &v->size);
		if (!v->p)
			return 0;
		if (!g->arena)
			return EINVAL;
		v->p = arena_memdup(g->arena, v->p, v->size);
		return v->p ? 0 : ENOMEM;
	}
}

static int keep_row(const struct db_row *row, void *arg)
{
	struct get *g = arg;
	int err = 0;

	if (g->rows++)
		return EINVAL;
	for (int i = 0; g->stmt->out && g->stmt->out[i] && !err; i++)
		err = keep_column(g, &g->columns[i], row, i);
	return err;
}

static void give(const struct db_value *v, va_list *ap)
{
	switch (v->letter) {
	case 'i':
	case 'n':
		*va_arg(*ap, int64_t *) = v->i;
		break;
	case 'd':
		*va_arg(*ap, double *) = v->d;
		break;
	case 's':
		*va_arg(*ap, const char **) = v->p;
		break;
	default:
		*va_arg(*ap, const void **) = v->p;
		*va_arg(*ap, size_t *) = v->size;
		break;
	}
}

int db_get(struct db *db, struct arena *arena, const struct db_stmt *stmt, ...)
{
	struct db_value values[DB_VALUES_MAX];
	struct get g = { .stmt = stmt, .arena = arena };
	va_list ap;
	int err;

	va_start(ap, stmt);
	err = take_values(values, stmt, &ap);
	if (!err)
		err = run(db, stmt, values, keep_row, &g, NULL);
	if (err == EINVAL && g.rows > 1)
		db_log_failure(stmt->name, "more than one row");
	if (!err && !g.rows)
		err = ENOENT;
	for (int i = 0; !err && stmt->out && stmt->out[i]; i++)
		give(&g.columns[i], &ap);
	va_end(ap);
	return err;
}

int64_t db_row_int(const struct db_row *row, int column)
{
	return row->backend->get_int(row, column);
}

double db_row_double(const struct db_row *row, int column)
{
	return row->backend->get_double(row, column);
}

const char *db_row_text(const struct db_row *row, int column)
{
	return row->backend->get_text(row, column);
}

const void *db_row_blob(const struct db_row *row, int column, size_t *size)
{
	return row->backend->get_blob(row, column, size);
}

bool db_row_is_null(const struct db_row *row, int column)
{
	return row->backend->is_null(row, column);
}

int db_after_end(struct db *db, void (*commit)(void *arg), void (*rollback)(void *arg), void *arg)
{
	struct db_hooks *h = db->hooks;

	if (!h)
		return EINVAL;
	if (h->count == h->size) {
		size_t size = h->size ? h->size * 2 : 8;
		struct db_hook *items = realloc(h->items, size * sizeof(*items));

		if (!items)
			return ENOMEM;
		h->items = items;
		h->size = size;
	}
	h->items[h->count++] = (struct db_hook){ commit, rollback, arg };
	return 0;
}

int db_after_commit(struct db *db, void (*fn)(void *arg), void *arg)
{
	return db_after_end(db, fn, NULL, arg);
}

static void hooks_release(struct db_hooks *hooks)
{
	free(hooks->items);
	*hooks = (struct db_hooks){ 0 };
}

void db_hooks_run(struct db_hooks *hooks)
{
	for (size_t i = 0; i < hooks->count; i++)
		hooks->items[i].commit(hooks->items[i].arg);
	hooks_release(hooks);
}

void db_hooks_drop(struct db_hooks *hooks)
{
	for (size_t i = 0; i < hooks->count; i++) {
		if (hooks->items[i].rollback)
			hooks->items[i].rollback(hooks->items[i].arg);
	}
	hooks_release(hooks);
}

int db_run_write(struct db *db, struct db_hooks *hooks, db_h *fn, void *arg)
{
	int err;

	db->writes = true;
	db->failed = 0;
	db->hooks = hooks;
	err = fn(db, arg);
	if (!err)
		err = db->failed;
	db->writes = false;
	db->failed = 0;
	db->hooks = NULL;
	return err;
}

int db_run_idle(struct db *db, struct db_hooks *hooks, bool *more)
{
	struct database *d = db->database;
	struct db_idle idle[DB_IDLE_MAX];
	unsigned count;
	int err = 0;

	pthread_mutex_lock(&d->lock);
	count = d->idle_count;
	memcpy(idle, d->idle, sizeof(idle));
	pthread_mutex_unlock(&d->lock);
	*more = false;
	for (unsigned i = 0; i < count && !err; i++) {
		int failed;

		db->writes = true;
		db->failed = 0;
		db->hooks = hooks;
		err = idle[i].fn(db, idle[i].arg);
		failed = db->failed;
		db->writes = false;
		db->failed = 0;
		db->hooks = NULL;
		if (err == EAGAIN && !failed) {
			*more = true;
			err = 0;
		}
		if (failed)
			err = failed;
	}
	return err;
}
