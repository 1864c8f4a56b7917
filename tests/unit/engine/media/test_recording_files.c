/* Recordings on disk: the ring that never waits, headers that are true, repair after a crash. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "media/wav.h"
#include "media/writer.h"
#include "sound_level.h"

static char folder[64], path[96];
static int64_t done_ms;
static bool done_degraded;
static unsigned done_count;

static void done(struct recorder *r, int64_t milliseconds, bool degraded, void *arg)
{
	(void)r;
	(void)arg;
	done_ms = milliseconds;
	done_degraded = degraded;
	done_count++;
}

static struct recorder *make(bool mono, size_t ring_ms)
{
	struct media_record_config config = { .leg = 1, .path = path, .mono = mono };
	struct recorder *r = recorder_create(2, 3, &config, ring_ms);

	assert_non_null(r);
	return r;
}

static void push(struct recorder *r, int16_t value)
{
	int16_t left[FRAME8], right[FRAME8];

	for (size_t i = 0; i < FRAME8; i++) {
		left[i] = value;
		right[i] = (int16_t)-value;
	}
	recorder_push(r, left, right);
}

/* Runs a writer over one recording that has been filled and finished. */
static void write_out(struct recorder *r)
{
	struct writer *w;

	done_count = 0;
	assert_int_equal(writer_create(&w, done, NULL), 0);
	writer_add(w, r);
	assert_int_equal(writer_start(w), 0);
	writer_stop(w);
	writer_free(w);
	assert_int_equal(done_count, 1);
}

static int16_t *read_samples(size_t *count)
{
	struct stat st;
	int16_t *samples;
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	*count = ((size_t)st.st_size - WAV_HEADER) / 2;
	samples = calloc(*count + 1, 2);
	assert_non_null(samples);
	assert_int_equal(fseek(f, WAV_HEADER, SEEK_SET), 0);
	assert_int_equal(fread(samples, 2, *count, f), *count);
	fclose(f);
	return samples;
}

static void every_sample_is_where_it_belongs(void **state)
{
	struct recorder *r = make(false, 4000);
	int16_t *samples;
	size_t count;

	(void)state;
	push(r, 100);
	recorder_push(r, NULL, NULL);
	r->paused = true;
	push(r, 999);
	r->paused = false;
	push(r, 200);
	recorder_push_silence(r, 2);
	recorder_finish(r);
	write_out(r);
	assert_int_equal(done_ms, 120);
	assert_false(done_degraded);
	samples = read_samples(&count);
	assert_int_equal(count, 6 * FRAME8 * 2);
	for (size_t i = 0; i < count; i += 2) {
		size_t frame = i / (FRAME8 * 2);
		int16_t value = frame == 0 ? 100 : frame == 3 ? 200 : 0;

		assert_int_equal(samples[i], value);
		assert_int_equal(samples[i + 1], -value);
	}
	free(samples);
}

static void a_full_ring_costs_sound_but_not_length(void **state)
{
	struct recorder *r = make(true, 200);
	int16_t *samples;
	size_t count;

	(void)state;
	for (int i = 0; i < 15; i++)
		push(r, 7);
	assert_true(atomic_load(&r->degraded));
	recorder_pop(r);
	push(r, 9);
	recorder_finish(r);
	/* The first of the ten was taken out by hand above. */
	write_out(r);
	assert_true(done_degraded);
	assert_int_equal(done_ms, 15 * 20);
	samples = read_samples(&count);
	assert_int_equal(samples[0], 7);
	assert_int_equal(samples[9 * FRAME8], 0);
	assert_int_equal(samples[14 * FRAME8 - 1], 0);
	assert_int_equal(samples[14 * FRAME8], 9);
	free(samples);
}

static void a_long_pause_takes_no_room_on_the_disk(void **state)
{
	struct recorder *r = make(false, 1000);
	struct stat st;

	(void)state;
	push(r, 5);
	recorder_push_silence(r, 50 * 3600);
	recorder_finish(r);
	write_out(r);
	assert_int_equal(done_ms, 3600000 + 20);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, WAV_HEADER + (3600000 + 20) * 32);
	assert_true(st.st_blocks < 1000);
}

