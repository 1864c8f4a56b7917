/* Comparisons of variables. Pure. */
#ifndef HOTLINE_ENGINE_IVR_COMPARE_H
#define HOTLINE_ENGINE_IVR_COMPARE_H

#include <stdbool.h>

/* eq ne lt le gt ge (as numbers when both are, else as text), contains, starts, ends, empty, not_empty, in (a list, by the caller) */
bool ivr_compare_known(const char *op);
bool ivr_compare(const char *left, const char *op, const char *right);

#endif
