/* Inside of the IVR: a compiled flow. */
#ifndef HOTLINE_ENGINE_IVR_FLOW_H
#define HOTLINE_ENGINE_IVR_FLOW_H

#include <jansson.h>
#include "ivr.h"

#define IVR_MAX_BYTES     (512 * 1024)
#define IVR_MAX_NODES     500
#define IVR_MAX_EDGES     5000
#define IVR_MAX_DEPTH     20
#define IVR_MAX_ID        63
#define IVR_MAX_TEXT      2000 /* characters that are spoken at once */
#define IVR_LONG_TEXT     300  /* callers do not listen that long: warning */
#define IVR_MAX_PARTS     64   /* of a prompt */
#define IVR_MAX_TRIES     10
#define IVR_MAX_VARIABLES 200
#define IVR_MAX_VALUE     4096
#define IVR_MAX_LANGUAGES 8
#define IVR_TYPE_AHEAD    32

struct ivr_edge {
	const char *port;
	struct ivr_node *to;
};

struct ivr_node {
	const char *id, *name;
	const struct ivr_node_type *type;
	struct ivr_flow *flow;
	json_t *json;
	size_t index;
	struct ivr_edge *edges;
	size_t edge_count;
};

enum ivr_action { IVR_ACT_NONE, IVR_ACT_NODE, IVR_ACT_REPEAT, IVR_ACT_BACK, IVR_ACT_MAIN };

struct ivr_global_key {
	enum ivr_action action;
	struct ivr_node *to;
};

struct ivr_defaults {
	int64_t first_ms, inter_ms, max_duration_ms;
	int max_timeout, max_invalid;
	bool barge_in;
};

struct ivr_flow {
	int references; /* atomic */
	json_t *root;
	const char *id, *language;
	struct ivr_node *nodes;
	size_t node_count;
	struct ivr_edge *edges; /* of all nodes, sorted by node */
	struct hash *by_id;
	struct ivr_node *start, *on_error, *on_hangup, *main;
	const char *languages[IVR_MAX_LANGUAGES]; /* its own and those its language nodes choose */
	size_t language_count;
	struct ivr_defaults defaults;
	struct ivr_global_key global[128]; /* by key */
};

/* --- types.c --- */
const struct ivr_node_type *ivr_type_find(const char *name);
/* Compares a row of ports ("holiday>closed") with a name; *otherwise: the port instead of an open one (not NUL-terminated: a row's
 * tail), "" for one that may stay open, NULL for one that must be connected. */
bool ivr_port_is(const char *row, const char *name, const char **otherwise);
const char *ivr_port_row(
	const struct ivr_node_type *type, const char *name, const char **otherwise);

/* --- flow.c --- */
struct ivr_node *ivr_flow_node(const struct ivr_flow *flow, const char *id);
struct ivr_node *ivr_node_edge(
	const struct ivr_node *n, const char *port); /* NULL: not connected */
/* Where leaving by the port leads: the edge, the row's other port, next. NULL: nowhere. */
struct ivr_node *ivr_node_follow(const struct ivr_node *n, const char *port);
json_t *ivr_node_json(const struct ivr_node *n);
enum ivr_action ivr_action_named(const char *name);
bool ivr_is_key(char c);

/* --- check.c --- */
typedef void(ivr_finding_h)(bool error, const char *code, const char *detail, void *arg);
struct ivr_checker {
	struct ivr_flow *flow;
	ivr_exists_h *exists;
	void *arg;
	struct ivr_finding *findings;
	size_t max, count, errors;
	const struct ivr_node *node; /* the one looked at */
};
void ivr_found(struct ivr_checker *c, bool error, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void ivr_check_flow(struct ivr_checker *c);
/* check_prompt.c */
void ivr_check_prompt(struct ivr_checker *c, const char *field, json_t *prompt);
void ivr_check_variables(struct ivr_checker *c, const char *text);
/* check_graph.c */
void ivr_check_graph(struct ivr_checker *c);

#endif
