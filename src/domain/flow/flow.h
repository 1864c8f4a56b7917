/* IVR flows with their versions, prompts, entry numbers and live switches, as people configure them. The interpreter is engine/ivr, the
 * running calls are the exchange's. Source: workflow 7.5, A25, A26. */
#ifndef HOTLINE_DOMAIN_FLOW_H
#define HOTLINE_DOMAIN_FLOW_H

#include "module/module.h"

extern const struct module flow_module, prompt_module, entry_module;

struct speech;
/* The exchange's speech service, for prompts that are synthesised; NULL while there is none. */
void flow_set_speech(struct speech *speech);
/* How many calls run in a version now; set by the exchange. fn must be quick and may be called on any worker. */
void flow_set_call_counter(size_t (*fn)(int64_t flow_id, int64_t version));

#endif
