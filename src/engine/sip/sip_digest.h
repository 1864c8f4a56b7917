/* Digest authentication (RFC 8760, 7616, 3261 22), MD5 and SHA-256, qop=auth, both sides. sip_digest_ha1 stands in sip.h.
 * A server or client object belongs to one thread. A fuzz target. */
#ifndef HOTLINE_ENGINE_SIP_DIGEST_H
#define HOTLINE_ENGINE_SIP_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sip_msg.h"
#include "sip_print.h"

enum sip_digest_algorithm { SIP_DIGEST_MD5, SIP_DIGEST_SHA256 };

/* Values of one Authorization or WWW-Authenticate entry, without their quotes; absent when not given. */
struct sip_digest {
	enum sip_digest_algorithm algorithm;
	struct sip_view username, realm, nonce, uri, response, opaque, qop, cnonce, nc, stale;
};
/* value: a whole header value. 0, ENOTSUP (not Digest or an algorithm not known), EBADMSG. */
int sip_digest_parse(struct sip_digest *d, struct sip_view value);

/* --- server --- */
struct sip_digest_server;

enum sip_digest_result {
	SIP_DIGEST_OK,
	SIP_DIGEST_MISSING, /* no credentials for our realm: challenge */
	SIP_DIGEST_STALE, /* right key, nonce too old, used up or of an earlier process: challenge with stale=true */
	SIP_DIGEST_WRONG, /* wrong password, realm, URI or user: refuse, count against the source */
	SIP_DIGEST_MALFORMED, /* 400 */
};

/* lifetime_s: of a nonce (0: 300); window: nonces with remembered counts (0: 8192). */
int sip_digest_server_create(
	struct sip_digest_server **serverp, const char *realm, unsigned lifetime_s, size_t window);
void sip_digest_server_free(struct sip_digest_server *s);
struct sip_challenge {
	bool proxy; /* Proxy-Authenticate (407) instead of WWW-Authenticate (401) */
	bool stale;
	bool md5_only; /* for a phone that gives up at the sight of an algorithm it does not know */
};
/* Adds the challenges, MD5 first: many phones look at the first one only, and know only that (docs/decisions). now: clock_mono(). */
void sip_digest_challenge(struct sip_digest_server *s, struct sip_print *p,
	const struct sip_challenge *challenge, int64_t now);
/* Finds credentials for our realm in Authorization and Proxy-Authorization and copies the user name (128 bytes are enough for
 * any real one). OK, MISSING or MALFORMED. */
enum sip_digest_result sip_digest_user(const struct sip_digest_server *s, const struct sip_msg *m,
	struct sip_digest *d, char *user, size_t size);

/* Stored hashes of one account, hex. Both NULL, as for an unknown user: WRONG, after the same work. */
struct sip_ha1 {
	const char *md5, *sha256;
};
enum sip_digest_result sip_digest_check(struct sip_digest_server *s, const struct sip_msg *m,
	const struct sip_digest *d, const struct sip_ha1 *ha1, int64_t now);

/* --- client: one per registration or call towards a carrier --- */
struct sip_digest_client {
	bool ready; /* has a challenge to answer */
	bool proxy; /* of a 407 */
	enum sip_digest_algorithm algorithm;
	bool qop; /* "auth" was offered */
	char realm[128], nonce[256], opaque[256];
	bool has_opaque;
	uint32_t nc; /* of the last request */
};
/* Takes the challenge of a 401 or 407, SHA-256 before MD5. 0; EACCES: the credentials were refused (the same nonce again without
 * stale, or the first use of a fresh one refused): do not try again; ENOTSUP: none we can answer; EMSGSIZE. */
int sip_digest_client_take(struct sip_digest_client *c, const struct sip_msg *response);
struct sip_credentials {
	const char *user, *password;
};
/* Adds Authorization or Proxy-Authorization for the next request; nothing when not ready. uri: the request URI as printed. */
void sip_digest_client_print(struct sip_digest_client *c, struct sip_print *p,
	enum sip_method method, const char *uri, const struct sip_credentials *credentials);

#endif
