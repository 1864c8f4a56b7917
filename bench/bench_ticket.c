/* Tickets over HTTP, the daemon as it is (session, permission, range, audit, event): creation durable before the answer (promise:
 * 5,000/s with 8 clients, 10,000/s with 64, p99 20 and 40 ms, 60 % of the raw batch rate), the first page of an agent's list
 * (6,000/s, p99 6 ms), start to ready (0.5 s, 100 MB). Load generator and daemon share the machine.
 * Run: build/release/bench/bench_ticket [tickets, default 1000000] [seconds per row, default 5] */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "http_load.h"

enum { BATCH = 5000, GROUP = 64, DAYS = 400 };
#define DAY_MS INT64_C(86400000)

static char dir[] = "/tmp/hotline-bench-XXXXXX";
static char program[4096];

static void die(const char *what)
{
	fprintf(stderr, "bench_ticket: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- the daemon --- */

struct daemon {
	pid_t pid;
	int port;
	double start_s;
};

static struct daemon start(const char *demo)
{
	struct daemon d = { 0 };
	int64_t begun = load_now_us();
	char line[512];
	int out[2];
	FILE *text;

	if (pipe(out))
		die("pipe");
	d.pid = fork();
	if (!d.pid) {
		dup2(out[1], 1);
		close(out[0]);
		execl(program, program, "serve", demo, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	text = fdopen(out[0], "r");
	while (text && fgets(line, sizeof(line), text)) {
		const char *at = strstr(line, " is ready: http://127.0.0.1:");

		if (at) {
			d.port = atoi(at + 28);
			break;
		}
	}
	if (!d.port)
		die("the daemon did not start");
	d.start_s = (double)(load_now_us() - begun) / 1e6;
	return d;
}

static void stop(const struct daemon *d)
{
	int status;

	kill(d->pid, SIGTERM);
	if (waitpid(d->pid, &status, 0) != d->pid || status)
		fprintf(stderr, "the daemon ended with %d\n", status);
}

static long anonymous_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "RssAnon: %ld", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

/* What the daemon has computed so far, all threads: says what a request costs when others use the machine too. */
static double cpu_s(pid_t pid)
{
	char path[64], text[1024], *at;
	unsigned long user, system;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = '\0';
	at = strrchr(text, ')');
	if (!at || sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			   &system) != 2)
		return 0;
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* --- rows --- */

static void run(sqlite3 *db, const char *sql)
{
	char *problem = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &problem)) {
		fprintf(stderr, "bench_ticket: %s: %s\n", sql, problem);
		exit(1);
	}
}

static sqlite3 *open_database(const char *name)
{
	char path[600];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (sqlite3_open(path, &db))
		die("sqlite3_open");
	run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; "
		"PRAGMA cache_size=-65536");
	return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL)) {
		fprintf(stderr, "bench_ticket: %s: %s\n", sql, sqlite3_errmsg(db));
		exit(1);
	}
	return s;
}

static void step(sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);

	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		die(sqlite3_errmsg(sqlite3_db_handle(s)));
	sqlite3_reset(s);
}

static const char *const states[] = { "closed", "closed", "closed", "closed", "closed", "closed",
	"closed", "closed", "solved", "open" };

/* One ticket as the daemon writes it: row, first entry, audit, event; 1 of 50 is still open. */
struct writer {
	sqlite3_stmt *ticket, *entry, *audit, *event, *number, *savepoint, *release;
};

