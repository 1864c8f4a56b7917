/* Event and SIP WebSockets: who gets in, what they get, and how they end. */
#include "web_fixture.h"
#include "ws_client.h"

#define ORIGIN "Origin: http://test.local\r\n"

static const struct web_route routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/things",
		.permission = "thing.read",
		.reply = thing_fields,
		.list = true,
		.handler = list_things,
		.summary = "List" },
	{ 0 },
};

static struct answer a;
static struct message m;

/* What the web thread told us, to be waited for. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int present, absent;
	uint64_t connection;
	int64_t user_id;
	int opened, closed, received;
	char guest[64], text[70000];
	size_t len;
	int refuse;
} told = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void on_presence(int64_t user_id, bool present, void *arg)
{
	(void)arg;
	pthread_mutex_lock(&told.lock);
	told.user_id = user_id;
	told.present += present;
	told.absent += !present;
	pthread_cond_broadcast(&told.changed);
	pthread_mutex_unlock(&told.lock);
}

static void wait_until(const int *value, int wanted)
{
	pthread_mutex_lock(&told.lock);
	while (*value < wanted)
		pthread_cond_wait(&told.changed, &told.lock);
	pthread_mutex_unlock(&told.lock);
}

static int sip_open(uint64_t connection, const struct actor *actor, const char *guest_token,
	const char *address, int port, void *arg)
{
	int refuse;

	(void)arg;
	assert_string_equal(address, "127.0.0.1");
	assert_true(port > 0);
	pthread_mutex_lock(&told.lock);
	told.connection = connection;
	told.user_id = actor->user_id;
	snprintf(told.guest, sizeof(told.guest), "%s", guest_token ? guest_token : "");
	told.opened++;
	refuse = told.refuse;
	pthread_cond_broadcast(&told.changed);
	pthread_mutex_unlock(&told.lock);
	return refuse;
}

static void sip_receive(uint64_t connection, const char *data, size_t len, void *arg)
{
	(void)arg;
	pthread_mutex_lock(&told.lock);
	assert_true(connection == told.connection);
	memcpy(told.text, data, len);
	told.len = len;
	told.received++;
	pthread_cond_broadcast(&told.changed);
	pthread_mutex_unlock(&told.lock);
}

static void sip_close(uint64_t connection, void *arg)
{
	(void)arg;
	pthread_mutex_lock(&told.lock);
	assert_true(connection == told.connection);
	told.closed++;
	pthread_cond_broadcast(&told.changed);
	pthread_mutex_unlock(&told.lock);
}

static int setup(void **state)
{
	static const struct web_sip sip = {
		.open = sip_open, .receive = sip_receive, .close = sip_close
	};

	(void)state;
	told.present = told.absent = told.opened = told.closed = told.received = told.refuse = 0;
	fixture_open(routes, NULL);
	web_set_sip(fix.web, &sip);
	web_on_presence(fix.web, on_presence, NULL);
	fixture_start();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_close();
	free(a.body);
	memset(&a, 0, sizeof(a));
	return 0;
}

static void open_events(struct client *c, const char *headers)
{
	assert_int_equal(ws_open(c, &a, fix.port, "/api/v1/events", headers), 101);
	assert_int_equal(ws_read(c, &m), 0);
	assert_non_null(strstr(m.text, "\"type\":\"hello\""));
}

static void assert_closed(struct client *c, int code)
{
	for (;;) {
		assert_int_equal(ws_read(c, &m), 0);
		if (m.type == WS_CLOSE)
			break;
	}
	assert_int_equal(m.close_code, code);
	client_close(c);
}

static void says_hello_and_then_events(void **state)
{
	struct event opened = {
		.type = "ticket.opened", .entity_id = 77, .json = "{\"subject\":\"打印机\"}"
	};
	struct client c;

	(void)state;
	assert_int_equal(ws_open(&c, &a, fix.port, "/api/v1/events", AGENT ORIGIN), 101);
	assert_int_equal(ws_read(&c, &m), 0);
	assert_non_null(strstr(m.text, "\"type\":\"hello\",\"id\":null,\"time\":1"));
	assert_non_null(strstr(m.text, "\"data\":{\"user_id\":\"11\",\"session_id\":\"1100\","));
	event_push(fix.platform.events, &opened);
	assert_int_equal(ws_read(&c, &m), 0);
	assert_non_null(strstr(m.text, "{\"type\":\"ticket.opened\",\"id\":\"77\",\"time\":1"));
	assert_non_null(strstr(m.text, "\"data\":{\"subject\":\"打印机\"}}"));
	client_close(&c);
}

static void push(const char *type, int64_t user_id, const char *permission, int64_t department)
{
	struct event e = { .type = type,
		.user_id = user_id,
		.permission = permission,
		.department_id = department };

	event_push(fix.platform.events, &e);
}

static void expect(struct client *c, const char *type)
{
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "{\"type\":\"%s\"", type);
	assert_int_equal(ws_read(c, &m), 0);
	assert_memory_equal(m.text, wanted, strlen(wanted));
}

static void everybody_gets_only_what_he_may_see(void **state)
{
	struct client all, none, tree;

	(void)state;
	open_events(&all, AGENT);
	open_events(&none, GUEST);
	open_events(&tree, LEADER);
	push("a.own", READER_ID, NULL, 0);
	push("a.any", 0, "thing.read", 0);
	push("a.below", 0, "thing.read", 31);
	push("a.other", 0, "thing.read", 99);
	push("a.unknown", 0, "no.such", 0);
	push("a.last", 0, NULL, 0);
	expect(&all, "a.any");
	expect(&all, "a.below");
	expect(&all, "a.other");
	expect(&all, "a.last");
	expect(&none, "a.own");
	expect(&none, "a.last");
	expect(&tree, "a.any");
	expect(&tree, "a.below");
	expect(&tree, "a.last");
	client_close(&all);
	client_close(&none);
	client_close(&tree);
}

static void strangers_do_not_get_in(void **state)
{
	struct client c;

	(void)state;
	assert_int_equal(ws_open(&c, &a, fix.port, "/api/v1/events", ""), 401);
	client_close(&c);
	assert_int_equal(ws_open(&c, &a, fix.port, "/api/v1/events",
				 AGENT "Origin: http://evil.example\r\n"),
		403);
	client_close(&c);
	assert_int_equal(ws_open(&c, &a, fix.port, "/api/v1/other", AGENT), 404);
	client_close(&c);
	assert_int_equal(ws_open(&c, &a, fix.port, "/sip", AGENT), 400);
	client_close(&c);
	assert_int_equal(ws_open(&c, &a, fix.port, "/sip", "Sec-WebSocket-Protocol: sip\r\n"), 401);
	client_close(&c);
	assert_int_equal(
		ws_open(&c, &a, fix.port, "/api/v1/events", "Cookie: hotline_session=old\r\n"),
		101);
	assert_closed(&c, 4401);
	assert_int_equal(
		ws_open(&c, &a, fix.port, "/api/v1/events", "Authorization: Bearer x\r\n"), 101);
	assert_closed(&c, 4401);
}

static void a_changed_session_is_thrown_out(void **state)
{
	struct client agent, reader;

	(void)state;
	open_events(&agent, AGENT);
	open_events(&reader, GUEST);
	web_forget_actor(fix.web, AGENT_ID);
	assert_closed(&agent, 4401);
	push("still.there", 0, NULL, 0);
	expect(&reader, "still.there");
	client_close(&reader);
}

static void presence_counts_the_sockets_of_a_person(void **state)
{
	struct client one, two;

	(void)state;
	assert_int_equal(web_presence(fix.web, AGENT_ID), 0);
	open_events(&one, AGENT);
	wait_until(&told.present, 1);
	open_events(&two, TOKEN);
	push("both", 0, NULL, 0);
	expect(&two, "both");
	assert_int_equal(web_presence(fix.web, AGENT_ID), 2);
	client_close(&one);
	client_close(&two);
	wait_until(&told.absent, 1);
	assert_int_equal(told.present, 1);
	assert_int_equal(web_presence(fix.web, AGENT_ID), 0);
}

static void pings_every_twenty_seconds(void **state)
{
	struct client c;

	(void)state;
	open_events(&c, AGENT);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(clock_advance(20000), 0);
		assert_int_equal(ws_read(&c, &m), 0);
		assert_int_equal(m.type, WS_PING);
		ws_send(&c, WS_PONG, m.text, m.len);
		/* When its answer is here, the pong has been seen too. */
		ws_send(&c, WS_PING, "x", 1);
		assert_int_equal(ws_read(&c, &m), 0);
		assert_int_equal(m.type, WS_PONG);
	}
	client_close(&c);
}

