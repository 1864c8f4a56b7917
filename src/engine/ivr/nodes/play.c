/* play and say: the caller listens. With barge-in a key ends it and stays for the next input node. */
#include <errno.h>
#include <string.h>
#include "enum_name.h"
#include "ivr/session.h"
#include "nodes.h"
#include "read_aloud.h"

/* The key that ended it is only looked at: the node after this one takes it. */
static bool ends_it(struct ivr_session *s, const struct ivr_node *n)
{
	const char *stop = ivr_text(s, n, "stopKeys");

	if (!s->digit_count || !ivr_bool(n, "bargeIn", n->flow->defaults.barge_in))
		return false;
	return !stop || !*stop || strchr(stop, s->digits[s->digit_count - 1]);
}

static int listen(struct ivr_session *s, const struct ivr_node *n, const struct ivr_prompt *p)
{
	if (ends_it(s, n))
		return ivr_leave(s, "key");
	return ivr_play_parts(s, p->parts, p->count, false);
}

static int enter_play(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	struct ivr_prompt p = { 0 };
	int err = ivr_prompt_add(s, &p, n, "prompt", s->visits[n->index] - 1);

	(void)state;
	return err ? err : listen(s, n, &p);
}

static int enter_say(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	const char *value = ivr_text(s, n, "value"), *kind = ivr_text(s, n, "kind");
	struct ivr_prompt p = { 0 };
	int err;

	(void)state;
	if (!value || !kind)
		return ENOMEM;
	err = ivr_prompt_add(s, &p, n, "before", 0);
	if (!err)
		err = ivr_prompt_read(s, &p, value, enum_value(read_kind_names, kind));
	if (!err)
		err = ivr_prompt_add(s, &p, n, "after", 0);
	return err ? err : listen(s, n, &p);
}

static int resume(
	struct ivr_session *s, const struct ivr_node *n, void *state, const struct ivr_input *in)
{
	(void)state;
	if (in->kind == IVR_IN_PLAYED)
		return ivr_leave(s, "next");
	return in->kind == IVR_IN_DIGIT && ends_it(s, n) ? ivr_leave(s, "key") : 0;
}

#define LISTEN_FIELDS                                                                              \
	{ "bargeIn", IVR_BOOL, .text_zh = "可打断", .text_en = "Keys stop it" },                   \
	{                                                                                          \
		"stopKeys", IVR_TEXT, .max = 16, .text_zh = "打断键（空为任意键）",                \
				      .text_en = "Keys that stop it (none: any)"                   \
	}

const struct ivr_node_type ivr_node_play = {
	.name = "play",
	.text_zh = "放音",
	.text_en = "Play",
	.fields =
		(const struct ivr_field[]){
			{ "prompt", IVR_PROMPT, .required = true, .text_zh = "提示音",
				.text_en = "Prompt" },
			LISTEN_FIELDS,
			{ 0 },
		},
	.ports = (const char *const[]){ "next", "key>next", NULL },
	.keeps_digits = true,
	.enter = enter_play,
	.resume = resume,
};

const struct ivr_node_type ivr_node_say = {
	.name = "say",
	.text_zh = "报读",
	.text_en = "Say",
	.fields =
		(const struct ivr_field[]){
			{ "value", IVR_VALUE, .required = true, .max = 1000, .text_zh = "值",
				.text_en = "Value" },
			{ "kind", IVR_ENUM, .required = true, .values = read_kind_names,
				.text_zh = "读法", .text_en = "Read as" },
			{ "before", IVR_PROMPT, .text_zh = "之前的提示音",
				.text_en = "Prompt before" },
			{ "after", IVR_PROMPT, .text_zh = "之后的提示音",
				.text_en = "Prompt after" },
			LISTEN_FIELDS,
			{ 0 },
		},
	.ports = (const char *const[]){ "next", "key>next", NULL },
	.keeps_digits = true,
	.enter = enter_say,
	.resume = resume,
};
