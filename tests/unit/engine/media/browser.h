/* A browser for tests, by OpenSSL and libsrtp only: ICE checks, DTLS in either role, SRTP; media is the telephone of peer.h. */
#ifndef HOTLINE_TEST_MEDIA_BROWSER_H
#define HOTLINE_TEST_MEDIA_BROWSER_H

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/srtp.h>
#include <openssl/x509.h>
#include <srtp2/srtp.h>
#include "media/stun.h"
#include "peer.h"

struct browser {
	struct peer peer;
	SSL_CTX *context;
	SSL *ssl;
	srtp_t send, receive;
	char fingerprint[128];
	char ufrag[16], pwd[32];
};

static inline void browser_certificate(struct browser *b, const char *profiles)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	unsigned char digest[32];
	unsigned len = sizeof(digest);

	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_sha256());
	X509_digest(x, EVP_sha256(), digest, &len);
	strcpy(b->fingerprint, "sha-256");
	for (unsigned i = 0; i < len; i++)
		sprintf(b->fingerprint + 7 + 3 * i, "%c%02x", i ? ':' : ' ', digest[i]);
	b->context = SSL_CTX_new(DTLS_method());
	SSL_CTX_use_certificate(b->context, x);
	SSL_CTX_use_PrivateKey(b->context, key);
	SSL_CTX_set_verify(b->context, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_tlsext_use_srtp(b->context, profiles);
	X509_free(x);
	EVP_PKEY_free(key);
}

static inline void browser_open(
	struct browser *b, enum media_codec codec, double hz, const char *profiles)
{
	memset(b, 0, sizeof(*b));
	peer_open(&b->peer, codec, hz);
	browser_certificate(b, profiles);
	strcpy(b->ufrag, "brow");
	strcpy(b->pwd, "password-of-the-browser-");
}

static inline struct media_leg_remote browser_remote(const struct browser *b, bool dtls_active)
{
	struct media_leg_remote remote = peer_remote(&b->peer);

	remote.address[0] = '\0';
	remote.port = remote.rtcp_port = 0;
	remote.rtcp_mux = true;
	remote.dtls_active = dtls_active;
	strcpy(remote.ice_ufrag, b->ufrag);
	strcpy(remote.ice_pwd, b->pwd);
	strcpy(remote.fingerprint, b->fingerprint);
	return remote;
}

static inline void browser_connect(struct browser *b, uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	if (connect(b->peer.fd, (struct sockaddr *)&to, sizeof(to)))
		abort();
}

/* One check; true when it is answered with success. */
static inline bool browser_check(
	struct browser *b, const struct media_leg_local *local, bool use_candidate)
{
	uint8_t bytes[2048];
	struct pollfd wait = { .fd = b->peer.fd, .events = POLLIN };
	struct stun_message m;
	char username[64];
	uint8_t id[12] = "checkcheck12";
	ssize_t len;

	snprintf(username, sizeof(username), "%s:%s", local->ice_ufrag, b->ufrag);
	browser_connect(b, local->port);
	len = (ssize_t)stun_write_request(bytes, id, username, local->ice_pwd, use_candidate);
	(void)send(b->peer.fd, bytes, (size_t)len, 0);
	for (int i = 0; i < 20 && poll(&wait, 1, 5000) > 0; i++) {
		len = recv(b->peer.fd, bytes, sizeof(bytes), 0);
		if (len > 0 && !stun_parse(&m, bytes, (size_t)len)) /* DTLS may be there as well */
			return m.type == STUN_SUCCESS &&
			       stun_integrity_holds(&m, bytes, local->ice_pwd);
	}
	return false;
}

static inline int browser_seal(void *arg, uint8_t *packet, int len)
{
	struct browser *b = arg;

	return srtp_protect(b->send, packet, &len) == srtp_err_status_ok ? len : -1;
}

static inline int browser_unseal(void *arg, uint8_t *packet, int len)
{
	struct browser *b = arg;

	if (packet[0] < 128 || ((packet[1] & 0x7f) >= 64 && (packet[1] & 0x7f) <= 95))
		return -1;
	return srtp_unprotect(b->receive, packet, &len) == srtp_err_status_ok ? len : -1;
}

static inline srtp_t browser_session(
	const SRTP_PROTECTION_PROFILE *profile, srtp_ssrc_type_t type, uint8_t *key)
{
	srtp_policy_t policy;
	srtp_t session = NULL;

	memset(&policy, 0, sizeof(policy));
	if (profile->id == SRTP_AEAD_AES_128_GCM) {
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
	} else {
		srtp_crypto_policy_set_rtp_default(&policy.rtp);
		srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
	}
	policy.ssrc.type = type;
	policy.key = key;
	if (srtp_create(&session, &policy) != srtp_err_status_ok)
		abort();
	return session;
}

/* Handshake in our role; true when it succeeds. */
static inline bool browser_handshake(struct browser *b, bool client)
{
	struct timeval patience = { .tv_sec = 5 };
	const SRTP_PROTECTION_PROFILE *profile;
	uint8_t all[60], keys[2][30];
	struct sockaddr_in to;
	socklen_t len = sizeof(to);
	size_t salt;
	int result;
	BIO *bio;

	setsockopt(b->peer.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	b->ssl = SSL_new(b->context);
	bio = BIO_new_dgram(b->peer.fd, BIO_NOCLOSE);
	/* Connected already: without this the BIO would send to nowhere. */
	getpeername(b->peer.fd, (struct sockaddr *)&to, &len);
	BIO_ctrl(bio, BIO_CTRL_DGRAM_SET_CONNECTED, 0, &to);
	SSL_set_bio(b->ssl, bio, bio);
	result = client ? SSL_connect(b->ssl) : SSL_accept(b->ssl);
	if (result != 1)
		return false;
	profile = SSL_get_selected_srtp_profile(b->ssl);
	if (!profile)
		return false;
	salt = profile->id == SRTP_AEAD_AES_128_GCM ? 12 : 14;
	SSL_export_keying_material(
		b->ssl, all, 2 * (16 + salt), "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0);
	for (int i = 0; i < 2; i++) {
		memcpy(keys[i], all + 16 * i, 16);
		memcpy(keys[i] + 16, all + 32 + salt * (size_t)i, salt);
	}
	b->send = browser_session(profile, ssrc_any_outbound, keys[client ? 0 : 1]);
	b->receive = browser_session(profile, ssrc_any_inbound, keys[client ? 1 : 0]);
	b->peer.seal = browser_seal;
	b->peer.unseal = browser_unseal;
	b->peer.seal_arg = b;
	return true;
}

static inline void browser_close(struct browser *b)
{
	if (b->send)
		srtp_dealloc(b->send);
	if (b->receive)
		srtp_dealloc(b->receive);
	SSL_free(b->ssl);
	SSL_CTX_free(b->context);
}

#endif
