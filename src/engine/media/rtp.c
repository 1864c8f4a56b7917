/* RTP: reading packets, statistics of reception, the outgoing stream. */
#include <errno.h>
#include <string.h>
#include "rtp.h"

enum {
	MAX_DROPOUT = 3000, /* RFC 3550 A.1 */
	MAX_MISORDER = 100,
	JUMP_SECONDS = 10, /* a forwarded time stamp further off starts anew */
};

static uint16_t read16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t read32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

int rtp_parse(struct rtp_packet *p, const uint8_t *data, size_t len)
{
	size_t at = RTP_HEADER;

	if (len < RTP_HEADER || data[0] >> 6 != 2)
		return EBADMSG;
	at += (size_t)(data[0] & 0x0f) * 4;
	if (data[0] & 0x10) {
		if (len < at + 4)
			return EBADMSG;
		at += 4 + (size_t)read16(data + at + 2) * 4;
	}
	if (len < at)
		return EBADMSG;
	if (data[0] & 0x20) {
		size_t padding = data[len - 1];

		if (!padding || padding > len - at)
			return EBADMSG;
		len -= padding;
	}
	p->marker = data[1] >> 7;
	p->type = data[1] & 0x7f;
	p->seq = read16(data + 2);
	p->ts = read32(data + 4);
	p->ssrc = read32(data + 8);
	p->payload = data + at;
	p->len = len - at;
	return 0;
}

void rtp_write_header(uint8_t *out, const struct rtp_packet *p)
{
	out[0] = 0x80;
	out[1] = (uint8_t)((p->marker ? 0x80 : 0) | (p->type & 0x7f));
	out[2] = (uint8_t)(p->seq >> 8);
	out[3] = (uint8_t)p->seq;
	for (int i = 0; i < 4; i++) {
		out[4 + i] = (uint8_t)(p->ts >> (24 - 8 * i));
		out[8 + i] = (uint8_t)(p->ssrc >> (24 - 8 * i));
	}
}

void rtp_in_init(struct rtp_in *in, uint32_t clock)
{
	memset(in, 0, sizeof(*in));
	in->clock = clock;
}

void rtp_in_set_clock(struct rtp_in *in, uint32_t clock)
{
	in->clock = clock;
	in->has_transit = false;
}

static void new_source(struct rtp_in *in, const struct rtp_packet *p)
{
	in->lost_before = rtp_in_lost(in);
	in->ssrc = p->ssrc;
	in->base = in->max = p->seq;
	in->received = 0;
	in->expected_prior = in->received_prior = 0;
	in->has_transit = false;
	in->started = true;
}

static void measure_jitter(struct rtp_in *in, const struct rtp_packet *p, int64_t now_us)
{
	int64_t media_us = (int64_t)((uint64_t)p->ts * 1000000u / in->clock);
	int32_t transit = (int32_t)(now_us - media_us);
	int64_t d = (int64_t)transit - in->transit_us;

	if (in->has_transit && p->ts == in->last_ts)
		return;
	if (d < 0)
		d = -d;
	/* A pause of the speaker or a wrapped time stamp is no jitter. */
	if (in->has_transit && d < 1000000) {
		int64_t jitter = in->jitter_us;

		in->jitter_us = (uint32_t)(jitter + (d - jitter) / 16);
	}
	in->transit_us = transit;
	in->last_ts = p->ts;
	in->has_transit = true;
}

void rtp_in_packet(struct rtp_in *in, const struct rtp_packet *p, int64_t now_us, bool audio)
{
	if (!in->started || p->ssrc != in->ssrc) {
		new_source(in, p);
	} else {
		uint16_t ahead = (uint16_t)(p->seq - (uint16_t)in->max);

		if (ahead < MAX_DROPOUT)
			in->max += ahead;
		else if (ahead <= 65536 - MAX_MISORDER)
			new_source(in, p); /* the sender started over without a new SSRC */
	}
	in->received++;
	in->received_all++;
	if (in->last_us && now_us - in->last_us > in->gap_max_us)
		in->gap_max_us = now_us - in->last_us;
	in->last_us = now_us;
	if (audio && in->clock)
		measure_jitter(in, p, now_us);
}

