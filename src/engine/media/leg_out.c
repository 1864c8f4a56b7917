/* What goes out on a leg: packets of one other leg as they come, or 20 ms of our own every tick. */
#include <string.h>
#include <time.h>
#include "leg.h"
#include "mix.h"
#include "room.h"
#include "secure.h"

enum {
	FRESH_US = 200000,   /* a source silent for longer: we send silence ourselves */
	REPORT_US = 5000000, /* RFC 3550 6.2, with a random half added and taken */
	END_PACKETS = 3,
};

/* Of each wave of a key (RFC 4733 volume 10). */
static const float key_dbm0 = -10.0f;

void leg_send_rtp(struct leg *leg, uint8_t *packet, size_t len)
{
	leg->thread->counts.sent++;
	if (leg->secure)
		secure_send(leg->secure, packet, len, false);
	else
		(void)udp_send(leg->rtp.fd, leg->linked ? NULL : &leg->to, packet, len);
}

void leg_forward(struct leg *leg, struct leg *from, const struct rtp_packet *packet, bool event)
{
	_Alignas(8) uint8_t buffer[RTP_HEADER + CODEC_PAYLOAD_MAX + 64];
	uint32_t units = leg->out.clock / 50;
	struct rtp_packet p = *packet;

	if (!leg->send || !leg_can_send(leg) || p.len > CODEC_PAYLOAD_MAX)
		return;
	if (event && (!leg->event_payload || leg->event_clock != from->event_clock))
		return; /* leg_key sends it anew */
	if (!rtp_out_forward(&leg->out, &p, from->id, units, leg->thread->now_us))
		return;
	p.type = event ? leg->event_payload : leg->payload;
	rtp_write_header(buffer, &p);
	memcpy(buffer + RTP_HEADER, p.payload, p.len);
	if (!event && from->codec != leg->codec)
		codec_swap_law(from->codec, buffer + RTP_HEADER, p.len);
	leg_send_rtp(leg, buffer, RTP_HEADER + p.len);
}

/* --- our own packets --- */

static void send_gathered(struct leg *leg, bool marker)
{
	struct rtp_packet p = {
		.type = leg->payload, .marker = marker, .len = leg->gathered_len - RTP_HEADER
	};

	rtp_out_own(&leg->out, &p, leg->gathered_ts, leg->thread->tick_us);
	rtp_write_header(leg->gathered, &p);
	leg_send_rtp(leg, leg->gathered, leg->gathered_len);
	leg->gathered_len = 0;
}

static void send_frame(struct leg *leg, const int16_t *frame)
{
	bool first = !leg->out.last_us || leg->out.source;
	unsigned ticks = leg->codec == MEDIA_OPUS ? 1 : leg->ptime_ms / 20;
	size_t len;

	if (!leg->encoder)
		leg->encoder = codec_out_create(leg->codec);
	if (!leg->encoder)
		return;
	if (!leg->gathered_len) {
		leg->gathered_ts =
			rtp_out_next_ts(&leg->out, leg->out.clock / 50, leg->thread->tick_us);
		leg->gathered_len = RTP_HEADER;
	}
	len = codec_out_encode(leg->encoder, frame, leg->gathered + leg->gathered_len);
	leg->gathered_len += len;
	/* G.711 and G.722 have 160 bytes a tick. */
	if (leg->gathered_len > RTP_HEADER &&
		(ticks == 1 || leg->gathered_len >= RTP_HEADER + (size_t)ticks * FRAME8))
		send_gathered(leg, first);
}

static void send_event(struct leg *leg, enum event_out_phase phase, uint8_t code)
{
	uint32_t step = leg->event_clock / 50;
	_Alignas(8) uint8_t packet[RTP_HEADER + 4 + 64];
	unsigned copies = phase == EVENT_OUT_END ? END_PACKETS : 1;
	uint32_t duration = step * leg->events.step; /* which counts this tick already */

	leg->gathered_len = 0;
	if (phase == EVENT_OUT_START)
		leg->events.ts =
			rtp_out_next_ts(&leg->out, leg->out.clock / 50, leg->thread->tick_us);
	for (unsigned i = 0; i < copies; i++) {
		struct rtp_packet p = {
			.type = leg->event_payload, .marker = phase == EVENT_OUT_START, .len = 4
		};

		rtp_out_own(&leg->out, &p, leg->events.ts, leg->thread->tick_us);
		rtp_write_header(packet, &p);
		event_out_payload(packet + RTP_HEADER, code, phase == EVENT_OUT_END, duration);
		leg_send_rtp(leg, packet, RTP_HEADER + 4);
	}
	/* The time line goes on as if sound had been sent. */
	leg->out.ts = leg->events.ts + (leg->events.step - 1) * (leg->out.clock / 50);
}

static void request_files(struct leg *leg)
{
	struct play *play = leg->play;

	play->rate = codec_rate(leg->codec);
	for (size_t i = 0; i < play->count; i++) {
		struct loader_ticket ticket = { .leg = leg->id, .play = play->id, .part = i };
		struct play_part *part = &play->parts[i];

		if (part->kind == MEDIA_FILE &&
			loader_request(leg->media->loader, &ticket, part->path, play->rate))
			part->failed = true;
	}
	leg->play_loading = true;
}

/* Another codec at another rate in the middle: the files are read again and go on at the same place. */
static void change_rate(struct leg *leg)
{
	struct play *play = leg->play;

	for (size_t i = 0; i < play->count; i++) {
		audio_release(play->parts[i].audio);
		play->parts[i].audio = NULL;
	}
	play->position = play->position * (size_t)codec_rate(leg->codec) / (size_t)play->rate;
	request_files(leg);
}

