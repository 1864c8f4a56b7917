/* One statement at a time into the database's journal, with copies of its values. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "interaction/journal.h"
#include "log/log.h"

#define JOURNAL_VALUES 32

struct entry {
	const struct db_stmt *stmt;
	struct db_datum values[JOURNAL_VALUES];
	size_t count;
	struct event event; /* type NULL: none; its strings are constants, its JSON is kept here */
	char json[128];
	char text[];
};

static struct database *database;

void journal_start(struct database *to)
{
	database = to;
}

static int run(struct db *db, void *arg)
{
	struct entry *e = arg;
	struct event event = e->event;
	int err = db_exec_values(db, e->stmt, NULL, e->values, e->count);

	event.json = e->json[0] ? e->json : NULL;
	return err || !event.type ? err : event_add(db, &event);
}

static size_t text_size(const char *letters, va_list ap)
{
	size_t size = 0;

	for (; *letters; letters++) {
		const char *s;

		if (*letters == 'd') {
			(void)va_arg(ap, double);
		} else if (*letters == 's') {
			s = va_arg(ap, const char *);
			size += s ? strlen(s) + 1 : 0;
		} else {
			(void)va_arg(ap, int64_t);
		}
	}
	return size;
}

static void fill(struct entry *e, va_list ap)
{
	char *at = e->text;

	for (const char *letter = e->stmt->in; *letter; letter++) {
		struct db_datum *v = &e->values[e->count++];
		const char *s;

		if (*letter == 'd') {
			v->d = va_arg(ap, double);
		} else if (*letter == 's') {
			s = va_arg(ap, const char *);
			if (!s)
				continue;
			v->s = strcpy(at, s);
			at += strlen(s) + 1;
		} else {
			v->i = va_arg(ap, int64_t);
		}
	}
}

static void post(const struct event *event, const struct db_stmt *stmt, va_list ap)
{
	va_list again;
	struct entry *e = NULL;

	va_copy(again, ap);
	if (database && strlen(stmt->in) <= JOURNAL_VALUES)
		e = calloc(1, sizeof(*e) + text_size(stmt->in, ap));
	if (e) {
		e->stmt = stmt;
		fill(e, again);
		if (event) {
			e->event = *event;
			snprintf(e->json, sizeof(e->json), "%s", event->json ? event->json : "");
		}
		if (!db_journal(database, run, free, e))
			e = NULL;
	} else {
		log_error("interaction", "journal entry lost", "statement", stmt->name, NULL);
	}
	if (e) {
		log_error("interaction", "journal is full, entry lost", "statement", stmt->name,
			NULL);
		free(e);
	}
	va_end(again);
}

void journal_write(const struct db_stmt *stmt, ...)
{
	va_list ap;

	va_start(ap, stmt);
	post(NULL, stmt, ap);
	va_end(ap);
}

void journal_write_with(const struct event *event, const struct db_stmt *stmt, ...)
{
	va_list ap;

	va_start(ap, stmt);
	post(event, stmt, ap);
	va_end(ap);
}
