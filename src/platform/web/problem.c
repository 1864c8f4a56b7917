/* Refusals: RFC 9457 problems. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "log/log.h"
#include "web/web_private.h"

static const struct {
	int status;
	const char *title;
} titles[] = {
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 422, "Unprocessable Content" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
};

const char *status_title(int status)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Error";
}

/* The errno that stands for a status on its way out of the handler. */
static int status_errno(int status)
{
	switch (status) {
	case 401:
	case 403:
		return EACCES;
	case 404:
		return ENOENT;
	case 409:
		return EEXIST;
	case 503:
		return EBUSY;
	default:
		return status >= 500 ? EIO : EINVAL;
	}
}

int web_problem(struct web_request *req, int status, const char *code, const char *field,
	const char *detail_fmt, ...)
{
	struct problem *p = &req->problem;
	va_list ap;

	p->status = status;
	p->code = arena_strdup(req->arena, code);
	p->field = arena_strdup(req->arena, field);
	p->detail = NULL;
	req->problem_extra = NULL;
	if (detail_fmt) {
		va_start(ap, detail_fmt);
		p->detail = arena_vprintf(req->arena, detail_fmt, ap);
		va_end(ap);
	}
	return status_errno(status);
}

int web_not_found(struct web_request *req)
{
	return web_problem(req, 404, "not_found", NULL, "there is no such thing, or not for you");
}

int web_forbidden(struct web_request *req)
{
	return web_problem(req, 403, "forbidden", NULL, "your roles do not allow this");
}

int web_stale(struct web_request *req, const struct web_field *fields, const void *current,
	int64_t version)
{
	struct json_writer w;
	struct buf b;
	int err;

	web_problem(req, 409, "stale", NULL, "somebody else has changed it in the meantime");
	buf_init(&b, MOST_REPLY);
	json_begin(&w, &b);
	field_write(&w, fields, current);
	err = b.err;
	if (!err) {
		req->problem_extra = arena_printf(
			req->arena, "\"current\":%s,\"version\":%lld", b.data, (long long)version);
		if (!req->problem_extra)
			err = ENOMEM;
	}
	buf_release(&b);
	return err ? err : EEXIST;
}

/* A handler returned an errno without saying more. */
static void default_problem(struct web_request *req, int err)
{
	switch (err) {
	case ENOENT:
		web_not_found(req);
		break;
	case EEXIST:
		web_problem(req, 409, "exists", NULL, "it exists already");
		break;
	case EACCES:
	case EPERM:
		web_forbidden(req);
		break;
	case EILSEQ:
		web_problem(req, 422, "bad_text", NULL, "holds text that cannot be stored");
		break;
	case EAGAIN:
		web_problem(req, 503, "database_unreachable", NULL,
			"the database does not answer; try again");
		break;
	case EBUSY:
		web_problem(req, 503, "busy", NULL, "too much work at the moment; try again");
		break;
	default:
		log_error("web", "request failed", "route",
			req->entry ? req->entry->route->path : "", "error", strerror(err),
			"request_id", req->id, NULL);
		web_problem(req, 500, "internal", NULL, "an error of ours; it has been logged");
		break;
	}
}

/* Of the headers a handler set before it refused, only the time to wait goes out: cookies and the like belong to an answer. */
static const char *retry_after(struct web_request *req)
{
	const struct buf *headers = &req->out.headers;
	const char *at = headers->data, *end = at ? at + headers->len : NULL;

	while (at && at < end) {
		const char *value = at + strlen(at) + 1;

		if (!strcasecmp(at, "retry-after"))
			return arena_strdup(req->arena, value);
		at = value + strlen(value) + 1;
	}
	return NULL;
}

static void write_problem(struct web_request *req)
{
	const struct problem *p = &req->problem;
	struct web_out *out = &req->out;
	const char *wait = retry_after(req);
	struct json_writer w;
	char type[128];

	out_clear(out);
	out->status = p->status;
	out->kind = OUT_BUFFER;
	out->content_type = "application/problem+json";
	snprintf(type, sizeof(type), "urn:hotline:problem:%s", p->code ? p->code : "internal");
	json_begin(&w, &out->body);
	json_object(&w);
	json_key(&w, "type");
	json_string(&w, type);
	json_key(&w, "title");
	json_string(&w, status_title(p->status));
	json_key(&w, "status");
	json_int(&w, p->status);
	json_key(&w, "code");
	json_string(&w, p->code);
	json_key(&w, "field");
	json_string(&w, p->field);
	json_key(&w, "detail");
	json_string(&w, p->detail);
	json_key(&w, "request_id");
	json_string(&w, req->id);
	if (req->problem_extra) {
		buf_putc(&out->body, ',');
		buf_puts(&out->body, req->problem_extra);
	}
	json_object_end(&w);
	if (wait || p->status == 503)
		out_header(out, "retry-after", wait ? wait : "1");
	if (p->status == 401)
		out_header(out, "www-authenticate", "Bearer");
}

void reply_settle(struct web_request *req, int err)
{
	req->in_list = false;
	if (!err && !req->out.status)
		err = EPROTO; /* the handler answered nothing: a mistake of ours */
	if (!err)
		return;
	if (!req->problem.status)
		default_problem(req, err);
	write_problem(req);
}
