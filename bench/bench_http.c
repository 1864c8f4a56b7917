/* HTTP: a small JSON answer and a list of 50 of 200,000 rows, beside bare libwebsockets with a constant; and one event to
 * 2,000 browsers (promise: the last has it in 30 ms). Load generator and server share the machine.
 * Run: build/release/bench/bench_http [seconds per row] */
#include <libwebsockets.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include "event/event.h"
#include "http_load.h"
#include "id.h"
#include "log/log.h"
#include "module/module.h"
#include "web/web.h"

#define ROWS     200000
#define BROWSERS 2000
#define EVENTS   100

/* --- bare libwebsockets --- */

static char constant[201];

static int bare_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start,
					   *end = buf + sizeof(buf);

	if (reason == LWS_CALLBACK_HTTP) {
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (reason != LWS_CALLBACK_HTTP_WRITEABLE)
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	if (lws_add_http_common_headers(wsi, 200, "application/json", 200, &p, end) ||
		lws_finalize_http_header(wsi, &p, end))
		return -1;
	memcpy(p, constant, 200);
	if (lws_write(wsi, start, (size_t)(p - start) + 200, LWS_WRITE_HTTP_HEADERS) < 0)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static const struct lws_protocols bare_protocols[] = {
	{ .name = "http", .callback = bare_callback },
	{ .name = NULL },
};

static atomic_bool bare_stop;
static struct lws_context *bare_context;

static void *bare_thread(void *arg)
{
	(void)arg;
	while (!atomic_load(&bare_stop) && lws_service(bare_context, 0) >= 0)
		;
	return NULL;
}

/* --- ours --- */

static struct platform platform;
static char folder[] = "/tmp/hotline-bench-http-XXXXXX";

struct row {
	int64_t id, department_id, opened, closed;
	const char *number, *subject, *state, *customer, *person;
};

static const struct web_field row_fields[] = {
	{ F(struct row, id, FIELD_ID), .required = true },
	{ F(struct row, number, FIELD_TEXT) },
	{ F(struct row, subject, FIELD_TEXT) },
	{ F(struct row, state, FIELD_TEXT) },
	{ F(struct row, customer, FIELD_TEXT) },
	{ F(struct row, person, FIELD_TEXT) },
	{ F(struct row, department_id, FIELD_ID) },
	{ F(struct row, opened, FIELD_TIME) },
	{ F(struct row, closed, FIELD_TIME) },
	{ 0 },
};

static const struct db_stmt statements[] = {
	{ .name = "bench.create",
		.in = "",
		.out = "",
		.sql = "CREATE TABLE bench (id INTEGER PRIMARY KEY, number TEXT, subject TEXT, "
		       "state TEXT, customer TEXT, "
		       "person TEXT, department_id INTEGER, opened INTEGER, closed INTEGER)" },
	{ .name = "bench.index",
		.in = "",
		.out = "",
		.sql = "CREATE INDEX bench_department ON bench (department_id, id)" },
	{ .name = "bench.add",
		.in = "isssssiin",
		.out = "",
		.sql = "INSERT INTO bench VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)" },
	{ .name = "bench.list",
		.in = "ii",
		.out = "isssssiii",
		.sql = "SELECT id, number, subject, state, customer, person, department_id, "
		       "opened, closed FROM bench "
		       "WHERE department_id = $1 ORDER BY id DESC LIMIT $2" },
	{ 0 },
};

static int fill(struct db *db, void *arg)
{
	int err = db_exec(db, &statements[0], NULL);

	(void)arg;
	if (!err)
		err = db_exec(db, &statements[1], NULL);
	for (int64_t i = 1; i <= ROWS && !err; i++)
		err = db_exec(db, &statements[2], NULL, i, "T20261121-0012",
			"打印机卡纸，需要上门检修 printer jams", "open", "上海某某有限公司", "王芳",
			i % 6, INT64_C(1795000000000) + i, INT64_C(0));
	return err;
}

static int write_row(const struct db_row *row, void *arg)
{
	struct row r = { .id = db_row_int(row, 0),
		.number = db_row_text(row, 1),
		.subject = db_row_text(row, 2),
		.state = db_row_text(row, 3),
		.customer = db_row_text(row, 4),
		.person = db_row_text(row, 5),
		.department_id = db_row_int(row, 6),
		.opened = db_row_int(row, 7),
		.closed = db_row_int(row, 8) };

	web_list_item(arg, &r);
	return 0;
}

static int list_rows(struct web_request *req, struct db *db)
{
	int err;

	web_list_begin(req);
	err = db_each(db, &statements[3], write_row, req, INT64_C(3), (int64_t)50);
	return err ? err : web_list_end(req, "1");
}

static int small(struct web_request *req, struct db *db)
{
	struct row r = { .id = 5,
		.number = "T20261121-0012",
		.subject = "打印机卡纸",
		.state = "open",
		.person = "王芳" };

	(void)db;
	return web_reply(req, 200, &r);
}

static const struct web_route routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/small",
		.permission = "signed_in",
		.reply = row_fields,
		.handler = small,
		.no_db = true,
		.summary = "Small" },
	{ .method = WEB_GET,
		.path = "/api/v1/rows",
		.permission = "signed_in",
		.reply = row_fields,
		.list = true,
		.handler = list_rows,
		.summary = "Rows" },
	{ 0 },
};

