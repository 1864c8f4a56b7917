/* Media: RTP, SRTP, DTLS, ICE-lite, codecs, tones, prompts, mixing and recording. Knows nothing of SIP or SDP.
 *
 * A room lives on one media thread with all its legs, so mixing needs no lock. Functions may be called from any thread: they
 * copy and post, and take effect within one tick (20 ms). Events come on a media or writer thread; the handler must only copy
 * and post on. Ids are never reused. */
#ifndef HOTLINE_ENGINE_MEDIA_H
#define HOTLINE_ENGINE_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media;

enum media_codec { MEDIA_PCMU, MEDIA_PCMA, MEDIA_G722, MEDIA_OPUS };

enum media_event_type {
	MEDIA_LEG_CONNECTED, /* first valid packet (plain) or DTLS finished and fingerprint compared (browser) */
	MEDIA_LEG_FAILED, /* DTLS failed or the fingerprint is not the announced one */
	MEDIA_LEG_QUIET,  /* no packet for quiet_ms; once until packets come again */
	MEDIA_LEG_BACK,   /* packets again */
	MEDIA_DIGIT,      /* one key, at its end of detection; digit '0'-'9' '*' '#' 'A'-'D' */
	MEDIA_PLAY_DONE, /* play: id given to media_leg_play; complete: to its end (else stopped) */
	MEDIA_PLAY_FAILED, /* play: a file could not be read and is left out; text names it. PLAY_DONE follows at the end */
	MEDIA_RECORD_DONE, /* record, milliseconds, degraded, text = path: the file is closed and readable */
	MEDIA_SILENCE,   /* record with silence_ms: the speaker has been silent so long */
	MEDIA_LEG_STATS, /* once, when a leg is freed */
};

struct media_stats {
	uint64_t sent, received, lost, discarded; /* packets */
	uint32_t jitter_us;
	uint32_t gap_max_ms; /* longest time between two received packets */
	uint64_t
		energy; /* mean square of received samples, 0 for silence. Opus that is only passed on is not decoded */
};

struct media_event {
	enum media_event_type type;
	uint64_t room, leg, play, record;
	char digit;
	bool complete, degraded;
	int64_t milliseconds;
	const char *text;
	struct media_stats stats;
};
typedef void(media_event_h)(const struct media_event *event, void *arg);

struct media_config {
	unsigned threads;         /* 0: one per core, at most 8 */
	const char *bind_address; /* "0.0.0.0" */
	const char *
		public_address; /* in SDP for peers outside local networks; NULL: that of the interface */
	int port_min, port_max; /* 20000-29999; even RTP ports */
	int64_t quiet_ms;       /* 0: 10000 */
	size_t ring_ms;         /* recording ring per recorder; 0: 4000 */
};

int media_create(
	struct media **mp, const struct media_config *config, media_event_h *eventh, void *arg);
int media_start(struct media *m);
void media_stop(struct media *m); /* closes recordings properly */
void media_free(struct media *m);
unsigned media_leg_count(const struct media *m);

uint64_t media_room_create(
	struct media *m); /* on the thread with the fewest legs; 0: out of memory */
void media_room_free(struct media *m, uint64_t room); /* with its legs and recorders */

struct media_leg_config {
	bool browser;              /* ICE-lite, DTLS-SRTP, rtcp-mux */
	const char *local_address; /* to bind and to announce; NULL: config */
};
/* What belongs into our SDP. */
struct media_leg_local {
	char address[64];
	uint16_t port;
	char ice_ufrag[16], ice_pwd[32];
	char fingerprint[128]; /* "sha-256 AB:CD:..." of the process's certificate */
	uint32_t ssrc;
	char cname[32];
};
/* Returns the leg's id and fills local; 0: no port free or out of memory. */
uint64_t media_leg_create(struct media *m, uint64_t room, const struct media_leg_config *config,
	struct media_leg_local *local);
void media_leg_free(struct media *m, uint64_t leg);

