/* The state machine of an agent. */
#include <stddef.h>
#include "exchange/agent_state.h"

const char *const agent_state_names[] = {
	"signed_out",
	"ready",
	"offered",
	"talking",
	"wrap_up",
	"busy",
	"rest",
	"no_answer",
	NULL,
};

struct transition {
	enum agent_state from;
	enum agent_event event;
	enum agent_state to;
};

static const struct transition transitions[] = {
	{ AGENT_SIGNED_OUT, AGENT_ASKS_READY, AGENT_READY },
	{ AGENT_SIGNED_OUT, AGENT_ASKS_BUSY, AGENT_BUSY },
	{ AGENT_SIGNED_OUT, AGENT_ASKS_REST, AGENT_REST },
	{ AGENT_SIGNED_OUT, AGENT_GETS_CALL, AGENT_TALKING },

	{ AGENT_READY, AGENT_ASKS_READY, AGENT_READY },
	{ AGENT_READY, AGENT_ASKS_BUSY, AGENT_BUSY },
	{ AGENT_READY, AGENT_ASKS_REST, AGENT_REST },
	{ AGENT_READY, AGENT_ASKS_SIGN_OUT, AGENT_SIGNED_OUT },
	{ AGENT_READY, AGENT_GETS_OFFER, AGENT_OFFERED },
	{ AGENT_READY, AGENT_GETS_CALL, AGENT_TALKING },
	{ AGENT_READY, AGENT_PHONE_GOES, AGENT_SIGNED_OUT },

	{ AGENT_OFFERED, AGENT_GETS_CALL, AGENT_TALKING },
	{ AGENT_OFFERED, AGENT_MISSES_OFFER, AGENT_NO_ANSWER },
	{ AGENT_OFFERED, AGENT_LOSES_OFFER, AGENT_READY },
	{ AGENT_OFFERED, AGENT_PHONE_GOES, AGENT_SIGNED_OUT },

	{ AGENT_TALKING, AGENT_CALL_ENDS, AGENT_WRAP_UP },
	{ AGENT_TALKING, AGENT_CALL_ENDS_FREE, AGENT_READY },

	{ AGENT_WRAP_UP, AGENT_WRAP_UP_ENDS, AGENT_READY },
	{ AGENT_WRAP_UP, AGENT_GETS_CALL, AGENT_TALKING },

	{ AGENT_BUSY, AGENT_ASKS_READY, AGENT_READY },
	{ AGENT_BUSY, AGENT_ASKS_BUSY, AGENT_BUSY },
	{ AGENT_BUSY, AGENT_ASKS_REST, AGENT_REST },
	{ AGENT_BUSY, AGENT_ASKS_SIGN_OUT, AGENT_SIGNED_OUT },
	{ AGENT_BUSY, AGENT_GETS_OFFER, AGENT_OFFERED }, /* a call to him in person */
	{ AGENT_BUSY, AGENT_GETS_CALL, AGENT_TALKING },

	{ AGENT_REST, AGENT_ASKS_READY, AGENT_READY },
	{ AGENT_REST, AGENT_ASKS_BUSY, AGENT_BUSY },
	{ AGENT_REST, AGENT_ASKS_REST, AGENT_REST },
	{ AGENT_REST, AGENT_ASKS_SIGN_OUT, AGENT_SIGNED_OUT },
	{ AGENT_REST, AGENT_GETS_CALL, AGENT_TALKING },

	{ AGENT_NO_ANSWER, AGENT_ASKS_READY, AGENT_READY },
	{ AGENT_NO_ANSWER, AGENT_ASKS_BUSY, AGENT_BUSY },
	{ AGENT_NO_ANSWER, AGENT_ASKS_REST, AGENT_REST },
	{ AGENT_NO_ANSWER, AGENT_ASKS_SIGN_OUT, AGENT_SIGNED_OUT },
	{ AGENT_NO_ANSWER, AGENT_GETS_CALL, AGENT_TALKING },
	{ AGENT_NO_ANSWER, AGENT_PHONE_GOES, AGENT_SIGNED_OUT },
};

int agent_state_after(enum agent_state from, enum agent_event event)
{
	for (size_t i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++) {
		if (transitions[i].from == from && transitions[i].event == event)
			return (int)transitions[i].to;
	}
	return -1;
}

bool agent_state_defers(enum agent_state from)
{
	return from == AGENT_OFFERED || from == AGENT_TALKING || from == AGENT_WRAP_UP;
}
