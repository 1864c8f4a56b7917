/* What a leg says: 20 ms of sound from its packets every tick, the keys in it, and its silence. */
#include <stdlib.h>
#include <string.h>
#include "leg.h"
#include "mix.h"
#include "secure.h"

enum { KEEP_CONCEALING_TICKS = 3 };

/* G.722's clock runs at half its sampling rate (RFC 3551 4.5.2). */
static void played(struct leg *leg, size_t samples)
{
	jitter_played(&leg->jitter, (uint32_t)((uint64_t)samples * leg->jitter.clock /
					       (uint32_t)codec_rate(leg->codec)));
}

/* Decodes a packet behind the `have` samples of the frame; what does not fit waits in rest. */
static size_t decode(struct leg *leg, const uint8_t *payload, size_t len, size_t have, size_t need)
{
	int16_t samples[CODEC_SAMPLES_MAX];
	size_t expected = codec_in_expects(leg->decoder, len);
	/* The usual packet is one tick: it needs no way round. */
	bool fits = expected && expected <= need - have;
	size_t count =
		codec_in_decode(leg->decoder, payload, len, fits ? leg->frame + have : samples);
	size_t used = count < need - have ? count : need - have;

	if (!count) {
		codec_in_conceal(leg->decoder, leg->frame + have, need - have);
		played(leg, need - have);
		return need;
	}
	played(leg, count);
	if (!fits)
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
			played(leg, need - have);
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
	count = inband_listen(leg->inband, sound, FRAME8, leg->level, keys, sizeof(keys));
	for (size_t i = 0; i < count; i++)
		leg_key(leg, keys[i]);
}

static void measure_level(struct leg *leg)
{
	size_t count = (size_t)codec_rate(leg->codec) / 50;
	uint64_t energy = mix_energy(leg->frame, count);

	leg->level = (uint32_t)(energy / count);
	if (leg->empty_ticks)
		return; /* made up */
	leg->energy_sum += energy;
	leg->energy_count += count;
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
	if (leg->has_frame)
		measure_level(leg);
	if (leg->inband && leg->connected)
		find_tones(leg);
}
