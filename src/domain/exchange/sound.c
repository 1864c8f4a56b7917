/* What a caller hears: recordings, speech that may have to be made first, music and tones. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/exchange_private.h"
#include "log/log.h"

#define SOUND_PARTS 64

/* One request under way. It lives until every synthesis it waits for has answered, even when the call has gone. */
struct sound_job {
	struct exchange *x;
	struct call *call; /* NULL: forgotten */
	size_t waiting, count;
	bool loop, sealed; /* sealed: all parts have been asked for */
	struct media_part parts[SOUND_PARTS];
	char paths[SOUND_PARTS][256];
};

/* An answer of the speech service on its way to the switch loop. */
struct sound_answer {
	struct sound_job *job;
	size_t part;
	int err;
	char path[256];
};

static void part_file(struct sound_job *job, size_t i, const char *path)
{
	snprintf(job->paths[i], sizeof(job->paths[i]), "%s", path);
	job->parts[i] = (struct media_part){ .kind = MEDIA_FILE, .path = job->paths[i] };
}

static void part_pause(struct sound_job *job, size_t i, uint32_t ms)
{
	job->parts[i] = (struct media_part){ .kind = MEDIA_PAUSE, .on_ms = ms };
}

static void job_finish(struct sound_job *job)
{
	struct call *call = job->call;

	if (call) {
		call->sound.job = NULL;
		if (call->customer.voice)
			voice_leg_play(call->customer.voice, call->sound.serial, job->parts,
				job->count, job->loop);
	}
	free(job);
}

static void answer_arrives(void *arg)
{
	struct sound_answer *answer = arg;
	struct sound_job *job = answer->job;

	if (answer->err)
		part_pause(
			job, answer->part, 20); /* a missing voice costs one part, not the call */
	else
		part_file(job, answer->part, answer->path);
	job->waiting--;
	if (job->sealed && !job->waiting)
		job_finish(job);
	free(answer);
}

/* On a worker of the speech service. */
static void spoken(int err, const char *path, void *arg)
{
	struct sound_answer *answer = arg;

	answer->err = err;
	if (!err)
		snprintf(answer->path, sizeof(answer->path), "%s", path);
	if (loop_post(answer->job->x->loop, answer_arrives, answer))
		log_error("exchange", "out of memory: a prompt is not played", NULL);
}

static void speak(struct sound_job *job, size_t i, const char *text, const char *language)
{
	struct sound_answer *answer = calloc(1, sizeof(*answer));
	char path[256];
	int err;

	part_pause(job, i, 20);
	if (!answer)
		return;
	answer->job = job;
	answer->part = i;
	err = speech_get(job->x->speech, text, language, path, sizeof(path), spoken, answer);
	if (err == EINPROGRESS) {
		job->waiting++;
		return;
	}
	if (!err)
		part_file(job, i, path);
	else
		log_warn("exchange", "text cannot be spoken, ignoring", "error", strerror(err),
			NULL);
	free(answer);
}

/* A recording by name, in the language or any; without one its text is spoken, or the fallback the flow gives. */
static void recording(
	struct sound_job *job, size_t i, const struct ivr_part *part, const char *language)
{
	const struct plan_prompt *p = plan_prompt(job->x->plan, part->text, language);
	char path[256];
	const char *text;

	if (!p && !strcmp(part->text, "beep")) {
		job->parts[i] =
			(struct media_part){ .kind = MEDIA_TONE, .hz1 = 1000, .on_ms = 300 };
		return;
	}
	if (p && p->number) {
		snprintf(path, sizeof(path), "%s/%s", job->x->data_dir, p->path);
		part_file(job, i, path);
		return;
	}
	text = !p ? part->fallback : !strncmp(language, "en", 2) ? p->text_en : p->text_zh;
	if (text && *text) {
		speak(job, i, text, language);
		return;
	}
	log_warn("exchange", "prompt is missing, ignoring", "prompt", part->text, NULL);
	part_pause(job, i, 20);
}

void sound_job_forget(struct call *call)
{
	if (call->sound.job)
		call->sound.job->call = NULL;
	call->sound.job = NULL;
}

void sound_play(struct call *call, const struct ivr_part *parts, size_t count, const char *language,
	bool loop)
{
	struct sound_job *job = calloc(1, sizeof(*job));

	sound_job_forget(call);
	call->sound.serial++;
	if (!job) {
		log_error("exchange", "out of memory: a prompt is not played", NULL);
		return;
	}
	job->x = call->x;
	job->call = call;
	job->loop = loop;
	call->sound.job = job;
	for (size_t i = 0; i < count && i < SOUND_PARTS; i++, job->count++) {
		if (parts[i].kind == IVR_AUDIO)
			recording(job, i, &parts[i], language);
		else if (parts[i].kind == IVR_SPEECH)
			speak(job, i, parts[i].text, language);
		else
			part_pause(job, i, (uint32_t)(parts[i].ms > 0 ? parts[i].ms : 20));
	}
	job->sealed = true;
	if (!job->waiting)
		job_finish(job);
}

void sound_stop(struct call *call)
{
	sound_job_forget(call);
	call->sound.serial++;
	if (call->customer.voice)
		voice_leg_stop(call->customer.voice);
}

static void play_tones(struct call *call, const struct media_part *parts, size_t count)
{
	sound_job_forget(call);
	call->sound.serial++;
	if (call->customer.voice)
		voice_leg_play(call->customer.voice, call->sound.serial, parts, count, true);
}

void sound_music(struct call *call, const char *name)
{
	/* The built-in music: a quiet arpeggio of C, A minor, F and G, so that a queue is never silent. */
	static const struct media_part melody[] = {
		{ MEDIA_TONE, NULL, 262, 330, 420, 80 },
		{ MEDIA_TONE, NULL, 330, 392, 420, 80 },
		{ MEDIA_TONE, NULL, 392, 523, 900, 200 },
		{ MEDIA_TONE, NULL, 220, 262, 420, 80 },
		{ MEDIA_TONE, NULL, 262, 330, 420, 80 },
		{ MEDIA_TONE, NULL, 330, 440, 900, 200 },
		{ MEDIA_TONE, NULL, 175, 220, 420, 80 },
		{ MEDIA_TONE, NULL, 220, 262, 420, 80 },
		{ MEDIA_TONE, NULL, 262, 349, 900, 200 },
		{ MEDIA_TONE, NULL, 196, 247, 420, 80 },
		{ MEDIA_TONE, NULL, 247, 294, 420, 80 },
		{ MEDIA_TONE, NULL, 294, 392, 900, 1200 },
	};
	struct ivr_part part = { .kind = IVR_AUDIO, .text = name };

	if (name && *name && plan_prompt(call->x->plan, name, call->language))
		sound_play(call, &part, 1, call->language, true);
	else
		play_tones(call, melody, sizeof(melody) / sizeof(melody[0]));
}

void sound_ringback(struct call *call)
{
	static const struct media_part ring[] = { { MEDIA_TONE, NULL, 450, 0, 1000,
		4000 } }; /* GB/T 3380 ringing tone */

	play_tones(call, ring, 1);
}

void sound_lost(struct call *call)
{
	static const struct media_part beep[] = { { MEDIA_TONE, NULL, 450, 0, 200, 2800 } };

	play_tones(call, beep, 1);
}
