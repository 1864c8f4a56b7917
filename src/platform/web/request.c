/* A request: its life, and what a handler may ask it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "clock/clock.h"
#include "enum_name.h"
#include "id.h"
#include "web/web_private.h"

#define MOST_SPARE 256

void request_free(struct web_request *req)
{
	arena_free(req->arena);
	buf_release(&req->body_bytes);
	out_release(&req->out);
	free(req);
}

static struct web_request *take_spare(struct web *web)
{
	struct web_request *req = NULL;

	pthread_mutex_lock(&web->spare_lock);
	if (!list_empty(&web->spare)) {
		req = list_entry(web->spare.next, struct web_request, under_way);
		list_remove(&req->under_way);
		web->spare_count--;
	}
	pthread_mutex_unlock(&web->spare_lock);
	return req;
}

struct web_request *request_create(struct web *web)
{
	struct web_request *req = take_spare(web);
	struct arena *arena;
	struct web_out out;
	struct buf body;

	if (!req) {
		req = calloc(1, sizeof(*req));
		if (!req)
			return NULL;
		req->arena = arena_create(0);
		if (!req->arena) {
			free(req);
			return NULL;
		}
		out_init(&req->out);
		buf_init(&req->body_bytes, DEFAULT_BODY);
	}
	arena = req->arena;
	out = req->out;
	body = req->body_bytes;
	memset(req, 0, sizeof(*req));
	req->arena = arena;
	req->out = out;
	req->body_bytes = body;
	req->web = web;
	req->spool_fd = -1;
	req->started_us = monotonic_us();
	req->started_mono = clock_mono();
	req->limit = 50;
	atomic_init(&req->references, 1);
	list_init(&req->post.link);
	list_init(&req->under_way);
	snprintf(req->id, sizeof(req->id), "%lld", (long long)id_make(clock_now()));
	atomic_fetch_add(&web->references, 1);
	return req;
}

void request_hold(struct web_request *req)
{
	atomic_fetch_add(&req->references, 1);
}

void request_release(struct web_request *req)
{
	struct web *web = req->web;
	bool keep;

	if (atomic_fetch_sub(&req->references, 1) != 1)
		return;
	actor_release((struct actor *)req->actor);
	if (req->spool_fd >= 0)
		close(req->spool_fd);
	if (req->spool_path)
		unlink(req->spool_path);
	out_clear(&req->out);
	/* A large body's memory is not kept for the next small one. */
	if (req->body_bytes.size > 65536)
		buf_release(&req->body_bytes);
	buf_clear(&req->body_bytes);
	arena_reset(req->arena);
	pthread_mutex_lock(&web->spare_lock);
	keep = web->spare_count < MOST_SPARE;
	if (keep) {
		list_init(&req->under_way);
		list_append(&web->spare, &req->under_way);
		web->spare_count++;
	}
	pthread_mutex_unlock(&web->spare_lock);
	if (!keep)
		request_free(req);
	web_free(web);
}

const char *request_header(const struct web_request *req, const char *name)
{
	for (size_t i = 0; i < req->header_count; i++)
		if (!strcmp(req->headers[i].name, name))
			return req->headers[i].value;
	return NULL;
}

const char *request_query(const struct web_request *req, const char *name)
{
	for (size_t i = 0; i < req->query_count; i++)
		if (!strcmp(req->query[i].name, name))
			return req->query[i].value;
	return NULL;
}

/* --- query parameters --- */

static bool parse_whole(const char *s, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(s, &end, 10);
	return !errno && *s && *s != ' ' && !*end;
}

static bool parse_bool(const char *s, int64_t *out)
{
	*out = !strcmp(s, "true") || !strcmp(s, "1");
	return *out || !strcmp(s, "false") || !strcmp(s, "0");
}

