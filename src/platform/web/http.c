/* Receiving HTTP requests on the web thread: headers, routing, limits, body; then to a worker. */
#include <errno.h>
#include <fcntl.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "clock/clock.h"
#include "log/log.h"
#include "web/web_private.h"

/* How many bytes of body follow. -1: none declared. */
static int body_length(struct web_request *req, int64_t *length)
{
	const char *text = request_header(req, "content-length");

	*length = -1;
	if (request_header(req, "transfer-encoding")) {
		req->must_close = true;
		return web_problem(
			req, 411, "length_required", NULL, "chunked bodies are not taken");
	}
	if (!text) {
		/* libwebsockets would take what comes next on the connection for a body. */
		if (req->method == WEB_POST || req->method == WEB_PUT || req->method == WEB_PATCH)
			req->must_close = true;
		return 0;
	}
	if (!*text || strlen(text) > 15 || strspn(text, "0123456789") != strlen(text)) {
		req->must_close = true;
		return web_problem(req, 400, "bad_request", NULL, "Content-Length is no number");
	}
	*length = strtoll(text, NULL, 10);
	return 0;
}

static void set_allow(struct web_request *req, unsigned allow)
{
	struct buf b;

	buf_init(&b, 128);
	buf_puts(&b, "OPTIONS");
	for (int m = 0; m < WEB_METHODS; m++)
		if (allow & 1u << m)
			buf_printf(&b, ", %s%s", web_method_name((enum web_method)m),
				m == WEB_GET ? ", HEAD" : "");
	if (!b.err)
		out_header(&req->out, "allow", b.data);
	buf_release(&b);
}

static void answer(struct web_request *req, int err)
{
	reply_settle(req, err);
	send_answer(req);
}

static void answer_unrouted(struct web_request *req, int err, unsigned allow, bool options)
{
	if (err == ENOTSUP || (options && allow)) {
		if (options)
			web_reply_empty(req);
		else
			web_problem(req, 405, "method_not_allowed", NULL, "not by this method");
		reply_settle(req, options ? 0 : EINVAL);
		set_allow(req, allow);
		send_answer(req);
	} else if (err == ENOENT && req->method == WEB_GET && strncmp(req->path, "/api/", 5)) {
		assets_answer(req);
	} else {
		answer(req, err);
	}
}

static int check_rate(struct web_request *req)
{
	const struct web_route *route = req->entry->route;
	char seconds[16];
	int wait;

	if (!route->per_minute)
		return 0;
	wait = limiter_take(req->web->limiter, route, req->address, route->per_minute);
	if (!wait)
		return 0;
	snprintf(seconds, sizeof(seconds), "%d", wait);
	reply_settle(req,
		web_problem(req, 429, "too_many_requests", NULL, "try again in %d seconds", wait));
	out_header(&req->out, "retry-after", seconds);
	return EBUSY;
}

static void dispatch(struct web_request *req)
{
	struct session *s = lws_wsi_user(req->wsi);
	int err;

	s->receiving = false;
	s->away = true;
	req->started_mono = clock_mono();
	lws_set_timeout(req->wsi, NO_PENDING_TIMEOUT, 0);
	/* Bytes of a next request stay in the socket meanwhile: nobody would read them. */
	lws_rx_flow_control(req->wsi, 0);
	err = pool_add(req->web, req);
	if (err) {
		metric_add(req->web->refused, 1);
		s->away = false;
		answer(req, EBUSY);
	}
}

static int open_spool(struct web_request *req)
{
	const char *dir = req->web->config.upload_dir ? req->web->config.upload_dir : "/tmp";
	char *path = arena_printf(req->arena, "%s/upload-%s-XXXXXX", dir, req->id);

	if (!path)
		return ENOMEM;
	req->spool_fd = mkostemp(path, O_CLOEXEC);
	if (req->spool_fd < 0) {
		log_error("web", "cannot spool an upload", "error", strerror(errno), NULL);
		return EIO;
	}
	req->spool_path = path;
	return 0;
}

/* A client with a large body asks first (curl from 1 MiB on) and would wait a second for the answer. */
static void invite_body(struct web_request *req)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	unsigned char out[LWS_PRE + sizeof(text)];
	const char *expect = request_header(req, "expect");

	if (req->is_http2 || !expect || strcasecmp(expect, "100-continue"))
		return;
	memcpy(out + LWS_PRE, text, sizeof(text) - 1);
	lws_write(req->wsi, out + LWS_PRE, sizeof(text) - 1, LWS_WRITE_HTTP_HEADERS);
}

