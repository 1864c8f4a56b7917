/* Call set-up through the SIP stack: a carrier stack calls the desk, the desk calls an agent's phone, both legs are answered and hung up
 * again; then calls that stand. Prints calls per second, processor time and memory per call, of the desk's stack alone.
 * usage: bench_sip_setup [calls per second (0: as fast as it goes)] [seconds] [standing calls] */
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "engine/sip/sip.h"
#include "engine/sip/sip_core.h"
#include "log/log.h"

#define PROMISE_PER_SECOND 400
#define PROMISE_BYTES      12288

static const char sdp[] =
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
	"m=audio 20000 RTP/AVP 9 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
	"a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

/* --- the desk: bridges two legs, in this process --- */

#define LEGS 65536 /* slots of the table from call to its other leg, by the low bits of its id */

static struct sip_stack *desk;
static struct {
	uint64_t call, other;
	bool incoming;
} legs[LEGS];
static atomic_uint bridged, finished;

static size_t slot(uint64_t call)
{
	size_t i = (size_t)((call * 0x9e3779b97f4a7c15ULL) >> 48);

	while (legs[i].call && legs[i].call != call)
		i = (i + 1) % LEGS;
	return i;
}

static void add(uint64_t call, uint64_t other, bool incoming)
{
	size_t i = slot(call);

	legs[i].call = call;
	legs[i].other = other;
	legs[i].incoming = incoming;
}

/* Closes the gap, as open addressing needs. */
static void drop(uint64_t call)
{
	size_t i = slot(call);

	legs[i].call = 0;
	for (size_t k = (i + 1) % LEGS; legs[k].call; k = (k + 1) % LEGS) {
		uint64_t c = legs[k].call, other = legs[k].other;
		bool incoming = legs[k].incoming;

		legs[k].call = 0;
		add(c, other, incoming);
	}
}

static void on_desk(const struct sip_event *e, void *arg)
{
	uint64_t other;
	size_t i;

	(void)arg;
	switch (e->type) {
	case SIP_CALL_INCOMING:
		other = sip_call_start(desk,
			&(struct sip_target){ .account = "8001", .caller = e->caller, .sdp = sdp });
		add(e->call, other, true);
		add(other, e->call, false);
		sip_call_progress(desk, e->call, 180, NULL);
		return;
	case SIP_CALL_ANSWERED:
		i = slot(e->call);
		if (legs[i].call)
			sip_call_answer(desk, legs[i].other, sdp);
		return;
	case SIP_CALL_CONFIRMED:
		atomic_fetch_add(&bridged, 1);
		return;
	case SIP_CALL_ENDED:
		i = slot(e->call);
		if (!legs[i].call)
			return;
		other = legs[i].other;
		if (legs[i].incoming)
			atomic_fetch_add(&finished, 1);
		drop(e->call);
		if (legs[slot(other)].call)
			sip_call_hangup(desk, other, 0, NULL);
		return;
	default:
		return;
	}
}

/* --- the others: a phone that answers and a carrier that calls, in a process of their own --- */

static struct sip_stack *others;
static atomic_uint active, done;
static int hold_ms;

