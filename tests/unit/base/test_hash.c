/* Hash map by text and by id; names of enum values. */
#include "check.h"
#include "enum_name.h"
#include "hash.h"

static int values[20000];

static void texts(void **state)
{
	struct hash *h = hash_create();
	char key[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "call-%d@host", i);
		assert_ok(hash_set(h, key, &values[i]));
	}
	assert_int_equal(hash_count(h), 20000);
	for (int i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "call-%d@host", i);
		assert_ptr_equal(hash_get(h, key), &values[i]);
	}
	assert_ok(hash_set(h, "call-3@host", &values[0]));
	assert_int_equal(hash_count(h), 20000);
	assert_ptr_equal(hash_remove(h, "call-3@host"), &values[0]);
	assert_null(hash_remove(h, "call-3@host"));
	assert_null(hash_get(h, ""));
	assert_ok(hash_set(h, "", &values[1]));
	assert_ptr_equal(hash_get(h, ""), &values[1]);
	hash_free(h);
	hash_free(NULL);
}

struct sweep {
	struct hash *h;
	int seen;
};

static void remove_even(void *value, void *arg)
{
	struct sweep *s = arg;
	int n = (int)((int *)value - values);

	s->seen++;
	if (n % 2 == 0)
		hash_remove_id(s->h, (uint64_t)n << 22);
}

static void ids_and_removal_while_walking(void **state)
{
	struct sweep s = { .h = hash_create() };

	(void)state;
	for (int i = 0; i < 20000; i++)
		assert_ok(hash_set_id(s.h, (uint64_t)i << 22, &values[i]));
	hash_each(s.h, remove_even, &s);
	assert_int_equal(s.seen, 20000);
	assert_int_equal(hash_count(s.h), 10000);
	assert_null(hash_get_id(s.h, 4 << 22));
	assert_ptr_equal(hash_get_id(s.h, 5 << 22), &values[5]);
	hash_free(s.h);
}

static void enum_names(void **state)
{
	static const char *const names[] = { "ready", "busy", NULL };

	(void)state;
	assert_string_equal(enum_name(names, 1), "busy");
	assert_string_equal(enum_name(names, 2), "?");
	assert_string_equal(enum_name(names, 50), "?");
	assert_string_equal(enum_name(names, -1), "?");
	assert_int_equal(enum_value(names, "ready"), 0);
	assert_int_equal(enum_value(names, "none"), -1);
	assert_int_equal(enum_value(names, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(ids_and_removal_while_walking),
		cmocka_unit_test(enum_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
