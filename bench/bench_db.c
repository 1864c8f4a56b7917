/* Durable writes: five rows and three index entries each, through db_write from 8 and 64 threads, beside what SQLite does when one
 * thread commits 64 of them at a time. With HOTLINE_TEST_POSTGRES (tests/with_postgres) also on PostgreSQL, beside nothing.
 *   bench_db [seconds per run] */
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "clock/clock.h"
#include "db/db.h"
#include "id.h"

#define GROUP       64
#define SAMPLES_MAX 200000

static double seconds = 3;
static char folder[] = "/tmp/hotline-bench-db-XXXXXX";

static const char subject[] = "打印机不能正常工作，请尽快派工程师上门检查";
static const char schema[] =
	"CREATE TABLE head (id BIGINT PRIMARY KEY, number BIGINT, department BIGINT, state BIGINT,"
	" subject TEXT, created BIGINT);"
	"CREATE INDEX head_state ON head (department, state, id);"
	"CREATE INDEX head_number ON head (number);"
	"CREATE TABLE line (id BIGINT PRIMARY KEY, head BIGINT, kind BIGINT, body TEXT,"
	" created BIGINT);"
	"CREATE INDEX line_head ON line (head, id);"
	"CREATE TABLE trail (id BIGINT PRIMARY KEY, head BIGINT, who BIGINT, what TEXT,"
	" created BIGINT)";
#define HEAD                                                                                       \
	"INSERT INTO head (id, number, department, state, subject, created)"                       \
	" VALUES ($1, $2, $3, 0, $4, $5)"
#define LINE  "INSERT INTO line (id, head, kind, body, created) VALUES ($1, $2, $3, $4, $5)"
#define TRAIL "INSERT INTO trail (id, head, who, what, created) VALUES ($1, $2, $3, $4, $5)"
static const char *const texts[] = { HEAD, LINE, TRAIL };
static const struct db_stmt stmts[] = {
	{ .name = "bench.head", .in = "iiisi", .out = "", .sql = HEAD },
	{ .name = "bench.line", .in = "iiisi", .out = "", .sql = LINE },
	{ .name = "bench.trail", .in = "iiisi", .out = "", .sql = TRAIL },
	{ 0 },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench_db: %s\n", what);
	exit(1);
}

/* One operation's five rows, by whoever inserts. */
static int five_rows(int (*insert)(void *arg, int table, int64_t id, int64_t a, int64_t b,
			     const char *text, int64_t created),
	void *arg)
{
	int64_t t = clock_now(), head = id_make(t);
	int err = insert(arg, 0, head, head % 1000003, head % 6, subject, t);

	if (!err)
		err = insert(arg, 1, id_make(t), head, 1, subject, t);
	for (int i = 0; i < 3 && !err; i++)
		err = insert(arg, 2, id_make(t), head, i, "opened", t);
	return err;
}

static int insert_raw(
	void *arg, int table, int64_t id, int64_t a, int64_t b, const char *text, int64_t created)
{
	sqlite3_stmt *stmt = ((sqlite3_stmt **)arg)[table];

	sqlite3_bind_int64(stmt, 1, id);
	sqlite3_bind_int64(stmt, 2, a);
	sqlite3_bind_int64(stmt, 3, b);
	sqlite3_bind_text(stmt, 4, text, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 5, created);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		return EIO;
	return sqlite3_reset(stmt) ? EIO : 0;
}

static double run_raw(const char *path)
{
	sqlite3_stmt *stmt[3];
	sqlite3 *db;
	double began, took;
	long ops = 0;

	if (sqlite3_open(path, &db) ||
		sqlite3_exec(db,
			"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA "
			"wal_autocheckpoint=4000;"
			"PRAGMA cache_size=-65536",
			NULL, NULL, NULL) ||
		sqlite3_exec(db, schema, NULL, NULL, NULL))
		die(sqlite3_errmsg(db));
	for (int i = 0; i < 3; i++) {
		if (sqlite3_prepare_v2(db, texts[i], -1, &stmt[i], NULL))
			die(sqlite3_errmsg(db));
	}
	began = now();
	do {
		if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL))
			die(sqlite3_errmsg(db));
		for (int i = 0; i < GROUP; i++) {
			if (five_rows(insert_raw, stmt))
				die(sqlite3_errmsg(db));
		}
		if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL))
			die(sqlite3_errmsg(db));
		ops += GROUP;
		took = now() - began;
	} while (took < seconds);
	for (int i = 0; i < 3; i++)
		sqlite3_finalize(stmt[i]);
	sqlite3_close(db);
	return (double)ops / took;
}

