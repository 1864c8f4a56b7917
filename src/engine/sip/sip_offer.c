/* Offer and answer: whose turn it is. */
#include "sip/sip_offer.h"

int sip_offer_next(struct sip_offer *offer, enum sip_offer_event event)
{
	static const struct {
		int result; /* 0: go to next */
		enum sip_offer_state next;
	} table[3][5] = {
		[SIP_OFFER_IDLE] = {
			[SIP_OFFER_SEND] = { 0, SIP_OFFER_OURS },
			[SIP_OFFER_GET] = { 0, SIP_OFFER_THEIRS },
			[SIP_OFFER_ANSWER] = { -1, SIP_OFFER_IDLE },
			[SIP_OFFER_GOT_ANSWER] = { -1, SIP_OFFER_IDLE },
			[SIP_OFFER_REFUSED] = { 0, SIP_OFFER_IDLE },
		},
		[SIP_OFFER_OURS] = {
			[SIP_OFFER_SEND] = { -1, SIP_OFFER_OURS },
			[SIP_OFFER_GET] = { 491, SIP_OFFER_OURS },
			[SIP_OFFER_ANSWER] = { -1, SIP_OFFER_OURS },
			[SIP_OFFER_GOT_ANSWER] = { 0, SIP_OFFER_IDLE },
			[SIP_OFFER_REFUSED] = { 0, SIP_OFFER_IDLE },
		},
		[SIP_OFFER_THEIRS] = {
			[SIP_OFFER_SEND] = { -1, SIP_OFFER_THEIRS },
			[SIP_OFFER_GET] = { 500, SIP_OFFER_THEIRS },
			[SIP_OFFER_ANSWER] = { 0, SIP_OFFER_IDLE },
			[SIP_OFFER_GOT_ANSWER] = { -1, SIP_OFFER_THEIRS },
			[SIP_OFFER_REFUSED] = { 0, SIP_OFFER_IDLE },
		},
	};
	int result = table[offer->state][event].result;

	if (!result) {
		offer->state = table[offer->state][event].next;
		if (event == SIP_OFFER_ANSWER || event == SIP_OFFER_GOT_ANSWER)
			offer->agreed = true;
	}
	return result;
}