/* 0: the request goes on; otherwise it has been refused. */
static int route_request(struct web_request *req, bool options)
{
	struct web *web = req->web;
	unsigned allow = 0;
	int64_t length;
	int err;

	err = body_length(req, &length);
	if (err) {
		answer(req, err);
		return err;
	}
	if (atomic_load(&web->stopping) || web->under_way_count > MOST_UNDER_WAY) {
		req->must_close = true;
		metric_add(web->refused, 1);
		answer(req, EBUSY);
		return EBUSY;
	}
	err = router_find(
		web, req->method, req->path, req->arena, &req->entry, req->captures, &allow);
	if (err || options) {
		req->must_close |= length > 0;
		answer_unrouted(req, err, allow, options);
		return ENOENT;
	}
	req->max_body = req->entry->route->max_body ? req->entry->route->max_body : DEFAULT_BODY;
	if (length > (int64_t)req->max_body) {
		req->must_close = true;
		answer(req, web_problem(req, 413, "too_large", NULL, "more than %zu bytes",
				    req->max_body));
		return EMSGSIZE;
	}
	if (check_rate(req)) {
		req->must_close |= length > 0;
		send_answer(req);
		return EBUSY;
	}
	req->body_bytes.max = req->max_body;
	if (req->entry->route->raw_body && (err = open_spool(req))) {
		req->must_close |= length > 0;
		answer(req, err);
		return err;
	}
	if (length <= 0) {
		dispatch(req);
	} else {
		((struct session *)lws_wsi_user(req->wsi))->receiving = true;
		invite_body(req);
	}
	return 0;
}

int http_request(struct web *web, struct lws *wsi, struct session *s)
{
	struct web_request *req = request_create(web);
	bool options = false;
	int err;

	if (!req)
		return -1;
	memset(s, 0, sizeof(*s));
	s->kind = SESSION_HTTP;
	s->req = req;
	req->wsi = wsi;
	list_append(&web->under_way, &req->under_way);
	web->under_way_count++;
	err = http_read_line(req, wsi, &options);
	if (!err)
		err = http_read_headers(req, wsi);
	if (err) {
		req->must_close = true;
		answer(req,
			web_problem(req, 400, "bad_request", NULL, "not a request we understand"));
		return 0;
	}
	route_request(req, options);
	return 0;
}

static int spool(struct web_request *req, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(req->spool_fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return errno == ENOSPC ? ENOSPC : EIO;
		data += n;
		len -= (size_t)n;
		req->spool_size += (size_t)n;
	}
	return 0;
}

/* libwebsockets 4.1.6 (lws_http_action) takes the head of a request for its body when the request was pipelined behind
 * another one. Nobody pipelines requests with a body for good reasons, so such a connection is cut off. */
static bool is_own_head(const struct web_request *req, const char *data, size_t len)
{
	const char *method = web_method_name(req->method), *end = memchr(data, '\r', len);
	size_t n = strlen(method);

	return !req->is_http2 && end && (size_t)(end - data) > n + 11 && !memcmp(data, method, n) &&
	       !memcmp(data + n, " /", 2) && !memcmp(end - 9, " HTTP/1.", 8);
}

int http_body(struct session *s, const char *data, size_t len)
{
	struct web_request *req = s->req;
	int err;

	if (!req || !s->receiving)
		return 0;
	if (!req->body_bytes.len && !req->spool_size && is_own_head(req, data, len))
		return -1;
	if (req->spool_fd >= 0)
		err = req->spool_size + len > req->max_body ? EMSGSIZE : spool(req, data, len);
	else
		err = buf_append(&req->body_bytes, data, len);
	if (!err)
		return 0;
	s->receiving = false;
	req->must_close = true;
	if (err == EMSGSIZE)
		err = web_problem(
			req, 413, "too_large", NULL, "more than %zu bytes", req->max_body);
	answer(req, err);
	return 0;
}

int http_body_end(struct session *s)
{
	/* Once for the body. Again means that a further request lies in libwebsockets' buffer behind this one, which it would
	 * offer for ever (4.1.6, lws_http_action): who pipelines behind a body is cut off. */
	if (s->lingering || s->body_ended)
		return -1;
	s->body_ended = true;
	if (s->req && s->receiving)
		dispatch(s->req);
	return 0;
}

void http_forget(struct web_request *req)
{
	if (!list_empty(&req->under_way)) {
		list_remove(&req->under_way);
		req->web->under_way_count--;
	}
	request_release(req);
}

void http_closed(struct session *s)
{
	struct web_request *req = s->req;

	s->req = NULL;
	s->out = NULL;
	if (!req)
		return;
	req->wsi = NULL;
	atomic_store(&req->gone, true);
	if (!s->away) /* otherwise it comes back and is forgotten then */
		http_forget(req);
}

/* A deferred request that nobody finished: answered in its place, so that a late web_finish finds its own untouched. */
static void give_up(struct web_request *req)
{
	struct session *s = lws_wsi_user(req->wsi);
	struct web_request *late = request_create(req->web);

	if (!late)
		return; /* the next tick tries again */
	late->wsi = req->wsi;
	late->entry = req->entry;
	late->method = req->method;
	late->is_http2 = req->is_http2;
	late->must_close = req->must_close;
	late->started_us = req->started_us;
	memcpy(late->id, req->id, sizeof(late->id));
	req->wsi = NULL;
	atomic_store(&req->gone, true);
	list_remove(&req->under_way);
	list_append(&req->web->under_way, &late->under_way);
	s->req = late;
	s->away = false;
	answer(late, web_problem(late, 504, "no_answer", NULL,
			     "no answer in time; it may still happen"));
}

void http_tick(struct web *web)
{
	int64_t now = clock_mono();

	list_for_each_safe(pos, next, &web->under_way)
	{
		struct web_request *req = list_entry(pos, struct web_request, under_way);
		struct session *s = req->wsi ? lws_wsi_user(req->wsi) : NULL;

		if (s && s->away && atomic_load(&req->deferred) &&
			now - req->started_mono >= DEFER_LIMIT_MS)
			give_up(req);
	}
}
