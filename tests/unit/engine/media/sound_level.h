/* How loud one frequency is in a piece of sound: the peak of the sine that fits best. */
#ifndef HOTLINE_TEST_SOUND_LEVEL_H
#define HOTLINE_TEST_SOUND_LEVEL_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

static inline double tone_level(const int16_t *samples, size_t count, double hz, int rate)
{
	double re = 0, im = 0;

	for (size_t i = 0; i < count; i++) {
		double phase = 2 * M_PI * hz * (double)i / rate;

		re += samples[i] * cos(phase);
		im += samples[i] * sin(phase);
	}
	return 2 * sqrt(re * re + im * im) / (double)count;
}

#endif
