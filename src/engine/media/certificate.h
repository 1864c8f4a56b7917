/* The process's certificate for DTLS: EC P-256, self-signed, made at start. Read-only afterwards, any thread. */
#ifndef HOTLINE_MEDIA_CERTIFICATE_H
#define HOTLINE_MEDIA_CERTIFICATE_H

#include <openssl/ssl.h>

struct certificate {
	SSL_CTX *context;      /* DTLS 1.2, use_srtp, certificate set */
	char fingerprint[128]; /* "sha-256 AB:CD:..." */
};

int certificate_create(struct certificate **cp); /* 0, ENOMEM, EIO (OpenSSL refused) */
void certificate_free(struct certificate *c);
/* "sha-256 AB:CD:..." of a peer's certificate, by the hash named in like (sha-256, sha-384 or sha-512). 0 or EINVAL. */
int certificate_fingerprint(X509 *x509, const char *like, char *out, size_t size);

#endif
