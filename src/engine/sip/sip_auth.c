/* Who sends a request: digest challenges, and refusals for those who guess. */
#include "clock/clock.h"
#include "sip/sip_registrar.h"

static void challenge(struct sip_core *core, struct sip_tx *tx, bool stale)
{
	struct sip_print p;

	sip_tx_reply_begin(tx, &p, 401, NULL);
	sip_digest_challenge(core->digest, &p, false, stale, clock_mono());
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
		challenge(core, tx, false);
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
		return account;
	case SIP_DIGEST_MISSING:
	case SIP_DIGEST_STALE:
		challenge(core, tx, result == SIP_DIGEST_STALE);
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
