/* A telephone for tests: sends a tone as RTP every 20 ms on a thread of its own and keeps what it receives; and a log of the engine's
 * events to wait on. */
#ifndef HOTLINE_TEST_MEDIA_PEER_H
#define HOTLINE_TEST_MEDIA_PEER_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "media/codec.h"
#include "media/event_in.h"
#include "media/event_out.h"
#include "media/media.h"
#include "media/rtp.h"
#include "media/tone.h"
#include "sound_level.h"

enum { HEARD_MAX = 16000 * 5, EVENTS_MAX = 512, WAIT_S = 10 };

static inline int64_t test_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static pthread_mutex_t test_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t test_changed = PTHREAD_COND_INITIALIZER;

/* Waits until the condition, looked at under test_lock, holds; false after WAIT_S. */
#define WAIT_FOR(condition)                                                                        \
	__extension__({                                                                            \
		struct timespec until_;                                                            \
		bool holds_;                                                                       \
		clock_gettime(CLOCK_REALTIME, &until_);                                            \
		until_.tv_sec += WAIT_S;                                                           \
		pthread_mutex_lock(&test_lock);                                                    \
		while (!(holds_ = (condition)) &&                                                  \
			!pthread_cond_timedwait(&test_changed, &test_lock, &until_))               \
			;                                                                          \
		pthread_mutex_unlock(&test_lock);                                                  \
		holds_;                                                                            \
	})

/* --- events --- */
static struct media_event events[EVENTS_MAX];
static int64_t event_times[EVENTS_MAX];
static char event_texts[EVENTS_MAX][256];
static size_t event_count;

static inline void keep_event(const struct media_event *event, void *arg)
{
	(void)arg;
	pthread_mutex_lock(&test_lock);
	if (event_count < EVENTS_MAX) {
		event_times[event_count] = test_now_us();
		snprintf(event_texts[event_count], sizeof(event_texts[0]), "%s",
			event->text ? event->text : "");
		events[event_count++] = *event;
	}
	pthread_cond_broadcast(&test_changed);
	pthread_mutex_unlock(&test_lock);
}

/* Under test_lock: the nth event of this type about this leg (0: any), or NULL. */
static inline const struct media_event *event_find(
	enum media_event_type type, uint64_t leg, size_t nth)
{
	for (size_t i = 0; i < event_count; i++)
		if (events[i].type == type && (!leg || events[i].leg == leg) && !nth--)
			return &events[i];
	return NULL;
}

static inline bool event_wait(
	enum media_event_type type, uint64_t leg, size_t nth, struct media_event *out)
{
	bool found = WAIT_FOR(event_find(type, leg, nth) != NULL);

	if (out)
		memset(out, 0, sizeof(*out));
	pthread_mutex_lock(&test_lock);
	if (found && out)
		*out = *event_find(type, leg, nth);
	pthread_mutex_unlock(&test_lock);
	return found;
}

static inline size_t event_total(enum media_event_type type, uint64_t leg)
{
	size_t count = 0;

	pthread_mutex_lock(&test_lock);
	while (event_find(type, leg, count))
		count++;
	pthread_mutex_unlock(&test_lock);
	return count;
}

/* --- the telephone --- */
struct peer {
	/* set before peer_start */
	enum media_codec codec;
	uint8_t payload, event_payload;
	double hz;
	unsigned ptime_ticks; /* 0: 1 */
	int fd;
	uint16_t port, to;
	/* of a browser: protect and unprotect in place; they return the length or -1 */
	int (*seal)(void *arg, uint8_t *packet, int len);
	int (*unseal)(void *arg, uint8_t *packet, int len);
	void *seal_arg;
	/* under test_lock */
	int16_t heard[HEARD_MAX];
	size_t heard_count;
	size_t packets, wrong_seq, wrong_ts, wrong_ssrc, markers;
	int64_t arrivals[1024];
	uint32_t ssrc;
	struct rtp_packet last;
	char keys[32];
	uint64_t sent_sums[512], heard_sums[512]; /* of payloads */
	size_t sent_sum_count;
	bool silent; /* sends nothing */
	struct event_out sending;
	/* its thread's */
	pthread_t thread;
	atomic_bool ending;
	struct codec_in *decoder;
	struct codec_out *encoder;
	struct event_in events;
	struct tone tone;
	uint16_t seq;
	uint32_t ts, own_ssrc;
};

