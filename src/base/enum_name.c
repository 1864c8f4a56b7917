/* Names of enum values: one table, both directions. */
#include <string.h>
#include "enum_name.h"

const char *enum_name(const char *const *names, int value)
{
	if (value < 0)
		return "?";
	for (int i = 0; names[i]; i++) {
		if (i == value)
			return names[i];
	}
	return "?";
}

int enum_value(const char *const *names, const char *name)
{
	for (int i = 0; name && names[i]; i++) {
		if (!strcmp(names[i], name))
			return i;
	}
	return -1;
}