static struct writer make_writer(sqlite3 *db)
{
	return (struct writer){
		.ticket = prepare(db, "INSERT INTO ticket (id, number, type, subject, text, "
				      "priority, department_id, assignee_id,"
				      " customer_id, state, is_open, created, updated, created_by, "
				      "version) VALUES"
				      " (?1, ?2, 'repair', '电脑无法开机，风扇不转', "
				      "'按电源键无任何反应，前一天雷雨后出现。', 'normal',"
				      " ?3, ?4, ?5, ?6, ?7, ?8, ?8, 401, 1)"),
		.entry = prepare(db, "INSERT INTO ticket_entry (id, ticket_id, kind, time, "
				     "user_id) VALUES (?1, ?2, 'opened', ?3, 401)"),
		.audit = prepare(db,
			"INSERT INTO audit (id, time, user_id, action, entity, entity_id, "
			"source) VALUES (?1, ?2, 401, 'create', 'ticket', ?3, '127.0.0.1')"),
		.event = prepare(db, "INSERT INTO outbox (id, type, entity_id, permission, "
				     "department_id, payload, created)"
				     " VALUES (?1, 'ticket.opened', ?2, 'ticket.read', ?3, "
				     "'{\"id\":\"912138096714186752\",\"number\":\"T20261122-"
				     "0001\",\"version\":1}', ?4)"),
		.number = prepare(db,
			"INSERT INTO number_counter (rule, period, last) VALUES ('ticket', ?1, 1)"
			" ON CONFLICT (rule, period) DO UPDATE SET last = last + 1 RETURNING last"),
		.savepoint = prepare(db, "SAVEPOINT one"),
		.release = prepare(db, "RELEASE one"),
	};
}

static void write_ticket(struct writer *w, int64_t id, int64_t time, int64_t i)
{
	char number[32];
	const char *state = i % 5 ? "closed" : states[i / 5 % 10];

	snprintf(number, sizeof(number), "B%lld", (long long)id);
	sqlite3_bind_int64(w->ticket, 1, id);
	sqlite3_bind_text(w->ticket, 2, number, -1, SQLITE_STATIC);
	sqlite3_bind_int64(w->ticket, 3, 102 + i % 6);
	sqlite3_bind_int64(w->ticket, 4, 401 + i % 17);
	sqlite3_bind_null(w->ticket, 5);
	sqlite3_bind_text(w->ticket, 6, state, -1, SQLITE_STATIC);
	sqlite3_bind_int64(w->ticket, 7, !strcmp(state, "open"));
	sqlite3_bind_int64(w->ticket, 8, time);
	step(w->ticket);
	sqlite3_bind_int64(w->entry, 1, id + 1);
	sqlite3_bind_int64(w->entry, 2, id);
	sqlite3_bind_int64(w->entry, 3, time);
	step(w->entry);
}

static void write_rest(struct writer *w, int64_t id, int64_t time, int64_t department)
{
	sqlite3_bind_int64(w->audit, 1, id + 2);
	sqlite3_bind_int64(w->audit, 2, time);
	sqlite3_bind_int64(w->audit, 3, id);
	step(w->audit);
	sqlite3_bind_int64(w->event, 1, id + 3);
	sqlite3_bind_int64(w->event, 2, id);
	sqlite3_bind_int64(w->event, 3, department);
	sqlite3_bind_int64(w->event, 4, time);
	step(w->event);
}

/* Ids of these times, as base/id makes them (41 bits of milliseconds since 2020, 22 bits below). */
static int64_t id_at(int64_t time)
{
	return (time - INT64_C(1577836800000)) << 22;
}

