/* Idempotency-Key: the answer of a creation is kept with its rows, and a repeated request gets that answer again. */
#include <errno.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include "clock/clock.h"
#include "web/web_private.h"

#define KEPT_MS    INT64_C(86400000)
#define EVERY      256 /* creations between two sweeps of old keys */
#define MOST_CHARS 200

enum { KEY_TAKE, KEY_GET, KEY_SET, KEY_SWEEP };

const struct db_stmt web_statements[] = {
	/* Taken before the handler runs: a second request with the key waits for the first one's commit here. */
	[KEY_TAKE] = { .name = "web.idempotency_take",
		.in = "isssi",
		.out = "",
		.sql = "INSERT INTO idempotency_key (actor, key, route, body, created, status) "
		       "VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (actor, key) DO NOTHING" },
	[KEY_GET] = { .name = "web.idempotency_get",
		.in = "is",
		.out = "sis",
		.sql = "SELECT route, status, body FROM idempotency_key WHERE actor = $1 AND key = "
		       "$2" },
	[KEY_SET] = { .name = "web.idempotency_set",
		.in = "isis",
		.out = "",
		.sql = "UPDATE idempotency_key SET status = $3, body = $4 WHERE actor = $1 AND key "
		       "= $2" },
	[KEY_SWEEP] = { .name = "web.idempotency_sweep",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM idempotency_key WHERE created < $1" },
	{ 0 },
};

struct idempotency {
	const char *key;
	const char *route; /* method, template and a hash of path and body */
};

int idempotency_begin(struct web_request *req)
{
	const struct web_route *route = req->entry->route;
	const char *key = request_header(req, "idempotency-key");
	unsigned char digest[16];
	char hex[sizeof(digest) * 2 + 1];
	crypto_generichash_state state;
	struct idempotency *i;

	/* Strangers share no identity under which an answer could be kept for one of them. */
	if (!route->idempotent || !key || !req->actor || !req->actor->user_id)
		return 0;
	if (!*key || strlen(key) > MOST_CHARS || !text_is_clean(key, strlen(key), false, NULL))
		return web_problem(req, 422, "bad_text", "Idempotency-Key", "1 to 200 characters");
	crypto_generichash_init(&state, NULL, 0, sizeof(digest));
	crypto_generichash_update(&state, (const unsigned char *)req->path, strlen(req->path) + 1);
	if (req->body_bytes.len)
		crypto_generichash_update(
			&state, (const unsigned char *)req->body_bytes.data, req->body_bytes.len);
	crypto_generichash_final(&state, digest, sizeof(digest));
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	i = arena_alloc(req->arena, sizeof(*i));
	if (!i)
		return ENOMEM;
	i->key = key;
	i->route = arena_printf(
		req->arena, "%s %s %s", web_method_name(route->method), route->path, hex);
	if (!i->route)
		return ENOMEM;
	req->idempotency = i;
	return 0;
}

static int replay(struct web_request *req, struct db *db)
{
	const struct idempotency *i = req->idempotency;
	const char *route, *body;
	int64_t status;
	int err;

	err = db_get(db, req->arena, &web_statements[KEY_GET], req->actor->user_id, i->key, &route,
		&status, &body);
	if (err)
		return err;
	if (strcmp(route, i->route))
		return web_problem(req, 422, "idempotency_key_reused", "Idempotency-Key",
			"the key was used for another request");
	web_set_header(req, "idempotent-replayed", "true");
	if (status == 204 || !body)
		return web_reply_empty(req);
	return web_reply_json(req, (int)status, body);
}

static int sweep(struct db *db)
{
	static atomic_uint count;

	if (atomic_fetch_add(&count, 1) % EVERY)
		return 0;
	return db_exec(db, &web_statements[KEY_SWEEP], NULL, clock_now() - KEPT_MS);
}

int idempotency_run(struct web_request *req, struct db *db)
{
	const struct idempotency *i = req->idempotency;
	int64_t changed = 0;
	int err;

	err = sweep(db);
	if (!err)
		err = db_exec(db, &web_statements[KEY_TAKE], &changed, req->actor->user_id, i->key,
			i->route, (const char *)NULL, clock_now());
	if (err)
		return err;
	if (!changed)
		return replay(req, db);
	err = req->entry->route->handler(req, db);
	if (err)
		return err;
	return db_exec(db, &web_statements[KEY_SET], NULL, req->actor->user_id, i->key,
		(int64_t)req->out.status,
		req->out.kind == OUT_BUFFER && req->out.body.len ? req->out.body.data
								 : (const char *)NULL);
}
