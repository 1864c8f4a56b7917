/* HTTP and WebSocket. One libwebsockets thread moves bytes; requests run on workers, inside a database read (GET) or a database write
 * (all else), from the first line of the handler to its last. A handler returns 0 or an errno; what the user must learn goes
 * through web_problem. The reply is sent when the transaction has committed, never before. */
#ifndef HOTLINE_PLATFORM_WEB_H
#define HOTLINE_PLATFORM_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "actor/actor.h"
#include "arena.h"
#include "db/db.h"
#include "web/field.h"

struct web;
struct web_request;
struct event_hub;

enum web_method { WEB_GET, WEB_POST, WEB_PUT, WEB_PATCH, WEB_DELETE };

typedef int(web_handler_h)(struct web_request *req, struct db *db);

struct web_param { /* of the query string */
	const char *name;
	enum field_type type; /* TEXT, INT, BOOL, ID, TIME, ENUM */
	const char *const *values;
	const char *text;
};

struct web_route {
	enum web_method method;
	const char *
		path; /* "/api/v1/tickets/{id}"; names in braces are ids unless written {name:text} */
	const char *
		permission; /* required. "public": nobody need be signed in; "signed_in": anybody who is */
	const struct web_field *body; /* NULL: none is read. body_size: sizeof the struct */
	size_t body_size;
	const struct web_field *reply; /* of one object or one item of a list */
	bool list;                     /* replies {"items": [...], "next": cursor or null} */
	const struct web_param *
		params; /* ends with a zero row; `cursor` and `limit` come by themselves with .list */
	web_handler_h *handler;
	bool no_db;      /* handler gets NULL and runs on a worker; it may web_defer */
	bool reads_only; /* a POST that only reads (search): runs in db_read */
	bool raw_body; /* body of any type up to max_body, spooled to a temporary file: web_body_file */
	bool raw_reply;      /* the handler answers with web_reply_file or web_reply_text */
	bool idempotent;     /* creation: Idempotency-Key is honoured */
	size_t max_body;     /* 0: 1 MiB; more is 413 */
	unsigned per_minute; /* at most so many per source address; 0: no limit; over it 429 */
	const char *summary; /* English, for OpenAPI */
};

/* --- inside a handler (the request's thread only) --- */
struct arena *web_arena(struct web_request *req);
const struct actor *web_actor(struct web_request *req); /* never NULL; user_id 0 on public routes */
const void *web_body(struct web_request *req);          /* the struct of .body */
int64_t web_path_id(struct web_request *req, const char *name);
const char *web_path_text(struct web_request *req, const char *name);
/* Query parameters, already checked against .params; the fallback when absent. */
int64_t web_param_int(struct web_request *req, const char *name,
	int64_t fallback); /* also ID, TIME, BOOL, ENUM */
const char *web_param_text(struct web_request *req, const char *name); /* NULL when absent */
/* Lists are paged by key: the cursor is the text given to web_list_end for the page before. */
const char *web_cursor(struct web_request *req);                   /* NULL on the first page */
int web_limit(struct web_request *req);                            /* 1-200, default 50 */
const char *web_header(struct web_request *req, const char *name); /* lower-case name; NULL */
/* If-Match as a number: the row version the caller has; -1 when the header is missing. */
int64_t web_if_match(struct web_request *req);
const char *web_source_address(struct web_request *req); /* of the caller, after trusted proxies */
const char *web_request_id(struct web_request *req);
struct platform;
const struct platform *web_platform(struct web_request *req);
int web_body_file(
	struct web_request *req, const char **path, size_t *size, const char **content_type);

/* Replies: exactly one. */
int web_reply(struct web_request *req, int status, const void *object); /* by .reply of the route */
/* The same with fields chosen by hand, and ETag "version" when version >= 0. */
int web_reply_with(struct web_request *req, int status, const struct web_field *fields,
	const void *object, int64_t version);
int web_reply_empty(struct web_request *req); /* 204 */
void web_list_begin(struct web_request *req);
void web_list_item(struct web_request *req, const void *object);
int web_list_end(struct web_request *req, const char *next_cursor); /* NULL: that was all */
int web_reply_json(struct web_request *req, int status, const char *json);
int web_reply_text(struct web_request *req, int status, const char *content_type, const char *text,
	size_t len);
/* Serves a file with ranges (206), from the web thread in pieces. */
int web_reply_file(struct web_request *req, const char *path, const char *content_type,
	const char *download_name);
