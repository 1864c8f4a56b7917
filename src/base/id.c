/* 64-bit ids: milliseconds since 2020, node, sequence. */
#include <ctype.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "id.h"

#define ID_EPOCH     INT64_C(1577836800000) /* 2020-01-01 UTC */
#define ID_SEQ_BITS  14
#define ID_NODE_BITS 8
#define ID_TIME_MAX  ((INT64_C(1) << 41) - 1)

static unsigned node_number;
static _Atomic int64_t last; /* milliseconds and sequence of the newest id, without the node */

void id_set_node(unsigned node)
{
	node_number = node & 0xff;
}

static int64_t clamp(int64_t now_ms)
{
	int64_t t = now_ms - ID_EPOCH;

	return t < 0 ? 0 : t > ID_TIME_MAX ? ID_TIME_MAX : t;
}

int64_t id_make(int64_t now_ms)
{
	int64_t first = clamp(now_ms) << ID_SEQ_BITS;
	int64_t before = atomic_load(&last), mine;

	/* Also when the clock goes back or a millisecond's numbers are used up: simply the next one. */
	do
		mine = first > before ? first : before + 1;
	while (!atomic_compare_exchange_weak(&last, &before, mine));
	return (mine >> ID_SEQ_BITS) << (ID_SEQ_BITS + ID_NODE_BITS) |
	       (int64_t)node_number << ID_SEQ_BITS | (mine & ((1 << ID_SEQ_BITS) - 1));
}

int64_t id_time(int64_t id)
{
	return (id >> (ID_SEQ_BITS + ID_NODE_BITS)) + ID_EPOCH;
}

int64_t id_first_at(int64_t now_ms)
{
	return clamp(now_ms) << (ID_SEQ_BITS + ID_NODE_BITS);
}

int64_t id_parse(const char *s)
{
	char *end;
	long long v;

	if (!s || !isdigit((unsigned char)*s))
		return 0;
	errno = 0;
	v = strtoll(s, &end, 10);
	return errno || *end || v <= 0 ? 0 : (int64_t)v;
}
