/* Permissions and how far they reach. */
#include "check.h"
#include "actor/actor.h"

static const struct permission rows[] = { { .name = "ticket.read", .ranged = true },
	{ .name = "user.manage" }, { 0 } };

static struct actor *make(enum data_range range)
{
	static const int64_t departments[] = { 5, 7, 9, 12 };
	struct actor *a = actor_create();
	int64_t *copy = malloc(sizeof(departments));

	memcpy(copy, departments, sizeof(departments));
	a->user_id = 100;
	a->department_id = 5;
	a->departments = copy;
	a->department_count = 4;
	((uint8_t *)(uintptr_t)a->ranges)[0] = (uint8_t)range;
	return a;
}

static void the_range_decides(void **state)
{
	/* department, owner; allowed for NONE OWN DEPARTMENT TREE ALL */
	static const struct {
		int64_t department, owner;
		const char *allowed;
	} cases[] = {
		{ 5, 100, "01111" },
		{ 5, 1, "00111" },
		{ 9, 1, "00011" },
		{ 12, 0, "00011" },
		{ 6, 1, "00001" },
		{ 0, 1, "00001" },
		{ 0, 0, "00001" },
		{ 6, 100, "01111" },
	};

	(void)state;
	for (int range = RANGE_NONE; range <= RANGE_ALL; range++) {
		struct actor *a = make((enum data_range)range);

		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			if (actor_may(a, "ticket.read", cases[i].department, cases[i].owner) !=
				(cases[i].allowed[range] == '1'))
				fail_msg("range %d, case %zu", range, i);
		}
		assert_false(actor_may(a, "user.manage", 5, 100));
		assert_false(actor_may(a, "unknown", 5, 100));
		actor_release(a);
	}
}

static void a_permission_without_range_is_held_for_all(void **state)
{
	struct actor *a = make(RANGE_NONE);

	(void)state;
	((uint8_t *)(uintptr_t)a->ranges)[1] = RANGE_OWN;
	assert_true(actor_may(a, "user.manage", 99, 1));
	assert_int_equal(actor_range(a, "user.manage"), RANGE_OWN);
	assert_int_equal(actor_range(NULL, "user.manage"), RANGE_NONE);
	assert_ptr_equal(actor_hold(a), a);
	actor_release(a);
	assert_int_equal(a->references, 1);
	actor_release(a);
	actor_release(NULL);
}

static void names_are_unique(void **state)
{
	(void)state;
	assert_int_equal(permission_declare(rows), EEXIST);
	assert_int_equal(permission_count(), 2);
	assert_int_equal(permission_number("user.manage"), 1);
	assert_int_equal(permission_number("x"), -1);
	assert_string_equal(permission_at(0)->name, "ticket.read");
	assert_null(permission_at(2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_range_decides),
		cmocka_unit_test(a_permission_without_range_is_held_for_all),
		cmocka_unit_test(names_are_unique),
	};

	if (permission_declare(rows))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
