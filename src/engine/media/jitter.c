/* Jitter buffer: packets in, in the order and at the pace of their time stamps out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "jitter.h"

enum {
	TARGET_MIN_MS = 20,
	TARGET_MAX_MS = 160,
	WINDOW_TAKES = 100, /* 2 s */
	SLOT_FIRST = 168,   /* 20 ms of G.711 */
};

void jitter_init(struct jitter *j, uint32_t clock)
{
	memset(j, 0, sizeof(*j));
	jitter_reset(j, clock);
}

void jitter_release(struct jitter *j)
{
	free(j->slab);
	j->slab = NULL;
	j->slot_size = 0;
	j->count = 0;
}

void jitter_reset(struct jitter *j, uint32_t clock)
{
	j->clock = clock;
	j->count = 0;
	j->playing = j->started = false;
	j->target_ms = TARGET_MIN_MS;
	j->spare_min = UINT32_MAX;
	j->takes = 0;
	for (unsigned i = 0; i < JITTER_SLOTS; i++)
		j->order[i] = (uint8_t)i;
}

static uint32_t ms_units(const struct jitter *j, uint32_t ms)
{
	return j->clock / 1000 * ms;
}

static int grow(struct jitter *j, size_t len)
{
	size_t size = j->slot_size ? j->slot_size : SLOT_FIRST;
	uint8_t *slab;

	while (size < len)
		size *= 2;
	slab = malloc(size * JITTER_SLOTS);
	if (!slab)
		return ENOMEM;
	for (unsigned i = 0; i < j->count; i++) {
		size_t slot = j->order[i];

		memcpy(slab + slot * size, j->slab + slot * j->slot_size, j->slots[slot].len);
	}
	free(j->slab);
	j->slab = slab;
	j->slot_size = size;
	return 0;
}

static void remove_oldest(struct jitter *j)
{
	uint8_t slot = j->order[0];

	memmove(j->order, j->order + 1, JITTER_SLOTS - 1);
	j->order[JITTER_SLOTS - 1] = slot;
	j->count--;
}

static void adapt(struct jitter *j, uint32_t jitter_us)
{
	uint32_t want = TARGET_MIN_MS + jitter_us * 3 / 1000;

	j->target_ms = want > TARGET_MAX_MS ? TARGET_MAX_MS : want;
}

int jitter_put(struct jitter *j, uint32_t ts, const uint8_t *payload, size_t len, int64_t now_us,
	uint32_t jitter_us)
{
	int32_t far = (int32_t)ms_units(j, 1000);
	unsigned at;
	uint8_t slot;

	if (len > UINT16_MAX)
		return EINVAL;
	if (j->started) {
		int32_t ahead = (int32_t)(ts - j->next_ts);

		if (ahead < -far || ahead > 10 * far)
			jitter_reset(j, j->clock); /* the sender started another time line */
		else if (ahead < 0) {
			j->late++;
			return ETIME;
		}
	}
	if (len > j->slot_size && grow(j, len))
		return ENOMEM;
	adapt(j, jitter_us);
	if (j->count == JITTER_SLOTS) {
		remove_oldest(j);
		j->dropped++;
	}
	for (at = j->count; at > 0; at--) {
		int32_t after = (int32_t)(ts - j->slots[j->order[at - 1]].ts);

		if (!after)
			return EALREADY;
		if (after > 0)
			break;
	}
	slot = j->order[j->count];
	memmove(j->order + at + 1, j->order + at, j->count - at);
	j->order[at] = slot;
	j->slots[slot].ts = ts;
	j->slots[slot].len = (uint16_t)len;
	if (len)
		memcpy(j->slab + slot * j->slot_size, payload, len);
	if (!j->count++ && !j->playing)
		j->first_us = now_us;
	return 0;
}

/* Delay that no packet has needed for a whole window is given back, one packet at a time. */
static void trim(struct jitter *j)
{
	uint32_t newest = j->slots[j->order[j->count - 1]].ts;
	uint32_t spare = newest - j->slots[j->order[0]].ts;

	if (spare < j->spare_min)
		j->spare_min = spare;
	if (++j->takes < WINDOW_TAKES)
		return;
	if (j->spare_min >= ms_units(j, j->target_ms + TARGET_MIN_MS) && j->count > 1) {
		remove_oldest(j);
		j->dropped++;
		j->next_ts = j->slots[j->order[0]].ts;
	}
	j->spare_min = UINT32_MAX;
	j->takes = 0;
}

enum jitter_result jitter_take(
	struct jitter *j, int64_t now_us, const uint8_t **payload, size_t *len)
{
	const struct jitter_slot *slot;
	int32_t gap;

	if (!j->count) {
		j->playing = false;
		return JITTER_EMPTY;
	}
	if (!j->playing) {
		if (now_us - j->first_us < (int64_t)j->target_ms * 1000)
			return JITTER_EMPTY;
		j->playing = j->started = true;
		j->next_ts = j->slots[j->order[0]].ts;
		j->spare_min = UINT32_MAX;
		j->takes = 0;
	}
	trim(j);
	slot = &j->slots[j->order[0]];
	gap = (int32_t)(slot->ts - j->next_ts);
	if (gap > 0 && gap < (int32_t)ms_units(j, 1000))
		return JITTER_LOST;
	j->next_ts = slot->ts;
	*payload = j->slab + j->order[0] * j->slot_size;
	*len = slot->len;
	remove_oldest(j);
	return JITTER_FRAME;
}

void jitter_played(struct jitter *j, uint32_t units)
{
	if (j->playing)
		j->next_ts += units;
}
