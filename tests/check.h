/* What every unit test includes: cmocka with its needed headers, and checks of its own. */
#ifndef HOTLINE_TESTS_CHECK_H
#define HOTLINE_TESTS_CHECK_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Fails with the text of the error. */
#define assert_ok(call)                                                                            \
	do {                                                                                       \
		int err_ = (call);                                                                 \
		if (err_)                                                                          \
			fail_msg("%s: %s (%d)", #call, strerror(err_), err_);                      \
	} while (0)

#endif
