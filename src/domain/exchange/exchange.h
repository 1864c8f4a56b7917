/* The exchange: agents, queues and calls as business objects, on one thread (design 3, "switch"). Others see its module row and a few
 * questions. */
#ifndef HOTLINE_DOMAIN_EXCHANGE_H
#define HOTLINE_DOMAIN_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>
#include "module/module.h"

extern const struct module exchange_module, agent_module, live_module;

/* Something in the plan has changed (queue, member, flow, number, prompt, calendar, trunk, switch, account): it is read again and
 * is in force within a second. Any thread; call it after the commit. */
void exchange_plan_changed(void);
/* For db_after_commit. */
void exchange_plan_changed_h(void *arg);

/* The ports SIP is bound to; -1: off, or the exchange does not run. Between start and stop of the module, any thread. */
void exchange_sip_ports(int *port, int *tls_port);

#endif
