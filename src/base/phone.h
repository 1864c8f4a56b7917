/* Telephone numbers as people type and carriers send them, brought to one comparable form.
 * Source: requirements K6, A43; Chinese numbering plan (mobile 1[3-9] + 9 digits; area codes 0xx, 0xxx). */
#ifndef HOTLINE_BASE_PHONE_H
#define HOTLINE_BASE_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#define PHONE_MAX 32

/* Writes the normalised form of `typed` to out: digits only; separators, brackets, +86 / 0086 / 86 and a trunk 0
 * before a mobile number removed; full-width digits folded; a local number gets `area_code` (for example "021",
 * may be NULL) in front; foreign numbers keep "+". Extension parts ("转", "ext", "-801" after a full number) are
 * dropped. Returns 0, EINVAL (no digits, or more than 20) or EMSGSIZE. */
int phone_normalize(char *out, size_t size, const char *typed, const char *area_code);
/* 138****0000: keeps three leading and four trailing digits. */
void phone_mask(char *out, size_t size, const char *number);
bool phone_is_mobile(const char *normalized);

#endif
