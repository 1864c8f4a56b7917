/* Keyed digests and random identifiers. */
#include "sip/sip_key.h"
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

static unsigned char process_key[crypto_shorthash_siphashx24_KEYBYTES];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int ready = EIO;

static void init(void)
{
	if (sodium_init() < 0)
		return;
	randombytes_buf(process_key, sizeof(process_key));
	ready = 0;
}

int sip_key_init(void)
{
	pthread_once(&once, init);
	return ready;
}

/* Random numbers are drawn in blocks: two or three go into every message. */
uint64_t sip_random(void)
{
	static _Thread_local uint64_t pool[64];
	static _Thread_local unsigned left;
	uint64_t value;

	do {
		if (!left) {
			randombytes_buf(pool, sizeof(pool));
			left = sizeof(pool) / sizeof(pool[0]);
		}
		value = pool[--left];
		pool[left] = 0;
	} while (!value);
	return value;
}

unsigned sip_random_below(unsigned bound)
{
	return bound ? (unsigned)(sip_random() % bound) : 0;
}

struct sip_key sip_key_begin(unsigned domain)
{
	return (struct sip_key){ domain, 0 };
}

void sip_key_add(struct sip_key *key, const void *data, size_t len)
{
	unsigned char block[16 + sizeof(len) + 256], out[16];
	const unsigned char *p = data;
	size_t rest = len;

	do {
		size_t n = rest < 256 ? rest : 256;

		memcpy(block, key, 16);
		memcpy(block + 16, &len, sizeof(len));
		if (n)
			memcpy(block + 16 + sizeof(len), p, n);
		crypto_shorthash_siphashx24(out, block, 16 + sizeof(len) + n, process_key);
		memcpy(key, out, 16);
		rest -= n;
		p = n ? p + n : p;
	} while (rest);
}

const char *sip_tag_text(char out[SIP_TAG_TEXT], uint64_t tag)
{
	static const char hex[] = "0123456789abcdef";

	for (int i = 15; i >= 0; i--, tag >>= 4)
		out[i] = hex[tag & 15];
	out[16] = 0;
	return out;
}

uint64_t sip_tag_value(struct sip_view text)
{
	uint64_t value = 0;

	if (text.len != 16)
		return 0;
	for (size_t i = 0; i < 16; i++) {
		char c = text.p[i];

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint64_t)(c - 'a' + 10);
		else
			return 0;
	}
	return value;
}
