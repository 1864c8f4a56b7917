/* A module is a row: everything the program learns about a part of the business. Columns may be left out (NULL). */
#ifndef HOTLINE_PLATFORM_MODULE_H
#define HOTLINE_PLATFORM_MODULE_H

#include "actor/actor.h"
#include "config/config.h"
#include "db/db.h"
#include "event/event.h"
#include "job/job.h"
#include "log/log.h"
#include "metrics/metrics.h"

struct web;
struct web_route;
struct loop;
struct ivr_node_type;

/* What a module gets at start and may keep until stop. */
struct platform {
	struct config *config;
	struct database *database;
	struct event_hub *events;
	struct job_service *jobs;
	struct web *web;
	struct loop *switch_loop;
	const char *data_dir;
};

struct module {
	const char *name;
	const char *const *needs; /* names of sibling modules it includes; ends with NULL */
	const struct permission *permissions;
	const struct config_setting *settings;
	const struct db_stmt *statements;
	const struct web_route *routes;
	const struct job_type *jobs;
	const struct ivr_node_type *const *ivr_nodes; /* ends with NULL */
	int (*start)(const struct platform
			*platform); /* after the schema is up to date, in the order of the list */
	void (*stop)(void);         /* in reverse order */
	/* Writes the demonstration company's rows of this module into an empty database (hotline serve --demo). */
	int (*demo)(struct db *db);
};

#endif
