/* Plain legs in a room, over real sockets: both ways, hearing, muting, latching, keys, quiet, statistics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "peer.h"

static struct media *m;
static struct peer a, b;
static uint64_t room, leg_a, leg_b;
static struct media_leg_local local_a, local_b;

static uint64_t add(struct peer *p, struct media_leg_local *local)
{
	struct media_leg_config config = { 0 };
	struct media_leg_remote remote = peer_remote(p);
	uint64_t leg = media_leg_create(m, room, &config, local);

	assert_int_not_equal(leg, 0);
	media_leg_set_remote(m, leg, &remote);
	return leg;
}

static void call(enum media_codec codec_a, enum media_codec codec_b)
{
	room = media_room_create(m);
	assert_int_not_equal(room, 0);
	event_count = 0;
	peer_open(&a, codec_a, 1000);
	peer_open(&b, codec_b, 600);
	leg_a = add(&a, &local_a);
	leg_b = add(&b, &local_b);
	peer_start(&a, local_a.port);
	peer_start(&b, local_b.port);
}

static void bridge(void)
{
	media_leg_hear(m, leg_a, &leg_b, 1);
	media_leg_hear(m, leg_b, &leg_a, 1);
}

static void end_call(void)
{
	peer_stop(&a);
	peer_stop(&b);
	media_room_free(m, room);
	assert_true(event_wait(MEDIA_LEG_STATS, leg_b, 0, NULL));
}

static void check_stream(const struct peer *p, const struct media_leg_local *local)
{
	assert_int_equal(p->ssrc, local->ssrc);
	assert_int_equal(p->wrong_ssrc, 0);
	assert_int_equal(p->wrong_seq, 0);
	assert_int_equal(p->wrong_ts, 0);
}

static void both_hear_each_other(enum media_codec codec_a, enum media_codec codec_b)
{
	struct media_event stats;

	call(codec_a, codec_b);
	bridge();
	assert_true(peer_hears(&a, 600, true));
	assert_true(peer_hears(&b, 1000, true));
	assert_true(peer_hears_above(&a, 1000, false, 300));
	assert_true(event_wait(MEDIA_LEG_CONNECTED, leg_a, 0, NULL));
	end_call();
	check_stream(&a, &local_a);
	check_stream(&b, &local_b);
	assert_true(event_wait(MEDIA_LEG_STATS, leg_a, 0, &stats));
	assert_true(stats.stats.received > 5);
	assert_true(stats.stats.sent >= a.packets);
	assert_int_equal(stats.stats.lost, 0);
	assert_true(stats.stats.energy > 1000000);
	assert_int_equal(event_total(MEDIA_LEG_STATS, 0), 2);
}

static void two_laws_are_bridged(void **state)
{
	(void)state;
	both_hear_each_other(MEDIA_PCMU, MEDIA_PCMA);
}

static void wideband_is_bridged(void **state)
{
	(void)state;
	both_hear_each_other(MEDIA_G722, MEDIA_G722);
}

static void wideband_and_narrowband_are_bridged(void **state)
{
	(void)state;
	both_hear_each_other(MEDIA_G722, MEDIA_PCMA);
}

static void opus_and_g711_are_bridged(void **state)
{
	(void)state;
	both_hear_each_other(MEDIA_OPUS, MEDIA_PCMA);
}

/* How many packets of one came to the other byte for byte. */
static size_t passed_on(const struct peer *from, const struct peer *to)
{
	size_t count = 0;

	for (size_t i = 0; i < from->sent_sum_count; i++)
		for (size_t k = 0; k < to->packets; k++)
			if (from->sent_sums[i] == to->heard_sums[k]) {
				count++;
				break;
			}
	return count;
}

static void opus_is_passed_on_as_it_is(void **state)
{
	struct media_part tone = { .kind = MEDIA_TONE, .hz1 = 450, .on_ms = 60000 };

	(void)state;
	call(MEDIA_OPUS, MEDIA_OPUS);
	bridge();
	assert_true(peer_hears(&a, 600, true));
	assert_true(peer_hears(&b, 1000, true));
	assert_true(peer_listen(&b, 3200));
	/* Mixed in sound takes it through a decoder and an encoder, and back. */
	media_leg_play(m, leg_b, 1, &tone, 1, true, true);
	assert_true(peer_hears_above(&b, 450, true, 500));
	assert_true(peer_hears_above(&b, 1000, true, 1000));
	media_leg_stop(m, leg_b);
	assert_true(peer_hears_above(&b, 450, false, 200));
	assert_true(peer_hears_above(&b, 1000, true, 1000));
	end_call();
	assert_true(passed_on(&a, &b) > 12);
	assert_true(passed_on(&b, &a) > 12);
	check_stream(&a, &local_a);
	check_stream(&b, &local_b);
}

