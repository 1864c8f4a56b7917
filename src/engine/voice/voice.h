/* Calls, legs and bridges: SIP and media as one thing. Everything here runs on the switch loop and nowhere else, callbacks too.
 *
 * A room is a conversation: the caller's leg is answered once with our SDP and stays; what it hears (prompt, music, an agent) changes
 * behind it. voice negotiates SDP (G.722, PCMA, PCMU, Opus, telephone-event; RTP/AVP and UDP/TLS/RTP/SAVPF), joins SIP and
 * media events into leg events and keeps a browser's leg through a page reload. */
#ifndef HOTLINE_ENGINE_VOICE_H
#define HOTLINE_ENGINE_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "media/media.h"
#include "sip/sip.h"

struct voice;
struct voice_room;
struct voice_leg;
struct loop;

enum voice_leg_state { LEG_NEW, LEG_RINGING, LEG_EARLY, LEG_UP, LEG_LOST, LEG_DOWN };

enum voice_event_type {
	VOICE_RINGING,   /* outgoing leg: the phone rings */
	VOICE_EARLY,     /* outgoing leg: early media flows */
	VOICE_ANSWERED,  /* the leg is up */
	VOICE_DIGIT,     /* digit */
	VOICE_PLAY_DONE, /* tag of voice_leg_play; complete: false when a file could not be read */
	VOICE_LOST,      /* the browser's connection closed; the leg is kept for the grace time */
	VOICE_BACK,      /* re-attached */
	VOICE_QUIET,     /* no audio arrives */
	VOICE_AUDIBLE,   /* audio arrives again */
	VOICE_DOWN,      /* the end: status, by_peer. The leg is freed after the handler returns */
};

struct voice_event {
	enum voice_event_type type;
	char digit;
	uint64_t tag;
	bool complete, by_peer;
	int status; /* SIP status of VOICE_DOWN; 200: normal */
};
typedef void(voice_leg_h)(struct voice_leg *leg, const struct voice_event *event, void *arg);

/* An incoming call. The handler takes the leg (sets its handler) or refuses it. event is valid during the call. */
typedef void(voice_incoming_h)(struct voice_leg *leg, const struct sip_event *event, void *arg);
/* Registrations and trunk states, passed on to the switch loop. */
typedef void(voice_registration_h)(const char *account, unsigned contacts, bool browser, void *arg);
typedef void(voice_trunk_h)(const char *trunk, bool up, void *arg);
/* A recording is closed and readable (also after its room has gone), or (silence) its speaker has been silent for silence_ms. */
struct voice_recording {
	uint64_t tag; /* given to voice_room_record */
	const char *path;
	int64_t milliseconds;
	bool degraded, silence;
};
typedef void(voice_recording_h)(const struct voice_recording *recording, void *arg);
/* What a leg's media did, once, a moment after VOICE_DOWN. tag: of voice_leg_set_tag. */
typedef void(voice_stats_h)(uint64_t tag, const struct media_stats *stats, void *arg);

struct voice_config {
	struct loop *loop; /* the switch loop */
	struct sip_config sip;
	struct media_config media;
	int64_t grace_ms; /* a lost browser leg is kept so long; 0: 30000 */
	voice_incoming_h *incoming;
	voice_registration_h *registration;
	voice_trunk_h *trunk;
	voice_recording_h *recording;
	voice_stats_h *stats;
	void *arg;
};

/* Creates and starts both stacks. From the main thread; the rest of this header from the loop. */
int voice_create(struct voice **vp, const struct voice_config *config);
void voice_stop(struct voice *v);
void voice_free(struct voice *v);
struct sip_stack *voice_sip(struct voice *v);
struct media *voice_media(struct voice *v);

/* --- rooms --- */
struct voice_room *voice_room_create(struct voice *v);
void voice_room_free(struct voice_room *
		room); /* hangs up the legs still in it (their handlers are told), stops recordings */
/* tag, not 0 and chosen by the caller, comes back in the recording handler. left: the leg on the left side. ENOMEM. */
int voice_room_record(struct voice_room *room, uint64_t tag, struct voice_leg *left,
	const struct media_record_config *config);
void voice_room_record_pause(struct voice_room *room, uint64_t tag, bool paused);
void voice_room_record_stop(struct voice_room *room, uint64_t tag);

/* --- legs --- */
/* An incoming leg into a room: needed before anything else is done with it. */
int voice_leg_enter(struct voice_leg *leg, struct voice_room *room, voice_leg_h *h, void *arg);
void voice_leg_ring(struct voice_leg *leg); /* 180 */
int voice_leg_early(struct voice_leg
		*leg); /* 183 with SDP: prompts before the answer. EPROTO: no common codec */
/* 200. EPROTO: no codec in common (the leg has been refused with 488 and VOICE_DOWN follows). */
int voice_leg_answer(struct voice_leg *leg);
void voice_leg_refuse(struct voice_leg *leg, int status);
/* Calls out into a room. VOICE_DOWN with 480 / 404 / 408 / 486 ... when it fails. NULL: out of memory or ports. target.sdp is ours to make. */
struct voice_leg *voice_leg_call(struct voice_room *room, const struct sip_target *target,
	bool browser, voice_leg_h *h, void *arg);
void voice_leg_hangup(
	struct voice_leg *leg, int status); /* VOICE_DOWN follows (never from inside this call) */
enum voice_leg_state voice_leg_state(const struct voice_leg *leg);
void voice_leg_set_handler(struct voice_leg *leg, voice_leg_h *h, void *arg);
void voice_leg_set_tag(struct voice_leg *leg, uint64_t tag); /* for the stats handler */
struct voice_room *voice_leg_room(const struct voice_leg *leg);
const char *voice_leg_codec(
	const struct voice_leg *leg); /* "PCMA", "G722", "opus"; "" before negotiation */
uint64_t voice_leg_id(const struct voice_leg *leg); /* SIP call id */
/* Re-attach: calls the account's browser again (auto-answer header X-Hotline-Reattach) and puts the new connection under this leg. The room
 * and the other legs notice nothing. EALREADY when one is under way, EINVAL when the leg is not LOST. */
int voice_leg_reattach(struct voice_leg *leg);

/* Both hear each other, nobody else; plays on both are stopped. */
void voice_bridge(struct voice_leg *a, struct voice_leg *b);
void voice_unbridge(struct voice_leg *leg); /* hears nobody */
void voice_leg_hear(struct voice_leg *leg, struct voice_leg *const *others, size_t count);
void voice_leg_mute(struct voice_leg *leg, bool muted);
/* tag comes back in VOICE_PLAY_DONE when the play ends by itself. A play that is replaced or stopped is not reported. */
void voice_leg_play(struct voice_leg *leg, uint64_t tag, const struct media_part *parts,
	size_t count, bool loop);
void voice_leg_stop(struct voice_leg *leg);
void voice_leg_send_digits(struct voice_leg *leg, const char *digits);

#endif
