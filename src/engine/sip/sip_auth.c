/* Who sends a request: digest challenges, and refusals for those who guess. */
#include <string.h>
#include "clock/clock.h"
#include "sip/sip_registrar.h"

/* Phones known to fail when any challenge names another algorithm than MD5. */
static bool knows_md5_only(const struct sip_msg *m)
{
	static const char *const names[] = { "baresip", "SIPp", NULL };
	struct sip_view agent = sip_msg_value(m, SIP_HDR_USER_AGENT);

	for (size_t i = 0; names[i]; i++) {
		if (agent.len >= strlen(names[i]) &&
			!strncasecmp(agent.p, names[i], strlen(names[i])))
			return true;
	}
	return false;
}

static void challenge(struct sip_core *core, const struct sip_peer *from, const struct sip_msg *m,
	struct sip_tx *tx, bool stale)
{
	struct sip_challenge terms = { .stale = stale, .md5_only = knows_md5_only(m) };
	int64_t now = clock_mono();
	struct sip_print p;
	char user[128];

	if (sip_uri_user(user, sizeof(user), &m->from.uri))
		user[0] = 0;
	if (sip_challenge_again(core->sources, &from->addr, user, now))
		terms.md5_only = true;
	sip_tx_reply_begin(tx, &p, 401, NULL);
	sip_digest_challenge(core->digest, &p, &terms, now);
	sip_tx_reply_end(tx, &p);
}

struct sip_account_entry *sip_authenticate(struct sip_core *core, const struct sip_peer *from,
	const struct sip_msg *m, struct sip_tx *tx)
{
	int64_t now = clock_mono();
	struct sip_account_entry *account;
	enum sip_digest_result result;
	struct sip_digest digest;
	struct sip_ha1 ha1 = { 0 };
	char user[128];

	result = sip_digest_user(core->digest, m, &digest, user, sizeof(user));
	if (result == SIP_DIGEST_MISSING) {
		challenge(core, from, m, tx, false);
		return NULL;
	}
	if (result != SIP_DIGEST_OK) {
		sip_core_refused(core, SIP_REFUSAL_AUTH, from, "malformed credentials", 400);
		sip_tx_reply(tx, 400, "Malformed credentials");
		return NULL;
	}
	if (!sip_guess_allowed(core->sources, &from->addr, user, now)) {
		sip_core_refused(core, SIP_REFUSAL_AUTH, from, "too many wrong passwords", 403);
		sip_tx_reply(tx, 403, "Too many attempts");
		return NULL;
	}
	account = sip_registrar_find(core, user);
	if (account) {
		ha1.md5 = *account->md5 ? account->md5 : NULL;
		ha1.sha256 = *account->sha256 ? account->sha256 : NULL;
	}
	result = sip_digest_check(core->digest, m, &digest, &ha1, now);
	switch (result) {
	case SIP_DIGEST_OK:
		sip_guess_forget(core->sources, &from->addr, user);
		sip_challenge_answered(core->sources, &from->addr, user, now);
		return account;
	case SIP_DIGEST_MISSING:
	case SIP_DIGEST_STALE:
		challenge(core, from, m, tx, result == SIP_DIGEST_STALE);
		return NULL;
	case SIP_DIGEST_MALFORMED:
		sip_tx_reply(tx, 400, "Malformed credentials");
		return NULL;
	case SIP_DIGEST_WRONG:
		break;
	}
	sip_guess_failed(core->sources, &from->addr, user, now);
	sip_core_refused(core, SIP_REFUSAL_AUTH, from, "wrong password or unknown account", 403);
	sip_tx_reply(tx, 403, NULL);
	return NULL;
}