/* One tick of the play, or NULL. */
static const int16_t *play_frame(struct leg *leg, int16_t *frame)
{
	struct play *play = leg->play;
	size_t samples = (size_t)codec_rate(leg->codec) / 50;

	leg->has_played = false;
	if (!play)
		return NULL;
	if (!leg->play_loading)
		request_files(leg);
	else if (play->rate != codec_rate(leg->codec))
		change_rate(leg);
	if (play_render(play, frame, samples) == PLAY_ENDED)
		play->ended = true;
	if (leg->prompt_recorders) {
		if (play->rate == RECORDER_RATE)
			memcpy(leg->played, frame, sizeof(leg->played));
		else
			resample_down(&leg->played_down, frame, leg->played, FRAME8);
		leg->has_played = true;
	}
	return frame;
}

/* Whose packets can be passed on untouched, or NULL. */
static struct leg *choose_source(const struct leg *leg)
{
	struct leg *source;

	if (leg->hear_count != 1 || leg->play || event_out_busy(&leg->events) || !leg->send)
		return NULL;
	source = leg->hears[0];
	if (!source->ready || !source->receive || source->muted || !source->audio_us ||
		!codec_forwards(source->codec, leg->codec))
		return NULL;
	return leg->thread->now_us - source->audio_us < FRESH_US ? source : NULL;
}

static void mix_heard(struct leg *leg, int16_t *frame)
{
	int rate = codec_rate(leg->codec);
	struct mix mix;

	mix_begin(&mix, (size_t)rate / 50);
	for (size_t i = 0; i < leg->hear_count; i++)
		mix_add(&mix, leg_frame(leg->hears[i], rate));
	(void)mix_end(&mix, frame);
}

static void key_tone(struct leg *leg, enum event_out_phase phase, char key, int16_t *frame)
{
	int rate = codec_rate(leg->codec);
	uint16_t low, high;

	if (phase == EVENT_OUT_START && event_out_tones(key, &low, &high))
		tone_init(&leg->key_tone, low, high, rate, key_dbm0);
	if (phase == EVENT_OUT_OFF)
		memset(frame, 0, (size_t)rate / 50 * sizeof(*frame));
	else
		tone_fill(&leg->key_tone, frame, (size_t)rate / 50);
}

static void send_tick(struct leg *leg)
{
	int16_t frame[FRAME16], play[FRAME16];
	const int16_t *playing = play_frame(leg, play);
	enum event_out_phase phase;
	uint8_t code;
	char key;

	leg->forward_from = choose_source(leg);
	if (leg->forward_from)
		return;
	phase = event_out_tick(&leg->events, &key, &code);
	if (!leg->send)
		return;
	if (leg->event_payload && phase != EVENT_OUT_IDLE && phase != EVENT_OUT_OFF) {
		send_event(leg, phase, code);
		return;
	}
	if (playing && !leg->play->mix)
		memcpy(frame, playing, sizeof(frame));
	else
		mix_heard(leg, frame);
	if (playing && leg->play->mix)
		mix_under(frame, playing, (size_t)codec_rate(leg->codec) / 50);
	if (!leg->event_payload && phase != EVENT_OUT_IDLE)
		key_tone(leg, phase, key, frame);
	send_frame(leg, frame);
}

void leg_out_tick(struct leg *leg)
{
	if (!leg_can_send(leg))
		return;
	send_tick(leg);
	if (leg->play && leg->play->ended)
		leg_set_play(leg, NULL);
	if (leg->thread->now_us >= leg->report_us) {
		if (leg->report_us)
			leg_send_report(leg, false);
		leg->report_us =
			leg->thread->now_us + REPORT_US / 2 + (int64_t)(leg->out.ssrc % REPORT_US);
	}
}

/* --- RTCP --- */

static uint64_t ntp_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	/* 1900 to 1970. */
	return ((uint64_t)ts.tv_sec + 2208988800u) << 32 |
	       ((uint64_t)ts.tv_nsec << 32) / 1000000000u;
}

static void report_reception(struct leg *leg, struct rtcp_report *r)
{
	uint64_t lost = rtp_in_lost(&leg->in) - leg->in.lost_before;

	r->has_block = true;
	r->source = leg->in.ssrc;
	r->fraction_lost = rtp_in_fraction_lost(&leg->in);
	r->lost = lost > 0x7fffff ? 0x7fffff : (uint32_t)lost;
	r->highest_seq = leg->in.max;
	r->jitter = (uint32_t)((uint64_t)leg->in.jitter_us * leg->in.clock / 1000000);
	r->last_sr = leg->last_sr;
	if (leg->last_sr)
		r->delay_since =
			(uint32_t)((leg->thread->now_us - leg->last_sr_us) * 65536 / 1000000);
}

void leg_send_report(struct leg *leg, bool bye)
{
	_Alignas(8) uint8_t packet[RTCP_MAX + 64];
	struct rtcp_report r = { .ssrc = leg->out.ssrc, .cname = leg->cname, .bye = bye };
	size_t len;

	if (!leg_can_send(leg))
		return;
	r.sender = leg->out.packets != leg->reported_packets;
	leg->reported_packets = leg->out.packets;
	if (r.sender) {
		r.ntp = ntp_now();
		r.rtp_ts = leg->out.ts + (uint32_t)((leg->thread->now_us - leg->out.last_us) *
						    leg->out.clock / 1000000);
		r.packets = (uint32_t)leg->out.packets;
		r.octets = (uint32_t)leg->out.octets;
	}
	if (leg->in.started)
		report_reception(leg, &r);
	len = rtcp_write(packet, &r);
	if (leg->secure)
		secure_send(leg->secure, packet, len, true);
	else
		(void)udp_send(
			leg->rtcp_mux ? leg->rtp.fd : leg->rtcp.fd, &leg->rtcp_to, packet, len);
}
