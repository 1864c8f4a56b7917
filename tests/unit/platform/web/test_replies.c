/* Answers: repeated creations, deferred ones, files with ranges, uploads, slow readers. */
#include <jansson.h>
#include <sys/stat.h>
#include "web_fixture.h"

/* --- a request that another thread answers --- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t came;
	struct web_request *held;
} desk = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL };

static int defers(struct web_request *req, struct db *db)
{
	(void)db;
	pthread_mutex_lock(&desk.lock);
	desk.held = req;
	pthread_cond_signal(&desk.came);
	pthread_mutex_unlock(&desk.lock);
	return web_defer(req);
}

static struct web_request *wait_for_deferred(void)
{
	struct web_request *req;

	pthread_mutex_lock(&desk.lock);
	while (!desk.held)
		pthread_cond_wait(&desk.came, &desk.lock);
	req = desk.held;
	desk.held = NULL;
	pthread_mutex_unlock(&desk.lock);
	return req;
}

static int finishes_at_once(struct web_request *req, struct db *db)
{
	(void)db;
	web_finish(req, web_reply_json(req, 200, "{\"quick\":true}"));
	return web_defer(req);
}

/* --- files --- */

static char file_path[128];

static int serve_file(struct web_request *req, struct db *db)
{
	(void)db;
	return web_reply_file(req, file_path, "audio/wav", "录音 1.wav");
}

static int take_upload(struct web_request *req, struct db *db)
{
	const char *path, *type;
	struct stat st;
	char text[128];
	size_t size;

	(void)db;
	if (web_body_file(req, &path, &size, &type) || stat(path, &st))
		return EIO;
	snprintf(text, sizeof(text), "%zu %lld %s", size, (long long)st.st_size, type);
	return web_reply_text(req, 200, "text/plain", text, strlen(text));
}

static int big(struct web_request *req, struct db *db)
{
	char *text = malloc(5000000);
	int err;

	(void)db;
	if (!text)
		return ENOMEM;
	memset(text, 'b', 5000000);
	err = web_reply_text(req, 200, "text/plain", text, 5000000);
	free(text);
	return err;
}

static const struct web_route routes[] = {
	{ .method = WEB_POST,
		.path = "/api/v1/things",
		.permission = "thing.write",
		.body = thing_fields,
		.body_size = sizeof(struct thing),
		.reply = thing_fields,
		.handler = add_thing,
		.idempotent = true,
		.summary = "Add" },
	{ .method = WEB_POST,
		.path = "/api/v1/open-things",
		.permission = "public",
		.body = thing_fields,
		.body_size = sizeof(struct thing),
		.reply = thing_fields,
		.handler = add_thing,
		.idempotent = true,
		.summary = "Add" },
	{ .method = WEB_GET,
		.path = "/api/v1/things",
		.permission = "thing.read",
		.reply = thing_fields,
		.list = true,
		.handler = list_things,
		.summary = "List" },
	{ .method = WEB_GET,
		.path = "/api/v1/deferred",
		.permission = "public",
		.handler = defers,
		.no_db = true,
		.raw_reply = true,
		.summary = "Later" },
	{ .method = WEB_GET,
		.path = "/api/v1/quick",
		.permission = "public",
		.handler = finishes_at_once,
		.no_db = true,
		.raw_reply = true,
		.summary = "Quick" },
	{ .method = WEB_GET,
		.path = "/api/v1/file",
		.permission = "public",
		.handler = serve_file,
		.no_db = true,
		.raw_reply = true,
		.summary = "File" },
	{ .method = WEB_POST,
		.path = "/api/v1/upload",
		.permission = "public",
		.handler = take_upload,
		.no_db = true,
		.raw_body = true,
		.raw_reply = true,
		.max_body = 4000000,
		.summary = "Upload" },
	{ .method = WEB_GET,
		.path = "/api/v1/big",
		.permission = "public",
		.handler = big,
		.no_db = true,
		.raw_reply = true,
		.summary = "Big" },
	{ 0 },
};

static struct answer a;

