/* Hash map with chains. The keys come from outside (Call-IDs, addresses), so strings are hashed by SipHash-1-3 under a secret of
 * this process. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include "hash.h"

#define HASH_FIRST_SIZE 16

struct hash_node {
	struct hash_node *next;
	uint64_t key; /* the id, or the hash of the text */
	void *value;
	char text[]; /* empty for ids */
};

struct hash {
	struct hash_node **slots;
	size_t size, count; /* size: a power of two */
};

static uint64_t secret[2];
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void make_secret(void)
{
	if (getrandom(secret, sizeof(secret), GRND_NONBLOCK) != (ssize_t)sizeof(secret)) {
		secret[0] = (uint64_t)time(NULL) * UINT64_C(0x9e3779b97f4a7c15);
		secret[1] = (uint64_t)(uintptr_t)&secret;
	}
}

#define ROTATE(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static void sip_round(uint64_t v[4])
{
	v[0] += v[1], v[1] = ROTATE(v[1], 13) ^ v[0], v[0] = ROTATE(v[0], 32);
	v[2] += v[3], v[3] = ROTATE(v[3], 16) ^ v[2];
	v[0] += v[3], v[3] = ROTATE(v[3], 21) ^ v[0];
	v[2] += v[1], v[1] = ROTATE(v[1], 17) ^ v[2], v[2] = ROTATE(v[2], 32);
}

static uint64_t hash_text(const char *s, size_t len)
{
	uint64_t v[4] = { secret[0] ^ UINT64_C(0x736f6d6570736575),
		secret[1] ^ UINT64_C(0x646f72616e646f6d), secret[0] ^ UINT64_C(0x6c7967656e657261),
		secret[1] ^ UINT64_C(0x7465646279746573) };
	uint64_t word, last = (uint64_t)len << 56;
	size_t i;

	for (i = 0; i + 8 <= len; i += 8) {
		memcpy(&word, s + i, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = 0;
	memcpy(&word, s + i, len - i);
	last |= word;
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int n = 0; n < 3; n++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Ids differ in their low and middle bits: spread them over the slots. */
static size_t slot_of(uint64_t key, size_t size)
{
	key = (key ^ secret[0]) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(key >> 32 ^ key >> 52) & (size - 1);
}

struct hash *hash_create(void)
{
	struct hash *h = calloc(1, sizeof(*h));

	pthread_once(&secret_once, make_secret);
	if (!h)
		return NULL;
	h->slots = calloc(HASH_FIRST_SIZE, sizeof(struct hash_node *));
	if (!h->slots) {
		free(h);
		return NULL;
	}
	h->size = HASH_FIRST_SIZE;
	return h;
}

void hash_free(struct hash *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->size; i++) {
		for (struct hash_node *n = h->slots[i], *next; n; n = next) {
			next = n->next;
			free(n);
		}
	}
	free(h->slots);
	free(h);
}

size_t hash_count(const struct hash *h)
{
	return h->count;
}

/* Where the pointer to the node is, or the end of its chain. */
static struct hash_node **find(const struct hash *h, uint64_t key, const char *text)
{
	struct hash_node **at = &h->slots[slot_of(key, h->size)];

	while (*at && ((*at)->key != key || (text && strcmp((*at)->text, text) != 0)))
		at = &(*at)->next;
	return at;
}

/* Without memory the map stays as it is: only slower. */
static void grow(struct hash *h)
{
	size_t size = h->size * 2;
	struct hash_node **slots = calloc(size, sizeof(struct hash_node *));

	if (!slots)
		return;
	for (size_t i = 0; i < h->size; i++) {
		for (struct hash_node *n = h->slots[i], *next; n; n = next) {
			struct hash_node **at = &slots[slot_of(n->key, size)];

			next = n->next;
			n->next = *at;
			*at = n;
		}
	}
	free(h->slots);
	h->slots = slots;
	h->size = size;
}

static int set(struct hash *h, uint64_t key, const char *text, void *value)
{
	struct hash_node **at = find(h, key, text), *n;
	size_t len = text ? strlen(text) + 1 : 0;

	if (*at) {
		(*at)->value = value;
		return 0;
	}
	n = malloc(sizeof(*n) + len);
	if (!n)
		return ENOMEM;
	*n = (struct hash_node){ .key = key, .value = value };
	if (text)
		memcpy(n->text, text, len);
	*at = n;
	if (++h->count > h->size)
		grow(h);
	return 0;
}

static void *cut(struct hash *h, uint64_t key, const char *text)
{
	struct hash_node **at = find(h, key, text), *n = *at;
	void *value;

	if (!n)
		return NULL;
	*at = n->next;
	value = n->value;
	free(n);
	h->count--;
	return value;
}

static void *get(const struct hash *h, uint64_t key, const char *text)
{
	struct hash_node *n = *find(h, key, text);

	return n ? n->value : NULL;
}

int hash_set(struct hash *h, const char *key, void *value)
{
	return set(h, hash_text(key, strlen(key)), key, value);
}

void *hash_get(const struct hash *h, const char *key)
{
	return get(h, hash_text(key, strlen(key)), key);
}

void *hash_remove(struct hash *h, const char *key)
{
	return cut(h, hash_text(key, strlen(key)), key);
}

int hash_set_id(struct hash *h, uint64_t key, void *value)
{
	return set(h, key, NULL, value);
}

void *hash_get_id(const struct hash *h, uint64_t key)
{
	return get(h, key, NULL);
}

void *hash_remove_id(struct hash *h, uint64_t key)
{
	return cut(h, key, NULL);
}

void hash_each(struct hash *h, void (*fn)(void *value, void *arg), void *arg)
{
	for (size_t i = 0; i < h->size; i++) {
		for (struct hash_node *n = h->slots[i], *next; n; n = next) {
			next = n->next;
			fn(n->value, arg);
		}
	}
}
