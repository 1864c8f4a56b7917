/* condition: ordered cases over variables; the first that is true chooses the port. Cases are built by form; a case written in a
 * script language will be one more kind beside `all` and `any`. */
#include <stdlib.h>
#include <string.h>
#include "ivr/compare.h"
#include "ivr/session.h"
#include "nodes.h"

static bool term_holds(struct ivr_session *s, const json_t *term)
{
	const char *var = json_string_value(json_object_get(term, "var"));
	const char *op = json_string_value(json_object_get(term, "op"));
	const json_t *value = json_object_get(term, "value"), *item;
	const char *left = ivr_get(s, var);
	size_t i;

	if (json_is_array(value)) { /* one of */
		json_array_foreach((json_t *)value, i, item)
		{
			const char *right = ivr_expand(s, json_string_value(item));

			if (right && ivr_compare(left, "eq", right))
				return true;
		}
		return false;
	}
	if (json_is_integer(value) || json_is_real(value)) {
		char *number = json_dumps(value, JSON_ENCODE_ANY);
		bool holds = number && ivr_compare(left, op, number);

		free(number);
		return holds;
	}
	if (json_is_string(value)) {
		const char *right = ivr_expand(s, json_string_value(value));

		return right && ivr_compare(left, op, right);
	}
	return ivr_compare(left, op, "");
}

static bool case_holds(struct ivr_session *s, const json_t *c)
{
	const json_t *all = json_object_get(c, "all"), *any = json_object_get(c, "any"), *term;
	size_t i;

	json_array_foreach((json_t *)all, i, term)
	{
		if (!term_holds(s, term))
			return false;
	}
	if (!any)
		return true;
	json_array_foreach((json_t *)any, i, term)
	{
		if (term_holds(s, term))
			return true;
	}
	return false;
}

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	const json_t *c;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(n->json, "cases"), i, c)
	{
		if (case_holds(s, c))
			return ivr_leave(s, json_string_value(json_object_get(c, "port")));
	}
	return ivr_leave(s, "else");
}

/* --- publish checks --- */

static bool value_is_good(const json_t *value, const char *op)
{
	const json_t *item;
	size_t i;

	if (!strcmp(op, "empty") || !strcmp(op, "not_empty"))
		return true;
	if (strcmp(op, "in") != 0)
		return json_is_string(value) || json_is_integer(value) || json_is_real(value);
	json_array_foreach((json_t *)value, i, item)
	{
		if (!json_is_string(item))
			return false;
	}
	return json_is_array(value);
}

static bool term_is_good(const json_t *term)
{
	const char *var = json_string_value(json_object_get(term, "var"));
	const char *op = json_string_value(json_object_get(term, "op"));

	return var && *var && strlen(var) <= IVR_MAX_ID && op && ivr_compare_known(op) &&
	       value_is_good(json_object_get(term, "value"), op);
}

static void check_case(const struct ivr_node *n, const json_t *c, ivr_finding_h *finding, void *arg)
{
	const char *port = json_string_value(json_object_get(c, "port"));
	size_t terms = 0;

	if (!port || !*port || strlen(port) > IVR_MAX_ID)
		finding(true, "bad_case", "port: a name is needed", arg);
	else if (!ivr_node_edge(n, port))
		finding(true, "unconnected_port", port, arg);
	for (int k = 0; k < 2; k++) {
		const json_t *list = json_object_get(c, k ? "any" : "all"), *term;
		size_t i;

		json_array_foreach((json_t *)list, i, term)
		{
			terms++;
			if (!term_is_good(term))
				finding(true, "bad_case", "var, op and value are needed", arg);
		}
	}
	if (!terms || terms > 20)
		finding(true, "bad_case", "1 to 20 conditions are needed in all and any", arg);
}

static void check(const struct ivr_node *n, ivr_finding_h *finding, void *arg)
{
	const json_t *cases = json_object_get(n->json, "cases"), *c;
	size_t i;

	if (!json_array_size(cases) || json_array_size(cases) > 50)
		finding(true, "bad_case", "1 to 50 cases are needed", arg);
	json_array_foreach((json_t *)cases, i, c) check_case(n, c, finding, arg);
}

const struct ivr_node_type ivr_node_condition = {
	.name = "condition",
	.text_zh = "条件",
	.text_en = "Condition",
	.fields =
		(const struct ivr_field[]){
			{ "cases", IVR_OTHER, .required = true, .text_zh = "分支",
				.text_en = "Cases" },
			{ 0 },
		},
	.ports = (const char *const[]){ "else", NULL },
	.dynamic_ports = true,
	.enter = enter,
	.check = check,
};
