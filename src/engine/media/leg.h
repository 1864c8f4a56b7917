/* A leg: one RTP peer. Made on any thread, then of its room's media thread only. */
#ifndef HOTLINE_MEDIA_LEG_H
#define HOTLINE_MEDIA_LEG_H

#include "codec.h"
#include "engine.h"
#include "event_in.h"
#include "event_out.h"
#include "inband.h"
#include "jitter.h"
#include "play.h"
#include "resample.h"
#include "rtcp.h"
#include "rtp.h"

struct secure;

struct leg_socket {
	struct leg *leg;
	int fd;
	bool rtcp;
};

struct leg {
	uint64_t id;
	struct media *media;
	struct media_thread *thread;
	struct room *room;
	struct list in_room;
	struct leg_socket rtp, rtcp;
	uint16_t port;
	bool counted; /* in its thread's leg_count */
	char cname[24];
	struct secure *secure; /* browsers: ICE, DTLS, SRTP; NULL: plain */

	/* negotiated */
	bool ready; /* remote is known */
	enum media_codec codec;
	uint8_t payload, event_payload;
	uint32_t event_clock;
	bool send, receive, latch, rtcp_mux;
	unsigned ptime_ms;
	union net_addr announced;   /* by the SDP */
	union net_addr to, rtcp_to; /* where we send */
	union net_addr source;      /* plain: the only sender accepted */
	bool linked;                /* the RTP socket is connected to `to`, which is `source` too */
	bool no_link;               /* tried, and our side would have been another address */

	/* in */
	struct rtp_in in;
	struct jitter jitter;
	struct codec_in *decoder;
	struct event_in keys;
	struct inband *inband; /* only without telephone-event */
	int16_t *rest;         /* samples of packets longer than a tick; NULL until needed */
	size_t rest_count;
	bool has_frame, has_other;
	unsigned empty_ticks;
	bool connected, quiet;
	int64_t audio_us, quiet_since_us; /* newest audio packet; what quiet is measured from */
	int64_t source_us;                /* newest packet of the accepted sender */
	uint64_t discarded;
	uint64_t energy_sum, energy_count;
	uint32_t level; /* mean square of this tick */
	uint32_t last_sr;
	int64_t last_sr_us;

	/* out */
	struct rtp_out out;
	struct codec_out *encoder;
	struct event_out events;
	struct tone key_tone;
	struct play *play;
	bool play_loading;    /* its files have been asked for */
	int prompt_recorders; /* recorders that want what is played to this leg */
	bool has_played;
	size_t gathered_len;
	uint32_t gathered_ts;
	int64_t report_us; /* next RTCP */
	uint64_t reported_packets;

	/* hearing */
	struct leg *hears[HEARS_MAX];
	size_t hear_count;
	bool muted;
	/* packets of this leg are passed on as they come; NULL: we make our own */
	struct leg *forward_from;

	/* sound; behind the rest, which every packet touches */
	int16_t frame[FRAME16];       /* this tick at the codec's rate */
	int16_t frame_other[FRAME16]; /* the same at the other rate, made on demand */
	struct resample_up up;
	struct resample_down down;
	int16_t played[FRAME8]; /* this tick, for prompt_recorders */
	struct resample_down played_down;
	/* a packet longer than one tick being filled */
	_Alignas(8) uint8_t gathered[RTP_HEADER + CODEC_PAYLOAD_MAX + 64];
};

/* Opens sockets and fills local. NULL: no port or no memory. Any thread. */
struct leg *leg_create(struct media *m, uint64_t id, const struct media_leg_config *config,
	struct media_leg_local *local);
void leg_new_ice(struct media_leg_local *local); /* fresh user fragment and password */
/* Registers its sockets; on error the caller frees it. */
int leg_enter(struct leg *leg, struct room *room);
void leg_free(struct leg *leg); /* with MEDIA_LEG_STATS when it was in a room */
void leg_set_remote(struct leg *leg, const struct media_leg_remote *remote);
void leg_hear(struct leg *leg, const uint64_t *others, size_t count);
/* Takes play; NULL: only stops the one under way. */
void leg_set_play(struct leg *leg, struct play *play);
void leg_loaded(struct leg *leg, const struct command *c);
void leg_stats(const struct leg *leg, struct media_stats *stats);
void leg_emit(struct leg *leg, enum media_event_type type);
bool leg_can_send(const struct leg *leg); /* there is an address, and keys where needed */

/* leg_sound.c */
void leg_in_tick(struct leg *leg);
/* What it said this tick; NULL: nothing, or muted. */
const int16_t *leg_frame(struct leg *leg, int rate);

/* leg_in.c */
enum { SOURCE_LOST_US = 1000000 }; /* after this the same stream may come from another address */
void leg_readable(struct leg_socket *socket);
void leg_unlink(struct leg *leg);
void leg_media(struct leg *leg, const uint8_t *data, size_t len);   /* RTP, in clear */
void leg_rtcp_in(struct leg *leg, const uint8_t *data, size_t len); /* RTCP, in clear */
void leg_key(struct leg *leg, char key);

/* leg_out.c */
void leg_out_tick(struct leg *leg);
/* A packet of `from` to this leg, when it forwards. event: a telephone-event. */
void leg_forward(struct leg *leg, struct leg *from, const struct rtp_packet *packet, bool event);
/* Protects where needed. packet has 64 bytes of room behind len. */
void leg_send_rtp(struct leg *leg, uint8_t *packet, size_t len);
void leg_send_report(struct leg *leg, bool bye);

#endif
