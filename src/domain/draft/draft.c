/* Drafts: GET, PUT, DELETE /drafts/{key}; everybody has only their own. */
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "draft/draft.h"
#include "id.h"
#include "record/record.h"

enum { DRAFT_GET, DRAFT_LIST, DRAFT_PUT, DRAFT_DELETE, DRAFT_COUNT };
enum { MOST_DRAFTS = 200, LONGEST_DRAFT = 262144, LONGEST_KEY = 200 };

static const struct db_stmt statements[] = {
	[DRAFT_GET] = { .name = "draft.get",
		.in = "is",
		.out = "ssi",
		.sql = "SELECT name, content, updated FROM draft WHERE user_id = $1 AND name = "
		       "$2" },
	[DRAFT_LIST] = { .name = "draft.list",
		.in = "i",
		.out = "ssi",
		.sql = "SELECT name, content, updated FROM draft WHERE user_id = $1 ORDER BY "
		       "name" },
	[DRAFT_PUT] = { .name = "draft.put",
		.in = "iissi",
		.out = "",
		.sql = "INSERT INTO draft (id, user_id, name, content, updated) VALUES ($1, $2, "
		       "$3, $4, $5)"
		       " ON CONFLICT (user_id, name) DO UPDATE SET content = excluded.content, "
		       "updated = excluded.updated" },
	[DRAFT_DELETE] = { .name = "draft.delete",
		.in = "is",
		.out = "",
		.sql = "DELETE FROM draft WHERE user_id = $1 AND name = $2" },
	[DRAFT_COUNT] = { .name = "draft.count",
		.in = "is",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM draft WHERE user_id = $1 AND name <> $2" },
	{ 0 }
};

struct draft {
	const char *key, *content;
	int64_t updated;
};
static const struct web_field draft_fields[] = { { F(struct draft, key, FIELD_TEXT) },
	{ F(struct draft, content, FIELD_JSON) }, { F(struct draft, updated, FIELD_TIME) }, { 0 } };
static const struct web_field body_fields[] = {
	{ F(struct draft, content, FIELD_JSON), .required = true, .max = LONGEST_DRAFT }, { 0 }
};

static int list(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = draft_fields,
		.columns = 3,
		.size = sizeof(struct draft) };
	int err = db_each(db, &statements[DRAFT_LIST], record_add, &set, web_actor(req)->user_id);

	return err ? err : record_reply_page(req, &set, set.count);
}

static int get(struct web_request *req, struct db *db)
{
	struct draft draft;
	int err = db_get(db, web_arena(req), &statements[DRAFT_GET], web_actor(req)->user_id,
		web_path_text(req, "key"), &draft.key, &draft.content, &draft.updated);

	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	return web_reply(req, 200, &draft);
}

static int put(struct web_request *req, struct db *db)
{
	const struct draft *body = web_body(req);
	struct draft draft = { web_path_text(req, "key"), body->content, clock_now() };
	int64_t user_id = web_actor(req)->user_id, others;
	int err;

	if (strlen(draft.key) > LONGEST_KEY)
		return web_problem(req, 422, "too_long", "key", "at most %d bytes", LONGEST_KEY);
	err = db_get(db, web_arena(req), &statements[DRAFT_COUNT], user_id, draft.key, &others);
	if (!err && others >= MOST_DRAFTS)
		return web_problem(
			req, 409, "too_many_drafts", NULL, "at most %d drafts", MOST_DRAFTS);
	if (!err)
		err = db_exec(db, &statements[DRAFT_PUT], NULL, id_make(draft.updated), user_id,
			draft.key, draft.content, draft.updated);
	return err ? err : web_reply(req, 200, &draft);
}

static int delete (struct web_request *req, struct db *db)
{
	int err = db_exec(db, &statements[DRAFT_DELETE], NULL, web_actor(req)->user_id,
		web_path_text(req, "key"));

	return err ? err : web_reply_empty(req);
}

static const struct web_route routes[] = { { .method = WEB_GET,
						   .path = "/api/v1/drafts",
						   .permission = "signed_in",
						   .reply = draft_fields,
						   .list = true,
						   .handler = list,
						   .summary = "Own drafts" },
	{ .method = WEB_GET,
		.path = "/api/v1/drafts/{key:text}",
		.permission = "signed_in",
		.reply = draft_fields,
		.handler = get,
		.summary = "An own draft" },
	{ .method = WEB_PUT,
		.path = "/api/v1/drafts/{key:text}",
		.permission = "signed_in",
		.body = body_fields,
		.body_size = sizeof(struct draft),
		.reply = draft_fields,
		.handler = put,
		.summary = "Keep a draft" },
	{ .method = WEB_DELETE,
		.path = "/api/v1/drafts/{key:text}",
		.permission = "signed_in",
		.handler = delete,
		.summary = "Forget a draft" },
	{ 0 } };

const struct module draft_module = { .name = "draft", .statements = statements, .routes = routes };
