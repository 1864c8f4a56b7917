/* Drop-down lists as data (B61, A45-A47): departments change them without a programmer. */
#ifndef HOTLINE_DOMAIN_DICTIONARY_H
#define HOTLINE_DOMAIN_DICTIONARY_H

#include "arena.h"
#include "db/db.h"
#include "module/module.h"

/* 0 when an active entry of this kind has the code; ENOENT. */
int dictionary_check(struct db *db, const char *kind, const char *code);
/* What the program may rely on (a ticket state: "open", "paused", "solved", "closed", "void"); *category is NULL when the
 * entry has none. ENOENT. */
int dictionary_category(struct db *db, struct arena *arena, const char *kind, const char *code,
	const char **category);

extern const struct module dictionary_module;

#endif