struct media_leg_remote {
	enum media_codec codec;
	uint8_t payload;       /* for what we send and receive of it */
	uint8_t event_payload; /* telephone-event; 0: none, then in-band DTMF is listened for */
	uint32_t event_clock;  /* 8000, 48000 */
	bool send, receive;    /* may we send; do we take what comes */
	char address[64];      /* plain: where to send; "" for browsers (ICE tells) */
	uint16_t port, rtcp_port;
	bool rtcp_mux;
	bool latch; /* plain: send to where packets come from (NAT), after the first one */
	/* browsers */
	char ice_ufrag[260], ice_pwd[260];
	char fingerprint[128];
	bool dtls_active; /* we send the ClientHello */
	int ptime_ms;     /* 0: 20 */
};
/* New ICE credentials for a restart the other side asked for, written to local (the rest of local is left alone). The old ones hold until the
 * browser uses the new ones. 0 or ENOMEM. */
int media_leg_restart_ice(struct media *m, uint64_t leg, struct media_leg_local *local);
/* First answer and every re-negotiation. Changing ufrag restarts ICE; the DTLS association stays unless the fingerprint changes. */
void media_leg_set_remote(struct media *m, uint64_t leg, const struct media_leg_remote *remote);

/* Which legs of the same room this leg hears (0-8). Replaces the list before. */
void media_leg_hear(struct media *m, uint64_t leg, const uint64_t *others, size_t count);
void media_leg_mute(
	struct media *m, uint64_t leg, bool muted); /* nobody hears it, the recorder neither */

enum media_part_kind { MEDIA_FILE, MEDIA_TONE, MEDIA_PAUSE };
struct media_part {
	enum media_part_kind kind;
	const char
		*path; /* FILE: anything libsndfile reads; decoded by a loader thread and cached */
	uint16_t hz1, hz2;      /* TONE */
	uint32_t on_ms, off_ms; /* TONE: on, then off; PAUSE: on_ms of silence */
};
/* A play waits until the leg can be sent to (remote known; browser: DTLS done), so that nothing of a greeting is lost.
 * Plays to this leg, in place of what it hears (mix: on top of it, 12 dB down). A play under way is stopped first, with its
 * PLAY_DONE. loop: from the beginning again until stopped. play: chosen by the caller, not 0. */
void media_leg_play(struct media *m, uint64_t leg, uint64_t play, const struct media_part *parts,
	size_t count, bool loop, bool mix);
void media_leg_stop(struct media *m, uint64_t leg); /* within 20 ms */
void media_leg_send_digits(struct media *m, uint64_t leg,
	const char *digits); /* RFC 4733, or in-band; 100 ms on, 60 ms off */

/* Folders of the path that are missing are made. RECORD_DONE comes in every case; milliseconds 0 when the file could not be written.
 * Records a room: stereo 8 kHz 16-bit WAV, left what `leg` says, right what the others in the room say; prompts and music are on neither
 * side unless with_prompts (then right). leg 0 is an error. Survives legs coming and going; the header is kept true every second, so a
 * file cut short by a crash plays. silence_ms 0: no silence event. max_ms 0: 4 h. */
struct media_record_config {
	uint64_t leg;
	const char *path;
	bool mono; /* left only (voicemail) */
	bool with_prompts;
	int64_t max_ms, silence_ms;
};
uint64_t media_record_start(struct media *m, uint64_t room,
	const struct media_record_config *config); /* 0: out of memory */
void media_record_pause(struct media *m, uint64_t record,
	bool paused); /* silence is written, so the length stays true */
/* The left side is another leg from now on: the speaker came back on a new one (a browser that reloaded). */
void media_record_set_leg(struct media *m, uint64_t record, uint64_t leg);
void media_record_stop(struct media *m, uint64_t record);

/* Audio file checks for uploads. 0, EINVAL (not an audio file libsndfile reads), E2BIG (longer than an hour). */
int media_file_probe(const char *path, int64_t *milliseconds, int *rate, int *channels);
/* Writes any readable audio file as mono 16-bit WAV of the given rate (8000 or 16000), peak-limited. Blocks; for job workers. */
int media_file_convert(const char *from, const char *to, int rate);
/* After a crash: sets the header of a recording to what the file holds. 0, EINVAL (not one of our recordings), errno. Blocks. */
int media_file_repair(const char *path, int64_t *milliseconds);

#endif
