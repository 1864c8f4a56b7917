/* Events of the test carrier as lines of JSON on standard output. */
#include <stdio.h>
#include <time.h>
#include "carrier_peer.h"

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void put_string(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

void event_begin(const char *name)
{
	printf("{\"event\":");
	put_string(name);
	event_number("ms", now_ms());
}

void event_text(const char *key, const char *value)
{
	if (!value)
		return;
	printf(",\"%s\":", key);
	put_string(value);
}

void event_number(const char *key, long value)
{
	printf(",\"%s\":%ld", key, value);
}

void event_flag(const char *key, bool value)
{
	if (value)
		printf(",\"%s\":true", key);
}

void event_end(void)
{
	printf("}\n");
	fflush(stdout);
}
