/* Requests from the outside: routing, rights, bodies, parameters, and how each bad one is refused. */
#include <jansson.h>
#include "web_fixture.h"

enum colour { RED, BLUE };
static const char *const colours[] = { "red", "blue", NULL };

static int echo_params(struct web_request *req, struct db *db)
{
	char text[512];

	(void)db;
	snprintf(text, sizeof(text), "%lld %lld %lld %s %s %lld",
		(long long)web_param_int(req, "colour", -1),
		(long long)web_param_int(req, "open", -1),
		(long long)web_param_int(req, "since", -1),
		web_param_text(req, "q") ? web_param_text(req, "q") : "-",
		web_path_text(req, "name"), (long long)web_path_id(req, "id"));
	return web_reply_text(req, 200, "text/plain", text, strlen(text));
}

static const struct web_param echo_param_rows[] = {
	{ .name = "colour", .type = FIELD_ENUM, .values = colours, .text = "Which" },
	{ .name = "open", .type = FIELD_BOOL },
	{ .name = "since", .type = FIELD_TIME },
	{ .name = "q", .type = FIELD_TEXT },
	{ 0 },
};

static int whoami(struct web_request *req, struct db *db)
{
	char text[256];

	(void)db;
	snprintf(text, sizeof(text), "%lld %s %s", (long long)web_actor(req)->user_id,
		web_source_address(req), web_request_id(req));
	return web_reply_text(req, 200, "text/plain", text, strlen(text));
}

static int says_nothing(struct web_request *req, struct db *db)
{
	(void)req;
	(void)db;
	return 0;
}

static int injects(struct web_request *req, struct db *db)
{
	(void)db;
	return web_set_header(req, "x-test", "a\r\nSet-Cookie: b=c");
}

static int signs_in(struct web_request *req, struct db *db)
{
	(void)db;
	web_set_cookie(req, "hotline_session", "abc", 3600);
	return web_reply_empty(req);
}

static int fails(struct web_request *req, struct db *db)
{
	(void)req;
	(void)db;
	return EAGAIN;
}

static const struct web_route routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/things",
		.permission = "thing.read",
		.reply = thing_fields,
		.list = true,
		.handler = list_things,
		.summary = "List" },
	{ .method = WEB_POST,
		.path = "/api/v1/things",
		.permission = "thing.write",
		.body = thing_fields,
		.body_size = sizeof(struct thing),
		.reply = thing_fields,
		.handler = add_thing,
		.summary = "Add",
		.max_body = 100000 },
	{ .method = WEB_GET,
		.path = "/api/v1/things/{id}",
		.permission = "thing.read",
		.reply = thing_fields,
		.handler = get_thing,
		.summary = "Get" },
	{ .method = WEB_PUT,
		.path = "/api/v1/things/{id}",
		.permission = "thing.write",
		.body = thing_fields,
		.body_size = sizeof(struct thing),
		.reply = thing_fields,
		.handler = rename_thing,
		.summary = "Rename" },
	{ .method = WEB_GET,
		.path = "/api/v1/echo/{name:text}/{id}",
		.permission = "public",
		.params = echo_param_rows,
		.handler = echo_params,
		.no_db = true,
		.summary = "Echo" },
	{ .method = WEB_GET,
		.path = "/api/v1/whoami",
		.permission = "public",
		.handler = whoami,
		.no_db = true,
		.summary = "Who" },
	{ .method = WEB_DELETE,
		.path = "/api/v1/whoami",
		.permission = "signed_in",
		.handler = whoami,
		.no_db = true,
		.summary = "Who" },
	{ .method = WEB_POST,
		.path = "/api/v1/limited",
		.permission = "public",
		.handler = whoami,
		.no_db = true,
		.per_minute = 3,
		.summary = "Limited" },
	{ .method = WEB_GET,
		.path = "/api/v1/nothing",
		.permission = "public",
		.handler = says_nothing,
		.no_db = true,
		.summary = "Nothing" },
	{ .method = WEB_GET,
		.path = "/api/v1/inject",
		.permission = "public",
		.handler = injects,
		.no_db = true,
		.summary = "Inject" },
	{ .method = WEB_POST,
		.path = "/api/v1/session",
		.permission = "public",
		.handler = signs_in,
		.no_db = true,
		.summary = "Sign in" },
	{ .method = WEB_GET,
		.path = "/api/v1/gone",
		.permission = "public",
		.handler = fails,
		.summary = "No database" },
	{ 0 },
};

