/* The folder of spoken texts. Bounded: what has not been asked for longest goes first. */
#ifndef HOTLINE_ENGINE_SPEECH_CACHE_H
#define HOTLINE_ENGINE_SPEECH_CACHE_H

#include <stdbool.h>
#include <stdint.h>

/* Is the file there? Marks it as used now. Any thread. */
bool cache_has(const char *path);
/* Bytes in the folder; drops the oldest files down to nine tenths when they are more than max. */
int64_t cache_trim(const char *dir, int64_t max);

#endif
