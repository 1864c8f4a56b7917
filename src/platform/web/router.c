/* The router: a tree of path segments; under each node words come before ids, ids before text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "id.h"
#include "web/web_private.h"

#define MOST_SEGMENTS 16

struct route_node {
	char *word; /* NULL at the root and for captures */
	struct route_node *next;
	struct route_node *words, *id, *text; /* children */
	struct web_route_entry *entries[WEB_METHODS];
};

static const char *const method_names[] = { "GET", "POST", "PUT", "PATCH", "DELETE", NULL };

const char *web_method_name(enum web_method method)
{
	return method_names[method];
}

static struct route_node *child_word(
	struct route_node *node, const char *word, size_t len, bool make)
{
	struct route_node *child;

	for (child = node->words; child; child = child->next)
		if (strlen(child->word) == len && !memcmp(child->word, word, len))
			return child;
	if (!make)
		return NULL;
	child = calloc(1, sizeof(*child));
	if (!child)
		return NULL;
	child->word = strndup(word, len);
	if (!child->word) {
		free(child);
		return NULL;
	}
	child->next = node->words;
	node->words = child;
	return child;
}

static struct route_node *child_capture(struct route_node *node, bool text)
{
	struct route_node **slot = text ? &node->text : &node->id;

	if (!*slot)
		*slot = calloc(1, sizeof(**slot));
	return *slot;
}

/* "{id}" or "{name:text}" */
static int add_capture(struct web_route_entry *entry, const char *segment, size_t len)
{
	const char *name = segment + 1, *colon = memchr(segment, ':', len);
	size_t name_len = len - 2;

	if (segment[len - 1] != '}' || len < 3 || entry->capture_count == MOST_CAPTURES)
		return EINVAL;
	if (colon) {
		if ((size_t)(segment + len - 1 - colon) != 5 || memcmp(colon, ":text", 5))
			return EINVAL;
		name_len = (size_t)(colon - name);
	}
	entry->captures[entry->capture_count] = strndup(name, name_len);
	if (!entry->captures[entry->capture_count])
		return ENOMEM;
	entry->capture_text[entry->capture_count++] = colon != NULL;
	return 0;
}

static void entry_free(struct web_route_entry *entry)
{
	if (!entry)
		return;
	for (size_t i = 0; i < entry->capture_count; i++)
		free((void *)entry->captures[i]);
	free(entry);
}

static int place_entry(struct web *web, struct web_route_entry *entry)
{
	const struct web_route *route = entry->route;
	struct route_node *node = web->router;
	int segments = 0, err;

	if (!node)
		node = web->router = calloc(1, sizeof(*node));
	for (const char *s = route->path; node && *s;) {
		size_t len;

		if (*s++ != '/' || ++segments > MOST_SEGMENTS)
			return EINVAL;
		len = strcspn(s, "/");
		if (!len && (segments > 1 || *s))
			return EINVAL;
		if (*s == '{') {
			err = add_capture(entry, s, len);
			if (err)
				return err;
			node = child_capture(node, entry->capture_text[entry->capture_count - 1]);
		} else if (len) {
			node = child_word(node, s, len, true);
		}
		s += len;
	}
	if (!node)
		return ENOMEM;
	if (node->entries[route->method])
		return EEXIST;
	node->entries[route->method] = entry;
	return 0;
}

static void count_entry(struct web_route_entry *entry)
{
	char labels[256];

	for (int class = 2; class < 6; class ++) {
		snprintf(labels, sizeof(labels), "method=\"%s\",route=\"%s\",status=\"%dxx\"",
			method_names[entry->route->method], entry->route->path, class);
		entry->requests[class] = metric_counter(
			"hotline_http_requests_total", labels, "HTTP requests answered");
	}
	snprintf(labels, sizeof(labels), "method=\"%s\",route=\"%s\"",
		method_names[entry->route->method], entry->route->path);
	entry->duration = metric_histogram("hotline_http_request_duration_seconds", labels,
		"From the request's headers to the last byte of its answer");
}

int router_add(struct web *web, const struct web_route *route)
{
	struct web_route_entry *entry = NULL, **more;
	int err = ENOMEM;

	more = realloc(web->entries, (web->entry_count + 1) * sizeof(struct web_route_entry *));
	if (!more)
		return ENOMEM;
	web->entries = more;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return ENOMEM;
	entry->route = route;
	err = place_entry(web, entry);
	if (err) {
		entry_free(entry);
		return err;
	}
	count_entry(entry);
	web->entries[web->entry_count++] = entry;
	return 0;
}

static void node_free(struct route_node *node)
{
	struct route_node *child, *next;

	if (!node)
		return;
	for (child = node->words; child; child = next) {
		next = child->next;
		node_free(child);
	}
	node_free(node->id);
	node_free(node->text);
	free(node->word);
	free(node);
}

void router_free(struct web *web)
{
	for (size_t i = 0; i < web->entry_count; i++)
		entry_free(web->entries[i]);
	free(web->entries);
	web->entries = NULL;
	web->entry_count = 0;
	node_free(web->router);
	web->router = NULL;
}

struct search {
	enum web_method method;
	const char *captures[MOST_CAPTURES];
	size_t lengths[MOST_CAPTURES];
	struct web_route_entry *found;
	unsigned allow;
};

/* Tries words first; a path whose word branch ends in nothing may still be an id or text one. */
static void search(struct search *find, struct route_node *node, const char *path, size_t captured)
{
	struct route_node *child;
	size_t len;

	if (find->found || !node)
		return;
	if (!*path) {
		for (int m = 0; m < WEB_METHODS; m++)
			if (node->entries[m])
				find->allow |= 1u << m;
		find->found = node->entries[find->method];
		return;
	}
	path++; /* the slash */
	len = strcspn(path, "/");
	if (!len)
		return;
	child = child_word(node, path, len, false);
	search(find, child, path + len, captured);
	if (find->found || captured == MOST_CAPTURES)
		return;
	if (node->id && len < 20) {
		char digits[24];

		memcpy(digits, path, len);
		digits[len] = '\0';
		if (id_parse(digits)) {
			find->captures[captured] = path;
			find->lengths[captured] = len;
			search(find, node->id, path + len, captured + 1);
		}
	}
	if (node->text && !find->found) {
		find->captures[captured] = path;
		find->lengths[captured] = len;
		search(find, node->text, path + len, captured + 1);
	}
}

int router_find(struct web *web, enum web_method method, const char *path, struct arena *arena,
	struct web_route_entry **entry, const char **captures, unsigned *allow)
{
	struct search find = { .method = method };

	if (path[0] != '/')
		return ENOENT;
	search(&find, web->router, path[1] ? path : "", 0);
	*allow = find.allow;
	if (!find.found)
		return find.allow ? ENOTSUP : ENOENT;
	for (size_t i = 0; i < find.found->capture_count; i++) {
		captures[i] = arena_strndup(arena, find.captures[i], find.lengths[i]);
		if (!captures[i])
			return ENOMEM;
	}
	*entry = find.found;
	return 0;
}