static int setup(void **state)
{
	FILE *f;

	(void)state;
	fixture_open(routes, NULL);
	fixture_start();
	snprintf(file_path, sizeof(file_path), "%s/record.wav", fix.folder);
	f = fopen(file_path, "w");
	assert_non_null(f);
	for (int i = 0; i < 300000; i++)
		fputc('a' + i % 26, f);
	fclose(f);
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

static void a_repeated_creation_gets_the_first_answer(void **state)
{
	static const char keyed[] = TOKEN_POST "Idempotency-Key: k-1\r\n";
	char first[512];

	(void)state;
	post("/api/v1/things", keyed, "{\"name\":\"once\"}");
	assert_int_equal(a.status, 201);
	assert_null(head_value(&a, "idempotent-replayed"));
	snprintf(first, sizeof(first), "%s", a.body);
	post("/api/v1/things", keyed, "{\"name\":\"once\"}");
	assert_int_equal(a.status, 201);
	assert_string_equal(a.body, first);
	assert_string_equal(head_value(&a, "idempotent-replayed"), "true");
	assert_int_equal(count_things(), 1);
	post("/api/v1/things", keyed, "{\"name\":\"other\"}");
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "idempotency_key_reused"));
	/* Another person's key of the same name is another key. */
	post("/api/v1/things",
		"Authorization: Bearer leader-token\r\nContent-Type: application/json\r\n"
		"Idempotency-Key: k-1\r\n",
		"{\"name\":\"once\"}");
	assert_int_equal(a.status, 201);
	assert_string_not_equal(a.body, first);
	assert_int_equal(count_things(), 2);
}

static void a_refused_creation_does_not_use_up_its_key(void **state)
{
	static const char keyed[] = TOKEN_POST "Idempotency-Key: k-2\r\n";

	(void)state;
	post("/api/v1/things", keyed, "{\"name\":\"roll back\"}");
	assert_int_equal(a.status, 422);
	post("/api/v1/things", keyed, "{\"name\":\"now\"}");
	assert_int_equal(a.status, 201);
	assert_int_equal(count_things(), 1);
}

static void strangers_share_no_keys(void **state)
{
	static const char keyed[] = "Content-Type: application/json\r\nIdempotency-Key: k-3\r\n";

	(void)state;
	post("/api/v1/open-things", keyed, "{\"name\":\"a\"}");
	post("/api/v1/open-things", keyed, "{\"name\":\"b\"}");
	assert_int_equal(a.status, 201);
	assert_int_equal(count_things(), 2);
}

static void *repeat_creation(void *arg)
{
	struct answer mine = { 0 };

	request(fix.port, &mine, "POST", "/api/v1/things", TOKEN_POST "Idempotency-Key: k-4\r\n",
		"{\"name\":\"raced\"}");
	*(int *)arg = mine.status;
	free(mine.body);
	return NULL;
}

static void a_creation_raced_with_itself_happens_once(void **state)
{
	pthread_t threads[8];
	int status[8];

	(void)state;
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, repeat_creation, &status[i]), 0);
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(status[i], 201);
	}
	assert_int_equal(count_things(), 1);
}

static void a_deferred_request_is_answered_from_elsewhere(void **state)
{
	struct web_request *req;
	struct client c;

	(void)state;
	client_open(&c, fix.port);
	for (int i = 0; i < 3; i++) {
		send_request(&c, "GET", "/api/v1/deferred", "", NULL, 0);
		req = wait_for_deferred();
		web_finish(req, web_reply_json(req, 202, "{\"later\":true}"));
		assert_int_equal(read_answer(&c, &a, 0), 0);
		assert_int_equal(a.status, 202);
		assert_string_equal(a.body, "{\"later\":true}");
	}
	send_request(&c, "GET", "/api/v1/deferred", "", NULL, 0);
	req = wait_for_deferred();
	web_finish(req, web_problem(req, 409, "agent_busy", NULL, "busy"));
	assert_int_equal(read_answer(&c, &a, 0), 0);
	assert_int_equal(a.status, 409);
	for (int i = 0; i < 50; i++) {
		send_request(&c, "GET", "/api/v1/quick", "", NULL, 0);
		assert_int_equal(read_answer(&c, &a, 0), 0);
		assert_int_equal(a.status, 200);
	}
	client_close(&c);
}

static void nobody_finishing_is_504_and_a_late_finish_is_harmless(void **state)
{
	struct web_request *req;
	struct client c;

	(void)state;
	client_open(&c, fix.port);
	send_request(&c, "GET", "/api/v1/deferred", "", NULL, 0);
	req = wait_for_deferred();
	assert_int_equal(clock_advance(10001), 0);
	assert_int_equal(read_answer(&c, &a, 0), 0);
	assert_int_equal(a.status, 504);
	assert_non_null(strstr(a.body, "no_answer"));
	web_finish(req, web_reply_json(req, 200, "{}"));
	send_request(&c, "GET", "/healthz", "", NULL, 0);
	assert_int_equal(read_answer(&c, &a, 0), 0);
	assert_int_equal(a.status, 200);
	client_close(&c);
}

static void a_client_that_left_is_no_trouble(void **state)
{
	struct web_request *req;
	struct client c;

	(void)state;
	client_open(&c, fix.port);
	send_request(&c, "GET", "/api/v1/deferred", "", NULL, 0);
	req = wait_for_deferred();
	client_close(&c);
	get("/healthz", "");
	web_finish(req, web_reply_json(req, 200, "{}"));
	get("/healthz", "");
	assert_int_equal(a.status, 200);
}

