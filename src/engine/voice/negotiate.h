/* Offer and answer (RFC 3264, 8829 for browsers): what our SDP says and what the peer's means for the media leg. Pure. */
#ifndef HOTLINE_ENGINE_VOICE_NEGOTIATE_H
#define HOTLINE_ENGINE_VOICE_NEGOTIATE_H

#include <stdbool.h>
#include <stdint.h>
#include "media/media.h"
#include "sip/sdp.h"

#define NEGOTIATE_CODECS 4

/* Codecs we take, best first. */
struct codec_order {
	enum media_codec codec[NEGOTIATE_CODECS];
	size_t count;
};

/* One side of a negotiated leg, kept for re-negotiation. */
struct negotiation {
	struct media_leg_local local;
	bool browser;
	uint64_t session_id, session_version; /* of our descriptions; the version rises with each */
	bool negotiated;
	struct media_leg_remote remote;
};

const char *codec_name(enum media_codec codec); /* "PCMU", "PCMA", "G722", "opus" */

/* Our offer. NULL: out of memory; the caller frees. */
char *negotiate_offer(struct negotiation *n, const struct codec_order *order);
/* Takes the peer's offer and makes our answer. On success n->remote says what media is to do. EPROTO: nothing in common, EBADMSG: not
 * SDP; n is untouched then. latch: see media.h. */
int negotiate_answer(struct negotiation *n, const struct codec_order *order, const char *offer,
	bool latch, char **answer);
/* Takes the peer's answer to our offer. Errors as above. */
int negotiate_accept(struct negotiation *n, const char *answer, bool latch);
/* Does this SDP ask for ICE and DTLS, as browsers do? */
bool negotiate_is_browser(const char *sdp);

#endif