/* 0 or the code of the refusal. */
static const char *check_param(const struct web_param *param, const char *value, int64_t *out)
{
	size_t count;

	*out = 0;
	switch (param->type) {
	case FIELD_INT:
	case FIELD_TIME:
		return parse_whole(value, out) ? NULL : "wrong_type";
	case FIELD_ID:
		*out = id_parse(value);
		return *out ? NULL : "wrong_type";
	case FIELD_BOOL:
		return parse_bool(value, out) ? NULL : "wrong_type";
	case FIELD_ENUM:
		*out = enum_value(param->values, value);
		return *out >= 0 ? NULL : "not_in_list";
	default:
		if (!text_is_clean(value, strlen(value), false, &count))
			return "bad_text";
		return count <= 1000 ? NULL : "too_long";
	}
}

static const struct web_param *find_param(const struct web_route *route, const char *name)
{
	for (const struct web_param *p = route->params; p && p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

int request_check_params(struct web_request *req)
{
	static const struct web_param cursor = { .name = "cursor", .type = FIELD_TEXT };
	const struct web_route *route = req->entry->route;

	for (size_t i = 0; i < req->query_count; i++) {
		const char *name = req->query[i].name, *value = req->query[i].value, *code;
		const struct web_param *param = find_param(route, name);
		int64_t number;

		if (!param && route->list && !strcmp(name, "limit")) {
			if (!parse_whole(value, &number))
				return web_problem(
					req, 422, "wrong_type", name, "must be a whole number");
			if (number < 1 || number > 200)
				return web_problem(req, 422, "out_of_range", name,
					"must be between 1 and 200");
			req->limit = number;
			continue;
		}
		if (!param && route->list && !strcmp(name, "cursor"))
			param = &cursor;
		if (!param) {
			if (!text_is_clean(name, strlen(name), false, NULL) || strlen(name) > 100)
				name = "?";
			return web_problem(req, 422, "unknown_field", name, "no such parameter");
		}
		code = check_param(param, value, &number);
		if (code)
			return web_problem(
				req, 422, code, name, "not a valid value of this parameter");
	}
	return 0;
}

int64_t web_param_int(struct web_request *req, const char *name, int64_t fallback)
{
	const struct web_param *param = find_param(req->entry->route, name);
	const char *value = request_query(req, name);
	int64_t number;

	if (!param || !value || check_param(param, value, &number))
		return fallback;
	return number;
}

const char *web_param_text(struct web_request *req, const char *name)
{
	return request_query(req, name);
}

const char *web_cursor(struct web_request *req)
{
	const char *cursor = request_query(req, "cursor");

	return cursor && *cursor ? cursor : NULL;
}

int web_limit(struct web_request *req)
{
	return (int)req->limit;
}

/* --- the rest a handler may ask --- */

struct arena *web_arena(struct web_request *req)
{
	return req->arena;
}

const struct actor *web_actor(struct web_request *req)
{
	return req->actor ? req->actor : actor_nobody();
}

const void *web_body(struct web_request *req)
{
	return req->body;
}

const char *web_path_text(struct web_request *req, const char *name)
{
	for (size_t i = 0; i < req->entry->capture_count; i++)
		if (!strcmp(req->entry->captures[i], name))
			return req->captures[i];
	return NULL;
}

int64_t web_path_id(struct web_request *req, const char *name)
{
	return id_parse(web_path_text(req, name));
}

const char *web_header(struct web_request *req, const char *name)
{
	return request_header(req, name);
}

int64_t web_if_match(struct web_request *req)
{
	return http_if_match(request_header(req, "if-match"));
}

const char *web_source_address(struct web_request *req)
{
	return req->address;
}

const char *web_request_id(struct web_request *req)
{
	return req->id;
}

const struct platform *web_platform(struct web_request *req)
{
	return req->web->platform;
}

int web_body_file(
	struct web_request *req, const char **path, size_t *size, const char **content_type)
{
	if (!req->spool_path)
		return ENOENT;
	*path = req->spool_path;
	*size = req->spool_size;
	*content_type = request_header(req, "content-type");
	if (!*content_type)
		*content_type = "application/octet-stream";
	return 0;
}