static void hearing_and_muting_follow_the_calls(void **state)
{
	(void)state;
	call(MEDIA_PCMA, MEDIA_PCMA);
	media_leg_hear(m, leg_a, &leg_b, 1);
	assert_true(peer_hears(&a, 600, true));
	assert_true(peer_hears(&b, 1000, false));
	media_leg_mute(m, leg_b, true);
	assert_true(peer_hears(&a, 600, false));
	media_leg_mute(m, leg_b, false);
	assert_true(peer_hears(&a, 600, true));
	media_leg_hear(m, leg_a, NULL, 0);
	assert_true(peer_hears(&a, 600, false));
	end_call();
	/* Source after source, one stream. */
	check_stream(&a, &local_a);
}

static void a_supervisor_hears_both_and_whispers_to_one(void **state)
{
	struct media_leg_local local;
	struct peer boss;
	uint64_t leg;

	(void)state;
	call(MEDIA_PCMA, MEDIA_PCMU);
	bridge();
	peer_open(&boss, MEDIA_PCMA, 1700);
	leg = add(&boss, &local);
	peer_start(&boss, local.port);
	media_leg_hear(m, leg, (uint64_t[]){ leg_a, leg_b }, 2);
	media_leg_hear(m, leg_b, (uint64_t[]){ leg_a, leg }, 2);
	assert_true(peer_hears(&boss, 1000, true));
	assert_true(peer_hears(&boss, 600, true));
	assert_true(peer_hears(&b, 1700, true));
	assert_true(peer_hears(&b, 1000, true));
	assert_true(peer_hears(&a, 600, true));
	assert_true(peer_hears_above(&a, 1700, false, 300));
	peer_stop(&boss);
	media_leg_free(m, leg);
	assert_true(event_wait(MEDIA_LEG_STATS, leg, 0, NULL));
	assert_true(peer_hears(&b, 1700, false));
	end_call();
}

static void packets_go_where_they_come_from_behind_nat(void **state)
{
	struct media_leg_remote remote;

	(void)state;
	call(MEDIA_PCMA, MEDIA_PCMA);
	bridge();
	remote = peer_remote(&a);
	remote.port = 9; /* the address inside, unreachable from here */
	remote.latch = true;
	media_leg_set_remote(m, leg_a, &remote);
	assert_true(peer_hears(&a, 600, true));
	end_call();
}

static void a_stranger_is_not_heard(void **state)
{
	struct peer stranger;

	(void)state;
	call(MEDIA_PCMA, MEDIA_PCMA);
	bridge();
	assert_true(peer_hears(&b, 1000, true));
	peer_open(&stranger, MEDIA_PCMA, 1700);
	peer_start(&stranger, local_a.port);
	assert_true(peer_listen(&b, 1600));
	assert_true(peer_hears_above(&b, 1700, false, 300));
	assert_true(peer_hears_above(&b, 1000, true, 1000));
	assert_int_equal(stranger.packets, 0);
	peer_stop(&stranger);
	end_call();
}

static void a_peer_that_moves_is_found_again(void **state)
{
	struct media_leg_remote remote;
	struct peer moved;

	(void)state;
	call(MEDIA_PCMA, MEDIA_PCMA);
	bridge();
	remote = peer_remote(&a);
	remote.latch = true;
	media_leg_set_remote(m, leg_a, &remote);
	assert_true(peer_hears(&b, 1000, true));
	assert_true(peer_hears(&a, 600, true));
	pthread_mutex_lock(&test_lock);
	a.silent = true;
	pthread_mutex_unlock(&test_lock);
	/* The NAT gives the same stream another port. */
	peer_open(&moved, MEDIA_PCMA, 1000);
	moved.own_ssrc = a.own_ssrc;
	peer_start(&moved, local_a.port);
	assert_true(peer_hears(&b, 1000, true));
	assert_true(peer_hears(&moved, 600, true));
	peer_stop(&moved);
	end_call();
}

static void press(struct peer *p, const char *keys)
{
	pthread_mutex_lock(&test_lock);
	event_out_add(&p->sending, keys);
	pthread_mutex_unlock(&test_lock);
}

static void keys_are_told_and_reach_who_hears_them(void **state)
{
	struct media_event event;

	(void)state;
	call(MEDIA_PCMA, MEDIA_PCMU);
	bridge();
	assert_true(peer_hears(&b, 1000, true));
	press(&a, "33#");
	for (size_t i = 0; i < 3; i++) {
		assert_true(event_wait(MEDIA_DIGIT, leg_a, i, &event));
		assert_int_equal(event.digit, "33#"[i]);
	}
	assert_true(WAIT_FOR(strlen(b.keys) == 3));
	assert_string_equal(b.keys, "33#");
	assert_int_equal(event_total(MEDIA_DIGIT, 0), 3);
	end_call();
	check_stream(&b, &local_b);
}

