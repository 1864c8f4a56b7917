/* THE list of modules, in start order. */
#ifndef HOTLINE_APP_MODULES_H
#define HOTLINE_APP_MODULES_H

#include "module/module.h"

extern const struct module *const modules[]; /* ends with NULL */

#endif
