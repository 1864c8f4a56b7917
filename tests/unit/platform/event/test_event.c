/* Events on SQLite. */
#include "event_cases.h"

int main(void)
{
	const struct CMUnitTest tests[] = { EVENT_CASES };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
