/* Adding sound up. Pure. */
#ifndef HOTLINE_MEDIA_MIX_H
#define HOTLINE_MEDIA_MIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MIX_MAX = 320 };

struct mix {
	size_t count; /* samples of a frame */
	unsigned parts;
	const int16_t *only; /* while parts is 1 */
	int32_t sum[MIX_MAX];
};

void mix_begin(struct mix *m, size_t count);
/* NULL adds nothing. samples must stay valid until mix_end. */
void mix_add(struct mix *m, const int16_t *samples);
/* Writes the sum, limited to 16 bits; silence and false when nothing was added. */
bool mix_end(struct mix *m, int16_t *out);
/* Adds quiet to out, 12 dB down. */
void mix_under(int16_t *out, const int16_t *quiet, size_t count);
uint64_t mix_energy(const int16_t *samples, size_t count); /* sum of squares */

#endif
