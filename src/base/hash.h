/* Hash map from a string or a 64-bit id to a pointer. One thread. The map does not own values; string keys are copied. */
#ifndef HOTLINE_BASE_HASH_H
#define HOTLINE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash;

struct hash *hash_create(
	void); /* NULL: out of memory. A map is used either with strings or with ids, not both. */
void hash_free(struct hash *h);
size_t hash_count(const struct hash *h);

int hash_set(struct hash *h, const char *key, void *value); /* replaces; 0 or ENOMEM */
void *hash_get(const struct hash *h, const char *key);      /* NULL: none */
void *hash_remove(struct hash *h, const char *key);         /* the value that was there */

int hash_set_id(struct hash *h, uint64_t key, void *value);
void *hash_get_id(const struct hash *h, uint64_t key);
void *hash_remove_id(struct hash *h, uint64_t key);

/* Calls fn for each value; fn may remove the value it is given, nothing else. */
void hash_each(struct hash *h, void (*fn)(void *value, void *arg), void *arg);

#endif