static inline void peer_open(struct peer *p, enum media_codec codec, double hz)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	static const uint8_t payloads[] = { 0, 8, 9, 111 };
	socklen_t len = sizeof(at);

	memset(p, 0, sizeof(*p));
	p->codec = codec;
	p->payload = payloads[codec];
	p->event_payload = 101;
	p->hz = hz;
	p->own_ssrc = 0x1000 + (uint32_t)hz;
	p->seq = 65530;
	p->ts = 0xffffff00;
	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&at, sizeof(at)) ||
		getsockname(p->fd, (struct sockaddr *)&at, &len))
		abort();
	p->port = ntohs(at.sin_port);
}

static inline struct media_leg_remote peer_remote(const struct peer *p)
{
	struct media_leg_remote remote = { .codec = p->codec,
		.payload = p->payload,
		.event_payload = p->event_payload,
		.event_clock = 8000,
		.send = true,
		.receive = true,
		.address = "127.0.0.1",
		.port = p->port,
		.rtcp_port = (uint16_t)(p->port + 1) };

	return remote;
}

static inline void peer_send(
	struct peer *p, struct rtp_packet *header, const uint8_t *payload, size_t len)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(p->to),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	_Alignas(8) uint8_t packet[RTP_HEADER + CODEC_PAYLOAD_MAX + 256];
	int size = (int)(RTP_HEADER + len);

	header->seq = p->seq++;
	header->ssrc = p->own_ssrc;
	rtp_write_header(packet, header);
	memcpy(packet + RTP_HEADER, payload, len);
	if (p->seal)
		size = p->seal(p->seal_arg, packet, size);
	if (size > 0)
		(void)sendto(p->fd, packet, (size_t)size, 0, (struct sockaddr *)&to, sizeof(to));
}

static inline uint64_t payload_sum(const uint8_t *payload, size_t len)
{
	uint64_t sum = 1469598103934665603u;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ payload[i]) * 1099511628211u;
	return sum;
}

static inline void peer_tick(struct peer *p)
{
	int rate = codec_rate(p->codec);
	uint32_t units = codec_clock(p->codec) / 50;
	struct rtp_packet header = { .type = p->payload, .ts = p->ts };
	enum event_out_phase phase;
	uint8_t payload[CODEC_PAYLOAD_MAX], code = 0;
	int16_t frame[FRAME16];
	bool silent;
	char key;

	pthread_mutex_lock(&test_lock);
	silent = p->silent;
	phase = event_out_tick(&p->sending, &key, &code);
	pthread_mutex_unlock(&test_lock);
	p->ts += units;
	if (phase != EVENT_OUT_IDLE && phase != EVENT_OUT_OFF && p->event_payload) {
		if (phase == EVENT_OUT_START)
			p->sending.ts = header.ts;
		header.type = p->event_payload;
		header.ts = p->sending.ts;
		header.marker = phase == EVENT_OUT_START;
		event_out_payload(payload, code, phase == EVENT_OUT_END, 160 * p->sending.step);
		peer_send(p, &header, payload, 4);
		return;
	}
	tone_fill(&p->tone, frame, (size_t)rate / 50);
	if (phase != EVENT_OUT_IDLE) {
		uint16_t low, high;
		struct tone tone;

		event_out_tones(key, &low, &high);
		tone_init(&tone, low, high, rate, phase == EVENT_OUT_OFF ? -90 : -10);
		tone_fill(&tone, frame, (size_t)rate / 50);
	}
	if (!silent) {
		size_t len = codec_out_encode(p->encoder, frame, payload);

		pthread_mutex_lock(&test_lock);
		p->sent_sums[p->sent_sum_count++ % 512] = payload_sum(payload, len);
		pthread_mutex_unlock(&test_lock);
		peer_send(p, &header, payload, len);
	}
}

static inline void peer_check(struct peer *p, const struct rtp_packet *r)
{
	if (!p->packets)
		p->ssrc = r->ssrc;
	p->wrong_ssrc += r->ssrc != p->ssrc;
	if (p->packets) {
		p->wrong_seq += r->seq != (uint16_t)(p->last.seq + 1);
		p->wrong_ts += (int32_t)(r->ts - p->last.ts) < 0 ||
			       (r->ts == p->last.ts && r->type == p->payload) ||
			       (r->ts - p->last.ts) % (codec_clock(p->codec) / 50);
	}
	p->markers += r->marker;
	p->heard_sums[p->packets % 512] = payload_sum(r->payload, r->len);
	p->arrivals[p->packets % 1024] = test_now_us();
	p->packets++;
	p->last = *r;
}

