/* Luhn and the Chinese identity number. */
#include <ctype.h>
#include <string.h>
#include "check_digit.h"
#include "read_aloud.h"

bool check_digit_luhn(const char *digits)
{
	size_t len = strlen(digits);
	unsigned sum = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned d = (unsigned)(digits[len - 1 - i] - '0');

		if (d > 9)
			return false;
		if (i % 2)
			d = d > 4 ? 2 * d - 9 : 2 * d;
		sum += d;
	}
	return len > 1 && sum % 10 == 0;
}

bool check_digit_id_card(const char *number)
{
	static const unsigned weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	char birthday[9] = { 0 }, spoken[128];
	unsigned sum = 0;

	if (strlen(number) != 18)
		return false;
	for (size_t i = 0; i < 17; i++) {
		if (!isdigit((unsigned char)number[i]))
			return false;
		sum += weights[i] * (unsigned)(number[i] - '0');
	}
	if (toupper((unsigned char)number[17]) != "10X98765432"[sum % 11])
		return false;
	memcpy(birthday, number + 6, 8);
	return !read_aloud(spoken, sizeof(spoken), birthday, READ_DATE, "zh-CN", NULL);
}
