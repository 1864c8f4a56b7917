/* Numbers, money, dates and times as they are spoken, in Chinese and English, as text for speech or clips.
 * Source: reference workflow 7.4, whose table is the test. Pure. */
#ifndef HOTLINE_BASE_READ_ALOUD_H
#define HOTLINE_BASE_READ_ALOUD_H

#include <stdbool.h>
#include <stddef.h>

enum read_kind {
	READ_DIGITS,
	READ_NUMBER,
	READ_MONEY,
	READ_DATE,
	READ_TIME,
	READ_DURATION,
	READ_PHONE,
	READ_ALPHANUMERIC,
	READ_TEXT
};
extern const char *const read_kind_names[]; /* "digits", "number", ... */

struct read_options {
	bool liang_hundred; /* 200 as 两百 (default 二百) */
	bool plain_one;     /* digits: 1 as 一 (default 幺) */
	bool counted;       /* a number before a measure word: 2 as 两 (您前面还有两位) */
};

/* value: as typed or stored ("1234.56", "2025-10-01", "14:05", "3725" seconds). language "zh-CN" or "en" (what follows the
 * first part does not matter; NULL: Chinese). Numbers have at most 16 digits before the point, digits and phone at most 64.
 * 0, EINVAL when value is not of that kind or the language is another one, EMSGSIZE. options may be NULL. On error out is "". */
int read_aloud(char *out, size_t size, const char *value, enum read_kind kind, const char *language,
	const struct read_options *options);

#endif