int web_set_header(struct web_request *req, const char *name, const char *value);
int web_set_cookie(struct web_request *req, const char *name, const char *value,
	int64_t max_age_s); /* HttpOnly; SameSite=Lax; Secure with TLS */

/* Refusals: fills the problem and returns an errno for the handler to return (rolls back). */
int web_problem(struct web_request *req, int status, const char *code, const char *field,
	const char *detail_fmt, ...) __attribute__((format(printf, 5, 6)));
int web_not_found(struct web_request
		*req); /* also for rows outside the data range: their existence is not told */
int web_forbidden(struct web_request *req);
/* 409 code "stale" with {"current": object, "version": n}: a stale save is refused, nothing lost. */
int web_stale(struct web_request *req, const struct web_field *fields, const void *current,
	int64_t version);

/* For no_db routes whose answer comes from another thread: keep the request, return web_defer(req) from the handler, and later
 * answer with any web_reply* or web_problem and then web_finish(req, err), once, from any thread. A deferred request that is not
 * finished in 10 s is answered 504 by itself (a late web_finish is then harmless). */
int web_defer(struct web_request *req);
void web_finish(struct web_request *req, int err);

/* --- start and stop --- */
struct web_asset {        /* the embedded front end; table ends with a zero row */
	const char *path; /* "/assets/x-abc123.js" */
	const char *content_type;
	const unsigned char *br, *gz, *plain; /* plain may be NULL */
	size_t br_len, gz_len, plain_len;
	const char *etag;
};
extern const struct web_asset web_assets[];

struct web_config {
	const char *address; /* "127.0.0.1" */
	int port;
	const char *certificate, *private_key; /* PEM files; NULL: plain HTTP */
	unsigned workers;                      /* 0: as many as cores (SQLite) or 16 (PostgreSQL) */
	const char *upload_dir;
	bool test_routes;
	const char *trusted_proxy; /* address whose X-Forwarded-For counts; NULL: none */
};

/* Identity makes actors. The callbacks run on workers. A result is a new reference. */
struct web_auth {
	/* From the session cookie's value, or (bearer true) an API token. ENOENT: not valid. csrf gets the session's CSRF token. */
	int (*resolve)(struct db *db, const char *secret, bool bearer, const struct actor **actor,
		char csrf[65]);
};

int web_create(struct web **webp, const struct web_config *config, const struct platform *platform);
int web_declare(struct web *web,
	const struct web_route *routes); /* refuses rows without permission, handler or summary */
void web_set_auth(struct web *web, const struct web_auth *auth);
int web_start(struct web *web); /* binds; EADDRINUSE ... */
void web_stop(struct web *web); /* finishes requests under way, closes sockets */
void web_free(struct web *web);
int web_port(const struct web *web); /* the bound port (config port 0: any) */
/* Throws out every open event and SIP socket and cached actor of a user: rights or session changed. user_id 0: all. Any thread. */
void web_forget_actor(struct web *web, int64_t user_id);
/* The number of open event sockets of a user: "is a browser there?". Any thread. */
unsigned web_presence(struct web *web, int64_t user_id);
/* Called on a web thread when the first event socket of a user opens or the last one closes. */
void web_on_presence(
	struct web *web, void (*fn)(int64_t user_id, bool present, void *arg), void *arg);
int web_write_openapi(struct web *web, struct buf *out);
void web_each_route(
	struct web *web, void (*fn)(const struct web_route *route, void *arg), void *arg);

/* --- SIP over WebSocket: frames cross as messages --- */
struct web_sip {
	/* A browser opened GET /sip (sub-protocol sip). actor: who (user_id 0: a guest who came with ?guest=<token>). Return 0 to
	 * accept. All run on the web thread and must only copy and post. */
	int (*open)(uint64_t connection, const struct actor *actor, const char *guest_token,
		const char *address, int port, void *arg);
	void (*receive)(uint64_t connection, const char *data, size_t len, void *arg);
	void (*close)(uint64_t connection, void *arg);
	void *arg;
};
void web_set_sip(struct web *web, const struct web_sip *sip);
/* Sends one TEXT frame; any thread; copies. ENOTCONN when the socket has gone, ENOBUFS over 256 waiting frames. */
int web_sip_send(struct web *web, uint64_t connection, const char *data, size_t len);
void web_sip_close(struct web *web, uint64_t connection);

#endif
