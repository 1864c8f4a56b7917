/* Inside of read_aloud: parsed values and the languages that speak them. */
#ifndef HOTLINE_BASE_READING_H
#define HOTLINE_BASE_READING_H

#include <stdint.h>
#include "read_aloud.h"

struct spoken { /* text under construction in the caller's memory */
	char *out;
	size_t size, len;
	bool full;
};

void spoken_put(struct spoken *s, const char *text);
void spoken_put_n(struct spoken *s, const char *text, size_t len);

#define READ_MAX_DIGITS   64
#define READ_MAX_FRACTION 16

struct amount {
	bool negative;
	uint64_t whole;                       /* at most 16 digits */
	char fraction[READ_MAX_FRACTION + 1]; /* as typed, trailing zeros too */
};

struct moment {
	int year, month, day, hour, minute, second;
};

struct digit_groups { /* a row of digits as it is said, in groups */
	char digits[READ_MAX_DIGITS + 1];
	bool plus;
	size_t lengths[READ_MAX_DIGITS];
	size_t count;
};

struct reading {                   /* one language */
	const char *pause;         /* between groups */
	const char *const *digits; /* as they are said one by one */
	const char *digit_gap;     /* between two of them */
	const char *plus;
	void (*number)(struct spoken *s, const struct amount *a, const struct read_options *o);
	void (*money)(struct spoken *s, const struct amount *a,
		const struct read_options *o); /* fraction: 2 digits */
	void (*date)(struct spoken *s, const struct moment *m);
	void (*time)(struct spoken *s, const struct moment *m);
	void (*duration)(struct spoken *s, uint64_t seconds, const struct read_options *o);
	const char *(*symbol)(char c); /* NULL: not said */
};
extern const struct reading reading_zh, reading_zh_plain, reading_en;

#endif
