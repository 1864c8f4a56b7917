/* The parts of the program and the order in which they start and stop. One per process; the main thread's. */
#ifndef HOTLINE_APP_H
#define HOTLINE_APP_H

#include <stdbool.h>
#include "module/module.h"

struct app {
	char data_dir[512];
	struct platform platform;
	size_t started; /* modules that started */
	bool jobs_run, loop_runs;
};

/* What is needed to look at the configuration: settings declared, file and environment read. On error a sentence went to
 * stderr. */
int app_configure(struct app *app, const char *data_dir);
/* The database, opened and (when asked) brought up to date; permissions known. */
int app_open(struct app *app, bool migrate);
/* Web with all routes, loops, jobs; nothing runs yet. */
int app_build(struct app *app);
/* Modules, jobs, the listening socket. */
int app_start(struct app *app);
/* Ends what runs, releases everything. */
void app_close(struct app *app);

/* demo.c: fills the database when nobody has an account in it yet. */
int app_demo(struct app *app);
/* Writes demo-accounts.json, with a new API token, when it is not there. */
int app_demo_accounts(struct app *app);
void app_demo_print(const struct app *app);

#endif
