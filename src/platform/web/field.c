/* Parsing a JSON body by its field table: every refusal names the field and has a stable code. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "enum_name.h"
#include "id.h"
#include "web/field.h"
#include "web/text.h"

#define DEFAULT_TEXT_MAX 1000
#define DEFAULT_LIST_MAX 200
#define DEFAULT_JSON_MAX 65536
#define LAST_TIME        INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */
#define MOST_NESTED      32

/* Where we are in the body: a chain on the stack, written out only when something is refused. */
struct place {
	const struct place *up;
	const char *name; /* NULL: an item of a list */
	size_t index;
};

struct parse {
	struct arena *arena;
	struct problem *problem;
};

static int parse_object(struct parse *p, const struct place *place, void *out,
	const struct web_field *fields, json_t *json);

static void write_place(struct buf *b, const struct place *place)
{
	if (place->up)
		write_place(b, place->up);
	if (!place->name)
		buf_printf(b, "[%zu]", place->index);
	else if (b->len)
		buf_printf(b, ".%s", place->name);
	else
		buf_puts(b, place->name);
}

static int refuse(struct parse *p, const struct place *place, const char *code, const char *detail)
{
	struct buf b;

	buf_init(&b, 1024);
	if (place)
		write_place(&b, place);
	p->problem->status = 422;
	p->problem->code = code;
	p->problem->field = b.len && !b.err ? arena_strndup(p->arena, b.data, b.len) : NULL;
	p->problem->detail = arena_strdup(p->arena, detail);
	buf_release(&b);
	return EINVAL;
}

static int refuse_type(struct parse *p, const struct place *place, const char *wanted)
{
	char detail[64];

	snprintf(detail, sizeof(detail), "must be %s", wanted);
	return refuse(p, place, "wrong_type", detail);
}

static int parse_text(struct parse *p, const struct place *place, const struct web_field *f,
	json_t *json, const char **out)
{
	int64_t most = f->max > 0 ? f->max : DEFAULT_TEXT_MAX;
	const char *s = json_string_value(json);
	size_t len = json_string_length(json), count;
	char detail[64];

	if (!s)
		return refuse_type(p, place, "text");
	if (!text_is_clean(s, len, f->multiline, &count))
		return refuse(
			p, place, "bad_text", "holds a control character or is not valid UTF-8");
	if (count > (size_t)most) {
		snprintf(detail, sizeof(detail), "longer than %lld characters", (long long)most);
		return refuse(p, place, "too_long", detail);
	}
	if (f->min > 0 && count < (size_t)f->min) {
		snprintf(detail, sizeof(detail), "shorter than %lld characters", (long long)f->min);
		return refuse(p, place, "too_short", detail);
	}
	if (f->required && !count)
		return refuse(p, place, "field_required", "must not be empty");
	*out = arena_strndup(p->arena, s, len);
	return *out ? 0 : ENOMEM;
}

static int check_range(
	struct parse *p, const struct place *place, const struct web_field *f, double value)
{
	char detail[96];

	if (f->max <= f->min || (value >= (double)f->min && value <= (double)f->max))
		return 0;
	snprintf(detail, sizeof(detail), "must be between %lld and %lld", (long long)f->min,
		(long long)f->max);
	return refuse(p, place, "out_of_range", detail);
}

static int parse_id(struct parse *p, const struct place *place, json_t *json, int64_t *out)
{
	const char *s = json_string_value(json);
	int64_t id = s && strlen(s) == json_string_length(json) ? id_parse(s) : 0;

	if (!id)
		return refuse_type(p, place, "an id (decimal digits as a string)");
	*out = id;
	return 0;
}

static int parse_int(struct parse *p, const struct place *place, const struct web_field *f,
	json_t *json, int64_t *out)
{
	int err;

	if (!json_is_integer(json))
		return refuse_type(p, place, "a whole number");
	err = check_range(p, place, f, (double)json_integer_value(json));
	if (!err)
		*out = json_integer_value(json);
	return err;
}

