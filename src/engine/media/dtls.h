/* One DTLS association for SRTP keys (RFC 5764), fed with datagrams. Media thread only. */
#ifndef HOTLINE_MEDIA_DTLS_H
#define HOTLINE_MEDIA_DTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "certificate.h"

enum { DTLS_KEY_MAX = 30 }; /* key and salt */

enum dtls_state { DTLS_HANDSHAKE, DTLS_DONE, DTLS_FAILED };
enum dtls_profile { DTLS_PROFILE_NONE, DTLS_PROFILE_GCM, DTLS_PROFILE_CM };

struct dtls;
typedef void(dtls_send_h)(const uint8_t *data, size_t len, void *arg);

/* active: we send the ClientHello, at once. NULL: out of memory. */
struct dtls *dtls_create(const struct certificate *c, bool active, dtls_send_h *sendh, void *arg);
void dtls_free(struct dtls *d);
enum dtls_state dtls_datagram(struct dtls *d, const uint8_t *data, size_t len);
enum dtls_state dtls_tick(struct dtls *d); /* retransmits when it is time */
/* After DTLS_DONE: is the peer's certificate the announced one? */
bool dtls_matches(const struct dtls *d, const char *fingerprint);
/* After DTLS_DONE: master keys with salt (28 bytes for GCM, 30 for CM) of what we send and what we receive. */
enum dtls_profile dtls_keys(
	const struct dtls *d, uint8_t send[DTLS_KEY_MAX], uint8_t receive[DTLS_KEY_MAX]);

#endif
