/* The stack against stacks of others: sipp as load and as called phone, sofia-sip as carrier. Left out where they are not installed. */
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sip_test_peer.h"

#define LINES 200

/* Answers every call, counts what happens. */
struct robot {
	struct sip_stack *stack;
	pthread_mutex_t lock;
	pthread_cond_t news;
	unsigned incoming, confirmed, ended, ended_by_peer, offers, answered, progress,
		offer_answers;
	int last_status;
	bool early, rings_only;
};

static struct robot robot;

static void on_event(const struct sip_event *e, void *arg)
{
	struct robot *r = arg;

	pthread_mutex_lock(&r->lock);
	switch (e->type) {
	case SIP_CALL_INCOMING:
		r->incoming++;
		sip_call_progress(
			r->stack, e->call, r->early ? 183 : 180, r->early ? peer_sdp_a : NULL);
		if (!r->rings_only)
			sip_call_answer(r->stack, e->call, peer_sdp_a);
		break;
	case SIP_CALL_OFFER:
		r->offers++;
		sip_call_answer_offer(r->stack, e->call, peer_sdp_a);
		break;
	case SIP_CALL_CONFIRMED:
		r->confirmed++;
		break;
	case SIP_CALL_PROGRESS:
		r->progress++;
		break;
	case SIP_CALL_ANSWERED:
		r->answered++;
		break;
	case SIP_CALL_OFFER_ANSWERED:
		r->offer_answers++;
		break;
	case SIP_CALL_ENDED:
		r->ended++;
		r->ended_by_peer += e->by_peer;
		r->last_status = e->status;
		break;
	default:
		break;
	}
	pthread_cond_broadcast(&r->news);
	pthread_mutex_unlock(&r->lock);
}

static int set_up(void **state)
{
	struct sip_config config = {
		.bind_address = "127.0.0.1", .tls_port = -1, .session_expires_s = 1800
	};

	(void)state;
	memset(&robot, 0, sizeof(robot));
	pthread_mutex_init(&robot.lock, NULL);
	pthread_cond_init(&robot.news, NULL);
	assert_int_equal(sip_stack_create(&robot.stack, &config, on_event, &robot), 0);
	assert_int_equal(sip_stack_start(robot.stack), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sip_stack_stop(robot.stack);
	sip_stack_free(robot.stack);
	return 0;
}

static void wait_until(const unsigned *count, unsigned wanted)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 15;
	pthread_mutex_lock(&robot.lock);
	while (*count < wanted) {
		if (pthread_cond_timedwait(&robot.news, &robot.lock, &until))
			break;
	}
	pthread_mutex_unlock(&robot.lock);
	assert_int_equal(*count, wanted);
}

static void carrier_is(int port)
{
	assert_int_equal(sip_trunk_set(robot.stack, &(struct sip_trunk){ .name = "carrier",
							    .host = "127.0.0.1",
							    .port = port,
							    .transport = "udp",
							    .addresses = "127.0.0.1" }),
		0);
}

static bool installed(const char *program)
{
	return access(program, X_OK) == 0;
}

/* Runs a program with its output in a pipe; *out NULL: thrown away. */
static pid_t run(const char *const *args, FILE **out)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(out ? ends[1] : null, 1);
		dup2(null, 2);
		close(ends[0]);
		execv(args[0], (char *const *)(uintptr_t)args);
		_exit(127);
	}
	close(ends[1]);
	if (out)
		*out = fdopen(ends[0], "r");
	else
		close(ends[0]);
	return pid;
}

