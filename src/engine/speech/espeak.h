/* espeak-ng as a helper process. GPL-3: it is run, never linked. */
#ifndef HOTLINE_ENGINE_SPEECH_ESPEAK_H
#define HOTLINE_ENGINE_SPEECH_ESPEAK_H

#include <sys/types.h>

#define ESPEAK_LIMIT_MS 20000 /* for one text; it needs a few milliseconds */

const char *espeak_voice(const char *language); /* NULL: none */
/* Speaks text into a WAV file and waits. stop_fd: becomes readable when it shall give up. 0, ENOENT: not installed, ETIMEDOUT, ECANCELED,
 * EIO: it failed. */
int espeak_run(const char *text, const char *voice, const char *path, int stop_fd);

#endif
