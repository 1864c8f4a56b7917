/* Insides of voice, shared by its files. Switch loop only. */
#ifndef HOTLINE_ENGINE_VOICE_PRIVATE_H
#define HOTLINE_ENGINE_VOICE_PRIVATE_H

#include "hash.h"
#include "list.h"
#include "loop/loop.h"
#include "voice/negotiate.h"
#include "voice/voice.h"

#define LEG_HEARS_MAX 8

struct voice {
	struct voice_config config;
	char *public_address; /* owned copies of what config pointed to are kept by the stacks */
	struct loop *loop;
	struct sip_stack *sip;
	struct media *media;
	struct hash *legs_by_sip; /* sip call id -> leg; a leg being re-attached is in here twice */
	struct hash *legs_by_media; /* media leg id -> leg */
	struct hash *stats_tags;    /* media leg id of a dead leg -> struct dead_leg */
	struct hash *recordings;    /* media record id -> struct voice_record */
	struct list rooms;
	uint64_t next_play;
};

struct voice_room {
	struct voice *v;
	struct list in_voice;
	uint64_t media;
	struct list legs; /* struct voice_leg.in_room */
};

struct voice_record {
	struct voice *v;
	struct voice_room *room; /* NULL when the room has gone */
	uint64_t media, tag;
};

/* The second connection under a leg while it is being re-attached. */
struct reattach {
	uint64_t sip, media;
	struct negotiation sdp;
};

struct voice_leg {
	struct voice *v;
	struct voice_room *room; /* NULL: not entered, or the room has gone */
	struct list in_room;
	enum voice_leg_state state;
	uint64_t sip, media, tag;
	bool outgoing, entered, guest;
	char *account; /* outgoing: whom we called; for the re-attach */
	char *caller, *caller_name;
	struct negotiation sdp;
	struct codec_order order;
	char *offer;            /* the peer's, until we have answered */
	bool offered_in_answer; /* our 2xx carries an offer (the INVITE had none) */
	bool early;             /* we sent SDP in a 183 */
	bool hangup_asked;
	voice_leg_h *h;
	void *arg;
	struct voice_leg *hears[LEG_HEARS_MAX];
	size_t hear_count;
	bool muted;
	uint64_t play, play_tag; /* running play: the id media knows and the caller's tag */
	struct loop_timer grace;
	struct reattach *again;
};

/* leg.c */
struct voice_leg *voice_leg_create(struct voice *v);
void voice_leg_free(struct voice_leg *leg);
void voice_leg_emit(struct voice_leg *leg, const struct voice_event *event);
void voice_leg_down(struct voice_leg *leg, int status, bool by_peer);
void voice_leg_apply_hearing(struct voice_leg *leg);
void voice_leg_forget_media(
	struct voice_leg *leg); /* frees the media leg; its statistics still arrive */
int voice_leg_take_answer(struct voice_leg *leg, const char *sdp);

/* events.c: run on the switch loop */
void voice_on_sip(struct voice *v, const struct sip_event *event);
void voice_on_media(struct voice *v, const struct media_event *event);

/* reattach.c */
void reattach_event(struct voice_leg *leg, const struct sip_event *event);
void reattach_drop(struct voice_leg *leg);
void reattach_wait(struct voice_leg *leg); /* starts the grace time */

/* room.c */
void room_apply_hearing(struct voice_room *room);
void room_leave(struct voice_leg *leg);
void room_recorded(struct voice *v, const struct media_event *event);

#endif