static int resolve(
	struct db *db, const char *secret, bool bearer, const struct actor **actor, char csrf[65])
{
	struct actor *a = actor_create();

	(void)db;
	(void)bearer;
	csrf[0] = '\0';
	if (!a)
		return ENOMEM;
	a->user_id = atoll(secret);
	*actor = a;
	return 0;
}

static void must(int err, const char *what)
{
	if (err) {
		fprintf(stderr, "%s: %s\n", what, strerror(err));
		exit(1);
	}
}

static void start_ours(void)
{
	static const struct web_auth auth = { .resolve = resolve };
	struct web_config config = { .address = "127.0.0.1", .upload_dir = folder };
	struct db_config db = { 0 };
	char url[96], problem[256] = "";
	unsigned migrated;

	if (!mkdtemp(folder))
		exit(1);
	snprintf(url, sizeof(url), "sqlite:%s/hotline.db", folder);
	db.url = url;
	must(database_open(&platform.database, &db, problem, sizeof(problem)), problem);
	must(database_declare(platform.database, statements), "statements");
	must(database_declare(platform.database, event_statements), "statements");
	must(database_migrate(platform.database, &migrated, problem, sizeof(problem)), problem);
	must(db_write(platform.database, fill, NULL), "rows");
	must(event_hub_create(&platform.events, platform.database), "events");
	must(web_create(&platform.web, &config, &platform), "web");
	web_set_auth(platform.web, &auth);
	must(web_declare(platform.web, routes), "routes");
	must(web_start(platform.web), "start");
}

/* Processor time of all threads but the load generator's (this one), in microseconds. */
static double server_us(void)
{
	struct rusage all, mine;

	getrusage(RUSAGE_SELF, &all);
	getrusage(RUSAGE_THREAD, &mine);
	return (double)(all.ru_utime.tv_sec + all.ru_stime.tv_sec - mine.ru_utime.tv_sec -
			mine.ru_stime.tv_sec) *
		       1e6 +
	       (double)(all.ru_utime.tv_usec + all.ru_stime.tv_usec - mine.ru_utime.tv_usec -
			mine.ru_stime.tv_usec);
}

static double row(const char *name, int port, int connections, const char *path, double seconds)
{
	char request[256];
	struct load_result r;
	double before;

	snprintf(request, sizeof(request),
		"GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer 1\r\n\r\n", path);
	load_run(port, connections, request, 0.2);
	before = server_us();
	r = load_run(port, connections, request, seconds);
	printf("%-29s %2d connections  %6.0f/s  p50 %5.2f ms  p99 %5.2f ms  server %3.0f us  %s\n",
		name, connections, r.per_second, r.p50_ms, r.p99_ms,
		(server_us() - before) / (double)r.answers, r.failures ? "FAILURES" : "");
	return r.per_second;
}

