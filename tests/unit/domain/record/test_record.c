/* Records by field tables: what a PATCH takes over, what counts as changed, how pages of several streams become one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "record/record.h"

struct thing {
	int64_t id;
	const char *name;
	int64_t amount;
	bool active;
	struct field_list tags;
	int64_t version;
};
static const struct web_field thing_fields[] = {
	{ F(struct thing, id, FIELD_ID), .read_only = true },
	{ F(struct thing, name, FIELD_TEXT) },
	{ F(struct thing, amount, FIELD_INT) },
	{ F(struct thing, active, FIELD_BOOL) },
	{ F(struct thing, tags, FIELD_LIST), .of = FIELD_TEXT },
	{ F(struct thing, version, FIELD_INT), .read_only = true },
	{ 0 },
};

struct patch {
	const char *name;
	int64_t amount;
	bool active;
	bool has_name, has_amount, has_active;
};
static const struct web_field patch_fields[] = {
	{ F(struct patch, name, FIELD_TEXT), .present = offsetof(struct patch, has_name) },
	{ F(struct patch, amount, FIELD_INT), .present = offsetof(struct patch, has_amount) },
	{ F(struct patch, active, FIELD_BOOL), .present = offsetof(struct patch, has_active) },
	{ 0 },
};

static void only_what_was_sent_is_taken_over(void **state)
{
	struct thing thing = { .id = 1, .name = "old", .amount = 5, .active = true };
	struct patch patch = { .amount = 7, .has_amount = true, .has_name = true };

	(void)state;
	record_merge(thing_fields, &thing, patch_fields, &patch);
	assert_null(thing.name); /* null was sent */
	assert_int_equal(thing.amount, 7);
	assert_true(thing.active); /* nothing was sent */
}

static void a_change_names_old_and_new(void **state)
{
	struct arena *arena = arena_create(0);
	const char *one[] = { "a" }, *two[] = { "a", "\"b" }, *changes = "unset";
	struct thing old = { .id = 1, .name = "x", .tags = { one, 1 }, .version = 1 }, now = old;

	(void)state;
	now.version = 2;
	assert_int_equal(record_diff(thing_fields, &old, &now, arena, &changes), 0);
	assert_null(changes); /* read-only fields do not count */
	now.name = NULL;
	now.active = true;
	now.tags = (struct field_list){ two, 2 };
	assert_int_equal(record_diff(thing_fields, &old, &now, arena, &changes), 0);
	assert_string_equal(changes,
		"[{\"field\":\"name\",\"old\":\"x\",\"new\":null},"
		"{\"field\":\"active\",\"old\":false,\"new\":true},"
		"{\"field\":\"tags\",\"old\":[\"a\"],\"new\":[\"a\",\"\\\"b\"]}]");
	arena_free(arena);
}

static void streams_become_one_newest_first(void **state)
{
	struct thing rows[] = { { .id = 9 }, { .id = 4 }, { .id = 2 }, { .id = 7 }, { .id = 4 },
		{ .id = 1 } };
	static const int64_t want[] = { 9, 7, 4, 2, 1 };
	struct arena *arena = arena_create(0);
	struct record_set set = { .arena = arena,
		.fields = thing_fields,
		.size = sizeof(*rows),
		.rows = (char *)rows,
		.count = 6 };

	(void)state;
	record_newest_first(&set);
	assert_int_equal(set.count, 5);
	for (size_t i = 0; i < set.count; i++)
		assert_int_equal(((struct thing *)record_at(&set, i))->id, want[i]);
	assert_string_equal(record_ids(&set), "[9,7,4,2,1]");
	set.count = 0;
	record_newest_first(&set);
	assert_string_equal(record_ids(&set), "[]");
	arena_free(arena);
}

static void a_range_becomes_statement_values(void **state)
{
	static const struct permission permissions[] = { { "thing.read", true, "", "" }, { 0 } };
	struct arena *arena = arena_create(0);
	struct record_scope scope;
	struct actor *actor;
	uint8_t *range;

	(void)state;
	assert_int_equal(permission_declare(permissions), 0);
	actor = actor_create();
	actor->user_id = 7;
	actor->department_id = 3;
	actor->departments_json = strdup("[3,4]");
	range = (uint8_t *)actor->ranges + permission_number("thing.read");
	assert_int_equal(record_scope(&scope, actor, "thing.read", arena), ENOENT);
	*range = RANGE_OWN;
	assert_int_equal(record_scope(&scope, actor, "thing.read", arena), 0);
	assert_int_equal(scope.owner, 7);
	assert_string_equal(scope.departments, "[]");
	*range = RANGE_DEPARTMENT;
	assert_int_equal(record_scope(&scope, actor, "thing.read", arena), 0);
	assert_string_equal(scope.departments, "[3]");
	*range = RANGE_TREE;
	assert_int_equal(record_scope(&scope, actor, "thing.read", arena), 0);
	assert_string_equal(scope.departments, "[3,4]");
	assert_int_equal(scope.all, 0);
	*range = RANGE_ALL;
	assert_int_equal(record_scope(&scope, actor, "thing.read", arena), 0);
	assert_int_equal(scope.all, 1);
	actor_release(actor);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_sent_is_taken_over),
		cmocka_unit_test(a_change_names_old_and_new),
		cmocka_unit_test(streams_become_one_newest_first),
		cmocka_unit_test(a_range_becomes_statement_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
