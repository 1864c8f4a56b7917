/* Prompts, tones and recordings of plain legs, over real sockets and real files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sndfile.h>
#include "peer.h"

static struct media *m;
static struct peer a, b;
static uint64_t room, leg_a, leg_b;
static char folder[64], prompt[96], record_path[96];

static uint64_t add(struct peer *p)
{
	struct media_leg_config config = { 0 };
	struct media_leg_remote remote = peer_remote(p);
	struct media_leg_local local;
	uint64_t leg = media_leg_create(m, room, &config, &local);

	assert_int_not_equal(leg, 0);
	media_leg_set_remote(m, leg, &remote);
	peer_start(p, local.port);
	return leg;
}

static int begin(void **state)
{
	(void)state;
	room = media_room_create(m);
	event_count = 0;
	peer_open(&a, MEDIA_PCMA, 1000);
	peer_open(&b, MEDIA_PCMU, 600);
	leg_a = add(&a);
	leg_b = add(&b);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	peer_stop(&a);
	peer_stop(&b);
	media_room_free(m, room);
	return event_wait(MEDIA_LEG_STATS, leg_b, 0, NULL) ? 0 : -1;
}

static void write_tone(const char *path, int rate, double hz, size_t ms)
{
	SF_INFO info = {
		.samplerate = rate, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16
	};
	SNDFILE *file = sf_open(path, SFM_WRITE, &info);
	size_t count = ms * (size_t)rate / 1000;

	assert_non_null(file);
	for (size_t i = 0; i < count; i++) {
		double v = 0.3 * sin(2 * M_PI * hz * (double)i / rate);

		assert_int_equal(sf_writef_double(file, (double[2]){ v, v }, 1), 1);
	}
	sf_close(file);
}

static void a_file_is_played_to_its_end(void **state)
{
	struct media_part part = { .kind = MEDIA_FILE, .path = prompt };
	struct media_event done;

	(void)state;
	media_leg_play(m, leg_a, 77, &part, 1, false, false);
	assert_true(peer_hears(&a, 1400, true));
	assert_true(event_wait(MEDIA_PLAY_DONE, leg_a, 0, &done));
	assert_int_equal(done.play, 77);
	assert_true(done.complete);
	assert_true(peer_hears(&a, 1400, false));
	assert_int_equal(a.wrong_seq + a.wrong_ts, 0);
}

static void play_stops_within_a_tick(void **state)
{
	struct media_part part = { .kind = MEDIA_TONE, .hz1 = 450, .on_ms = 60000 };
	struct media_event done;
	size_t asked;

	(void)state;
	media_leg_play(m, leg_a, 5, &part, 1, true, false);
	assert_true(peer_hears(&a, 450, true));
	pthread_mutex_lock(&test_lock);
	a.heard_count = 0;
	pthread_mutex_unlock(&test_lock);
	assert_true(WAIT_FOR(a.heard_count >= 160));
	pthread_mutex_lock(&test_lock);
	asked = a.heard_count;
	pthread_mutex_unlock(&test_lock);
	media_leg_stop(m, leg_a);
	assert_true(event_wait(MEDIA_PLAY_DONE, leg_a, 0, &done));
	assert_false(done.complete);
	/* Counted in frames, which a busy machine does not stretch: one being made, one on its way, then nothing of it. */
	assert_true(WAIT_FOR(a.heard_count >= asked + 6 * 160));
	pthread_mutex_lock(&test_lock);
	assert_true(tone_level(a.heard + asked + 2 * 160, 4 * 160, 450, 8000) < 50);
	pthread_mutex_unlock(&test_lock);
}

static void parts_follow_each_other_and_a_missing_file_is_told(void **state)
{
	struct media_part parts[] = { { .kind = MEDIA_TONE, .hz1 = 450, .on_ms = 100 },
		{ .kind = MEDIA_FILE, .path = "/nonexistent/prompt.wav" },
		{ .kind = MEDIA_PAUSE, .on_ms = 60 }, { .kind = MEDIA_FILE, .path = prompt } };
	struct media_event event;

	(void)state;
	media_leg_play(m, leg_a, 6, parts, 4, false, false);
	assert_true(event_wait(MEDIA_PLAY_FAILED, leg_a, 0, &event));
	assert_int_equal(event.play, 6);
	assert_true(peer_hears(&a, 1400, true));
	assert_true(event_wait(MEDIA_PLAY_DONE, leg_a, 0, &event));
	assert_true(event.complete);
	assert_int_equal(event_total(MEDIA_PLAY_DONE, 0), 1);
}

static void a_second_play_ends_the_first(void **state)
{
	struct media_part tone = {
		.kind = MEDIA_TONE, .hz1 = 450, .hz2 = 800, .on_ms = 100, .off_ms = 20
	};
	struct media_part file = { .kind = MEDIA_FILE, .path = prompt };
	struct media_event event;

	(void)state;
	media_leg_play(m, leg_a, 1, &tone, 1, true, false);
	assert_true(peer_hears(&a, 800, true));
	media_leg_play(m, leg_a, 2, &file, 1, true, false);
	assert_true(event_wait(MEDIA_PLAY_DONE, leg_a, 0, &event));
	assert_int_equal(event.play, 1);
	assert_false(event.complete);
	assert_true(peer_hears(&a, 1400, true));
}

