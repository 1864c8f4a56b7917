/* 8 kHz <-> 16 kHz by a half-band filter (47 taps, flat to 3.4 kHz, 60 dB down from 4.6 kHz). Pure, one thread; every stream has its own state. */
#ifndef HOTLINE_MEDIA_RESAMPLE_H
#define HOTLINE_MEDIA_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

enum {
	RESAMPLE_SIDE = 12,
	RESAMPLE_DOWN_HISTORY = 4 * RESAMPLE_SIDE - 2,
	RESAMPLE_UP_HISTORY = 2 * RESAMPLE_SIDE - 1
};

struct resample_down {
	float history[RESAMPLE_DOWN_HISTORY];
};
struct resample_up {
	float history[RESAMPLE_UP_HISTORY];
};

/* in: 2 * samples at 16 kHz; out: samples at 8 kHz; samples <= 160. Zeroed state is a fresh one. */
void resample_down(struct resample_down *r, const int16_t *in, int16_t *out, size_t samples);
/* in: samples at 8 kHz; out: 2 * samples at 16 kHz; samples <= 160. */
void resample_up(struct resample_up *r, const int16_t *in, int16_t *out, size_t samples);

#endif
