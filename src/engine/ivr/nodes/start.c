/* start: where calls enter. The language is the entry's or the flow's. */
#include "ivr/session.h"
#include "nodes.h"

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	(void)state;
	if (ivr_bool(n, "record", false) && s->host->record)
		s->host->record(s->call, true);
	return ivr_leave(s, "next");
}

const struct ivr_node_type ivr_node_start = {
	.name = "start",
	.text_zh = "开始",
	.text_en = "Start",
	.fields =
		(const struct ivr_field[]){
			{ "record", IVR_BOOL, .text_zh = "录音", .text_en = "Record the call" },
			{ 0 },
		},
	.ports = (const char *const[]){ "next", NULL },
	.enter = enter,
};
