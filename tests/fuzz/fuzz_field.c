/* Any bytes as a request body: refused with a problem, or written back as JSON that is read again. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "platform/web/field.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const kinds[] = { "one", "two", NULL };

struct part {
	const char *text;
	int64_t number;
};
struct whole {
	const char *text, *long_text, *json;
	int64_t number, id, time;
	double fraction;
	bool flag, given;
	int kind;
	struct part part;
	struct field_list parts, words, ids, numbers;
};

static const struct web_field part_fields[] = {
	{ F(struct part, text, FIELD_TEXT), .required = true, .max = 20 },
	{ F(struct part, number, FIELD_INT), .min = -5, .max = 5 },
	{ 0 },
};
static const struct web_field fields[] = {
	{ F(struct whole, text, FIELD_TEXT), .required = true },
	{ F(struct whole, long_text, FIELD_TEXT), .max = 20000, .multiline = true },
	{ F(struct whole, json, FIELD_JSON) },
	{ F(struct whole, number, FIELD_INT), .present = offsetof(struct whole, given) },
	{ F(struct whole, id, FIELD_ID) },
	{ F(struct whole, time, FIELD_TIME) },
	{ F(struct whole, fraction, FIELD_DOUBLE) },
	{ F(struct whole, flag, FIELD_BOOL) },
	{ F(struct whole, kind, FIELD_ENUM), .values = kinds },
	{ F(struct whole, part, FIELD_OBJECT), .fields = part_fields },
	{ F(struct whole, parts, FIELD_LIST), .fields = part_fields, .size = sizeof(struct part) },
	{ F(struct whole, words, FIELD_LIST), .of = FIELD_TEXT },
	{ F(struct whole, ids, FIELD_LIST), .of = FIELD_ID },
	{ F(struct whole, numbers, FIELD_LIST), .of = FIELD_INT },
	{ 0 },
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create(16u << 20);
	struct problem problem = { 0 };
	struct json_writer w;
	struct whole in;
	struct buf b;
	int err;

	must(arena != NULL);
	buf_init(&b, 16u << 20);
	err = field_parse(&in, sizeof(in), fields, (const char *)data, size, arena, &problem);
	if (err == EINVAL) {
		must(problem.status == 422 && problem.code && problem.detail);
		if (problem.field) { /* it goes into a JSON answer */
			json_begin(&w, &b);
			json_string(&w, problem.field);
			must(!b.err);
		}
	} else if (!err) {
		json_begin(&w, &b);
		field_write(&w, fields, &in);
		must(!b.err);
		/* A missing part is written with null, which its required text refuses: only read again when it is there. */
		if (in.part.text)
			must(!field_parse(&in, sizeof(in), fields, b.data, b.len, arena, &problem));
	}
	buf_release(&b);
	arena_free(arena);
	return 0;
}
