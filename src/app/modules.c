/* THE list of modules, in start order. */
#include <stddef.h>
#include "modules.h"

const struct module *const modules[] = {
	NULL,
};
