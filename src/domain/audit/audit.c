/* The audit trail: writing it, and GET /audit. */
#include <errno.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "id.h"
#include "record/record.h"
#include "web/web.h"

enum { AUDIT_ADD, AUDIT_LIST, AUDIT_LIST_ENTITY, AUDIT_LIST_PERSON };

#define COLUMNS                                                                                    \
	"SELECT a.id, a.time, a.user_id, a.action, a.entity, a.entity_id, a.changes, a.reason, "   \
	"a.source, p.name"                                                                         \
	" FROM audit a LEFT JOIN person p ON p.id = a.user_id WHERE "
#define PAGE " AND a.id < $1 AND a.id >= $2 AND a.id < $3 ORDER BY a.id DESC LIMIT $4"

static const struct db_stmt statements[] = {
	[AUDIT_ADD] = { .name = "audit.add",
		.in = "iinssnsss",
		.out = "",
		.sql = "INSERT INTO audit (id, time, user_id, action, entity, entity_id, changes, "
		       "reason, source)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)" },
	[AUDIT_LIST] = { .name = "audit.list",
		.in = "iiiisi",
		.out = "iiississss",
		.sql = COLUMNS "($5 = '' OR a.entity = $5) AND ($6 = 0 OR a.user_id = $6)" PAGE },
	[AUDIT_LIST_ENTITY] = { .name = "audit.list_entity",
		.in = "iiiisii",
		.out = "iiississss",
		.sql = COLUMNS
		"a.entity = $5 AND a.entity_id = $6 AND ($7 = 0 OR a.user_id = $7)" PAGE },
	[AUDIT_LIST_PERSON] = { .name = "audit.list_person",
		.in = "iiiisi",
		.out = "iiississss",
		.sql = COLUMNS "a.user_id = $6 AND ($5 = '' OR a.entity = $5)" PAGE },
	{ 0 }
};

int audit_add(struct db *db, const struct actor *actor, const struct audit_entry *entry)
{
	int64_t now = clock_now();

	if (!entry || !entry->action || !entry->entity)
		return EINVAL;
	return db_exec(db, &statements[AUDIT_ADD], NULL, id_make(now), now,
		actor ? actor->user_id : (int64_t)0, entry->action, entry->entity, entry->id,
		entry->changes, entry->reason, entry->source);
}

int audit_request(struct web_request *req, struct db *db, const char *action, const char *entity,
	int64_t id, const char *changes)
{
	return audit_add(db, web_actor(req),
		&(struct audit_entry){ .action = action,
			.entity = entity,
			.id = id,
			.changes = changes,
			.source = web_source_address(req) });
}

struct audit_row {
	int64_t id, time, user_id;
	const char *action, *entity;
	int64_t entity_id;
	const char *changes, *reason, *source, *user_name;
};

static const struct web_field row_fields[] = { { F(struct audit_row, id, FIELD_ID) },
	{ F(struct audit_row, time, FIELD_TIME) }, { F(struct audit_row, user_id, FIELD_ID) },
	{ F(struct audit_row, action, FIELD_TEXT) }, { F(struct audit_row, entity, FIELD_TEXT) },
	{ F(struct audit_row, entity_id, FIELD_ID) },
	{ F(struct audit_row, changes, FIELD_JSON), .text = "List of {field, old, new}" },
	{ F(struct audit_row, reason, FIELD_TEXT) }, { F(struct audit_row, source, FIELD_TEXT) },
	{ F(struct audit_row, user_name, FIELD_TEXT) }, { 0 } };
enum { ROW_COLUMNS = 10 };

static int list(struct web_request *req, struct db *db)
{
	size_t limit = (size_t)web_limit(req);
	struct record_set set = { .arena = web_arena(req),
		.fields = row_fields,
		.columns = ROW_COLUMNS,
		.size = sizeof(struct audit_row),
		.limit = limit + 1 };
	const char *entity = web_param_text(req, "entity");
	int64_t entity_id = web_param_int(req, "entity_id", 0),
		user_id = web_param_int(req, "user_id", 0);
	int64_t from = web_param_int(req, "from", 0), to = web_param_int(req, "to", 0);
	int64_t cursor = record_cursor(req, INT64_MAX), fetch = (int64_t)limit + 1;
	int64_t first = from ? id_first_at(from) : 0, end = to ? id_first_at(to) : INT64_MAX;
	int err;

	if (entity && entity_id)
		err = db_each(db, &statements[AUDIT_LIST_ENTITY], record_add, &set, cursor, first,
			end, fetch, entity, entity_id, user_id);
	else
		err = db_each(db, &statements[user_id ? AUDIT_LIST_PERSON : AUDIT_LIST], record_add,
			&set, cursor, first, end, fetch, entity ? entity : "", user_id);
	if (err)
		return err;
	/* what was typed may hold telephone numbers */
	for (size_t i = 0; i < set.count && web_actor(req)->masks_numbers; i++)
		((struct audit_row *)record_at(&set, i))->changes = NULL;
	return record_reply_page(req, &set, limit);
}

static const struct permission permissions[] = {
	{ "audit.read", false, "查看审计记录", "Read the audit trail" }, { 0 }
};

static const struct web_route routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/audit",
		.permission = "audit.read",
		.reply = row_fields,
		.list = true,
		.params = (const struct web_param[]){ { "entity", FIELD_TEXT, NULL,
							      "ticket, customer, user ..." },
			{ "entity_id", FIELD_ID, NULL, NULL }, { "user_id", FIELD_ID, NULL, NULL },
			{ "from", FIELD_TIME, NULL, NULL }, { "to", FIELD_TIME, NULL, NULL },
			{ 0 } },
		.handler = list,
		.summary = "The audit trail, newest first" },
	{ 0 }
};

const struct module audit_module = {
	.name = "audit",
	.permissions = permissions,
	.statements = statements,
	.routes = routes,
};
