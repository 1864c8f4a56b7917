/* Rows by field tables: reading, merging, comparing, answering pages. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "record/record.h"
#include "buf.h"
#include "enum_name.h"
#include "id.h"
#include "json_writer.h"

enum { FIRST_ROOM = 16, DIFF_MAX = 4 * 1024 * 1024 };

static void *member(void *record, const struct web_field *field)
{
	return (char *)record + field->offset;
}

int record_read(void *record, const struct web_field *fields, int count, const struct db_row *row,
	int first, struct arena *arena)
{
	for (int i = 0; i < count; i++) {
		void *to = member(record, &fields[i]);
		const char *text;
		int value;

		switch (fields[i].type) {
		case FIELD_TEXT:
		case FIELD_JSON:
			text = db_row_text(row, first + i);
			*(const char **)to = arena_strdup(arena, text);
			if (text && !*(const char **)to)
				return ENOMEM;
			break;
		case FIELD_INT:
		case FIELD_ID:
		case FIELD_TIME:
			*(int64_t *)to = db_row_int(row, first + i);
			break;
		case FIELD_DOUBLE:
			*(double *)to = db_row_double(row, first + i);
			break;
		case FIELD_BOOL:
			*(bool *)to = db_row_int(row, first + i) != 0;
			break;
		case FIELD_ENUM:
			/* a column holds the name or the number of the value */
			text = db_row_text(row, first + i);
			value = text ? enum_value(fields[i].values, text) : -1;
			*(int *)to = value < 0 ? (int)db_row_int(row, first + i) : value;
			break;
		default:
			return EINVAL;
		}
	}
	return 0;
}

static size_t width(const struct web_field *field)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_JSON:
		return sizeof(const char *);
	case FIELD_DOUBLE:
		return sizeof(double);
	case FIELD_BOOL:
		return sizeof(bool);
	case FIELD_ENUM:
		return sizeof(int);
	case FIELD_LIST:
		return sizeof(struct field_list);
	case FIELD_OBJECT:
		return field->size;
	default:
		return sizeof(int64_t);
	}
}

static const struct web_field *find(const struct web_field *fields, const char *name)
{
	for (; fields->name; fields++)
		if (!strcmp(fields->name, name))
			return fields;
	return NULL;
}

void record_merge(const struct web_field *fields, void *record,
	const struct web_field *patch_fields, const void *patch)
{
	for (const struct web_field *from = patch_fields; from->name; from++) {
		const struct web_field *to = find(fields, from->name);

		if (!to || to->type != from->type || !from->present ||
			!*(const bool *)((const char *)patch + from->present))
			continue;
		memcpy(member(record, to), (const char *)patch + from->offset, width(to));
	}
}

/* The field's value as JSON: the object with this one field, without its wrapping {"name": }. */
static int value_json(struct buf *out, const struct web_field *field, const void *record)
{
	struct web_field one[2] = { *field, { 0 } };
	struct json_writer w;

	buf_clear(out);
	json_begin(&w, out);
	field_write(&w, one, record);
	return out->err;
}

static const char *inner(const struct buf *out, const struct web_field *field, size_t *len)
{
	size_t skip = strlen(field->name) + 4; /* {"name": */

	if (out->len < skip + 1) {
		*len = 4;
		return "null";
	}
	*len = out->len - skip - 1;
	return out->data + skip;
}

static int add_change(struct buf *out, const struct web_field *field, const struct buf *old,
	const struct buf *now)
{
	size_t old_len, now_len;
	const char *old_json = inner(old, field, &old_len), *now_json = inner(now, field, &now_len);

	if (old_len == now_len && !memcmp(old_json, now_json, old_len))
		return 0;
	buf_puts(out, out->len ? ",{\"field\":\"" : "[{\"field\":\"");
	buf_puts(out, field->name);
	buf_puts(out, "\",\"old\":");
	buf_append(out, old_json, old_len);
	buf_puts(out, ",\"new\":");
	buf_append(out, now_json, now_len);
	buf_putc(out, '}');
	return out->err;
}

int record_diff(const struct web_field *fields, const void *old, const void *now,
	struct arena *arena, const char **changes)
{
	struct buf out, a, b;
	const char *text = NULL;
	int err = 0;

	buf_init(&out, DIFF_MAX);
	buf_init(&a, DIFF_MAX);
	buf_init(&b, DIFF_MAX);
	for (const struct web_field *f = fields; f->name && !err; f++) {
		if (f->read_only)
			continue;
		err = value_json(&a, f, old);
		if (!err)
			err = value_json(&b, f, now);
		if (!err)
			err = add_change(&out, f, &a, &b);
	}
	if (!err && out.len) {
		buf_putc(&out, ']');
		err = out.err;
		if (!err) {
			text = arena_strndup(arena, out.data, out.len);
			if (!text)
				err = ENOMEM;
		}
	}
	buf_release(&a);
	buf_release(&b);
	buf_release(&out);
	if (!err)
		*changes = text;
	return err;
}

