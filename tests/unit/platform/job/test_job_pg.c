/* Jobs on PostgreSQL. */
#define PLACE_POSTGRES
#include <sched.h>
#include "job_cases.h"

int main(void)
{
	const struct CMUnitTest tests[] = { JOB_CASES };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
