/* The media facade: creation, ids, and one command per call to the thread that owns the object. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include "certificate.h"
#include "engine.h"
#include "leg.h"
#include "room.h"

enum { PROMPT_CACHE = 128 * 1024 * 1024, QUIET_MS = 10000, RING_MS = 4000, ID_SHIFT = 8 };

uint64_t media_make_id(struct media *m, const struct media_thread *t)
{
	return (uint64_t)(atomic_fetch_add(&m->next_id, 1) + 1) << ID_SHIFT | t->index;
}

void media_emit(struct media *m, const struct media_event *event)
{
	if (m->eventh)
		m->eventh(event, m->arg);
}

int64_t media_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void media_random(void *out, size_t len)
{
	uint8_t *p = out;

	while (len) {
		ssize_t n = getrandom(p, len, 0);

		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (n < 0 && errno != EINTR) {
			abort(); /* the kernel has had getrandom since 3.17; keys must not be guessable */
		}
	}
}

static void loaded(const struct loader_ticket *ticket, struct audio *audio, int err, void *arg)
{
	struct media *m = arg;
	struct media_thread *t = media_thread_of(m, ticket->leg);
	struct command *c = t ? command_make(COMMAND_LOADED, ticket->leg) : NULL;

	if (!c) {
		audio_release(audio);
		return;
	}
	c->with.loaded.play = ticket->play;
	c->with.loaded.part = ticket->part;
	c->with.loaded.audio = audio;
	c->with.loaded.err = err;
	thread_post(t, c);
}

static void recorded(struct recorder *r, int64_t milliseconds, bool degraded, void *arg)
{
	struct media *m = arg;
	struct media_event event = { .type = MEDIA_RECORD_DONE,
		.room = r->room,
		.leg = r->leg,
		.record = r->id,
		.milliseconds = milliseconds,
		.degraded = degraded,
		.text = r->path };

	metric_add(m->recordings_metric, -1);
	if (degraded)
		metric_add(m->degraded_metric, 1);
	media_emit(m, &event);
}

static void make_metrics(struct media *m)
{
	static const char packets[] = "hotline_media_packets_total";

	m->legs_metric = metric_gauge("hotline_media_legs", NULL, "Media legs that exist now");
	m->sent_metric = metric_counter(packets, "direction=\"sent\"", "RTP packets");
	m->received_metric = metric_counter(packets, "direction=\"received\"", "RTP packets");
	m->discarded_metric = metric_counter(packets, "direction=\"discarded\"", "RTP packets");
	m->lost_metric = metric_counter(
		"hotline_media_lost_total", NULL, "RTP packets lost on the way to us");
	m->recordings_metric =
		metric_gauge("hotline_media_recordings", NULL, "Recordings under way");
	m->degraded_metric = metric_counter("hotline_media_recordings_degraded_total", NULL,
		"Recordings with sound missing because the ring was full or the disk failed");
}

static int take_config(struct media *m, const struct media_config *config)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = config->threads ? config->threads : (unsigned)(cores < 1 ? 1 : cores);
	const char *bind = config->bind_address ? config->bind_address : "0.0.0.0";
	union net_addr address;

	m->config = *config;
	m->thread_count = threads > MEDIA_THREADS_MAX ? MEDIA_THREADS_MAX : threads;
	if (m->config.quiet_ms <= 0)
		m->config.quiet_ms = QUIET_MS;
	if (!m->config.ring_ms)
		m->config.ring_ms = RING_MS;
	if (net_addr_parse(&address, bind, 0) || strlen(bind) >= sizeof(m->bind_address))
		return EINVAL;
	memcpy(m->bind_address, bind, strlen(bind) + 1);
	if (config->public_address && strlen(config->public_address) < sizeof(m->public_address))
		memcpy(m->public_address, config->public_address,
			strlen(config->public_address) + 1);
	m->config.bind_address = m->bind_address;
	m->config.public_address = m->public_address;
	return 0;
}

int media_create(
	struct media **mp, const struct media_config *config, media_event_h *eventh, void *arg)
{
	struct media *m;
	int err;

	if (!mp || !config)
		return EINVAL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return ENOMEM;
	m->eventh = eventh;
	m->arg = arg;
	err = take_config(m, config);
	if (err) {
		free(m);
		return err;
	}
	make_metrics(m);
	udp_raise_descriptor_limit();
	err = port_pool_create(&m->ports, config->port_min, config->port_max);
	if (!err)
		err = loader_create(&m->loader, PROMPT_CACHE, loaded, m);
	if (!err)
		err = certificate_create(&m->certificate);
	if (!err)
		err = writer_create(&m->writer, recorded, m);
	for (unsigned i = 0; i < m->thread_count && !err; i++)
		err = thread_init(&m->threads[i], m, i);
	if (err)
		media_free(m);
	else
		*mp = m;
	return err;
}

int media_start(struct media *m)
{
	int err;

	err = loader_start(m->loader);
	if (!err)
		err = writer_start(m->writer);
	for (unsigned i = 0; i < m->thread_count && !err; i++)
		err = thread_start(&m->threads[i]);
	m->started = true;
	if (err)
		media_stop(m);
	return err;
}

void media_stop(struct media *m)
{
	if (!m || !m->started)
		return;
	m->started = false;
	for (unsigned i = 0; i < m->thread_count; i++)
		thread_stop(&m->threads[i]);
	loader_stop(m->loader);
	writer_stop(m->writer);
}

void media_free(struct media *m)
{
	if (!m)
		return;
	media_stop(m);
	for (unsigned i = 0; i < m->thread_count; i++)
		thread_release(&m->threads[i]);
	writer_free(m->writer);
	loader_free(m->loader);
	port_pool_free(m->ports);
	certificate_free(m->certificate);
	free(m);
}

