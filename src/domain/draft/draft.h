/* Drafts: what people are typing, kept on the server so that it follows them to every screen (requirements 5.3, 17). */
#ifndef HOTLINE_DOMAIN_DRAFT_H
#define HOTLINE_DOMAIN_DRAFT_H

#include "module/module.h"

extern const struct module draft_module;

#endif
