/* Check digits of numbers people type. Pure. */
#ifndef HOTLINE_ENGINE_IVR_CHECK_DIGIT_H
#define HOTLINE_ENGINE_IVR_CHECK_DIGIT_H

#include <stdbool.h>

bool check_digit_luhn(const char *digits); /* ISO/IEC 7812-1 annex B: bank and member cards */
/* Chinese identity number, 18 places, the last may be X: GB 11643-1999 (ISO 7064 MOD 11-2), with a date that exists. */
bool check_digit_id_card(const char *number);

#endif
