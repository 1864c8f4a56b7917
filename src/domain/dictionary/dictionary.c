/* Drop-down lists: GET, POST, PATCH /dictionary, and looking codes up. */
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "dictionary/dictionary.h"
#include "hash.h"
#include "id.h"
#include "record/freshness.h"
#include "record/record.h"

enum { DICTIONARY_LIST, DICTIONARY_GET, DICTIONARY_ADD, DICTIONARY_CHANGE, DICTIONARY_CODES };

#define COLUMNS                                                                                    \
	"SELECT id, kind, code, name, name_en, parent_id, colour, shape, category, position, "     \
	"active, version"                                                                          \
	" FROM dictionary "

static const struct db_stmt statements[] = {
	[DICTIONARY_LIST] = { .name = "dictionary.list",
		.in = "s",
		.out = "issssisssiii",
		.sql = COLUMNS "WHERE $1 = '' OR kind = $1 ORDER BY kind, position, id" },
	[DICTIONARY_GET] = { .name = "dictionary.get",
		.in = "i",
		.out = "issssisssiii",
		.sql = COLUMNS "WHERE id = $1" },
	[DICTIONARY_ADD] = { .name = "dictionary.add",
		.in = "issssnsssii",
		.out = "",
		.sql = "INSERT INTO dictionary (id, kind, code, name, name_en, parent_id, colour, "
		       "shape, category, position,"
		       " active, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
		       "1)" },
	[DICTIONARY_CHANGE] = { .name = "dictionary.change",
		.in = "issnsssiii",
		.out = "",
		.sql = "UPDATE dictionary SET name = $2, name_en = $3, parent_id = $4, colour = "
		       "$5, shape = $6, category = $7,"
		       " position = $8, active = $9, version = version + 1 WHERE id = $1 AND "
		       "version = $10" },
	[DICTIONARY_CODES] = { .name = "dictionary.codes",
		.in = "",
		.out = "ssis",
		.sql = "SELECT kind, code, active, category FROM dictionary" },
	{ 0 }
};

/* Codes are looked up by every ticket, so they are kept in memory: "kind:code" to what is known of it, read again after a
 * change here or on another node. */
struct known {
	char category[32];
	bool active, has_category;
};
enum { KEY_SIZE = 128 };

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct hash *entries;
static struct freshness freshness = FRESHNESS_NONE;

static void make_key(char key[KEY_SIZE], const char *kind, const char *code)
{
	snprintf(key, KEY_SIZE, "%s:%s", kind, code);
}

static int add_known(const struct db_row *row, void *arg)
{
	const char *category = db_row_text(row, 3);
	struct known *known = calloc(1, sizeof(*known));
	char key[KEY_SIZE];
	int err;

	if (!known)
		return ENOMEM;
	known->active = db_row_int(row, 2) != 0;
	known->has_category = category != NULL;
	snprintf(known->category, sizeof(known->category), "%s", category ? category : "");
	make_key(key, db_row_text(row, 0), db_row_text(row, 1));
	err = hash_set(arg, key, known);
	if (err)
		free(known);
	return err;
}

static void free_known(void *value, void *arg)
{
	(void)arg;
	free(value);
}

static void free_entries(struct hash *old)
{
	if (!old)
		return;
	hash_each(old, free_known, NULL);
	hash_free(old);
}

static int refresh(struct db *db)
{
	uint_fast64_t generation;
	struct hash *fresh, *old;
	int err;

	if (freshness_holds(&freshness, &generation))
		return 0;
	fresh = hash_create();
	if (!fresh)
		return ENOMEM;
	err = db_each(db, &statements[DICTIONARY_CODES], add_known, fresh);
	if (err) {
		free_entries(fresh);
		return err;
	}
	pthread_rwlock_wrlock(&lock);
	old = entries;
	entries = fresh;
	freshness_won(&freshness, generation);
	pthread_rwlock_unlock(&lock);
	free_entries(old);
	return 0;
}

static int look_up(struct db *db, const char *kind, const char *code, struct known *out)
{
	const struct known *known;
	char key[KEY_SIZE];
	int err = refresh(db);

	if (err)
		return err;
	make_key(key, kind, code);
	pthread_rwlock_rdlock(&lock);
	known = hash_get(entries, key);
	if (known)
		*out = *known;
	pthread_rwlock_unlock(&lock);
	return known ? 0 : ENOENT;
}

static void forget(void *arg)
{
	(void)arg;
	freshness_lost(&freshness);
}

static void hear(const struct event *event, void *arg)
{
	if (!strcmp(event->type, "dictionary.changed"))
		forget(arg);
}

