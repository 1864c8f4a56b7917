/* A byte stream gives the same messages however it arrives, and cannot be used to smuggle a second one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "buf.h"
#include "sip/sip_stream.h"

#define HEAD                                                                                       \
	"MESSAGE sip:u@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: "                  \
	"<sip:a@b>;tag=1\r\nTo: <sip:u@h>\r\n"                                                     \
	"Call-ID: 1\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n"

/* What the stream gives as a string: M(body length) P(ing) O(pong) B(ad). */
static void cut(struct buf *log, const char *data, size_t len, size_t step)
{
	struct sip_framer f = { 0 };
	size_t start = 0, there = 0;

	while (there < len) {
		enum sip_frame frame;
		size_t n;

		there = there + step < len ? there + step : len;
		/* exactly as much as there is, so that a sanitizer sees a read behind it */
		char *copy = malloc(there - start);

		assert_non_null(copy);
		memcpy(copy, data + start, there - start);
		size_t at = 0;

		while ((frame = sip_framer_next(&f, copy + at, there - start - at, &n)) !=
			SIP_FRAME_MORE) {
			struct sip_msg m;
			struct sip_fault fault;

			assert_true(n <= there - start - at);
			if (frame == SIP_FRAME_MESSAGE) {
				int err = sip_msg_parse(&m, copy + at, n, SIP_STREAM, &fault);

				buf_printf(log, err ? "m" : "M%zu", m.body.len);
			} else {
				buf_putc(log, frame == SIP_FRAME_PING   ? 'P'
					      : frame == SIP_FRAME_PONG ? 'O'
									: 'B');
			}
			if (frame == SIP_FRAME_BAD) {
				assert_int_not_equal(
					sip_msg_parse(&m, copy + at, n, SIP_STREAM, &fault), 0);
				free(copy);
				return;
			}
			at += n;
		}
		start += at;
		free(copy);
	}
}

static void the_same_in_any_pieces(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ HEAD "Content-Length: 5\r\n\r\nhello" HEAD "l:\r\n 0\r\n\r\n", "M5M0" },
		{ "\r\n\r\n\r\n\r\n" HEAD "Content-Length: 2\r\n\r\n\r\n\r\n" HEAD "l: 0\r\n\r\n",
			"PPM2OM0" },
		{ HEAD "Content-Length: 2\r\n\r\nhiBYE", "M2" },
		{ HEAD "\r\n", "B" },                                                /* none */
		{ HEAD "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "B" }, /* two */
		{ HEAD "l: 0\r\nContent-Length: 5\r\n\r\nhello", "B" },
		{ HEAD "Content-Length: 5, 5\r\n\r\nhello", "B" },
		{ HEAD "Content-Length: +5\r\n\r\nhello", "B" },
		{ HEAD "Content-Length: 65536\r\n\r\n", "B" },
		{ HEAD "Content-Length: 99999999999999999999\r\n\r\n", "B" },
		{ HEAD "Subject: a\nContent-Length: 5\r\n\r\nhello",
			"B" }, /* a line end for some, not for others */
		{ HEAD "Subject: a\rContent-Length: 5\r\nl: 0\r\n\r\nhello", "B" },
		{ HEAD "Content-Length : 5\r\n\r\nhello", "M5" },
		{ HEAD "X-Content-Length: 9\r\nl: 5\r\n\r\nhello", "M5" },
		{ HEAD "Subject: a\r\n Content-Length: 9\r\nl: 5\r\n\r\nhello",
			"M5" }, /* folded: no header of its own */
		{ HEAD "broken line\r\nl: 5\r\n\r\nhello" HEAD "l: 0\r\n\r\n", "mM0" },
		{ "\n", "B" },
		{ "\rX", "B" },
	};
	struct buf log;

	(void)state;
	buf_init(&log, 1024);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t len = strlen(rows[i].text);

		for (size_t step = 1; step <= len; step = step < 8 ? step + 1 : step * 2) {
			buf_clear(&log);
			buf_puts(&log, "");
			cut(&log, rows[i].text, len, step);
			if (strcmp(log.data, rows[i].expected))
				fail_msg("row %zu in steps of %zu: %s", i, step, log.data);
		}
	}
	buf_release(&log);
}

static void an_endless_head_ends(void **state)
{
	struct sip_framer f = { 0 };
	struct buf text;
	size_t n;

	(void)state;
	buf_init(&text, 2 * SIP_MAX_MESSAGE);
	buf_puts(&text, "OPTIONS sip:u@h SIP/2.0\r\n");
	while (text.len <= SIP_MAX_MESSAGE) {
		assert_int_equal(sip_framer_next(&f, text.data, text.len, &n), SIP_FRAME_MORE);
		buf_puts(&text, "X: "
				"012345678901234567890123456789012345678901234567890123456789012345"
				"6789\r\n");
	}
	assert_int_equal(sip_framer_next(&f, text.data, text.len, &n), SIP_FRAME_BAD);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_in_any_pieces),
		cmocka_unit_test(an_endless_head_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
