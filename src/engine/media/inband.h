/* Keys as tones in the sound, by spandsp. One thread per object. */
#ifndef HOTLINE_MEDIA_INBAND_H
#define HOTLINE_MEDIA_INBAND_H

#include <stddef.h>
#include <stdint.h>

struct inband;

struct inband *inband_create(void); /* NULL: out of memory */
void inband_free(struct inband *d);
/* Samples at 8 kHz; level: their mean square. Writes the keys found (at most max) and returns their number. */
size_t inband_listen(struct inband *d, const int16_t *samples, size_t count, uint32_t level,
	char *keys, size_t max);
void inband_skip(struct inband *d, size_t count); /* nothing came for so many samples */

#endif
