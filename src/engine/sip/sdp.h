/* Session descriptions (RFC 4566, 3264, 8839, 5763, 8866): parsed into fixed structs with a maximum for everything, printed from them.
 * Pure; any thread. A fuzz target. */
#ifndef HOTLINE_ENGINE_SIP_SDP_H
#define HOTLINE_ENGINE_SIP_SDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "buf.h"

#define SDP_MAX_MEDIA   8
#define SDP_MAX_FORMATS 32

enum sdp_direction {
	SDP_SENDRECV,
	SDP_SENDONLY,
	SDP_RECVONLY,
	SDP_INACTIVE
}; /* from the describing side's view */
enum sdp_setup { SDP_SETUP_NONE, SDP_SETUP_ACTPASS, SDP_SETUP_ACTIVE, SDP_SETUP_PASSIVE };

struct sdp_format {
	uint8_t payload; /* RTP payload type */
	char name[24];   /* "PCMU", "opus", "telephone-event"; static types are filled in */
	uint32_t clock;
	uint8_t channels; /* 1 unless said */
	char fmtp[160];   /* text after the payload type; "" */
};

struct sdp_media {
	char kind[16];     /* "audio", "video", "image", "application" */
	uint16_t port;     /* 0: refused */
	char protocol[32]; /* "RTP/AVP", "UDP/TLS/RTP/SAVPF" */
	char raw_formats
		[160]; /* of a non-RTP section, as written, so that it can be refused with the same list */
	struct sdp_format formats[SDP_MAX_FORMATS];
	size_t format_count;
	char address[64]; /* own c= line or the session's; "" */
	bool ipv6;
	enum sdp_direction direction;
	bool rtcp_mux;
	uint16_t rtcp_port; /* 0: port + 1 */
	char mid[32];
	char ice_ufrag[260], ice_pwd[260];
	char fingerprint[128]; /* "sha-256 AB:CD..." */
	enum sdp_setup setup;
	int ptime;     /* ms; 0: not said */
	uint32_t ssrc; /* 0: none */
	char cname[64];
	/* our host candidate; printed only */
	char candidate[64];
	uint16_t candidate_port;
	bool crypto; /* had a=crypto (SDES); not taken up */
};

struct sdp {
	char origin_user[64];
	uint64_t session_id, session_version;
	char origin_address[64];
	char session_name[64];
	bool bundle; /* a=group:BUNDLE is there / is to be printed with all mids */
	bool ice_lite;
	struct sdp_media media[SDP_MAX_MEDIA];
	size_t media_count;
};

/* 0, EBADMSG with *line telling the 1-based line, or E2BIG when a maximum is passed. */
int sdp_parse(struct sdp *sdp, const char *text, size_t len, unsigned *line);
/* CRLF lines, ready as a body. */
int sdp_print(struct buf *out, const struct sdp *sdp);

#endif
