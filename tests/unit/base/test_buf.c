/* Growing buffer: errors stick, the maximum holds. */
#include "check.h"
#include "buf.h"

static void appends_gather(void **state)
{
	struct buf b;
	char *text;

	(void)state;
	buf_init(&b, 100000);
	for (int i = 0; i < 1000; i++)
		assert_ok(buf_printf(&b, "%04d", i));
	assert_int_equal(b.len, 4000);
	assert_memory_equal(b.data + 3996, "0999", 5);
	assert_ok(buf_printf(&b, "%500s", "x"));
	assert_int_equal(b.len, 4500);
	text = buf_steal(&b);
	assert_int_equal(strlen(text), 4500);
	assert_null(b.data);
	free(text);
	text = buf_steal(&b);
	assert_string_equal(text, "");
	free(text);
	buf_release(&b);
}

static void maximum_is_exact_and_the_error_sticks(void **state)
{
	struct buf b;

	(void)state;
	for (size_t max = 0; max < 300; max++) {
		buf_init(&b, max);
		for (size_t i = 0; i < max; i++)
			assert_ok(buf_putc(&b, 'a'));
		assert_int_equal(buf_putc(&b, 'a'), EMSGSIZE);
		assert_int_equal(b.len, max);
		assert_int_equal(buf_append(&b, "", 0), EMSGSIZE);
		assert_null(buf_steal(&b));
		buf_release(&b);
	}
	buf_init(&b, 10);
	assert_int_equal(buf_reserve(&b, SIZE_MAX), EMSGSIZE);
	buf_clear(&b);
	assert_ok(buf_puts(&b, "0123456789"));
	assert_int_equal(buf_puts(&b, "x"), EMSGSIZE);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_gather),
		cmocka_unit_test(maximum_is_exact_and_the_error_sticks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
