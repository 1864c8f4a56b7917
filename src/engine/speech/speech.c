/* The speech service: a cache of WAV files and workers that fill it. */
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cache.h"
#include "espeak.h"
#include "hash.h"
#include "list.h"
#include "log/log.h"
#include "speech.h"
#include "utf8.h"

#define VERSION        "1" /* of what normalisation and voices make of a text */
#define MAX_CHARACTERS 2000
#define MAX_NORMALIZED (32 * 1024)
#define MAX_WAITING    256
#define MAX_BYTES      ((int64_t)1 << 30)
#define MAX_WORKERS    8
#define KEY_BYTES      20

struct waiter {
	struct waiter *next;
	speech_done_h *done;
	void *arg;
};

struct job {
	struct list queued;
	char key[2 * KEY_BYTES + 1];
	char *text; /* normalised */
	const char *voice;
	struct waiter *waiters;
};

struct speech {
	char *dir;
	size_t max_waiting;
	int64_t max_bytes;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct list queue; /* jobs nobody has taken */
	size_t waiting;    /* jobs not done */
	struct hash *jobs; /* by key, until done */
	int64_t bytes;     /* in the cache */
	bool trimming, stopping;
	int stop_fd; /* readable when stopping: ends helper processes */
	pthread_t workers[MAX_WORKERS];
	unsigned worker_count;
};

static void job_free(struct job *j)
{
	if (!j)
		return;
	while (j->waiters) {
		struct waiter *next = j->waiters->next;

		free(j->waiters);
		j->waiters = next;
	}
	free(j->text);
	free(j);
}

/* Two levels, so that no folder grows without bound. */
static int cache_path(const struct speech *s, const char *key, char *path, size_t size)
{
	int len = snprintf(path, size, "%s/%.2s/%s.wav", s->dir, key, key);

	return len < 0 || (size_t)len >= size ? EMSGSIZE : 0;
}

static int make_folder(const char *path)
{
	return mkdir(path, 0750) && errno != EEXIST ? errno : 0;
}

/* Written beside and renamed, so a file that is there is whole. */
static int synthesize(struct speech *s, const struct job *j, const char *path)
{
	char folder[4096], draft[4096];
	int err;

	if (snprintf(folder, sizeof(folder), "%s/%.2s", s->dir, j->key) >= (int)sizeof(folder) ||
		snprintf(draft, sizeof(draft), "%s.new", path) >= (int)sizeof(draft))
		return ENAMETOOLONG;
	err = make_folder(folder);
	if (!err)
		err = espeak_run(j->text, j->voice, draft, s->stop_fd);
	if (!err && rename(draft, path))
		err = errno;
	if (err)
		unlink(draft);
	return err;
}

/* Counts the new file; when the cache is full it is looked through once. */
static void count_file(struct speech *s, const char *path)
{
	struct stat st;
	bool full;

	if (stat(path, &st))
		return;
	pthread_mutex_lock(&s->lock);
	s->bytes += st.st_size;
	full = s->bytes > s->max_bytes && !s->trimming;
	s->trimming = s->trimming || full;
	pthread_mutex_unlock(&s->lock);
	if (full) {
		int64_t bytes = cache_trim(s->dir, s->max_bytes);

		pthread_mutex_lock(&s->lock);
		s->bytes = bytes;
		s->trimming = false;
		pthread_mutex_unlock(&s->lock);
	}
}

static void finish(struct speech *s, struct job *j, int err, const char *path)
{
	pthread_mutex_lock(&s->lock);
	hash_remove(s->jobs, j->key);
	s->waiting--;
	pthread_mutex_unlock(&s->lock);
	if (err && err != ECANCELED)
		log_warn("speech", "cannot synthesize", "error", strerrorname_np(err), "voice",
			j->voice, NULL);
	for (struct waiter *w = j->waiters; w; w = w->next)
		w->done(err, path, w->arg);
	job_free(j);
}

static void *worker(void *arg)
{
	struct speech *s = arg;
	char path[4096] = "";

	for (;;) {
		struct job *j;
		bool stopping;
		int err;

		pthread_mutex_lock(&s->lock);
		while (list_empty(&s->queue) && !s->stopping)
			pthread_cond_wait(&s->work, &s->lock);
		if (list_empty(&s->queue)) {
			pthread_mutex_unlock(&s->lock);
			return NULL;
		}
		j = list_entry(s->queue.next, struct job, queued);
		list_remove(&j->queued);
		stopping = s->stopping;
		pthread_mutex_unlock(&s->lock);
		err = stopping ? ECANCELED : cache_path(s, j->key, path, sizeof(path));
		if (!err)
			err = synthesize(s, j, path);
		if (!err)
			count_file(s, path);
		finish(s, j, err, path);
	}
}

static int start_workers(struct speech *s, unsigned count)
{
	if (!count)
		count = 1;
	while (s->worker_count < count && s->worker_count < MAX_WORKERS) {
		int err = pthread_create(&s->workers[s->worker_count], NULL, worker, s);

		if (err)
			return err;
		s->worker_count++;
	}
	return 0;
}