static void mixed_in_sound_is_12_db_down(void **state)
{
	struct media_part tone = { .kind = MEDIA_TONE, .hz1 = 450, .on_ms = 60000 };
	double alone, mixed = 0;

	(void)state;
	media_leg_play(m, leg_a, 1, &tone, 1, true, false);
	assert_true(peer_hears(&a, 450, true));
	alone = peer_level(&a, 450);
	media_leg_hear(m, leg_a, &leg_b, 1);
	assert_true(peer_listen(&a, 800));
	assert_true(peer_hears_above(&a, 600, false, 300));
	media_leg_play(m, leg_a, 2, &tone, 1, true, true);
	assert_true(peer_hears(&a, 600, true));
	for (int i = 0; i < 20; i++) {
		assert_true(peer_listen(&a, 800));
		mixed = peer_level(&a, 450);
		if (fabs(mixed - alone / 4) < alone / 20)
			break;
	}
	assert_true(fabs(mixed - alone / 4) < alone / 20);
}

/* Reads the recording; the caller frees. */
static int16_t *read_wav(const char *path, SF_INFO *info)
{
	SNDFILE *file;
	int16_t *samples;

	memset(info, 0, sizeof(*info));
	file = sf_open(path, SFM_READ, info);
	assert_non_null(file);
	samples = calloc((size_t)(info->frames * info->channels) + 1, sizeof(*samples));
	assert_non_null(samples);
	assert_int_equal(sf_readf_short(file, samples, info->frames), info->frames);
	sf_close(file);
	return samples;
}

static double side_level(
	const int16_t *samples, const SF_INFO *info, int side, double hz, size_t count)
{
	int16_t *one = calloc(count, sizeof(*one));
	double level;

	assert_true((size_t)info->frames >= count);
	for (size_t i = 0; i < count; i++)
		one[i] = samples[((size_t)info->frames - count + i) * (size_t)info->channels +
				 (size_t)side];
	level = tone_level(one, count, hz, 8000);
	free(one);
	return level;
}

static void a_recording_has_each_side_on_its_channel(void **state)
{
	struct media_record_config config = { .leg = leg_a, .path = record_path };
	struct media_event done;
	uint64_t record;
	int16_t *samples;
	SF_INFO info;

	(void)state;
	media_leg_hear(m, leg_a, &leg_b, 1);
	media_leg_hear(m, leg_b, &leg_a, 1);
	assert_true(peer_hears(&b, 1000, true));
	record = media_record_start(m, room, &config);
	assert_int_not_equal(record, 0);
	assert_true(peer_listen(&a, 4000));
	media_record_stop(m, record);
	assert_true(event_wait(MEDIA_RECORD_DONE, 0, 0, &done));
	assert_int_equal(done.record, record);
	assert_int_equal(done.room, room);
	assert_false(done.degraded);
	samples = read_wav(record_path, &info);
	assert_int_equal(info.channels, 2);
	assert_int_equal(info.samplerate, 8000);
	assert_int_equal(info.frames, done.milliseconds * 8);
	assert_in_range(done.milliseconds, 420, 5000);
	assert_true(side_level(samples, &info, 0, 1000, 1600) > 5000);
	assert_true(side_level(samples, &info, 0, 600, 1600) < 100);
	assert_true(side_level(samples, &info, 1, 600, 1600) > 5000);
	assert_true(side_level(samples, &info, 1, 1000, 1600) < 100);
	free(samples);
}

static void prompts_are_recorded_only_when_asked(void **state)
{
	struct media_part tone = { .kind = MEDIA_TONE, .hz1 = 450, .on_ms = 60000 };
	struct media_record_config config = {
		.leg = leg_a, .path = record_path, .with_prompts = true
	};
	uint64_t with, without;
	char other[128];
	int16_t *samples;
	SF_INFO info;

	(void)state;
	snprintf(other, sizeof(other), "%s/deep/down/other.wav", folder);
	media_leg_play(m, leg_a, 1, &tone, 1, true, false);
	assert_true(peer_hears(&a, 450, true));
	with = media_record_start(m, room, &config);
	config.path = other;
	config.with_prompts = false;
	without = media_record_start(m, room, &config);
	assert_true(peer_listen(&a, 2400));
	media_record_stop(m, with);
	media_record_stop(m, without);
	assert_true(event_wait(MEDIA_RECORD_DONE, 0, 1, NULL));
	samples = read_wav(record_path, &info);
	assert_true(side_level(samples, &info, 1, 450, 800) > 1000);
	free(samples);
	samples = read_wav(other, &info);
	assert_true(side_level(samples, &info, 1, 450, 800) < 50);
	assert_true(side_level(samples, &info, 1, 600, 800) > 1000);
	free(samples);
}

