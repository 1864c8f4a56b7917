/* One statement at a time into the database's journal, with copies of its values. Any thread, never blocks. */
#ifndef HOTLINE_DOMAIN_INTERACTION_JOURNAL_H
#define HOTLINE_DOMAIN_INTERACTION_JOURNAL_H

#include "db/db.h"
#include "event/event.h"

void journal_start(struct database *database);
/* Values follow, one per letter of stmt->in (i, n: int64_t; d: double; s: const char *). */
void journal_write(const struct db_stmt *stmt, ...);
/* The same, and in the same transaction the event: its type and permission are constants, its JSON (at most 127 bytes) is copied. */
void journal_write_with(const struct event *event, const struct db_stmt *stmt, ...);

#endif
