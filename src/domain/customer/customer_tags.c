/* A list of words as JSON in a column, and back. */
#include <jansson.h>
#include <errno.h>
#include <string.h>
#include "customer/customer_internal.h"

const char *customer_tags_json(struct arena *arena, const struct field_list *tags)
{
	const char *const *words = tags->items, *text = NULL;
	json_t *list = (json_array)();
	char *dump;

	for (size_t i = 0; i < tags->count; i++)
		json_array_append_new(list, (json_string)(words[i]));
	dump = json_dumps(list, JSON_COMPACT);
	if (dump)
		text = arena_strdup(arena, dump);
	free(dump);
	json_decref(list);
	return text;
}

int customer_tags_read(struct arena *arena, const char *json, struct field_list *tags)
{
	json_t *list, *word;
	const char **words;
	size_t i;

	*tags = (struct field_list){ NULL, 0 };
	if (!json || !strcmp(json, "[]"))
		return 0;
	list = json_loads(json, 0, NULL);
	words = arena_alloc(arena, (json_array_size(list) + 1) * sizeof(*words));
	json_array_foreach(list, i, word) if (words && json_is_string(word)) words[tags->count++] =
		arena_strdup(arena, json_string_value(word));
	json_decref(list);
	tags->items = words;
	return words ? 0 : ENOMEM;
}
