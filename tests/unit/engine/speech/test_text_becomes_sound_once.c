/* espeak-ng really speaks, and each text only once. */
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <pthread.h>
#include <cmocka.h>
#include "speech/speech.h"

static char dir[64];

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/speech-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int drop_dir(void **state)
{
	(void)state;
	return nftw(dir, drop, 8, FTW_DEPTH | FTW_PHYS);
}

static struct speech *open_speech(size_t max_waiting)
{
	struct speech_config config = {
		.cache_dir = dir, .workers = 2, .max_waiting = max_waiting
	};
	struct speech *s = NULL;

	assert_int_equal(speech_create(&s, &config), 0);
	return s;
}

/* Mean square of a 16-bit WAV, and how long it is. */
static double energy(const char *path, size_t *samples)
{
	unsigned char header[44];
	int16_t block[1024];
	double sum = 0;
	size_t n, total = 0;
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	assert_int_equal(fread(header, 1, sizeof(header), f), sizeof(header));
	assert_memory_equal(header, "RIFF", 4);
	assert_memory_equal(header + 8, "WAVE", 4);
	while ((n = fread(block, sizeof(block[0]), 1024, f)) > 0) {
		for (size_t i = 0; i < n; i++)
			sum += (double)block[i] * block[i];
		total += n;
	}
	fclose(f);
	*samples = total;
	return total ? sum / (double)total : 0;
}

static void test_speaks_both_languages(void **state)
{
	struct speech *s = open_speech(0);
	static const char *const rows[][2] = {
		{ "zh-CN", "您好，这里是上海众达客服中心，销售咨询请按1" },
		{ "en", "Welcome. For sales, press 1." }
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char path[256], again[256];
		struct stat first, second;
		size_t samples;

		assert_int_equal(speech_make(s, rows[i][1], rows[i][0], path, sizeof(path)), 0);
		assert_true(energy(path, &samples) > 100000);
		assert_in_range(samples, 22050, 22050 * 20);
		assert_int_equal(stat(path, &first), 0);
		/* The second time it is there. */
		assert_int_equal(
			speech_get(s, rows[i][1], rows[i][0], again, sizeof(again), NULL, NULL), 0);
		assert_string_equal(again, path);
		assert_int_equal(stat(path, &second), 0);
		assert_int_equal(first.st_ino, second.st_ino);
	}
	speech_free(s);
	/* And after a restart. */
	s = open_speech(0);
	{
		char path[256];

		assert_int_equal(
			speech_get(s, rows[0][1], "zh-CN", path, sizeof(path), NULL, NULL), 0);
		assert_int_equal(
			speech_get(s, rows[0][1], "zh-CN", path, 10, NULL, NULL), EMSGSIZE);
	}
	speech_free(s);
}

struct seen {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int count, cancelled;
};

static void note(int err, const char *path, void *arg)
{
	struct seen *seen = arg;

	pthread_mutex_lock(&seen->lock);
	seen->count++;
	seen->cancelled += err == ECANCELED;
	if (!err && access(path, R_OK))
		seen->count += 1000;
	pthread_cond_signal(&seen->changed);
	pthread_mutex_unlock(&seen->lock);
}

static void test_many_ask_for_the_same(void **state)
{
	struct seen seen = { .lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER };
	struct speech *s = open_speech(1);
	int asked = 0;
	char path[256];

	(void)state;
	for (int i = 0; i < 20; i++)
		asked += speech_get(s, "请稍候", "zh-CN", path, sizeof(path), note, &seen) ==
			 EINPROGRESS;
	assert_true(asked > 0);
	pthread_mutex_lock(&seen.lock);
	while (seen.count < asked)
		pthread_cond_wait(&seen.changed, &seen.lock);
	assert_int_equal(seen.count, asked);
	pthread_mutex_unlock(&seen.lock);
	speech_free(s);
}

static void test_waiting_list_is_bounded_and_ends_with_the_service(void **state)
{
	struct seen seen = { .lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER };
	struct speech *s = open_speech(4);
	int asked = 0, refused = 0;
	char path[256], text[64];

	(void)state;
	for (int i = 0; i < 60; i++) {
		int err;

		snprintf(text, sizeof(text), "第%d句话，说得长一些，好让它忙一会儿", i);
		err = speech_get(s, text, "zh-CN", path, sizeof(path), note, &seen);
		asked += err == EINPROGRESS;
		refused += err == EAGAIN;
	}
	assert_int_equal(asked + refused, 60);
	assert_true(refused > 0);
	speech_free(s);
	assert_int_equal(seen.count, asked); /* each was told, made or cancelled */
}

static int64_t folder_bytes;

static int weigh(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)ftw;
	if (type == FTW_F)
		folder_bytes += st->st_size;
	return 0;
}

static void test_cache_is_bounded(void **state)
{
	struct speech_config config = { .cache_dir = dir, .max_bytes = 400000 };
	struct speech *s = NULL;
	char path[256], text[64];

	(void)state;
	assert_int_equal(speech_create(&s, &config), 0);
	for (int i = 0; i < 12; i++) {
		snprintf(text, sizeof(text), "您前面还有%d位，请耐心等待", i);
		assert_int_equal(speech_make(s, text, "zh-CN", path, sizeof(path)), 0);
	}
	folder_bytes = 0;
	assert_int_equal(nftw(dir, weigh, 8, FTW_PHYS), 0);
	assert_in_range(folder_bytes, 1, 400000);
	/* The last one is still there. */
	assert_int_equal(speech_get(s, text, "zh-CN", path, sizeof(path), NULL, NULL), 0);
	speech_free(s);
}

static void test_what_cannot_be_spoken(void **state)
{
	struct speech *s = open_speech(0);
	char path[256], *text = malloc(2100);

	(void)state;
	assert_non_null(text);
	assert_int_equal(speech_make(s, "bonjour", "fr", path, sizeof(path)), ENOENT);
	assert_int_equal(speech_make(s, "", "en", path, sizeof(path)), EINVAL);
	assert_int_equal(speech_make(s, "\xff\xfe", "en", path, sizeof(path)), EINVAL);
	assert_int_equal(speech_make(s, NULL, "en", path, sizeof(path)), EINVAL);
	memset(text, 'a', 2100);
	text[2001] = '\0';
	assert_int_equal(speech_make(s, text, "en", path, sizeof(path)), EINVAL);
	free(text);
	speech_free(s);
	speech_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_speaks_both_languages),
		cmocka_unit_test(test_many_ask_for_the_same),
		cmocka_unit_test(test_waiting_list_is_bounded_and_ends_with_the_service),
		cmocka_unit_test(test_cache_is_bounded),
		cmocka_unit_test(test_what_cannot_be_spoken),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
