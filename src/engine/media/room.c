/* A room: the legs and recorders of one conversation. */
#include <stdlib.h>
#include <string.h>
#include "leg.h"
#include "mix.h"
#include "room.h"

struct room *room_create(uint64_t id)
{
	struct room *room = calloc(1, sizeof(*room));

	if (!room)
		return NULL;
	room->id = id;
	list_init(&room->in_phase);
	list_init(&room->legs);
	list_init(&room->recorders);
	return room;
}

void room_free(struct room *room)
{
	struct media_thread *t;

	if (!room)
		return;
	t = room->thread;
	list_for_each_safe(pos, tmp, &room->recorders)
		room_record_stop(room, list_entry(pos, struct recorder, in_room));
	list_for_each_safe(pos, tmp, &room->legs) leg_free(list_entry(pos, struct leg, in_room));
	if (t) {
		hash_remove_id(t->rooms, room->id);
		list_remove(&room->in_phase);
		t->room_count--;
		thread_tick_needed(t);
	}
	free(room);
}

/* A leg keeps what is played to it only while somebody records it. */
void room_want_prompts(struct media_thread *t, const struct recorder *r, int more)
{
	struct leg *leg = r->with_prompts ? hash_get_id(t->legs, r->leg) : NULL;

	if (leg)
		leg->prompt_recorders += more;
}

void room_record_stop(struct room *room, struct recorder *r)
{
	struct media_thread *t = room->thread;

	room_want_prompts(t, r, -1);
	hash_remove_id(t->recorders, r->id);
	list_remove(&r->in_room);
	recorder_finish(r);
	writer_wake(t->media->writer);
}

static void record_tick(struct room *room, struct recorder *r)
{
	const int16_t *left = NULL;
	int16_t right[FRAME8];
	struct mix mix;

	mix_begin(&mix, FRAME8);
	list_for_each(pos, &room->legs)
	{
		struct leg *leg = list_entry(pos, struct leg, in_room);

		if (leg->id == r->leg) {
			left = leg_frame(leg, RECORDER_RATE);
			if (r->with_prompts && leg->has_played)
				mix_add(&mix, leg->played);
		} else if (r->channels == 2) {
			mix_add(&mix, leg_frame(leg, RECORDER_RATE));
		}
	}
	recorder_push(r, left, mix_end(&mix, right) ? right : NULL);
	if (recorder_silence(r, left)) {
		struct media_event event = {
			.type = MEDIA_SILENCE, .room = room->id, .leg = r->leg, .record = r->id
		};

		media_emit(room->thread->media, &event);
	}
	if (recorder_full(r))
		room_record_stop(room, r);
}

void room_tick(struct room *room)
{
	list_for_each(pos, &room->legs) leg_in_tick(list_entry(pos, struct leg, in_room));
	list_for_each(pos, &room->legs) leg_out_tick(list_entry(pos, struct leg, in_room));
	list_for_each_safe(pos, tmp, &room->recorders)
		record_tick(room, list_entry(pos, struct recorder, in_room));
}

void room_skip(struct room *room, uint32_t ticks)
{
	list_for_each(pos, &room->recorders)
		recorder_push_silence(list_entry(pos, struct recorder, in_room), ticks);
}
