/* Keys: telephone-events told apart by time stamp, none lost, none doubled; sending; tones in the sound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "media/codec.h"
#include "media/event_in.h"
#include "media/event_out.h"
#include "media/inband.h"
#include "media/mix.h"
#include "media/tone.h"

static struct event_in in;
static char got[64];
static size_t got_count;
static int64_t now;

static int reset(void **state)
{
	(void)state;
	event_in_reset(&in);
	memset(got, 0, sizeof(got));
	got_count = 0;
	now = 1000000;
	return 0;
}

static void packet(uint32_t ts, uint8_t code, bool end, uint16_t duration)
{
	uint8_t payload[4];

	event_out_payload(payload, code, end, duration);
	got_count +=
		event_in_packet(&in, ts, false, payload, sizeof(payload), now, got + got_count);
	now += 20000;
}

static void tick(void)
{
	char key = event_in_tick(&in, now);

	if (key)
		got[got_count++] = key;
}

static void one_key_is_told_once(void **state)
{
	(void)state;
	for (uint16_t i = 1; i <= 5; i++)
		packet(1000, 5, false, i * 160);
	assert_int_equal(got_count, 0);
	for (int i = 0; i < 3; i++)
		packet(1000, 5, true, 800);
	assert_string_equal(got, "5");
}

static void repeated_key_counts_when_all_end_packets_are_lost(void **state)
{
	(void)state;
	for (uint16_t i = 1; i <= 5; i++)
		packet(1000, 3, false, i * 160);
	for (uint16_t i = 1; i <= 5; i++)
		packet(3000, 3, false, i * 160);
	assert_string_equal(got, "3");
	packet(3000, 3, true, 800);
	assert_string_equal(got, "33");
}

static void last_key_is_told_after_a_while_when_its_end_is_lost(void **state)
{
	(void)state;
	packet(1000, 10, false, 160);
	now += 100000;
	tick();
	assert_int_equal(got_count, 0);
	now += 100000;
	tick();
	tick();
	assert_string_equal(got, "*");
	/* and not again when an end comes after all */
	packet(1000, 10, true, 800);
	assert_string_equal(got, "*");
}

static void only_an_end_packet_arriving_is_enough(void **state)
{
	(void)state;
	packet(1000, 1, false, 160);
	packet(2000, 2, true, 800);
	assert_string_equal(got, "12");
}

static void late_packets_of_an_older_key_do_not_double_it(void **state)
{
	(void)state;
	packet(1000, 1, true, 800);
	packet(3000, 2, false, 160);
	packet(1000, 1, true, 800);
	packet(3000, 2, true, 800);
	assert_string_equal(got, "12");
}

static void a_key_held_longer_than_the_field_is_one_key(void **state)
{
	(void)state;
	packet(1000, 7, false, 0xffff);
	packet(1000 + 0xffff, 7, false, 160);
	packet(1000 + 0xffff, 7, true, 800);
	assert_string_equal(got, "7");
}

static void time_stamps_may_wrap(void **state)
{
	(void)state;
	packet(0xffffff00, 4, true, 800);
	packet(0x00000100, 4, true, 800);
	assert_string_equal(got, "44");
}

static void flash_and_short_packets_are_no_keys(void **state)
{
	(void)state;
	packet(1000, 16, true, 800);
	assert_int_equal(
		event_in_packet(&in, 5000, false, (const uint8_t *)"\1\200\0", 3, now, got), 0);
	assert_int_equal(got_count, 0);
}

static void keys_go_out_100_ms_on_and_60_ms_off(void **state)
{
	struct event_out out = { 0 };
	static const enum event_out_phase expected[] = { EVENT_OUT_START, EVENT_OUT_ON,
		EVENT_OUT_ON, EVENT_OUT_ON, EVENT_OUT_END, EVENT_OUT_OFF, EVENT_OUT_OFF,
		EVENT_OUT_OFF };
	uint8_t code;
	char key;

	(void)state;
	event_out_add(&out, "1x#");
	for (int i = 0; i < 16; i++) {
		assert_int_equal(event_out_tick(&out, &key, &code), expected[i % 8]);
		assert_int_equal(key, i < 8 ? '1' : '#');
		assert_int_equal(code, i < 8 ? 1 : 11);
	}
	assert_int_equal(event_out_tick(&out, &key, &code), EVENT_OUT_IDLE);
}

static void tones_are_heard_as_keys(void **state)
{
	static const char all[] = "0123456789*#ABCDD11";
	struct inband *inband = inband_create();
	char heard[32] = "";
	size_t count = 0;

	(void)state;
	assert_non_null(inband);
	for (const char *key = all; *key; key++) {
		int16_t frame[FRAME8];
		uint16_t low, high;
		struct tone tone;

		assert_true(event_out_tones(*key, &low, &high));
		tone_init(&tone, low, high, 8000, -10);
		for (int i = 0; i < 8; i++) {
			memset(frame, 0, sizeof(frame));
			if (i < 5)
				tone_fill(&tone, frame, FRAME8);
			count += inband_listen(inband, frame, FRAME8,
				(uint32_t)(mix_energy(frame, FRAME8) / FRAME8), heard + count,
				sizeof(heard) - 1 - count);
		}
	}
	assert_string_equal(heard, all);
	inband_free(inband);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_key_is_told_once, reset),
		cmocka_unit_test_setup(repeated_key_counts_when_all_end_packets_are_lost, reset),
		cmocka_unit_test_setup(last_key_is_told_after_a_while_when_its_end_is_lost, reset),
		cmocka_unit_test_setup(only_an_end_packet_arriving_is_enough, reset),
		cmocka_unit_test_setup(late_packets_of_an_older_key_do_not_double_it, reset),
		cmocka_unit_test_setup(a_key_held_longer_than_the_field_is_one_key, reset),
		cmocka_unit_test_setup(time_stamps_may_wrap, reset),
		cmocka_unit_test_setup(flash_and_short_packets_are_no_keys, reset),
		cmocka_unit_test(keys_go_out_100_ms_on_and_60_ms_off),
		cmocka_unit_test(tones_are_heard_as_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
