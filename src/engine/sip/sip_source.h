/* What is known of each address that sends us something: rate, running transactions, failed passwords. SIP thread. */
#ifndef HOTLINE_ENGINE_SIP_SOURCE_H
#define HOTLINE_ENGINE_SIP_SOURCE_H

#include "sip_inet.h"

#define SIP_SOURCES_MAX             50000 /* beyond, new addresses share one entry and so one rate */
#define SIP_SOURCE_TRANSACTIONS_MAX 4000  /* running and remembered ones of an unknown source */

struct sip_sources;

struct sip_source { /* one IPv4 address, or one IPv6 /64 */
	uint64_t key;
	unsigned transactions; /* counted by the transaction layer; keeps the entry alive */
	unsigned budget;       /* thousandths of a request left */
	int64_t refilled_at, used_at, trusted_until;
};

enum sip_source_verdict {
	SIP_SOURCE_SERVE,
	SIP_SOURCE_REFUSE, /* answer 503 without keeping anything */
	SIP_SOURCE_DROP,   /* far beyond the rate: an answer would only help an attacker */
};

int sip_sources_create(struct sip_sources **sourcesp, unsigned per_second);
void sip_sources_free(struct sip_sources *sources);
/* Never NULL. Valid as long as it has transactions, else until sip_sources_sweep. */
struct sip_source *sip_source_get(
	struct sip_sources *sources, const struct sip_inet *addr, int64_t now);
/* One new request. known: a trunk or a signed-in browser, which has no rate. */
enum sip_source_verdict sip_source_ask(
	struct sip_sources *sources, struct sip_source *source, bool known, int64_t now);
/* Proved a password: counts as known until then. */
void sip_source_trust(struct sip_source *source, int64_t until);
void sip_sources_sweep(struct sip_sources *sources, int64_t now);

/* --- failed passwords, by source and account --- */
#define SIP_GUESSES      6     /* failures allowed within the time below */
#define SIP_GUESS_WINDOW 60000 /* ms; as long is it refused afterwards */
bool sip_guess_allowed(
	struct sip_sources *sources, const struct sip_inet *addr, const char *user, int64_t now);
void sip_guess_failed(
	struct sip_sources *sources, const struct sip_inet *addr, const char *user, int64_t now);
void sip_guess_forget(struct sip_sources *sources, const struct sip_inet *addr, const char *user);

/* --- challenges that nobody answered: phones that cannot do with the algorithms offered --- */
/* Notes a challenge. True: an earlier one was left unanswered, so offer only what every phone knows. */
bool sip_challenge_again(
	struct sip_sources *sources, const struct sip_inet *addr, const char *user, int64_t now);
void sip_challenge_answered(
	struct sip_sources *sources, const struct sip_inet *addr, const char *user, int64_t now);

#endif
