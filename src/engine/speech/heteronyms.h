/* Words espeak-ng 1.51 reads with the wrong sound, and the pinyin it is given instead. */
#ifndef HOTLINE_ENGINE_SPEECH_HETERONYMS_H
#define HOTLINE_ENGINE_SPEECH_HETERONYMS_H

struct heteronym {
	const char *word, *pinyin;
};
extern const struct heteronym heteronyms[]; /* ends with a zero row */

#endif
