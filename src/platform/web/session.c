/* Who is asking: actors by session cookie or bearer token, kept for a short while, and the checks before a handler. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "web/web_private.h"

#define CACHE_MS                                                                                   \
	120000 /* a change of rights made on another node is seen after this at the latest */
#define AWAY_MS     900000 /* so long after that it still counts while the database is away */
#define MOST_CACHED 20000
#define KEY_SIZE    (crypto_generichash_BYTES * 2 + 2)

struct cached {
	const struct actor *actor;
	char csrf[65];
	char key[KEY_SIZE];
	int64_t until; /* clock_mono() */
};

struct actor_cache {
	pthread_mutex_t lock;
	struct hash *by_key; /* keys are hashes of secrets, so memory holds no secret */
	/* Grows when something is forgotten: what was resolved meanwhile is not kept. */
	atomic_ullong generation;
};

struct actor_cache *actor_cache_create(void)
{
	struct actor_cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		return NULL;
	cache->by_key = hash_create();
	if (!cache->by_key) {
		free(cache);
		return NULL;
	}
	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

static void cached_free(struct cached *c)
{
	actor_release((struct actor *)c->actor);
	free(c);
}

struct sweep {
	struct actor_cache *cache;
	int64_t user_id; /* 0: any */
	int64_t before;  /* with user_id 0: until at or before this */
};

static void sweep_one(void *value, void *arg)
{
	struct sweep *sweep = arg;
	struct cached *c = value;

	if (sweep->user_id ? c->actor->user_id != sweep->user_id : c->until > sweep->before)
		return;
	hash_remove(sweep->cache->by_key, c->key);
	cached_free(c);
}

void actor_cache_free(struct actor_cache *cache)
{
	struct sweep all = { .cache = cache, .before = INT64_MAX };

	if (!cache)
		return;
	hash_each(cache->by_key, sweep_one, &all);
	hash_free(cache->by_key);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

void actor_cache_forget(struct actor_cache *cache, int64_t user_id)
{
	struct sweep sweep = { .cache = cache, .user_id = user_id, .before = INT64_MAX };

	pthread_mutex_lock(&cache->lock);
	atomic_fetch_add(&cache->generation, 1);
	hash_each(cache->by_key, sweep_one, &sweep);
	pthread_mutex_unlock(&cache->lock);
}

static void make_key(char key[KEY_SIZE], const char *secret, bool bearer)
{
	unsigned char digest[crypto_generichash_BYTES];

	crypto_generichash(
		digest, sizeof(digest), (const unsigned char *)secret, strlen(secret), NULL, 0);
	key[0] = bearer ? 'b' : 'c';
	sodium_bin2hex(key + 1, KEY_SIZE - 1, digest, sizeof(digest));
}

static int take_cached(struct actor_cache *cache, const char *key, int64_t now,
	const struct actor **actor, char csrf[65])
{
	struct cached *c;
	int err = EAGAIN;

	pthread_mutex_lock(&cache->lock);
	c = hash_get(cache->by_key, key);
	if (c && c->until > now) {
		*actor = actor_hold((struct actor *)c->actor);
		memcpy(csrf, c->csrf, 65);
		err = 0;
	}
	pthread_mutex_unlock(&cache->lock);
	return err;
}

static void keep(struct actor_cache *cache, const char *key, const struct actor *actor,
	const char csrf[65], uint64_t generation)
{
	struct cached *c = calloc(1, sizeof(*c)), *old;
	struct sweep expired = { .cache = cache, .before = clock_mono() };

	if (!c)
		return;
	c->actor = actor_hold((struct actor *)actor);
	memcpy(c->csrf, csrf, 65);
	memcpy(c->key, key, KEY_SIZE);
	c->until = expired.before + CACHE_MS;
	pthread_mutex_lock(&cache->lock);
	if (hash_count(cache->by_key) >= MOST_CACHED)
		hash_each(cache->by_key, sweep_one, &expired);
	if (atomic_load(&cache->generation) != generation ||
		hash_count(cache->by_key) >= MOST_CACHED) {
		cached_free(c);
	} else {
		old = hash_get(cache->by_key, key);
		if (hash_set(cache->by_key, key, c))
			cached_free(c);
		else if (old)
			cached_free(old);
	}
	pthread_mutex_unlock(&cache->lock);
}

int actor_cached(
	struct web *web, const char *secret, bool bearer, const struct actor **actor, char csrf[65])
{
	char key[KEY_SIZE];

	make_key(key, secret, bearer);
	return take_cached(web->actors, key, clock_mono(), actor, csrf);
}

uint64_t actor_generation(struct web *web)
{
	return atomic_load(&web->actors->generation);
}

struct resolve {
	const struct web_auth *auth;
	const char *secret;
	bool bearer;
	const struct actor *actor;
	char csrf[65];
};

static int resolve_in_read(struct db *db, void *arg)
{
	struct resolve *r = arg;

	return r->auth->resolve(db, r->secret, r->bearer, &r->actor, r->csrf);
}

int actor_resolve(
	struct web *web, const char *secret, bool bearer, const struct actor **actor, char csrf[65])
{
	struct resolve r = { .auth = &web->auth, .secret = secret, .bearer = bearer };
	char key[KEY_SIZE];
	uint64_t generation;
	int err;

	if (!web->auth.resolve)
		return ENOENT;
	make_key(key, secret, bearer);
	generation = actor_generation(web);
	if (!take_cached(web->actors, key, clock_mono(), actor, csrf))
		return 0;
	err = db_read(web->platform->database, resolve_in_read, &r);
	/* While the database is away people go on answering calls: who was known a while ago is still known. */
	if (err == EAGAIN)
		return take_cached(web->actors, key, clock_mono() - AWAY_MS, actor, csrf);
	if (err)
		return err;
	if (!r.actor)
		return ENOENT;
	keep(web->actors, key, r.actor, r.csrf, generation);
	*actor = r.actor;
	memcpy(csrf, r.csrf, 65);
	return 0;
}

const struct actor *actor_nobody(void)
{
	static char no_departments[] = "[]";
	static const struct actor nobody = { .references = 1, .departments_json = no_departments };

	return &nobody;
}

/* --- the checks before a handler, in order --- */

static int find_actor(struct web_request *req)
{
	const char *bearer = http_bearer(request_header(req, "authorization"));
	char cookie[256];
	int err;

	if (bearer) {
		err = actor_resolve(req->web, bearer, true, &req->actor, req->csrf);
	} else if (http_cookie(request_header(req, "cookie"), WEB_COOKIE, cookie, sizeof(cookie))) {
		err = actor_resolve(req->web, cookie, false, &req->actor, req->csrf);
		req->by_cookie = !err;
	} else {
		return 0;
	}
	if (err == ENOENT && bearer)
		return web_problem(req, 401, "bad_token", NULL, "the API token is not valid");
	return err == ENOENT ? 0 : err; /* an old cookie counts as none */
}

static int check_origin(struct web_request *req)
{
	const char *origin = request_header(req, "origin"), *host = request_header(req, "host");

	/* No browser leaves Origin out of such a request; other programs have no foreign cookies. */
	if (!origin || http_same_origin(origin, host))
		return 0;
	return web_problem(
		req, 403, "bad_origin", NULL, "the request comes from a page of another server");
}

static int check_csrf(struct web_request *req)
{
	const char *token = request_header(req, "x-csrf-token");

	/* libwebsockets drops header names it does not know from HTTP/2; this one it knows. */
	if (!token)
		token = request_header(req, "x-auth-token");
	if (token && req->csrf[0] && strlen(token) == strlen(req->csrf) &&
		!sodium_memcmp(token, req->csrf, strlen(token)))
		return 0;
	return web_problem(req, 403, "bad_csrf_token", NULL,
		"the header X-CSRF-Token does not match the session");
}

int session_check(struct web_request *req)
{
	const struct web_route *route = req->entry->route;
	bool changes = route->method != WEB_GET;
	int err;

	err = find_actor(req);
	if (!err && changes)
		err = check_origin(req);
	if (err || !strcmp(route->permission, "public"))
		return err;
	if (!req->actor || !req->actor->user_id)
		return web_problem(req, 401, "not_signed_in", NULL, "sign in first");
	if (changes && req->by_cookie) {
		err = check_csrf(req);
		if (err)
			return err;
	}
	if (!strcmp(route->permission, "signed_in"))
		return 0;
	return actor_range(req->actor, route->permission) == RANGE_NONE ? web_forbidden(req) : 0;
}