uint64_t rtp_in_lost(const struct rtp_in *in)
{
	uint64_t expected = in->started ? (uint64_t)in->max - in->base + 1 : 0;

	/* Duplicates can make received the larger one. */
	return in->lost_before + (expected > in->received ? expected - in->received : 0);
}

uint8_t rtp_in_fraction_lost(struct rtp_in *in)
{
	uint64_t expected = in->started ? (uint64_t)in->max - in->base + 1 : 0;
	int64_t expected_now = (int64_t)(expected - in->expected_prior);
	int64_t lost_now = expected_now - (int64_t)(in->received - in->received_prior);

	in->expected_prior = expected;
	in->received_prior = in->received;
	if (expected_now <= 0 || lost_now <= 0)
		return 0;
	return (uint8_t)(lost_now * 256 / expected_now > 255 ? 255 : lost_now * 256 / expected_now);
}

void rtp_out_init(struct rtp_out *out, uint32_t ssrc, uint16_t seq, uint32_t ts, uint32_t clock)
{
	memset(out, 0, sizeof(*out));
	out->ssrc = ssrc;
	/* The upper half of the numbers is avoided so that SRTP's rollover counter is certain at the start. */
	out->seq = seq & 0x7fff;
	out->ts = ts;
	out->clock = clock;
}

void rtp_out_set_clock(struct rtp_out *out, uint32_t clock)
{
	if (out->clock != clock)
		out->source = 0;
	out->clock = clock;
}

uint32_t rtp_out_next_ts(const struct rtp_out *out, uint32_t units, int64_t now_us)
{
	int64_t passed;

	if (!out->last_us || !units)
		return out->ts;
	passed = (now_us - out->last_us) * out->clock / 1000000;
	/* In whole packets, so that a late tick does not bend the time line. */
	passed = (passed + units / 2) / units;
	return out->ts + units * (uint32_t)(passed < 1 ? 1 : passed);
}

static void sent(struct rtp_out *out, uint16_t seq, uint32_t ts, int64_t now_us)
{
	if ((int16_t)(seq - out->seq) > 0)
		out->seq = seq;
	if (!out->last_us || (int32_t)(ts - out->ts) > 0)
		out->ts = ts;
	out->last_us = now_us;
	out->packets++;
}

void rtp_out_own(struct rtp_out *out, struct rtp_packet *p, uint32_t ts, int64_t now_us)
{
	p->ssrc = out->ssrc;
	p->seq = (uint16_t)(out->seq + 1);
	p->ts = ts;
	out->source = 0;
	sent(out, p->seq, ts, now_us);
	out->octets += p->len;
}

static bool jumped(const struct rtp_out *out, const struct rtp_packet *p)
{
	int32_t ts = (int32_t)(p->ts - out->source_ts);
	int16_t seq = (int16_t)(p->seq - out->source_seq);
	int32_t limit = (int32_t)out->clock * JUMP_SECONDS;

	return ts > limit || ts < -limit || seq > MAX_DROPOUT || seq < -MAX_MISORDER;
}

bool rtp_out_forward(
	struct rtp_out *out, struct rtp_packet *p, uint64_t source, uint32_t units, int64_t now_us)
{
	if (out->source != source || out->source_ssrc != p->ssrc || jumped(out, p)) {
		out->seq_offset = (uint16_t)(out->seq + 1 - p->seq);
		out->ts_offset = rtp_out_next_ts(out, units, now_us) - p->ts;
		p->marker = p->marker || out->source != source;
		out->source = source;
		out->source_ssrc = p->ssrc;
		out->source_base = out->source_seq = p->seq;
		out->source_ts = p->ts;
	}
	/* Older than the change: its number was used by the source before. */
	if ((int16_t)(p->seq - out->source_base) < 0)
		return false;
	if ((int16_t)(p->seq - out->source_seq) > 0) {
		out->source_seq = p->seq;
		/* Keep the base near, or it looks new again after half the numbers. */
		if ((uint16_t)(p->seq - out->source_base) > 0x4000)
			out->source_base = (uint16_t)(p->seq - 0x2000);
	}
	if ((int32_t)(p->ts - out->source_ts) > 0)
		out->source_ts = p->ts;
	p->seq = (uint16_t)(p->seq + out->seq_offset);
	p->ts += out->ts_offset;
	p->ssrc = out->ssrc;
	sent(out, p->seq, p->ts, now_us);
	out->octets += p->len;
	return true;
}
