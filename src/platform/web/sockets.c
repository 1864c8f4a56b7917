/* WebSockets: who may open one, the queue of frames, pings and closing. */
#include <arpa/inet.h>
#include <errno.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "clock/clock.h"
#include "log/log.h"
#include "web/sockets.h"

#define PING_MS       20000
#define PONG_LIMIT_US INT64_C(20000000)
#define CLOSE_LIMIT_S 2  /* for a peer to answer our goodbye */
#define BURST         16 /* frames written before other sockets have their turn */

struct frame *frame_create(const char *text, size_t len)
{
	struct frame *f = malloc(sizeof(*f) + LWS_PRE + len);

	if (!f)
		return NULL;
	f->references = 1;
	f->len = len;
	memcpy(f->data + LWS_PRE, text, len);
	return f;
}

void frame_release(struct frame *f)
{
	if (f && !--f->references)
		free(f);
}

struct sockets *sockets_create(struct web *web)
{
	struct sockets *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->web = web;
	list_init(&s->all);
	pthread_mutex_init(&s->lock, NULL);
	s->by_id = hash_create();
	s->presence = hash_create();
	if (!s->by_id || !s->presence) {
		sockets_free(s);
		return NULL;
	}
	return s;
}

void sockets_free(struct sockets *s)
{
	if (!s)
		return;
	hash_free(s->by_id);
	hash_free(s->presence);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* --- opening --- */

static bool offers_sip(const char *header)
{
	for (const char *s = header; s && *s;) {
		size_t len;

		s += strspn(s, " \t,");
		len = strcspn(s, " \t,");
		if (len == 3 && !strncasecmp(s, "sip", 3))
			return true;
		s += len;
	}
	return false;
}

/* Who asks, as far as it is known without the database. 0, EAGAIN (ask a worker) or ENOENT (no credentials). */
static int find_cached(struct web_request *req, const struct actor **actor)
{
	const char *bearer = http_bearer(request_header(req, "authorization"));
	char cookie[256], csrf[65];

	if (bearer)
		return actor_cached(req->web, bearer, true, actor, csrf);
	if (http_cookie(request_header(req, "cookie"), WEB_COOKIE, cookie, sizeof(cookie)))
		return actor_cached(req->web, cookie, false, actor, csrf);
	return ENOENT;
}

/* 0 or the HTTP status of the refusal. *actor: set when it is known already. */
static int check(
	struct web_request *req, const char *path, bool *is_sip, const struct actor **actor)
{
	struct sockets *sockets = req->web->sockets;
	const char *origin = request_header(req, "origin"), *guest = request_query(req, "guest");
	bool sip_offered = offers_sip(request_header(req, "sec-websocket-protocol"));
	int err;

	*is_sip = !strcmp(path, "/sip");
	if (!*is_sip && strcmp(path, "/api/v1/events"))
		return 404;
	if (*is_sip && !atomic_load(&sockets->has_sip))
		return 404;
	if (atomic_load(&req->web->stopping) || sockets->count >= MOST_SOCKETS)
		return 503;
	if (origin && !http_same_origin(origin, request_header(req, "host")))
		return 403;
	if (*is_sip != sip_offered)
		return 400;
	err = find_cached(req, actor);
	if (err == ENOENT && !(*is_sip && guest && *guest))
		return 401;
	return 0;
}

static struct web_request *read_upgrade(
	struct web *web, struct lws *wsi, int *status, bool *is_sip, const struct actor **actor)
{
	struct web_request *req = request_create(web);
	char *uri = NULL, *path;
	int len = 0;

	*status = 500;
	if (!req)
		return NULL;
	if (lws_http_get_uri_and_method(wsi, &uri, &len) < 0 || !uri ||
		http_read_headers(req, wsi)) {
		*status = 400;
		goto refused;
	}
	path = arena_strndup(req->arena, uri, (size_t)len);
	if (!path)
		goto refused;
	*status = check(req, path, is_sip, actor);
	if (!*status)
		return req;
refused:
	request_release(req);
	return NULL;
}

int sockets_check(struct web *web, struct lws *wsi)
{
	const struct actor *actor = NULL;
	struct web_request *req;
	bool is_sip;
	int status;

	req = read_upgrade(web, wsi, &status, &is_sip, &actor);
	if (!req)
		return status;
	actor_release((struct actor *)(uintptr_t)actor);
	request_release(req);
	return 0;
}

static int peer_port(struct lws *wsi)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);

	if (getpeername(lws_get_socket_fd(lws_get_network_wsi(wsi)), (struct sockaddr *)&a, &len))
		return 0;
	return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
					     : ((struct sockaddr_in *)&a)->sin_port);
}

