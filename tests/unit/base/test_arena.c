/* Arena: alignment, limit, reuse. */
#include "check.h"
#include "arena.h"

static void memory_is_zeroed_and_aligned(void **state)
{
	struct arena *a = arena_create(0);

	(void)state;
	for (size_t size = 0; size < 9000; size += 7) {
		unsigned char *p = arena_alloc(a, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_free(a);
}

static void limit_holds_and_the_arena_lives_on(void **state)
{
	struct arena *a = arena_create(10000);

	(void)state;
	assert_non_null(arena_alloc(a, 4000));
	assert_null(arena_alloc(a, 7000));
	assert_null(arena_alloc(a, SIZE_MAX));
	assert_null(arena_alloc(a, SIZE_MAX - 8));
	assert_non_null(arena_alloc(a, 5000));
	assert_null(arena_alloc(a, 5000));
	arena_reset(a);
	assert_non_null(arena_alloc(a, 5000));
	arena_free(a);
	arena_free(NULL);
}

static void strings_are_copied(void **state)
{
	struct arena *a = arena_create(100); /* smaller than a usual block */

	(void)state;
	assert_string_equal(arena_strdup(a, "客户"), "客户");
	assert_string_equal(arena_strndup(a, "customer", 4), "cust");
	assert_string_equal(arena_strndup(a, "ab", 10), "ab");
	assert_string_equal(arena_printf(a, "%d-%s", 7, "x"), "7-x");
	assert_memory_equal(arena_memdup(a, "a\0b", 3), "a\0b", 3);
	assert_null(arena_strdup(a, NULL));
	assert_null(arena_printf(a, "%200d", 7));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(limit_holds_and_the_arena_lives_on),
		cmocka_unit_test(strings_are_copied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