static struct answer a;

static int setup(void **state)
{
	(void)state;
	fixture_open(routes, NULL);
	fixture_start();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(a.body);
	memset(&a, 0, sizeof(a));
	fixture_close();
	return 0;
}

static void get(const char *path, const char *headers)
{
	request(fix.port, &a, "GET", path, headers, NULL);
}

static void post(const char *path, const char *headers, const char *body)
{
	request(fix.port, &a, "POST", path, headers, body);
}

static void assert_problem(int status, const char *code, const char *field)
{
	json_t *p = json_loads(a.body, 0, NULL);

	assert_int_equal(a.status, status);
	assert_string_equal(head_value(&a, "content-type"), "application/problem+json");
	assert_non_null(p);
	assert_string_equal(json_string_value(json_object_get(p, "code")), code);
	assert_int_equal(json_integer_value(json_object_get(p, "status")), status);
	assert_non_null(json_string_value(json_object_get(p, "type")));
	assert_non_null(json_string_value(json_object_get(p, "title")));
	assert_string_equal(json_string_value(json_object_get(p, "request_id")),
		head_value(&a, "x-request-id"));
	if (field)
		assert_string_equal(json_string_value(json_object_get(p, "field")), field);
	json_decref(p);
}

static void adds_reads_and_lists(void **state)
{
	char path[64];
	json_t *thing, *page;

	(void)state;
	post("/api/v1/things", AGENT_POST, "{\"name\":\"打印机 😀\"}");
	assert_int_equal(a.status, 201);
	assert_string_equal(head_value(&a, "content-type"), "application/json");
	thing = json_loads(a.body, 0, NULL);
	snprintf(path, sizeof(path), "/api/v1/things/%s",
		json_string_value(json_object_get(thing, "id")));
	json_decref(thing);
	get(path, TOKEN);
	assert_int_equal(a.status, 200);
	assert_string_equal(head_value(&a, "etag"), "\"1\"");
	assert_non_null(strstr(a.body, "\"name\":\"打印机 😀\",\"version\":1}"));
	for (int i = 0; i < 3; i++)
		post("/api/v1/things", TOKEN_POST, "{\"name\":\"more\"}");
	get("/api/v1/things?limit=3", TOKEN);
	page = json_loads(a.body, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(page, "items")), 3);
	snprintf(path, sizeof(path), "/api/v1/things?limit=3&cursor=%s",
		json_string_value(json_object_get(page, "next")));
	json_decref(page);
	get(path, TOKEN);
	page = json_loads(a.body, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(page, "items")), 1);
	assert_true(json_is_null(json_object_get(page, "next")));
	json_decref(page);
}

static void a_refused_write_leaves_no_row(void **state)
{
	(void)state;
	post("/api/v1/things", AGENT_POST, "{\"name\":\"roll back\"}");
	assert_problem(422, "not_today", "name");
	post("/api/v1/things", AGENT_POST, "{\"name\":\"collision\"}");
	assert_problem(409, "exists", NULL);
	assert_int_equal(count_things(), 0);
}

static void a_stale_save_is_refused_with_what_is_there(void **state)
{
	json_t *p;

	(void)state;
	assert_ok(db_write(
		fix.platform.database, insert_thing, &(struct thing){ .id = 5, .name = "first" }));
	request(fix.port, &a, "PUT", "/api/v1/things/5", AGENT_POST "If-Match: \"1\"\r\n",
		"{\"name\":\"second\"}");
	assert_int_equal(a.status, 200);
	assert_string_equal(head_value(&a, "etag"), "\"2\"");
	request(fix.port, &a, "PUT", "/api/v1/things/5", AGENT_POST "If-Match: \"1\"\r\n",
		"{\"name\":\"third\"}");
	assert_problem(409, "stale", NULL);
	p = json_loads(a.body, 0, NULL);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(p, "current"), "name")),
		"second");
	assert_int_equal(json_integer_value(json_object_get(p, "version")), 2);
	json_decref(p);
	request(fix.port, &a, "PUT", "/api/v1/things/5", AGENT_POST, "{\"name\":\"third\"}");
	assert_problem(428, "if_match_required", NULL);
}

