/* menu: a key, or several in a row, chooses the port. */
#include <string.h>
#include "ivr/input.h"
#include "nodes.h"

struct menu {
	struct input in;
};

static const json_t *keys_of(const struct ivr_node *n)
{
	return json_object_get(n->json, "keys");
}

static int prompt(struct ivr_session *s, const struct ivr_node *n, struct input *in,
	struct ivr_prompt *p, bool again)
{
	(void)in;
	return ivr_prompt_add(s, p, n,
		again && json_object_get(n->json, "shortPrompt") ? "shortPrompt" : "prompt", 0);
}

static enum input_answer decide(
	struct ivr_session *s, const struct ivr_node *n, struct input *in, char digit)
{
	enum input_answer answer;
	const char *port;

	if (digit && !in->count && !input_uses(keys_of(n), digit) && input_global(s, n, in, digit))
		return INPUT_TAKEN;
	answer = input_match(s, in, keys_of(n), digit, &port);
	if (answer != INPUT_TAKEN)
		return answer;
	/* A port somebody connected is a port; else repeat, back and main are what they say. */
	if (!ivr_node_edge(n, port) && input_act(s, n, in, ivr_action_named(port), NULL))
		return INPUT_TAKEN;
	in->failed = ivr_leave(s, port);
	return INPUT_TAKEN;
}

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	struct menu *m = state;

	m->in.decide = decide;
	m->in.prompt = prompt;
	return input_enter(s, n, &m->in);
}

static int resume(
	struct ivr_session *s, const struct ivr_node *n, void *state, const struct ivr_input *in)
{
	return input_resume(s, n, &((struct menu *)state)->in, in);
}

static void check(const struct ivr_node *n, ivr_finding_h *finding, void *arg)
{
	const char *key;
	json_t *v;

	input_check_keys(keys_of(n), finding, arg);
	json_object_foreach((json_t *)keys_of(n), key, v)
	{
		const char *port = json_string_value(v);

		if (port && ivr_action_named(port) == IVR_ACT_NONE && !ivr_node_edge(n, port))
			finding(true, "unconnected_port", port, arg);
	}
	for (size_t i = 0; i < n->edge_count; i++) {
		bool used = !strcmp(n->edges[i].port, "error") ||
			    ivr_port_row(n->type, n->edges[i].port, NULL);

		json_object_foreach((json_t *)keys_of(n), key, v)
		{
			used = used || (json_is_string(v) &&
					       !strcmp(json_string_value(v), n->edges[i].port));
		}
		if (!used)
			finding(false, "unused_edge", n->edges[i].port, arg);
	}
}

const struct ivr_node_type ivr_node_menu = {
	.name = "menu",
	.text_zh = "菜单",
	.text_en = "Menu",
	.fields =
		(const struct ivr_field[]){
			{ "keys", IVR_OTHER, .required = true, .text_zh = "按键",
				.text_en = "Keys" },
			INPUT_FIELDS,
			{ 0 },
		},
	.ports = (const char *const[]){ "timeout", "invalid", NULL },
	.dynamic_ports = true,
	.waits = true,
	.keeps_digits = true,
	.state_size = sizeof(struct menu),
	.enter = enter,
	.resume = resume,
	.check = check,
};
