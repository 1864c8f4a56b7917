/* One recording: filled tick by tick on a media thread, emptied by the writer thread. Between them a ring without a lock; a full
 * ring costs sound, never time, and what was lost is written as silence so that the length stays true. */
#ifndef HOTLINE_MEDIA_RECORDER_H
#define HOTLINE_MEDIA_RECORDER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "codec.h"
#include "list.h"
#include "media/media.h"

enum { RECORDER_RATE = 8000, RECORDER_TICK_MS = 20 };

struct recorder_slot {
	uint32_t silence_before; /* ticks */
	int16_t samples[2 * FRAME8];
};

struct recorder {
	uint64_t id, room, leg;
	char *path; /* owned */
	unsigned channels;

	/* The ring. head: next to fill, moved by the media thread; tail: next to empty, moved by the writer. */
	size_t slots;
	uint8_t *ring;
	size_t slot_size;
	atomic_size_t head, tail;
	atomic_bool finished, degraded;
	_Atomic uint32_t silence_after; /* ticks; valid once finished */

	/* media thread */
	struct list in_room;
	bool with_prompts, paused;
	uint32_t silence_pending;
	int64_t ticks, max_ticks;
	int64_t silence_ticks; /* 0: no event */
	int64_t quiet_ticks;
	bool silence_told;
	uint32_t noise; /* floor of the mean square */

	/* writer thread */
	struct list in_writer;
	int fd;
	uint64_t data_bytes, header_bytes; /* written; said by the header */
	uint64_t owed;                     /* bytes of silence for what could not be written */
	int64_t due_ms;
	bool open_failed;
	bool hole; /* the file ends with silence that is not on the disk */
};

struct recorder *recorder_create(
	uint64_t id, uint64_t room, const struct media_record_config *config, size_t ring_ms);
void recorder_free(struct recorder *r);

/* Media thread. NULL stands for silence; right is ignored for mono. */
void recorder_push(struct recorder *r, const int16_t *left, const int16_t *right);
void recorder_push_silence(struct recorder *r, uint32_t ticks);
/* The speaker (left) has been silent for silence_ms: true once per silence. To be asked after each push. */
bool recorder_silence(struct recorder *r, const int16_t *left);
bool recorder_full(const struct recorder *r); /* max_ms reached */
/* The last call of the media thread; the writer owns it from here. */
void recorder_finish(struct recorder *r);

/* Writer thread: the oldest slot or NULL; recorder_pop gives it back. */
const struct recorder_slot *recorder_peek(struct recorder *r);
void recorder_pop(struct recorder *r);

#endif