static int parse_time(struct parse *p, const struct place *place, const struct web_field *f,
	json_t *json, int64_t *out)
{
	static const struct web_field any = { .min = 0, .max = LAST_TIME };

	if (!json_is_integer(json))
		return refuse_type(p, place, "a time in UTC milliseconds");
	return parse_int(p, place, f->max > f->min ? f : &any, json, out);
}

static int parse_enum(struct parse *p, const struct place *place, const struct web_field *f,
	json_t *json, int *out)
{
	const char *s = json_string_value(json);
	int value;

	if (!s)
		return refuse_type(p, place, "one of the listed words");
	value = strlen(s) == json_string_length(json) ? enum_value(f->values, s) : -1;
	if (value < 0)
		return refuse(p, place, "not_in_list", "not one of the listed words");
	*out = value;
	return 0;
}

/* Text anywhere inside free JSON: line breaks are fine there, other control characters are not. */
static int check_free_json(struct parse *p, const struct place *place, json_t *json, unsigned depth)
{
	const char *key;
	json_t *item;
	size_t i;
	int err = 0;

	if (depth > MOST_NESTED)
		return refuse(p, place, "out_of_range", "nested too deeply");
	if (json_is_string(json) &&
		!text_is_clean(json_string_value(json), json_string_length(json), true, NULL))
		return refuse(
			p, place, "bad_text", "holds a control character or is not valid UTF-8");
	json_object_foreach(json, key, item)
	{
		struct place inner = { .up = place, .name = key };

		if (!text_is_clean(key, strlen(key), false, NULL))
			return refuse(p, place, "bad_text", "a name holds a control character");
		err = check_free_json(p, &inner, item, depth + 1);
		if (err)
			return err;
	}
	json_array_foreach(json, i, item)
	{
		struct place inner = { .up = place, .index = i };

		err = check_free_json(p, &inner, item, depth + 1);
		if (err)
			return err;
	}
	return 0;
}

static int parse_json(struct parse *p, const struct place *place, const struct web_field *f,
	json_t *json, const char **out)
{
	size_t most = f->max > 0 ? (size_t)f->max : DEFAULT_JSON_MAX;
	char *text;
	int err;

	if (!json_is_object(json) && !json_is_array(json))
		return refuse_type(p, place, "an object or a list");
	err = check_free_json(p, place, json, 0);
	if (err)
		return err;
	text = json_dumps(json, JSON_COMPACT);
	if (!text)
		return ENOMEM;
	if (strlen(text) > most) {
		err = refuse(p, place, "too_long", "more JSON than allowed here");
	} else {
		*out = arena_strdup(p->arena, text);
		err = *out ? 0 : ENOMEM;
	}
	free(text);
	return err;
}

static int parse_item(struct parse *p, const struct place *place, const struct web_field *f,
	json_t *json, void *item)
{
	/* A scalar item carries the limits of no field: .min and .max belong to the list. */
	static const struct web_field text_item = { .name = "", .max = DEFAULT_TEXT_MAX };
	static const struct web_field int_item = { .name = "" };

	if (f->fields)
		return parse_object(p, place, item, f->fields, json);
	if (f->of == FIELD_TEXT)
		return parse_text(p, place, &text_item, json, item);
	if (f->of == FIELD_ID)
		return parse_id(p, place, json, item);
	return parse_int(p, place, &int_item, json, item);
}

static int parse_list(struct parse *p, const struct place *place, const struct web_field *f,
	json_t *json, struct field_list *out)
{
	size_t most = f->max > 0 ? (size_t)f->max : DEFAULT_LIST_MAX, count, size;
	char detail[64], *items;
	int err;

	if (!json_is_array(json))
		return refuse_type(p, place, "a list");
	count = json_array_size(json);
	if (count > most) {
		snprintf(detail, sizeof(detail), "more than %zu items", most);
		return refuse(p, place, "too_many", detail);
	}
	if (f->min > 0 && count < (size_t)f->min)
		return refuse(p, place, "too_short", "too few items");
	if (f->fields)
		size = f->size;
	else
		size = f->of == FIELD_TEXT ? sizeof(const char *) : sizeof(int64_t);
	items = count ? arena_alloc(p->arena, count * size) : NULL;
	if (count && !items)
		return ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct place item = { .up = place, .index = i };

		err = parse_item(p, &item, f, json_array_get(json, i), items + i * size);
		if (err)
			return err;
	}
	out->items = items;
	out->count = count;
	return 0;
}

