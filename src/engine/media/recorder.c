/* One recording's ring between a media thread and the writer. */
#include <stdlib.h>
#include <string.h>
#include "recorder.h"

enum {
	MAX_MS = 4 * 3600 * 1000,
	RING_MIN_MS = 200,
	/* Mean squares: -57 dB of full scale is silence on any line, -35 dB never is; between them four times the line's own noise. */
	SILENCE_LEAST = 2000,
	SILENCE_MOST = 340000,
};

struct recorder *recorder_create(
	uint64_t id, uint64_t room, const struct media_record_config *config, size_t ring_ms)
{
	struct recorder *r = calloc(1, sizeof(*r));
	int64_t max_ms = config->max_ms > 0 ? config->max_ms : MAX_MS;

	if (!r)
		return NULL;
	r->id = id;
	r->room = room;
	r->leg = config->leg;
	r->channels = config->mono ? 1 : 2;
	r->with_prompts = config->with_prompts;
	/* No limit beyond what a WAV file can hold. */
	r->max_ticks =
		(max_ms > 6 * (int64_t)MAX_MS ? 6 * (int64_t)MAX_MS : max_ms) / RECORDER_TICK_MS;
	if (!r->max_ticks)
		r->max_ticks = 1;
	r->silence_ticks = config->silence_ms / RECORDER_TICK_MS;
	r->slots = (ring_ms < RING_MIN_MS ? RING_MIN_MS : ring_ms) / RECORDER_TICK_MS;
	r->slot_size =
		offsetof(struct recorder_slot, samples) + r->channels * FRAME8 * sizeof(int16_t);
	r->noise = SILENCE_LEAST / 4;
	r->fd = -1;
	list_init(&r->in_room);
	list_init(&r->in_writer);
	r->path = strdup(config->path);
	r->ring = malloc(r->slots * r->slot_size);
	if (!r->path || !r->ring) {
		recorder_free(r);
		return NULL;
	}
	return r;
}

void recorder_free(struct recorder *r)
{
	if (!r)
		return;
	free(r->path);
	free(r->ring);
	free(r);
}

static struct recorder_slot *slot_at(const struct recorder *r, size_t index)
{
	return (struct recorder_slot *)(void *)(r->ring + index % r->slots * r->slot_size);
}

static void fill(const struct recorder *r, struct recorder_slot *slot, const int16_t *left,
	const int16_t *right)
{
	static const int16_t nothing[FRAME8];

	left = left ? left : nothing;
	right = right ? right : nothing;
	if (r->channels == 1) {
		memcpy(slot->samples, left, FRAME8 * sizeof(*left));
		return;
	}
	for (size_t i = 0; i < FRAME8; i++) {
		slot->samples[2 * i] = left[i];
		slot->samples[2 * i + 1] = right[i];
	}
}

void recorder_push(struct recorder *r, const int16_t *left, const int16_t *right)
{
	size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	struct recorder_slot *slot;

	r->ticks++;
	if (r->paused || (!left && (!right || r->channels == 1))) {
		r->silence_pending++;
		return;
	}
	if (head - atomic_load_explicit(&r->tail, memory_order_acquire) >= r->slots) {
		r->silence_pending++;
		atomic_store_explicit(&r->degraded, true, memory_order_relaxed);
		return;
	}
	slot = slot_at(r, head);
	slot->silence_before = r->silence_pending;
	r->silence_pending = 0;
	fill(r, slot, left, right);
	atomic_store_explicit(&r->head, head + 1, memory_order_release);
}

void recorder_push_silence(struct recorder *r, uint32_t ticks)
{
	r->ticks += ticks;
	r->silence_pending += ticks;
}

static bool is_quiet(struct recorder *r, const int16_t *left)
{
	uint64_t sum = 0;
	uint32_t level, limit;

	if (!left)
		return true;
	for (size_t i = 0; i < FRAME8; i++)
		sum += (uint64_t)((int32_t)left[i] * left[i]);
	level = (uint32_t)(sum / FRAME8);
	/* The floor follows falling levels at once and rising ones slowly. */
	if (level < r->noise)
		r->noise = level;
	else
		r->noise += r->noise / 128 + 1;
	limit = r->noise > SILENCE_MOST / 4 ? SILENCE_MOST : r->noise * 4;
	return level < (limit < SILENCE_LEAST ? SILENCE_LEAST : limit);
}

bool recorder_silence(struct recorder *r, const int16_t *left)
{
	if (!r->silence_ticks || r->paused)
		return false;
	if (!is_quiet(r, left)) {
		r->quiet_ticks = 0;
		r->silence_told = false;
		return false;
	}
	if (++r->quiet_ticks < r->silence_ticks || r->silence_told)
		return false;
	r->silence_told = true;
	return true;
}

bool recorder_full(const struct recorder *r)
{
	return r->ticks >= r->max_ticks;
}

void recorder_finish(struct recorder *r)
{
	atomic_store_explicit(&r->silence_after, r->silence_pending, memory_order_relaxed);
	atomic_store_explicit(&r->finished, true, memory_order_release);
}

const struct recorder_slot *recorder_peek(struct recorder *r)
{
	size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

	if (tail == atomic_load_explicit(&r->head, memory_order_acquire))
		return NULL;
	return slot_at(r, tail);
}

void recorder_pop(struct recorder *r)
{
	atomic_fetch_add_explicit(&r->tail, 1, memory_order_release);
}