/* Room for one more of `size` bytes; arena memory cannot grow in place, so it doubles by copying. */
static void *grow(struct arena *arena, void *items, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : FIRST_ROOM;
	void *bigger;

	if (count < *room)
		return items;
	bigger = arena_alloc(arena, more * size);
	if (!bigger)
		return NULL;
	if (count)
		memcpy(bigger, items, count * size);
	*room = more;
	return bigger;
}

int record_add(const struct db_row *row, void *arg)
{
	struct record_set *set = arg;
	void *rows;
	int err;

	if (set->limit && set->count >= set->limit)
		return ECANCELED;
	rows = grow(set->arena, set->rows, set->count, &set->room, set->size);
	if (!rows)
		return ENOMEM;
	set->rows = rows;
	memset(record_at(set, set->count), 0, set->size);
	err = record_read(
		record_at(set, set->count), set->fields, set->columns, row, 0, set->arena);
	if (!err)
		set->count++;
	return err;
}

int record_get(struct db *db, struct arena *arena, const struct db_stmt *stmt, int64_t id,
	const struct web_field *fields, int columns, void *record, size_t size)
{
	struct record_set set = {
		.arena = arena, .fields = fields, .columns = columns, .size = size, .limit = 1
	};
	int err = db_each(db, stmt, record_add, &set, id);

	if (err)
		return err;
	if (!set.count)
		return ENOENT;
	memcpy(record, set.rows, size);
	return 0;
}

int record_need_version(struct web_request *req, int64_t *version)
{
	*version = web_if_match(req);
	if (*version >= 0)
		return 0;
	return web_problem(
		req, 428, "if_match_required", NULL, "send If-Match with the version you have");
}

int record_add_id(const struct db_row *row, void *arg)
{
	struct record_ids *ids = arg;
	int64_t *items = grow(ids->arena, ids->items, ids->count, &ids->room, sizeof(*items));

	if (!items)
		return ENOMEM;
	ids->items = items;
	ids->items[ids->count++] = db_row_int(row, 0);
	return 0;
}

static const char *steal(struct buf *out, struct arena *arena)
{
	const char *text = out->err ? NULL : arena_strndup(arena, out->data, out->len);

	buf_release(out);
	return text;
}

const char *record_id_list(struct arena *arena, const int64_t *ids, size_t count)
{
	struct buf out;

	buf_init(&out, DIFF_MAX);
	buf_putc(&out, '[');
	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "%s%lld", i ? "," : "", (long long)ids[i]);
	buf_putc(&out, ']');
	return steal(&out, arena);
}

const char *record_ids(const struct record_set *set)
{
	struct buf out;

	buf_init(&out, DIFF_MAX);
	buf_putc(&out, '[');
	for (size_t i = 0; i < set->count; i++)
		buf_printf(&out, "%s%lld", i ? "," : "",
			(long long)*(int64_t *)member(record_at(set, i), &set->fields[0]));
	buf_putc(&out, ']');
	return steal(&out, set->arena);
}

static int compare_newest(const void *a, const void *b, void *arg)
{
	size_t offset = *(const size_t *)arg;
	int64_t x, y;

	memcpy(&x, (const char *)a + offset, sizeof(x));
	memcpy(&y, (const char *)b + offset, sizeof(y));
	return x < y ? 1 : x > y ? -1 : 0;
}

void record_newest_first(struct record_set *set)
{
	size_t offset = set->fields[0].offset, kept = 0;

	if (!set->count)
		return;
	qsort_r(set->rows, set->count, set->size, compare_newest, &offset);
	for (size_t i = 1; i < set->count; i++)
		if (compare_newest(record_at(set, kept), record_at(set, i), &offset) && ++kept != i)
			memcpy(record_at(set, kept), record_at(set, i), set->size);
	set->count = kept + 1;
}

int record_reply_page(struct web_request *req, const struct record_set *set, size_t limit)
{
	size_t count = set->count < limit ? set->count : limit;
	const char *next = NULL;

	web_list_begin(req);
	for (size_t i = 0; i < count; i++)
		web_list_item(req, record_at(set, i));
	if (set->count > limit && count) {
		next = arena_printf(set->arena, "%lld",
			(long long)*(int64_t *)member(record_at(set, count - 1), &set->fields[0]));
		if (!next)
			return ENOMEM;
	}
	return web_list_end(req, next);
}

int64_t record_cursor(struct web_request *req, int64_t fallback)
{
	int64_t id = id_parse(web_cursor(req));

	return id ? id : fallback;
}

int record_scope(struct record_scope *scope, const struct actor *actor, const char *permission,
	struct arena *arena)
{
	*scope = (struct record_scope){ .departments = "[]" };
	switch (actor_range(actor, permission)) {
	case RANGE_NONE:
		return ENOENT;
	case RANGE_OWN:
		scope->owner = actor->user_id;
		return 0;
	case RANGE_DEPARTMENT:
		scope->departments = record_id_list(arena, &actor->department_id, 1);
		return scope->departments ? 0 : ENOMEM;
	case RANGE_TREE:
		scope->departments = actor->departments_json;
		return 0;
	default:
		scope->all = 1;
		return 0;
	}
}
