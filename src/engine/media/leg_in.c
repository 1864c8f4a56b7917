/* What comes in on a leg: packets when they arrive, 20 ms of sound every tick. */
#include <stdlib.h>
#include <string.h>
#include "leg.h"
#include "mix.h"
#include "room.h"
#include "secure.h"

enum {
	KEEP_CONCEALING_TICKS = 3,
	SOURCE_LOST_US = 1000000, /* after this the same stream may come from another address */
};

struct datagram {
	uint8_t *data;
	size_t len;
	union net_addr from;
	union net_addr local; /* where it was sent to; only before the socket is linked */
};

/* --- packets --- */

static void discard(struct leg *leg)
{
	leg->discarded++;
	leg->thread->counts.discarded++;
}

/* Most peers send from where they receive: then the kernel can do the choosing. */
static void link_socket(struct leg *leg, const union net_addr *local)
{
	if (leg->no_link || !net_addr_size(local) || !net_addr_equal(&leg->source, &leg->to))
		return;
	leg->linked = !udp_link(leg->rtp.fd, &leg->to, local);
	leg->no_link = !leg->linked;
	udp_want_local(leg->rtp.fd, false);
}

void leg_unlink(struct leg *leg)
{
	if (leg->linked)
		udp_unlink(leg->rtp.fd);
	if (leg->linked || leg->no_link)
		udp_want_local(leg->rtp.fd, true);
	leg->linked = leg->no_link = false;
}

/* Only one sender is listened to (others could inject sound). It may move, as behind NAT, when it has been silent and goes on with the
 * same stream. */
static bool accept_source(struct leg *leg, const struct datagram *d, const struct rtp_packet *p)
{
	int64_t now = leg->thread->now_us;

	if (!net_addr_equal(&leg->source, &d->from)) {
		bool first = !net_addr_size(&leg->source);

		if (!first && (now - leg->source_us < SOURCE_LOST_US || p->ssrc != leg->in.ssrc))
			return false;
		leg->source = d->from;
		if (leg->latch) {
			leg->to = d->from;
			if (leg->rtcp_mux)
				leg->rtcp_to = d->from;
		}
	}
	leg->source_us = now;
	if (!leg->linked)
		link_socket(leg, &d->local);
	return true;
}

static bool is_ours(const struct leg *leg, const struct rtp_packet *p)
{
	return p->type == leg->payload || (leg->event_payload && p->type == leg->event_payload);
}

static void arrived(struct leg *leg)
{
	if (!leg->connected) {
		leg->connected = true;
		if (!leg->secure)
			leg_emit(leg, MEDIA_LEG_CONNECTED);
	}
	if (leg->quiet) {
		leg->quiet = false;
		leg_emit(leg, MEDIA_LEG_BACK);
	}
	leg->quiet_since_us = leg->thread->now_us;
}

static bool hears(const struct leg *listener, const struct leg *speaker)
{
	for (size_t i = 0; i < listener->hear_count; i++)
		if (listener->hears[i] == speaker)
			return true;
	return false;
}

/* Keys of one side reach the legs that hear it: as the packets they are where those are passed on, else made anew. */
void leg_key(struct leg *leg, char key)
{
	struct media_event event = {
		.type = MEDIA_DIGIT, .room = leg->room->id, .leg = leg->id, .digit = key
	};
	char keys[2] = { key, '\0' };

	media_emit(leg->media, &event);
	if (leg->muted || leg->inband)
		return; /* tones are in the sound already */
	list_for_each(pos, &leg->room->legs)
	{
		struct leg *other = list_entry(pos, struct leg, in_room);
		bool passed_on = other->forward_from == leg && other->event_payload &&
				 other->event_clock == leg->event_clock;

		if (!passed_on && hears(other, leg))
			event_out_add(&other->events, keys);
	}
}

static void event_packet(struct leg *leg, const struct rtp_packet *p)
{
	char keys[2];
	size_t count = event_in_packet(
		&leg->keys, p->ts, p->marker, p->payload, p->len, leg->thread->now_us, keys);

	for (size_t i = 0; i < count; i++)
		leg_key(leg, keys[i]);
}

static bool wants_sound(const struct leg *leg)
{
	if (leg->codec != MEDIA_OPUS || leg->inband || !list_empty(&leg->room->recorders))
		return true;
	list_for_each(pos, &leg->room->legs)
	{
		const struct leg *other = list_entry(pos, struct leg, in_room);

		if (other->forward_from != leg && hears(other, leg))
			return true;
	}
	return false;
}