static inline void peer_receive(struct peer *p)
{
	_Alignas(8) uint8_t packet[2048];
	int16_t samples[CODEC_SAMPLES_MAX];
	ssize_t len = recv(p->fd, packet, sizeof(packet), MSG_DONTWAIT);
	struct rtp_packet r;
	char keys[2];
	size_t count;

	if (len > 0 && p->unseal)
		len = p->unseal(p->seal_arg, packet, (int)len);
	if (len < 0 || rtp_parse(&r, packet, (size_t)len))
		return;
	pthread_mutex_lock(&test_lock);
	peer_check(p, &r);
	if (p->event_payload && r.type == p->event_payload) {
		count = event_in_packet(
			&p->events, r.ts, r.marker, r.payload, r.len, test_now_us(), keys);
		strncat(p->keys, keys, count);
	} else if (r.type == p->payload) {
		count = codec_in_decode(p->decoder, r.payload, r.len, samples);
		if (p->heard_count + count <= HEARD_MAX) {
			memcpy(p->heard + p->heard_count, samples, count * sizeof(*samples));
			p->heard_count += count;
		}
	}
	pthread_cond_broadcast(&test_changed);
	pthread_mutex_unlock(&test_lock);
}

static inline void *peer_run(void *arg)
{
	struct peer *p = arg;
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	struct itimerspec spec = { .it_value.tv_nsec = 1, .it_interval.tv_nsec = 20000000 };
	struct pollfd fds[2] = { { .fd = timer, .events = POLLIN },
		{ .fd = p->fd, .events = POLLIN } };

	timerfd_settime(timer, 0, &spec, NULL);
	while (!atomic_load(&p->ending)) {
		uint64_t due = 0;

		(void)poll(fds, 2, 100);
		if (read(timer, &due, sizeof(due)) == sizeof(due))
			for (; due; due--)
				peer_tick(p);
		if (fds[1].revents)
			peer_receive(p);
	}
	close(timer);
	return NULL;
}

static inline void peer_start(struct peer *p, uint16_t to)
{
	p->to = to;
	p->decoder = codec_in_create(p->codec);
	p->encoder = codec_out_create(p->codec);
	tone_init(&p->tone, (uint16_t)p->hz, 0, codec_rate(p->codec), p->hz > 0 ? -10 : -90);
	if (!p->decoder || !p->encoder || pthread_create(&p->thread, NULL, peer_run, p))
		abort();
}

static inline void peer_stop(struct peer *p)
{
	atomic_store(&p->ending, true);
	pthread_join(p->thread, NULL);
	codec_in_free(p->decoder);
	codec_out_free(p->encoder);
	close(p->fd);
}

/* Forgets what was heard and waits for so many samples of now. */
static inline bool peer_listen(struct peer *p, size_t samples)
{
	pthread_mutex_lock(&test_lock);
	p->heard_count = 0;
	pthread_mutex_unlock(&test_lock);
	return WAIT_FOR(p->heard_count >= samples);
}

/* Level of one frequency in what was heard last. */
static inline double peer_level(struct peer *p, double hz)
{
	size_t count = (size_t)codec_rate(p->codec) / 50 * 5;
	double level;

	pthread_mutex_lock(&test_lock);
	count = p->heard_count < count ? p->heard_count : count;
	level = tone_level(p->heard + p->heard_count - count, count, hz, codec_rate(p->codec));
	pthread_mutex_unlock(&test_lock);
	return level;
}

/* Waits until the peer hears this frequency (or, loud false, no longer hears it) louder than limit. */
static inline bool peer_hears_above(struct peer *p, double hz, bool loud, double limit)
{
	for (int64_t until = test_now_us() + (int64_t)WAIT_S * 1000000; test_now_us() < until;) {
		if (!peer_listen(p, (size_t)codec_rate(p->codec) / 50 * 4))
			return false;
		if ((peer_level(p, hz) > limit) == loud)
			return true;
	}
	return false;
}

static inline bool peer_hears(struct peer *p, double hz, bool loud)
{
	return peer_hears_above(p, hz, loud, 1000);
}

static inline struct media *start_media(int port_min, unsigned threads, int64_t quiet_ms)
{
	struct media_config config = { .threads = threads,
		.bind_address = "127.0.0.1",
		.port_min = port_min,
		.port_max = port_min + 199,
		.quiet_ms = quiet_ms };
	struct media *m;

	event_count = 0;
	if (media_create(&m, &config, keep_event, NULL) || media_start(m))
		abort();
	return m;
}

#endif
