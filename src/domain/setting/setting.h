/* Settings of the company on the screen (B53, B66), and GET /system. */
#ifndef HOTLINE_DOMAIN_SETTING_H
#define HOTLINE_DOMAIN_SETTING_H

#include <stdbool.h>
#include "module/module.h"

/* Gives the stored values to the configuration; before the modules start, which read them. Values that no longer fit are
 * logged, ignoring. */
int setting_load(struct config *config, struct database *database);

extern const struct module setting_module;

/* Does the database hold the demonstration company? Any thread, after setting_load. */
bool setting_is_demo(void);

#endif
