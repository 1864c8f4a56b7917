/* Jitter buffer: order, losses, pauses, and delay that goes back after it grew. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "media/jitter.h"

static struct jitter j;
static int64_t now;

static int setup(void **state)
{
	(void)state;
	jitter_init(&j, 8000);
	now = 1000000;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	jitter_release(&j);
	return 0;
}

static int put(uint32_t n)
{
	uint8_t payload[160];

	memset(payload, (int)(n & 0xff), sizeof(payload));
	return jitter_put(&j, n * 160, payload, sizeof(payload), now, 0);
}

/* The packet's number, -1 lost, -2 empty. Turns the clock by one tick. */
static int take(void)
{
	const uint8_t *payload;
	size_t len;
	int result = -2;

	switch (jitter_take(&j, now, &payload, &len)) {
	case JITTER_FRAME:
		assert_int_equal(len, 160);
		result = payload[0];
		jitter_played(&j, 160);
		break;
	case JITTER_LOST:
		result = -1;
		jitter_played(&j, 160);
		break;
	case JITTER_EMPTY:
		break;
	}
	now += 20000;
	return result;
}

static void packets_out_of_order_are_sorted(void **state)
{
	(void)state;
	put(1);
	put(3);
	put(2);
	assert_int_equal(put(2), EALREADY);
	now += 20000;
	assert_int_equal(take(), 1);
	assert_int_equal(take(), 2);
	assert_int_equal(take(), 3);
	assert_int_equal(take(), -2);
}

static void a_hole_is_concealed_and_its_packet_is_too_late_then(void **state)
{
	(void)state;
	put(1);
	put(3);
	now += 20000;
	assert_int_equal(take(), 1);
	assert_int_equal(take(), -1);
	assert_int_equal(put(2), ETIME);
	assert_int_equal(take(), 3);
	assert_int_equal(j.late, 1);
}

static void a_pause_of_the_speaker_costs_no_delay(void **state)
{
	(void)state;
	put(1);
	now += 20000;
	assert_int_equal(take(), 1);
	for (int i = 0; i < 50; i++)
		assert_int_equal(take(), -2);
	put(52);
	assert_int_equal(take(), -2);
	assert_int_equal(take(), 52);
}

static void a_new_time_line_is_followed(void **state)
{
	(void)state;
	put(100);
	now += 20000;
	assert_int_equal(take(), 100);
	put(5);
	assert_int_equal(take(), -2);
	assert_int_equal(take(), 5);
	put(6);
	put(10000 & 0xff); /* far behind again */
	assert_int_equal(jitter_put(&j, 900000000, (const uint8_t *)"x", 1, now, 0), 0);
}

static void surplus_delay_is_given_back(void **state)
{
	uint32_t n = 0;

	(void)state;
	for (; n < 10; n++)
		put(n);
	now += 20000;
	for (int i = 0; i < 2000; i++) {
		take();
		put(n++);
	}
	assert_in_range(j.count, 1, 3);
	assert_in_range(j.dropped, 7, 9);
}

static void overfull_buffer_loses_the_oldest(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < JITTER_SLOTS + 4; n++)
		assert_int_equal(put(n), 0);
	now += 200000;
	assert_int_equal(take(), 4);
}

static void packets_of_any_size_are_kept(void **state)
{
	uint8_t big[1200];
	const uint8_t *payload;
	size_t len;

	(void)state;
	memset(big, 7, sizeof(big));
	put(1);
	assert_int_equal(jitter_put(&j, 320, big, sizeof(big), now, 0), 0);
	assert_int_equal(jitter_put(&j, 480, big, 0, now, 0), 0);
	now += 20000;
	assert_int_equal(take(), 1);
	assert_int_equal(jitter_take(&j, now, &payload, &len), JITTER_FRAME);
	assert_int_equal(len, sizeof(big));
	assert_memory_equal(payload, big, sizeof(big));
}

static void unsteady_arrival_waits_longer(void **state)
{
	(void)state;
	assert_int_equal(jitter_put(&j, 0, (const uint8_t *)"a", 1, now, 20000), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(take(), -2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(packets_out_of_order_are_sorted, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_hole_is_concealed_and_its_packet_is_too_late_then, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_pause_of_the_speaker_costs_no_delay, setup, teardown),
		cmocka_unit_test_setup_teardown(a_new_time_line_is_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(surplus_delay_is_given_back, setup, teardown),
		cmocka_unit_test_setup_teardown(overfull_buffer_loses_the_oldest, setup, teardown),
		cmocka_unit_test_setup_teardown(packets_of_any_size_are_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(unsteady_arrival_waits_longer, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
