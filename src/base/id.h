/* 64-bit ids, sorted by time, made without a round trip and unique across nodes:
 * 41 bits of milliseconds since 2020-01-01 UTC, 8 bits node, 14 bits sequence. Any thread. */
#ifndef HOTLINE_BASE_ID_H
#define HOTLINE_BASE_ID_H

#include <stdint.h>

void id_set_node(unsigned node);     /* 0-255, before the first id_make */
int64_t id_make(int64_t now_ms);     /* > 0; strictly increasing in one process */
int64_t id_time(int64_t id);         /* the millisecond (UTC) it was made in */
int64_t id_first_at(int64_t now_ms); /* the smallest id of that millisecond, for ranges by time */
int64_t id_parse(const char *s);     /* decimal; 0 if s is NULL or no id */

#endif
