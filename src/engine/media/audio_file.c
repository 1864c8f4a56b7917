/* Audio files: read for playing, probed and converted for uploads. */
#include <errno.h>
#include <math.h>
#include <samplerate.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "audio.h"
#include "media/media.h"

enum { CHANNELS_MAX = 16, RATE_MIN = 1000, RATE_MAX = 384000, BLOCK = 4096 };

/* Prompts and music; decoded they stand in memory while they are converted. */
static const int64_t file_max_ms = (int64_t)3600 * 1000;

struct audio *audio_hold(struct audio *a)
{
	atomic_fetch_add_explicit(&a->references, 1, memory_order_relaxed);
	return a;
}

void audio_release(struct audio *a)
{
	if (a && atomic_fetch_sub_explicit(&a->references, 1, memory_order_acq_rel) == 1)
		free(a);
}

static int open_file(SNDFILE **file, SF_INFO *info, const char *path)
{
	memset(info, 0, sizeof(*info));
	if (!path || access(path, R_OK))
		return !path ? EINVAL : errno ? errno : EIO;
	*file = sf_open(path, SFM_READ, info);
	if (!*file)
		return EINVAL;
	if (info->channels < 1 || info->channels > CHANNELS_MAX || info->samplerate < RATE_MIN ||
		info->samplerate > RATE_MAX || info->frames < 0) {
		sf_close(*file);
		return EINVAL;
	}
	return 0;
}

/* A producer of mono blocks, pulled by the resampler. */
struct reader {
	SNDFILE *file;
	int channels;
	float block[BLOCK];
	float interleaved[BLOCK];
};

static long read_mono(void *arg, float **data)
{
	struct reader *r = arg;
	sf_count_t frames = sf_readf_float(r->file, r->interleaved, BLOCK / r->channels);

	for (sf_count_t i = 0; i < frames; i++) {
		float sum = 0;

		for (int c = 0; c < r->channels; c++)
			sum += r->interleaved[i * r->channels + c];
		r->block[i] = sum / (float)r->channels;
	}
	*data = r->block;
	return frames < 0 ? 0 : (long)frames;
}

struct sound {
	float *samples;
	size_t count, size;
};

static int sound_room(struct sound *s, size_t more, size_t max)
{
	size_t size = s->size ? s->size : BLOCK;
	float *bigger;

	if (s->count + more <= s->size)
		return 0;
	while (size < s->count + more)
		size *= 2;
	if (s->count > max)
		return E2BIG;
	bigger = realloc(s->samples, size * sizeof(*bigger));
	if (!bigger)
		return ENOMEM;
	s->samples = bigger;
	s->size = size;
	return 0;
}

static int read_all(struct sound *s, const char *path, int rate, size_t max)
{
	struct reader *r = calloc(1, sizeof(*r));
	SRC_STATE *src = NULL;
	SF_INFO info;
	int err;

	if (!r)
		return ENOMEM;
	err = open_file(&r->file, &info, path);
	if (err)
		goto out;
	r->channels = info.channels;
	if (info.samplerate != rate) {
		src = src_callback_new(read_mono, SRC_SINC_MEDIUM_QUALITY, 1, &err, r);
		if (!src) {
			err = ENOMEM;
			goto out;
		}
	}
	for (;;) {
		long got;

		err = sound_room(s, BLOCK, max);
		if (err)
			goto out;
		if (src) {
			got = src_callback_read(
				src, (double)rate / info.samplerate, BLOCK, s->samples + s->count);
		} else {
			float *data;

			got = read_mono(r, &data);
			memcpy(s->samples + s->count, data, (size_t)got * sizeof(*data));
		}
		if (got <= 0)
			break;
		s->count += (size_t)got;
	}
	if (s->count > max)
		err = E2BIG;
out:
	if (src)
		src_delete(src);
	if (r->file)
		sf_close(r->file);
	free(r);
	return err;
}

static int16_t to_16bit(float v)
{
	float scaled = v * 32767.0f;

	/* Also true for NaN, which a damaged float file may hold. */
	if (!(scaled > -32767.0f))
		return scaled <= -32767.0f ? -32767 : 0;
	return scaled >= 32767.0f ? 32767 : (int16_t)lrintf(scaled);
}

int audio_read(struct audio **ap, const char *path, int rate, size_t max_samples)
{
	struct sound sound = { 0 };
	struct audio *a = NULL;
	int err;

	err = read_all(&sound, path, rate, max_samples);
	if (err)
		goto out;
	a = malloc(sizeof(*a) + sound.count * sizeof(a->samples[0]));
	if (!a) {
		err = ENOMEM;
		goto out;
	}
	atomic_init(&a->references, 1);
	a->rate = rate;
	a->count = sound.count;
	for (size_t i = 0; i < sound.count; i++)
		a->samples[i] = to_16bit(sound.samples[i]);
	*ap = a;
out:
	free(sound.samples);
	return err;
}

int media_file_probe(const char *path, int64_t *milliseconds, int *rate, int *channels)
{
	SNDFILE *file = NULL;
	SF_INFO info;
	int64_t ms;

	if (open_file(&file, &info, path) || info.samplerate < RATE_MIN)
		return EINVAL;
	sf_close(file);
	if (info.frames > INT64_MAX / 1000)
		return E2BIG;
	ms = (int64_t)info.frames * 1000 / info.samplerate;
	if (ms > file_max_ms)
		return E2BIG;
	if (milliseconds)
		*milliseconds = ms;
	if (rate)
		*rate = info.samplerate;
	if (channels)
		*channels = info.channels;
	return 0;
}

/* Louder than full scale after mixing down or resampling: turned down as a whole instead of being clipped. */
static void limit_peak(struct sound *s)
{
	float peak = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (!isfinite(s->samples[i]))
			s->samples[i] = 0;
		if (fabsf(s->samples[i]) > peak)
			peak = fabsf(s->samples[i]);
	}
	if (peak <= 1.0f)
		return;
	for (size_t i = 0; i < s->count; i++)
		s->samples[i] /= peak;
}

static int write_wav(const struct sound *s, const char *path, int rate)
{
	SF_INFO info = {
		.samplerate = rate, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16
	};
	SNDFILE *file = sf_open(path, SFM_WRITE, &info);
	int err = 0;

	if (!file)
		return EIO;
	for (size_t i = 0; i < s->count && !err;) {
		int16_t block[BLOCK];
		size_t n = s->count - i < BLOCK ? s->count - i : BLOCK;

		for (size_t k = 0; k < n; k++)
			block[k] = to_16bit(s->samples[i + k]);
		if (sf_writef_short(file, block, (sf_count_t)n) != (sf_count_t)n)
			err = EIO;
		i += n;
	}
	if (sf_close(file))
		err = EIO;
	if (err)
		unlink(path);
	return err;
}

int media_file_convert(const char *from, const char *to, int rate)
{
	struct sound sound = { 0 };
	int64_t ms;
	int err;

	if (!to || (rate != 8000 && rate != 16000))
		return EINVAL;
	err = media_file_probe(from, &ms, NULL, NULL);
	if (err)
		return err;
	err = read_all(&sound, from, rate, (size_t)(file_max_ms / 1000 * rate));
	if (!err) {
		limit_peak(&sound);
		err = write_wav(&sound, to, rate);
	}
	free(sound.samples);
	return err;
}
