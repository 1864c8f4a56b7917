/* A migrated database for a test: SQLite in a folder of its own, or with PLACE_POSTGRES a database of its own on the server that
 * HOTLINE_TEST_POSTGRES names. */
#ifndef HOTLINE_TESTS_DB_PLACE_H
#define HOTLINE_TESTS_DB_PLACE_H

#include <unistd.h>
#include "check.h"
#include "db/db.h"

static char place_folder[64], place_url[300];

#ifdef PLACE_POSTGRES
static void place_psql(const char *sql)
{
	char command[500];

	snprintf(command, sizeof(command),
		"psql -q -v ON_ERROR_STOP=1 -d \"$HOTLINE_TEST_POSTGRES\" -c '%s'", sql);
	assert_int_equal(system(command), 0);
}

static void place_make(void)
{
	const char *server = getenv("HOTLINE_TEST_POSTGRES"), *end;
	char sql[100];
	static int number;

	if (!server)
		fail_msg("HOTLINE_TEST_POSTGRES is not set: run this through tests/with_postgres");
	snprintf(place_folder, sizeof(place_folder), "unit_%d_%d", (int)getpid(), number++);
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s", place_folder);
	place_psql(sql);
	end = strrchr(server, '/');
	snprintf(
		place_url, sizeof(place_url), "%.*s/%s", (int)(end - server), server, place_folder);
}

static void place_remove(void)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "DROP DATABASE %s WITH (FORCE)", place_folder);
	place_psql(sql);
}
#else
static void place_make(void)
{
	strcpy(place_folder, "/tmp/hotline-test-XXXXXX");
	assert_non_null(mkdtemp(place_folder));
	snprintf(place_url, sizeof(place_url), "sqlite:%s/hotline.db", place_folder);
}

static void place_remove(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", place_folder);
	assert_int_equal(system(command), 0);
}
#endif

static inline struct database *place_open(void)
{
	struct db_config config = { .url = place_url, .readers = 2, .busy_timeout_ms = 100 };
	struct database *d = NULL;
	char problem[300] = "";

	if (database_open(&d, &config, problem, sizeof(problem)) ||
		database_migrate(d, NULL, problem, sizeof(problem)))
		fail_msg("%s", problem);
	return d;
}

#endif
