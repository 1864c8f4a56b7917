/* Random secrets of sessions and tokens, and the hashes they are kept as. */
#include <string.h>
#include "identity/identity_internal.h"

void secret_make(char secret[SECRET_SIZE])
{
	unsigned char random[32];

	randombytes_buf(random, sizeof(random));
	sodium_bin2base64(secret, SECRET_SIZE, random, sizeof(random),
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(random, sizeof(random));
}

/* A fast hash is right here: the secret has 256 bits, there is nothing to guess. */
void secret_hash(char hash[SECRET_HASH_SIZE], const char *secret)
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, (const unsigned char *)secret, strlen(secret));
	sodium_bin2hex(hash, SECRET_HASH_SIZE, digest, sizeof(digest));
}

void secret_csrf(char csrf[CSRF_SIZE])
{
	unsigned char random[32];

	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(csrf, CSRF_SIZE, random, sizeof(random));
}
