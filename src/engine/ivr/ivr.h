/* The IVR: flows as JSON ("hotline-ivr/1", reference: docs/admin/ivr.md), checked and compiled once, run by sessions. A session is a pure state
 * machine: events in (entered, digit, play done, timer, result, hang-up), requests out through struct ivr_host. It knows no media, no
 * SIP, no customer. Runs on the switch loop; compiling may run anywhere. */
#ifndef HOTLINE_ENGINE_IVR_H
#define HOTLINE_ENGINE_IVR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ivr_flow;    /* compiled version, reference-counted, immutable: calls are pinned to it */
struct ivr_node;    /* of a flow */
struct ivr_session; /* of a call */

/* --- node types: one row, one file --- */
struct ivr_field { /* a setting of a node: checks, designer palette and docs read it */
	const char *name;
	enum {
		IVR_TEXT,
		IVR_INT,
		IVR_BOOL,
		IVR_ENUM,
		IVR_PROMPT,
		IVR_VALUE,
		IVR_REFERENCE,
		IVR_OTHER
	} kind;
	bool required;
	int64_t min, max;
	const char *const *values; /* IVR_ENUM */
	/* IVR_REFERENCE: "queue", "calendar", "audio": the checker asks the host; "node": a node of the flow */
	const char *reference;
	const char *text_zh, *text_en;
};

enum ivr_input_kind {
	IVR_IN_ENTER,
	IVR_IN_DIGIT,
	IVR_IN_PLAYED,
	IVR_IN_TIMER,
	IVR_IN_RESULT,
	IVR_IN_HANGUP
};
struct ivr_input {
	enum ivr_input_kind kind;
	char digit;
	const char *port; /* IVR_IN_RESULT: the port the host's answer leads to */
};

struct ivr_node_type {
	const char *name; /* "menu" */
	const char *text_zh, *text_en;
	const struct ivr_field *fields; /* ends with a zero row */
	/* Fixed ports, ends with NULL; `error` is implicit. "timeout": must be connected, unless `next` is one of the ports and is.
	 * "cancel?": may stay open. "holiday>closed": when open the flow leaves by `closed`. Leaving by an open port hangs up. */
	const char *const *ports;
	bool dynamic_ports; /* keys, cases: ports made by the user */
	/* Takes input or waits: breaks endless loops for the check. A key pressed here goes to resume and is used up; in nodes that do
	 * not wait it is kept for the next input node. */
	bool waits;
	/* Instead: keys are kept, resume is told and takes them with ivr_take_digit if it likes. */
	bool keeps_digits;
	size_t state_size; /* zeroed memory of one visit */
	/* Both return 0 or an errno (then the flow leaves by `error`). They move on with ivr_leave, or wait for the next input. */
	int (*enter)(struct ivr_session *s, const struct ivr_node *n, void *state);
	int (*resume)(struct ivr_session *s, const struct ivr_node *n, void *state,
		const struct ivr_input *in);
	/* Stops what runs; may be NULL. */
	void (*leave)(struct ivr_session *s, const struct ivr_node *n, void *state);
	/* extra publish checks; may be NULL. json: the node's object */
	void (*check)(const struct ivr_node *n,
		void (*finding)(bool error, const char *code, const char *detail, void *arg),
		void *arg);
};
/* At start; the built-in ones register themselves with ivr_init. EEXIST: another type of that name. */
int ivr_register(const struct ivr_node_type *type);
int ivr_init(void);
void ivr_each_type(void (*fn)(const struct ivr_node_type *type, void *arg), void *arg);

/* --- flows --- */
struct ivr_finding {
	bool error; /* else a warning */
	char node[64];
	/* "unreachable", "unconnected_port", "endless_loop", "missing_audio", "unknown_reference", "key_conflict" ... */
	const char *code;
	char detail[160];
};
/* Does the thing a node names exist? kind: "queue", "audio", "calendar", "flow". language: for audio, may be NULL. */
typedef bool(ivr_exists_h)(const char *kind, const char *name, const char *language, void *arg);
/* Compiles. Findings (at most max) are written; with an error among them *flowp stays untouched and EINVAL is returned.
 * EBADMSG: not JSON of this schema (one finding says where). Limits: 512 KiB, 500 nodes, 5,000 edges, depth 20. */
int ivr_flow_compile(struct ivr_flow **flowp, const char *json, size_t len, ivr_exists_h *exists,
	void *arg, struct ivr_finding *findings, size_t max, size_t *count);
struct ivr_flow *ivr_flow_hold(struct ivr_flow *flow);
void ivr_flow_release(struct ivr_flow *flow);
const char *ivr_flow_id(const struct ivr_flow *flow);

