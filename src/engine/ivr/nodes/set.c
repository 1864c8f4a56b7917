/* set: assignments, one after the other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "ivr/session.h"
#include "nodes.h"

static const char *sum(struct ivr_session *s, const char *name, json_int_t add)
{
	long long now = strtoll(ivr_get(s, name), NULL, 10), result;

	if (__builtin_add_overflow(now, (long long)add, &result))
		result = now;
	return arena_printf(s->visit, "%lld", result);
}

static int assign(struct ivr_session *s, const json_t *a)
{
	const char *name = json_string_value(json_object_get(a, "var")), *text;
	const json_t *value = json_object_get(a, "value"), *add = json_object_get(a, "add");

	if (json_is_integer(add))
		text = sum(s, name, json_integer_value(add));
	else if (json_is_integer(value))
		text = arena_printf(s->visit, "%lld", (long long)json_integer_value(value));
	else
		text = ivr_expand(s, json_string_value(value));
	return text ? ivr_set(s, name, text) : ENOMEM;
}

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	const json_t *a;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(n->json, "assign"), i, a)
	{
		int err = assign(s, a);

		if (err)
			return err;
	}
	return ivr_leave(s, "next");
}

static void check(const struct ivr_node *n, ivr_finding_h *finding, void *arg)
{
	const json_t *list = json_object_get(n->json, "assign"), *a;
	size_t i;

	if (!json_array_size(list) || json_array_size(list) > 50)
		finding(true, "bad_value", "assign: 1 to 50 are needed", arg);
	json_array_foreach((json_t *)list, i, a)
	{
		const char *name = json_string_value(json_object_get(a, "var"));
		const json_t *value = json_object_get(a, "value");
		bool good = json_is_string(value) || json_is_integer(value) ||
			    json_is_integer(json_object_get(a, "add"));

		if (!name || !*name || strlen(name) > IVR_MAX_ID || strpbrk(name, "${}") || !good ||
			json_string_length(value) > IVR_MAX_VALUE)
			finding(true, "bad_value", "assign: var and value or add are needed", arg);
	}
}

const struct ivr_node_type ivr_node_set = {
	.name = "set",
	.text_zh = "赋值",
	.text_en = "Set variables",
	.fields =
		(const struct ivr_field[]){
			{ "assign", IVR_OTHER, .required = true, .text_zh = "赋值",
				.text_en = "Assignments" },
			{ 0 },
		},
	.ports = (const char *const[]){ "next", NULL },
	.enter = enter,
	.check = check,
};
