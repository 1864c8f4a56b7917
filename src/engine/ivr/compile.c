/* From JSON to a flow: the shape is read here, what it says is checked in check.c. */
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "hash.h"
#include "ivr_flow.h"

#define SCHEMA "hotline-ivr/1"

static size_t depth_of(const json_t *v, size_t limit)
{
	size_t deepest = 0, depth;
	json_t *item;
	const char *key;
	size_t index;

	if (!limit)
		return 1;
	json_object_foreach((json_t *)v, key, item)
	{
		depth = depth_of(item, limit - 1);
		deepest = depth > deepest ? depth : deepest;
	}
	json_array_foreach((json_t *)v, index, item)
	{
		depth = depth_of(item, limit - 1);
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + 1;
}

static bool is_id(const char *s)
{
	size_t len = s ? strlen(s) : 0;

	if (!len || len > IVR_MAX_ID)
		return false;
	for (; *s; s++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.",
			    *s))
			return false;
	return true;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* Says what makes this no flow of the schema at all. */
static int shape_error(struct ivr_checker *c, const char *code, const char *where)
{
	c->node = NULL;
	ivr_found(c, true, code, "%s", where);
	return EBADMSG;
}

static int check_lists(struct ivr_checker *c, const json_t *nodes, const json_t *edges)
{
	char where[64];
	json_t *item;
	size_t i;

	if (!json_is_array(nodes) || !json_array_size(nodes))
		return shape_error(c, "schema", "nodes: a list is needed");
	if (json_array_size(nodes) > IVR_MAX_NODES)
		return shape_error(c, "too_many", "nodes: at most 500");
	if (edges && !json_is_array(edges))
		return shape_error(c, "schema", "edges: a list is needed");
	if (json_array_size(edges) > IVR_MAX_EDGES)
		return shape_error(c, "too_many", "edges: at most 5,000");
	json_array_foreach((json_t *)nodes, i, item)
	{
		snprintf(where, sizeof(where), "nodes[%zu]: id and type are needed", i);
		if (!is_id(text_of(item, "id")) || !text_of(item, "type"))
			return shape_error(c, "schema", where);
	}
	json_array_foreach((json_t *)edges, i, item)
	{
		snprintf(where, sizeof(where), "edges[%zu]: from, port and to are needed", i);
		if (!text_of(item, "from") || !text_of(item, "port") || !text_of(item, "to"))
			return shape_error(c, "schema", where);
	}
	return 0;
}

static int check_shape(struct ivr_checker *c, const json_t *root)
{
	const char *schema = text_of(root, "schema");
	const json_t *lang = json_object_get(root, "lang");

	if (!json_is_object(root) || !schema || strcmp(schema, SCHEMA) != 0)
		return shape_error(c, "schema", "schema: \"" SCHEMA "\" is needed");
	if (depth_of(root, IVR_MAX_DEPTH + 1) > IVR_MAX_DEPTH)
		return shape_error(c, "too_deep", "at most 20 levels");
	if (!is_id(text_of(root, "id")))
		return shape_error(
			c, "schema", "id: letters, digits, _ - . are needed, at most 63");
	if (lang && !is_id(json_string_value(lang)))
		return shape_error(c, "schema", "lang: a language is needed");
	return check_lists(c, json_object_get(root, "nodes"), json_object_get(root, "edges"));
}

static int read_nodes(struct ivr_checker *c, struct ivr_flow *f)
{
	json_t *nodes = json_object_get(f->root, "nodes"), *item;
	size_t i;

	f->nodes = calloc(json_array_size(nodes), sizeof(*f->nodes));
	f->by_id = hash_create();
	if (!f->nodes || !f->by_id)
		return ENOMEM;
	f->node_count = json_array_size(nodes);
	json_array_foreach(nodes, i, item)
	{
		struct ivr_node *n = &f->nodes[i];
		const char *name = text_of(item, "name");

		*n = (struct ivr_node){
			.id = text_of(item, "id"), .flow = f, .json = item, .index = i
		};
		n->name = name ? name : n->id;
		n->type = ivr_type_find(text_of(item, "type"));
		c->node = n;
		if (!n->type)
			ivr_found(c, true, "unknown_type", "%s", text_of(item, "type"));
		if (ivr_action_named(n->id) != IVR_ACT_NONE)
			ivr_found(c, true, "reserved_id", "%s", n->id);
		if (ivr_flow_node(f, n->id))
			ivr_found(c, true, "duplicate_node", "%s", n->id);
		else if (hash_set(f->by_id, n->id, n))
			return ENOMEM;
	}
	return 0;
}

static int read_edges(struct ivr_checker *c, struct ivr_flow *f)
{
	json_t *edges = json_object_get(f->root, "edges"), *item;
	struct ivr_edge *place;
	size_t i;

	f->edges = calloc(json_array_size(edges) + 1, sizeof(*f->edges));
	if (!f->edges)
		return ENOMEM;
	/* Edges of a node lie together: count, share out, fill. */
	json_array_foreach(edges, i, item)
	{
		struct ivr_node *from = ivr_flow_node(f, text_of(item, "from"));

		if (from)
			from->edge_count++;
	}
	place = f->edges;
	for (i = 0; i < f->node_count; i++) {
		f->nodes[i].edges = place;
		place += f->nodes[i].edge_count;
		f->nodes[i].edge_count = 0;
	}
	json_array_foreach(edges, i, item)
	{
		struct ivr_node *from = ivr_flow_node(f, text_of(item, "from"));
		struct ivr_node *to = ivr_flow_node(f, text_of(item, "to"));
		const char *port = text_of(item, "port");

		c->node = from;
		if (!from || !to)
			ivr_found(c, true, "unknown_node", "edge from %s to %s",
				text_of(item, "from"), text_of(item, "to"));
		else if (ivr_node_edge(from, port))
			ivr_found(c, true, "duplicate_edge", "%s", port);
		else
			from->edges[from->edge_count++] =
				(struct ivr_edge){ .port = port, .to = to };
	}
	return 0;
}

static struct ivr_node *read_target(struct ivr_checker *c, struct ivr_flow *f, const char *key)
{
	const json_t *v = json_object_get(f->root, key);
	struct ivr_node *n = ivr_flow_node(f, json_string_value(v));

	c->node = NULL;
	if (v && !n)
		ivr_found(c, true, "unknown_node", "%s: %s", key,
			json_is_string(v) ? json_string_value(v) : "a node is needed");
	return n;
}

static int64_t read_default(
	struct ivr_checker *c, const char *key, int64_t least, int64_t most, int64_t fallback)
{
	const json_t *v = json_object_get(json_object_get(c->flow->root, "defaults"), key);

	if (!v)
		return fallback;
	if (json_is_integer(v) && json_integer_value(v) >= least && json_integer_value(v) <= most)
		return json_integer_value(v);
	ivr_found(c, true, "bad_value", "defaults.%s: %lld to %lld", key, (long long)least,
		(long long)most);
	return fallback;
}

static void read_defaults(struct ivr_checker *c, struct ivr_flow *f)
{
	const json_t *barge = json_object_get(json_object_get(f->root, "defaults"), "bargeIn");
	struct ivr_defaults *d = &f->defaults;

	c->node = NULL;
	d->first_ms = 1000 * read_default(c, "firstDigitTimeout", 1, 60, 5);
	d->inter_ms = 1000 * read_default(c, "interDigitTimeout", 1, 30, 3);
	d->max_timeout = (int)read_default(c, "maxTimeout", 1, 10, 3);
	d->max_invalid = (int)read_default(c, "maxInvalid", 1, 10, 3);
	d->max_duration_ms = 1000 * read_default(c, "maxDuration", 10, 86400, 3600);
	d->barge_in = !json_is_false(barge);
	if (barge && !json_is_boolean(barge))
		ivr_found(c, true, "bad_value", "defaults.bargeIn: true or false");
}

static void read_global_keys(struct ivr_checker *c, struct ivr_flow *f)
{
	json_t *keys = json_object_get(f->root, "globalKeys"), *v;
	const char *key;

	c->node = NULL;
	if (keys && !json_is_object(keys))
		ivr_found(c, true, "bad_value", "globalKeys: an object of keys is needed");
	json_object_foreach(keys, key, v)
	{
		const char *to = json_string_value(v);
		enum ivr_action action = to ? ivr_action_named(to) : IVR_ACT_NONE;

		if (strlen(key) != 1 || !ivr_is_key(*key)) {
			ivr_found(c, true, "bad_key", "globalKeys: %s", key);
			continue;
		}
		if (action == IVR_ACT_NONE && !ivr_flow_node(f, to)) {
			ivr_found(c, true, "unknown_node", "globalKeys: %s", to ? to : key);
			continue;
		}
		f->global[(unsigned char)*key].action = action ? action : IVR_ACT_NODE;
		f->global[(unsigned char)*key].to = action ? NULL : ivr_flow_node(f, to);
	}
}

static void read_entry(struct ivr_checker *c, struct ivr_flow *f)
{
	f->start = read_target(c, f, "start");
	for (size_t i = 0; i < f->node_count && !f->start && !json_object_get(f->root, "start");
		i++)
		if (f->nodes[i].type && !strcmp(f->nodes[i].type->name, "start"))
			f->start = &f->nodes[i];
	if (!f->start && !json_object_get(f->root, "start"))
		ivr_found(c, true, "unknown_node", "start: a node is needed");
	f->on_error = read_target(c, f, "onError");
	f->on_hangup = read_target(c, f, "onHangup");
	f->main = read_target(c, f, "main");
	if (!f->main)
		f->main = f->start;
}

static void add_language(struct ivr_checker *c, const char *language)
{
	struct ivr_flow *f = c->flow;

	for (size_t i = 0; i < f->language_count; i++)
		if (!language || !strcmp(f->languages[i], language))
			return;
	if (f->language_count == IVR_MAX_LANGUAGES)
		ivr_found(c, true, "too_many", "languages: at most %d", IVR_MAX_LANGUAGES);
	else if (!is_id(language))
		ivr_found(c, true, "bad_value", "language: %.20s", language);
	else
		f->languages[f->language_count++] = language;
}

static void read_languages(struct ivr_checker *c, struct ivr_flow *f)
{
	const char *key;
	json_t *v;

	f->language = text_of(f->root, "lang");
	if (!f->language)
		f->language = "zh-CN";
	f->languages[f->language_count++] = f->language;
	for (size_t i = 0; i < f->node_count; i++) {
		c->node = &f->nodes[i];
		if (strcmp(text_of(f->nodes[i].json, "type"), "language") != 0)
			continue;
		add_language(c, text_of(f->nodes[i].json, "language"));
		json_object_foreach(json_object_get(f->nodes[i].json, "keys"), key, v)
		{
			add_language(c, json_string_value(v));
		}
	}
}

static int compile(struct ivr_checker *c, struct ivr_flow *f, const char *json, size_t len)
{
	json_error_t error;
	char where[128];
	int err;

	if (len > IVR_MAX_BYTES)
		return shape_error(c, "too_long", "at most 512 KiB");
	f->root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
	if (!f->root) {
		snprintf(where, sizeof(where), "line %d, column %d: %.80s", error.line,
			error.column, error.text);
		return shape_error(c, "json", where);
	}
	err = check_shape(c, f->root);
	if (err)
		return err;
	f->id = text_of(f->root, "id");
	err = read_nodes(c, f);
	if (!err)
		err = read_edges(c, f);
	if (err)
		return err;
	read_languages(c, f);
	read_entry(c, f);
	read_defaults(c, f);
	read_global_keys(c, f);
	if (!c->errors)
		ivr_check_flow(c);
	return c->errors ? EINVAL : 0;
}

int ivr_flow_compile(struct ivr_flow **flowp, const char *json, size_t len, ivr_exists_h *exists,
	void *arg, struct ivr_finding *findings, size_t max, size_t *count)
{
	struct ivr_checker c = {
		.exists = exists, .arg = arg, .findings = findings, .max = findings ? max : 0
	};
	struct ivr_flow *f;
	int err;

	if (count)
		*count = 0;
	if (!flowp || !json)
		return EINVAL;
	f = calloc(1, sizeof(*f));
	if (!f)
		return ENOMEM;
	f->references = 1;
	c.flow = f;
	err = compile(&c, f, json, len);
	if (count)
		*count = c.count;
	if (err)
		ivr_flow_release(f);
	else
		*flowp = f;
	return err;
}
