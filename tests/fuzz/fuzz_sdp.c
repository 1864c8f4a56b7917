/* Any bytes as a session description; what is understood is printed, and understood the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "sip/sdp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sdp first, second;
	struct buf out, again;
	unsigned line = 0;

	if (sdp_parse(&first, (const char *)data, size, &line)) {
		if (!line)
			abort();
		return 0;
	}
	buf_init(&out, 1 << 20);
	buf_init(&again, 1 << 20);
	/* what was cut while reading may read differently once more, but then it stays */
	if (!sdp_print(&out, &first)) {
		if (sdp_parse(&second, out.data, out.len, &line) ||
			second.media_count != first.media_count)
			abort();
		buf_clear(&out);
		if (sdp_print(&out, &second) || sdp_parse(&first, out.data, out.len, &line))
			abort();
		if (sdp_print(&again, &first) || again.len != out.len ||
			memcmp(again.data, out.data, out.len))
			abort();
	}
	buf_release(&out);
	buf_release(&again);
	return 0;
}
