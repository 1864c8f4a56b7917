/* One request on its way through a worker: checks, database, handler, answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "web/web_private.h"

static int parse_body(struct web_request *req)
{
	const struct web_route *route = req->entry->route;

	if (!route->body)
		return 0;
	req->body = arena_alloc(req->arena, route->body_size);
	if (!req->body)
		return ENOMEM;
	return field_parse(req->body, route->body_size, route->body,
		req->body_bytes.data ? req->body_bytes.data : "", req->body_bytes.len, req->arena,
		&req->problem);
}

static int run_checks(struct web_request *req)
{
	const struct web_route *route = req->entry->route;
	int err;

	err = session_check(req);
	if (err)
		return err;
	if (route->body && req->body_bytes.len &&
		!http_type_is(request_header(req, "content-type"), "application/json"))
		return web_problem(
			req, 415, "wrong_content_type", NULL, "the body must be application/json");
	err = request_check_params(req);
	if (!err)
		err = parse_body(req);
	if (!err)
		err = idempotency_begin(req);
	return err;
}

static int run_in_db(struct db *db, void *arg)
{
	struct web_request *req = arg;

	/* A second run after a serialisation failure starts clean. */
	out_clear(&req->out);
	req->problem.status = 0;
	req->in_list = false;
	if (req->idempotency)
		return idempotency_run(req, db);
	return req->entry->route->handler(req, db);
}

static void write_done(int err, void *arg)
{
	run_finished(arg, err);
}

static void arrived(struct web_post *post, struct web *web)
{
	struct web_request *req = list_entry(post, struct web_request, post);

	(void)web;
	if (req->arrived)
		req->arrived(req);
	else
		send_answer(req);
}

void run_finished(struct web_request *req, int err)
{
	reply_settle(req, err);
	req->post.fn = arrived;
	web_post(req->web, &req->post);
}

void run_request(struct web_request *req)
{
	const struct web_route *route = req->entry->route;
	struct database *database = req->web->platform->database;
	int err;

	if (atomic_load(&req->gone) && route->method == WEB_GET) {
		run_finished(req, web_problem(req, 503, "busy", NULL, "the client has gone"));
		return;
	}
	err = run_checks(req);
	if (err) {
		run_finished(req, err);
	} else if (route->no_db) {
		request_hold(req); /* a deferred one may be finished before its handler returns */
		err = route->handler(req, NULL);
		if (!atomic_load(&req->deferred))
			run_finished(req, err);
		request_release(req);
	} else if (route->method == WEB_GET || route->reads_only) {
		run_finished(req, db_read(database, run_in_db, req));
	} else if (database_kind(database) == DB_SQLITE) {
		err = db_write_async(database, run_in_db, write_done, req);
		if (err)
			run_finished(req, err);
	} else {
		run_finished(req, db_write(database, run_in_db, req));
	}
}

int web_defer(struct web_request *req)
{
	atomic_store(&req->deferred, true);
	return 0;
}

void web_finish(struct web_request *req, int err)
{
	atomic_store(&req->deferred, true);
	run_finished(req, err);
}
