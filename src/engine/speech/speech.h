/* Text to speech: a recorded clip first, an HTTP speech service by setting, else espeak-ng as a helper process (GPL-3: run, never linked).
 * Results are cached as WAV files by hash of text, voice and version; nothing is synthesised twice. */
#ifndef HOTLINE_ENGINE_SPEECH_H
#define HOTLINE_ENGINE_SPEECH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct speech;

struct speech_config {
	const char *cache_dir;
	unsigned workers;   /* 0: 1 */
	size_t max_waiting; /* 0: 256; beyond: EAGAIN */
	int64_t max_bytes; /* of the cache, 0: 1 GiB; what has not been asked for longest goes first */
};
int speech_create(struct speech **sp, const struct speech_config *config);
void speech_free(struct speech *s); /* stops its workers and helper processes */

/* Where the spoken text is. If it is in the cache: 0 and path (at most size). Otherwise EINPROGRESS: it is being made, and done will be
 * called once on a worker (err 0: path readable). ENOENT: no voice for this language. At most 2,000 characters. Any thread, never blocks. */
typedef void(speech_done_h)(int err, const char *path, void *arg);
int speech_get(struct speech *s, const char *text, const char *language, char *path, size_t size,
	speech_done_h *done, void *arg);
/* The same and waits; for job workers. */
int speech_make(struct speech *s, const char *text, const char *language, char *path, size_t size);
/* Digits, money and dates in running text brought to words, heteronyms replaced (银行, 重庆); what espeak-ng is given. */
int speech_normalize(char *out, size_t size, const char *text, const char *language);

#endif