static void files_are_served_whole_and_in_ranges(void **state)
{
	char tag[80], headers[200];

	(void)state;
	get("/api/v1/file", "");
	assert_int_equal(a.status, 200);
	assert_int_equal(a.len, 300000);
	assert_int_equal(a.body[299999], 'a' + 299999 % 26);
	assert_string_equal(head_value(&a, "content-type"), "audio/wav");
	assert_string_equal(head_value(&a, "accept-ranges"), "bytes");
	assert_string_equal(head_value(&a, "content-disposition"),
		"attachment; filename=\"______ 1.wav\"; "
		"filename*=UTF-8''%E5%BD%95%E9%9F%B3%201.wav");
	snprintf(tag, sizeof(tag), "%s", head_value(&a, "etag"));
	get("/api/v1/file", "Range: bytes=100-199\r\n");
	assert_int_equal(a.status, 206);
	assert_int_equal(a.len, 100);
	assert_int_equal(a.body[0], 'a' + 100 % 26);
	assert_string_equal(head_value(&a, "content-range"), "bytes 100-199/300000");
	get("/api/v1/file", "Range: bytes=-10\r\n");
	assert_string_equal(head_value(&a, "content-range"), "bytes 299990-299999/300000");
	get("/api/v1/file", "Range: bytes=299990-\r\n");
	assert_int_equal(a.len, 10);
	get("/api/v1/file", "Range: bytes=300000-\r\n");
	assert_int_equal(a.status, 416);
	assert_string_equal(head_value(&a, "content-range"), "bytes */300000");
	get("/api/v1/file", "Range: bytes=0-1,5-6\r\n");
	assert_int_equal(a.status, 200);
	snprintf(headers, sizeof(headers), "Range: bytes=0-9\r\nIf-Range: %s\r\n", tag);
	get("/api/v1/file", headers);
	assert_int_equal(a.status, 206);
	get("/api/v1/file", "Range: bytes=0-9\r\nIf-Range: \"old\"\r\n");
	assert_int_equal(a.status, 200);
	snprintf(headers, sizeof(headers), "If-None-Match: %s\r\n", tag);
	get("/api/v1/file", headers);
	assert_int_equal(a.status, 304);
	request(fix.port, &a, "HEAD", "/api/v1/file", "", NULL);
	assert_string_equal(head_value(&a, "content-length"), "300000");
	assert_int_equal(unlink(file_path), 0);
	get("/api/v1/file", "");
	assert_int_equal(a.status, 404);
}

static void uploads_are_spooled_and_removed(void **state)
{
	char *data = malloc(3000001), command[200];

	(void)state;
	assert_non_null(data);
	memset(data, 'u', 3000000);
	data[3000000] = '\0';
	post("/api/v1/upload", "Content-Type: audio/wav\r\n", data);
	assert_string_equal(a.body, "3000000 3000000 audio/wav");
	post("/api/v1/upload", "Content-Type: audio/wav\r\nContent-Length: 4000001\r\n", NULL);
	assert_int_equal(a.status, 413);
	post("/api/v1/upload", "", "");
	assert_string_equal(a.body, "0 0 application/octet-stream");
	free(data);
	get("/healthz", "");
	snprintf(command, sizeof(command), "test -z \"$(ls %s | grep upload)\"", fix.folder);
	assert_int_equal(system(command), 0);
}

static void a_slow_reader_delays_nobody(void **state)
{
	struct client slow[8];
	int small = 262144;

	(void)state;
	for (int i = 0; i < 8; i++) {
		client_open(&slow[i], fix.port);
		setsockopt(slow[i].fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
		send_request(&slow[i], "GET", "/api/v1/big", "", NULL, 0);
	}
	for (int i = 0; i < 50; i++) {
		get("/healthz", "");
		assert_int_equal(a.status, 200);
	}
	for (int i = 0; i < 7; i++)
		client_close(&slow[i]);
	assert_int_equal(read_answer(&slow[7], &a, 0), 0);
	assert_int_equal(a.len, 5000000);
	assert_int_equal(a.body[4999999], 'b');
	client_close(&slow[7]);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(a_repeated_creation_gets_the_first_answer),
		CASE(a_refused_creation_does_not_use_up_its_key),
		CASE(strangers_share_no_keys),
		CASE(a_creation_raced_with_itself_happens_once),
		CASE(a_deferred_request_is_answered_from_elsewhere),
		CASE(nobody_finishing_is_504_and_a_late_finish_is_harmless),
		CASE(a_client_that_left_is_no_trouble),
		CASE(files_are_served_whole_and_in_ranges),
		CASE(uploads_are_spooled_and_removed),
		CASE(a_slow_reader_delays_nobody),
	};

	clock_set_test(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
