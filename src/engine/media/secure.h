/* A browser's transport: ICE-lite, DTLS and SRTP of one leg. Media thread only, except secure_create. */
#ifndef HOTLINE_MEDIA_SECURE_H
#define HOTLINE_MEDIA_SECURE_H

#include "engine.h"
#include "net_addr.h"

struct leg;
struct secure;

/* Adds the fingerprint to local, which holds the ICE credentials. NULL: out of memory. Any thread. */
struct secure *secure_create(struct leg *leg, struct media_leg_local *local);
void secure_free(struct secure *s); /* accepts NULL */
void secure_set_remote(struct secure *s, const struct media_leg_remote *remote);
/* New credentials of ours; the old ones hold until the browser uses these. */
void secure_restart(struct secure *s, const char *ufrag, const char *pwd);
bool secure_can_send(const struct secure *s); /* keys agreed, fingerprint compared, address known */
/* One datagram; hands media on to the leg. data has 256 bytes of room behind len and may be changed. */
void secure_datagram(struct secure *s, uint8_t *data, size_t len, const union net_addr *from);
void secure_tick(struct secure *s); /* DTLS retransmission */
/* Protects in place and sends. data has 64 bytes of room behind len. */
void secure_send(struct secure *s, uint8_t *data, size_t len, bool rtcp);

#endif