int sockets_open(struct web *web, struct lws *wsi, struct session *s)
{
	struct sockets *sockets = web->sockets;
	const struct actor *actor = NULL;
	struct web_request *req;
	struct socket *sock;
	bool is_sip;
	int status;

	req = read_upgrade(web, wsi, &status, &is_sip, &actor);
	if (!req)
		return EACCES;
	sock = calloc(1, sizeof(*sock));
	if (!sock) {
		actor_release((struct actor *)(uintptr_t)actor);
		request_release(req);
		return ENOMEM;
	}
	memset(s, 0, sizeof(*s));
	s->kind = SESSION_SOCKET;
	s->socket = sock;
	sock->wsi = wsi;
	sock->req = req;
	sock->actor = actor;
	sock->is_sip = is_sip;
	sock->id = atomic_fetch_add(&sockets->last_id, 1) + 1;
	memcpy(sock->address, req->address, sizeof(sock->address));
	sock->port = peer_port(wsi);
	if (request_query(req, "guest"))
		sock->guest_token = strdup(request_query(req, "guest"));
	buf_init(&sock->message, MOST_SIP_MESSAGE);
	sock->pinged_mono = clock_mono();
	list_append(&sockets->all, &sock->link);
	sockets->count++;
	pthread_mutex_lock(&sockets->lock);
	status = hash_set_id(sockets->by_id, sock->id, sock);
	pthread_mutex_unlock(&sockets->lock);
	return status;
}

struct socket *socket_find(struct sockets *sockets, uint64_t id)
{
	struct socket *sock;

	pthread_mutex_lock(&sockets->lock);
	sock = hash_get_id(sockets->by_id, id);
	pthread_mutex_unlock(&sockets->lock);
	return sock;
}

static void become_ready(struct web *web, struct socket *sock)
{
	if (sock->req)
		request_release(sock->req);
	sock->req = NULL;
	sock->ready = true;
	lws_rx_flow_control(sock->wsi, 1);
	if (sock->is_sip)
		sip_socket_ready(web, sock);
	else
		event_socket_ready(web, sock);
}

/* A worker has asked the database who it is. */
static void found_out(struct web_request *req)
{
	struct web *web = req->web;
	struct socket *sock = socket_find(web->sockets, req->socket_id);

	if (!sock) {
		request_release(req);
		return;
	}
	sock->req = NULL;
	if (req->actor && req->actor->user_id)
		sock->actor = actor_hold((struct actor *)(uintptr_t)req->actor);
	if (req->out.status == 503)
		socket_close(sock, CLOSE_TRY_LATER);
	else if (!sock->actor && !sock->guest_token)
		socket_close(sock, CLOSE_NOT_SIGNED_IN);
	else if (!sock->closing)
		become_ready(web, sock);
	request_release(req);
}

static int say_yes(struct web_request *req, struct db *db)
{
	(void)db;
	return web_reply_empty(req);
}

int sockets_opened(struct web *web, struct lws *wsi, struct session *s)
{
	static const struct web_route route = { .method = WEB_GET,
		.path = "",
		.permission = "public",
		.no_db = true,
		.handler = say_yes,
		.summary = "Who opens a WebSocket?" };
	static struct web_route_entry entry = { .route = &route };
	struct socket *sock = s->socket;
	struct web_request *req = sock->req;
	bool has_credentials =
		request_header(req, "authorization") || request_header(req, "cookie");

	web->session_count++;
	if (sock->actor || !has_credentials) {
		become_ready(web, sock);
		return 0;
	}
	lws_rx_flow_control(wsi, 0);
	req->entry = &entry;
	req->query_count = 0; /* the socket's, not the route's */
	req->socket_id = sock->id;
	req->arrived = found_out;
	sock->req = NULL;
	if (pool_add(web, req)) {
		request_release(req);
		socket_close(sock, CLOSE_TRY_LATER);
	}
	return 0;
}

/* --- frames --- */

static int make_room(struct socket *sock)
{
	size_t room = sock->room ? sock->room * 2 : 8;
	struct frame **frames = malloc(room * sizeof(struct frame *));

	if (!frames)
		return ENOMEM;
	for (size_t i = 0; i < sock->count; i++)
		frames[i] = sock->frames[(sock->first + i) % sock->room];
	free(sock->frames);
	sock->frames = frames;
	sock->room = room;
	sock->first = 0;
	return 0;
}

void socket_push(struct socket *sock, struct frame *f)
{
	if (sock->closing)
		return;
	if (!sock->is_sip && sock->count >= MOST_EVENT_FRAMES) {
		socket_close(sock, CLOSE_SLOW);
		return;
	}
	if (sock->count == sock->room && make_room(sock)) {
		socket_close(sock, CLOSE_TRY_LATER);
		return;
	}
	f->references++;
	sock->frames[(sock->first + sock->count++) % sock->room] = f;
	if (sock->count == 1)
		lws_callback_on_writable(sock->wsi);
}

static int write_frame(struct socket *sock)
{
	struct frame *f = sock->frames[sock->first];
	int n;

	/* Every socket writes the same head before the text, so the bytes are shared. */
	n = lws_write(sock->wsi, f->data + LWS_PRE, f->len, LWS_WRITE_TEXT);
	sock->first = (sock->first + 1) % sock->room;
	sock->count--;
	if (sock->is_sip)
		atomic_fetch_sub(&sock->waiting, 1);
	frame_release(f);
	return n < 0 ? -1 : 0;
}