static void unknown_paths_and_methods(void **state)
{
	(void)state;
	get("/api/v1/nowhere", "");
	assert_problem(404, "not_found", NULL);
	get("/api/v1/things/notanumber", TOKEN);
	assert_problem(404, "not_found", NULL);
	get("/api/v1/things/5", TOKEN);
	assert_problem(404, "not_found", NULL);
	request(fix.port, &a, "PATCH", "/api/v1/things", AGENT_POST, "{}");
	assert_problem(405, "method_not_allowed", NULL);
	assert_string_equal(head_value(&a, "allow"), "OPTIONS, GET, HEAD, POST");
	request(fix.port, &a, "OPTIONS", "/api/v1/things/5", "", NULL);
	assert_int_equal(a.status, 204);
	assert_string_equal(head_value(&a, "allow"), "OPTIONS, GET, HEAD, PUT");
	request(fix.port, &a, "HEAD", "/api/v1/things", TOKEN, NULL);
	assert_int_equal(a.status, 200);
	assert_string_equal(head_value(&a, "content-length"), "24");
}

static void who_may_do_what(void **state)
{
	(void)state;
	get("/api/v1/things", "");
	assert_problem(401, "not_signed_in", NULL);
	assert_string_equal(head_value(&a, "www-authenticate"), "Bearer");
	get("/api/v1/things", "Authorization: Bearer wrong\r\n");
	assert_problem(401, "bad_token", NULL);
	get("/api/v1/things", "Cookie: hotline_session=old\r\n");
	assert_problem(401, "not_signed_in", NULL);
	get("/api/v1/things", GUEST);
	assert_problem(403, "forbidden", NULL);
	request(fix.port, &a, "DELETE", "/api/v1/whoami", TOKEN, NULL);
	assert_int_equal(a.status, 200);
	assert_memory_equal(a.body, "11 127.0.0.1 ", 13);
	get("/api/v1/whoami", "");
	assert_memory_equal(a.body, "0 ", 2);
}

static void forged_requests_are_refused(void **state)
{
	static const char body[] = "{\"name\":\"x\"}";

	(void)state;
	post("/api/v1/things", AGENT "Content-Type: application/json\r\n", body);
	assert_problem(403, "bad_csrf_token", NULL);
	post("/api/v1/things", AGENT "X-CSRF-Token: wrong\r\nContent-Type: application/json\r\n",
		body);
	assert_problem(403, "bad_csrf_token", NULL);
	post("/api/v1/things", AGENT_POST "Origin: http://evil.example\r\n", body);
	assert_problem(403, "bad_origin", NULL);
	post("/api/v1/session", "Origin: http://evil.example\r\n", "");
	assert_problem(403, "bad_origin", NULL);
	post("/api/v1/things", AGENT_POST "Origin: http://test.local\r\n", body);
	assert_int_equal(a.status, 201);
	post("/api/v1/things",
		AGENT "X-Auth-Token: " AGENT_CSRF "\r\nContent-Type: application/json\r\n", body);
	assert_int_equal(a.status, 201);
}

static void bad_bodies_name_the_field(void **state)
{
	(void)state;
	post("/api/v1/things", AGENT_POST, "{\"name\":1}");
	assert_problem(422, "wrong_type", "name");
	post("/api/v1/things", AGENT_POST, "not json");
	assert_problem(422, "bad_json", NULL);
	post("/api/v1/things", AGENT_POST, "");
	assert_problem(422, "bad_json", NULL);
	post("/api/v1/things", AGENT_POST, "{\"name\":\"\xcd\xf5\"}");
	assert_problem(422, "bad_text", "name");
	post("/api/v1/things", AGENT "X-CSRF-Token: " AGENT_CSRF "\r\nContent-Type: text/plain\r\n",
		"{\"name\":\"x\"}");
	assert_problem(415, "wrong_content_type", NULL);
	assert_int_equal(count_things(), 0);
}

