/* The embedded front end: which file answers which path, in which coding, and what may be kept. */
#include "web_fixture.h"

#define BYTES(s) .plain = (const unsigned char *)(s), .plain_len = sizeof(s) - 1

/* Instead of the program's own table. */
const struct web_asset web_assets[] = {
	{ .path = "/index.html",
		.content_type = "text/html; charset=utf-8",
		.etag = "i1",
		.br = (const unsigned char *)"index-br",
		.br_len = 8,
		.gz = (const unsigned char *)"index-gzip",
		.gz_len = 10,
		BYTES("index") },
	{ .path = "/call.html",
		.content_type = "text/html; charset=utf-8",
		.etag = "c1",
		BYTES("call") },
	{ .path = "/assets/app-abc123.js",
		.content_type = "text/javascript; charset=utf-8",
		.etag = "a1",
		.br = (const unsigned char *)"app-br",
		.br_len = 6 },
	{ 0 },
};

static const struct web_route routes[] = { { 0 } };
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

static void expect(const char *path, const char *headers, int status, const char *body)
{
	get(path, headers);
	assert_int_equal(a.status, status);
	assert_string_equal(a.body, body);
}

static void places_inside_the_application_are_its_page(void **state)
{
	(void)state;
	expect("/", "", 200, "index");
	assert_string_equal(head_value(&a, "cache-control"), "no-cache");
	assert_string_equal(head_value(&a, "content-type"), "text/html; charset=utf-8");
	expect("/tickets/5/edit", "", 200, "index");
	expect("/call", "", 200, "call");
	expect("/call.html", "", 200, "call");
	get("/missing.js", "");
	assert_int_equal(a.status, 404);
	get("/assets/app-old.js", "");
	assert_int_equal(a.status, 404);
	get("/api/v1/nowhere", "");
	assert_int_equal(a.status, 404);
	request(fix.port, &a, "POST", "/tickets", "", "");
	assert_int_equal(a.status, 404);
}

static void the_coding_is_the_best_the_client_takes(void **state)
{
	(void)state;
	expect("/", "Accept-Encoding: gzip, deflate, br\r\n", 200, "index-br");
	assert_string_equal(head_value(&a, "content-encoding"), "br");
	assert_string_equal(head_value(&a, "vary"), "accept-encoding");
	expect("/", "Accept-Encoding: gzip\r\n", 200, "index-gzip");
	expect("/", "Accept-Encoding: br;q=0, gzip;q=0.5\r\n", 200, "index-gzip");
	expect("/", "Accept-Encoding: identity\r\n", 200, "index");
	assert_null(head_value(&a, "content-encoding"));
}

static void hashed_files_are_kept_for_ever(void **state)
{
	(void)state;
	expect("/assets/app-abc123.js", "Accept-Encoding: br\r\n", 200, "app-br");
	assert_string_equal(head_value(&a, "cache-control"), "public, max-age=31536000, immutable");
	expect("/", "If-None-Match: \"i1\"\r\n", 304, "");
	expect("/", "If-None-Match: \"old\", W/\"i1\"\r\n", 304, "");
	expect("/", "If-None-Match: \"old\"\r\n", 200, "index");
	request(fix.port, &a, "HEAD", "/", "", NULL);
	assert_string_equal(head_value(&a, "content-length"), "5");
	get("/", "");
	assert_non_null(head_value(&a, "content-security-policy"));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(places_inside_the_application_are_its_page),
		CASE(the_coding_is_the_best_the_client_takes),
		CASE(hashed_files_are_kept_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
