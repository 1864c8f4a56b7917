/* THE list of modules, in start order. */
#include <stddef.h>
#include "audit/audit.h"
#include "customer/caller.h"
#include "customer/customer.h"
#include "dictionary/dictionary.h"
#include "draft/draft.h"
#include "exchange/exchange.h"
#include "flow/flow.h"
#include "identity/identity.h"
#include "interaction/interaction.h"
#include "modules.h"
#include "pop/pop.h"
#include "queue/queue.h"
#include "setting/setting.h"
#include "ticket/ticket.h"
#include "trunk/trunk.h"

const struct module *const modules[] = {
	&setting_module,
	&audit_module,
	&dictionary_module,
	&identity_module,
	&department_module,
	&role_module,
	&user_module,
	&token_module,
	&draft_module,
	&customer_module,
	&customer_caller_module,
	&ticket_module,
	&interaction_module,
	&interaction_list_module,
	&interaction_name_module,
	&queue_module,
	&skill_module,
	&calendar_module,
	&trunk_module,
	&flow_module,
	&prompt_module,
	&entry_module,
	&pop_module,
	&exchange_module,
	&agent_module,
	&live_module,
	NULL,
};
