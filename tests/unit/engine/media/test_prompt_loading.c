/* The loader: decodes once, notices a changed file, keeps to its limit; and plays over whatever it was given. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include <sndfile.h>
#include "media/loader.h"
#include "media/play.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
static struct audio *got;
static int got_err;
static unsigned answers;
static char folder[64], path[96], other[96];

static void loaded(const struct loader_ticket *ticket, struct audio *audio, int err, void *arg)
{
	(void)ticket;
	(void)arg;
	pthread_mutex_lock(&lock);
	got = audio;
	got_err = err;
	answers++;
	pthread_cond_signal(&arrived);
	pthread_mutex_unlock(&lock);
}

/* The caller releases the result. */
static struct audio *load(struct loader *l, const char *file, int rate)
{
	struct loader_ticket ticket = { .leg = 1 };
	unsigned before;

	pthread_mutex_lock(&lock);
	before = answers;
	assert_int_equal(loader_request(l, &ticket, file, rate), 0);
	while (answers == before)
		pthread_cond_wait(&arrived, &lock);
	pthread_mutex_unlock(&lock);
	return got;
}

static void write_file(const char *name, int frames)
{
	SF_INFO info = {
		.samplerate = 8000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16
	};
	SNDFILE *file = sf_open(name, SFM_WRITE, &info);

	assert_non_null(file);
	for (int i = 0; i < frames; i++) {
		int16_t v = (int16_t)(i + 1);

		sf_writef_short(file, &v, 1);
	}
	sf_close(file);
}

static void a_file_is_decoded_once_and_again_when_it_changed(void **state)
{
	struct audio *first, *second;
	struct loader *l;

	(void)state;
	write_file(path, 1000);
	assert_int_equal(loader_create(&l, 1 << 20, loaded, NULL), 0);
	assert_int_equal(loader_start(l), 0);
	first = load(l, path, 8000);
	assert_non_null(first);
	assert_int_equal(first->count, 1000);
	assert_int_equal(first->samples[999], 1000);
	second = load(l, path, 8000);
	assert_ptr_equal(first, second);
	audio_release(second);
	second = load(l, path, 16000);
	assert_in_range(second->count, 1990, 2010);
	audio_release(second);
	write_file(path, 500);
	second = load(l, path, 8000);
	assert_int_equal(second->count, 500);
	/* Who still plays the old one has it to the end. */
	assert_int_equal(first->samples[999], 1000);
	audio_release(first);
	audio_release(second);
	assert_null(load(l, "/nonexistent.wav", 8000));
	assert_int_equal(got_err, ENOENT);
	assert_null(load(l, "/etc/passwd", 8000));
	assert_int_equal(got_err, EINVAL);
	loader_stop(l);
	loader_free(l);
}

static void the_cache_keeps_to_its_limit(void **state)
{
	struct audio *first, *again;
	struct loader *l;

	(void)state;
	write_file(path, 1000);
	write_file(other, 1500);
	assert_int_equal(loader_create(&l, 4000, loaded, NULL), 0);
	assert_int_equal(loader_start(l), 0);
	first = load(l, path, 8000);
	audio_release(load(l, other, 8000));
	again = load(l, path, 8000);
	assert_ptr_not_equal(first, again);
	audio_release(first);
	audio_release(again);
	write_file(path, 3000);
	assert_null(load(l, path, 8000));
	assert_int_equal(got_err, E2BIG);
	loader_stop(l);
	loader_free(l);
}

static struct audio *ramp(size_t count)
{
	struct audio *a = malloc(sizeof(*a) + count * sizeof(a->samples[0]));

	atomic_init(&a->references, 1);
	a->rate = 8000;
	a->count = count;
	for (size_t i = 0; i < count; i++)
		a->samples[i] = (int16_t)(i + 1);
	return a;
}

static void parts_join_without_a_gap(void **state)
{
	struct media_part parts[] = { { .kind = MEDIA_FILE, .path = "a" },
		{ .kind = MEDIA_PAUSE, .on_ms = 10 }, { .kind = MEDIA_FILE, .path = "b" } };
	struct play *p = play_create(1, parts, 3, false, false);
	int16_t out[160];

	(void)state;
	p->rate = 8000;
	assert_int_equal(play_render(p, out, 160), PLAY_GOES_ON); /* waits for its file */
	assert_int_equal(out[0], 0);
	play_loaded(p, 0, ramp(100));
	play_loaded(p, 2, ramp(30));
	assert_int_equal(play_render(p, out, 160), PLAY_GOES_ON);
	assert_int_equal(out[99], 100);
	assert_int_equal(out[100], 0);
	assert_int_equal(play_render(p, out, 160), PLAY_ENDED);
	assert_int_equal(out[19], 0);
	assert_int_equal(out[20], 1);
	assert_int_equal(out[49], 30);
	assert_int_equal(out[50], 0);
	play_free(p);
}

static void a_loop_of_nothing_ends(void **state)
{
	struct media_part parts[] = { { .kind = MEDIA_FILE, .path = "a" }, { .kind = MEDIA_TONE } };
	struct play *p = play_create(1, parts, 2, true, false);
	int16_t out[160];

	(void)state;
	p->rate = 8000;
	play_loaded(p, 0, NULL);
	assert_int_equal(play_render(p, out, 160), PLAY_ENDED);
	play_free(p);
	p = play_create(1, NULL, 0, true, false);
	assert_int_equal(play_render(p, out, 160), PLAY_ENDED);
	play_free(p);
}

static void a_loop_begins_again_in_the_same_frame(void **state)
{
	struct media_part part = { .kind = MEDIA_FILE, .path = "a" };
	struct play *p = play_create(1, &part, 1, true, false);
	int16_t out[160];

	(void)state;
	p->rate = 8000;
	play_loaded(p, 0, ramp(50));
	for (int i = 0; i < 10; i++)
		assert_int_equal(play_render(p, out, 160), PLAY_GOES_ON);
	assert_int_equal(out[0], 1440 % 50 + 1);
	assert_int_equal(out[159], 1599 % 50 + 1);
	play_free(p);
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/hotline-media-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/a.wav", folder);
	snprintf(other, sizeof(other), "%s/b.wav", folder);
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
		cmocka_unit_test(a_file_is_decoded_once_and_again_when_it_changed),
		cmocka_unit_test(the_cache_keeps_to_its_limit),
		cmocka_unit_test(parts_join_without_a_gap),
		cmocka_unit_test(a_loop_of_nothing_ends),
		cmocka_unit_test(a_loop_begins_again_in_the_same_frame),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
