/* ICE-lite (RFC 8445 2.5): answers checks, remembers which addresses proved themselves and which one was nominated. Pure, one thread. */
#ifndef HOTLINE_MEDIA_ICE_H
#define HOTLINE_MEDIA_ICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "net_addr.h"
#include "stun.h"

enum { ICE_VALID_MAX = 8 };

struct ice {
	char ufrag[16], pwd[32];
	char next_ufrag[16], next_pwd[32];   /* a restart of ours, not yet used by the other side */
	char remote_ufrag[260];              /* "": not known yet */
	union net_addr valid[ICE_VALID_MAX]; /* the newest ones */
	size_t valid_count;
	union net_addr selected; /* where to send: nominated, else the first that proved itself */
	bool nominated;
};

enum ice_result {
	ICE_DROP,      /* not for us; nothing to answer */
	ICE_REFUSED,   /* reply holds an error */
	ICE_VALID,     /* reply; the address is good */
	ICE_NOMINATED, /* reply; selected is now this address */
};

void ice_init(struct ice *ice, const char *ufrag, const char *pwd);
void ice_set_remote(struct ice *ice, const char *ufrag); /* another one than before: a restart */
void ice_restart(struct ice *ice, const char *ufrag, const char *pwd);
/* One STUN datagram. reply has room for STUN_REPLY_MAX. */
enum ice_result ice_datagram(struct ice *ice, const uint8_t *data, size_t len,
	const union net_addr *from, uint8_t *reply, size_t *reply_len);
bool ice_is_valid(const struct ice *ice, const union net_addr *from);

#endif