static void a_browser_that_does_not_read_is_dropped(void **state)
{
	struct client slow, good;
	char *json = malloc(20000);

	(void)state;
	assert_non_null(json);
	strcpy(json, "{\"x\":\"");
	memset(json + 6, 'x', 16000);
	strcpy(json + 16006, "\"}");
	open_events(&slow, GUEST);
	open_events(&good, AGENT);
	wait_until(&told.present, 2);
	/* More than socket buffers hold, then more than 1,000 in the queue; the reader keeps pace. */
	for (int i = 0; i < 2000 && web_presence(fix.web, READER_ID); i++) {
		struct event e = { .type = "flood", .json = json };

		event_push(fix.platform.events, &e);
		assert_int_equal(ws_read(&good, &m), 0);
	}
	wait_until(&told.absent, 1);
	assert_int_equal(told.user_id, READER_ID);
	assert_int_equal(web_presence(fix.web, AGENT_ID), 1);
	client_close(&slow);
	client_close(&good);
	free(json);
}

static void open_sip(struct client *c, const char *path, const char *headers)
{
	char all[512];

	snprintf(all, sizeof(all), "Sec-WebSocket-Protocol: xmpp, sip\r\n%s", headers);
	assert_int_equal(ws_open(c, &a, fix.port, path, all), 101);
	assert_string_equal(head_value(&a, "sec-websocket-protocol"), "sip");
}