/* After the commit the codes are read again, here at once and on other nodes when they hear of it. */
static int tell_change(struct db *db, int64_t id)
{
	int err = event_add(db, &(struct event){ .type = "dictionary.changed", .entity_id = id });

	return err ? err : db_after_commit(db, forget, NULL);
}

int dictionary_category(struct db *db, struct arena *arena, const char *kind, const char *code,
	const char **category)
{
	struct known known;
	int err = look_up(db, kind, code, &known);

	if (!err)
		*category = known.has_category ? arena_strdup(arena, known.category) : NULL;
	return err;
}

int dictionary_check(struct db *db, const char *kind, const char *code)
{
	struct known known;
	int err = look_up(db, kind, code, &known);

	return err ? err : known.active ? 0 : ENOENT;
}

struct entry {
	int64_t id;
	const char *kind, *code, *name, *name_en;
	int64_t parent_id;
	const char *colour, *shape, *category;
	int64_t position;
	bool active;
	int64_t version;
};
enum { ENTRY_COLUMNS = 12 };
static const struct web_field entry_fields[] = {
	{ F(struct entry, id, FIELD_ID), .read_only = true }, { F(struct entry, kind, FIELD_TEXT) },
	{ F(struct entry, code, FIELD_TEXT) }, { F(struct entry, name, FIELD_TEXT) },
	{ F(struct entry, name_en, FIELD_TEXT) }, { F(struct entry, parent_id, FIELD_ID) },
	{ F(struct entry, colour, FIELD_TEXT), .text = "red, yellow, blue, green, grey" },
	{ F(struct entry, shape, FIELD_TEXT), .text = "circle, triangle, square, diamond, ring" },
	{ F(struct entry, category, FIELD_TEXT),
		.text = "What the program relies on: of a ticket state open, paused, solved, "
			"closed or void" },
	{ F(struct entry, position, FIELD_INT) }, { F(struct entry, active, FIELD_BOOL) },
	{ F(struct entry, version, FIELD_INT), .read_only = true }, { 0 }
};

struct entry_body {
	const char *kind, *code, *name, *name_en;
	int64_t parent_id;
	const char *colour, *shape, *category;
	int64_t position;
	bool active;
	bool has_kind, has_code, has_name, has_name_en, has_parent, has_colour, has_shape,
		has_category, has_position, has_active;
};
#define P(member) .present = offsetof(struct entry_body, member)
#define COMMON                                                                                     \
	{ F(struct entry_body, name_en, FIELD_TEXT), .max = 100, P(has_name_en) },                 \
		{ F(struct entry_body, parent_id, FIELD_ID), P(has_parent) },                      \
		{ F(struct entry_body, colour, FIELD_TEXT), .max = 20, P(has_colour) },            \
		{ F(struct entry_body, shape, FIELD_TEXT), .max = 20, P(has_shape) },              \
		{ F(struct entry_body, category, FIELD_TEXT), .max = 20, P(has_category) },        \
		{ F(struct entry_body, position, FIELD_INT), .min = 0, .max = 100000,              \
			P(has_position) },                                                         \
	{                                                                                          \
		F(struct entry_body, active, FIELD_BOOL), P(has_active)                            \
	}
static const struct web_field new_fields[] = { { F(struct entry_body, kind, FIELD_TEXT),
						       .required = true, .max = 40, P(has_kind) },
	{ F(struct entry_body, code, FIELD_TEXT), .required = true, .max = 40, P(has_code) },
	{ F(struct entry_body, name, FIELD_TEXT), .required = true, .max = 100, P(has_name) },
	COMMON, { 0 } };
static const struct web_field patch_fields[] = {
	{ F(struct entry_body, name, FIELD_TEXT), .max = 100, P(has_name) }, COMMON, { 0 }
};
#undef P
#undef COMMON

static int list(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = entry_fields,
		.columns = ENTRY_COLUMNS,
		.size = sizeof(struct entry) };
	const char *kind = web_param_text(req, "kind");
	int err = db_each(db, &statements[DICTIONARY_LIST], record_add, &set, kind ? kind : "");

	return err ? err : record_reply_page(req, &set, set.count);
}

static int get_entry(struct db *db, struct arena *arena, int64_t id, struct entry *out)
{
	return record_get(db, arena, &statements[DICTIONARY_GET], id, entry_fields, ENTRY_COLUMNS,
		out, sizeof(*out));
}

static bool is_code(const char *text)
{
	if (!text || !*text)
		return false;
	for (; *text; text++)
		if (!islower((unsigned char)*text) && !isdigit((unsigned char)*text) &&
			*text != '_')
			return false;
	return true;
}

