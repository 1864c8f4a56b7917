/* Opening a WebSocket: who may, found out from the cache before the upgrade or by a worker after it. */
#include <arpa/inet.h>
#include <errno.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "clock/clock.h"
#include "web/sockets.h"

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
	actor_release((struct actor *)actor);
	request_release(req);
	return 0;
}

static int peer_port(struct lws *wsi)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} a = { .six = { 0 } };
	socklen_t len = sizeof(a);

	if (getpeername(lws_get_socket_fd(lws_get_network_wsi(wsi)), &a.any, &len))
		return 0;
	return ntohs(a.any.sa_family == AF_INET6 ? a.six.sin6_port : a.four.sin_port);
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
		actor_release((struct actor *)actor);
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
		sock->actor = actor_hold((struct actor *)req->actor);
	if (req->out.status == 503 || req->generation != actor_generation(web))
		socket_close(sock,
			CLOSE_TRY_LATER); /* perhaps it is his rights that changed meanwhile */
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
	req->generation = actor_generation(web);
	req->arrived = found_out;
	sock->req = NULL;
	if (pool_add(web, req)) {
		request_release(req);
		socket_close(sock, CLOSE_TRY_LATER);
	}
	return 0;
}
