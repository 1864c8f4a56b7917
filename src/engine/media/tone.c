/* One or two sine waves. */
#include <spandsp.h>
#include <string.h>
#include "tone.h"

/* spandsp's phase rates are for 8000 samples a second. */
static int32_t step(uint16_t hz, int rate)
{
	return hz ? dds_phase_rate((float)hz * 8000.0f / (float)rate) : 0;
}

void tone_init(struct tone *t, uint16_t hz1, uint16_t hz2, int rate, float level_dbm0)
{
	memset(t, 0, sizeof(*t));
	t->step1 = step(hz1, rate);
	t->step2 = step(hz2, rate);
	t->scale = dds_scaling_dbm0(level_dbm0);
}

void tone_fill(struct tone *t, int16_t *out, size_t samples)
{
	for (size_t i = 0; i < samples; i++) {
		int sum = 0;

		if (t->step1)
			sum += dds_mod(&t->phase1, t->step1, t->scale, 0);
		if (t->step2)
			sum += dds_mod(&t->phase2, t->step2, t->scale, 0);
		out[i] = (int16_t)sum;
	}
}
