/* RTP (RFC 3550): reading packets, statistics of reception, and the outgoing stream with one constant SSRC. Pure, one thread.
 * Times are monotonic microseconds. */
#ifndef HOTLINE_MEDIA_RTP_H
#define HOTLINE_MEDIA_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RTP_HEADER = 12 };

struct rtp_packet {
	uint8_t type;
	bool marker;
	uint16_t seq;
	uint32_t ts, ssrc;
	const uint8_t *payload; /* inside the bytes parsed */
	size_t len;
};

int rtp_parse(struct rtp_packet *p, const uint8_t *data, size_t len); /* 0 or EBADMSG */
void rtp_write_header(
	uint8_t *out, const struct rtp_packet *p); /* RTP_HEADER bytes; payload is ignored */

/* Reception statistics (RFC 3550 A.1, A.3, A.8). */
struct rtp_in {
	bool started;
	uint32_t ssrc;
	uint32_t clock;        /* Hz */
	uint32_t base, max;    /* extended sequence numbers */
	uint64_t received;     /* of this source */
	uint64_t received_all; /* of all sources so far */
	uint64_t lost_before;  /* by earlier sources */
	int64_t last_us;       /* arrival of the newest packet; 0: none */
	int64_t gap_max_us;
	uint32_t jitter_us;
	int32_t transit_us;
	bool has_transit;
	uint32_t last_ts;
	uint64_t expected_prior, received_prior; /* at the last report */
};

void rtp_in_init(struct rtp_in *in, uint32_t clock);
void rtp_in_set_clock(struct rtp_in *in, uint32_t clock);
/* audio: counts for jitter. */
void rtp_in_packet(struct rtp_in *in, const struct rtp_packet *p, int64_t now_us, bool audio);
uint64_t rtp_in_lost(const struct rtp_in *in);
/* Share lost since the last call, 0-255 (RFC 3550 A.3). */
uint8_t rtp_in_fraction_lost(struct rtp_in *in);

/* An outgoing stream: sequence and time stamps go on without a break however often the source changes. */
struct rtp_out {
	uint32_t ssrc;
	uint32_t clock;  /* Hz */
	uint16_t seq;    /* the highest sent */
	uint32_t ts;     /* of the newest packet sent */
	int64_t last_us; /* when it was sent; 0: nothing sent yet */
	uint64_t packets, octets;
	uint64_t source; /* leg being forwarded; 0: our own packets */
	uint32_t source_ssrc;
	uint16_t source_base, source_seq; /* first forwarded and highest seen of the source */
	uint32_t source_ts;               /* newest of the source */
	uint16_t seq_offset;
	uint32_t ts_offset;
};

/* Random start values (RFC 3550 5.1). */
void rtp_out_init(struct rtp_out *out, uint32_t ssrc, uint16_t seq, uint32_t ts, uint32_t clock);
void rtp_out_set_clock(struct rtp_out *out, uint32_t clock);
/* The time stamp our own packet has now: at least one packet of `units` after the last one. */
uint32_t rtp_out_next_ts(const struct rtp_out *out, uint32_t units, int64_t now_us);
/* Fills ssrc, seq and ts of our own packet (ts as given) and counts it. */
void rtp_out_own(struct rtp_out *out, struct rtp_packet *p, uint32_t ts, int64_t now_us);
/* Rewrites seq, ts and ssrc of a packet of source (a leg's id, not 0). units: length of a packet, for the step at a change of source.
 * False: an old packet from before the change, drop it. */
bool rtp_out_forward(
	struct rtp_out *out, struct rtp_packet *p, uint64_t source, uint32_t units, int64_t now_us);

#endif
