/* The text of a migration for one kind of database. Source: migration_rules.md. Pure. */
#ifndef HOTLINE_PLATFORM_DB_MIGRATE_H
#define HOTLINE_PLATFORM_DB_MIGRATE_H

#include "db.h"

char *db_migration_expand(
	const char *text, enum db_kind kind); /* the caller frees it; NULL: out of memory */

#endif
