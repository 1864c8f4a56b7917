/* API tokens: for programs that act for a person, within scopes. */
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "json_writer.h"
#include "identity/identity_internal.h"

struct token {
	int64_t id;
	const char *name, *scopes;
	int64_t expires, last_used, created;
	const char *token;
};
enum { TOKEN_COLUMNS = 6, MOST_SCOPES = 200 };
static const struct web_field token_fields[] = { { F(struct token, id, FIELD_ID) },
	{ F(struct token, name, FIELD_TEXT) },
	{ F(struct token, scopes, FIELD_JSON), .text = "Names of permissions, or [\"*\"]" },
	{ F(struct token, expires, FIELD_TIME) }, { F(struct token, last_used, FIELD_TIME) },
	{ F(struct token, created, FIELD_TIME) }, { 0 } };
static const struct web_field new_token_fields[] = { { F(struct token, id, FIELD_ID) },
	{ F(struct token, name, FIELD_TEXT) }, { F(struct token, scopes, FIELD_JSON) },
	{ F(struct token, expires, FIELD_TIME) },
	{ F(struct token, token, FIELD_TEXT), .text = "Shown this once" }, { 0 } };

struct token_body {
	const char *name;
	struct field_list scopes;
	int64_t expires;
};
static const struct web_field body_fields[] = { { F(struct token_body, name, FIELD_TEXT),
							.required = true, .max = 100 },
	{ F(struct token_body, scopes, FIELD_LIST), .of = FIELD_TEXT, .required = true,
		.max = MOST_SCOPES },
	{ F(struct token_body, expires, FIELD_TIME), .text = "Null: never" }, { 0 } };

static int list_tokens(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = token_fields,
		.columns = TOKEN_COLUMNS,
		.size = sizeof(struct token) };
	int err = db_each(db, ST(TOKEN_LIST), record_add, &set, web_actor(req)->user_id);

	return err ? err : record_reply_page(req, &set, set.count);
}

static const char *scopes_json(struct arena *arena, const struct field_list *list)
{
	const char *const *names = list->items, *text;
	struct json_writer w;
	struct buf out;

	buf_init(&out, 65536);
	json_begin(&w, &out);
	json_write_array(&w);
	for (size_t i = 0; i < list->count; i++)
		json_write_string(&w, names[i]);
	json_array_end(&w);
	text = out.err ? NULL : arena_strndup(arena, out.data, out.len);
	buf_release(&out);
	return text;
}

static int store_token(
	struct db *db, int64_t user_id, struct token *token, char secret[SECRET_SIZE + 3])
{
	char hash[SECRET_HASH_SIZE];
	int64_t now = clock_now();

	secret_make(secret + 3);
	memcpy(secret, (const char[3]){ 'h', 'l', '_' }, 3);
	secret_hash(hash, secret);
	token->id = id_make(now);
	return db_exec(db, ST(TOKEN_ADD), NULL, token->id, user_id, token->name, hash,
		token->scopes, now, token->expires);
}

static int post_token(struct web_request *req, struct db *db)
{
	const struct token_body *body = web_body(req);
	const char *const *names = body->scopes.items;
	struct token token = { .name = body->name,
		.scopes = scopes_json(web_arena(req), &body->scopes),
		.expires = body->expires };
	char secret[SECRET_SIZE + 3];
	int err;

	if (!token.scopes)
		return ENOMEM;
	for (size_t i = 0; i < body->scopes.count; i++)
		if (strcmp(names[i], "*") && permission_number(names[i]) < 0)
			return web_problem(req, 422, "unknown_permission", "scopes",
				"%s is not a permission", names[i]);
	if (body->expires && body->expires <= clock_now())
		return web_problem(
			req, 422, "in_the_past", "expires", "a token must expire in the future");
	err = store_token(db, web_actor(req)->user_id, &token, secret);
	if (!err)
		err = audit_request(req, db, "create", "token", token.id, NULL);
	token.token = secret;
	return err ? err : web_reply_with(req, 201, new_token_fields, &token, -1);
}

static int delete_token(struct web_request *req, struct db *db)
{
	int64_t changed = 0, id = web_path_id(req, "id");
	int err = db_exec(db, ST(TOKEN_DELETE), &changed, id, web_actor(req)->user_id);

	if (!err && !changed)
		return web_not_found(req);
	if (!err)
		err = audit_request(req, db, "delete", "token", id, NULL);
	if (!err)
		err = identity_sessions_ended(db, web_actor(req)->user_id);
	return err ? err : web_reply_empty(req);
}

struct console_token {
	const char *account, *name;
	char *secret;
};

static int write_console_token(struct db *db, void *arg)
{
	const struct console_token *c = arg;
	struct token token = { .name = c->name, .scopes = "[\"*\"]" };
	int64_t user_id = identity_user_by_account(db, c->account);
	int err = user_id ? store_token(db, user_id, &token, c->secret) : ENOENT;

	return err ? err
		   : audit_add(db, NULL,
			     &(struct audit_entry){ .action = "create",
				     .entity = "token",
				     .id = token.id,
				     .source = "console" });
}

int identity_make_token(
	struct database *database, const char *account, const char *name, char token[80])
{
	return db_write(
		database, write_console_token, &(struct console_token){ account, name, token });
}

const struct web_route token_routes[] = { { .method = WEB_GET,
						  .path = "/api/v1/tokens",
						  .permission = "token.manage",
						  .reply = token_fields,
						  .list = true,
						  .handler = list_tokens,
						  .summary = "Own API tokens" },
	{ .method = WEB_POST,
		.path = "/api/v1/tokens",
		.permission = "token.manage",
		.body = body_fields,
		.body_size = sizeof(struct token_body),
		.reply = new_token_fields,
		.handler = post_token,
		.summary = "New API token; the answer is the only place where it is shown" },
	{ .method = WEB_DELETE,
		.path = "/api/v1/tokens/{id}",
		.permission = "token.manage",
		.handler = delete_token,
		.summary = "Withdraw an own API token" },
	{ 0 } };
