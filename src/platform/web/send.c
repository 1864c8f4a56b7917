/* Sending answers on the web thread, piece by piece as the connection takes them. */
#include <errno.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "log/log.h"
#include "web/web_private.h"

#define SLOW_READER_S 60 /* a client that takes nothing for so long is dropped */
#define LINGER_S                                                                                   \
	5 /* so long a refused body is swallowed, so that the refusal is not lost with a reset */

int64_t monotonic_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void send_answer(struct web_request *req)
{
	struct session *s;

	if (!req->wsi) {
		http_forget(req);
		return;
	}
	s = lws_wsi_user(req->wsi);
	s->out = &req->out;
	s->away = s->receiving = s->headers_sent = false;
	s->sent = 0;
	/* libwebsockets serves no writing on a connection whose reading is stopped. */
	lws_rx_flow_control(req->wsi, 1);
	lws_callback_on_writable(req->wsi);
}

/* --- headers --- */

/* Constant for all answers (the front end runs under this policy without a violation). */
static const struct web_pair security_headers[] = {
	{ "content-security-policy:",
		"default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: "
		"blob:; "
		"font-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; "
		"frame-ancestors 'none'" },
	{ "x-content-type-options:", "nosniff" },
	{ "x-frame-options:", "DENY" },
	{ "referrer-policy:", "same-origin" },
	{ "cross-origin-opener-policy:", "same-origin" },
};

struct head {
	struct lws *wsi;
	unsigned char *p, *end;
	int err;
};

static void add(struct head *h, const char *name, const char *value)
{
	if (!h->err && lws_add_http_header_by_name(h->wsi, (const unsigned char *)name,
			       (const unsigned char *)value, (int)strlen(value), &h->p, h->end))
		h->err = EMSGSIZE;
}

static void add_own(struct head *h, const struct web_out *out, bool *cached)
{
	const char *p = out->headers.data, *end = p ? p + out->headers.len : p;
	char name[128];

	while (p < end) {
		const char *value = p + strlen(p) + 1;

		snprintf(name, sizeof(name), "%s:", p);
		add(h, name, value);
		*cached |= !strcmp(p, "cache-control");
		p = value + strlen(value) + 1;
	}
}

static bool has_body(int status)
{
	return status != 204 && status != 304;
}

static uint64_t out_length(const struct web_out *out)
{
	return out->kind == OUT_BUFFER ? out->body.len : out->length;
}

/* Writes the head into the scratch buffer; returns its end or NULL. */
static unsigned char *write_head(
	struct web *web, struct lws *wsi, struct web_request *req, const struct web_out *out)
{
	struct head h = {
		.wsi = wsi, .p = web->scratch + LWS_PRE, .end = web->scratch + LWS_PRE + HEAD_SIZE
	};
	bool cached = false;
	char number[24];

	if (lws_add_http_header_status(
		    wsi, (unsigned)out->status | LWSAHH_FLAG_NO_SERVER_NAME, &h.p, h.end))
		return NULL;
	if (has_body(out->status)) {
		if (out->content_type)
			add(&h, "content-type:", out->content_type);
		snprintf(number, sizeof(number), "%llu", (unsigned long long)out_length(out));
		add(&h, "content-length:", number);
	}
	add_own(&h, out, &cached);
	if (!cached)
		add(&h, "cache-control:", "no-store");
	add(&h, "x-request-id:", req->id);
	for (size_t i = 0; i < sizeof(security_headers) / sizeof(security_headers[0]); i++)
		add(&h, security_headers[i].name, security_headers[i].value);
	if (req->is_secure)
		add(&h, "strict-transport-security:", "max-age=31536000");
	if (req->must_close && !req->is_http2)
		add(&h, "connection:", "close");
	if (h.err || lws_finalize_http_header(wsi, &h.p, h.end))
		return NULL;
	return h.p;
}

/* --- body --- */

