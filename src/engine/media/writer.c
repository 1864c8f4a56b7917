/* The writer thread: brings recordings to their files. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "log/log.h"
#include "wav.h"
#include "writer.h"

enum { ROUND_MS = 100, WRITE_MS = 1000, STAGE = 64 * 1024 };

/* What a WAV header can say. */
static const uint64_t data_max = UINT32_MAX - WAV_HEADER;

struct writer {
	writer_done_h *doneh;
	void *arg;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct list added;     /* under lock */
	bool woken, ending;    /* under lock */
	struct list recorders; /* writer thread */
	struct log_limit log;
	size_t staged;
	uint8_t stage[STAGE];
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int writer_create(struct writer **wp, writer_done_h *doneh, void *arg)
{
	struct writer *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;

	if (!w)
		return ENOMEM;
	w->doneh = doneh;
	w->arg = arg;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attr);
	pthread_condattr_destroy(&attr);
	list_init(&w->added);
	list_init(&w->recorders);
	*wp = w;
	return 0;
}

static void free_all(struct list *recorders)
{
	list_for_each_safe(pos, tmp, recorders)
		recorder_free(list_entry(pos, struct recorder, in_writer));
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	free_all(&w->added);
	free_all(&w->recorders);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void writer_add(struct writer *w, struct recorder *r)
{
	pthread_mutex_lock(&w->lock);
	list_append(&w->added, &r->in_writer);
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void writer_wake(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->woken = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

static void make_folders(const char *path)
{
	char folder[4096];
	size_t len = strlen(path);

	if (len >= sizeof(folder))
		return;
	memcpy(folder, path, len + 1);
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(folder, 0750); /* open tells what went wrong */
		*slash = '/';
	}
}

static void degrade(struct writer *w, struct recorder *r, const char *what, int err)
{
	atomic_store(&r->degraded, true);
	if (log_allowed(&w->log, 1))
		log_error("media", what, "record", LOG_I(r->id), "errno", LOG_I(err), NULL);
}

static void open_file(struct writer *w, struct recorder *r)
{
	uint8_t header[WAV_HEADER];

	wav_header(header, r->channels, RECORDER_RATE, 0);
	r->fd = open(r->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (r->fd < 0 && errno == ENOENT) {
		make_folders(r->path);
		r->fd = open(r->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	}
	if (r->fd < 0 || pwrite(r->fd, header, sizeof(header), 0) != WAV_HEADER) {
		r->open_failed = true;
		degrade(w, r, "recording file cannot be made", errno);
	}
}

/* What cannot be written is owed as silence, so that the length is true when the disk takes data again. */
static void flush(struct writer *w, struct recorder *r)
{
	size_t len = w->staged, done = 0;

	w->staged = 0;
	if (r->data_bytes + len > data_max) {
		atomic_store(&r->degraded, true);
		return;
	}
	while (done < len && r->fd >= 0) {
		ssize_t n = pwrite(r->fd, w->stage + done, len - done,
			(off_t)(WAV_HEADER + r->data_bytes + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			degrade(w, r, "recording cannot be written", errno);
			break;
		}
		done += (size_t)n;
	}
	/* A part of a sample would shift all that follows. */
	done -= done % (r->channels * 2);
	r->data_bytes += done;
	r->owed += len - done;
	if (done)
		r->hole = false;
}

/* NULL stands for silence; much of it becomes a hole in the file instead of zeros on the disk. */
static void stage(struct writer *w, struct recorder *r, const void *data, uint64_t len)
{
	const uint8_t *bytes = data;

	if (!data && len > STAGE) {
		flush(w, r);
		if (r->data_bytes + len <= data_max) {
			r->data_bytes += len;
			r->hole = true;
		}
		return;
	}
	while (len) {
		size_t n = STAGE - w->staged < len ? STAGE - w->staged : (size_t)len;

		if (bytes) {
			memcpy(w->stage + w->staged, bytes, n);
			bytes += n;
		} else {
			memset(w->stage + w->staged, 0, n);
		}
		w->staged += n;
		len -= n;
		if (w->staged == STAGE)
			flush(w, r);
	}
}

static void write_waiting(struct writer *w, struct recorder *r)
{
	uint64_t frame = (uint64_t)r->channels * FRAME8 * sizeof(int16_t);
	uint64_t owed = r->owed;
	const struct recorder_slot *slot;

	r->owed = 0;
	stage(w, r, NULL, owed);
	while ((slot = recorder_peek(r))) {
		stage(w, r, NULL, slot->silence_before * frame);
		stage(w, r, slot->samples, frame);
		recorder_pop(r);
	}
	if (atomic_load_explicit(&r->finished, memory_order_relaxed)) {
		stage(w, r, NULL, atomic_load(&r->silence_after) * frame);
		atomic_store(&r->silence_after, 0);
	}
	flush(w, r);
}

static void write_header(struct writer *w, struct recorder *r)
{
	uint8_t header[WAV_HEADER];

	if (r->fd < 0 || r->header_bytes == r->data_bytes)
		return;
	if (r->hole && ftruncate(r->fd, (off_t)(WAV_HEADER + r->data_bytes)))
		degrade(w, r, "recording cannot be written", errno);
	wav_header(header, r->channels, RECORDER_RATE, (uint32_t)r->data_bytes);
	if (pwrite(r->fd, header, sizeof(header), 0) == WAV_HEADER)
		r->header_bytes = r->data_bytes;
	else
		degrade(w, r, "recording header cannot be written", errno);
}

static void close_file(struct writer *w, struct recorder *r)
{
	int64_t ms = (int64_t)(r->data_bytes / (r->channels * 2) * 1000 / RECORDER_RATE);

	if (r->fd >= 0 && fdatasync(r->fd))
		degrade(w, r, "recording cannot be synced", errno);
	if (r->fd >= 0)
		close(r->fd);
	if (r->owed)
		atomic_store(&r->degraded, true);
	w->doneh(r, ms, atomic_load(&r->degraded), w->arg);
	list_remove(&r->in_writer);
	recorder_free(r);
}

static void serve(struct writer *w, struct recorder *r, int64_t now)
{
	/* Read before the ring: what was pushed before the end is then seen. */
	bool finished = atomic_load_explicit(&r->finished, memory_order_acquire);

	if (!finished && now < r->due_ms)
		return;
	if (r->fd < 0 && !r->open_failed)
		open_file(w, r);
	write_waiting(w, r);
	write_header(w, r);
	r->due_ms = now + WRITE_MS;
	if (finished)
		close_file(w, r);
}

static void wait_round(struct writer *w)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += ROUND_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	if (list_empty(&w->recorders) && list_empty(&w->added))
		pthread_cond_wait(&w->wake, &w->lock);
	else
		pthread_cond_timedwait(&w->wake, &w->lock, &until);
}

static void *run(void *arg)
{
	struct writer *w = arg;
	bool ending = false;

	while (!ending || !list_empty(&w->recorders)) {
		int64_t now;

		pthread_mutex_lock(&w->lock);
		if (!w->woken && !w->ending)
			wait_round(w);
		w->woken = false;
		ending = w->ending;
		list_for_each_safe(pos, tmp, &w->added)
		{
			list_remove(pos);
			list_append(&w->recorders, pos);
		}
		pthread_mutex_unlock(&w->lock);
		now = now_ms();
		list_for_each_safe(pos, tmp, &w->recorders)
		{
			struct recorder *r = list_entry(pos, struct recorder, in_writer);

			/* Nobody fills it any more when the end has been asked for. */
			if (ending && !atomic_load(&r->finished))
				recorder_finish(r);
			serve(w, r, now);
		}
	}
	return NULL;
}

int writer_start(struct writer *w)
{
	int err = pthread_create(&w->thread, NULL, run, w);

	if (err)
		return err;
	(void)pthread_setname_np(w->thread, "media-writer");
	w->started = true;
	return 0;
}

void writer_stop(struct writer *w)
{
	if (!w || !w->started)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	w->started = false;
}
