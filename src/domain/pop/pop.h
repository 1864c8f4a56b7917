/* The screen pop: everything an agent needs to know when a call rings (A30, A31, B4, B5, K4), in one answer. */
#ifndef HOTLINE_DOMAIN_POP_H
#define HOTLINE_DOMAIN_POP_H

#include "module/module.h"

extern const struct module pop_module;

/* The pop of a call as this person may see it, as JSON in the arena: for pushing it. Does not ask whether the call is his: the switch knows.
 * ENOENT: no such call (yet) or person. */
int pop_json(struct db *db, struct arena *arena, int64_t interaction_id, int64_t user_id,
	const char **json);

#endif
