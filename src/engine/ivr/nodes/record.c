/* record: recording of the call on or off from here. */
#include "ivr/session.h"
#include "nodes.h"

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	(void)state;
	if (s->host->record)
		s->host->record(s->call, ivr_bool(n, "on", true));
	return ivr_leave(s, "next");
}

const struct ivr_node_type ivr_node_record = {
	.name = "record",
	.text_zh = "录音开关",
	.text_en = "Recording on or off",
	.fields =
		(const struct ivr_field[]){
			{ "on", IVR_BOOL, .required = true, .text_zh = "开", .text_en = "On" },
			{ 0 },
		},
	.ports = (const char *const[]){ "next", NULL },
	.enter = enter,
};
