/* What the files of web/ share. Nobody else includes this.
 *
 * Who owns what: the web thread (the one that serves libwebsockets) owns every struct lws, session and socket. A request
 * is made there, handed to a worker, from there perhaps to the database writer or (deferred) to any thread, and comes back
 * through web_post with its answer. At any moment exactly one of them may touch it; only `wsi` stays the web thread's. */
#ifndef HOTLINE_PLATFORM_WEB_PRIVATE_H
#define HOTLINE_PLATFORM_WEB_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include "buf.h"
#include "event/event.h"
#include "hash.h"
#include "list.h"
#include "metrics/metrics.h"
#include "module/module.h"
#include "web/text.h"
#include "web/web.h"

struct lws;
struct lws_context;
struct lws_vhost;
struct ev_loop;

#define WEB_METHODS      5
#define WEB_COOKIE       "hotline_session"
#define MOST_HEADERS     40
#define MOST_QUERY       48
#define MOST_CAPTURES    8
#define MOST_QUEUED      1024 /* requests waiting for a worker */
#define MOST_UNDER_WAY   8192 /* requests not yet answered, wherever they are */
#define MOST_CONNECTIONS 16000
#define DEFAULT_BODY     (1u << 20)
#define MOST_REPLY       (64u << 20) /* bytes of one reply made in memory */
#define DEFER_LIMIT_MS   10000
#define HEAD_SIZE        16384 /* most bytes of an answer's headers */
#define PIECE_SIZE       65536 /* bytes handed to the connection at a time */

/* A message to the web thread. fn runs there, or on the posting thread once the web thread has ended. */
struct web_post {
	struct list link;
	void (*fn)(struct web_post *post, struct web *web);
};

struct web_route_entry { /* a declared route with what is counted for it */
	const struct web_route *route;
	const char *captures[MOST_CAPTURES]; /* names in braces, in order; owned */
	bool capture_text[MOST_CAPTURES];
	size_t capture_count;
	struct metric *requests[6]; /* by status class 1xx-5xx; 0 unused */
	struct metric *duration;
};

struct web_pair {
	const char *name, *value;
};

enum web_out_kind { OUT_NONE, OUT_BUFFER, OUT_STATIC, OUT_FILE };

struct web_out {    /* an answer */
	int status; /* 0: none yet */
	enum web_out_kind kind;
	const char *content_type;
	struct buf headers; /* name NUL value NUL ... */
	struct buf body;
	const unsigned char *data; /* OUT_STATIC */
	int fd;                    /* OUT_FILE; -1: none */
	uint64_t offset, length;   /* of the body: where it starts in the file, how much is sent */
};

struct web_request {
	struct web_post post;
	struct list under_way; /* the web thread's list of unanswered requests */
	struct web *web;
	atomic_int references;
	atomic_bool deferred, gone;
	struct lws *wsi; /* web thread only; NULL: the client has gone or was answered already */
	struct web_route_entry *entry; /* NULL: not found */
	enum web_method method;
	bool is_head, is_http2, is_secure, must_close;
	const char *path;
	struct web_pair headers[MOST_HEADERS], query[MOST_QUERY];
	size_t header_count, query_count;
	const char *captures[MOST_CAPTURES];
	char id[24], address[48];
	int64_t started_us, started_mono;
	struct arena *arena;

	struct buf body_bytes;
	size_t max_body;
	int spool_fd; /* -1: none */
	size_t spool_size;
	const char *spool_path;

	const struct actor *actor;
	bool by_cookie;
	char csrf[65];
	void *body; /* the struct of route->body */
	int64_t limit;

	struct problem problem;
	const char
		*problem_extra; /* further members of the problem: `"current":{...},"version":3` */
	struct web_out out;
	struct json_writer list_writer;
	bool in_list;
	struct idempotency *idempotency; /* NULL: none */
	uint64_t generation;             /* actor_generation() when that was asked */
	uint64_t socket_id; /* not 0: no HTTP request, it asks who opened that WebSocket */
	void (*arrived)(struct web_request *req); /* instead of sending an answer */
};

struct web {
	struct web_config config;
	char *strings[5]; /* copies of the texts of config */
	const struct platform *platform;
	struct web_auth auth;
	atomic_int references; /* web_create's and one per request alive */

	/* routes: filled before web_start, read only afterwards */
	struct route_node *router;
	struct web_route_entry **entries;
	size_t entry_count;
	struct web_route_entry *other; /* counts what has no route: assets, unknown paths */

	/* workers */
	pthread_mutex_t queue_lock;
	pthread_cond_t queue_filled;
	struct list queue;
	size_t queue_length;
	pthread_t *workers;
	unsigned worker_count;
	bool queue_closed;

	/* the web thread */
	pthread_t thread;
	bool thread_runs;
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct ev_loop *loop;
	int port;
	unsigned char *scratch; /* one piece of output with room for frame headers before it */
	struct list under_way;
	size_t under_way_count;
	size_t connections;   /* all that libwebsockets holds */
	size_t session_count; /* WebSockets whose closing is not over */
	struct limiter *limiter;
	atomic_bool stopping;

	pthread_mutex_t post_lock;
	struct list posts;
	bool wakeable;     /* libwebsockets is there to be woken */
	bool posts_closed; /* no web thread: posts run at once */

	struct actor_cache *actors;
	struct sockets *sockets; /* events and SIP */

	pthread_mutex_t spare_lock;
	struct list spare; /* requests kept for reuse, through under_way */
	size_t spare_count;

	struct metric *refused, *open_connections, *open_events, *open_sip;
};

