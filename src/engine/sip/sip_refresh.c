/* Session timers: negotiation. */
#include "sip/sip_refresh.h"

struct sip_refresh_terms sip_refresh_read(const struct sip_msg *m)
{
	struct sip_refresh_terms terms = { 0 };

	terms.supported = sip_msg_has_option(m, SIP_HDR_SUPPORTED, "timer") ||
			  sip_msg_has_option(m, SIP_HDR_REQUIRE, "timer");
	terms.has_expires = !sip_msg_session_expires(m, &terms.expires);
	if (sip_msg_number(m, SIP_HDR_MIN_SE, &terms.min_se))
		terms.min_se = 0;
	return terms;
}

int sip_refresh_answer(struct sip_refresh *r, const struct sip_refresh_terms *terms, uint32_t ours)
{
	uint32_t interval = ours, least = r->min_se < SIP_MIN_SE ? SIP_MIN_SE : r->min_se;

	if (terms->min_se > least)
		least = terms->min_se;
	if (terms->has_expires) {
		if (terms->expires.seconds < SIP_MIN_SE) {
			/* Who does not know timers cannot act on a 422 (RFC 4028 9). */
			if (terms->supported)
				return 422;
			least = SIP_MIN_SE;
		}
		if (!interval || terms->expires.seconds < interval)
			interval = terms->expires.seconds;
	}
	if (!interval) {
		r->interval = 0;
		return 0;
	}
	r->min_se = least;
	r->interval = interval < least ? least : interval;
	r->ours = !terms->supported ||
		  (terms->has_expires && terms->expires.refresher == SIP_REFRESHER_UAS);
	return 0;
}

void sip_refresh_accept(struct sip_refresh *r, const struct sip_refresh_terms *terms)
{
	if (!terms->has_expires) {
		r->interval = 0; /* the other side wants none, and it has the last word */
		return;
	}
	r->interval = terms->expires.seconds < SIP_MIN_SE ? SIP_MIN_SE : terms->expires.seconds;
	r->ours = terms->expires.refresher != SIP_REFRESHER_UAS;
}

int64_t sip_refresh_delay(const struct sip_refresh *r)
{
	uint32_t margin = r->interval / 3 < 32 ? r->interval / 3 : 32;

	if (r->ours)
		return (int64_t)r->interval * 1000 / 2;
	return (int64_t)(r->interval - margin) * 1000;
}
