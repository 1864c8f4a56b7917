/* Inside of the IVR: a session. */
#ifndef HOTLINE_ENGINE_IVR_SESSION_H
#define HOTLINE_ENGINE_IVR_SESSION_H

#include "ivr_flow.h"

#define IVR_MAX_VISITS      1000
#define IVR_MAX_NODE_VISITS 50
#define IVR_GRACE_VISITS    20 /* for onError after a limit was reached */
#define IVR_GRACE_MS        60000
#define IVR_MAX_ERRORS      3 /* times onError may be entered */
#define IVR_VISIT_MEMORY    ((size_t)1024 * 1024)
#define IVR_MAX_KEYS        64 /* of one visit in the trace */
#define IVR_MAX_HISTORY     32
#define IVR_MAX_INPUTS      16   /* arriving while the session works */
#define IVR_SWALLOW_MS      3000 /* an end key out of habit after the last digit */

struct ivr_variable {
	char *name, *value;
	bool secret;
};

struct ivr_waiting_input {
	enum ivr_input_kind kind;
	char digit;
	char port[IVR_MAX_ID + 1];
};

struct ivr_session {
	struct ivr_flow *flow;
	const struct ivr_host *host;
	void *call;
	struct arena *visit; /* memory of the node being visited */
	const struct ivr_node *node;
	void *state;
	char language[16];
	int64_t started_mono, started_ms;

	struct ivr_variable variables[IVR_MAX_VARIABLES];
	size_t variable_count;

	char digits[IVR_TYPE_AHEAD]; /* typed ahead */
	size_t digit_count;
	char keys[IVR_MAX_KEYS + 1]; /* typed in this visit */
	size_t key_count;
	bool mask;
	char swallow; /* ignored if it comes next and soon */
	int64_t swallow_until;

	const struct ivr_node *history[IVR_MAX_HISTORY]; /* input nodes, for back */
	size_t history_count;
	uint16_t *visits; /* by node */
	unsigned visit_count, error_count;

	struct ivr_waiting_input inputs[IVR_MAX_INPUTS];
	size_t input_count;

	char leaving[IVR_MAX_ID + 1]; /* the port, "" when not */
	const struct ivr_node *go;    /* enter this next */
	bool busy, dead, ended;
	bool hung_up;
	bool playing, play_instantly;
	bool timer_on;
	bool at_limit;       /* onError has the rest */
	const char *goodbye; /* the apology plays; then this cause */
};

/* session.c, for nodes and helpers */
int ivr_finish(struct ivr_session *s, const char *cause); /* the node ends the call; returns 0 */
void ivr_go(
	struct ivr_session *s, const struct ivr_node *to, const char *port); /* leaves by no edge */
int64_t ivr_now(const struct ivr_session *s);                                /* UTC milliseconds */
int ivr_count_visit(
	struct ivr_session *s, const struct ivr_node *n); /* EOVERFLOW: over the limit */

/* variables.c */
char *ivr_expand(
	struct ivr_session *s, const char *text); /* in memory of the visit; NULL: out of memory */
/* Without telling the host. */
int ivr_set_quietly(struct ivr_session *s, const char *name, const char *value, bool secret);
int ivr_set_secret(struct ivr_session *s, const char *name, const char *value);
void ivr_variables_free(struct ivr_session *s);
bool ivr_is_secret(const struct ivr_session *s, const char *name);

/* prompt.c */
struct ivr_prompt {
	struct ivr_part parts[IVR_MAX_PARTS];
	size_t count;
};
int ivr_prompt_add(struct ivr_session *s, struct ivr_prompt *p, const struct ivr_node *n,
	const char *field, int attempt);
int ivr_prompt_say(struct ivr_session *s, struct ivr_prompt *p, const char *text);
/* The value read aloud in the session's language; plain text when it is not of that kind. */
int ivr_prompt_read(struct ivr_session *s, struct ivr_prompt *p, const char *value, int kind);
void ivr_stop_play(struct ivr_session *s);

/* digits.c */
void ivr_keep_digit(struct ivr_session *s, char digit);
void ivr_untake_digits(
	struct ivr_session *s, const char *digits, size_t count); /* back to the front */
void ivr_drop_last_digit(struct ivr_session *s);
void ivr_swallow(struct ivr_session *s, char digit);
void ivr_record_key(struct ivr_session *s, char digit);

#endif
