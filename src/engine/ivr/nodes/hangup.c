/* hangup: a last word, then the end. */
#include "ivr/session.h"
#include "nodes.h"

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	(void)state;
	return ivr_play(s, n, "prompt", false);
}

static int resume(
	struct ivr_session *s, const struct ivr_node *n, void *state, const struct ivr_input *in)
{
	const char *cause = json_string_value(json_object_get(n->json, "cause"));

	(void)state;
	if (in->kind != IVR_IN_PLAYED)
		return 0;
	return ivr_finish(s, cause ? cause : "normal");
}

static const char *const causes[] = { "normal", "error", "limit", NULL };

const struct ivr_node_type ivr_node_hangup = {
	.name = "hangup",
	.text_zh = "挂机",
	.text_en = "Hang up",
	.fields =
		(const struct ivr_field[]){
			{ "prompt", IVR_PROMPT, .text_zh = "提示音", .text_en = "Prompt" },
			{ "cause", IVR_ENUM, .values = causes, .text_zh = "原因",
				.text_en = "Cause" },
			{ 0 },
		},
	.enter = enter,
	.resume = resume,
};
