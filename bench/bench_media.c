/* What a bridged and recorded G.711 call costs on the media threads, beside a bare UDP forwarder of the same packets.
 *
 * Promise (1,000 calls on 2 cores): decode, in-band DTMF and recording for at most 0.07 % of a core per call on the media threads,
 * and 99 % of the gaps between two packets at the receiver below 25 ms. The telephones are a process of their own on the same cores;
 * the receiver's times are the kernel's.
 *
 * Usage: bench_media [calls [seconds [folder for the recordings]]]; on a machine that does other work too: chrt -r 5 bench_media */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "engine/media/media.h"
#include "engine/media/rtp.h"

enum {
	CALLS_MAX = 5000,
	FRAME = 160,
	PATTERN_FRAMES = 50,
	GAP_MAX_MS = 1000,
	WARM_UP_S = 3,
	FORWARDERS = 2
};

static unsigned calls = 1000, seconds = 10;
static char folder[256];

struct gaps {
	uint64_t sent, received, gaps;
	uint64_t by_100us[GAP_MAX_MS * 10 + 1];
	double generator_cpu; /* seconds */
};

static int64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* --- the telephones: a process of their own --- */

struct telephone {
	int fd;
	uint16_t seq;
	uint32_t ts;
	int64_t last_ns;
};

static struct telephone *telephones;
static uint8_t pattern[PATTERN_FRAMES][FRAME];

static int udp_socket(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), size = 256 * 1024;
	socklen_t len = sizeof(at);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
		getsockname(fd, (struct sockaddr *)&at, &len))
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	*port = ntohs(at.sin_port);
	return fd;
}

/* Noise that swells like syllables: what a key detector meets most of the time. */
static void make_pattern(void)
{
	uint32_t random = 1;

	for (int f = 0; f < PATTERN_FRAMES; f++)
		for (int i = 0; i < FRAME; i++) {
			random = random * 1664525 + 1013904223;
			pattern[f][i] =
				(uint8_t)(0x80 | (f % 10 < 6 ? 0x30 : 0x70) | (random >> 28)) ^
				(uint8_t)(random >> 20 & 0x80);
		}
}

static void send_packet(struct telephone *t)
{
	struct rtp_packet header = {
		.type = 8, .seq = t->seq, .ts = t->ts, .ssrc = (uint32_t)t->fd
	};
	uint8_t packet[RTP_HEADER + FRAME];

	rtp_write_header(packet, &header);
	memcpy(packet + RTP_HEADER, pattern[t->seq % PATTERN_FRAMES], FRAME);
	t->seq++;
	t->ts += FRAME;
	(void)send(t->fd, packet, sizeof(packet), 0);
}

enum { READ_STEP_MS = 40, READ_BATCH = 4 };

struct control {
	_Alignas(8) char bytes[CMSG_SPACE(sizeof(struct timespec))];
};

static void note_arrival(
	struct telephone *t, struct gaps *g, const struct timespec *at, bool measuring)
{
	int64_t ns = (int64_t)at->tv_sec * 1000000000 + at->tv_nsec;
	int64_t gap = (ns - t->last_ns) / 100000;

	if (measuring && t->last_ns) {
		g->by_100us[gap < 0 ? 0 : gap > GAP_MAX_MS * 10 ? GAP_MAX_MS * 10 : gap]++;
		g->gaps++;
	}
	g->received += measuring;
	t->last_ns = ns;
}

/* All that waits on one telephone. It is looked at every 40 ms only, without a wake-up per packet: the times are the kernel's, and the
 * generator's share of the machine stays small. */
static void receive_packets(struct telephone *t, struct gaps *g, bool measuring)
{
	static uint8_t packets[READ_BATCH][256];
	struct control controls[READ_BATCH];
	struct mmsghdr headers[READ_BATCH];
	struct iovec vectors[READ_BATCH];
	int count;

	do {
		memset(headers, 0, sizeof(headers));
		for (int i = 0; i < READ_BATCH; i++) {
			vectors[i] = (struct iovec){ packets[i], sizeof(packets[i]) };
			headers[i].msg_hdr.msg_iov = &vectors[i];
			headers[i].msg_hdr.msg_iovlen = 1;
			headers[i].msg_hdr.msg_control = controls[i].bytes;
			headers[i].msg_hdr.msg_controllen = sizeof(controls[i].bytes);
		}
		count = recvmmsg(t->fd, headers, READ_BATCH, 0, NULL);
		for (int i = 0; i < count; i++) {
			struct cmsghdr *header = CMSG_FIRSTHDR(&headers[i].msg_hdr);
			struct timespec at;

			if (!header || header->cmsg_type != SO_TIMESTAMPNS)
				continue;
			memcpy(&at, CMSG_DATA(header), sizeof(at));
			note_arrival(t, g, &at, measuring);
		}
	} while (count == READ_BATCH);
}

