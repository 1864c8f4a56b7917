/* A compiled flow: its life, its edges, the settings of its nodes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "ivr_flow.h"

struct ivr_flow *ivr_flow_hold(struct ivr_flow *flow)
{
	if (flow)
		__atomic_add_fetch(&flow->references, 1, __ATOMIC_RELAXED);
	return flow;
}

void ivr_flow_release(struct ivr_flow *flow)
{
	if (!flow || __atomic_sub_fetch(&flow->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	hash_free(flow->by_id);
	free(flow->edges);
	free(flow->nodes);
	json_decref(flow->root);
	free(flow);
}

const char *ivr_flow_id(const struct ivr_flow *flow)
{
	return flow->id;
}

struct ivr_node *ivr_flow_node(const struct ivr_flow *flow, const char *id)
{
	return id ? hash_get(flow->by_id, id) : NULL;
}

struct ivr_node *ivr_node_edge(const struct ivr_node *n, const char *port)
{
	for (size_t i = 0; i < n->edge_count; i++)
		if (!strcmp(n->edges[i].port, port))
			return n->edges[i].to;
	return NULL;
}

struct ivr_node *ivr_node_follow(const struct ivr_node *n, const char *port)
{
	struct ivr_node *to = ivr_node_edge(n, port);
	const char *otherwise = NULL;

	if (!to && ivr_port_row(n->type, port, &otherwise) && otherwise && *otherwise)
		to = ivr_node_edge(n, otherwise);
	return to ? to : ivr_node_edge(n, "next");
}

json_t *ivr_node_json(const struct ivr_node *n)
{
	return n->json;
}

const char *ivr_node_id(const struct ivr_node *n)
{
	return n->id;
}

const char *ivr_node_name(const struct ivr_node *n)
{
	return n->name;
}

int64_t ivr_int(const struct ivr_node *n, const char *field, int64_t fallback)
{
	const json_t *v = json_object_get(n->json, field);

	return json_is_integer(v) ? json_integer_value(v) : fallback;
}

bool ivr_bool(const struct ivr_node *n, const char *field, bool fallback)
{
	const json_t *v = json_object_get(n->json, field);

	return json_is_boolean(v) ? json_is_true(v) : fallback;
}

enum ivr_action ivr_action_named(const char *name)
{
	if (!strcmp(name, "repeat"))
		return IVR_ACT_REPEAT;
	if (!strcmp(name, "back"))
		return IVR_ACT_BACK;
	return strcmp(name, "main") ? IVR_ACT_NONE : IVR_ACT_MAIN;
}

bool ivr_is_key(char c)
{
	return c && strchr("0123456789*#ABCD", c);
}
