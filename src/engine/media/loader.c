/* The loader thread: decodes prompt files and keeps what it decoded. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "hash.h"
#include "list.h"
#include "loader.h"

enum { KEY_MAX = 4200, REQUESTS_MAX = 65536 };

struct request {
	struct list in_queue;
	struct loader_ticket ticket;
	int rate;
	char path[];
};

struct cached {
	struct list in_use_order;
	struct audio *audio;
	off_t size;
	struct timespec changed;
	char key[];
};

struct loader {
	size_t max_bytes;
	loader_done_h *doneh;
	void *arg;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct list queue;     /* under lock */
	size_t waiting;        /* under lock */
	bool ending;           /* under lock */
	struct hash *cache;    /* loader thread only, as all below */
	struct list use_order; /* least recently used first */
	size_t bytes;
};

int loader_create(struct loader **lp, size_t max_bytes, loader_done_h *doneh, void *arg)
{
	struct loader *l = calloc(1, sizeof(*l));

	if (!l)
		return ENOMEM;
	l->cache = hash_create();
	if (!l->cache) {
		free(l);
		return ENOMEM;
	}
	l->max_bytes = max_bytes;
	l->doneh = doneh;
	l->arg = arg;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->wake, NULL);
	list_init(&l->queue);
	list_init(&l->use_order);
	*lp = l;
	return 0;
}

static size_t audio_bytes(const struct audio *a)
{
	return sizeof(*a) + a->count * sizeof(a->samples[0]);
}

static void forget(struct loader *l, struct cached *c)
{
	hash_remove(l->cache, c->key);
	list_remove(&c->in_use_order);
	l->bytes -= audio_bytes(c->audio);
	audio_release(c->audio);
	free(c);
}

void loader_free(struct loader *l)
{
	if (!l)
		return;
	list_for_each_safe(pos, tmp, &l->queue) free(list_entry(pos, struct request, in_queue));
	list_for_each_safe(pos, tmp, &l->use_order)
		forget(l, list_entry(pos, struct cached, in_use_order));
	hash_free(l->cache);
	pthread_cond_destroy(&l->wake);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

int loader_request(struct loader *l, const struct loader_ticket *ticket, const char *path, int rate)
{
	size_t len = strlen(path) + 1;
	struct request *r = malloc(sizeof(*r) + len);
	int err = 0;

	if (!r)
		return ENOMEM;
	r->ticket = *ticket;
	r->rate = rate;
	memcpy(r->path, path, len);
	pthread_mutex_lock(&l->lock);
	if (l->waiting >= REQUESTS_MAX) {
		err = ENOMEM;
	} else {
		l->waiting++;
		list_append(&l->queue, &r->in_queue);
		pthread_cond_signal(&l->wake);
	}
	pthread_mutex_unlock(&l->lock);
	if (err)
		free(r);
	return err;
}

static void keep(struct loader *l, const char *key, struct audio *audio, const struct stat *st)
{
	size_t len = strlen(key) + 1;
	struct cached *c;

	if (audio_bytes(audio) > l->max_bytes)
		return;
	c = calloc(1, sizeof(*c) + len);
	if (!c)
		return;
	memcpy(c->key, key, len);
	c->size = st->st_size;
	c->changed = st->st_mtim;
	if (hash_set(l->cache, c->key, c)) {
		free(c);
		return;
	}
	c->audio = audio_hold(audio);
	list_append(&l->use_order, &c->in_use_order);
	l->bytes += audio_bytes(audio);
	list_for_each_safe(pos, tmp, &l->use_order)
	{
		if (l->bytes <= l->max_bytes)
			break;
		forget(l, list_entry(pos, struct cached, in_use_order));
	}
}

static int load(struct loader *l, const struct request *r, struct audio **audio)
{
	char key[KEY_MAX];
	struct cached *c;
	struct stat st;
	int err;

	if (snprintf(key, sizeof(key), "%d:%s", r->rate, r->path) >= (int)sizeof(key))
		return ENAMETOOLONG;
	if (stat(r->path, &st))
		return errno;
	c = hash_get(l->cache, key);
	if (c && c->size == st.st_size && c->changed.tv_sec == st.st_mtim.tv_sec &&
		c->changed.tv_nsec == st.st_mtim.tv_nsec) {
		list_remove(&c->in_use_order);
		list_append(&l->use_order, &c->in_use_order);
		*audio = audio_hold(c->audio);
		return 0;
	}
	if (c)
		forget(l, c);
	err = audio_read(audio, r->path, r->rate, l->max_bytes / sizeof(int16_t));
	if (!err)
		keep(l, key, *audio, &st);
	return err;
}

static void *run(void *arg)
{
	struct loader *l = arg;

	pthread_mutex_lock(&l->lock);
	while (!l->ending) {
		struct audio *audio = NULL;
		struct request *r;
		int err;

		if (list_empty(&l->queue)) {
			pthread_cond_wait(&l->wake, &l->lock);
			continue;
		}
		r = list_entry(l->queue.next, struct request, in_queue);
		list_remove(&r->in_queue);
		l->waiting--;
		pthread_mutex_unlock(&l->lock);
		err = load(l, r, &audio);
		l->doneh(&r->ticket, audio, err, l->arg);
		free(r);
		pthread_mutex_lock(&l->lock);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

int loader_start(struct loader *l)
{
	int err = pthread_create(&l->thread, NULL, run, l);

	if (err)
		return err;
	(void)pthread_setname_np(l->thread, "media-loader");
	l->started = true;
	return 0;
}

void loader_stop(struct loader *l)
{
	if (!l || !l->started)
		return;
	pthread_mutex_lock(&l->lock);
	l->ending = true;
	pthread_cond_signal(&l->wake);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	l->started = false;
}