static int parse_value(struct parse *p, const struct place *place, const struct web_field *f,
	json_t *json, void *out)
{
	int err;

	switch (f->type) {
	case FIELD_TEXT:
		return parse_text(p, place, f, json, out);
	case FIELD_INT:
		return parse_int(p, place, f, json, out);
	case FIELD_DOUBLE:
		if (!json_is_number(json))
			return refuse_type(p, place, "a number");
		err = check_range(p, place, f, json_number_value(json));
		if (!err)
			*(double *)out = json_number_value(json);
		return err;
	case FIELD_BOOL:
		if (!json_is_boolean(json))
			return refuse_type(p, place, "true or false");
		*(bool *)out = json_is_true(json);
		return 0;
	case FIELD_ID:
		return parse_id(p, place, json, out);
	case FIELD_TIME:
		return parse_time(p, place, f, json, out);
	case FIELD_ENUM:
		return parse_enum(p, place, f, json, out);
	case FIELD_JSON:
		return parse_json(p, place, f, json, out);
	case FIELD_OBJECT:
		return parse_object(p, place, out, f->fields, json);
	case FIELD_LIST:
		return parse_list(p, place, f, json, out);
	}
	return EINVAL;
}

static bool is_missing(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return !value || json_is_null(value);
}

static const struct web_field *find_field(const struct web_field *fields, const char *name)
{
	for (; fields->name; fields++)
		if (!fields->read_only && !strcmp(fields->name, name))
			return fields;
	return NULL;
}

static int parse_object(struct parse *p, const struct place *place, void *out,
	const struct web_field *fields, json_t *json)
{
	const char *key;
	json_t *value;
	int err;

	if (!json_is_object(json))
		return refuse_type(p, place, "an object");
	json_object_foreach(json, key, value)
	{
		/* A name that is no text would spoil the answer that repeats it. */
		bool clean = strlen(key) <= 100 && text_is_clean(key, strlen(key), false, NULL);
		struct place at = { .up = place, .name = clean ? key : "?" };
		const struct web_field *f = find_field(fields, key);

		if (!f)
			return refuse(p, &at, "unknown_field", "no such field");
		if (f->present)
			*((bool *)((char *)out + f->present)) = true;
		if (json_is_null(value))
			continue;
		err = parse_value(p, &at, f, value, (char *)out + f->offset);
		if (err)
			return err;
	}
	for (const struct web_field *f = fields; f->name; f++) {
		struct place at = { .up = place, .name = f->name };

		if (f->required && !f->read_only && is_missing(json, f->name))
			return refuse(p, &at, "field_required", "required");
	}
	return 0;
}

int field_parse(void *out, size_t size, const struct web_field *fields, const char *json,
	size_t len, struct arena *arena, struct problem *problem)
{
	struct parse p = { .arena = arena, .problem = problem };
	json_error_t error;
	json_t *root;
	const char *copy;
	int err;

	memset(out, 0, size);
	/* jansson refuses the whole text for one bad byte; marked, the check of its field finds it. */
	copy = text_mark_bad_utf8(arena, json, &len);
	if (!copy)
		return ENOMEM;
	root = json_loadb(copy, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (!root) {
		switch (json_error_code(&error)) {
		case json_error_out_of_memory:
			return ENOMEM;
		case json_error_numeric_overflow:
			return refuse(&p, NULL, "out_of_range", "a number is too large");
		case json_error_null_byte_in_key:
		case json_error_null_character:
		case json_error_invalid_utf8:
			return refuse(&p, NULL, "bad_text", "a name holds a NUL character");
		default:
			return refuse(&p, NULL, "bad_json", "the body is not a JSON object");
		}
	}
	err = parse_object(&p, NULL, out, fields, root);
	json_decref(root);
	return err;
}
