/* wait and beep. */
#include "ivr/session.h"
#include "nodes.h"

static int enter_wait(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	(void)state;
	ivr_timer(s, ivr_int(n, "ms", 1000));
	return 0;
}

static int resume_wait(
	struct ivr_session *s, const struct ivr_node *n, void *state, const struct ivr_input *in)
{
	(void)n;
	(void)state;
	return in->kind == IVR_IN_TIMER ? ivr_leave(s, "next") : 0;
}

static int enter_beep(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	const struct ivr_part part = { .kind = IVR_AUDIO, .text = "beep" };

	(void)n;
	(void)state;
	return ivr_play_parts(s, &part, 1, false);
}

const struct ivr_node_type ivr_node_wait = {
	.name = "wait",
	.text_zh = "等待",
	.text_en = "Wait",
	.fields =
		(const struct ivr_field[]){
			{ "ms", IVR_INT, .required = true, .min = 100, .max = 300000,
				.text_zh = "毫秒", .text_en = "Milliseconds" },
			{ 0 },
		},
	.ports = (const char *const[]){ "next", NULL },
	.waits = true,
	.keeps_digits = true, /* for the next question */
	.enter = enter_wait,
	.resume = resume_wait,
};

const struct ivr_node_type ivr_node_beep = {
	.name = "beep",
	.text_zh = "提示音",
	.text_en = "Beep",
	.ports = (const char *const[]){ "next", NULL },
	.enter = enter_beep,
};
