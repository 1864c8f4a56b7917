/* The list of built-in node types. */
#include <stddef.h>
#include "nodes.h"

const struct ivr_node_type *const ivr_builtin_types[] = {
	&ivr_node_start,
	&ivr_node_play,
	&ivr_node_say,
	&ivr_node_menu,
	&ivr_node_collect,
	&ivr_node_condition,
	&ivr_node_time,
	&ivr_node_set,
	&ivr_node_language,
	&ivr_node_goto,
	&ivr_node_loop,
	&ivr_node_record,
	&ivr_node_wait,
	&ivr_node_beep,
	&ivr_node_hangup,
	NULL,
};
