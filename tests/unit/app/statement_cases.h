/* Every statement of every module is prepared, with the values and columns it declares, after all migrations. */
#ifndef HOTLINE_TESTS_STATEMENT_CASES_H
#define HOTLINE_TESTS_STATEMENT_CASES_H

#include "../platform/db/db_place.h"
#include "db/db_internal.h"
#include "event/event.h"
#include "job/job.h"
#include "modules.h"

static int prepare_all(struct db *db, void *arg)
{
	struct database *d = db_database(db);
	char problem[500];
	int *failures = arg;

	for (const struct db_entry *e = d->entries; e; e = e->next) {
		if (d->backend->check(db, e, problem, sizeof(problem))) {
			print_error("%s\n", problem);
			++*failures;
		}
	}
	return 0;
}

static void statements_are_prepared(void **state)
{
	struct database *d;
	int failures = 0;

	(void)state;
	place_make();
	d = place_open();
	assert_ok(database_declare(d, event_statements));
	assert_ok(database_declare(d, job_statements));
	for (size_t i = 0; modules[i]; i++) {
		if (modules[i]->statements)
			assert_ok(database_declare(d, modules[i]->statements));
	}
	assert_ok(db_read(d, prepare_all, &failures));
	database_close(d);
	place_remove();
	assert_int_equal(failures, 0);
}

#endif
