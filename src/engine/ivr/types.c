/* The node types: one list of rows. */
#include <errno.h>
#include <string.h>
#include "ivr_flow.h"
#include "nodes/nodes.h"

#define MAX_TYPES 64

static const struct ivr_node_type *types[MAX_TYPES]; /* filled at start, read afterwards */
static size_t type_count;

const struct ivr_node_type *ivr_type_find(const char *name)
{
	for (size_t i = 0; i < type_count; i++)
		if (!strcmp(types[i]->name, name))
			return types[i];
	return NULL;
}

int ivr_register(const struct ivr_node_type *type)
{
	const struct ivr_node_type *known;

	if (!type || !type->name || !type->enter)
		return EINVAL;
	known = ivr_type_find(type->name);
	if (known)
		return known == type ? 0 : EEXIST;
	if (type_count == MAX_TYPES)
		return ENOSPC;
	types[type_count++] = type;
	return 0;
}

int ivr_init(void)
{
	for (const struct ivr_node_type *const *type = ivr_builtin_types; *type; type++) {
		int err = ivr_register(*type);

		if (err)
			return err;
	}
	return 0;
}

void ivr_each_type(void (*fn)(const struct ivr_node_type *type, void *arg), void *arg)
{
	for (size_t i = 0; i < type_count; i++)
		fn(types[i], arg);
}

bool ivr_port_is(const char *row, const char *name, const char **otherwise)
{
	size_t len = strcspn(row, "?>");

	if (strlen(name) != len || strncmp(row, name, len) != 0)
		return false;
	if (otherwise)
		*otherwise = row[len] ? row + len + 1 : NULL;
	return true;
}

const char *ivr_port_row(const struct ivr_node_type *type, const char *name, const char **otherwise)
{
	for (const char *const *row = type->ports; row && *row; row++)
		if (ivr_port_is(*row, name, otherwise))
			return *row;
	return NULL;
}