static int check_entry(struct web_request *req, struct db *db, const struct entry *entry)
{
	struct entry parent;
	int err;

	if (!is_code(entry->kind) || !is_code(entry->code))
		return web_problem(req, 422, "bad_code", is_code(entry->kind) ? "code" : "kind",
			"lower-case letters, digits and _");
	if (!entry->name || !*entry->name)
		return web_problem(req, 422, "field_required", "name", "name must not be empty");
	if (!entry->parent_id)
		return 0;
	err = get_entry(db, web_arena(req), entry->parent_id, &parent);
	if (err == ENOENT || (!err && (strcmp(parent.kind, entry->kind) || parent.id == entry->id)))
		return web_problem(
			req, 422, "unknown_value", "parent_id", "no such entry of this kind");
	return err;
}

static int post(struct web_request *req, struct db *db)
{
	struct entry e = {
		.id = id_make(clock_now()), .name_en = "", .active = true, .version = 1
	};
	int err;

	record_merge(entry_fields, &e, new_fields, web_body(req));
	err = check_entry(req, db, &e);
	if (!err)
		err = db_exec(db, &statements[DICTIONARY_ADD], NULL, e.id, e.kind, e.code, e.name,
			e.name_en ? e.name_en : "", e.parent_id, e.colour, e.shape, e.category,
			e.position, (int64_t)e.active);
	if (err == EEXIST)
		return web_problem(
			req, 409, "code_taken", "code", "another entry of this kind has the code");
	if (!err)
		err = audit_request(req, db, "create", "dictionary", e.id, NULL);
	if (!err)
		err = tell_change(db, e.id);
	return err ? err : web_reply_with(req, 201, entry_fields, &e, 1);
}

static int patch(struct web_request *req, struct db *db)
{
	struct entry old, now;
	const char *changes;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = get_entry(db, web_arena(req), web_path_id(req, "id"), &old);
	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	if (old.version != version)
		return web_stale(req, entry_fields, &old, old.version);
	now = old;
	record_merge(entry_fields, &now, patch_fields, web_body(req));
	err = check_entry(req, db, &now);
	if (!err)
		err = record_diff(entry_fields, &old, &now, web_arena(req), &changes);
	if (err)
		return err;
	if (!changes)
		return web_reply_with(req, 200, entry_fields, &old, old.version);
	err = db_exec(db, &statements[DICTIONARY_CHANGE], NULL, now.id, now.name,
		now.name_en ? now.name_en : "", now.parent_id, now.colour, now.shape, now.category,
		now.position, (int64_t)now.active, version);
	if (!err)
		err = audit_request(req, db, "change", "dictionary", now.id, changes);
	if (!err)
		err = tell_change(db, now.id);
	now.version++;
	return err ? err : web_reply_with(req, 200, entry_fields, &now, now.version);
}

static const struct platform *platform_of_run;

static int start(const struct platform *platform)
{
	platform_of_run = platform;
	return event_listen(platform->events, hear, NULL);
}

static void stop(void)
{
	event_unlisten(platform_of_run->events, hear, NULL);
	free_entries(entries);
	entries = NULL;
	freshness_lost(&freshness);
}

static const struct permission permissions[] = {
	{ "dictionary.manage", false, "维护数据字典", "Maintain drop-down lists" }, { 0 }
};

static const struct web_route routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/dictionary",
		.permission = "signed_in",
		.reply = entry_fields,
		.list = true,
		.params = (const struct web_param[]){ { "kind", FIELD_TEXT, NULL,
							      "ticket_type, customer_level ..." },
			{ 0 } },
		.handler = list,
		.summary = "Entries of drop-down lists, in order" },
	{ .method = WEB_POST,
		.path = "/api/v1/dictionary",
		.permission = "dictionary.manage",
		.body = new_fields,
		.body_size = sizeof(struct entry_body),
		.reply = entry_fields,
		.handler = post,
		.idempotent = true,
		.summary = "New entry" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/dictionary/{id}",
		.permission = "dictionary.manage",
		.body = patch_fields,
		.body_size = sizeof(struct entry_body),
		.reply = entry_fields,
		.handler = patch,
		.summary = "Change an entry; kind and code stay, rows refer to them" },
	{ 0 }
};

const struct module dictionary_module = {
	.name = "dictionary",
	.needs = (const char *const[]){ "audit", NULL },
	.permissions = permissions,
	.statements = statements,
	.routes = routes,
	.start = start,
	.stop = stop,
};
