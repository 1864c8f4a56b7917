/* Rooms: who hears whom, and recordings. */
#include <errno.h>
#include <stdlib.h>
#include "voice/voice_private.h"

struct voice_room *voice_room_create(struct voice *v)
{
	struct voice_room *room = calloc(1, sizeof(*room));

	if (!room)
		return NULL;
	room->v = v;
	list_init(&room->legs);
	room->media = media_room_create(v->media);
	if (!room->media) {
		free(room);
		return NULL;
	}
	list_append(&v->rooms, &room->in_voice);
	return room;
}

static void forget_room(void *value, void *arg)
{
	struct voice_record *record = value;

	if (record->room != arg)
		return;
	media_record_stop(record->v->media, record->media);
	record->room = NULL;
}

void voice_room_free(struct voice_room *room)
{
	if (!room)
		return;
	hash_each(room->v->recordings, forget_room, room);
	list_for_each_safe(pos, tmp, &room->legs)
	{
		struct voice_leg *leg = list_entry(pos, struct voice_leg, in_room);

		voice_leg_hangup(leg, 0);
		voice_leg_forget_media(leg);
		room_leave(leg);
	}
	media_room_free(room->v->media, room->media);
	list_remove(&room->in_voice);
	free(room);
}

/* Takes the leg out of the room and out of everybody's ears. */
void room_leave(struct voice_leg *leg)
{
	struct voice_room *room = leg->room;

	if (!room)
		return;
	list_remove(&leg->in_room);
	leg->room = NULL;
	leg->hear_count = 0;
	list_for_each(pos, &room->legs)
	{
		struct voice_leg *other = list_entry(pos, struct voice_leg, in_room);
		size_t kept = 0;

		for (size_t i = 0; i < other->hear_count; i++) {
			if (other->hears[i] != leg)
				other->hears[kept++] = other->hears[i];
		}
		if (kept != other->hear_count) {
			other->hear_count = kept;
			voice_leg_apply_hearing(other);
		}
	}
}

/* After a leg's media id has changed: tell media again who hears whom. */
void room_apply_hearing(struct voice_room *room)
{
	list_for_each(pos, &room->legs)
		voice_leg_apply_hearing(list_entry(pos, struct voice_leg, in_room));
}

int voice_room_record(struct voice_room *room, uint64_t tag, struct voice_leg *left,
	const struct media_record_config *config)
{
	struct media_record_config c = *config;
	struct voice_record *record = calloc(1, sizeof(*record));

	if (!record)
		return ENOMEM;
	c.leg = left->media;
	record->v = room->v;
	record->room = room;
	record->tag = tag;
	record->media = media_record_start(room->v->media, room->media, &c);
	if (!record->media || hash_set_id(room->v->recordings, record->media, record)) {
		free(record);
		return ENOMEM;
	}
	return 0;
}

struct record_search {
	const struct voice_room *room;
	uint64_t tag;
	struct voice_record *found;
};

static void match_record(void *value, void *arg)
{
	struct record_search *search = arg;
	struct voice_record *record = value;

	if (record->room == search->room && record->tag == search->tag)
		search->found = record;
}

static struct voice_record *find_record(struct voice_room *room, uint64_t tag)
{
	struct record_search search = { room, tag, NULL };

	hash_each(room->v->recordings, match_record, &search);
	return search.found;
}

void voice_room_record_pause(struct voice_room *room, uint64_t tag, bool paused)
{
	struct voice_record *record = find_record(room, tag);

	if (record)
		media_record_pause(room->v->media, record->media, paused);
}

void voice_room_record_stop(struct voice_room *room, uint64_t tag)
{
	struct voice_record *record = find_record(room, tag);

	if (record)
		media_record_stop(room->v->media, record->media);
}

void room_recorded(struct voice *v, const struct media_event *event)
{
	struct voice_record *record = hash_get_id(v->recordings, event->record);
	struct voice_recording done = { 0 };

	if (!record)
		return;
	done.tag = record->tag;
	done.path = event->text;
	done.milliseconds = event->milliseconds;
	done.degraded = event->degraded;
	done.silence = event->type == MEDIA_SILENCE;
	if (!done.silence) {
		hash_remove_id(v->recordings, event->record);
		free(record);
	}
	if (v->config.recording)
		v->config.recording(&done, v->config.arg);
}
