/* All statements of the program on SQLite. */
#include "statement_cases.h"

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(statements_are_prepared) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
