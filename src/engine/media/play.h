/* A list of files, tones and pauses being played. Made on any thread, then of one media thread. */
#ifndef HOTLINE_MEDIA_PLAY_H
#define HOTLINE_MEDIA_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "audio.h"
#include "media/media.h"
#include "tone.h"

enum { PLAY_PARTS_MAX = 512 };

struct play_part {
	enum media_part_kind kind;
	char *path;          /* FILE; owned */
	struct audio *audio; /* FILE; held once loaded */
	bool failed;
	uint16_t hz1, hz2;
	uint32_t on_ms, off_ms;
};

struct play {
	uint64_t id;
	bool loop, mix;
	int rate;        /* of the samples it renders; 0: not begun */
	size_t at;       /* part under way */
	size_t position; /* samples of it already played */
	struct tone tone;
	bool ended;   /* its last sample has been rendered */
	bool sounded; /* this round had at least one sample */
	size_t count;
	struct play_part parts[];
};

enum play_state { PLAY_GOES_ON, PLAY_ENDED };

/* Copies the parts (at most PLAY_PARTS_MAX). NULL: out of memory. */
struct play *play_create(
	uint64_t id, const struct media_part *parts, size_t count, bool loop, bool mix);
void play_free(struct play *p);
/* Takes over the reference; NULL: the part could not be read and is left out. */
void play_loaded(struct play *p, size_t part, struct audio *audio);
/* Fills out; silence while a file is being loaded and after the end. */
enum play_state play_render(struct play *p, int16_t *out, size_t samples);

#endif
