/* What the files of flow/ share. */
#ifndef HOTLINE_DOMAIN_FLOW_INTERNAL_H
#define HOTLINE_DOMAIN_FLOW_INTERNAL_H

#include "flow/flow.h"
#include "flow/flow_sql.h"
#include "ivr/ivr.h"
#include "web/web.h"

extern const struct web_route flow_routes[], prompt_routes[], entry_routes[];
size_t flow_calls_in(int64_t flow_id, int64_t version);
struct speech *flow_speech(void);
/* For ivr_flow_compile: are the things a flow names there? arg: struct db. */
bool flow_reference_exists(const char *kind, const char *name, const char *language, void *arg);
int flow_demo(struct db *db);

#endif
