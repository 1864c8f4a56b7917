/* One or two sine waves with a cadence. Pure, one thread. */
#ifndef HOTLINE_MEDIA_TONE_H
#define HOTLINE_MEDIA_TONE_H

#include <stddef.h>
#include <stdint.h>

struct tone {
	uint32_t phase1, phase2;
	int32_t step1, step2; /* 0: no such wave */
	int16_t scale;
};

/* rate: samples a second, 8000 or 16000. level_dbm0: of each wave. */
void tone_init(struct tone *t, uint16_t hz1, uint16_t hz2, int rate, float level_dbm0);
void tone_fill(struct tone *t, int16_t *out, size_t samples);

#endif