/* --- router.c --- */
/* Adds; EEXIST for a second row of the same method and path, EINVAL for a path it does not understand. */
int router_add(struct web *web, const struct web_route *route);
void router_free(struct web *web);
/* ENOENT, or ENOTSUP when the path has other methods only; *allow gets a bit per method then. */
int router_find(struct web *web, enum web_method method, const char *path, struct arena *arena,
	struct web_route_entry **entry, const char **captures, unsigned *allow);
const char *web_method_name(enum web_method method);

/* --- request.c --- */
struct web_request *request_create(struct web *web);
void request_hold(struct web_request *req);
void request_release(struct web_request *req);
void request_free(struct web_request *req);
const char *request_header(const struct web_request *req, const char *name);
const char *request_query(const struct web_request *req, const char *name);
int request_check_params(struct web_request *req);

/* --- reply.c, problem.c --- */
void out_init(struct web_out *out);
void out_clear(struct web_out *out);
void out_release(struct web_out *out);
int out_header(struct web_out *out, const char *name, const char *value);
/* Makes the answer final: a problem for err, the default for a handler that said nothing. */
void reply_settle(struct web_request *req, int err);
const char *status_title(int status);

/* --- run.c: on a worker --- */
void run_request(struct web_request *req);
/* Hands the request with its answer back to the web thread. */
void run_finished(struct web_request *req, int err);

/* --- pool.c --- */
int pool_start(struct web *web, unsigned count);
void pool_stop(struct web *web);
int pool_add(struct web *web, struct web_request *req); /* EAGAIN: the queue is full */

/* --- session.c: who is asking --- */
struct actor_cache *actor_cache_create(void);
void actor_cache_free(struct actor_cache *cache);
void actor_cache_forget(struct actor_cache *cache, int64_t user_id);
/* From the cache or through web_auth. ENOENT: the secret is not valid. *actor is a new reference. Any thread. */
int actor_resolve(struct web *web, const char *secret, bool bearer, const struct actor **actor,
	char csrf[65]);
/* From the cache only. EAGAIN: not there. */
int actor_cached(struct web *web, const char *secret, bool bearer, const struct actor **actor,
	char csrf[65]);
/* Changes whenever somebody is forgotten. Any thread. */
uint64_t actor_generation(struct web *web);
const struct actor *actor_nobody(void);
int session_check(struct web_request *req); /* actor, permission, CSRF */

/* --- limiter.c: web thread only --- */
struct limiter *limiter_create(void);
void limiter_free(struct limiter *l);
/* 0, or the seconds to wait. */
int limiter_take(struct limiter *l, const void *what, const char *address, unsigned per_minute);

/* --- idempotency.c --- */
int idempotency_begin(struct web_request *req);
int idempotency_run(struct web_request *req, struct db *db);
extern const struct db_stmt web_statements[];

/* --- server.c --- */
int server_start(struct web *web);
void server_stop(struct web *web);
int web_post(struct web *web, struct web_post *post);

/* --- http.c, send.c: web thread --- */
enum session_kind { SESSION_NONE, SESSION_HTTP, SESSION_SOCKET };
struct session { /* of one HTTP exchange or one WebSocket; zeroed by libwebsockets */
	enum session_kind kind;
	struct web_request *req; /* being received or answered */
	struct web_out *out;     /* of req, once it is being sent */
	bool receiving;          /* the body is on its way */
	bool body_ended;
	bool away; /* req is with a worker or somebody who deferred it */
	bool headers_sent;
	bool lingering; /* answered, but the rest of a refused body is swallowed first */
	uint64_t sent;
	struct socket *socket;
};
int http_request(struct web *web, struct lws *wsi, struct session *s);
int http_body(struct session *s, const char *data, size_t len);
int http_body_end(struct session *s);
void http_closed(struct session *s);
/* The web thread is done with req. */
void http_forget(struct web_request *req);
void http_tick(struct web *web);
/* --- http_headers.c --- */
/* Method and path. EINVAL: a method nobody has. */
int http_read_line(struct web_request *req, struct lws *wsi, bool *options);
/* Reads the headers and the address of an HTTP request or an upgrade into req. */
int http_read_headers(struct web_request *req, struct lws *wsi);
/* The answer of req is complete: start sending. */
void send_answer(struct web_request *req);
int send_some(struct web *web, struct lws *wsi, struct session *s); /* on writeable; -1: close */
void send_log(struct web_request *req, int status);
int64_t monotonic_us(void);

/* --- assets.c --- */
void assets_answer(struct web_request *req);

/* --- file.c --- */
int file_prepare(struct web_request *req, const char *path, const char *content_type,
	const char *download_name);

/* --- builtin.c --- */
extern const struct web_route web_builtin_routes[];

/* --- sockets.c, socket_open.c: event and SIP WebSockets --- */
struct sockets *sockets_create(struct web *web);
void sockets_free(struct sockets *s);
/* Before the upgrade: 0 goes on, else the HTTP status that refuses it. */
int sockets_check(struct web *web, struct lws *wsi);
int sockets_open(struct web *web, struct lws *wsi, struct session *s);
int sockets_opened(struct web *web, struct lws *wsi, struct session *s);
int sockets_receive(
	struct web *web, struct lws *wsi, struct session *s, const char *data, size_t len);
int sockets_writeable(struct web *web, struct lws *wsi, struct session *s);
void sockets_pong(struct session *s);
void sockets_closed(struct web *web, struct session *s);
void sockets_tick(struct web *web);
void sockets_close_all(struct web *web);

#endif