int speech_create(struct speech **sp, const struct speech_config *config)
{
	struct speech *s;
	int err;

	if (!sp || !config || !config->cache_dir)
		return EINVAL;
	if (sodium_init() < 0)
		return EIO;
	s = calloc(1, sizeof(*s));
	if (!s)
		return ENOMEM;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->work, NULL);
	list_init(&s->queue);
	s->max_waiting = config->max_waiting ? config->max_waiting : MAX_WAITING;
	s->max_bytes = config->max_bytes > 0 ? config->max_bytes : MAX_BYTES;
	s->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->dir = strdup(config->cache_dir);
	s->jobs = hash_create();
	err = s->dir && s->jobs ? 0 : ENOMEM;
	if (!err && s->stop_fd < 0)
		err = errno;
	if (!err)
		err = make_folder(s->dir);
	if (!err)
		s->bytes = cache_trim(s->dir, s->max_bytes);
	if (!err)
		err = start_workers(s, config->workers);
	if (err)
		speech_free(s);
	else
		*sp = s;
	return err;
}

void speech_free(struct speech *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	if (s->stop_fd >= 0)
		eventfd_write(s->stop_fd, 1);
	pthread_cond_broadcast(&s->work);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->worker_count; i++)
		pthread_join(s->workers[i], NULL);
	if (s->stop_fd >= 0)
		close(s->stop_fd);
	hash_free(s->jobs);
	pthread_cond_destroy(&s->work);
	pthread_mutex_destroy(&s->lock);
	free(s->dir);
	free(s);
}

static bool is_speakable(const char *text)
{
	size_t len = text ? strlen(text) : 0, characters = 0;

	for (size_t i = 0; i < len; i++)
		characters += ((unsigned char)text[i] & 0xc0) != 0x80;
	return len && characters <= MAX_CHARACTERS && utf8_is_text(text, len);
}

static void make_key(char *key, size_t size, const char *voice, const char *text)
{
	unsigned char hash[KEY_BYTES];
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	/* With its end, so that no voice and text make another pair. */
	crypto_generichash_update(&state, (const unsigned char *)VERSION, sizeof(VERSION));
	crypto_generichash_update(&state, (const unsigned char *)voice, strlen(voice) + 1);
	crypto_generichash_update(&state, (const unsigned char *)text, strlen(text));
	crypto_generichash_final(&state, hash, sizeof(hash));
	sodium_bin2hex(key, size, hash, sizeof(hash));
}

static struct job *job_create(const char *text, const char *voice)
{
	struct job *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	list_init(&j->queued);
	j->voice = voice;
	j->text = strdup(text);
	if (!j->text) {
		free(j);
		return NULL;
	}
	return j;
}

static struct job *enqueue(struct speech *s, const char *key, const char *text, const char *voice)
{
	struct job *j = job_create(text, voice);

	if (!j)
		return NULL;
	snprintf(j->key, sizeof(j->key), "%s", key);
	if (hash_set(s->jobs, key, j)) {
		job_free(j);
		return NULL;
	}
	s->waiting++;
	list_append(&s->queue, &j->queued);
	pthread_cond_signal(&s->work);
	return j;
}

static int add_waiter(struct job *j, speech_done_h *done, void *arg)
{
	struct waiter *w;

	if (!done)
		return EINPROGRESS;
	w = calloc(1, sizeof(*w));
	if (!w)
		return ENOMEM;
	*w = (struct waiter){ .next = j->waiters, .done = done, .arg = arg };
	j->waiters = w;
	return EINPROGRESS;
}

/* Under the lock. The text may already be on its way: then one more waits for it. */
static int wait_for_job(struct speech *s, const char *key, const char *text, const char *voice,
	speech_done_h *done, void *arg)
{
	struct job *j = hash_get(s->jobs, key);

	if (s->stopping)
		return ECANCELED;
	if (!j && s->waiting >= s->max_waiting)
		return EAGAIN;
	if (!j)
		j = enqueue(s, key, text, voice);
	return j ? add_waiter(j, done, arg) : ENOMEM;
}

int speech_get(struct speech *s, const char *text, const char *language, char *path, size_t size,
	speech_done_h *done, void *arg)
{
	const char *voice = language ? espeak_voice(language) : NULL;
	char key[2 * KEY_BYTES + 1], *normalized;
	int err;

	if (!s || !path || !size || !is_speakable(text))
		return EINVAL;
	if (!voice)
		return ENOENT;
	normalized = malloc(MAX_NORMALIZED);
	err = normalized ? speech_normalize(normalized, MAX_NORMALIZED, text, language) : ENOMEM;
	if (err)
		goto out;
	make_key(key, sizeof(key), voice, normalized);
	err = cache_path(s, key, path, size);
	if (err)
		goto out;
	pthread_mutex_lock(&s->lock);
	/* Looked for under the lock: a job that ends now has either left its file or is still known. */
	err = cache_has(path) ? 0 : wait_for_job(s, key, normalized, voice, done, arg);
	pthread_mutex_unlock(&s->lock);
out:
	free(normalized);
	return err;
}

struct made {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool done;
	int err;
};

static void wake(int err, const char *path, void *arg)
{
	struct made *m = arg;

	(void)path;
	pthread_mutex_lock(&m->lock);
	m->done = true;
	m->err = err;
	pthread_cond_signal(&m->changed);
	pthread_mutex_unlock(&m->lock);
}

int speech_make(struct speech *s, const char *text, const char *language, char *path, size_t size)
{
	struct made m = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
	int err = speech_get(s, text, language, path, size, wake, &m);

	if (err != EINPROGRESS)
		return err;
	pthread_mutex_lock(&m.lock);
	while (!m.done)
		pthread_cond_wait(&m.changed, &m.lock);
	pthread_mutex_unlock(&m.lock);
	return m.err;
}
