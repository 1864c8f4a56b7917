/* The embedded front end: compressed beforehand, hashed files for ever, pages always asked again. */
#include <errno.h>
#include <string.h>
#include "web/web_private.h"

static const struct web_asset *find(const char *path)
{
	for (const struct web_asset *a = web_assets; a->path; a++)
		if (!strcmp(a->path, path))
			return a;
	return NULL;
}

/* /x is the file /x, or the page /x.html, or (no extension) a place inside the application. */
static const struct web_asset *choose(struct web_request *req)
{
	const struct web_asset *a;
	const char *name;
	char *page;

	if (!strcmp(req->path, "/"))
		return find("/index.html");
	a = find(req->path);
	if (a)
		return a;
	name = strrchr(req->path, '/');
	if (strchr(name, '.'))
		return NULL;
	page = arena_printf(req->arena, "%s.html", req->path);
	a = page ? find(page) : NULL;
	return a ? a : find("/index.html");
}

static int set_body(struct web_request *req, const struct web_asset *a)
{
	const char *accepted = request_header(req, "accept-encoding");
	struct web_out *out = &req->out;

	if (a->br && (http_accepts(accepted, "br") || (!a->gz && !a->plain))) {
		out->data = a->br;
		out->length = a->br_len;
		return out_header(out, "content-encoding", "br");
	}
	if (a->gz && (http_accepts(accepted, "gzip") || !a->plain)) {
		out->data = a->gz;
		out->length = a->gz_len;
		return out_header(out, "content-encoding", "gzip");
	}
	out->data = a->plain;
	out->length = a->plain_len;
	return 0;
}

static int prepare(struct web_request *req, const struct web_asset *a)
{
	struct web_out *out = &req->out;
	const char *tag = arena_printf(req->arena, "\"%s\"", a->etag);
	int err;

	if (!tag)
		return ENOMEM;
	out->status = 200;
	out->kind = OUT_STATIC;
	out->offset = 0;
	out->content_type = a->content_type;
	err = set_body(req, a);
	if (!err)
		err = out_header(out, "vary", "accept-encoding");
	if (!err)
		err = out_header(out, "etag", tag);
	if (!err)
		err = out_header(out, "cache-control",
			!strncmp(a->path, "/assets/", 8) ? "public, max-age=31536000, immutable"
							 : "no-cache");
	if (!err && http_tag_listed(request_header(req, "if-none-match"), a->etag))
		out->status = 304;
	return err;
}

static int without_front_end(struct web_request *req)
{
	static const char page[] =
		"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hotline</title>"
		"<h1>Hotline</h1><p>This program was built without its front end. Build it with "
		"<code>make build</code>, which needs Node 20 or newer.</p>"
		"<p lang=\"zh-CN\">本程序构建时未包含前端界面，请运行 <code>make build</code>。</p>"
		"<p>The interface is described at <a "
		"href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>."
		"</p></html>";

	if (strchr(strrchr(req->path, '/'), '.'))
		return web_not_found(req);
	out_header(&req->out, "cache-control", "no-cache");
	return web_reply_text(req, 200, "text/html; charset=utf-8", page, sizeof(page) - 1);
}

void assets_answer(struct web_request *req)
{
	const struct web_asset *a = choose(req);
	int err;

	if (a)
		err = prepare(req, a);
	else
		err = web_assets[0].path ? web_not_found(req) : without_front_end(req);
	reply_settle(req, err);
	send_answer(req);
}
