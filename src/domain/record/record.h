/* Rows by field tables, for every domain module: reading a row into its struct, applying a PATCH, telling what changed, and
 * answering a page. The field table of a reply is the one description; nothing here is written per member.
 * All memory is the arena's. Thread: the request's. */
#ifndef HOTLINE_DOMAIN_RECORD_H
#define HOTLINE_DOMAIN_RECORD_H

#include "actor/actor.h"
#include "arena.h"
#include "db/db.h"
#include "web/field.h"
#include "web/web.h"

/* Reads columns first, first+1 ... into the first `count` fields of the table, in its order. 0 or ENOMEM. */
int record_read(void *record, const struct web_field *fields, int count, const struct db_row *row,
	int first, struct arena *arena);

/* Copies into record every member of the patch that was in the body, found by name. */
void record_merge(const struct web_field *fields, void *record,
	const struct web_field *patch_fields, const void *patch);

/* [{"field","old","new"}, ...] of the fields that are not read only; *changes is NULL when nothing differs. 0 or ENOMEM. */
int record_diff(const struct web_field *fields, const void *old, const void *now,
	struct arena *arena, const char **changes);

/* Rows gathered in order. db_each(db, stmt, record_add, &set, ...). */
struct record_set {
	struct arena *arena;
	const struct web_field *fields;
	int columns;  /* of the row, the first fields of the table */
	size_t size;  /* sizeof one record */
	size_t limit; /* stop after this many; 0: no limit */
	char *rows;
	size_t count, room;
};
int record_add(const struct db_row *row, void *set);
static inline void *record_at(const struct record_set *set, size_t i)
{
	return set->rows + i * set->size;
}
/* "[1,2,3]" of the records' ids (their first field), for statements that fetch what hangs on them. NULL: out of memory. */
const char *record_ids(const struct record_set *set);

/* Rows of several statements that each gave their newest first: newest first together, each once. */
void record_newest_first(struct record_set *set);

/* Answers with at most `limit` records; when the set holds more, the cursor is the id of the last one sent. */
int record_reply_page(struct web_request *req, const struct record_set *set, size_t limit);
/* The cursor as an id; `fallback` on the first page. */
int64_t record_cursor(struct web_request *req, int64_t fallback);

/* The row with this id (the statement's only value) into a zeroed record by the first `columns` fields. ENOENT. */
int record_get(struct db *db, struct arena *arena, const struct db_stmt *stmt, int64_t id,
	const struct web_field *fields, int columns, void *record, size_t size);

/* The version in If-Match; without it the request is refused with 428. */
int record_need_version(struct web_request *req, int64_t *version);

/* Ids of the first column into a list of int64_t. */
struct record_ids {
	struct arena *arena;
	int64_t *items;
	size_t count, room;
};
int record_add_id(const struct db_row *row, void *ids);
/* "[1,2,3]"; NULL: out of memory. */
const char *record_id_list(struct arena *arena, const int64_t *ids, size_t count);

/* What a ranged permission lets through, as statement values: everything (all = 1), rows of these departments ("[1,2]"), or,
 * when owner is not 0, only rows of that owner. ENOENT: nothing at all. */
struct record_scope {
	int64_t all;
	const char *departments; /* never NULL */
	int64_t owner;
};
int record_scope(struct record_scope *scope, const struct actor *actor, const char *permission,
	struct arena *arena);

/* `column` is one of the ids in JSON list $n (for .sqlite and .postgres). */
#define SQL_IN_LIST_SQLITE(column, n) column " IN (SELECT value FROM json_each($" #n "))"
#define SQL_IN_LIST_POSTGRES(column, n)                                                            \
	column " = ANY (ARRAY(SELECT jsonb_array_elements_text($" #n "::jsonb)::bigint))"

#endif