/* --- sessions --- */
struct ivr_part { /* one part of a prompt, resolved by the host to sound */
	enum { IVR_AUDIO, IVR_SPEECH, IVR_SILENCE } kind;
	/* AUDIO: "welcome@3" or "welcome"; SPEECH: what to speak. The sound "beep" is expected to exist. */
	const char *text;
	/* AUDIO: to be spoken when there is no recording in this language; may be NULL. */
	const char *fallback;
	int ms; /* SILENCE */
};

/* What the session asks of the call it runs for. All return at once; answers come as inputs, from inside these functions too. Pointers
 * given to them are valid during the call only. Rows may be NULL. ended is the last call; ivr_session_free is allowed in it. */
struct ivr_host {
	void (*play)(void *call, const struct ivr_part *parts, size_t count, const char *language,
		bool loop);
	void (*stop)(void *call);
	void (*timer)(void *call, int64_t ms); /* one timer; 0 cancels */
	/* A decision the host owns, answered at once: is the calendar open ("open","closed","holiday","special"), live switches. */
	const char *(*calendar)(void *call, const char *name);
	bool (*live_switch)(void *call, const char *name);
	void (*record)(void *call, bool on);
	/* One line of the trace: node left by port; keys typed there (secret ones as '*'). */
	void (*trace)(void *call, const char *node, const char *type, const char *name,
		const char *port, const char *keys);
	/* Collected or set: pops on the agent's screen. */
	void (*value)(void *call, const char *name, const char *value, bool secret);
	void (*ended)(void *call, const char *cause); /* hang up: "normal", "error", "limit" */
};

struct ivr_start {
	const char *caller, *called, *language; /* language NULL: the flow's */
	int64_t now_ms; /* clock_now(), for ${time}, ${date} and the time node; in the zone of the process */
};
int ivr_session_create(struct ivr_session **sp, struct ivr_flow *flow, const struct ivr_host *host,
	void *call, const struct ivr_start *start);
void ivr_session_free(struct ivr_session *s);
/* Enters the start node (or node, for a return: ivr_session_goto). ENOENT, EPIPE after the end. */
int ivr_session_begin(struct ivr_session *s);
int ivr_session_goto(struct ivr_session *s, const char *node);
/* Inputs. After ended was called they do nothing. played belongs to the last play that was not stopped. */
void ivr_session_digit(struct ivr_session *s, char digit);
void ivr_session_played(struct ivr_session *s);
void ivr_session_timer(struct ivr_session *s);
/* The answer a domain node (queue, transfer, caller) waits for. */
void ivr_session_result(struct ivr_session *s, const char *port);
/* The caller has gone: onHangup nodes run without media; one that waits for somebody ends the session. */
void ivr_session_hangup(struct ivr_session *s);

/* --- for node types --- */
void *ivr_session_call(struct ivr_session *s); /* the host's call */
const struct ivr_host *ivr_session_host(struct ivr_session *s);
/* Moves on; `next` when the port has no edge but next does. */
int ivr_leave(struct ivr_session *s, const char *port);
/* Variable, "" when unset; "customer.level", "caller" ... Valid until it is set again or the node is left. */
const char *ivr_get(struct ivr_session *s, const char *name);
/* At most 200 variables of 4 kB, names of 63 bytes. The host is told. */
int ivr_set(struct ivr_session *s, const char *name, const char *value);
const char *ivr_language(struct ivr_session *s);
int ivr_set_language(struct ivr_session *s, const char *language);
/* Settings of the node. Text may hold ${variable}, replaced (in memory of the visit). NULL: not there. */
const char *ivr_text(struct ivr_session *s, const struct ivr_node *n, const char *field);
int64_t ivr_int(const struct ivr_node *n, const char *field, int64_t fallback);
bool ivr_bool(const struct ivr_node *n, const char *field, bool fallback);
/* Plays a prompt field (list of parts); IVR_IN_PLAYED follows, at once when it is empty. */
int ivr_play(struct ivr_session *s, const struct ivr_node *n, const char *field, bool loop);
int ivr_play_parts(struct ivr_session *s, const struct ivr_part *parts, size_t count, bool loop);
/* The one timer of the node (host->timer); ends with the node. 0 cancels. */
void ivr_timer(struct ivr_session *s, int64_t ms);
char ivr_take_digit(struct ivr_session *s); /* the oldest key typed ahead; 0: none */
void ivr_flush_digits(struct ivr_session *s);
void ivr_mask_keys(struct ivr_session *s); /* what is typed in this visit is secret */
const char *ivr_node_id(const struct ivr_node *n);
const char *ivr_node_name(const struct ivr_node *n);

#endif