static void fill(int64_t count)
{
	sqlite3 *db = open_database("hotline.db");
	struct writer w = make_writer(db);
	struct timespec now;
	int64_t end, begun = load_now_us();

	clock_gettime(CLOCK_REALTIME, &now);
	end = (int64_t)now.tv_sec * 1000 - DAY_MS;
	run(db, "PRAGMA synchronous=OFF; PRAGMA cache_size=-400000");
	for (int64_t i = 0; i < count; i++) {
		int64_t time = end - DAYS * DAY_MS + DAYS * DAY_MS / count * i;

		if (i % BATCH == 0)
			run(db, i ? "COMMIT; BEGIN" : "BEGIN");
		write_ticket(&w, id_at(time) + (i & 1023) * 8, time, i);
	}
	run(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
	printf("filled with %lld tickets in %.1f s\n", (long long)count,
		(double)(load_now_us() - begun) / 1e6);
	for (sqlite3_stmt *s = NULL; (s = sqlite3_next_stmt(db, NULL));)
		sqlite3_finalize(s);
	sqlite3_close(db);
}

/* The same rows by SQLite alone, one fsync for a group, into the same database. */
static double raw_rate(int group, double seconds)
{
	sqlite3 *db = open_database("hotline.db");
	struct writer w = make_writer(db);
	struct timespec now;
	int64_t n = 0, begun = load_now_us(), end = begun + (int64_t)(seconds * 1e6), time, base;

	clock_gettime(CLOCK_REALTIME, &now);
	time = (int64_t)now.tv_sec * 1000 - DAY_MS / 2;
	base = id_at(time);
	while (load_now_us() < end) {
		run(db, "BEGIN IMMEDIATE");
		for (int i = 0; i < group; i++, n++) {
			int64_t id = base + n * 8;

			step(w.savepoint);
			sqlite3_bind_text(w.number, 1, "raw", -1, SQLITE_STATIC);
			step(w.number);
			write_ticket(&w, id, time, n);
			write_rest(&w, id, time, 102 + n % 6);
			step(w.release);
		}
		run(db, "COMMIT");
	}
	begun = load_now_us() - begun;
	for (sqlite3_stmt *s = NULL; (s = sqlite3_next_stmt(db, NULL));)
		sqlite3_finalize(s);
	sqlite3_close(db);
	return (double)n * 1e6 / (double)begun;
}

/* --- HTTP --- */

static void ask(int port, const char *request, char *answer, size_t size)
{
	struct load_connection c = { .fd = load_connect(port) };
	uint64_t failures = 0;

	load_send(&c, request, strlen(request));
	while (!load_read(&c, &failures))
		;
	snprintf(answer, size, "%s", c.head);
	close(c.fd);
	if (failures) {
		fprintf(stderr, "bench_ticket: %s\n", answer);
		exit(1);
	}
}

static void cut(char *out, size_t size, const char *text, const char *after, char end)
{
	const char *at = strstr(text, after);
	size_t n = 0;

	for (at = at ? at + strlen(after) : ""; *at && *at != end && n + 1 < size; at++)
		out[n++] = *at;
	out[n] = '\0';
}

static void sign_in(int port, const char *account, char *headers, size_t size)
{
	char body[128], request[512], answer[4096], cookie[128], csrf[80];

	snprintf(body, sizeof(body), "{\"account\":\"%s\",\"password\":\"demo-%s\"}", account,
		account);
	snprintf(request, sizeof(request),
		"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: "
		"application/json\r\nContent-Length: %zu\r\n\r\n%s",
		strlen(body), body);
	ask(port, request, answer, sizeof(answer));
	cut(cookie, sizeof(cookie), answer, "hotline_session=", ';');
	cut(csrf, sizeof(csrf), answer, "\"csrf\":\"", '"');
	snprintf(headers, size, "Host: a\r\nCookie: hotline_session=%s\r\nX-CSRF-Token: %s\r\n",
		cookie, csrf);
}

static struct load_result load(
	const struct daemon *d, const char *what, int clients, const char *request, double seconds)
{
	struct load_result r;
	double cpu;

	load_run(d->port, clients, request, 0.5); /* warm */
	cpu = cpu_s(d->pid);
	r = load_run(d->port, clients, request, seconds);
	cpu = cpu_s(d->pid) - cpu;
	printf("%-46s %3d clients %7.0f/s  p50 %6.2f ms  p99 %6.2f ms  %4.0f us of a core each%s\n",
		what, clients, r.per_second, r.p50_ms, r.p99_ms,
		r.answers ? cpu * 1e6 / (double)r.answers : 0, r.failures ? "  WITH FAILURES" : "");
	fflush(stdout);
	return r;
}

static void lists(const struct daemon *d, double seconds)
{
	static const struct {
		const char *account, *what, *path;
	} rows[] = {
		{ "computer1", "list: own department (promise 6,000; 6 ms)", "/api/v1/tickets" },
		{ "computer1", "list: own department, open", "/api/v1/tickets?open=true" },
		{ "computer1", "list: mine", "/api/v1/tickets?mine=true" },
		{ "engineer1", "list: own range", "/api/v1/tickets" },
		{ "leader", "list: department tree", "/api/v1/tickets" },
		{ "leader", "list: department tree, open", "/api/v1/tickets?open=true" },
		{ "superior", "list: all", "/api/v1/tickets" },
		{ "superior", "list: all, open", "/api/v1/tickets?open=true" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char headers[400], request[800];

		sign_in(d->port, rows[i].account, headers, sizeof(headers));
		snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n%s\r\n", rows[i].path,
			headers);
		load(d, rows[i].what, 8, request, seconds);
	}
}

static void creation(const struct daemon *d, double seconds, double rates[2])
{
	static const char body[] = "{\"type\":\"repair\",\"subject\":\"电脑无法开机，风扇不转\","
				   "\"text\":\"按电源键无任何反应，前一天雷雨后出现。\","
				   "\"priority\":\"high\",\"channel\":\"call\"}";
	char headers[400], request[1200];

	sign_in(d->port, "computer1", headers, sizeof(headers));
	snprintf(request, sizeof(request),
		"POST /api/v1/tickets HTTP/1.1\r\n%sContent-Type: "
		"application/json\r\nContent-Length: %zu\r\n\r\n%s",
		headers, strlen(body), body);
	rates[0] = load(d, "create (promise 5,000; 20 ms)", 8, request, seconds).per_second;
	rates[1] = load(d, "create (promise 10,000; 40 ms)", 64, request, seconds).per_second;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *walk)
{
	(void)s;
	(void)kind;
	(void)walk;
	return remove(path);
}

int main(int argc, char **argv)
{
	int64_t count = argc > 1 ? atoll(argv[1]) : 1000000;
	double seconds = argc > 2 ? atof(argv[2]) : 5, rates[2], raw;
	struct daemon d;
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 32);
	char *slash;

	if (n <= 0 || !mkdtemp(dir))
		die("/tmp");
	program[n] = '\0';
	slash = strrchr(program, '/');
	*slash = '\0';
	slash = strrchr(program, '/');
	snprintf(slash, 32, "/src/hotline");
	setenv("HOTLINE_DATA_DIR", dir, 1);
	setenv("HOTLINE_HTTP_PORT", "0", 1);
	setenv("HOTLINE_SIP_PORT", "0", 1);
	setenv("HOTLINE_SIP_TLS_PORT", "0", 1);
	setenv("HOTLINE_LOG_LEVEL", "warn", 1);

	d = start("--demo");
	stop(&d);
	fill(count);
	d = start(NULL);
	printf("start to ready (promise 0.5 s): %.3f s, anonymous memory %.1f MB (promise 100)\n",
		d.start_s, (double)anonymous_kib(d.pid) / 1024);
	fflush(stdout);
	lists(&d, seconds);
	creation(&d, seconds, rates);
	printf("anonymous memory afterwards: %.1f MB\n", (double)anonymous_kib(d.pid) / 1024);
	stop(&d);
	raw = raw_rate(8, seconds);
	printf("the same rows by SQLite alone, groups of 8: %.0f/s; ours are %.0f %% (promise "
	       "60)\n",
		raw, rates[0] * 100 / raw);
	raw = raw_rate(GROUP, seconds);
	printf("the same rows by SQLite alone, groups of %d: %.0f/s; ours are %.0f %% (promise "
	       "60)\n",
		GROUP, raw, rates[1] * 100 / raw);
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}