static int exit_status(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void sipp_calls_us(const char *transport)
{
	char target[64];
	const char *args[] = { "/usr/bin/sipp", "-sn", "uac", target, "-i", "127.0.0.1", "-m", "60",
		"-r", "60", "-d", "50", "-t", transport, "-nostdin", "-timeout", "20",
		"-max_socket", "1000", NULL };

	if (!installed(args[0]))
		skip();
	carrier_is(5060);
	snprintf(target, sizeof(target), "127.0.0.1:%d", sip_stack_port(robot.stack));
	assert_int_equal(exit_status(run(args, NULL)), 0);
	wait_until(&robot.ended, 60);
	assert_int_equal(robot.confirmed, 60);
	assert_int_equal(robot.ended_by_peer, 60);
}

static void sipp_calls_over_udp(void **state)
{
	(void)state;
	sipp_calls_us("u1");
}

static void sipp_calls_over_tcp(void **state)
{
	(void)state;
	sipp_calls_us("t1");
}

static void sipp_calls_over_many_connections(void **state)
{
	(void)state;
	sipp_calls_us("tn");
}

/* --- sofia-sip --- */

static char carrier_program[512];

static bool have_carrier(void)
{
	char self[256];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return false;
	self[n] = 0;
	snprintf(carrier_program, sizeof(carrier_program), "%s/peers/carrier_peer", dirname(self));
	return installed(carrier_program);
}

struct carrier {
	pid_t pid;
	FILE *out;
	char lines[LINES][512];
	size_t count;
	int port;
};

static struct carrier carrier;

static void carrier_start(const char *const *args)
{
	const char *all[32] = { carrier_program };
	char *port;
	size_t n = 1;

	for (; args[n - 1]; n++)
		all[n] = args[n - 1];
	all[n++] = "--time-limit";
	all[n] = "12000";
	memset(&carrier, 0, sizeof(carrier));
	carrier.pid = run(all, &carrier.out);
	assert_non_null(fgets(carrier.lines[0], sizeof(carrier.lines[0]), carrier.out));
	port = strstr(carrier.lines[0], "\"port\"");
	if (port)
		carrier.port = atoi(port + strcspn(port, "0123456789"));
	carrier.count = 1;
}

/* Its whole story; 0 when it came to its end by itself. */
static int carrier_end(void)
{
	while (carrier.count < LINES &&
		fgets(carrier.lines[carrier.count], sizeof(carrier.lines[0]), carrier.out))
		carrier.count++;
	fclose(carrier.out);
	return exit_status(carrier.pid);
}

static void carrier_said(const char *a, const char *b)
{
	for (size_t i = 0; i < carrier.count; i++) {
		if (strstr(carrier.lines[i], a) && strstr(carrier.lines[i], b))
			return;
	}
	for (size_t i = 0; i < carrier.count; i++)
		print_message("  %s", carrier.lines[i]);
	fail_msg("the carrier did not tell of %s %s", a, b);
}

#define CARRIER_CALLS(...)                                                                         \
	do {                                                                                       \
		char to_[64];                                                                      \
		if (!have_carrier())                                                               \
			skip();                                                                    \
		carrier_is(5060);                                                                  \
		snprintf(to_, sizeof(to_), "sip:4001@127.0.0.1:%d", sip_stack_port(robot.stack));  \
		carrier_start((const char *[]){ "call", "--to", to_, __VA_ARGS__, NULL });         \
	} while (0)

static void carrier_requires_100rel(void **state)
{
	(void)state;
	robot.early = true;
	CARRIER_CALLS("--require-100rel", "--hangup", "200");
	assert_int_equal(carrier_end(), 0);
	carrier_said("\"status\":183", "\"require_100rel\":true");
	carrier_said("\"state\":\"ready\"", "");
	wait_until(&robot.ended, 1);
	assert_int_equal(robot.confirmed, 1);
}

static void carrier_updates_and_reinvites(void **state)
{
	(void)state;
	CARRIER_CALLS("--update", "100", "--reinvite", "400", "--hangup", "900");
	assert_int_equal(carrier_end(), 0);
	carrier_said("\"method\":\"update\"", "\"status\":200");
	wait_until(&robot.ended, 1);
	assert_int_equal(robot.last_status, 200);
}

static void carrier_refreshes_or_lets_us(void **state)
{
	(void)state;
	CARRIER_CALLS("--session-expires", "120", "--refresher", "local", "--hangup", "100");
	assert_int_equal(carrier_end(), 0);
	carrier_said("\"session_expires\":120", "\"refresher\":\"uac\"");
	CARRIER_CALLS("--session-expires", "120", "--refresher", "remote", "--hangup", "100");
	assert_int_equal(carrier_end(), 0);
	carrier_said("\"session_expires\":120", "\"refresher\":\"uas\"");
}

static void carrier_cancels(void **state)
{
	(void)state;
	robot.rings_only = true;
	CARRIER_CALLS("--cancel", "300");
	assert_int_equal(carrier_end(), 0);
	wait_until(&robot.ended, 1);
	assert_int_equal(robot.last_status, 487);
	carrier_said("\"status\":487", "");
}

static uint64_t our_call;

static void we_call(void)
{
	carrier_is(carrier.port);
	our_call = sip_call_start(robot.stack, &(struct sip_target){ .trunk = "carrier",
						       .number = "13900000000",
						       .caller = "4001",
						       .sdp = peer_sdp_a });
	assert_true(our_call != 0);
}

#define CARRIER_ANSWERS(...)                                                                       \
	do {                                                                                       \
		if (!have_carrier())                                                               \
			skip();                                                                    \
		carrier_start((const char *[]){ __VA_ARGS__, NULL });                              \
		we_call();                                                                         \
	} while (0)

static void carrier_answers_reliably(void **state)
{
	(void)state;
	CARRIER_ANSWERS("answer", "--require-100rel", "--early-media", "--hangup", "200");
	wait_until(&robot.ended, 1);
	assert_int_equal(robot.answered, 1);
	assert_int_equal(robot.progress, 1);
	assert_int_equal(robot.last_status, 200);
	carrier_end();
	carrier_said("\"method\":\"PRACK\"", "");
}

static void carrier_wants_longer_intervals(void **state)
{
	(void)state;
	CARRIER_ANSWERS("answer", "--min-se", "2400", "--hangup", "200");
	wait_until(&robot.ended, 1);
	assert_int_equal(robot.answered, 1);
	carrier_end();
	carrier_said("\"session_expires\":2400", "");
}

static void carrier_refuses(void **state)
{
	(void)state;
	CARRIER_ANSWERS("answer", "--refuse", "486");
	wait_until(&robot.ended, 1);
	assert_int_equal(robot.last_status, 486);
	carrier_end();
}

static void carrier_forks(void **state)
{
	(void)state;
	CARRIER_ANSWERS("fork", "--early-media", "--forks", "3", "--answers", "2");
	wait_until(&robot.answered, 1);
	assert_int_equal(robot.progress, 3);
	sip_call_hangup(robot.stack, our_call, 0, NULL);
	wait_until(&robot.ended, 1);
	carrier_end();
	carrier_said("\"method\":\"ACK\"", "fork0");
	carrier_said("\"method\":\"ACK\"", "fork1");
	carrier_said("\"method\":\"BYE\"", "fork1");
}

static void we_offer_anew(void **state)
{
	(void)state;
	CARRIER_ANSWERS("answer", "--hangup", "1500");
	wait_until(&robot.answered, 1);
	sip_call_offer(robot.stack, our_call, peer_sdp_c);
	wait_until(&robot.offer_answers, 1);
	sip_call_hangup(robot.stack, our_call, 0, NULL);
	wait_until(&robot.ended, 1);
	carrier_end();
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ROW(sipp_calls_over_udp),
		ROW(sipp_calls_over_tcp),
		ROW(sipp_calls_over_many_connections),
		ROW(carrier_requires_100rel),
		ROW(carrier_updates_and_reinvites),
		ROW(carrier_refreshes_or_lets_us),
		ROW(carrier_cancels),
		ROW(carrier_answers_reliably),
		ROW(carrier_wants_longer_intervals),
		ROW(carrier_refuses),
		ROW(carrier_forks),
		ROW(we_offer_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