static void the_left_side_may_move_to_another_leg(void **state)
{
	struct media_record_config config = { .leg = leg_a, .path = record_path, .mono = true };
	uint64_t record;
	int16_t *samples;
	SF_INFO info;

	(void)state;
	assert_true(event_wait(MEDIA_LEG_CONNECTED, leg_b, 0, NULL));
	record = media_record_start(m, room, &config);
	media_record_set_leg(m, record, leg_b);
	assert_true(peer_listen(&a, 2400));
	media_record_stop(m, record);
	assert_true(event_wait(MEDIA_RECORD_DONE, leg_b, 0, NULL));
	samples = read_wav(record_path, &info);
	assert_true(side_level(samples, &info, 0, 600, 800) > 1000);
	free(samples);
}

static void a_pause_is_silence_of_the_same_length(void **state)
{
	struct media_record_config config = { .leg = leg_a, .path = record_path, .mono = true };
	struct media_event done;
	uint64_t record;
	int64_t begun;
	int16_t *samples;
	SF_INFO info;

	(void)state;
	assert_true(event_wait(MEDIA_LEG_CONNECTED, leg_a, 0, NULL));
	record = media_record_start(m, room, &config);
	begun = test_now_us();
	assert_true(peer_listen(&a, 1600));
	media_record_pause(m, record, true);
	assert_true(peer_listen(&a, 2400));
	media_record_stop(m, record);
	begun = (test_now_us() - begun) / 1000;
	assert_true(event_wait(MEDIA_RECORD_DONE, 0, 0, &done));
	samples = read_wav(record_path, &info);
	assert_int_equal(info.channels, 1);
	assert_in_range(done.milliseconds, begun - 150, begun + 150);
	assert_true(side_level(samples, &info, 0, 1000, 1600) < 1);
	assert_true(tone_level(samples, 1200, 1000, 8000) > 3000);
	free(samples);
}

static void voicemail_ends_at_its_limit_and_tells_silence(void **state)
{
	struct media_record_config config = {
		.leg = leg_a, .path = record_path, .mono = true, .max_ms = 800, .silence_ms = 300
	};
	struct media_event event;

	(void)state;
	assert_true(event_wait(MEDIA_LEG_CONNECTED, leg_a, 0, NULL));
	assert_int_not_equal(media_record_start(m, room, &config), 0);
	assert_true(peer_listen(&a, 800));
	assert_int_equal(event_total(MEDIA_SILENCE, 0), 0);
	pthread_mutex_lock(&test_lock);
	a.silent = true;
	pthread_mutex_unlock(&test_lock);
	assert_true(event_wait(MEDIA_SILENCE, leg_a, 0, &event));
	assert_true(event_wait(MEDIA_RECORD_DONE, 0, 0, &event));
	assert_int_equal(event.milliseconds, 800);
	assert_int_equal(event_total(MEDIA_SILENCE, 0), 1);
}

static void a_recording_that_cannot_be_written_is_told_degraded(void **state)
{
	struct media_record_config config = {
		.leg = leg_a, .path = "/proc/nothing/here.wav", .max_ms = 40
	};
	struct media_event event;

	(void)state;
	assert_int_not_equal(media_record_start(m, room, &config), 0);
	assert_true(event_wait(MEDIA_RECORD_DONE, 0, 0, &event));
	assert_true(event.degraded);
	assert_int_equal(event.milliseconds, 0);
	config.leg = 0;
	assert_int_equal(media_record_start(m, room, &config), 0);
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/hotline-media-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(prompt, sizeof(prompt), "%s/prompt.wav", folder);
	snprintf(record_path, sizeof(record_path), "%s/record.wav", folder);
	write_tone(prompt, 22050, 1400, 240);
	m = start_media(21200, 1, 10000);
	return 0;
}

static int teardown(void **state)
{
	char command[96];

	(void)state;
	media_stop(m);
	media_free(m);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_is_played_to_its_end, begin, finish),
		cmocka_unit_test_setup_teardown(play_stops_within_a_tick, begin, finish),
		cmocka_unit_test_setup_teardown(
			parts_follow_each_other_and_a_missing_file_is_told, begin, finish),
		cmocka_unit_test_setup_teardown(a_second_play_ends_the_first, begin, finish),
		cmocka_unit_test_setup_teardown(mixed_in_sound_is_12_db_down, begin, finish),
		cmocka_unit_test_setup_teardown(
			a_recording_has_each_side_on_its_channel, begin, finish),
		cmocka_unit_test_setup_teardown(
			prompts_are_recorded_only_when_asked, begin, finish),
		cmocka_unit_test_setup_teardown(
			the_left_side_may_move_to_another_leg, begin, finish),
		cmocka_unit_test_setup_teardown(
			a_pause_is_silence_of_the_same_length, begin, finish),
		cmocka_unit_test_setup_teardown(
			voicemail_ends_at_its_limit_and_tells_silence, begin, finish),
		cmocka_unit_test_setup_teardown(
			a_recording_that_cannot_be_written_is_told_degraded, begin, finish),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
