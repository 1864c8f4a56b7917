/* The process's certificate for DTLS. */
#include <errno.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "certificate.h"

/* AES-GCM costs a third of AES-CM with SHA-1, and browsers take it when it comes first. */
static const char srtp_profiles[] = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
static const char ciphers[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
			      "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
			      "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

static X509 *make_x509(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name;
	uint64_t serial;

	if (!x || RAND_bytes((unsigned char *)&serial, sizeof(serial)) != 1)
		goto fail;
	name = X509_get_subject_name(x);
	if (!X509_set_version(x, 2) ||
		!ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1 | 1) ||
		!X509_gmtime_adj(X509_getm_notBefore(x), -24L * 3600) ||
		!X509_gmtime_adj(X509_getm_notAfter(x), 5L * 365 * 24 * 3600) ||
		!X509_set_pubkey(x, key) ||
		!X509_NAME_add_entry_by_txt(
			name, "CN", MBSTRING_ASC, (const unsigned char *)"hotline", -1, -1, 0) ||
		!X509_set_issuer_name(x, name) || !X509_sign(x, key, EVP_sha256()))
		goto fail;
	return x;
fail:
	X509_free(x);
	return NULL;
}

/* Who the other side is, is said by the fingerprint in the signalling and compared after the handshake. */
static int accept_any(X509_STORE_CTX *store, void *arg)
{
	(void)store;
	(void)arg;
	return 1;
}

static SSL_CTX *make_context(EVP_PKEY *key, X509 *x509)
{
	SSL_CTX *ctx = SSL_CTX_new(DTLS_method());

	if (!ctx)
		return NULL;
	SSL_CTX_set_options(ctx, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, accept_any, NULL);
	SSL_CTX_set_read_ahead(ctx, 1);
	/* use_srtp returns 0 for success. */
	if (!SSL_CTX_set_min_proto_version(ctx, DTLS1_2_VERSION) ||
		SSL_CTX_use_certificate(ctx, x509) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1 ||
		SSL_CTX_set_cipher_list(ctx, ciphers) != 1 ||
		SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") != 1 ||
		SSL_CTX_set_tlsext_use_srtp(ctx, srtp_profiles)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

int certificate_create(struct certificate **cp)
{
	struct certificate *c = calloc(1, sizeof(*c));
	EVP_PKEY *key = NULL;
	X509 *x509 = NULL;
	int err = EIO;

	if (!c)
		return ENOMEM;
	key = EVP_EC_gen("P-256");
	if (key)
		x509 = make_x509(key);
	if (x509)
		c->context = make_context(key, x509);
	if (c->context)
		err = certificate_fingerprint(
			x509, "sha-256", c->fingerprint, sizeof(c->fingerprint));
	X509_free(x509);
	EVP_PKEY_free(key);
	if (err)
		certificate_free(c);
	else
		*cp = c;
	return err;
}

void certificate_free(struct certificate *c)
{
	if (!c)
		return;
	SSL_CTX_free(c->context);
	free(c);
}

int certificate_fingerprint(X509 *x509, const char *like, char *out, size_t size)
{
	static const struct {
		const char *name;
		const EVP_MD *(*digest)(void);
	} hashes[] = { { "sha-256", EVP_sha256 }, { "sha-384", EVP_sha384 },
		{ "sha-512", EVP_sha512 } };
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		size_t name = strlen(hashes[i].name);

		if (strncasecmp(like, hashes[i].name, name) != 0 ||
			(like[name] && like[name] != ' '))
			continue;
		if (X509_digest(x509, hashes[i].digest(), digest, &len) != 1 ||
			size < name + 1 + 3 * (size_t)len)
			return EINVAL;
		memcpy(out, hashes[i].name, name);
		for (unsigned k = 0; k < len; k++)
			snprintf(out + name + 3 * k, 4, "%c%02X", k ? ':' : ' ', digest[k]);
		return 0;
	}
	return EINVAL;
}