unsigned media_leg_count(const struct media *m)
{
	unsigned count = 0;

	for (unsigned i = 0; i < m->thread_count; i++)
		count += atomic_load(&m->threads[i].leg_count);
	return count;
}

/* NULL: no such thread or out of memory; the call then has no effect, like one that comes too late. */
static struct command *command_for(struct media *m, enum command_type type, uint64_t id)
{
	return media_thread_of(m, id) ? command_make(type, id) : NULL;
}

static void post(struct media *m, struct command *c)
{
	if (c)
		thread_post(media_thread_of(m, c->id), c);
}

uint64_t media_room_create(struct media *m)
{
	struct media_thread *t = &m->threads[0];
	struct command *c;

	for (unsigned i = 1; i < m->thread_count; i++)
		if (atomic_load(&m->threads[i].leg_count) < atomic_load(&t->leg_count))
			t = &m->threads[i];
	c = command_make(COMMAND_ROOM_ADD, media_make_id(m, t));
	if (!c)
		return 0;
	c->with.room = room_create(c->id);
	if (!c->with.room) {
		command_free(c);
		return 0;
	}
	/* Read before posting: the thread frees the command. */
	uint64_t id = c->id;

	thread_post(t, c);
	return id;
}

void media_room_free(struct media *m, uint64_t room)
{
	post(m, command_for(m, COMMAND_ROOM_FREE, room));
}

uint64_t media_leg_create(struct media *m, uint64_t room, const struct media_leg_config *config,
	struct media_leg_local *local)
{
	struct media_thread *t = media_thread_of(m, room);
	struct command *c = t ? command_make(COMMAND_LEG_ADD, room) : NULL;
	uint64_t id;

	if (!c)
		return 0;
	id = media_make_id(m, t);
	c->with.leg = leg_create(m, id, config, local);
	if (!c->with.leg) {
		command_free(c);
		return 0;
	}
	c->with.leg->counted = true;
	atomic_fetch_add(&t->leg_count, 1);
	metric_add(m->legs_metric, 1);
	thread_post(t, c);
	return id;
}

int media_leg_restart_ice(struct media *m, uint64_t leg, struct media_leg_local *local)
{
	struct command *c = command_for(m, COMMAND_LEG_ICE, leg);

	if (!c)
		return ENOMEM;
	leg_new_ice(local);
	memcpy(c->with.ice.ufrag, local->ice_ufrag, sizeof(c->with.ice.ufrag));
	memcpy(c->with.ice.pwd, local->ice_pwd, sizeof(c->with.ice.pwd));
	post(m, c);
	return 0;
}

void media_leg_free(struct media *m, uint64_t leg)
{
	post(m, command_for(m, COMMAND_LEG_FREE, leg));
}

void media_leg_set_remote(struct media *m, uint64_t leg, const struct media_leg_remote *remote)
{
	struct command *c = command_for(m, COMMAND_LEG_REMOTE, leg);

	if (c)
		c->with.remote = *remote;
	post(m, c);
}

void media_leg_hear(struct media *m, uint64_t leg, const uint64_t *others, size_t count)
{
	struct command *c = command_for(m, COMMAND_LEG_HEAR, leg);

	if (c) {
		c->with.hear.count = count > HEARS_MAX ? HEARS_MAX : count;
		if (count)
			memcpy(c->with.hear.legs, others, c->with.hear.count * sizeof(*others));
	}
	post(m, c);
}

void media_leg_mute(struct media *m, uint64_t leg, bool muted)
{
	struct command *c = command_for(m, COMMAND_LEG_MUTE, leg);

	if (c)
		c->with.on = muted;
	post(m, c);
}

void media_leg_play(struct media *m, uint64_t leg, uint64_t play, const struct media_part *parts,
	size_t count, bool loop, bool mix)
{
	struct command *c = command_for(m, COMMAND_LEG_PLAY, leg);

	if (c) {
		c->with.play = play_create(play, parts, count, loop, mix);
		if (!c->with.play) {
			command_free(c);
			return;
		}
	}
	post(m, c);
}

void media_leg_stop(struct media *m, uint64_t leg)
{
	post(m, command_for(m, COMMAND_LEG_STOP, leg));
}

void media_leg_send_digits(struct media *m, uint64_t leg, const char *digits)
{
	struct command *c = command_for(m, COMMAND_LEG_DIGITS, leg);

	if (c)
		strncpy(c->with.digits, digits, sizeof(c->with.digits) - 1);
	post(m, c);
}

uint64_t media_record_start(
	struct media *m, uint64_t room, const struct media_record_config *config)
{
	struct media_thread *t = media_thread_of(m, room);
	struct command *c;
	uint64_t id;

	if (!t || !config || !config->leg || !config->path)
		return 0;
	c = command_make(COMMAND_RECORD_START, room);
	if (!c)
		return 0;
	id = media_make_id(m, t);
	c->with.recorder = recorder_create(id, room, config, m->config.ring_ms);
	if (!c->with.recorder) {
		command_free(c);
		return 0;
	}
	metric_add(m->recordings_metric, 1);
	thread_post(t, c);
	return id;
}

void media_record_pause(struct media *m, uint64_t record, bool paused)
{
	struct command *c = command_for(m, COMMAND_RECORD_PAUSE, record);

	if (c)
		c->with.on = paused;
	post(m, c);
}

void media_record_set_leg(struct media *m, uint64_t record, uint64_t leg)
{
	struct command *c = command_for(m, COMMAND_RECORD_LEG, record);

	if (c)
		c->with.left = leg;
	post(m, c);
}

void media_record_stop(struct media *m, uint64_t record)
{
	post(m, command_for(m, COMMAND_RECORD_STOP, record));
}