static struct gaps generator_gaps;

static void generate(unsigned count)
{
	struct gaps *g = &generator_gaps;
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	struct itimerspec every_ms = { .it_value.tv_nsec = 1, .it_interval.tv_nsec = 1000000 };
	uint64_t step = 0, warm = WARM_UP_S * 1000, all = warm + seconds * 1000;
	int64_t cpu = 0;

	timerfd_settime(timer, 0, &every_ms, NULL);
	while (step < all) {
		uint64_t due = 0;

		if (read(timer, &due, sizeof(due)) != sizeof(due))
			continue;
		for (; due; due--, step++) {
			if (step == warm)
				cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
			for (unsigned i = (unsigned)(step % 20); i < count; i += 20) {
				send_packet(&telephones[i]);
				g->sent += step >= warm;
			}
			for (unsigned i = (unsigned)(step % READ_STEP_MS); i < count;
				i += READ_STEP_MS)
				receive_packets(&telephones[i], g, step >= warm);
		}
	}
	g->generator_cpu = (double)(now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e9;
	close(timer);
}

/* Speaks over the pipes: ports of the telephones out, ports to send to in, then the result out; twice. */
static void telephones_main(int in, int out)
{
	unsigned count = calls * 2;
	uint16_t *ports = calloc(count, sizeof(*ports));
	struct sched_param priority;
	int on = 1;

	/* Under chrt equals wait for each other's whole time slice; telephones elsewhere would not be waited for at all. */
	if (sched_getscheduler(0) == SCHED_RR && !sched_getparam(0, &priority)) {
		priority.sched_priority++;
		(void)sched_setparam(0, &priority);
	}
	make_pattern();
	telephones = calloc(count, sizeof(*telephones));
	for (int run = 0; run < 2; run++) {
		memset(&generator_gaps, 0, sizeof(generator_gaps));
		for (unsigned i = 0; i < count; i++) {
			telephones[i] = (struct telephone){ .fd = udp_socket(&ports[i]) };
			setsockopt(telephones[i].fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
		}
		if (write(out, ports, count * sizeof(*ports)) < 0)
			die("pipe");
		for (size_t got = 0; got < count * sizeof(*ports);) {
			ssize_t n = read(in, (char *)ports + got, count * sizeof(*ports) - got);

			if (n <= 0)
				die("pipe");
			got += (size_t)n;
		}
		for (unsigned i = 0; i < count; i++) {
			struct sockaddr_in to = { .sin_family = AF_INET,
				.sin_port = htons(ports[i]),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

			if (connect(telephones[i].fd, (struct sockaddr *)&to, sizeof(to)))
				die("connect");
		}
		generate(count);
		if (write(out, &generator_gaps, sizeof(generator_gaps)) < 0)
			die("pipe");
		for (unsigned i = 0; i < count; i++)
			close(telephones[i].fd);
	}
	exit(0);
}

static void read_all(int fd, void *data, size_t size)
{
	for (size_t got = 0; got < size;) {
		ssize_t n = read(fd, (char *)data + got, size - got);

		if (n <= 0)
			die("pipe");
		got += (size_t)n;
	}
}

/* --- CPU of threads by name --- */

static double thread_seconds(const char *prefix)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc/self/task");
	double sum = 0;

	while (dir && (entry = readdir(dir))) {
		char path[300], name[32] = "";
		unsigned long long ns = 0;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		f = fopen(path, "r");
		if (f && !fgets(name, sizeof(name), f))
			name[0] = '\0';
		if (f)
			fclose(f);
		if (strncmp(name, prefix, strlen(prefix)) ||
			(prefix[6] == '\0' && (name[6] < '0' || name[6] > '9')))
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%s/schedstat", entry->d_name);
		f = fopen(path, "r");
		if (f && fscanf(f, "%llu", &ns) == 1)
			sum += (double)ns / 1e9;
		if (f)
			fclose(f);
	}
	if (dir)
		closedir(dir);
	return sum;
}

/* --- the bare forwarder --- */

struct forward_end {
	int fd;
	int other; /* the other side's socket */
	struct sockaddr_in to;
};

static atomic_bool forwarding;

static void *forward(void *arg)
{
	int epoll = *(int *)arg;
	struct epoll_event ready[256];
	uint8_t packet[2048];

	pthread_setname_np(pthread_self(), "forwarder");
	while (atomic_load(&forwarding)) {
		int n = epoll_wait(epoll, ready, 256, 100);

		for (int i = 0; i < n; i++) {
			const struct forward_end *end = ready[i].data.ptr;
			struct sockaddr_in from;
			socklen_t size = sizeof(from);
			ssize_t len = recvfrom(end->fd, packet, sizeof(packet), 0,
				(struct sockaddr *)&from, &size);

			if (len > 0)
				(void)sendto(end->other, packet, (size_t)len, 0,
					(const struct sockaddr *)&end->to, sizeof(end->to));
		}
	}
	return NULL;
}

static double run_forwarder(int in, int out, struct gaps *g)
{
	unsigned count = calls * 2;
	uint16_t *ports = calloc(count, sizeof(*ports)), *ours = calloc(count, sizeof(*ours));
	struct forward_end *ends = calloc(count, sizeof(*ends));
	int epolls[FORWARDERS];
	pthread_t threads[FORWARDERS];
	double cpu;

	read_all(in, ports, count * sizeof(*ports));
	for (unsigned i = 0; i < count; i++)
		ends[i].fd = udp_socket(&ours[i]);
	atomic_store(&forwarding, true);
	for (unsigned t = 0; t < FORWARDERS; t++)
		epolls[t] = epoll_create1(EPOLL_CLOEXEC);
	for (unsigned i = 0; i < count; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = &ends[i] };
		unsigned other = i ^ 1;

		ends[i].other = ends[other].fd;
		ends[i].to = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = htons(ports[other]),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		if (epoll_ctl(epolls[i / 2 % FORWARDERS], EPOLL_CTL_ADD, ends[i].fd, &event))
			die("epoll");
	}
	for (unsigned t = 0; t < FORWARDERS; t++)
		pthread_create(&threads[t], NULL, forward, &epolls[t]);
	if (write(out, ours, count * sizeof(*ours)) < 0)
		die("pipe");
	sleep(WARM_UP_S);
	cpu = thread_seconds("forwarder");
	sleep(seconds);
	cpu = thread_seconds("forwarder") - cpu;
	read_all(in, g, sizeof(*g));
	atomic_store(&forwarding, false);
	for (unsigned t = 0; t < FORWARDERS; t++) {
		pthread_join(threads[t], NULL);
		close(epolls[t]);
	}
	for (unsigned i = 0; i < count; i++)
		close(ends[i].fd);
	free(ports);
	free(ours);
	free(ends);
	return cpu;
}

/* --- the media engine --- */

static atomic_uint recordings_done, recordings_degraded, legs_done;
static _Atomic uint64_t engine_lost, engine_discarded;

static void on_event(const struct media_event *event, void *arg)
{
	(void)arg;
	if (event->type == MEDIA_RECORD_DONE) {
		atomic_fetch_add(&recordings_done, 1);
		atomic_fetch_add(&recordings_degraded, event->degraded);
	} else if (event->type == MEDIA_LEG_STATS) {
		atomic_fetch_add(&legs_done, 1);
		atomic_fetch_add(&engine_lost, event->stats.lost);
		atomic_fetch_add(&engine_discarded, event->stats.discarded);
	}
}

static uint64_t add_leg(struct media *m, uint64_t room, uint16_t peer, uint16_t *port)
{
	struct media_leg_config config = { 0 };
	struct media_leg_local local;
	/* No telephone-event: keys are listened for in the sound. */
	struct media_leg_remote remote = { .codec = MEDIA_PCMA,
		.payload = 8,
		.send = true,
		.receive = true,
		.address = "127.0.0.1",
		.port = peer,
		.rtcp_mux = true };
	uint64_t leg = media_leg_create(m, room, &config, &local);

	if (!leg) {
		fprintf(stderr, "no leg: ports or descriptors (ulimit -n) are short\n");
		exit(1);
	}
	media_leg_set_remote(m, leg, &remote);
	*port = local.port;
	return leg;
}

static double run_media(int in, int out, struct gaps *g, double *writer_cpu)
{
	struct media_config config = {
		.bind_address = "127.0.0.1", .port_min = 20000, .port_max = 29999
	};
	unsigned count = calls * 2;
	uint16_t *ports = calloc(count, sizeof(*ports)), *ours = calloc(count, sizeof(*ours));
	struct media *m;
	double cpu;

	if (media_create(&m, &config, on_event, NULL) || media_start(m))
		die("media");
	read_all(in, ports, count * sizeof(*ports));
	for (unsigned i = 0; i < calls; i++) {
		uint64_t room = media_room_create(m);
		uint64_t a = add_leg(m, room, ports[2 * i], &ours[2 * i]);
		uint64_t b = add_leg(m, room, ports[2 * i + 1], &ours[2 * i + 1]);
		struct media_record_config record = { .leg = a };
		char path[320];

		snprintf(path, sizeof(path), "%s/%u.wav", folder, i);
		record.path = path;
		media_leg_hear(m, a, &b, 1);
		media_leg_hear(m, b, &a, 1);
		if (!media_record_start(m, room, &record))
			die("record");
	}
	if (write(out, ours, count * sizeof(*ours)) < 0)
		die("pipe");
	sleep(WARM_UP_S);
	cpu = thread_seconds("media-");
	*writer_cpu = thread_seconds("media-writer");
	sleep(seconds);
	cpu = thread_seconds("media-") - cpu;
	*writer_cpu = thread_seconds("media-writer") - *writer_cpu;
	read_all(in, g, sizeof(*g));
	media_stop(m);
	media_free(m);
	free(ports);
	free(ours);
	return cpu;
}

static double percentile(const struct gaps *g, double share)
{
	uint64_t want = (uint64_t)((double)g->gaps * share), seen = 0;

	for (int i = 0; i <= GAP_MAX_MS * 10; i++) {
		seen += g->by_100us[i];
		if (seen > want)
			return i / 10.0;
	}
	return GAP_MAX_MS;
}

static void print(const char *name, const struct gaps *g, double cpu)
{
	printf("%-10s %.4f %% of a core per call (%.1f %% in all), gap p50 %.1f p99 %.1f p99.9 "
	       "%.1f ms, sent %llu received %llu\n",
		name, cpu / seconds / calls * 100, cpu / seconds * 100, percentile(g, 0.5),
		percentile(g, 0.99), percentile(g, 0.999), (unsigned long long)g->sent,
		(unsigned long long)g->received);
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	static struct gaps bare, engine;
	double bare_cpu, engine_cpu, writer_cpu;
	int to[2], from[2];
	char command[300];
	pid_t child;

	if (argc > 1)
		calls = (unsigned)atoi(argv[1]);
	if (argc > 2)
		seconds = (unsigned)atoi(argv[2]);
	if (!calls || calls > CALLS_MAX || !seconds)
		return 2;
	snprintf(folder, sizeof(folder), "%s",
		argc > 3 ? argv[3] : "/tmp/hotline-bench-media-XXXXXX");
	if (argc <= 3 && !mkdtemp(folder))
		die("mkdtemp");
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	/* Media threads raise themselves; the telephones and the forwarder get the same. */
	(void)setpriority(PRIO_PROCESS, 0, -10);
	if (pipe(to) || pipe(from))
		die("pipe");
	child = fork();
	if (!child)
		telephones_main(to[0], from[1]);
	bare_cpu = run_forwarder(from[0], to[1], &bare);
	engine_cpu = run_media(from[0], to[1], &engine, &writer_cpu);
	waitpid(child, NULL, 0);

	printf("%u calls, both sides talking, %u s, %ld cores\n", calls, seconds,
		sysconf(_SC_NPROCESSORS_ONLN));
	print("forwarder", &bare, bare_cpu);
	print("media", &engine, engine_cpu);
	printf("media threads / bare forwarder %.2f; recording writer %.4f %% of a core per call; "
	       "telephones %.0f %% of a core\n",
		engine_cpu / bare_cpu, writer_cpu / seconds / calls * 100,
		engine.generator_cpu / seconds * 100);
	printf("recordings %u, degraded %u; lost on the way to us %llu, discarded %llu of %u "
	       "legs\n",
		recordings_done, recordings_degraded, (unsigned long long)engine_lost,
		(unsigned long long)engine_discarded, legs_done);
	printf("promise: <= 0.07 %% per call %s, gap p99 < 25 ms %s\n",
		engine_cpu / seconds / calls * 100 <= 0.07 ? "kept" : "BROKEN",
		percentile(&engine, 0.99) < 25 ? "kept" : "BROKEN");
	if (argc <= 3) {
		snprintf(command, sizeof(command), "rm -r %s", folder);
		return system(command) != 0;
	}
	return 0;
}