static void keys_we_send_arrive(void **state)
{
	(void)state;
	call(MEDIA_G722, MEDIA_PCMU);
	assert_true(peer_listen(&a, 320));
	media_leg_send_digits(m, leg_a, "40");
	assert_true(WAIT_FOR(strlen(a.keys) == 2));
	assert_string_equal(a.keys, "40");
	end_call();
	check_stream(&a, &local_a);
}

static void tones_are_keys_where_there_are_no_events(void **state)
{
	struct media_leg_remote remote;
	struct media_event event;

	(void)state;
	call(MEDIA_PCMU, MEDIA_PCMU);
	a.event_payload = 0;
	remote = peer_remote(&a);
	media_leg_set_remote(m, leg_a, &remote);
	assert_true(event_wait(MEDIA_LEG_CONNECTED, leg_a, 0, NULL));
	press(&a, "7");
	assert_true(event_wait(MEDIA_DIGIT, leg_a, 0, &event));
	assert_int_equal(event.digit, '7');
	media_leg_send_digits(m, leg_a, "1");
	assert_true(peer_hears(&a, 697, true));
	end_call();
}

static void quiet_is_told_once_and_its_end(void **state)
{
	(void)state;
	call(MEDIA_PCMA, MEDIA_PCMA);
	assert_true(event_wait(MEDIA_LEG_CONNECTED, leg_a, 0, NULL));
	pthread_mutex_lock(&test_lock);
	a.silent = true;
	pthread_mutex_unlock(&test_lock);
	assert_true(event_wait(MEDIA_LEG_QUIET, leg_a, 0, NULL));
	pthread_mutex_lock(&test_lock);
	a.silent = false;
	pthread_mutex_unlock(&test_lock);
	assert_true(event_wait(MEDIA_LEG_BACK, leg_a, 0, NULL));
	assert_int_equal(event_total(MEDIA_LEG_QUIET, leg_a), 1);
	assert_int_equal(event_total(MEDIA_LEG_QUIET, leg_b), 0);
	end_call();
}

static void hold_stops_what_we_send_and_take(void **state)
{
	struct media_leg_remote remote;
	size_t packets;

	(void)state;
	call(MEDIA_PCMA, MEDIA_PCMA);
	bridge();
	assert_true(peer_hears(&b, 1000, true));
	remote = peer_remote(&a);
	remote.receive = remote.send = false;
	media_leg_set_remote(m, leg_a, &remote);
	assert_true(peer_hears(&b, 1000, false));
	pthread_mutex_lock(&test_lock);
	packets = a.packets;
	pthread_mutex_unlock(&test_lock);
	assert_true(peer_listen(&b, 800));
	pthread_mutex_lock(&test_lock);
	assert_int_equal(a.packets, packets);
	pthread_mutex_unlock(&test_lock);
	remote.receive = remote.send = true;
	media_leg_set_remote(m, leg_a, &remote);
	assert_true(peer_hears(&b, 1000, true));
	assert_true(peer_hears(&a, 600, true));
	end_call();
}

static void unknown_ids_and_freed_legs_are_ignored(void **state)
{
	uint64_t gone;

	(void)state;
	call(MEDIA_PCMA, MEDIA_PCMA);
	gone = leg_a;
	media_leg_free(m, leg_a);
	assert_true(event_wait(MEDIA_LEG_STATS, leg_a, 0, NULL));
	media_leg_free(m, gone);
	media_leg_hear(m, gone, &leg_b, 1);
	media_leg_hear(m, leg_b, &gone, 1);
	media_leg_play(m, gone, 1, NULL, 0, false, false);
	media_leg_stop(m, 0xff);
	media_record_stop(m, gone);
	assert_true(peer_listen(&b, 160));
	assert_int_equal(media_leg_count(m), 1);
	end_call();
	assert_int_equal(media_leg_count(m), 0);
}

static int setup(void **state)
{
	(void)state;
	m = start_media(21000, 2, 300);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	media_stop(m);
	media_free(m);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_laws_are_bridged),
		cmocka_unit_test(wideband_is_bridged),
		cmocka_unit_test(wideband_and_narrowband_are_bridged),
		cmocka_unit_test(opus_and_g711_are_bridged),
		cmocka_unit_test(opus_is_passed_on_as_it_is),
		cmocka_unit_test(hearing_and_muting_follow_the_calls),
		cmocka_unit_test(a_supervisor_hears_both_and_whispers_to_one),
		cmocka_unit_test(packets_go_where_they_come_from_behind_nat),
		cmocka_unit_test(a_stranger_is_not_heard),
		cmocka_unit_test(a_peer_that_moves_is_found_again),
		cmocka_unit_test(keys_are_told_and_reach_who_hears_them),
		cmocka_unit_test(keys_we_send_arrive),
		cmocka_unit_test(tones_are_keys_where_there_are_no_events),
		cmocka_unit_test(quiet_is_told_once_and_its_end),
		cmocka_unit_test(hold_stops_what_we_send_and_take),
		cmocka_unit_test(unknown_ids_and_freed_legs_are_ignored),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