static void too_large_is_413_and_the_refusal_arrives(void **state)
{
	char *big = malloc(3000001);

	(void)state;
	assert_non_null(big);
	memset(big, 'x', 3000000);
	big[3000000] = '\0';
	for (int i = 0; i < 5; i++) {
		post("/api/v1/things", AGENT_POST, big);
		assert_problem(413, "too_large", NULL);
		assert_string_equal(head_value(&a, "connection"), "close");
	}
	free(big);
	post("/api/v1/things", AGENT_POST "Transfer-Encoding: chunked\r\n", NULL);
	assert_problem(411, "length_required", NULL);
	post("/api/v1/things", AGENT_POST "Content-Length: 1x\r\n", NULL);
	assert_problem(400, "bad_request", NULL);
}

static void long_subject_and_emoji_are_kept_exactly(void **state)
{
	char *body = malloc(60000), *p = body;

	(void)state;
	p += sprintf(p, "{\"name\":\"");
	for (int i = 0; i < 10000; i++)
		p += sprintf(p, "%s", i % 2 ? "说" : "😀");
	sprintf(p, "\"}");
	post("/api/v1/things", AGENT_POST, body);
	assert_int_equal(a.status, 201);
	assert_non_null(memmem(a.body, a.len, body + 1, strlen(body) - 2));
	free(body);
}

static void parameters_are_checked(void **state)
{
	(void)state;
	get("/api/v1/echo/%E4%BD%A0%20x/7?colour=blue&open=true&since=5&q=a%26b%2Bc+d", "");
	assert_string_equal(a.body, "1 1 5 a&b+c d 你 x 7");
	get("/api/v1/echo/n/7", "");
	assert_string_equal(a.body, "-1 -1 -1 - n 7");
	get("/api/v1/echo/n/7?colour=green", "");
	assert_problem(422, "not_in_list", "colour");
	get("/api/v1/echo/n/7?open=maybe", "");
	assert_problem(422, "wrong_type", "open");
	get("/api/v1/echo/n/7?q=%07", "");
	assert_problem(422, "bad_text", "q");
	get("/api/v1/echo/n/7?colr=red", "");
	assert_problem(422, "unknown_field", "colr");
	get("/api/v1/things?limit=201", TOKEN);
	assert_problem(422, "out_of_range", "limit");
	get("/api/v1/things?limit=x", TOKEN);
	assert_problem(422, "wrong_type", "limit");
}

static void too_often_is_429_until_the_minute_is_over(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		post("/api/v1/limited", "", "");
		assert_int_equal(a.status, 200);
	}
	post("/api/v1/limited", "", "");
	assert_problem(429, "too_many_requests", NULL);
	assert_string_equal(head_value(&a, "retry-after"), "60");
	assert_int_equal(clock_advance(60000), 0);
	post("/api/v1/limited", "", "");
	assert_int_equal(a.status, 200);
}

static void every_answer_has_the_security_headers(void **state)
{
	(void)state;
	get("/api/v1/whoami", "");
	assert_non_null(strstr(
		head_value(&a, "content-security-policy"), "script-src 'self'; style-src 'self'"));
	assert_string_equal(head_value(&a, "x-content-type-options"), "nosniff");
	assert_string_equal(head_value(&a, "cache-control"), "no-store");
	assert_null(head_value(&a, "strict-transport-security"));
	assert_null(head_value(&a, "server"));
	post("/api/v1/session", "", "");
	assert_int_equal(a.status, 204);
	assert_string_equal(head_value(&a, "set-cookie"),
		"hotline_session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600");
}

static void mistakes_of_handlers_are_500_and_inject_nothing(void **state)
{
	(void)state;
	get("/api/v1/nothing", "");
	assert_problem(500, "internal", NULL);
	get("/api/v1/inject", "");
	assert_int_equal(a.status, 500);
	assert_null(head_value(&a, "set-cookie"));
	get("/api/v1/gone", "");
	assert_problem(503, "database_unreachable", NULL);
	assert_string_equal(head_value(&a, "retry-after"), "1");
}

