/* Many clients at once, more work than workers, and stopping in the middle of it. */
#include <poll.h>
#include <sys/resource.h>
#include "web_fixture.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int inside;
	bool open;
} gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false };

static int waits_at_the_gate(struct web_request *req, struct db *db)
{
	(void)db;
	pthread_mutex_lock(&gate.lock);
	gate.inside++;
	pthread_cond_broadcast(&gate.changed);
	while (!gate.open)
		pthread_cond_wait(&gate.changed, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
	return web_reply_json(req, 200, "{\"through\":true}");
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
		.summary = "Add" },
	{ .method = WEB_GET,
		.path = "/api/v1/gate",
		.permission = "public",
		.handler = waits_at_the_gate,
		.no_db = true,
		.raw_reply = true,
		.summary = "Wait" },
	{ 0 },
};

static int setup(void **state)
{
	(void)state;
	gate.inside = 0;
	gate.open = false;
	fixture_open(routes, NULL);
	fixture_start();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_close();
	return 0;
}

static void wait_inside(int count)
{
	pthread_mutex_lock(&gate.lock);
	while (gate.inside < count)
		pthread_cond_wait(&gate.changed, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

static void open_gate(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.open = true;
	pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.lock);
}

#define CLIENTS  64
#define REQUESTS 10

static void *be_a_client(void *arg)
{
	struct client *c = malloc(sizeof(*c));
	struct answer a = { 0 };
	intptr_t wrong = 0;

	(void)arg;
	client_open(c, fix.port);
	for (int i = 0; i < REQUESTS; i++) {
		send_request(c, "POST", "/api/v1/things", TOKEN_POST, "{\"name\":\"x\"}", 12);
		wrong += read_answer(c, &a, 0) || a.status != 201;
		send_request(c, "GET", "/api/v1/things?limit=5", TOKEN, NULL, 0);
		wrong += read_answer(c, &a, 0) || a.status != 200;
	}
	client_close(c);
	free(a.body);
	free(c);
	return (void *)wrong;
}

static void sixty_four_clients_get_all_their_answers(void **state)
{
	pthread_t threads[CLIENTS];
	void *wrong;

	(void)state;
	for (int i = 0; i < CLIENTS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, be_a_client, NULL), 0);
	for (int i = 0; i < CLIENTS; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	assert_int_equal(count_things(), CLIENTS * REQUESTS);
}

#define TOO_MANY 1100
#define TAKEN    (2 + 1024) /* with the workers, and waiting for them */

/* How many have an answer to read, when at least `least` have. */
static int count_answered(const struct client *clients, int least)
{
	static struct pollfd fds[TOO_MANY];
	int answered = 0;

	for (int i = 0; i < TOO_MANY; i++)
		fds[i] = (struct pollfd){ .fd = clients[i].fd, .events = POLLIN };
	while (answered < least) {
		assert_true(poll(fds, TOO_MANY, 10000) > 0);
		answered = 0;
		for (int i = 0; i < TOO_MANY; i++)
			answered += (fds[i].revents & POLLIN) != 0;
	}
	return answered;
}

static void more_than_the_queue_holds_is_503_and_the_rest_is_served(void **state)
{
	static struct client clients[TOO_MANY];
	struct answer a = { 0 };
	int served = 0, refused = 0;

	(void)state;
	for (int i = 0; i < TOO_MANY; i++) {
		client_open(&clients[i], fix.port);
		send_request(&clients[i], "GET", "/api/v1/gate", "", NULL, 0);
		if (i == 1)
			wait_inside(2); /* both workers are busy from here on */
	}
	assert_int_equal(count_answered(clients, TOO_MANY - TAKEN), TOO_MANY - TAKEN);
	open_gate();
	for (int i = 0; i < TOO_MANY; i++) {
		assert_int_equal(read_answer(&clients[i], &a, 0), 0);
		if (a.status == 503) {
			assert_string_equal(head_value(&a, "retry-after"), "1");
			assert_non_null(strstr(a.body, "\"code\":\"busy\""));
			refused++;
		} else {
			assert_int_equal(a.status, 200);
			served++;
		}
		client_close(&clients[i]);
	}
	assert_int_equal(served, TAKEN);
	assert_int_equal(refused, TOO_MANY - TAKEN);
	free(a.body);
}

static void *stop_web(void *arg)
{
	(void)arg;
	web_stop(fix.web);
	return NULL;
}

static void stopping_finishes_what_is_under_way(void **state)
{
	struct client under_way, late;
	struct answer a = { 0 };
	pthread_t stopper;
	bool refused = false;

	(void)state;
	client_open(&under_way, fix.port);
	send_request(&under_way, "GET", "/api/v1/gate", "", NULL, 0);
	wait_inside(1);
	assert_int_equal(pthread_create(&stopper, NULL, stop_web, NULL), 0);
	/* Once it is stopping, new requests are refused while the old one may still end well. */
	while (!refused) {
		client_open(&late, fix.port);
		send_request(&late, "GET", "/healthz", "", NULL, 0);
		assert_int_equal(read_answer(&late, &a, 0), 0);
		refused = a.status == 503;
		client_close(&late);
	}
	open_gate();
	assert_int_equal(read_answer(&under_way, &a, 0), 0);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, "{\"through\":true}");
	client_close(&under_way);
	pthread_join(stopper, NULL);
	assert_int_equal(connect_to(fix.port), -1);
	free(a.body);
}

static void a_port_in_use_is_said_at_start(void **state)
{
	struct web_config config = { .address = "127.0.0.1", .port = fix.port, .workers = 1 };
	struct web *second;

	(void)state;
	assert_int_equal(web_create(&second, &config, &fix.platform), 0);
	assert_int_equal(web_start(second), EADDRINUSE);
	web_free(second);
}

static void wrong_rows_are_refused(void **state)
{
	static const struct web_route no_permission[] = {
		{ .method = WEB_GET, .path = "/a", .handler = list_things, .summary = "s" }, { 0 }
	};
	static const struct web_route no_handler[] = {
		{ .method = WEB_GET, .path = "/b", .permission = "public", .summary = "s" }, { 0 }
	};
	static const struct web_route no_summary[] = {
		{ .method = WEB_GET, .path = "/c", .permission = "public", .handler = list_things },
		{ 0 }
	};
	static const struct web_route twice[] = { { .method = WEB_GET,
							  .path = "/api/v1/gate",
							  .permission = "public",
							  .handler = list_things,
							  .summary = "s" },
		{ 0 } };
	static const struct web_route bad_path[] = { { .method = WEB_GET,
							     .path = "/x/{id:number}",
							     .permission = "public",
							     .handler = list_things,
							     .summary = "s" },
		{ 0 } };

	(void)state;
	assert_int_equal(web_declare(fix.web, no_permission), EINVAL);
	assert_int_equal(web_declare(fix.web, no_handler), EINVAL);
	assert_int_equal(web_declare(fix.web, no_summary), EINVAL);
	assert_int_equal(web_declare(fix.web, twice), EINVAL);
	assert_int_equal(web_declare(fix.web, bad_path), EINVAL);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(sixty_four_clients_get_all_their_answers),
		CASE(more_than_the_queue_holds_is_503_and_the_rest_is_served),
		CASE(stopping_finishes_what_is_under_way),
		CASE(a_port_in_use_is_said_at_start),
		CASE(wrong_rows_are_refused),
	};

	struct rlimit files;

	/* Both ends of 1,100 connections are in this process. */
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
