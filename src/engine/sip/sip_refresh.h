/* Session timers (RFC 4028): who refreshes, how often, when to give up. Pure. */
#ifndef HOTLINE_ENGINE_SIP_REFRESH_H
#define HOTLINE_ENGINE_SIP_REFRESH_H

#include <stdbool.h>
#include <stdint.h>
#include "sip_msg.h"

#define SIP_MIN_SE 90 /* s, RFC 4028 5 */

struct sip_refresh {
	uint32_t interval; /* s; 0: no timer */
	bool ours;         /* we refresh */
	uint32_t min_se;   /* the highest Min-SE heard of, at least SIP_MIN_SE */
};

/* What a request or response says about timers. */
struct sip_refresh_terms {
	bool supported; /* "timer" in Supported or Require */
	bool has_expires;
	struct sip_session_expires expires;
	uint32_t min_se; /* 0: not said */
};
struct sip_refresh_terms sip_refresh_read(const struct sip_msg *m);

/* As the answering side of INVITE or UPDATE. ours: what we would like (s; 0: no timers of our own accord). 0, or 422: answer with
 * Min-SE. *peer_refreshes tells the refresher parameter. */
int sip_refresh_answer(struct sip_refresh *r, const struct sip_refresh_terms *terms, uint32_t ours);
/* As the asking side, from the 2xx. */
void sip_refresh_accept(struct sip_refresh *r, const struct sip_refresh_terms *terms);
/* Milliseconds until the refresh is due (ours) or the session counts as dead. */
int64_t sip_refresh_delay(const struct sip_refresh *r);

#endif
