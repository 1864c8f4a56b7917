/* Messages between nodes. */
#include <errno.h>
#include "db_internal.h"

int database_listen(struct database *database, db_notify_h *fn, void *arg)
{
	(void)database;
	(void)fn;
	(void)arg;
	return 0;
}

void database_unlisten(struct database *database)
{
	(void)database;
}

int db_notify(struct db *db, const char *payload)
{
	(void)db;
	(void)payload;
	return 0;
}