static void packet_in(struct leg *leg, const struct rtp_packet *p)
{
	int64_t now = leg->thread->now_us;
	bool event = leg->event_payload && p->type == leg->event_payload;

	if (leg->in.started && p->ssrc != leg->in.ssrc) {
		event_in_reset(&leg->keys);
		jitter_reset(&leg->jitter, leg->jitter.clock);
	}
	rtp_in_packet(&leg->in, p, now, !event);
	leg->thread->counts.received++;
	arrived(leg);
	if (!leg->receive)
		return;
	if (event)
		event_packet(leg, p);
	else
		leg->audio_us = now;
	list_for_each(pos, &leg->room->legs)
	{
		struct leg *other = list_entry(pos, struct leg, in_room);

		if (other->forward_from == leg)
			leg_forward(other, leg, p, event);
	}
	if (!event && wants_sound(leg))
		(void)jitter_put(&leg->jitter, p->ts, p->payload, p->len, now, leg->in.jitter_us);
}

void leg_media(struct leg *leg, const uint8_t *data, size_t len)
{
	struct rtp_packet p;

	if (rtp_parse(&p, data, len) || !leg->ready || !is_ours(leg, &p))
		discard(leg);
	else
		packet_in(leg, &p);
}

static void plain_packet(struct leg *leg, const struct datagram *d)
{
	struct rtp_packet p;

	if (d->len >= 2 && (d->data[1] & 0x7f) >= 64 && (d->data[1] & 0x7f) <= 95) {
		if (leg->rtcp_mux && net_addr_equal(&leg->source, &d->from))
			leg_rtcp_in(leg, d->data, d->len);
		return;
	}
	if (rtp_parse(&p, d->data, d->len) || !is_ours(leg, &p) || !accept_source(leg, d, &p)) {
		discard(leg);
		return;
	}
	packet_in(leg, &p);
}

static void plain_rtcp(struct leg *leg, const struct datagram *d)
{
	union net_addr host = d->from;

	net_addr_set_port(&host, net_addr_port(&leg->source));
	if (!net_addr_equal(&host, &leg->source))
		return;
	if (leg->latch)
		leg->rtcp_to = d->from;
	leg_rtcp_in(leg, d->data, d->len);
}

void leg_readable(struct leg_socket *socket)
{
	struct leg *leg = socket->leg;
	bool wants_local = !leg->linked && !leg->no_link && !leg->secure && !socket->rtcp;
	struct datagram d = { .data = leg->thread->packet };

	d.len = udp_receive(socket->fd, d.data, &d.from, wants_local ? &d.local : NULL);
	if (!d.len)
		return;
	if (leg->secure)
		secure_datagram(leg->secure, d.data, d.len, &d.from);
	else if (!leg->ready)
		return; /* before the answer: nothing says what it would be */
	else if (socket->rtcp)
		plain_rtcp(leg, &d);
	else
		plain_packet(leg, &d);
}

void leg_rtcp_in(struct leg *leg, const uint8_t *data, size_t len)
{
	struct rtcp_info info;

	if (rtcp_parse(&info, data, len) || !info.sender_report || info.ssrc != leg->in.ssrc)
		return;
	leg->last_sr = info.last_sr;
	leg->last_sr_us = leg->thread->now_us;
}

/* --- ticks --- */

/* Decodes a packet behind the `have` samples of the frame; what does not fit waits in rest. */
static size_t decode(struct leg *leg, const uint8_t *payload, size_t len, size_t have, size_t need)
{
	int16_t samples[CODEC_SAMPLES_MAX];
	size_t count = codec_in_decode(leg->decoder, payload, len, samples);
	size_t used = count < need - have ? count : need - have;

	if (!count) {
		codec_in_conceal(leg->decoder, leg->frame + have, need - have);
		jitter_played(&leg->jitter,
			(uint32_t)(need - have) *
				(leg->jitter.clock / (uint32_t)codec_rate(leg->codec)));
		return need;
	}
	/* G.722's clock runs at half its sampling rate (RFC 3551 4.5.2). */
	jitter_played(&leg->jitter,
		(uint32_t)((uint64_t)count * leg->jitter.clock / (uint32_t)codec_rate(leg->codec)));
	leg->energy_sum += mix_energy(samples, count);
	leg->energy_count += count;
	memcpy(leg->frame + have, samples, used * sizeof(*samples));
	if (used < count) {
		if (!leg->rest)
			leg->rest = malloc(CODEC_SAMPLES_MAX * sizeof(*leg->rest));
		if (leg->rest) {
			memcpy(leg->rest, samples + used, (count - used) * sizeof(*samples));
			leg->rest_count = count - used;
		}
	}
	return have + used;
}