static void a_file_cut_short_is_repaired(void **state)
{
	struct recorder *r = make(false, 1000);
	int64_t ms = 0;
	int fd;

	(void)state;
	for (int i = 0; i < 10; i++)
		push(r, 5);
	recorder_finish(r);
	write_out(r);
	/* As after kill -9: the header is a second old, the last sample half written. */
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "\0\0\0\0", 4, 40), 4);
	assert_int_equal(ftruncate(fd, WAV_HEADER + 10 * 640 - 3), 0);
	close(fd);
	assert_int_equal(media_file_repair(path, &ms), 0);
	assert_int_equal(ms, 199);
	assert_int_equal(media_file_probe(path, &ms, NULL, NULL), 0);
	assert_int_equal(ms, 199);
}

static void other_files_are_not_touched_by_repair(void **state)
{
	FILE *f = fopen(path, "wb");

	(void)state;
	assert_non_null(f);
	fprintf(f, "RIFF something that is quite another kind of file altogether");
	fclose(f);
	assert_int_equal(media_file_repair(path, NULL), EINVAL);
	assert_int_equal(media_file_repair("/nonexistent", NULL), ENOENT);
}

static void silence_is_told_above_the_noise_of_the_line(void **state)
{
	struct media_record_config config = {
		.leg = 1, .path = path, .mono = true, .silence_ms = 400
	};
	struct recorder *r = recorder_create(2, 3, &config, 1000);
	int16_t noise[FRAME8], speech[FRAME8];
	unsigned told = 0;

	(void)state;
	for (int i = 0; i < FRAME8; i++) {
		noise[i] = (int16_t)(i * 7919 % 201 - 100);
		speech[i] = (int16_t)(i * 7919 % 4001 - 2000);
	}
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 100; i++)
			assert_false(recorder_silence(r, speech));
		for (int i = 0; i < 60; i++)
			told += recorder_silence(r, noise);
	}
	assert_int_equal(told, 3);
	recorder_free(r);
}

static void uploads_are_probed_and_converted(void **state)
{
	struct recorder *r = make(false, 10000);
	char other[128];
	int64_t ms;
	int rate, channels;

	(void)state;
	for (int i = 0; i < 100; i++)
		push(r, (int16_t)(i % 2 ? 20000 : -20000));
	recorder_finish(r);
	write_out(r);
	snprintf(other, sizeof(other), "%s/other.wav", folder);
	assert_int_equal(media_file_probe(path, &ms, &rate, &channels), 0);
	assert_int_equal(ms, 2000);
	assert_int_equal(rate, 8000);
	assert_int_equal(channels, 2);
	assert_int_equal(media_file_convert(path, other, 16000), 0);
	assert_int_equal(media_file_probe(other, &ms, &rate, &channels), 0);
	assert_in_range(ms, 1990, 2010);
	assert_int_equal(rate, 16000);
	assert_int_equal(channels, 1);
	assert_int_equal(media_file_convert(path, other, 44100), EINVAL);
	assert_int_equal(media_file_probe("/nonexistent", &ms, NULL, NULL), EINVAL);
	assert_int_equal(media_file_probe(NULL, &ms, NULL, NULL), EINVAL);
	assert_int_equal(media_file_probe(folder, &ms, NULL, NULL), EINVAL);
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/hotline-media-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/record.wav", folder);
	return 0;
}

static int teardown(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sample_is_where_it_belongs),
		cmocka_unit_test(a_full_ring_costs_sound_but_not_length),
		cmocka_unit_test(a_long_pause_takes_no_room_on_the_disk),
		cmocka_unit_test(a_file_cut_short_is_repaired),
		cmocka_unit_test(other_files_are_not_touched_by_repair),
		cmocka_unit_test(silence_is_told_above_the_noise_of_the_line),
		cmocka_unit_test(uploads_are_probed_and_converted),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
