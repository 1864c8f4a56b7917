/* THE list of modules, in start order. */
#include <stddef.h>
#include "audit/audit.h"
#include "dictionary/dictionary.h"
#include "draft/draft.h"
#include "identity/identity.h"
#include "modules.h"
#include "setting/setting.h"

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
	NULL,
};
