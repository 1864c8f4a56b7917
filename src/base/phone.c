/* Telephone numbers brought to one comparable form. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "phone.h"

enum { MOST_DIGITS = 20, LONGEST_EXTENSION = 5 };

/* What a typed number is read as: digits, an international plus, hyphens that may begin an extension. */
struct reading {
	char digits[MOST_DIGITS + 1];
	size_t count;
	size_t full_at; /* digits before the last hyphen that followed a full number; 0: none */
	bool plus;
	bool too_long;
};

static bool is_mobile(const char *digits, size_t count)
{
	return count == 11 && digits[0] == '1' && digits[1] >= '3' && digits[1] <= '9';
}

/* Could these digits be dialled as they are, so that what follows a hyphen is an extension? */
static bool is_full(const char *digits, size_t count)
{
	if (is_mobile(digits, count))
		return true;
	if (digits[0] == '0' && count > 1 && digits[1] != '0')
		return count >= 10 && count <= 12;
	return (count == 7 || count == 8) && digits[0] >= '2' && digits[0] <= '8';
}

static void add_digit(struct reading *r, char digit)
{
	if (r->count >= MOST_DIGITS)
		r->too_long = true;
	else
		r->digits[r->count++] = digit;
}

/* Full-width forms (U+FF01-FF5E) as their ASCII character; 0: something else. */
static char fold(const unsigned char *c)
{
	if (c[0] != 0xEF || !c[1] || !c[2])
		return 0;
	if (c[1] == 0xBC && c[2] >= 0x81 && c[2] <= 0xBF)
		return (char)(c[2] - 0x60);
	if (c[1] == 0xBD && c[2] >= 0x80 && c[2] <= 0x9E)
		return (char)(c[2] - 0x20);
	return 0;
}

/* False ends the number: an extension follows. */
static bool read_character(struct reading *r, char c)
{
	if (c >= '0' && c <= '9') {
		add_digit(r, c);
	} else if (c == '+' && !r->count) {
		r->plus = true;
	} else if (c == '-') {
		r->full_at = is_full(r->digits, r->count) ? r->count : r->full_at;
	} else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') {
		return !r->count; /* "Tel. 021..." goes on, "...-ext 12" ends */
	} else if (c == '#' || c == ';') {
		return !r->count;
	}
	return true;
}

static void read_number(struct reading *r, const char *typed)
{
	static const char turn[] = "\xE8\xBD\xAC", turn_traditional[] = "\xE8\xBD\x89"; /* 转, 轉 */
	const unsigned char *c = (const unsigned char *)typed;

	while (*c) {
		char ascii = *c < 0x80 ? (char)*c : fold(c);
		size_t size = *c < 0x80 ? 1 : *c < 0xE0 ? 2 : *c < 0xF0 ? 3 : 4;

		if (r->count && (!strncmp((const char *)c, turn, 3) ||
					!strncmp((const char *)c, turn_traditional, 3)))
			return;
		if (ascii && !read_character(r, ascii))
			return;
		while (size-- && *c)
			c++;
	}
	if (r->full_at && r->count > r->full_at && r->count - r->full_at <= LONGEST_EXTENSION)
		r->count = r->full_at;
	r->digits[r->count] = '\0';
}

static bool starts_with(const struct reading *r, const char *prefix)
{
	return r->count >= strlen(prefix) && !strncmp(r->digits, prefix, strlen(prefix));
}

static void drop(struct reading *r, size_t n)
{
	memmove(r->digits, r->digits + n, r->count - n);
	r->count -= n;
	r->digits[r->count] = '\0';
}

/* 400 and 800 numbers and short ones are dialled without an area code. */
static bool is_service(const struct reading *r)
{
	return starts_with(r, "400") || starts_with(r, "800") || r->count < 9;
}

/* After a country code of 86 the trunk 0 of the area code is missing. */
static const char *national(struct reading *r)
{
	if (r->digits[0] == '0' && r->count == 12 && is_mobile(r->digits + 1, 11))
		drop(r, 1);
	if (r->digits[0] == '0' || is_mobile(r->digits, r->count) || is_service(r))
		return "";
	return "0";
}

static const char *domestic(struct reading *r, const char *area_code)
{
	if (r->count == 12 && r->digits[0] == '0' && is_mobile(r->digits + 1, 11))
		drop(r, 1);
	if (area_code && (r->count == 7 || r->count == 8) && r->digits[0] >= '2' &&
		r->digits[0] <= '8')
		return area_code;
	return "";
}

int phone_normalize(char *out, size_t size, const char *typed, const char *area_code)
{
	struct reading r = { .count = 0 };
	const char *before;
	int written;

	if (!out || !typed)
		return EINVAL;
	read_number(&r, typed);
	if (!r.count || r.too_long)
		return EINVAL;
	if (starts_with(&r, "00") && r.count > 4) {
		r.plus = true;
		drop(&r, 2);
	}
	if (r.plus && !starts_with(&r, "86")) {
		before = "+";
	} else if (r.plus || (starts_with(&r, "86") && r.count >= 12 && r.count <= 14)) {
		drop(&r, 2);
		before = national(&r);
	} else {
		before = domestic(&r, area_code);
	}
	if (!r.count)
		return EINVAL;
	written = snprintf(out, size, "%s%s", before, r.digits);
	return written < 0 || (size_t)written >= size ? EMSGSIZE : 0;
}

void phone_mask(char *out, size_t size, const char *number)
{
	size_t count = strlen(number), plus = number[0] == '+', lead = 3, trail = 4;

	snprintf(out, size, "%s", number);
	if (count - plus <= 4) /* an extension, not a person's number */
		return;
	if (count - plus < 8)
		lead = trail = 1;
	for (size_t i = plus + lead; i + trail < count && i + 1 < size; i++)
		out[i] = '*';
}

bool phone_is_mobile(const char *normalized)
{
	return normalized && is_mobile(normalized, strlen(normalized));
}