static void sip_messages_cross_whole(void **state)
{
	static char big[65536];
	struct client c;

	(void)state;
	open_sip(&c, "/sip", AGENT ORIGIN);
	ws_send(&c, WS_TEXT, "REGISTER sip:x SIP/2.0\r\n\r\n", 26);
	wait_until(&told.received, 1);
	assert_true(told.user_id == AGENT_ID);
	assert_memory_equal(told.text, "REGISTER sip:x SIP/2.0\r\n\r\n", 26);
	memset(big, 'b', sizeof(big));
	ws_send(&c, WS_TEXT, big, sizeof(big));
	wait_until(&told.received, 2);
	assert_int_equal(told.len, sizeof(big));
	assert_memory_equal(told.text, big, sizeof(big));
	assert_int_equal(web_sip_send(fix.web, told.connection, "SIP/2.0 200 OK\r\n\r\n", 18), 0);
	assert_int_equal(ws_read(&c, &m), 0);
	assert_int_equal(m.type, WS_TEXT);
	assert_string_equal(m.text, "SIP/2.0 200 OK\r\n\r\n");
	web_sip_close(fix.web, told.connection);
	assert_closed(&c, 1000);
	wait_until(&told.closed, 1);
	assert_int_equal(web_sip_send(fix.web, told.connection, "x", 1), ENOTCONN);
}

static void what_is_no_sip_ends_the_socket(void **state)
{
	static char big[65600];
	struct client c;

	(void)state;
	open_sip(&c, "/sip", AGENT);
	ws_send(&c, WS_BINARY, "x", 1);
	assert_closed(&c, 1003);
	wait_until(&told.closed, 1);
	open_sip(&c, "/sip", AGENT);
	memset(big, 'b', sizeof(big));
	ws_send(&c, WS_TEXT, big, sizeof(big));
	assert_closed(&c, 1009);
	wait_until(&told.closed, 2);
}

static void guests_come_with_a_token(void **state)
{
	struct client c;

	(void)state;
	open_sip(&c, "/sip?guest=abc-1", ORIGIN);
	wait_until(&told.opened, 1);
	assert_string_equal(told.guest, "abc-1");
	assert_true(told.user_id == 0);
	client_close(&c);
	wait_until(&told.closed, 1);
	told.refuse = EACCES;
	open_sip(&c, "/sip?guest=abc-2", ORIGIN);
	assert_closed(&c, 4403);
	assert_int_equal(told.closed, 1);
}

static void waiting_sip_frames_are_capped(void **state)
{
	static char big[60000];
	struct client c;
	int err = 0, sent = 0;

	(void)state;
	open_sip(&c, "/sip", AGENT);
	wait_until(&told.opened, 1);
	for (; !err && sent < 2000; sent++)
		err = web_sip_send(fix.web, told.connection, big, sizeof(big));
	assert_int_equal(err, ENOBUFS);
	assert_true(sent > 256);
	client_close(&c);
	wait_until(&told.closed, 1);
}

static void *stop_web(void *arg)
{
	(void)arg;
	web_stop(fix.web);
	return NULL;
}

static void stopping_says_goodbye(void **state)
{
	struct client events, sip;
	pthread_t stopper;

	(void)state;
	open_events(&events, AGENT);
	open_sip(&sip, "/sip", AGENT);
	wait_until(&told.opened, 1);
	assert_int_equal(pthread_create(&stopper, NULL, stop_web, NULL), 0);
	assert_closed(&events, 1001);
	assert_closed(&sip, 1001);
	pthread_join(stopper, NULL);
	assert_int_equal(told.closed, 1);
	assert_int_equal(told.absent, 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(says_hello_and_then_events),
		CASE(everybody_gets_only_what_he_may_see),
		CASE(strangers_do_not_get_in),
		CASE(a_changed_session_is_thrown_out),
		CASE(presence_counts_the_sockets_of_a_person),
		CASE(pings_every_twenty_seconds),
		CASE(a_browser_that_does_not_read_is_dropped),
		CASE(sip_messages_cross_whole),
		CASE(what_is_no_sip_ends_the_socket),
		CASE(guests_come_with_a_token),
		CASE(waiting_sip_frames_are_capped),
		CASE(stopping_says_goodbye),
	};

	clock_set_test(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
