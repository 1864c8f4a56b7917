/* One DTLS association for SRTP keys. */
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/srtp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "dtls.h"

enum {
	MTU = 1200,
	OVERHEAD = 48,             /* IPv6 and UDP */
	FIRST_TIMEOUT_US = 200000, /* OpenSSL's second is long for someone waiting to be heard */
	LAST_TIMEOUT_US = 3000000,
	RETRIES_MAX = 12,
	GCM_KEY = 16,
	GCM_SALT = 12,
	CM_KEY = 16,
	CM_SALT = 14,
};

struct dtls {
	SSL *ssl;
	bool active;
	enum dtls_state state;
	unsigned retries;
	dtls_send_h *sendh;
	void *arg;
	const uint8_t *waiting; /* the datagram being read */
	size_t waiting_len;
};

/* --- a BIO that keeps datagrams apart, which OpenSSL's memory BIO does not --- */

static int bio_write(BIO *bio, const char *data, int len)
{
	struct dtls *d = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	d->sendh((const uint8_t *)data, (size_t)len, d->arg);
	return len;
}

static int bio_read(BIO *bio, char *out, int size)
{
	struct dtls *d = BIO_get_data(bio);
	size_t len = d->waiting_len < (size_t)size ? d->waiting_len : (size_t)size;

	BIO_clear_retry_flags(bio);
	if (!len) {
		BIO_set_retry_read(bio);
		return -1;
	}
	memcpy(out, d->waiting, len);
	d->waiting_len = 0;
	return (int)len;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	(void)bio;
	(void)number;
	(void)pointer;
	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_DGRAM_QUERY_MTU:
	case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
		return MTU;
	case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
		return OVERHEAD;
	default:
		return 0;
	}
}

static BIO_METHOD *bio_method;
static pthread_once_t bio_once = PTHREAD_ONCE_INIT;

static void free_bio_method(void)
{
	BIO_meth_free(bio_method);
}

static void make_bio_method(void)
{
	bio_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
	if (!bio_method)
		return;
	BIO_meth_set_write(bio_method, bio_write);
	BIO_meth_set_read(bio_method, bio_read);
	BIO_meth_set_ctrl(bio_method, bio_ctrl);
	(void)atexit(free_bio_method);
}

static unsigned next_timeout(SSL *ssl, unsigned previous_us)
{
	(void)ssl;
	if (!previous_us)
		return FIRST_TIMEOUT_US;
	return previous_us * 2 > LAST_TIMEOUT_US ? LAST_TIMEOUT_US : previous_us * 2;
}

/* --- the association --- */

static enum dtls_state step(struct dtls *d)
{
	int result = SSL_do_handshake(d->ssl);

	if (result == 1) {
		d->state = DTLS_DONE;
	} else if (SSL_get_error(d->ssl, result) != SSL_ERROR_WANT_READ) {
		d->state = DTLS_FAILED;
	}
	ERR_clear_error();
	return d->state;
}

struct dtls *dtls_create(const struct certificate *c, bool active, dtls_send_h *sendh, void *arg)
{
	struct dtls *d = calloc(1, sizeof(*d));
	BIO *bio;

	pthread_once(&bio_once, make_bio_method);
	if (!d || !bio_method)
		goto fail;
	d->active = active;
	d->sendh = sendh;
	d->arg = arg;
	d->ssl = SSL_new(c->context);
	bio = d->ssl ? BIO_new(bio_method) : NULL;
	if (!bio)
		goto fail;
	BIO_set_data(bio, d);
	BIO_set_init(bio, 1);
	SSL_set_bio(d->ssl, bio, bio);
	SSL_set_mtu(d->ssl, MTU);
	DTLS_set_timer_cb(d->ssl, next_timeout);
	if (active) {
		SSL_set_connect_state(d->ssl);
		(void)step(d);
	} else {
		SSL_set_accept_state(d->ssl);
	}
	return d;
fail:
	dtls_free(d);
	return NULL;
}

void dtls_free(struct dtls *d)
{
	if (!d)
		return;
	SSL_free(d->ssl);
	free(d);
}

enum dtls_state dtls_datagram(struct dtls *d, const uint8_t *data, size_t len)
{
	uint8_t unused[64];

	if (d->state == DTLS_FAILED)
		return d->state;
	d->waiting = data;
	d->waiting_len = len;
	if (d->state == DTLS_HANDSHAKE) {
		(void)step(d);
	} else {
		/* Repeats our last flight when the peer did not get it; application data means nothing to us. */
		while (SSL_read(d->ssl, unused, sizeof(unused)) > 0)
			;
		ERR_clear_error();
	}
	d->waiting = NULL;
	d->waiting_len = 0;
	return d->state;
}

enum dtls_state dtls_tick(struct dtls *d)
{
	struct timeval left;
	int result;

	if (d->state != DTLS_HANDSHAKE || !DTLSv1_get_timeout(d->ssl, &left) || left.tv_sec ||
		left.tv_usec)
		return d->state;
	result = (int)DTLSv1_handle_timeout(d->ssl);
	if (result < 0 || ++d->retries > RETRIES_MAX)
		d->state = DTLS_FAILED;
	ERR_clear_error();
	return d->state;
}

bool dtls_matches(const struct dtls *d, const char *fingerprint)
{
	X509 *x509 = SSL_get0_peer_certificate(d->ssl);
	char have[3 * EVP_MAX_MD_SIZE + 16];

	return x509 && !certificate_fingerprint(x509, fingerprint, have, sizeof(have)) &&
	       !strcasecmp(have, fingerprint);
}

enum dtls_profile dtls_keys(
	const struct dtls *d, uint8_t send[DTLS_KEY_MAX], uint8_t receive[DTLS_KEY_MAX])
{
	static const char label[] = "EXTRACTOR-dtls_srtp";
	const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(d->ssl);
	/* client key, server key, client salt, server salt (RFC 5764 4.2) */
	uint8_t all[2 * DTLS_KEY_MAX];
	bool gcm = profile && profile->id == SRTP_AEAD_AES_128_GCM;
	size_t key = gcm ? GCM_KEY : CM_KEY, salt = gcm ? GCM_SALT : CM_SALT;
	uint8_t *client = d->active ? send : receive, *server = d->active ? receive : send;

	if (!profile || (!gcm && profile->id != SRTP_AES128_CM_SHA1_80) ||
		SSL_export_keying_material(
			d->ssl, all, 2 * (key + salt), label, sizeof(label) - 1, NULL, 0, 0) != 1)
		return DTLS_PROFILE_NONE;
	memcpy(client, all, key);
	memcpy(client + key, all + 2 * key, salt);
	memcpy(server, all + key, key);
	memcpy(server + key, all + 2 * key + salt, salt);
	OPENSSL_cleanse(all, sizeof(all));
	return gcm ? DTLS_PROFILE_GCM : DTLS_PROFILE_CM;
}
