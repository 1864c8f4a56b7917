/* Jitter buffer: packets in, in the order and at the pace of their time stamps out. Ordered by time stamp, not by sequence
 * number, because key events and comfort noise use numbers of the audio too. One thread. */
#ifndef HOTLINE_MEDIA_JITTER_H
#define HOTLINE_MEDIA_JITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JITTER_SLOTS = 32 };

enum jitter_result {
	JITTER_FRAME, /* here is the next packet */
	JITTER_LOST,  /* it is missing, later ones are there: conceal */
	JITTER_EMPTY, /* nothing to play: conceal and fade */
};

struct jitter {
	uint8_t *slab; /* JITTER_SLOTS * slot_size bytes, owned */
	size_t slot_size;
	struct jitter_slot {
		uint32_t ts;
		uint16_t len;
	} slots[JITTER_SLOTS];
	uint8_t order
		[JITTER_SLOTS]; /* the first `count` are filled, oldest first; the rest are free */
	unsigned count;
	uint32_t clock; /* time stamp units per second */
	bool playing, started;
	uint32_t next_ts;   /* of the next sample to play */
	int64_t first_us;   /* arrival of the first packet after a pause */
	uint32_t target_ms; /* waited for before playing begins */
	uint32_t spare_min; /* least units waiting after a take, in this window */
	unsigned takes;     /* in this window */
	uint64_t late, dropped;
};

void jitter_init(struct jitter *j,
	uint32_t clock); /* also forgets what was there (after jitter_release or zeroed) */
void jitter_release(struct jitter *j);
void jitter_reset(struct jitter *j, uint32_t clock); /* keeps memory and counters */

/* Copies the payload. jitter_us: as measured on arrival, sets how long to wait. 0, EALREADY (duplicate), ETIME (too late),
 * ENOMEM. A full buffer loses its oldest packet. */
int jitter_put(struct jitter *j, uint32_t ts, const uint8_t *payload, size_t len, int64_t now_us,
	uint32_t jitter_us);
/* The payload stays valid until the next call on j. After playing (or concealing) say how much with jitter_played. */
enum jitter_result jitter_take(
	struct jitter *j, int64_t now_us, const uint8_t **payload, size_t *len);
void jitter_played(struct jitter *j, uint32_t units);

#endif
