/* 8 kHz <-> 16 kHz by a half-band filter. */
#include <string.h>
#include "resample.h"

enum { FRAME8 = 160 };

/* The odd taps 1, 3, ... 23 from the centre of a sinc with a Kaiser window (beta 5.65); the even ones are zero and the centre is 0.5.
 * They are scaled so that both phases have the gain 1. */
static const float side[RESAMPLE_SIDE] = {
	0.317047695f,
	-0.101975437f,
	0.056929431f,
	-0.036431594f,
	0.024387855f,
	-0.016440437f,
	0.010915806f,
	-0.007015185f,
	0.004285465f,
	-0.002428637f,
	0.001224820f,
	-0.000499783f,
};

static int16_t clip(float v)
{
	if (v > 32767.0f)
		return 32767;
	if (v < -32768.0f)
		return -32768;
	return (int16_t)(v < 0 ? v - 0.5f : v + 0.5f);
}

void resample_down(struct resample_down *r, const int16_t *in, int16_t *out, size_t samples)
{
	float line[RESAMPLE_DOWN_HISTORY + 2 * FRAME8];
	const size_t centre = 2 * RESAMPLE_SIDE - 1;

	memcpy(line, r->history, sizeof(r->history));
	for (size_t i = 0; i < 2 * samples; i++)
		line[RESAMPLE_DOWN_HISTORY + i] = in[i];
	for (size_t i = 0; i < samples; i++) {
		const float *x = line + 2 * i + centre;
		float sum = 0.5f * x[0];

		for (size_t k = 0; k < RESAMPLE_SIDE; k++)
			sum += side[k] * (x[2 * k + 1] + x[-(ptrdiff_t)(2 * k + 1)]);
		out[i] = clip(sum);
	}
	memcpy(r->history, line + 2 * samples, sizeof(r->history));
}

void resample_up(struct resample_up *r, const int16_t *in, int16_t *out, size_t samples)
{
	float line[RESAMPLE_UP_HISTORY + FRAME8];

	memcpy(line, r->history, sizeof(r->history));
	for (size_t i = 0; i < samples; i++)
		line[RESAMPLE_UP_HISTORY + i] = in[i];
	for (size_t i = 0; i < samples; i++) {
		const float *x = line + i + RESAMPLE_SIDE - 1;
		float sum = 0;

		for (size_t k = 0; k < RESAMPLE_SIDE; k++)
			sum += side[k] * (x[k + 1] + x[-(ptrdiff_t)k]);
		out[2 * i] = clip(x[0]);
		out[2 * i + 1] = clip(2 * sum);
	}
	memcpy(r->history, line + samples, sizeof(r->history));
}
