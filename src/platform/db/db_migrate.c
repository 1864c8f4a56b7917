/* Brings the schema to the newest version. The rules for the files: migration_rules.md. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "buf.h"
#include "clock/clock.h"
#include "db_internal.h"
#include "db_migrate.h"
#include "log/log.h"

#define SCRIPT_MAX ((size_t)4 << 20)

static const struct db_stmt statements[] = {
	{ .name = "migration.newest",
		.in = "",
		.out = "i",
		.sql = "SELECT COALESCE(MAX(version), 0) FROM schema_migration" },
	{ .name = "migration.find",
		.in = "i",
		.out = "i",
		.sql = "SELECT version FROM schema_migration WHERE version = $1" },
	{ .name = "migration.add",
		.in = "isi",
		.out = "",
		.sql = "INSERT INTO schema_migration (version, name, applied) VALUES ($1, $2, "
		       "$3)" },
	{ 0 },
};
enum { NEWEST, FIND, ADD };

/* One file. */
struct file {
	int64_t version;
	char *name; /* "0001_platform.sql" */
	char *text;
};

struct files {
	struct file *items;
	size_t count;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void expand_line(struct buf *out, const char *line, size_t len, enum db_kind kind)
{
	const struct {
		const char *word, *sqlite, *postgres;
	} words[] = {
		{ "@ID", "INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY" },
		{ "@BLOB", "BLOB", "BYTEA" },
	};

	for (size_t i = 0; i < len;) {
		bool replaced = false;

		for (size_t w = 0; w < sizeof(words) / sizeof(*words) && !replaced; w++) {
			size_t n = strlen(words[w].word);

			if (len - i < n || strncmp(line + i, words[w].word, n) != 0 ||
				(len - i > n && is_word(line[i + n])))
				continue;
			buf_puts(out, kind == DB_SQLITE ? words[w].sqlite : words[w].postgres);
			i += n;
			replaced = true;
		}
		if (!replaced)
			buf_putc(out, line[i++]);
	}
	buf_putc(out, '\n');
}

/* A line that is nothing but "-- @word". */
static bool is_mark(const char *line, size_t len, const char *word)
{
	size_t n = strlen(word);

	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	while (len && isspace((unsigned char)*line)) {
		line++;
		len--;
	}
	return len == n + 3 && !strncmp(line, "-- ", 3) && !strncmp(line + 3, word, n);
}

char *db_migration_expand(const char *text, enum db_kind kind)
{
	struct buf out;
	bool here = true;

	buf_init(&out, SCRIPT_MAX);
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (is_mark(text, len, "@sqlite"))
			here = kind == DB_SQLITE;
		else if (is_mark(text, len, "@postgres"))
			here = kind == DB_POSTGRES;
		else if (is_mark(text, len, "@both"))
			here = true;
		else if (here)
			expand_line(&out, text, len, kind);
		text += len + (text[len] == '\n');
	}
	return buf_steal(&out);
}

static int add_file(struct files *f, const char *name, char *text)
{
	struct file *items = realloc(f->items, (f->count + 1) * sizeof(*items));
	char *copy = strdup(name);

	if (items)
		f->items = items;
	if (!items || !copy || !text) {
		free(copy);
		free(text);
		return ENOMEM;
	}
	f->items[f->count++] = (struct file){ strtoll(name, NULL, 10), copy, text };
	return 0;
}

static void files_release(struct files *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].name);
		free(f->items[i].text);
	}
	free(f->items);
}

static int by_version(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return x->version < y->version ? -1 : x->version > y->version;
}

static char *read_text(const char *folder, const char *name)
{
	struct buf b;
	char path[1024], part[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "re");
	if (!f)
		return NULL;
	buf_init(&b, SCRIPT_MAX);
	while ((n = fread(part, 1, sizeof(part), f)))
		buf_append(&b, part, n);
	fclose(f);
	return buf_steal(&b);
}

