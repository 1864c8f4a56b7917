/* The state machine of an agent: a table of {from, event, to}. Pure. Vocabulary: requirements K4, 5.1. */
#ifndef HOTLINE_DOMAIN_EXCHANGE_AGENT_STATE_H
#define HOTLINE_DOMAIN_EXCHANGE_AGENT_STATE_H

#include <stdbool.h>

enum agent_state {
	AGENT_SIGNED_OUT,
	AGENT_READY,
	AGENT_OFFERED, /* a call rings */
	AGENT_TALKING,
	AGENT_WRAP_UP, /* after-call work */
	AGENT_BUSY,    /* with a reason */
	AGENT_REST,
	AGENT_NO_ANSWER, /* missed an offer; gets no calls until he says he is back */
	AGENT_STATES,
};
extern const char *const agent_state_names[]; /* "signed_out", ... ends with NULL */

enum agent_event {
	AGENT_ASKS_READY,
	AGENT_ASKS_BUSY,
	AGENT_ASKS_REST,
	AGENT_ASKS_SIGN_OUT,
	AGENT_GETS_OFFER,
	AGENT_GETS_CALL, /* answered an offer, or placed a call himself */
	AGENT_MISSES_OFFER,
	AGENT_LOSES_OFFER,    /* refused it, or the caller or another agent was quicker */
	AGENT_CALL_ENDS,      /* and there is after-call work */
	AGENT_CALL_ENDS_FREE, /* and there is none */
	AGENT_WRAP_UP_ENDS,
	AGENT_PHONE_GOES, /* no phone is registered any more */
	AGENT_EVENTS,
};

/* Where the event leads, or -1 when it is not possible in this state. Requests for another state during an offer, a call or after-call work
 * are kept by the caller as the next state (agent_state_defers). */
int agent_state_after(enum agent_state from, enum agent_event event);
bool agent_state_defers(enum agent_state from);

#endif
