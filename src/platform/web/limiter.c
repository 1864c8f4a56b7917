/* How often one address may ask: a bucket per route and address. The web thread's only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "web/web_private.h"

#define MOST_BUCKETS 50000

struct bucket {
	char key[96];
	int64_t minute_ends; /* clock_mono() */
	unsigned used;
};

struct limiter {
	struct hash *buckets;
	int64_t swept;
};

struct limiter *limiter_create(void)
{
	struct limiter *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->buckets = hash_create();
	if (!l->buckets) {
		free(l);
		return NULL;
	}
	return l;
}

static void sweep_one(void *value, void *arg)
{
	struct limiter *l = arg;
	struct bucket *b = value;

	if (b->minute_ends <= l->swept) {
		hash_remove(l->buckets, b->key);
		free(b);
	}
}

static void sweep(struct limiter *l, int64_t now)
{
	l->swept = now;
	hash_each(l->buckets, sweep_one, l);
}

void limiter_free(struct limiter *l)
{
	if (!l)
		return;
	sweep(l, INT64_MAX);
	hash_free(l->buckets);
	free(l);
}

/* One customer line has 2^64 IPv6 addresses: its first four groups count. */
static size_t significant(const char *address)
{
	size_t len = strlen(address);
	int groups = 0;

	if (!strchr(address, ':') || strchr(address, '.'))
		return len;
	for (size_t i = 0; i < len; i++) {
		if (address[i] == ':' && ++groups == 4)
			return i;
		if (address[i] == ':' && address[i + 1] == ':')
			return i;
	}
	return len;
}

int limiter_take(struct limiter *l, const void *what, const char *address, unsigned per_minute)
{
	int64_t now = clock_mono();
	struct bucket *b;
	char key[96];

	snprintf(key, sizeof(key), "%p|%.*s", what, (int)significant(address), address);
	b = hash_get(l->buckets, key);
	if (!b) {
		if (hash_count(l->buckets) >= MOST_BUCKETS && l->swept + 1000 <= now)
			sweep(l, now);
		if (hash_count(l->buckets) >= MOST_BUCKETS)
			return 1; /* a flood from everywhere: nobody gets in by it */
		b = calloc(1, sizeof(*b));
		if (!b || hash_set(l->buckets, key, b)) {
			free(b);
			return 1;
		}
		snprintf(b->key, sizeof(b->key), "%s", key);
	}
	if (b->minute_ends <= now) {
		b->minute_ends = now + 60000;
		b->used = 0;
	}
	if (b->used < per_minute) {
		b->used++;
		return 0;
	}
	return (int)((b->minute_ends - now + 999) / 1000);
}