static int write_ping(struct socket *sock)
{
	/* Not empty: libwebsockets 4.1.6 does not tell of an empty pong. */
	unsigned char ping[LWS_PRE + 1] = { 0 };

	ping[LWS_PRE] = 'p';
	sock->ping_due = false;
	sock->awaits_pong = true;
	sock->pinged_us = monotonic_us();
	return lws_write(sock->wsi, ping + LWS_PRE, 1, LWS_WRITE_PING) < 0 ? -1 : 0;
}

int sockets_writeable(struct web *web, struct lws *wsi, struct session *s)
{
	struct socket *sock = s->socket;

	(void)web;
	if (!sock)
		return 0; /* its close frame has been sent; the answer is awaited */
	if (sock->closing) {
		lws_close_reason(wsi, (enum lws_close_status)sock->code, NULL, 0);
		return -1;
	}
	if (sock->ping_due)
		return write_ping(sock) || (sock->count && lws_callback_on_writable(wsi) < 0) ? -1
											      : 0;
	for (int i = 0; i < BURST && sock->count; i++) {
		if (i && (lws_send_pipe_choked(wsi) || lws_partial_buffered(wsi)))
			break;
		if (write_frame(sock))
			return -1;
	}
	if (sock->count)
		lws_callback_on_writable(wsi);
	return 0;
}

int sockets_receive(
	struct web *web, struct lws *wsi, struct session *s, const char *data, size_t len)
{
	struct socket *sock = s->socket;

	(void)wsi;
	if (!sock || sock->closing || !sock->is_sip)
		return 0; /* an event socket only listens */
	return sip_socket_receive(web, sock, data, len);
}

void sockets_pong(struct session *s)
{
	if (s->socket)
		s->socket->awaits_pong = false;
}

/* --- closing --- */

void socket_close(struct socket *sock, enum close_code code)
{
	if (sock->closing)
		return;
	sock->closing = true;
	sock->code = code;
	lws_rx_flow_control(sock->wsi, 1); /* to see the peer's goodbye */
	/* A peer that takes nothing never becomes writeable; the timeout ends it. */
	lws_set_timeout(sock->wsi, PENDING_TIMEOUT_CLOSE_SEND, CLOSE_LIMIT_S);
	lws_callback_on_writable(sock->wsi);
}

void sockets_closed(struct web *web, struct session *s)
{
	struct sockets *sockets = web->sockets;
	struct socket *sock = s->socket;

	s->socket = NULL;
	if (!sock)
		return;
	pthread_mutex_lock(&sockets->lock);
	hash_remove_id(sockets->by_id, sock->id);
	pthread_mutex_unlock(&sockets->lock);
	if (sock->ready && sock->is_sip)
		sip_socket_gone(web, sock);
	else if (sock->ready)
		event_socket_gone(web, sock);
	list_remove(&sock->link);
	sockets->count--;
	while (sock->count) {
		frame_release(sock->frames[sock->first]);
		sock->first = (sock->first + 1) % sock->room;
		sock->count--;
	}
	if (sock->req)
		request_release(sock->req);
	actor_release((struct actor *)(uintptr_t)sock->actor);
	buf_release(&sock->message);
	free(sock->frames);
	free(sock->guest_token);
	free(sock);
}

void sockets_close_all(struct web *web)
{
	list_for_each(pos, &web->sockets->all)
		socket_close(list_entry(pos, struct socket, link), CLOSE_GOING_AWAY);
}

void sockets_tick(struct web *web)
{
	int64_t now = clock_mono(), now_us = monotonic_us();

	list_for_each(pos, &web->sockets->all)
	{
		struct socket *sock = list_entry(pos, struct socket, link);

		if (sock->closing)
			continue;
		/* Waiting for a pong is by the real clock: turning the test clock must not end sockets. */
		if (sock->awaits_pong && now_us - sock->pinged_us > PONG_LIMIT_US) {
			socket_close(sock, CLOSE_GOING_AWAY);
		} else if (!sock->awaits_pong && now - sock->pinged_mono >= PING_MS) {
			sock->pinged_mono = now;
			sock->ping_due = true;
			lws_callback_on_writable(sock->wsi);
		}
	}
}

/* --- rights or session changed --- */

struct forget {
	struct web_post post;
	int64_t user_id;
};

static void forget_now(struct web_post *post, struct web *web)
{
	struct forget *f = list_entry(post, struct forget, post);

	list_for_each(pos, &web->sockets->all)
	{
		struct socket *sock = list_entry(pos, struct socket, link);

		if (!f->user_id || (sock->actor && sock->actor->user_id == f->user_id))
			socket_close(sock, CLOSE_NOT_SIGNED_IN);
	}
	free(f);
}

void web_forget_actor(struct web *web, int64_t user_id)
{
	struct forget *f;

	actor_cache_forget(web->actors, user_id);
	f = calloc(1, sizeof(*f));
	if (!f) {
		log_error("web", "out of memory: sockets of a changed session stay open, ignoring",
			NULL);
		return;
	}
	list_init(&f->post.link);
	f->post.fn = forget_now;
	f->user_id = user_id;
	web_post(web, &f->post);
}
