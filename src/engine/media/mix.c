/* Adding sound up. */
#include <string.h>
#include "mix.h"

static int16_t limit(int32_t v)
{
	if (v > INT16_MAX)
		return INT16_MAX;
	return v < INT16_MIN ? INT16_MIN : (int16_t)v;
}

void mix_begin(struct mix *m, size_t count)
{
	m->count = count;
	m->parts = 0;
	m->only = NULL;
}

void mix_add(struct mix *m, const int16_t *samples)
{
	if (!samples)
		return;
	if (!m->parts++) {
		m->only = samples;
		return;
	}
	if (m->only) {
		for (size_t i = 0; i < m->count; i++)
			m->sum[i] = m->only[i];
		m->only = NULL;
	}
	for (size_t i = 0; i < m->count; i++)
		m->sum[i] += samples[i];
}

bool mix_end(struct mix *m, int16_t *out)
{
	if (!m->parts) {
		memset(out, 0, m->count * sizeof(*out));
		return false;
	}
	if (m->only) {
		memcpy(out, m->only, m->count * sizeof(*out));
		return true;
	}
	for (size_t i = 0; i < m->count; i++)
		out[i] = limit(m->sum[i]);
	return true;
}

void mix_under(int16_t *out, const int16_t *quiet, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = limit(out[i] + quiet[i] / 4);
}

uint64_t mix_energy(const int16_t *samples, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (uint64_t)((int32_t)samples[i] * samples[i]);
	return sum;
}
