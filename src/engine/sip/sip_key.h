/* Keyed 128-bit digests of message fields, so that tables need no copies of strings and cannot be made to collide from outside.
 * SipHash with a key of this process. Any thread after sip_key_init. */
#ifndef HOTLINE_ENGINE_SIP_KEY_H
#define HOTLINE_ENGINE_SIP_KEY_H

#include "sip_msg.h"

struct sip_key {
	uint64_t a, b; /* a is the map key, b confirms it */
};

int sip_key_init(void);    /* 0, or EIO when there is no randomness */
uint64_t sip_random(void); /* never 0 */
unsigned sip_random_below(unsigned bound);

struct sip_key sip_key_begin(unsigned domain); /* one number per kind of key */
void sip_key_add(struct sip_key *key, const void *data, size_t len);
static inline void sip_key_add_view(struct sip_key *key, struct sip_view v)
{
	sip_key_add(key, v.p, v.p ? v.len : 0);
}

/* Tags and branches are 64 random bits as sixteen hex digits. */
#define SIP_TAG_TEXT 17
const char *sip_tag_text(char out[SIP_TAG_TEXT], uint64_t tag);
uint64_t sip_tag_value(struct sip_view text); /* 0: not one of ours */

#endif
