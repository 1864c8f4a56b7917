/* A room: the legs and recorders of one conversation. Media thread only. */
#ifndef HOTLINE_MEDIA_ROOM_H
#define HOTLINE_MEDIA_ROOM_H

#include "engine.h"

struct room {
	uint64_t id;
	struct media_thread *thread;
	struct list in_phase;
	struct list legs, recorders;
};

struct room *room_create(uint64_t id); /* any thread; NULL: out of memory */
void room_free(struct room *room);     /* with its legs; recordings are finished */
void room_tick(struct room *room);
/* Ticks that could not be run in time: recordings stay as long as the time that passed. */
void room_skip(struct room *room, uint32_t ticks);
void room_want_prompts(struct media_thread *t, const struct recorder *r, int more);
void room_record_stop(struct room *room, struct recorder *r);

#endif
