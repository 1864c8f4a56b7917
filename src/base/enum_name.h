/* Names of enum values: one table, both directions. */
#ifndef HOTLINE_BASE_ENUM_NAME_H
#define HOTLINE_BASE_ENUM_NAME_H

/* names[] is indexed by value and ends with NULL. Returns "?" / -1 when unknown. */
const char *enum_name(const char *const *names, int value);
int enum_value(const char *const *names, const char *name);

#endif
