/* Field tables: one description of a JSON object serves parsing, checking, writing, OpenAPI and TypeScript types. */
#ifndef HOTLINE_PLATFORM_WEB_FIELD_H
#define HOTLINE_PLATFORM_WEB_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arena.h"
#include "json_writer.h"

enum field_type {
	FIELD_TEXT,   /* const char *; NULL when absent or null */
	FIELD_INT,    /* int64_t */
	FIELD_DOUBLE, /* double */
	FIELD_BOOL,   /* bool */
	FIELD_ID,     /* int64_t, a decimal string in JSON; 0 is null */
	FIELD_TIME,   /* int64_t UTC milliseconds, a number in JSON; 0 is null */
	FIELD_ENUM,   /* int, index into .values; a string in JSON */
	FIELD_JSON,   /* const char * of complete JSON (object or array), passed through */
	FIELD_OBJECT, /* embedded struct described by .fields */
	FIELD_LIST,   /* struct field_list of structs described by .fields, or of scalars (.of) */
};

struct field_list {
	void *items; /* count structs of .size bytes; or const char *[] / int64_t[] for scalars */
	size_t count;
};

struct web_field {
	const char *name;
	enum field_type type;
	size_t offset;
	bool required; /* in a body: must be there and not null */
	int64_t min,
		max; /* numbers: range when max > min; text: length in characters (max 0: 1000); list: most items (0: 200) */
	const char *const *values; /* FIELD_ENUM: names by value, ends with NULL */
	const struct web_field *fields;
	size_t size;        /* FIELD_LIST of structs: sizeof one */
	enum field_type of; /* FIELD_LIST without .fields: FIELD_TEXT, FIELD_ID or FIELD_INT */
	bool read_only;     /* in replies only */
	bool multiline; /* FIELD_TEXT may hold line breaks and tabs; other control characters never pass */
	size_t present; /* offset of a bool that says "was in the body", for PATCH; 0: none (put it not at offset 0) */
	const char *text; /* English note for OpenAPI */
};
/* { F(struct draft, subject, FIELD_TEXT), .required = true, .max = 200 } */
#define F(structure, member, kind)                                                                 \
	.name = #member, .type = (kind), .offset = offsetof(structure, member)
#define F_NAMED(json_name, structure, member, kind)                                                \
	.name = (json_name), .type = (kind), .offset = offsetof(structure, member)

/* What a caller must learn about a refusal: RFC 9457. */
struct problem {
	int status;         /* HTTP; 0: none */
	const char *code;   /* stable word, also the key of the translated text: "field_required" */
	const char *field;  /* "phones[0].number"; NULL: the whole */
	const char *detail; /* English sentence for logs and API users */
};

/* Parses a JSON object into *out (zeroed first; text in the arena). Unknown names, wrong types, limits and text that is not
 * UTF-8 or holds NUL are refused: returns EINVAL with *problem filled (422). */
int field_parse(void *out, size_t size, const struct web_field *fields, const char *json,
	size_t len, struct arena *arena, struct problem *problem);
/* Writes one object. */
void field_write(struct json_writer *w, const struct web_field *fields, const void *in);
/* The same as a JSON Schema (2020-12) object for OpenAPI. */
void field_write_schema(struct json_writer *w, const struct web_field *fields, bool body);

#endif