static void one_connection_serves_many_requests(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, fix.port);
	for (int i = 0; i < 20; i++) {
		send_request(&c, "POST", "/api/v1/things", AGENT_POST, "{\"name\":\"x\"}", 12);
		assert_int_equal(read_answer(&c, &a, 0), 0);
		assert_int_equal(a.status, 201);
		send_request(&c, "PUT", "/api/v1/things/1", AGENT_POST, "", 0);
		assert_int_equal(read_answer(&c, &a, 0), 0);
		assert_int_equal(a.status, 422);
		send_request(&c, "GET", "/api/v1/whoami", "", NULL, 0);
		assert_int_equal(read_answer(&c, &a, 0), 0);
		assert_int_equal(a.status, 200);
	}
	client_close(&c);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
	char path[64], wanted[64];
	struct client c;

	(void)state;
	client_open(&c, fix.port);
	for (int i = 1; i <= 20; i++) {
		snprintf(path, sizeof(path), "/api/v1/echo/a/%d", i);
		send_request(&c, "GET", path, "", NULL, 0);
	}
	for (int i = 1; i <= 20; i++) {
		snprintf(wanted, sizeof(wanted), "-1 -1 -1 - a %d", i);
		assert_int_equal(read_answer(&c, &a, 0), 0);
		assert_string_equal(a.body, wanted);
	}
	client_close(&c);
}

static void pipelining_bodies_ends_the_connection_only(void **state)
{
	struct client c;
	int added = 0;

	(void)state;
	for (int round = 0; round < 20; round++) {
		client_open(&c, fix.port);
		send_request(&c, "GET", "/healthz", "", NULL, 0);
		for (int i = 0; i < 5; i++)
			send_request(
				&c, "POST", "/api/v1/things", AGENT_POST, "{\"name\":\"x\"}", 12);
		while (read_answer(&c, &a, 0) == 0) {
			assert_true(a.status == 200 || a.status == 201);
			added += a.status == 201;
		}
		client_close(&c);
	}
	get("/healthz", "");
	assert_int_equal(a.status, 200);
	assert_true(count_things() >= added);
}

static void a_session_is_resolved_once_until_it_is_forgotten(void **state)
{
	int before;

	(void)state;
	get("/api/v1/things", AGENT);
	before = __atomic_load_n(&fix.resolved, __ATOMIC_SEQ_CST);
	for (int i = 0; i < 5; i++)
		get("/api/v1/things", AGENT);
	assert_int_equal(__atomic_load_n(&fix.resolved, __ATOMIC_SEQ_CST), before);
	web_forget_actor(fix.web, READER_ID);
	get("/api/v1/things", AGENT);
	assert_int_equal(__atomic_load_n(&fix.resolved, __ATOMIC_SEQ_CST), before);
	web_forget_actor(fix.web, AGENT_ID);
	get("/api/v1/things", AGENT);
	assert_int_equal(__atomic_load_n(&fix.resolved, __ATOMIC_SEQ_CST), before + 1);
	assert_int_equal(clock_advance(300000), 0);
	get("/api/v1/things", AGENT);
	assert_int_equal(__atomic_load_n(&fix.resolved, __ATOMIC_SEQ_CST), before + 2);
}

static void a_body_that_asks_first_is_invited(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, fix.port);
	send_request(&c, "POST", "/api/v1/things",
		AGENT_POST "Expect: 100-continue\r\nContent-Length: 12\r\n", NULL, 0);
	assert_int_equal(read_answer(&c, &a, 1), 0);
	assert_int_equal(a.status, 100);
	send_bytes(&c, "{\"name\":\"x\"}", 12);
	assert_int_equal(read_answer(&c, &a, 0), 0);
	assert_int_equal(a.status, 201);
	send_request(&c, "POST", "/api/v1/things",
		AGENT_POST "Expect: 100-continue\r\nContent-Length: 1200000\r\n", NULL, 0);
	assert_int_equal(read_answer(&c, &a, 0), 0);
	assert_int_equal(a.status, 413);
	client_close(&c);
}

