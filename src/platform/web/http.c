/* Receiving HTTP requests on the web thread: headers, routing, limits, body; then to a worker. */
#include <ctype.h>
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

/* libwebsockets keeps headers it has no number for under their name, on HTTP/1.1 only. */
static const char *const other_headers[] = {
	"x-csrf-token:",
	"idempotency-key:",
	"x-request-id:",
	"x-forwarded-proto:",
	"x-signature:",
};

static const char *copy_name(struct web_request *req, const char *with_colon)
{
	return arena_strndup(req->arena, with_colon, strlen(with_colon) - 1);
}

static int add_header(struct web_request *req, const char *with_colon, char *value, int n)
{
	struct web_pair *h;

	if (n < 0)
		return 0; /* longer than we said there was room for: not possible */
	if (req->header_count == MOST_HEADERS)
		return EMSGSIZE;
	h = &req->headers[req->header_count];
	h->name = copy_name(req, with_colon);
	if (!h->name)
		return ENOMEM;
	h->value = value;
	req->header_count++;
	return 0;
}

static int copy_headers(struct web_request *req, struct lws *wsi)
{
	for (int token = 0; token < WSI_TOKEN_COUNT; token++) {
		const char *name = (const char *)lws_token_to_string((enum lws_token_indexes)token);
		int len = lws_hdr_total_length(wsi, (enum lws_token_indexes)token), err;
		char *value;

		if (len <= 0 || !name)
			continue;
		if (token == WSI_TOKEN_HTTP_COLON_AUTHORITY)
			name = "host:";
		if (name[0] == ':' || !name[0] || name[strlen(name) - 1] != ':')
			continue;
		value = arena_alloc(req->arena, (size_t)len + 1);
		if (!value)
			return ENOMEM;
		err = add_header(req, name, value,
			lws_hdr_copy(wsi, value, len + 1, (enum lws_token_indexes)token));
		if (err)
			return err;
	}
	for (size_t i = 0; i < sizeof(other_headers) / sizeof(other_headers[0]); i++) {
		const char *name = other_headers[i];
		int name_len = (int)strlen(name), len = lws_hdr_custom_length(wsi, name, name_len),
		    err;
		char *value;

		if (len < 0)
			continue;
		value = arena_alloc(req->arena, (size_t)len + 1);
		if (!value)
			return ENOMEM;
		err = add_header(
			req, name, value, lws_hdr_custom_copy(wsi, value, len + 1, name, name_len));
		if (err)
			return err;
	}
	return 0;
}

static int copy_query(struct web_request *req, struct lws *wsi)
{
	for (int i = 0; i < MOST_QUERY + 1; i++) {
		int len = lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i);
		char *text, *equals;

		if (len <= 0)
			break;
		if (i == MOST_QUERY)
			return EMSGSIZE;
		text = arena_alloc(req->arena, (size_t)len + 1);
		if (!text)
			return ENOMEM;
		if (lws_hdr_copy_fragment(wsi, text, len + 1, WSI_TOKEN_HTTP_URI_ARGS, i) < 0)
			break;
		equals = strchr(text, '=');
		if (equals)
			*equals = '\0';
		req->query[req->query_count].name = text;
		req->query[req->query_count++].value = equals ? equals + 1 : "";
	}
	return 0;
}

static void read_address(struct web_request *req, struct lws *wsi)
{
	const struct web_config *config = &req->web->config;
	const char *text;
	char forwarded[48];

	lws_get_peer_simple(wsi, req->address, sizeof(req->address));
	if (!strncmp(req->address, "::ffff:", 7) && strchr(req->address, '.'))
		memmove(req->address, req->address + 7, strlen(req->address + 7) + 1);
	req->is_secure = config->certificate != NULL;
	if (!config->trusted_proxy || strcmp(config->trusted_proxy, req->address))
		return;
	if (http_forwarded_for(
		    request_header(req, "x-forwarded-for"), forwarded, sizeof(forwarded)))
		snprintf(req->address, sizeof(req->address), "%s", forwarded);
	text = request_header(req, "x-forwarded-proto");
	if (text && !strcmp(text, "https"))
		req->is_secure = true;
	text = request_header(req, "x-request-id");
	if (http_is_token(text, sizeof(req->id) - 1))
		snprintf(req->id, sizeof(req->id), "%s", text);
}

int http_read_headers(struct web_request *req, struct lws *wsi)
{
	int err;

	err = copy_headers(req, wsi);
	if (!err)
		err = copy_query(req, wsi);
	read_address(req, wsi);
	return err;
}

/* Sets method and path. ENOTSUP: a method nobody has; ECANCELED: answered already (OPTIONS is left to the caller). */
static int read_line(struct web_request *req, struct lws *wsi, bool *options)
{
	char *uri = NULL;
	int len = 0, method = lws_http_get_uri_and_method(wsi, &uri, &len);

	if (method < 0 || !uri)
		return EINVAL;
	switch (method) {
	case LWSHUMETH_HEAD:
		req->is_head = true;
		/* fall through */
	case LWSHUMETH_GET:
		req->method = WEB_GET;
		break;
	case LWSHUMETH_OPTIONS:
		*options = true;
		req->method = WEB_GET;
		break;
	case LWSHUMETH_POST:
		req->method = WEB_POST;
		break;
	case LWSHUMETH_PUT:
		req->method = WEB_PUT;
		break;
	case LWSHUMETH_PATCH:
		req->method = WEB_PATCH;
		break;
	case LWSHUMETH_DELETE:
		req->method = WEB_DELETE;
		break;
	default:
		return EINVAL;
	}
	req->path = arena_strndup(req->arena, uri, (size_t)len);
	req->is_http2 = lws_get_network_wsi(wsi) != wsi;
	return req->path ? 0 : ENOMEM;
}

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
	char text[64] = "OPTIONS";

	for (int m = 0; m < WEB_METHODS; m++)
		if (allow & 1u << m) {
			strcat(text, ", ");
			strcat(text, web_method_name((enum web_method)m));
			strcat(text, m == WEB_GET ? ", HEAD" : "");
		}
	out_header(&req->out, "allow", text);
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
	if (length <= 0)
		dispatch(req);
	else
		((struct session *)lws_wsi_user(req->wsi))->receiving = true;
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
	err = read_line(req, wsi, &options);
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
