/* Trunks: the carriers, as people configure them. The exchange hands them to the SIP stack. */
#ifndef HOTLINE_DOMAIN_TRUNK_H
#define HOTLINE_DOMAIN_TRUNK_H

#include "module/module.h"

extern const struct module trunk_module;
/* Which trunks are up; the exchange tells. Any thread. */
void trunk_set_state(const char *name, bool up);

#endif