static void people_stay_known_while_the_database_is_away(void **state)
{
	(void)state;
	request(fix.port, &a, "DELETE", "/api/v1/whoami", TOKEN, NULL);
	assert_int_equal(a.status, 200);
	__atomic_store_n(&fix.away, true, __ATOMIC_SEQ_CST);
	assert_int_equal(clock_advance(600000), 0);
	request(fix.port, &a, "DELETE", "/api/v1/whoami", TOKEN, NULL);
	assert_int_equal(a.status, 200);
	request(fix.port, &a, "DELETE", "/api/v1/whoami", LEADER, NULL);
	assert_problem(503, "database_unreachable", NULL);
	assert_int_equal(clock_advance(600000), 0);
	request(fix.port, &a, "DELETE", "/api/v1/whoami", TOKEN, NULL);
	assert_problem(503, "database_unreachable", NULL);
}

static void built_in_routes_answer(void **state)
{
	json_t *doc, *op;

	(void)state;
	get("/healthz", "");
	assert_int_equal(a.status, 200);
	get("/readyz", "");
	assert_int_equal(a.status, 200);
	get("/metrics", "");
	assert_non_null(strstr(a.body,
		"hotline_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"2xx\"}"));
	get("/api/v1/openapi.json", "");
	doc = json_loads(a.body, 0, NULL);
	assert_non_null(doc);
	assert_string_equal(json_string_value(json_object_get(doc, "openapi")), "3.1.0");
	op = json_object_get(
		json_object_get(json_object_get(doc, "paths"), "/api/v1/things/{id}"), "put");
	assert_string_equal(json_string_value(json_object_get(op, "operationId")), "put_things_id");
	assert_string_equal(json_string_value(json_object_get(op, "x-permission")), "thing.write");
	assert_non_null(json_object_get(op, "requestBody"));
	assert_non_null(json_object_get(
		json_object_get(json_object_get(doc, "paths"), "/api/v1/echo/{name}/{id}"), "get"));
	json_decref(doc);
	post("/api/v1/test/clock", "Content-Type: application/json\r\n", "{\"advance_ms\":1}");
	assert_problem(403, "test_clock_off", NULL);
}

static void nonsense_on_the_wire_does_no_harm(void **state)
{
	static const char *const nonsense[] = {
		"\r\n\r\n",
		"GET\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n",
		"BREW / HTTP/1.1\r\n\r\n",
		"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /api/v1/%zz HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
		"GET http://x/ HTTP/1.1\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"GET /sip HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
	};
	struct client c;

	(void)state;
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		client_open(&c, fix.port);
		send_bytes(&c, nonsense[i], strlen(nonsense[i]));
		shutdown(c.fd, SHUT_WR);
		while (fill(&c))
			;
		client_close(&c);
	}
	get("/healthz", "");
	assert_int_equal(a.status, 200);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(adds_reads_and_lists),
		CASE(a_refused_write_leaves_no_row),
		CASE(a_stale_save_is_refused_with_what_is_there),
		CASE(unknown_paths_and_methods),
		CASE(who_may_do_what),
		CASE(forged_requests_are_refused),
		CASE(bad_bodies_name_the_field),
		CASE(too_large_is_413_and_the_refusal_arrives),
		CASE(long_subject_and_emoji_are_kept_exactly),
		CASE(parameters_are_checked),
		CASE(too_often_is_429_until_the_minute_is_over),
		CASE(every_answer_has_the_security_headers),
		CASE(mistakes_of_handlers_are_500_and_inject_nothing),
		CASE(one_connection_serves_many_requests),
		CASE(pipelined_requests_are_answered_in_order),
		CASE(pipelining_bodies_ends_the_connection_only),
		CASE(a_session_is_resolved_once_until_it_is_forgotten),
		CASE(a_body_that_asks_first_is_invited),
		CASE(people_stay_known_while_the_database_is_away),
		CASE(built_in_routes_answer),
		CASE(nonsense_on_the_wire_does_no_harm),
	};

	clock_set_test(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
