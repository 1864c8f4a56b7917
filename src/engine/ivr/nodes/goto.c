/* goto: to a node, to the main menu, or back to the last question. */
#include <errno.h>
#include "ivr/session.h"
#include "nodes.h"

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	const char *target = ivr_text(s, n, "target");
	const struct ivr_node *to = NULL;

	(void)state;
	if (!target)
		return ENOMEM;
	switch (ivr_action_named(target)) {
	case IVR_ACT_MAIN:
		to = n->flow->main;
		break;
	case IVR_ACT_BACK:
	case IVR_ACT_REPEAT:
		to = s->history_count ? s->history[--s->history_count] : n->flow->main;
		break;
	default:
		to = ivr_flow_node(n->flow, target);
	}
	if (!to)
		return ENOENT;
	ivr_go(s, to, "next");
	return 0;
}

const struct ivr_node_type ivr_node_goto = {
	.name = "goto",
	.text_zh = "跳转",
	.text_en = "Go to",
	.fields =
		(const struct ivr_field[]){
			{ "target", IVR_REFERENCE, .required = true, .reference = "node",
				.text_zh = "目标", .text_en = "Target" },
			{ 0 },
		},
	.enter = enter,
};
