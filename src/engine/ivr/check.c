/* Publish checks: what a flow says. Errors block, warnings do not. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "ivr_flow.h"
#include "utf8.h"

/* A cut in the middle of a character would make the finding unreadable as JSON. */
static void cut_character(char *text)
{
	size_t len = strlen(text), at = len;

	while (at && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
		at--;
	if (at && (unsigned char)text[at - 1] >= 0xc0 && !utf8_char(text + at - 1, len - at + 1))
		text[at - 1] = '\0';
}

void ivr_found(struct ivr_checker *c, bool error, const char *code, const char *fmt, ...)
{
	struct ivr_finding *f;
	va_list ap;

	c->errors += error;
	if (c->count == c->max)
		return;
	f = &c->findings[c->count++];
	memset(f, 0, sizeof(*f));
	f->error = error;
	f->code = code;
	if (c->node)
		snprintf(f->node, sizeof(f->node), "%s", c->node->id);
	va_start(ap, fmt);
	vsnprintf(f->detail, sizeof(f->detail), fmt, ap);
	va_end(ap);
	cut_character(f->detail);
}

static void type_finding(bool error, const char *code, const char *detail, void *arg)
{
	ivr_found(arg, error, code, "%s", detail ? detail : "");
}

static bool is_computed(const char *text)
{
	return strstr(text, "${") != NULL;
}

static void check_text(struct ivr_checker *c, const struct ivr_field *f, const json_t *v)
{
	const char *text = json_string_value(v);
	int64_t most = f->max > 0 ? f->max : IVR_MAX_TEXT;

	if (!text && f->kind == IVR_VALUE && (json_is_integer(v) || json_is_real(v)))
		return;
	if (!text)
		ivr_found(c, true, "bad_value", "%s: text is needed", f->name);
	else if (strlen(text) > (size_t)most)
		ivr_found(c, true, "text_too_long", "%s: at most %lld bytes", f->name,
			(long long)most);
	else
		ivr_check_variables(c, text);
}

static void check_integer(struct ivr_checker *c, const struct ivr_field *f, const json_t *v)
{
	int64_t n = json_integer_value(v);

	if (!json_is_integer(v) || (f->max > f->min && (n < f->min || n > f->max)))
		ivr_found(c, true, "bad_value", "%s: %lld to %lld", f->name, (long long)f->min,
			(long long)f->max);
}

static void check_enum(struct ivr_checker *c, const struct ivr_field *f, const json_t *v)
{
	const char *text = json_string_value(v);

	for (size_t i = 0; text && f->values && f->values[i]; i++)
		if (!strcmp(text, f->values[i]))
			return;
	ivr_found(c, true, "bad_value", "%s: %.80s", f->name,
		text ? text : "one of its values is needed");
}

static void check_reference(struct ivr_checker *c, const struct ivr_field *f, const json_t *v)
{
	const char *name = json_string_value(v);

	if (!name || !*name) {
		ivr_found(c, true, "bad_value", "%s: a name is needed", f->name);
		return;
	}
	if (is_computed(name)) {
		ivr_check_variables(c, name);
		return;
	}
	if (!f->reference)
		return;
	if (!strcmp(f->reference, "node")) {
		if (ivr_action_named(name) == IVR_ACT_NONE && !ivr_flow_node(c->flow, name))
			ivr_found(c, true, "unknown_node", "%s: %.80s", f->name, name);
		return;
	}
	if (c->exists && !c->exists(f->reference, name, NULL, c->arg))
		ivr_found(
			c, true, "unknown_reference", "%s: %s %.80s", f->name, f->reference, name);
}

static void check_field(struct ivr_checker *c, const struct ivr_field *f, json_t *v)
{
	switch (f->kind) {
	case IVR_TEXT:
	case IVR_VALUE:
		check_text(c, f, v);
		break;
	case IVR_INT:
		check_integer(c, f, v);
		break;
	case IVR_BOOL:
		if (!json_is_boolean(v))
			ivr_found(c, true, "bad_value", "%s: true or false", f->name);
		break;
	case IVR_ENUM:
		check_enum(c, f, v);
		break;
	case IVR_PROMPT:
		ivr_check_prompt(c, f->name, v);
		break;
	case IVR_REFERENCE:
		check_reference(c, f, v);
		break;
	case IVR_OTHER:
		break;
	}
}

static const struct ivr_field *find_field(const struct ivr_node_type *type, const char *name)
{
	for (const struct ivr_field *f = type->fields; f && f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static bool is_common_field(const char *name)
{
	static const char *const names[] = { "id", "type", "name", "note", "ui", NULL };

	for (const char *const *n = names; *n; n++)
		if (!strcmp(*n, name))
			return true;
	return false;
}

static void check_node(struct ivr_checker *c, struct ivr_node *n)
{
	const char *key;
	json_t *v;

	c->node = n;
	if (json_object_get(n->json, "name") && !json_is_string(json_object_get(n->json, "name")))
		ivr_found(c, true, "bad_value", "name: text is needed");
	json_object_foreach(n->json, key, v)
	{
		const struct ivr_field *f = find_field(n->type, key);

		if (f)
			check_field(c, f, v);
		else if (!is_common_field(key))
			ivr_found(c, false, "unknown_field", "%.80s", key);
	}
	for (const struct ivr_field *f = n->type->fields; f && f->name; f++)
		if (f->required && !json_object_get(n->json, f->name))
			ivr_found(c, true, "missing_field", "%s", f->name);
	if (n->type->check)
		n->type->check(n, type_finding, c);
}

static void check_variables_list(struct ivr_checker *c)
{
	json_t *vars = json_object_get(c->flow->root, "vars"), *v;
	size_t i;

	c->node = NULL;
	if (vars && !json_is_array(vars))
		ivr_found(c, true, "bad_value", "vars: a list is needed");
	if (json_array_size(vars) > IVR_MAX_VARIABLES)
		ivr_found(c, true, "too_many", "vars: at most 200");
	json_array_foreach(vars, i, v)
	{
		const char *name = json_string_value(json_object_get(v, "name"));

		if (!name || !*name || strlen(name) > IVR_MAX_ID)
			ivr_found(c, true, "bad_value", "vars[%zu]: a name is needed", i);
	}
}

void ivr_check_flow(struct ivr_checker *c)
{
	check_variables_list(c);
	for (size_t i = 0; i < c->flow->node_count; i++)
		check_node(c, &c->flow->nodes[i]);
	ivr_check_graph(c);
}