/* Copies the next piece to where; 0 bytes: it cannot be read. */
static size_t next_piece(
	const struct web_out *out, uint64_t sent, unsigned char *where, size_t most)
{
	uint64_t left = out_length(out) - sent;
	size_t n = left < most ? (size_t)left : most;
	ssize_t got;

	switch (out->kind) {
	case OUT_BUFFER:
		memcpy(where, out->body.data + sent, n);
		return n;
	case OUT_STATIC:
		memcpy(where, out->data + out->offset + sent, n);
		return n;
	case OUT_FILE:
		got = pread(out->fd, where, n, (off_t)(out->offset + sent));
		return got > 0 ? (size_t)got : 0;
	default:
		return 0;
	}
}

static size_t piece_limit(struct web_request *req, struct lws *wsi)
{
	long allowed;

	if (!req->is_http2)
		return PIECE_SIZE;
	allowed = (long)lws_get_peer_write_allowance(wsi);
	if (allowed < 0)
		return 16000;
	return allowed < 16000 ? (size_t)allowed : 16000;
}

void send_log(struct web_request *req, int status)
{
	struct web_route_entry *entry = req->entry ? req->entry : req->web->other;
	int64_t us = monotonic_us() - req->started_us;
	int class = status / 100;

	if (class >= 2 && class <= 5)
		metric_add(entry->requests[class], 1);
	metric_observe(entry->duration, us);
	log_info("web", "request", "method", req->is_head ? "HEAD" : web_method_name(req->method),
		"route", entry->route->path, "status", LOG_I(status), "ms", LOG_I(us / 1000),
		"request_id", req->id, NULL);
}

/* The last byte is on its way. -1: close the connection (or the HTTP/2 stream). */
static int finish(struct lws *wsi, struct session *s)
{
	struct web_request *req = s->req;
	bool must_close = req->must_close, linger = must_close && !req->is_http2;

	send_log(req, s->out->status);
	s->req = NULL;
	s->out = NULL;
	http_forget(req);
	if (linger) {
		s->lingering = true;
		lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, LINGER_S);
		return 0;
	}
	if (must_close)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int send_head(struct web *web, struct lws *wsi, struct session *s)
{
	struct web_request *req = s->req;
	unsigned char *start = web->scratch + LWS_PRE, *p = write_head(web, wsi, req, s->out);
	uint64_t length = out_length(s->out);
	bool whole = req->is_head || !has_body(s->out->status) || !length;
	int flags = LWS_WRITE_HTTP_HEADERS;
	size_t n = 0;

	if (!p) {
		log_error("web", "headers of an answer do not fit", "request_id", req->id, NULL);
		return -1;
	}
	s->headers_sent = true;
	if (whole) {
		flags |= LWS_WRITE_H2_STREAM_END;
	} else if (!req->is_http2) {
		/* One write for head and first piece: most answers are one packet. */
		n = next_piece(s->out, 0, p, PIECE_SIZE);
		if (!n)
			return -1;
		s->sent = n;
	}
	if (lws_write(wsi, start, (size_t)(p - start) + n, (enum lws_write_protocol)flags) < 0)
		return -1;
	/* Most answers go out whole here; a timeout for each would only cost its place in the sorted list. */
	if (s->sent < length || lws_partial_buffered(wsi))
		lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, SLOW_READER_S);
	if (whole || s->sent == length)
		return finish(wsi, s);
	lws_callback_on_writable(wsi);
	return 0;
}

int send_some(struct web *web, struct lws *wsi, struct session *s)
{
	unsigned char *start = web->scratch + LWS_PRE;
	size_t most, n;
	bool last;

	if (!s->req || !s->out)
		return 0;
	if (!s->headers_sent)
		return send_head(web, wsi, s);
	lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, SLOW_READER_S);
	most = piece_limit(s->req, wsi);
	if (!most) { /* the HTTP/2 window is closed; its opening calls us again */
		lws_callback_on_writable(wsi);
		return 0;
	}
	n = next_piece(s->out, s->sent, start, most);
	if (!n)
		return -1;
	s->sent += n;
	last = s->sent == out_length(s->out);
	if (lws_write(wsi, start, n, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0)
		return -1;
	if (last)
		return finish(wsi, s);
	lws_callback_on_writable(wsi);
	return 0;
}
