/* What a customer is found by: every tail of the names (so a part from the middle is a prefix), and the same of their pinyin. */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>
#include "customer/customer_internal.h"

enum {
	LONGEST_NAME = 120,
	LONGEST_TERM = 12,
	MOST_TAILS = 40,
	TERM_BYTES = LONGEST_TERM * 4 + 1,
	LATIN_ROOM = 1024
};

static int to_utf16(UChar *out, int room, const char *text)
{
	UErrorCode error = U_ZERO_ERROR;
	UChar typed[LONGEST_NAME * 2 + 2];
	int32_t len = 0, folded;

	u_strFromUTF8WithSub(typed, LONGEST_NAME * 2, &len, text, -1, 0xFFFD, NULL, &error);
	if (error == U_BUFFER_OVERFLOW_ERROR)
		len = LONGEST_NAME * 2;
	else if (U_FAILURE(error))
		return 0;
	error = U_ZERO_ERROR;
	folded = u_strFoldCase(out, room, typed, len, U_FOLD_CASE_DEFAULT, &error);
	return U_FAILURE(error) ? 0 : folded;
}

/* At most LONGEST_TERM characters from `start`. */
static int cut(char *out, size_t size, const UChar *text, int start, int len)
{
	UErrorCode error = U_ZERO_ERROR;
	int end = start;

	for (int n = 0; n < LONGEST_TERM && end < len; n++)
		U16_FWD_1(text, end, len);
	u_strToUTF8(out, (int32_t)size, NULL, text + start, end - start, &error);
	return U_FAILURE(error) ? EINVAL : 0;
}

static int each_tail(const UChar *text, int len, customer_term_h *fn, void *arg)
{
	char term[TERM_BYTES];
	int err = 0;

	for (int i = 0, n = 0; i < len && n < MOST_TAILS && !err; n++) {
		/* a tail begins at a character one would type first */
		if (u_isalnum(text[i]) || U16_IS_SURROGATE(text[i])) {
			err = cut(term, sizeof(term), text, i, len);
			if (!err)
				err = fn(term, arg);
		}
		U16_FWD_1(text, i, len);
	}
	return err;
}

/* One transliterator for all; using it is not safe from two threads. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator *latin;

static UTransliterator *open_latin(void)
{
	/* surnames first: 单 is Shan and 曾 is Zeng in a name */
	static const char *const ids[] = { "Han-Latin/Names; Latin-ASCII; Lower",
		"Han-Latin; Latin-ASCII; Lower" };
	UTransliterator *t = NULL;

	for (size_t i = 0; i < 2 && !t; i++) {
		UErrorCode error = U_ZERO_ERROR;
		UChar id[64];

		u_uastrcpy(id, ids[i]);
		t = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
		if (U_FAILURE(error))
			t = NULL;
	}
	return t;
}

static int to_latin(UChar *text, int len, int room)
{
	UErrorCode error = U_ZERO_ERROR;
	int32_t new_len = len, limit = len;

	pthread_mutex_lock(&lock);
	if (!latin)
		latin = open_latin();
	if (latin)
		utrans_transUChars(latin, text, &new_len, room, 0, &limit, &error);
	else
		new_len = 0;
	pthread_mutex_unlock(&lock);
	return U_FAILURE(error) ? 0 : new_len;
}

/* "wang xiao ming" as the tails of its initials "wxm", and as one word. */
static int each_pinyin(const UChar *text, int len, customer_term_h *fn, void *arg)
{
	UChar pinyin[LATIN_ROOM], initials[LONGEST_NAME], joined[LATIN_ROOM];
	int initial_count = 0, joined_len = 0, pinyin_len, err;
	char term[TERM_BYTES];
	bool boundary = true;

	if (len > LONGEST_NAME)
		len = LONGEST_NAME;
	memcpy(pinyin, text, (size_t)len * sizeof(*text));
	pinyin_len = to_latin(pinyin, len, LATIN_ROOM);
	for (int i = 0; i < pinyin_len; i++) {
		if (!u_isalnum(pinyin[i])) {
			boundary = true;
			continue;
		}
		if (boundary && initial_count < LONGEST_NAME)
			initials[initial_count++] = pinyin[i];
		joined[joined_len++] = pinyin[i];
		boundary = false;
	}
	if (!joined_len)
		return 0;
	err = cut(term, sizeof(term), joined, 0, joined_len);
	if (!err)
		err = fn(term, arg);
	return err ? err : each_tail(initials, initial_count, fn, arg);
}

static bool has_han(const UChar *text, int len)
{
	for (int i = 0; i < len;) {
		UChar32 c;

		U16_NEXT(text, i, len, c);
		if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC))
			return true;
	}
	return false;
}

static int each_of(const char *name, customer_term_h *fn, void *arg)
{
	UChar text[LONGEST_NAME * 3];
	int len = name ? to_utf16(text, LONGEST_NAME * 3, name) : 0;
	int err = each_tail(text, len, fn, arg);

	if (!err && has_han(text, len))
		err = each_pinyin(text, len, fn, arg);
	return err;
}

int customer_each_term(const char *name, const char *organisation, customer_term_h *fn, void *arg)
{
	int err = each_of(name, fn, arg);

	return err ? err : each_of(organisation, fn, arg);
}

int customer_query_term(char *out, size_t size, const char *typed)
{
	UChar text[LONGEST_NAME * 3];
	int len = to_utf16(text, LONGEST_NAME * 3, typed), start = 0;

	out[0] = '\0';
	while (start < len && !u_isalnum(text[start]) && !U16_IS_SURROGATE(text[start]))
		start++;
	while (len > start && u_isspace(text[len - 1]))
		len--;
	return start < len ? cut(out, size, text, start, len) : 0;
}
