/* The routes of the web layer itself: health, metrics, the description of the interface, the test clock. */
#include <errno.h>
#include "clock/clock.h"
#include "web/web_private.h"

static int healthz(struct web_request *req, struct db *db)
{
	(void)db;
	return web_reply_json(req, 200, "{\"status\":\"ok\"}");
}

static int readyz(struct web_request *req, struct db *db)
{
	(void)db;
	if (!database_is_reachable(req->web->platform->database))
		return web_problem(
			req, 503, "database_unreachable", NULL, "the database cannot be reached");
	return web_reply_json(req, 200, "{\"status\":\"ready\"}");
}

static int metrics(struct web_request *req, struct db *db)
{
	struct buf b;
	int err;

	(void)db;
	buf_init(&b, MOST_REPLY);
	err = metrics_write(&b);
	if (!err)
		err = b.err;
	if (!err)
		err = web_reply_text(req, 200, "text/plain; version=0.0.4; charset=utf-8",
			b.data ? b.data : "", b.len);
	buf_release(&b);
	return err;
}

static int openapi(struct web_request *req, struct db *db)
{
	struct buf b;
	int err;

	(void)db;
	buf_init(&b, MOST_REPLY);
	err = web_write_openapi(req->web, &b);
	if (!err)
		err = web_reply_json(req, 200, b.data);
	buf_release(&b);
	return err;
}

struct turn {
	int64_t advance_ms;
};

static const struct web_field turn_fields[] = {
	{ F(struct turn, advance_ms, FIELD_INT), .required = true,
		.max = INT64_C(10) * 366 * 86400000,
		.text = "How far to turn the clock forward, in milliseconds" },
	{ 0 },
};

struct now {
	int64_t now;
};

static const struct web_field now_fields[] = {
	{ F(struct now, now, FIELD_TIME), .required = true, .text = "The time afterwards" },
	{ 0 },
};

static int turn_clock(struct web_request *req, struct db *db)
{
	const struct turn *turn = web_body(req);
	struct now now;

	(void)db;
	if (!req->web->config.test_routes || !clock_is_test() || clock_advance(turn->advance_ms))
		return web_problem(req, 403, "test_clock_off", NULL,
			"only with HOTLINE_TEST_CLOCK=1, for tests");
	now.now = clock_now();
	return web_reply(req, 200, &now);
}

const struct web_route web_builtin_routes[] = {
	{ .method = WEB_GET,
		.path = "/healthz",
		.permission = "public",
		.handler = healthz,
		.no_db = true,
		.raw_reply = true,
		.summary = "Is the process alive?" },
	{ .method = WEB_GET,
		.path = "/readyz",
		.permission = "public",
		.handler = readyz,
		.no_db = true,
		.raw_reply = true,
		.summary = "Can it serve, with its database?" },
	{ .method = WEB_GET,
		.path = "/metrics",
		.permission = "public",
		.handler = metrics,
		.no_db = true,
		.raw_reply = true,
		.summary = "Metrics in the Prometheus text format" },
	{ .method = WEB_GET,
		.path = "/api/v1/openapi.json",
		.permission = "public",
		.handler = openapi,
		.no_db = true,
		.raw_reply = true,
		.summary = "This description" },
	{ .method = WEB_POST,
		.path = "/api/v1/test/clock",
		.permission = "public",
		.body = turn_fields,
		.body_size = sizeof(struct turn),
		.reply = now_fields,
		.handler = turn_clock,
		.no_db = true,
		.summary = "Turn the clock forward (tests only)" },
	{ 0 },
};
