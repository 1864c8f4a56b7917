/* RTP: parsing, statistics, and one continuous outgoing stream whatever the source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "media/rtp.h"

static void header_survives_a_round_trip(void **state)
{
	uint8_t bytes[RTP_HEADER + 3] = { 0 };
	struct rtp_packet in = {
		.type = 96, .marker = true, .seq = 65535, .ts = 0xfffffff0, .ssrc = 0x12345678
	};
	struct rtp_packet out;

	(void)state;
	rtp_write_header(bytes, &in);
	assert_int_equal(rtp_parse(&out, bytes, sizeof(bytes)), 0);
	assert_int_equal(out.type, 96);
	assert_true(out.marker);
	assert_int_equal(out.seq, 65535);
	assert_int_equal(out.ts, 0xfffffff0);
	assert_int_equal(out.ssrc, 0x12345678);
	assert_int_equal(out.len, 3);
}

static void extension_csrc_and_padding_are_left_out(void **state)
{
	uint8_t bytes[12 + 4 + 8 + 2 + 4] = { 0x80 | 0x20 | 0x10 | 1 };
	struct rtp_packet p;

	(void)state;
	bytes[12 + 4 + 3] = 1; /* one word of extension */
	bytes[12 + 4 + 8] = 'a';
	bytes[sizeof(bytes) - 1] = 4;
	assert_int_equal(rtp_parse(&p, bytes, sizeof(bytes)), 0);
	assert_int_equal(p.len, 2);
	assert_int_equal(p.payload[0], 'a');
	for (size_t len = 0; len < 24; len++)
		assert_int_not_equal(rtp_parse(&p, bytes, len), 0);
	bytes[sizeof(bytes) - 1] = 200;
	assert_int_not_equal(rtp_parse(&p, bytes, sizeof(bytes)), 0);
}

static void change_of_source_keeps_numbers_and_time_going(void **state)
{
	struct rtp_out out;
	struct rtp_packet p = { .len = 160 };
	uint16_t seq;
	uint32_t ts;

	(void)state;
	rtp_out_init(&out, 7, 100, 5000, 8000);
	ts = rtp_out_next_ts(&out, 160, 1000000);
	rtp_out_own(&out, &p, ts, 1000000);
	seq = p.seq;
	/* 20 ms later packets of another sender are passed on. */
	p = (struct rtp_packet){ .seq = 40000, .ts = 0x80000000, .ssrc = 99, .len = 160 };
	assert_true(rtp_out_forward(&out, &p, 1, 160, 1020000));
	assert_int_equal(p.seq, (uint16_t)(seq + 1));
	assert_int_equal(p.ts, ts + 160);
	assert_int_equal(p.ssrc, 7);
	assert_true(p.marker);
	/* A gap and a packet out of order stay what they are. */
	p = (struct rtp_packet){ .seq = 40003, .ts = 0x80000000 + 480, .ssrc = 99 };
	assert_true(rtp_out_forward(&out, &p, 1, 160, 1080000));
	assert_int_equal(p.seq, (uint16_t)(seq + 4));
	assert_int_equal(p.ts, ts + 640);
	p = (struct rtp_packet){ .seq = 40002, .ts = 0x80000000 + 320, .ssrc = 99 };
	assert_true(rtp_out_forward(&out, &p, 1, 160, 1081000));
	assert_int_equal(p.seq, (uint16_t)(seq + 3));
	/* One from before the change would use a number twice. */
	p = (struct rtp_packet){ .seq = 39999, .ts = 0x80000000 - 160, .ssrc = 99 };
	assert_false(rtp_out_forward(&out, &p, 1, 160, 1082000));
	/* A second of pause, then a third source. */
	p = (struct rtp_packet){ .seq = 1, .ts = 3, .ssrc = 98 };
	assert_true(rtp_out_forward(&out, &p, 2, 160, 2080000));
	assert_int_equal(p.seq, (uint16_t)(seq + 5));
	assert_int_equal(p.ts, ts + 640 + 8000);
}

static void numbers_stay_unique_over_many_wraps(void **state)
{
	struct rtp_out out;
	uint16_t last = 0;

	(void)state;
	rtp_out_init(&out, 7, 100, 5000, 8000);
	for (uint32_t i = 0; i < 200000; i++) {
		struct rtp_packet p = { .seq = (uint16_t)(i + 65000), .ts = i * 160, .ssrc = 5 };

		assert_true(rtp_out_forward(&out, &p, 1, 160, 20000 * (int64_t)(i + 1)));
		if (i)
			assert_int_equal(p.seq, (uint16_t)(last + 1));
		last = p.seq;
	}
}

static void our_own_time_line_follows_the_clock_in_whole_packets(void **state)
{
	struct rtp_out out;
	struct rtp_packet p = { 0 };
	uint32_t first;
	int64_t now = 1000000;

	(void)state;
	rtp_out_init(&out, 7, 100, 5000, 8000);
	first = rtp_out_next_ts(&out, 160, now);
	rtp_out_own(&out, &p, first, now);
	for (int i = 1; i <= 100; i++) {
		now = 1000000 + i * 20000 + (i % 3) * 4000 - 4000; /* ticks come early and late */
		rtp_out_own(&out, &p, rtp_out_next_ts(&out, 160, now), now);
		assert_int_equal(p.ts, first + (uint32_t)i * 160);
	}
}

static void losses_and_jitter_are_measured(void **state)
{
	struct rtp_in in;

	(void)state;
	rtp_in_init(&in, 8000);
	for (uint32_t i = 0; i < 100; i++) {
		struct rtp_packet p = { .seq = (uint16_t)(65530 + i), .ts = i * 160, .ssrc = 5 };

		if (i % 10 == 5)
			continue;
		rtp_in_packet(&in, &p, 1000000 + 20000 * (int64_t)i + (i % 2 ? 4000 : 0), true);
	}
	assert_int_equal(in.received, 90);
	assert_int_equal(rtp_in_lost(&in), 10);
	assert_int_equal(rtp_in_fraction_lost(&in), 10 * 256 / 100);
	assert_int_equal(rtp_in_fraction_lost(&in), 0);
	assert_in_range(in.jitter_us, 2500, 4000);
	assert_in_range(in.gap_max_us, 36000, 44000);
}

static void a_new_source_starts_its_own_count(void **state)
{
	struct rtp_in in;
	struct rtp_packet p = { .seq = 10, .ssrc = 1 };

	(void)state;
	rtp_in_init(&in, 8000);
	rtp_in_packet(&in, &p, 1, true);
	p.seq = 13;
	rtp_in_packet(&in, &p, 2, true);
	p = (struct rtp_packet){ .seq = 50000, .ssrc = 2 };
	rtp_in_packet(&in, &p, 3, true);
	assert_int_equal(rtp_in_lost(&in), 2);
	assert_int_equal(in.received_all, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_survives_a_round_trip),
		cmocka_unit_test(extension_csrc_and_padding_are_left_out),
		cmocka_unit_test(change_of_source_keeps_numbers_and_time_going),
		cmocka_unit_test(numbers_stay_unique_over_many_wraps),
		cmocka_unit_test(our_own_time_line_follows_the_clock_in_whole_packets),
		cmocka_unit_test(losses_and_jitter_are_measured),
		cmocka_unit_test(a_new_source_starts_its_own_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
