/* Whose turn it is in offer and answer (RFC 3264, RFC 6337): pure. */
#ifndef HOTLINE_ENGINE_SIP_OFFER_H
#define HOTLINE_ENGINE_SIP_OFFER_H

#include <stdbool.h>

enum sip_offer_state {
	SIP_OFFER_IDLE,
	SIP_OFFER_OURS,   /* we offered, their answer is awaited */
	SIP_OFFER_THEIRS, /* they offered, our answer is awaited */
};

enum sip_offer_event {
	SIP_OFFER_SEND,
	SIP_OFFER_GET,
	SIP_OFFER_ANSWER, /* we answer */
	SIP_OFFER_GOT_ANSWER,
	SIP_OFFER_REFUSED, /* by either side: as before */
};

struct sip_offer {
	enum sip_offer_state state;
	bool agreed; /* one exchange has been completed */
};

/* 0: done. 491: both at once, the other side shall try again; 500: their second offer before the first was answered (RFC 3311 5.2);
 * -1: not now (ours must wait), or nothing to answer. On anything but 0 nothing changes. */
int sip_offer_next(struct sip_offer *offer, enum sip_offer_event event);

#endif
