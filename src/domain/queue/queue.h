/* Queues, their members, skills and calendars as people configure them; the exchange reads them through its plan. */
#ifndef HOTLINE_DOMAIN_QUEUE_H
#define HOTLINE_DOMAIN_QUEUE_H

#include "module/module.h"

extern const struct module queue_module, skill_module, calendar_module;

/* Others change what the exchange reads too (prompts, flows): fn is called after the commit. Set at start, by the exchange. */
void plan_on_change(void (*fn)(void *arg));
/* In the transaction of db: the plan has to be read again once it has committed. */
int plan_touch(struct db *db);

#endif