static void on_others(const struct sip_event *e, void *arg)
{
	(void)arg;
	if (e->type == SIP_CALL_INCOMING) {
		sip_call_progress(others, e->call, 180, NULL);
		sip_call_answer(others, e->call, sdp);
	} else if (e->type == SIP_CALL_ANSWERED) {
		if (!hold_ms)
			sip_call_hangup(others, e->call, 0, NULL);
	} else if (e->type == SIP_CALL_ENDED) {
		atomic_fetch_sub(&active, 1);
		atomic_fetch_add(&done, 1);
	}
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void nap(void)
{
	nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
}

static int play_others(int port, int rate, int seconds, int standing)
{
	struct sip_config config = { .bind_address = "127.0.0.1",
		.tls_port = -1,
		.max_calls = 100000,
		.source_per_second = 100000 };
	int64_t start, end;
	unsigned begun = 0;

	if (sip_stack_create(&others, &config, on_others, NULL) || sip_stack_start(others))
		return 1;
	/* The desk is a carrier to it: by address, and where the phone registers. */
	sip_trunk_set(others, &(struct sip_trunk){ .name = "desk",
				      .host = "127.0.0.1",
				      .port = port,
				      .transport = "udp",
				      .addresses = "127.0.0.1",
				      .user = "8001",
				      .password = "secret",
				      .registers = true });
	nanosleep(&(struct timespec){ 0, 300000000 }, NULL);
	start = now_ms();
	end = start + seconds * 1000;
	hold_ms = standing ? 1 : 0;
	while (standing ? begun < (unsigned)standing : now_ms() < end) {
		if (rate ? begun >= (now_ms() - start) * rate / 1000
			 : atomic_load(&active) >= 200) {
			nap();
			continue;
		}
		begun++;
		/* Each active call is counted on both its legs' ends. */
		atomic_fetch_add(&active, 2);
		sip_call_start(others, &(struct sip_target){ .trunk = "desk",
					       .number = "4001",
					       .caller = "13900000000",
					       .sdp = sdp });
	}
	for (int i = 0; i < 3000 && (standing || atomic_load(&active)); i++)
		nap();
	sip_stack_stop(others);
	sip_stack_free(others);
	return 0;
}

/* --- measuring --- */

static double cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static size_t heap(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static int desk_start(void)
{
	struct sip_config config = { .bind_address = "127.0.0.1",
		.tls_port = -1,
		.max_calls = 100000,
		.source_per_second = 100000 };
	char md5[33], sha256[65];

	if (sip_stack_create(&desk, &config, on_desk, NULL) || sip_stack_start(desk))
		return 1;
	sip_digest_ha1(md5, sha256, "8001", "hotline", "secret");
	sip_account_set(desk,
		&(struct sip_account){ .user = "8001", .ha1_md5 = md5, .ha1_sha256 = sha256 });
	return sip_trunk_set(desk, &(struct sip_trunk){ .name = "carrier",
					   .host = "127.0.0.1",
					   .port = 5060,
					   .transport = "udp",
					   .addresses = "127.0.0.1" });
}

static pid_t others_start(int rate, int seconds, int standing)
{
	int port = sip_stack_port(desk);
	char a[16], b[16], c[16], d[16];
	pid_t pid;

	snprintf(a, sizeof(a), "%d", rate);
	snprintf(b, sizeof(b), "%d", seconds);
	snprintf(c, sizeof(c), "%d", standing);
	snprintf(d, sizeof(d), "%d", port);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		execl("/proc/self/exe", "bench_sip_setup", "--others", d, a, b, c, (char *)NULL);
		_exit(127);
	}
	return pid;
}

int main(int argc, char **argv)
{
	int rate = argc > 1 ? atoi(argv[1]) : 0, seconds = argc > 2 ? atoi(argv[2]) : 10;
	int standing = argc > 3 ? atoi(argv[3]) : 2000;
	double cpu, used, took;
	size_t before;
	int64_t start;
	unsigned calls;
	pid_t pid;

	log_open("/dev/null", LOG_ERROR);
	if (argc > 5 && !strcmp(argv[1], "--others"))
		return play_others(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
	if (desk_start())
		return 1;
	cpu = cpu_s();
	start = now_ms();
	pid = others_start(rate, seconds, 0);
	while (!atomic_load(&bridged) && now_ms() < start + 5000)
		nap();
	start = now_ms();
	while (now_ms() < start + seconds * 1000)
		nap();
	calls = atomic_load(&finished);
	used = cpu_s() - cpu;
	took = (double)(now_ms() - start) / 1000;
	waitpid(pid, NULL, 0);
	if (!calls) {
		fprintf(stderr, "no call came through\n");
		return 1;
	}
	printf("bridged calls set up and torn down: %u in %.1f s, %.0f/s\n", calls, took,
		calls / took);
	printf("processor time per bridged call: %.3f ms, so %.0f/s on one core (promise: %d)\n",
		used * 1000 / calls, calls / used, PROMISE_PER_SECOND);
	printf("finished transactions of the last 32 s: %.1f MB in all\n", (double)heap() / 1e6);
	sip_stack_stop(desk);
	sip_stack_free(desk);
	memset(legs, 0, sizeof(legs));
	atomic_store(&bridged, 0);

	if (desk_start())
		return 1;
	before = heap();
	pid = others_start(200, 0, standing);
	start = now_ms();
	while (atomic_load(&bridged) < (unsigned)standing && now_ms() < start + 60000)
		nap();
	calls = atomic_load(&bridged);
	if (calls)
		printf("memory per standing bridged call, with the transactions of its set-up: "
		       "%.0f bytes\n",
			(double)(heap() - before) / calls);
	/* What is remembered of finished transactions goes after 32 s. */
	waitpid(pid, NULL, 0);
	sip_stack_stop(desk);
	sip_stack_free(desk);
	return calls == (unsigned)standing ? 0 : 1;
}
