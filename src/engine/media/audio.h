/* Decoded sound of a prompt, shared by the plays that use it and by the cache. Immutable once made. Any thread. */
#ifndef HOTLINE_MEDIA_AUDIO_H
#define HOTLINE_MEDIA_AUDIO_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct audio {
	atomic_int references;
	int rate; /* 8000 or 16000 */
	size_t count;
	int16_t samples[];
};

struct audio *audio_hold(struct audio *a);
void audio_release(struct audio *a); /* accepts NULL */

/* Reads a whole file as mono at this rate, one reference for the caller. 0, ENOENT, EINVAL (no audio file), E2BIG (more than
 * max_samples at that rate), ENOMEM. Blocks. */
int audio_read(struct audio **ap, const char *path, int rate, size_t max_samples);

#endif
