/* Writing objects by their field table, and the table itself as a JSON Schema. */
#include <string.h>
#include "web/field.h"

#define AT(type, in, f) ((const type *)(const void *)((const char *)(in) + (f)->offset))

static void write_list(
	struct json_writer *w, const struct web_field *f, const struct field_list *list)
{
	json_array(w);
	for (size_t i = 0; i < list->count; i++) {
		if (f->fields)
			field_write(w, f->fields, (const char *)list->items + i * f->size);
		else if (f->of == FIELD_TEXT)
			json_string(w, ((const char *const *)list->items)[i]);
		else if (f->of == FIELD_ID)
			json_id(w, ((const int64_t *)list->items)[i]);
		else
			json_int(w, ((const int64_t *)list->items)[i]);
	}
	json_array_end(w);
}

static void write_enum(struct json_writer *w, const struct web_field *f, int value)
{
	for (int i = 0; value >= 0 && f->values[i]; i++)
		if (i == value) {
			json_string(w, f->values[i]);
			return;
		}
	json_null(w);
}

static void write_value(struct json_writer *w, const struct web_field *f, const void *in)
{
	switch (f->type) {
	case FIELD_TEXT:
		json_string(w, *AT(char *const, in, f));
		break;
	case FIELD_INT:
		json_int(w, *AT(int64_t, in, f));
		break;
	case FIELD_DOUBLE:
		json_double(w, *AT(double, in, f));
		break;
	case FIELD_BOOL:
		json_bool(w, *AT(bool, in, f));
		break;
	case FIELD_ID:
		json_id(w, *AT(int64_t, in, f));
		break;
	case FIELD_TIME:
		if (*AT(int64_t, in, f))
			json_int(w, *AT(int64_t, in, f));
		else
			json_null(w);
		break;
	case FIELD_ENUM:
		write_enum(w, f, *AT(int, in, f));
		break;
	case FIELD_JSON:
		json_raw(w, *AT(char *const, in, f));
		break;
	case FIELD_OBJECT:
		field_write(w, f->fields, AT(char, in, f));
		break;
	case FIELD_LIST:
		write_list(w, f, AT(struct field_list, in, f));
		break;
	}
}

void field_write(struct json_writer *w, const struct web_field *fields, const void *in)
{
	json_object(w);
	for (const struct web_field *f = fields; f->name; f++) {
		json_key(w, f->name);
		write_value(w, f, in);
	}
	json_object_end(w);
}

static void write_type(struct json_writer *w, const char *type, bool nullable)
{
	json_key(w, "type");
	if (!nullable) {
		json_string(w, type);
		return;
	}
	json_array(w);
	json_string(w, type);
	json_string(w, "null");
	json_array_end(w);
}

static void write_limit(struct json_writer *w, const char *name, int64_t value)
{
	json_key(w, name);
	json_int(w, value);
}

static void write_item_schema(struct json_writer *w, const struct web_field *f, bool body)
{
	if (f->fields) {
		field_write_schema(w, f->fields, body);
		return;
	}
	json_object(w);
	write_type(w, f->of == FIELD_INT ? "integer" : "string", false);
	if (f->of == FIELD_ID) {
		json_key(w, "format");
		json_string(w, "int64");
	}
	json_object_end(w);
}

static void write_enum_schema(struct json_writer *w, const struct web_field *f, bool nullable)
{
	write_type(w, "string", nullable);
	json_key(w, "enum");
	json_array(w);
	for (size_t i = 0; f->values[i]; i++)
		json_string(w, f->values[i]);
	if (nullable)
		json_null(w);
	json_array_end(w);
}

static void write_number_schema(struct json_writer *w, const struct web_field *f, const char *type,
	bool nullable, bool body)
{
	write_type(w, type, nullable);
	if (f->type == FIELD_TIME) {
		json_key(w, "format");
		json_string(w, "int64");
	}
	if (body && f->max > f->min) {
		write_limit(w, "minimum", f->min);
		write_limit(w, "maximum", f->max);
	}
}

static void write_field_schema(struct json_writer *w, const struct web_field *f, bool body)
{
	/* In a body null means "not given"; in a reply text, ids, times and free JSON may be null. */
	bool nullable = !f->required;

	switch (f->type) {
	case FIELD_TEXT:
		write_type(w, "string", nullable);
		if (body) {
			write_limit(w, "maxLength", f->max > 0 ? f->max : 1000);
			if (f->min > 0 || f->required)
				write_limit(w, "minLength", f->min > 0 ? f->min : 1);
		}
		break;
	case FIELD_INT:
		write_number_schema(w, f, "integer", body && nullable, body);
		break;
	case FIELD_TIME:
		write_number_schema(w, f, "integer", nullable, body);
		break;
	case FIELD_DOUBLE:
		write_number_schema(w, f, "number", body && nullable, body);
		break;
	case FIELD_BOOL:
		write_type(w, "boolean", body && nullable);
		break;
	case FIELD_ID:
		write_type(w, "string", nullable);
		json_key(w, "format");
		json_string(w, "int64");
		break;
	case FIELD_ENUM:
		write_enum_schema(w, f, body && nullable);
		break;
	case FIELD_JSON:
		json_key(w, "type");
		json_raw(
			w, nullable ? "[\"object\",\"array\",\"null\"]" : "[\"object\",\"array\"]");
		break;
	case FIELD_LIST:
		write_type(w, "array", body && nullable);
		json_key(w, "items");
		write_item_schema(w, f, body);
		if (body)
			write_limit(w, "maxItems", f->max > 0 ? f->max : 200);
		break;
	case FIELD_OBJECT:
		break;
	}
}

void field_write_schema(struct json_writer *w, const struct web_field *fields, bool body)
{
	json_object(w);
	write_type(w, "object", false);
	json_key(w, "properties");
	json_object(w);
	for (const struct web_field *f = fields; f->name; f++) {
		if (body && f->read_only)
			continue;
		json_key(w, f->name);
		if (f->type == FIELD_OBJECT) {
			field_write_schema(w, f->fields, body);
			continue;
		}
		json_object(w);
		write_field_schema(w, f, body);
		if (f->text) {
			json_key(w, "description");
			json_string(w, f->text);
		}
		json_object_end(w);
	}
	json_object_end(w);
	json_key(w, "required");
	json_array(w);
	for (const struct web_field *f = fields; f->name; f++)
		if (body ? f->required && !f->read_only : true)
			json_string(w, f->name);
	json_array_end(w);
	if (body) {
		json_key(w, "additionalProperties");
		json_bool(w, false);
	}
	json_object_end(w);
}