/* --- one event to many browsers --- */

static int open_browser(int port, int number)
{
	int fd = load_connect(port);
	char text[1024];
	ssize_t n;

	n = snprintf(text, sizeof(text),
		"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
		"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer %d\r\n\r\n",
		number);
	if (send(fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		exit(1);
	for (size_t have = 0; !memmem(text, have, "\"hello\"", 7) || text[have - 1] != '}';
		have += (size_t)n) {
		n = recv(fd, text + have, sizeof(text) - have, 0);
		if (n <= 0)
			exit(1);
	}
	return fd;
}

static void fan_out(int port, double seconds)
{
	static int fds[BROWSERS];
	uint32_t took[EVENTS];
	double before;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	char json[300];
	struct event event = { .type = "queue.live", .entity_id = 5, .json = json };

	memset(json, 'x', sizeof(json));
	memcpy(json, "{\"a\":\"", 6);
	strcpy(json + 240, "\"}");
	for (int i = 0; i < BROWSERS; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.fd = 0 };

		fds[i] = e.data.fd = open_browser(port, i % 500 + 1);
		epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &e);
	}
	before = server_us();
	for (int round = 0; round < EVENTS; round++) {
		int64_t start = load_now_us();
		int got = 0;

		event_push(platform.events, &event);
		while (got < BROWSERS) {
			struct epoll_event events[512];
			int n = epoll_wait(epoll, events, 512, 1000);
			char waste[1024];

			for (int i = 0; i < n; i++)
				got += recv(events[i].data.fd, waste, sizeof(waste), 0) > 250;
		}
		took[round] = (uint32_t)(load_now_us() - start);
	}
	qsort(took, EVENTS, sizeof(*took), load_compare);
	printf("one event to %d browsers: last receiver p50 %.1f ms, p99 %.1f ms, server %.1f ms "
	       "(promise 30 ms)\n",
		BROWSERS, took[EVENTS / 2] / 1000.0, took[EVENTS - 2] / 1000.0,
		(server_us() - before) / EVENTS / 1000);
	row("small JSON beside browsers", port, 8, "/api/v1/small", seconds);
	for (int i = 0; i < BROWSERS; i++)
		close(fds[i]);
	close(epoll);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 3, bare[2], ours;
	static const int connections[2] = { 8, 64 };
	struct lws_context_creation_info info = { .port = 0, .protocols = bare_protocols };
	struct rlimit files;
	char command[96];
	pthread_t thread;
	int bare_port;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	log_open("/dev/null", LOG_INFO);
	start_ours();
	memset(constant, 'c', 200);
	lws_set_log_level(LLL_ERR, NULL);
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DISABLE_IPV6;
	info.fd_limit_per_thread = 1000;
	bare_context = lws_create_context(&info);
	bare_port = lws_get_vhost_listen_port(lws_create_vhost(bare_context, &info));
	pthread_create(&thread, NULL, bare_thread, NULL);
	for (int i = 0; i < 2; i++) {
		bare[i] = row(
			"bare libwebsockets, 200 bytes", bare_port, connections[i], "/", seconds);
		ours = row("small JSON, signed in", web_port(platform.web), connections[i],
			"/api/v1/small", seconds);
		printf("  %.0f %% of bare\n", 100 * ours / bare[i]);
		ours = row("list of 50 rows, signed in", web_port(platform.web), connections[i],
			"/api/v1/rows", seconds);
		printf("  %.0f %% of bare\n", 100 * ours / bare[i]);
	}
	atomic_store(&bare_stop, true);
	lws_cancel_service(bare_context);
	pthread_join(thread, NULL);
	lws_context_destroy(bare_context);
	fan_out(web_port(platform.web), seconds);
	web_stop(platform.web);
	event_hub_free(platform.events);
	web_free(platform.web);
	database_close(platform.database);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) ? 1 : 0;
}
