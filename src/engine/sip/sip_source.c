/* Rates, caps and password throttling per source address. */
#include "sip/sip_source.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "sip/sip_key.h"

#define IDLE_MS     120000
#define GUESSES_MAX 20000
#define SIMPLE_MS   86400000 /* a phone that needs MD5 stays known for so long */

struct guess {
	uint64_t key;
	unsigned failures;
	int64_t since;
};

struct sip_sources {
	struct hash *table;   /* key -> struct sip_source */
	struct hash *guesses; /* key -> struct guess */
	struct hash
		*challenges; /* key -> struct guess: failures are challenges without an answer */
	struct sip_source overflow;
	unsigned per_second;
	int64_t sweep_now;
};

int sip_sources_create(struct sip_sources **sourcesp, unsigned per_second)
{
	struct sip_sources *s = calloc(1, sizeof(*s));

	if (!s)
		return ENOMEM;
	s->table = hash_create();
	s->guesses = hash_create();
	s->challenges = hash_create();
	s->per_second = per_second ? per_second : 50;
	if (!s->table || !s->guesses || !s->challenges) {
		sip_sources_free(s);
		return ENOMEM;
	}
	*sourcesp = s;
	return 0;
}

static void free_value(void *value, void *arg)
{
	(void)arg;
	free(value);
}

void sip_sources_free(struct sip_sources *s)
{
	if (!s)
		return;
	if (s->table)
		hash_each(s->table, free_value, NULL);
	if (s->guesses)
		hash_each(s->guesses, free_value, NULL);
	if (s->challenges)
		hash_each(s->challenges, free_value, NULL);
	hash_free(s->table);
	hash_free(s->guesses);
	hash_free(s->challenges);
	free(s);
}

static struct sip_key host_key(const struct sip_inet *addr, unsigned domain)
{
	struct sip_key key = sip_key_begin(domain);

	if (addr->sa.sa_family == AF_INET6)
		sip_key_add(&key, &addr->in6.sin6_addr,
			IN6_IS_ADDR_V4MAPPED(&addr->in6.sin6_addr) ? 16 : 8);
	else
		sip_key_add(&key, &addr->in4.sin_addr, 4);
	return key;
}

struct sip_source *sip_source_get(struct sip_sources *s, const struct sip_inet *addr, int64_t now)
{
	uint64_t key = host_key(addr, 1).a;
	struct sip_source *source = hash_get_id(s->table, key);

	if (!source && hash_count(s->table) < SIP_SOURCES_MAX) {
		source = calloc(1, sizeof(*source));
		if (source && hash_set_id(s->table, key, source)) {
			free(source);
			source = NULL;
		}
		if (source) {
			source->key = key;
			source->budget = 2000 * s->per_second;
			source->refilled_at = now;
		}
	}
	if (!source)
		source = &s->overflow;
	source->used_at = now;
	return source;
}

enum sip_source_verdict sip_source_ask(
	struct sip_sources *s, struct sip_source *source, bool known, int64_t now)
{
	/* The bucket holds two seconds' worth: the upper half is served, the lower half is refused. */
	unsigned full = 2000 * s->per_second;
	int64_t gained;

	if (known || source->trusted_until > now)
		return SIP_SOURCE_SERVE;
	gained = (now - source->refilled_at) * s->per_second;
	source->refilled_at = now;
	source->budget =
		gained + source->budget > full ? full : (unsigned)(source->budget + gained);
	if (source->budget < 1000)
		return SIP_SOURCE_DROP;
	source->budget -= 1000;
	if (source->transactions >= SIP_SOURCE_TRANSACTIONS_MAX)
		return SIP_SOURCE_REFUSE;
	return source->budget >= full / 2 - 1000 ? SIP_SOURCE_SERVE : SIP_SOURCE_REFUSE;
}

void sip_source_trust(struct sip_source *source, int64_t until)
{
	if (until > source->trusted_until)
		source->trusted_until = until;
}

static void sweep_source(void *value, void *arg)
{
	struct sip_sources *s = arg;
	struct sip_source *source = value;

	if (source->transactions || source->used_at + IDLE_MS > s->sweep_now ||
		source->trusted_until > s->sweep_now)
		return;
	hash_remove_id(s->table, source->key);
	free(source);
}

static void sweep_guess(void *value, void *arg)
{
	struct sip_sources *s = arg;
	struct guess *g = value;

	if (g->since + SIP_GUESS_WINDOW > s->sweep_now)
		return;
	hash_remove_id(s->guesses, g->key);
	free(g);
}

static void sweep_challenge(void *value, void *arg)
{
	struct sip_sources *s = arg;
	struct guess *g = value;

	if (g->since + SIMPLE_MS > s->sweep_now)
		return;
	hash_remove_id(s->challenges, g->key);
	free(g);
}

void sip_sources_sweep(struct sip_sources *s, int64_t now)
{
	s->sweep_now = now;
	hash_each(s->table, sweep_source, s);
	hash_each(s->guesses, sweep_guess, s);
	hash_each(s->challenges, sweep_challenge, s);
}

static uint64_t guess_key(const struct sip_inet *addr, const char *user)
{
	struct sip_key key = host_key(addr, 2);

	sip_key_add(&key, user, strlen(user));
	return key.a;
}

/* Finds or makes the entry. NULL: no room. */
static struct guess *guess_of(struct hash *table, uint64_t key, int64_t now)
{
	struct guess *g = hash_get_id(table, key);

	if (g || hash_count(table) >= GUESSES_MAX)
		return g;
	g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	if (hash_set_id(table, key, g)) {
		free(g);
		return NULL;
	}
	g->key = key;
	g->since = now;
	return g;
}

bool sip_guess_allowed(
	struct sip_sources *s, const struct sip_inet *addr, const char *user, int64_t now)
{
	const struct guess *g = hash_get_id(s->guesses, guess_key(addr, user));

	return !g || g->failures < SIP_GUESSES || g->since + SIP_GUESS_WINDOW <= now;
}

void sip_guess_failed(
	struct sip_sources *s, const struct sip_inet *addr, const char *user, int64_t now)
{
	struct guess *g = guess_of(s->guesses, guess_key(addr, user), now);

	if (!g)
		return;
	if (g->since + SIP_GUESS_WINDOW <= now) {
		g->failures = 0;
		g->since = now;
	}
	/* The refusal lasts a whole window from the failure that brought it about. */
	if (++g->failures == SIP_GUESSES)
		g->since = now;
}

void sip_guess_forget(struct sip_sources *s, const struct sip_inet *addr, const char *user)
{
	free(hash_remove_id(s->guesses, guess_key(addr, user)));
}

bool sip_challenge_again(
	struct sip_sources *s, const struct sip_inet *addr, const char *user, int64_t now)
{
	struct guess *g = guess_of(s->challenges, guess_key(addr, user), now);

	if (!g)
		return false;
	if (g->failures < 2)
		g->failures++;
	return g->failures == 2;
}

void sip_challenge_answered(
	struct sip_sources *s, const struct sip_inet *addr, const char *user, int64_t now)
{
	uint64_t key = guess_key(addr, user);
	struct guess *g = hash_get_id(s->challenges, key);

	if (!g)
		return;
	if (g->failures == 2)
		g->since = now; /* it answered the simple one: it goes on getting that */
	else
		free(hash_remove_id(s->challenges, key));
}