static size_t take_rest(struct leg *leg, size_t need)
{
	size_t count = leg->rest_count < need ? leg->rest_count : need;

	if (!count)
		return 0;
	memcpy(leg->frame, leg->rest, count * sizeof(*leg->frame));
	leg->rest_count -= count;
	memmove(leg->rest, leg->rest + count, leg->rest_count * sizeof(*leg->rest));
	return count;
}

/* Nothing has come: a short gap is bridged, a long one is silence. */
static bool run_dry(struct leg *leg, size_t have, size_t need)
{
	if (!have && ++leg->empty_ticks > KEEP_CONCEALING_TICKS)
		return false;
	codec_in_conceal(leg->decoder, leg->frame + have, need - have);
	return true;
}

static bool fill_frame(struct leg *leg)
{
	uint32_t rate = (uint32_t)codec_rate(leg->codec);
	size_t need = rate / 50;
	size_t have = take_rest(leg, need);

	/* Opus that is only passed on needs none. */
	if (!leg->decoder && !leg->jitter.count)
		return false;
	if (!leg->decoder) {
		leg->decoder = codec_in_create(leg->codec);
		leg->empty_ticks = KEEP_CONCEALING_TICKS;
		if (!leg->decoder)
			return false;
	}
	while (have < need) {
		const uint8_t *payload;
		size_t len;

		switch (jitter_take(&leg->jitter, leg->thread->now_us, &payload, &len)) {
		case JITTER_FRAME:
			leg->empty_ticks = 0;
			have = decode(leg, payload, len, have, need);
			break;
		case JITTER_LOST:
			codec_in_conceal(leg->decoder, leg->frame + have, need - have);
			jitter_played(
				&leg->jitter, (uint32_t)((need - have) * leg->jitter.clock / rate));
			have = need;
			break;
		case JITTER_EMPTY:
			return run_dry(leg, have, need);
		}
	}
	return true;
}

/* What it said this tick, muted or not. */
static const int16_t *sound_at(struct leg *leg, int rate)
{
	if (!leg->has_frame)
		return NULL;
	if (rate == codec_rate(leg->codec))
		return leg->frame;
	if (!leg->has_other) {
		if (rate == 8000)
			resample_down(&leg->down, leg->frame, leg->frame_other, FRAME8);
		else
			resample_up(&leg->up, leg->frame, leg->frame_other, FRAME8);
		leg->has_other = true;
	}
	return leg->frame_other;
}

const int16_t *leg_frame(struct leg *leg, int rate)
{
	return leg->muted ? NULL : sound_at(leg, rate);
}

static void find_tones(struct leg *leg)
{
	const int16_t *sound = sound_at(leg, 8000); /* a muted leg may still press keys */
	char keys[8];
	size_t count;

	if (!sound) {
		inband_skip(leg->inband, FRAME8);
		return;
	}
	count = inband_listen(leg->inband, sound, FRAME8, keys, sizeof(keys));
	for (size_t i = 0; i < count; i++)
		leg_key(leg, keys[i]);
}

static void watch_quiet(struct leg *leg)
{
	/* Let other addresses through again: the peer may have moved. */
	if (leg->linked && leg->thread->now_us - leg->source_us >= SOURCE_LOST_US)
		leg_unlink(leg);
	if (!leg->receive || leg->quiet || !leg->quiet_since_us)
		return;
	if (leg->thread->now_us - leg->quiet_since_us < leg->media->config.quiet_ms * 1000)
		return;
	leg->quiet = true;
	leg_emit(leg, MEDIA_LEG_QUIET);
}

void leg_in_tick(struct leg *leg)
{
	char key;

	leg->has_frame = leg->has_other = false;
	if (leg->secure)
		secure_tick(leg->secure);
	if (!leg->ready)
		return;
	key = event_in_tick(&leg->keys, leg->thread->now_us);
	if (key)
		leg_key(leg, key);
	watch_quiet(leg);
	if (leg->receive && leg->connected)
		leg->has_frame = fill_frame(leg);
	if (leg->inband && leg->connected)
		find_tones(leg);
}
