/* language: sets the language of prompts, at once or by a key. Who chooses nothing keeps the one he has. */
#include <errno.h>
#include <string.h>
#include "ivr/input.h"
#include "nodes.h"

struct choice {
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
	const char *language;

	if (digit && !in->count && !input_uses(keys_of(n), digit) && input_global(s, n, in, digit))
		return INPUT_TAKEN;
	answer = input_match(s, in, keys_of(n), digit, &language);
	if (answer != INPUT_TAKEN)
		return answer;
	in->failed = ivr_set_language(s, language);
	if (!in->failed)
		in->failed = ivr_leave(s, ivr_node_edge(n, language) ? language : "next");
	return INPUT_TAKEN;
}

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	struct choice *c = state;
	const char *fixed = ivr_text(s, n, "language");
	int err;

	if (!fixed) {
		c->in.decide = decide;
		c->in.prompt = prompt;
		return input_enter(s, n, &c->in);
	}
	err = ivr_set_language(s, fixed);
	return err ? err : ivr_leave(s, "next");
}

static int resume(
	struct ivr_session *s, const struct ivr_node *n, void *state, const struct ivr_input *in)
{
	return input_resume(s, n, &((struct choice *)state)->in, in);
}

static void check(const struct ivr_node *n, ivr_finding_h *finding, void *arg)
{
	bool fixed = json_object_get(n->json, "language");

	if (fixed == (keys_of(n) != NULL))
		finding(true, "missing_field", "language or keys", arg);
	else if (!fixed)
		input_check_keys(keys_of(n), finding, arg);
}

const struct ivr_node_type ivr_node_language = {
	.name = "language",
	.text_zh = "语种",
	.text_en = "Language",
	.fields =
		(const struct ivr_field[]){
			{ "language", IVR_TEXT, .max = 15, .text_zh = "语种",
				.text_en = "Language" },
			{ "keys", IVR_OTHER, .text_zh = "按键", .text_en = "Keys" },
			INPUT_FIELDS,
			{ 0 },
		},
	.ports = (const char *const[]){ "next", "timeout>next", "invalid>next", NULL },
	.dynamic_ports = true,
	.waits = true,
	.keeps_digits = true,
	.state_size = sizeof(struct choice),
	.enter = enter,
	.resume = resume,
	.check = check,
};