static int read_folder(struct files *f, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	int err = 0;

	if (!dir)
		return errno;
	while (!err && (e = readdir(dir))) {
		size_t len = strlen(e->d_name);

		if (isdigit((unsigned char)e->d_name[0]) && len > 4 &&
			!strcmp(e->d_name + len - 4, ".sql"))
			err = add_file(f, e->d_name, read_text(folder, e->d_name));
	}
	closedir(dir);
	return err;
}

static int collect(struct files *f, const char *folder)
{
	int err = 0;

	if (folder)
		err = read_folder(f, folder);
	for (const struct db_migration *m = db_migrations; !folder && m->name && !err; m++)
		err = add_file(f, m->name, strdup(m->text));
	if (!err && f->count)
		qsort(f->items, f->count, sizeof(*f->items), by_version);
	for (size_t i = 1; i < f->count && !err; i++) {
		if (f->items[i].version == f->items[i - 1].version) {
			log_error("db", "two migrations have one number", "name", f->items[i].name,
				NULL);
			err = EEXIST;
		}
	}
	return err;
}

struct step {
	struct database *database;
	const struct file *file;
	bool applied;
	char *problem;
	size_t size;
};

static int create_table(struct db *db, void *arg)
{
	struct step *s = arg;

	return s->database->backend->script(db,
		"CREATE TABLE IF NOT EXISTS schema_migration"
		" (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied BIGINT NOT NULL)",
		s->problem, s->size);
}

/* One migration, unless another process was faster. */
static int apply(struct db *db, void *arg)
{
	struct step *s = arg;
	int64_t version;
	char *sql;
	int err = 0;

	s->applied = false;
	if (db_kind_of(db) ==
		DB_POSTGRES) /* before the transaction has a snapshot; SQLite has one writer */
		err = s->database->backend->script(db,
			"LOCK TABLE schema_migration IN ACCESS EXCLUSIVE MODE", s->problem,
			s->size);
	if (!err)
		err = db_get(db, NULL, &statements[FIND], s->file->version, &version);
	if (err != ENOENT)
		return err;
	sql = db_migration_expand(s->file->text, db_kind_of(db));
	if (!sql)
		return ENOMEM;
	err = s->database->backend->script(db, sql, s->problem, s->size);
	free(sql);
	if (!err)
		err = db_exec(
			db, &statements[ADD], NULL, s->file->version, s->file->name, clock_now());
	s->applied = !err;
	return err;
}

static int read_newest(struct db *db, void *arg)
{
	return db_get(db, NULL, &statements[NEWEST], arg);
}

static int migrate(struct database *database, const struct files *files, unsigned *migrated,
	char *problem, size_t size)
{
	struct step s = { .database = database, .problem = problem, .size = size };
	int64_t newest = 0;
	int err;

	for (int attempt = 0; attempt < 3;
		attempt++) { /* two nodes may create it at the same time */
		err = db_write(database, create_table, &s);
		if (!err)
			break;
	}
	if (!err)
		err = db_read(database, read_newest, &newest);
	if (!err && (!files->count || newest > files->items[files->count - 1].version)) {
		snprintf(problem, size, "the schema is of a newer version of this program");
		err = EINVAL;
	}
	for (size_t i = 0; i < files->count && !err; i++) {
		char text[256];

		if (files->items[i].version <= 0)
			continue;
		s.file = &files->items[i];
		err = db_write(database, apply, &s);
		if (!err && s.applied)
			++*migrated;
		if (err) {
			snprintf(text, sizeof(text), "%s", problem[0] ? problem : strerror(err));
			snprintf(problem, size, "%s: %s", s.file->name, text);
		}
	}
	return err;
}

int database_migrate(struct database *database, unsigned *migrated, char *problem, size_t size)
{
	struct files files = { 0 };
	unsigned count = 0;
	int err;

	problem[0] = '\0';
	err = database_declare(database, statements);
	if (!err)
		err = collect(&files, database->migrations);
	if (!err)
		err = migrate(database, &files, &count, problem, size);
	if (err && !problem[0])
		snprintf(problem, size, "%s", strerror(err));
	if (!err && migrated)
		*migrated = count;
	files_release(&files);
	return err;
}
