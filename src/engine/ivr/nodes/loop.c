/* loop: so many times `again`, then `done`, and from the beginning. The count is the variable loop.<node>. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ivr/session.h"
#include "nodes.h"

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	char name[IVR_MAX_ID + 1], count[24];
	size_t len = strlen(n->id), most = IVR_MAX_ID - strlen("loop.");
	long long rounds;
	int err;

	(void)state;
	/* Of a long id the end tells nodes apart. */
	snprintf(name, sizeof(name), "loop.%s", n->id + (len > most ? len - most : 0));
	rounds = strtoll(ivr_get(s, name), NULL, 10) + 1;
	if (rounds > ivr_int(n, "max", 1))
		rounds = 0;
	snprintf(count, sizeof(count), "%lld", rounds);
	err = ivr_set_quietly(s, name, count, false);
	return err ? err : ivr_leave(s, rounds ? "again" : "done");
}

const struct ivr_node_type ivr_node_loop = {
	.name = "loop",
	.text_zh = "循环",
	.text_en = "Loop",
	.fields =
		(const struct ivr_field[]){
			{ "max", IVR_INT, .required = true, .min = 1, .max = 40, .text_zh = "次数",
				.text_en = "Rounds" },
			{ 0 },
		},
	.ports = (const char *const[]){ "again", "done", NULL },
	.waits = true, /* it ends */
	.enter = enter,
};
