/* Any bytes as header values: the first byte chooses the grammar. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "platform/web/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_range(const char *s)
{
	static const uint64_t sizes[] = { 0, 1, 100, UINT64_MAX / 2 };
	uint64_t first, last;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (http_range(s, sizes[i], &first, &last) == HTTP_RANGE_OK)
			must(first <= last && last < sizes[i]);
}

static void check_text(const char *s, size_t len)
{
	struct arena *arena = arena_create(4u << 20);
	size_t marked_len = len, count = 0;
	const char *marked;

	must(arena != NULL);
	marked = text_mark_bad_utf8(arena, s, &marked_len);
	must(marked != NULL && marked_len >= len);
	if (text_is_clean(s, len, true, &count))
		must(count <= len && marked == s);
	else if (marked != s)
		must(!text_is_clean(marked, marked_len, true, NULL));
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char small[8], large[600], *s;

	if (!size)
		return 0;
	s = malloc(size);
	must(s != NULL);
	memcpy(s, data + 1, size - 1);
	s[size - 1] = '\0';
	switch (data[0] - '0') {
	case 0:
		if (http_cookie(s, "hotline_session", small, sizeof(small)))
			must(strlen(small) > 0 && strlen(small) < sizeof(small));
		http_cookie(s, "a", large, sizeof(large));
		break;
	case 1:
		must(!http_bearer(s) || *http_bearer(s));
		break;
	case 2:
		http_accepts(s, "br");
		http_accepts(s, "gzip");
		break;
	case 3:
		http_type_is(s, "application/json");
		break;
	case 4:
		check_range(s);
		break;
	case 5:
		must(http_if_match(s) >= -1);
		break;
	case 6:
		http_tag_listed(s, "abc");
		break;
	case 7:
		http_same_origin(s, "localhost:8080");
		http_same_origin("http://localhost", s);
		break;
	case 8:
		http_forwarded_for(s, large, 48);
		http_is_token(s, 20);
		http_percent_encode(s, large, sizeof(large));
		must(strlen(large) < sizeof(large));
		break;
	default:
		check_text(s, size - 1);
		break;
	}
	free(s);
	return 0;
}
