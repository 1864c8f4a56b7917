/* A list of files, tones and pauses being played. */
#include <stdlib.h>
#include <string.h>
#include "play.h"

/* Of each wave: ringing and busy tones as exchanges send them. */
static const float tone_dbm0 = -16.0f;

struct play *play_create(
	uint64_t id, const struct media_part *parts, size_t count, bool loop, bool mix)
{
	struct play *p;

	if (count > PLAY_PARTS_MAX)
		count = PLAY_PARTS_MAX;
	p = calloc(1, sizeof(*p) + count * sizeof(p->parts[0]));
	if (!p)
		return NULL;
	p->id = id;
	p->loop = loop;
	p->mix = mix;
	p->count = count;
	for (size_t i = 0; i < count; i++) {
		struct play_part *part = &p->parts[i];

		part->kind = parts[i].kind;
		part->hz1 = parts[i].hz1;
		part->hz2 = parts[i].hz2;
		part->on_ms = parts[i].on_ms;
		part->off_ms = parts[i].off_ms;
		if (part->kind != MEDIA_FILE)
			continue;
		part->path = parts[i].path ? strdup(parts[i].path) : strdup("");
		if (!part->path) {
			play_free(p);
			return NULL;
		}
	}
	return p;
}

void play_free(struct play *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++) {
		free(p->parts[i].path);
		audio_release(p->parts[i].audio);
	}
	free(p);
}

void play_loaded(struct play *p, size_t part, struct audio *audio)
{
	if (part >= p->count || p->parts[part].audio) {
		audio_release(audio);
		return;
	}
	p->parts[part].audio = audio;
	p->parts[part].failed = !audio;
}

static size_t samples_of(const struct play *p, uint32_t ms)
{
	return (size_t)ms * (size_t)p->rate / 1000;
}

static size_t part_length(const struct play *p, const struct play_part *part)
{
	switch (part->kind) {
	case MEDIA_FILE:
		return part->audio ? part->audio->count : 0;
	case MEDIA_TONE:
		return samples_of(p, part->on_ms) + samples_of(p, part->off_ms);
	default:
		return samples_of(p, part->on_ms);
	}
}

static void render_part(struct play *p, struct play_part *part, int16_t *out, size_t samples)
{
	size_t on = samples_of(p, part->on_ms);
	size_t sounding = 0;

	if (part->kind == MEDIA_FILE && part->audio) {
		memcpy(out, part->audio->samples + p->position, samples * sizeof(*out));
		return;
	}
	if (part->kind == MEDIA_TONE && p->position < on) {
		sounding = on - p->position < samples ? on - p->position : samples;
		if (!p->position)
			tone_init(&p->tone, part->hz1, part->hz2, p->rate, tone_dbm0);
		tone_fill(&p->tone, out, sounding);
	}
	memset(out + sounding, 0, (samples - sounding) * sizeof(*out));
}

/* False: that was the last one. */
static bool next_part(struct play *p)
{
	p->position = 0;
	if (++p->at < p->count)
		return true;
	/* A round without a sample would turn for ever. */
	if (!p->loop || !p->sounded)
		return false;
	p->at = 0;
	p->sounded = false;
	return true;
}

enum play_state play_render(struct play *p, int16_t *out, size_t samples)
{
	size_t done = 0;

	while (done < samples) {
		struct play_part *part;
		size_t left, n;

		if (p->at >= p->count)
			break;
		part = &p->parts[p->at];
		if (part->kind == MEDIA_FILE && !part->audio && !part->failed) {
			memset(out + done, 0, (samples - done) * sizeof(*out));
			return PLAY_GOES_ON;
		}
		left = part_length(p, part) - p->position;
		n = left < samples - done ? left : samples - done;
		if (n) {
			render_part(p, part, out + done, n);
			p->position += n;
			p->sounded = true;
			done += n;
		}
		if (n == left && !next_part(p))
			break;
	}
	memset(out + done, 0, (samples - done) * sizeof(*out));
	return p->at >= p->count ? PLAY_ENDED : PLAY_GOES_ON;
}
