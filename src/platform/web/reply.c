/* Answers: objects, lists, text, and the headers and cookies that go with them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "web/web_private.h"

void out_init(struct web_out *out)
{
	memset(out, 0, sizeof(*out));
	buf_init(&out->headers, 16384);
	buf_init(&out->body, MOST_REPLY);
	out->fd = -1;
}

void out_clear(struct web_out *out)
{
	if (out->fd >= 0)
		close(out->fd);
	if (out->body.size > 262144)
		buf_release(&out->body);
	buf_clear(&out->body);
	buf_clear(&out->headers);
	out->status = 0;
	out->kind = OUT_NONE;
	out->content_type = NULL;
	out->data = NULL;
	out->fd = -1;
	out->offset = out->length = 0;
}

void out_release(struct web_out *out)
{
	out_clear(out);
	buf_release(&out->headers);
	buf_release(&out->body);
}

int out_header(struct web_out *out, const char *name, const char *value)
{
	/* A line break in a value would let its author write headers of his own. */
	for (const char *s = value; *s; s++)
		if ((unsigned char)*s < 0x20 && *s != '\t')
			return EINVAL;
	buf_append(&out->headers, name, strlen(name) + 1);
	buf_append(&out->headers, value, strlen(value) + 1);
	return out->headers.err;
}

static struct buf *begin_body(struct web_request *req, int status, const char *content_type)
{
	struct web_out *out = &req->out;

	buf_clear(&out->body);
	out->status = status;
	out->kind = OUT_BUFFER;
	out->content_type = content_type;
	return &out->body;
}

static int end_body(struct web_request *req)
{
	return req->out.body.err;
}

int web_reply(struct web_request *req, int status, const void *object)
{
	return web_reply_with(req, status, req->entry->route->reply, object, -1);
}

int web_reply_with(struct web_request *req, int status, const struct web_field *fields,
	const void *object, int64_t version)
{
	struct json_writer w;
	char tag[32];
	int err = 0;

	if (!fields || !object)
		return EINVAL;
	json_begin(&w, begin_body(req, status, "application/json"));
	field_write(&w, fields, object);
	if (version >= 0) {
		snprintf(tag, sizeof(tag), "\"%lld\"", (long long)version);
		err = out_header(&req->out, "etag", tag);
	}
	return err ? err : end_body(req);
}

int web_reply_empty(struct web_request *req)
{
	begin_body(req, 204, NULL);
	return 0;
}

void web_list_begin(struct web_request *req)
{
	struct json_writer *w = &req->list_writer;

	json_begin(w, begin_body(req, 200, "application/json"));
	json_object(w);
	json_key(w, "items");
	json_array(w);
	req->in_list = true;
}

void web_list_item(struct web_request *req, const void *object)
{
	if (req->in_list)
		field_write(&req->list_writer, req->entry->route->reply, object);
}

int web_list_end(struct web_request *req, const char *next_cursor)
{
	struct json_writer *w = &req->list_writer;

	if (!req->in_list)
		return EINVAL;
	req->in_list = false;
	json_array_end(w);
	json_key(w, "next");
	json_string(w, next_cursor);
	json_object_end(w);
	return end_body(req);
}

int web_reply_json(struct web_request *req, int status, const char *json)
{
	buf_puts(begin_body(req, status, "application/json"), json);
	return end_body(req);
}

int web_reply_text(
	struct web_request *req, int status, const char *content_type, const char *text, size_t len)
{
	const char *type = arena_strdup(req->arena, content_type);

	if (!type)
		return ENOMEM;
	buf_append(begin_body(req, status, type), text, len);
	return end_body(req);
}

int web_reply_file(struct web_request *req, const char *path, const char *content_type,
	const char *download_name)
{
	return file_prepare(req, path, content_type, download_name);
}

int web_set_header(struct web_request *req, const char *name, const char *value)
{
	return out_header(&req->out, name, value);
}

int web_set_cookie(struct web_request *req, const char *name, const char *value, int64_t max_age_s)
{
	char cookie[512];
	int n;

	if (strpbrk(value, "; ,\"\\"))
		return EINVAL;
	n = snprintf(cookie, sizeof(cookie),
		"%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s", name, value,
		(long long)max_age_s, req->is_secure ? "; Secure" : "");
	if (n < 0 || (size_t)n >= sizeof(cookie))
		return EMSGSIZE;
	return out_header(&req->out, "set-cookie", cookie);
}
