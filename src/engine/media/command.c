/* Commands: made by any thread, applied by the media thread in the order posted. */
#include <stdlib.h>
#include "log/log.h"
#include "engine.h"
#include "leg.h"
#include "room.h"
#include "secure.h"

struct command *command_make(enum command_type type, uint64_t id)
{
	struct command *c = calloc(1, sizeof(*c));

	if (!c) {
		log_error("media", "command lost: out of memory", "type", LOG_I(type), NULL);
		return NULL;
	}
	list_init(&c->in_mailbox);
	c->type = type;
	c->id = id;
	return c;
}

void command_free(struct command *c)
{
	if (!c)
		return;
	switch (c->type) {
	case COMMAND_ROOM_ADD:
		room_free(c->with.room);
		break;
	case COMMAND_LEG_ADD:
		leg_free(c->with.leg);
		break;
	case COMMAND_LEG_PLAY:
		play_free(c->with.play);
		break;
	case COMMAND_RECORD_START:
		recorder_free(c->with.recorder);
		break;
	case COMMAND_LOADED:
		audio_release(c->with.loaded.audio);
		break;
	default:
		break;
	}
	free(c);
}

static void add_room(struct media_thread *t, struct command *c)
{
	struct room *room = c->with.room;

	if (hash_set_id(t->rooms, room->id, room)) {
		log_error("media", "room lost: out of memory", NULL);
		return;
	}
	c->with.room = NULL;
	room->thread = t;
	list_append(&t->phases[t->next_phase++ % PHASES], &room->in_phase);
	t->room_count++;
	thread_tick_needed(t);
}

static void add_leg(struct media_thread *t, struct command *c)
{
	struct leg *leg = c->with.leg;
	struct room *room = hash_get_id(t->rooms, c->id);

	leg->thread = t;
	if (!room || leg_enter(leg, room))
		log_warn("media", "leg without a room", "room", LOG_I(c->id), NULL);
	else
		c->with.leg = NULL;
}

static void start_record(struct media_thread *t, struct command *c)
{
	struct room *room = hash_get_id(t->rooms, c->id);
	struct recorder *r = c->with.recorder;

	c->with.recorder = NULL;
	/* From here it ends through the writer in every case, so that RECORD_DONE comes. */
	writer_add(t->media->writer, r);
	if (!room || hash_set_id(t->recorders, r->id, r)) {
		recorder_finish(r);
		writer_wake(t->media->writer);
		return;
	}
	list_append(&room->recorders, &r->in_room);
	room_want_prompts(t, r, 1);
}

static void apply_to_record(struct media_thread *t, struct command *c)
{
	struct recorder *r = hash_get_id(t->recorders, c->id);

	if (!r)
		return;
	if (c->type == COMMAND_RECORD_PAUSE) {
		r->paused = c->with.on;
	} else if (c->type == COMMAND_RECORD_LEG) {
		room_want_prompts(t, r, -1);
		r->leg = c->with.left;
		room_want_prompts(t, r, 1);
	} else {
		room_record_stop(hash_get_id(t->rooms, r->room), r);
	}
}

static void apply_to_leg(struct media_thread *t, struct command *c)
{
	struct leg *leg = hash_get_id(t->legs, c->id);

	if (!leg)
		return;
	switch (c->type) {
	case COMMAND_LEG_FREE:
		leg_free(leg);
		break;
	case COMMAND_LEG_REMOTE:
		leg_set_remote(leg, &c->with.remote);
		break;
	case COMMAND_LEG_ICE:
		if (leg->secure)
			secure_restart(leg->secure, c->with.ice.ufrag, c->with.ice.pwd);
		break;
	case COMMAND_LEG_HEAR:
		leg_hear(leg, c->with.hear.legs, c->with.hear.count);
		break;
	case COMMAND_LEG_MUTE:
		leg->muted = c->with.on;
		break;
	case COMMAND_LEG_PLAY:
		leg_set_play(leg, c->with.play);
		c->with.play = NULL;
		break;
	case COMMAND_LEG_STOP:
		leg_set_play(leg, NULL);
		break;
	case COMMAND_LEG_DIGITS:
		event_out_add(&leg->events, c->with.digits);
		break;
	case COMMAND_LOADED:
		leg_loaded(leg, c);
		c->with.loaded.audio = NULL;
		break;
	default:
		break;
	}
}

void command_apply(struct media_thread *t, struct command *c)
{
	switch (c->type) {
	case COMMAND_ROOM_ADD:
		add_room(t, c);
		break;
	case COMMAND_ROOM_FREE:
		room_free(hash_get_id(t->rooms, c->id));
		break;
	case COMMAND_LEG_ADD:
		add_leg(t, c);
		break;
	case COMMAND_RECORD_START:
		start_record(t, c);
		break;
	case COMMAND_RECORD_PAUSE:
	case COMMAND_RECORD_LEG:
	case COMMAND_RECORD_STOP:
		apply_to_record(t, c);
		break;
	case COMMAND_END:
		t->ending = true;
		break;
	default:
		apply_to_leg(t, c);
		break;
	}
	command_free(c);
}
