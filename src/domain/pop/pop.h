/* The screen pop: everything an agent needs to know when a call rings (A30, A31, B4, B5, K4), in one answer. */
#ifndef HOTLINE_DOMAIN_POP_H
#define HOTLINE_DOMAIN_POP_H

#include "module/module.h"

extern const struct module pop_module;

#endif
