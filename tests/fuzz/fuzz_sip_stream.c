/* Any bytes as a TCP stream, whole and byte by byte: both ways give the same frames. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "sip/sip_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_FRAMES 64

struct cut {
	enum sip_frame kind[MAX_FRAMES];
	size_t len[MAX_FRAMES];
	size_t count;
};

static void run(struct cut *cut, const char *data, size_t size, size_t step)
{
	struct sip_framer framer = { 0 };
	size_t start = 0, there = 0, n;

	while (there < size) {
		enum sip_frame kind;

		there = size - there < step ? size : there + step;
		while ((kind = sip_framer_next(&framer, data + start, there - start, &n)) !=
			SIP_FRAME_MORE) {
			if (!n || n > there - start)
				abort();
			if (cut->count == MAX_FRAMES)
				return;
			cut->kind[cut->count] = kind;
			cut->len[cut->count++] =
				kind == SIP_FRAME_BAD ? 0 : n; /* how much of it had come differs */
			if (kind == SIP_FRAME_BAD)
				return;
			start += n;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sip_msg m;
	struct cut whole = { .count = 0 }, bytes = { .count = 0 };
	struct sip_fault fault;
	size_t at = 0;

	run(&whole, (const char *)data, size, size ? size : 1);
	run(&bytes, (const char *)data, size, 1);
	if (whole.count != bytes.count ||
		memcmp(whole.kind, bytes.kind, whole.count * sizeof(*whole.kind)) ||
		memcmp(whole.len, bytes.len, whole.count * sizeof(*whole.len)))
		abort();
	for (size_t i = 0; i < whole.count; i++) {
		/* the parser sees the same end of the message as the framer */
		if (whole.kind[i] == SIP_FRAME_MESSAGE &&
			!sip_msg_parse(
				&m, (const char *)data + at, whole.len[i], SIP_STREAM, &fault) &&
			m.text.len != whole.len[i])
			abort();
		at += whole.len[i];
	}
	return 0;
}
