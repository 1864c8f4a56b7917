/* Publish checks of the drawing: ports, nodes nobody reaches, loops that never wait. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "ivr_flow.h"

enum mark { UNSEEN, SEEN, OPEN, DONE };

static void check_edges(struct ivr_checker *c, const struct ivr_node *n)
{
	for (size_t i = 0; i < n->edge_count; i++)
		if (!n->type->dynamic_ports && strcmp(n->edges[i].port, "error") != 0 &&
			!ivr_port_row(n->type, n->edges[i].port, NULL))
			ivr_found(c, true, "unknown_port", "%.80s", n->edges[i].port);
}

static void check_ports(struct ivr_checker *c, const struct ivr_node *n)
{
	for (const char *const *row = n->type->ports; row && *row; row++) {
		const char *otherwise = strpbrk(*row, "?>");
		char name[IVR_MAX_ID + 1] = { 0 };
		size_t len = strcspn(*row, "?>");

		if (otherwise || len > IVR_MAX_ID)
			continue;
		memcpy(name, *row, len);
		if (!ivr_node_follow(n, name))
			ivr_found(c, true, "unconnected_port", "%s", name);
	}
}

/* Where the flow can go from n without an edge: targets named in fields. */
static struct ivr_node *field_target(const struct ivr_node *n, const struct ivr_field *f)
{
	const char *name;

	if (f->kind != IVR_REFERENCE || !f->reference || strcmp(f->reference, "node") != 0)
		return NULL;
	name = json_string_value(json_object_get(n->json, f->name));
	if (!name)
		return NULL;
	return ivr_action_named(name) == IVR_ACT_MAIN ? n->flow->main
						      : ivr_flow_node(n->flow, name);
}

static void reach(const struct ivr_node *n, enum mark *marks)
{
	if (!n || marks[n->index] == SEEN)
		return;
	marks[n->index] = SEEN;
	for (size_t i = 0; i < n->edge_count; i++)
		reach(n->edges[i].to, marks);
	for (const struct ivr_field *f = n->type->fields; f && f->name; f++)
		reach(field_target(n, f), marks);
}

static bool loops(const struct ivr_node *n, enum mark *marks)
{
	if (!n || n->type->waits || marks[n->index] == DONE)
		return false;
	if (marks[n->index] == OPEN)
		return true;
	marks[n->index] = OPEN;
	for (size_t i = 0; i < n->edge_count; i++)
		if (loops(n->edges[i].to, marks))
			return true;
	for (const struct ivr_field *f = n->type->fields; f && f->name; f++)
		if (loops(field_target(n, f), marks))
			return true;
	marks[n->index] = DONE;
	return false;
}

static void check_reach(struct ivr_checker *c, enum mark *marks)
{
	const struct ivr_flow *f = c->flow;

	reach(f->start, marks);
	reach(f->on_error, marks);
	reach(f->on_hangup, marks);
	reach(f->main, marks);
	for (size_t i = 0; i < sizeof(f->global) / sizeof(f->global[0]); i++)
		reach(f->global[i].to, marks);
	for (size_t i = 0; i < f->node_count; i++) {
		c->node = &f->nodes[i];
		check_edges(c, c->node);
		if (marks[i] == SEEN)
			check_ports(c, c->node);
		else
			ivr_found(c, false, "unreachable", "%s", c->node->name);
	}
}

void ivr_check_graph(struct ivr_checker *c)
{
	enum mark *marks = calloc(c->flow->node_count, sizeof(*marks));

	if (!marks) {
		ivr_found(c, true, "memory", "out of memory");
		return;
	}
	check_reach(c, marks);
	memset(marks, 0, c->flow->node_count * sizeof(*marks));
	for (size_t i = 0; i < c->flow->node_count; i++) {
		c->node = &c->flow->nodes[i];
		if (!loops(c->node, marks))
			continue;
		ivr_found(c, true, "endless_loop", "%s", c->node->name);
		break; /* the marks are left half done: one such loop is told at a time */
	}
	free(marks);
}
