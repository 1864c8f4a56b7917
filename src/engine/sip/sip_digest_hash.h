/* Digest hashing shared by server and client side. Private to sip/. Pure. */
#ifndef HOTLINE_ENGINE_SIP_DIGEST_HASH_H
#define HOTLINE_ENGINE_SIP_DIGEST_HASH_H

#include "sip_digest.h"

#define SIP_DIGEST_HEX 65 /* of the longest hash, with NUL */

/* Hash of the parts with ":" between, in lower-case hex. 0 or ENOMEM. */
int sip_digest_hash(enum sip_digest_algorithm algorithm, char hex[SIP_DIGEST_HEX],
	const struct sip_view *parts, size_t count);
/* The response value for d (nonce, uri, nc, cnonce, qop), RFC 7616 3.4.1, without qop as RFC 2069. */
int sip_digest_response(char hex[SIP_DIGEST_HEX], const struct sip_digest *d, const char *ha1,
	struct sip_view method);

#endif