static int insert_db(
	void *arg, int table, int64_t id, int64_t a, int64_t b, const char *text, int64_t created)
{
	return db_exec(arg, &stmts[table], NULL, id, a, b, text, created);
}

static int write_one(struct db *db, void *arg)
{
	(void)arg;
	return five_rows(insert_db, db);
}

static struct database *database;
static atomic_bool stop;
static double samples[SAMPLES_MAX];
static atomic_long done;

static void *write_many(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop)) {
		double began = now();
		long n;

		if (db_write(database, write_one, NULL))
			die("a write failed");
		n = atomic_fetch_add(&done, 1);
		if (n < SAMPLES_MAX)
			samples[n] = now() - began;
	}
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void run_threads(const char *name, int threads, double raw)
{
	pthread_t all[64];
	double began = now(), took;
	long n, kept;

	atomic_store(&stop, false);
	atomic_store(&done, 0);
	for (int i = 0; i < threads; i++) {
		if (pthread_create(&all[i], NULL, write_many, NULL))
			die("no thread");
	}
	usleep((useconds_t)(seconds * 1e6));
	atomic_store(&stop, true);
	for (int i = 0; i < threads; i++)
		pthread_join(all[i], NULL);
	took = now() - began;
	n = atomic_load(&done);
	kept = n < SAMPLES_MAX ? n : SAMPLES_MAX;
	qsort(samples, (size_t)kept, sizeof(*samples), by_value);
	printf("%-10s %2d threads  %8.0f/s  p50 %6.2f ms  p99 %6.2f ms", name, threads,
		(double)n / took, samples[kept / 2] * 1e3, samples[kept * 99 / 100] * 1e3);
	if (raw > 0)
		printf("  %3.0f %% of raw", (double)n / took / raw * 100);
	printf("\n");
	fflush(stdout);
}

static void open_at(const char *url)
{
	char problem[300];
	char migration[100], command[200];
	FILE *f;

	snprintf(migration, sizeof(migration), "%s/0001_bench.sql", folder);
	f = fopen(migration, "w");
	if (!f)
		die("no file");
	fprintf(f, "%s;\n", schema);
	fclose(f);
	if (database_open(&database, &(struct db_config){ .url = url, .migrations = folder },
		    problem, sizeof(problem)) ||
		database_declare(database, stmts) ||
		database_migrate(database, NULL, problem, sizeof(problem)))
		die(problem);
	snprintf(command, sizeof(command), "rm %s", migration);
	if (system(command))
		die("no file");
}

int main(int argc, char **argv)
{
	const char *server = getenv("HOTLINE_TEST_POSTGRES");
	char text[200];
	double raw;

	if (argc > 1)
		seconds = strtod(argv[1], NULL);
	if (!mkdtemp(folder))
		die("no folder");
	snprintf(text, sizeof(text), "%s/raw.db", folder);
	raw = run_raw(text);
	printf("%-10s group of %d %8.0f/s\n", "raw SQLite", GROUP, raw);
	snprintf(text, sizeof(text), "sqlite:%s/hotline.db", folder);
	open_at(text);
	run_threads("SQLite", 8, raw);
	run_threads("SQLite", 64, raw);
	database_close(database);
	if (server) {
		open_at(server);
		run_threads("PostgreSQL", 8, 0);
		run_threads("PostgreSQL", 64, 0);
		database_close(database);
	}
	snprintf(text, sizeof(text), "rm -rf %s", folder);
	return system(text);
}
