/* The inside of struct media: threads, their mailboxes and the counters. */
#ifndef HOTLINE_MEDIA_ENGINE_H
#define HOTLINE_MEDIA_ENGINE_H

#include <pthread.h>
#include <stdatomic.h>
#include "hash.h"
#include "list.h"
#include "loader.h"
#include "log/log.h"
#include "media/media.h"
#include "metrics/metrics.h"
#include "udp.h"
#include "writer.h"

enum {
	MEDIA_THREADS_MAX = 8,
	PHASES = 4, /* rooms are spread over the 20 ms, so that work and bursts are */
	PHASE_US = 5000,
	TICK_US = PHASES * PHASE_US,
	HEARS_MAX = 8,
};

struct leg;
struct room;
struct play;
struct certificate;

/* Added up on the thread and handed to the metrics once a second. */
struct media_counts {
	uint64_t sent, received, discarded;
};

struct media_thread {
	struct media *media;
	unsigned index;
	pthread_t handle;
	bool started, ending;
	int epoll;   /* timer, mailbox and, unless coarse, sockets */
	int sockets; /* an epoll of its own with all sockets */
	int timer, wake;
	pthread_mutex_t lock;
	struct list mailbox; /* under lock */
	atomic_uint leg_count;
	/* the thread's own */
	struct hash *rooms, *legs, *recorders;
	struct list phases[PHASES]; /* rooms by phase */
	size_t room_count;
	unsigned next_phase; /* for the next room */
	uint64_t turn;       /* phases run so far */
	bool ticking;        /* the timer runs */
	bool coarse;         /* sockets are read once per phase only */
	int64_t now_us;      /* when the loop woke up */
	int64_t tick_us; /* when the tick under way was due: ticks made up for keep their time */
	int64_t counted_us;
	_Alignas(8) uint8_t packet[UDP_PACKET_MAX]; /* being read */
	struct media_counts counts;
	struct log_limit held_up;
};

struct media {
	struct media_config config;
	char bind_address[64], public_address[64];
	media_event_h *eventh;
	void *arg;
	struct media_thread threads[MEDIA_THREADS_MAX];
	unsigned thread_count;
	atomic_ullong next_id;
	struct port_pool *ports;
	struct loader *loader;
	struct writer *writer;
	struct certificate *certificate;
	bool started;
	struct metric *legs_metric, *sent_metric, *received_metric, *discarded_metric, *lost_metric;
	struct metric *recordings_metric, *degraded_metric;
};

/* An id says its thread, so that a call finds its way without a lock. */
static inline struct media_thread *media_thread_of(struct media *m, uint64_t id)
{
	unsigned index = (unsigned)(id & 0xff);

	return id && index < m->thread_count ? &m->threads[index] : NULL;
}
uint64_t media_make_id(struct media *m, const struct media_thread *t);
void media_emit(struct media *m, const struct media_event *event);
int64_t media_now_us(void);
void media_random(void *out, size_t len);

/* --- commands: made by any thread, applied by the media thread in the order posted --- */
enum command_type {
	COMMAND_ROOM_ADD,
	COMMAND_ROOM_FREE,
	COMMAND_LEG_ADD,
	COMMAND_LEG_FREE,
	COMMAND_LEG_REMOTE,
	COMMAND_LEG_ICE,
	COMMAND_LEG_HEAR,
	COMMAND_LEG_MUTE,
	COMMAND_LEG_PLAY,
	COMMAND_LEG_STOP,
	COMMAND_LEG_DIGITS,
	COMMAND_RECORD_START,
	COMMAND_RECORD_PAUSE,
	COMMAND_RECORD_STOP,
	COMMAND_RECORD_LEG,
	COMMAND_LOADED,
	COMMAND_END,
};

struct command {
	struct list in_mailbox;
	enum command_type type;
	uint64_t id; /* room, leg or record */
	union {
		struct room *room;
		struct leg *leg;
		struct recorder *recorder;
		struct play *play;
		struct media_leg_remote remote;
		struct {
			uint64_t legs[HEARS_MAX];
			size_t count;
		} hear;
		struct {
			char ufrag[16], pwd[32];
		} ice;
		struct {
			uint64_t play;
			size_t part;
			struct audio *audio;
			int err;
		} loaded;
		uint64_t left;
		bool on;
		char digits[65];
	} with;
};

struct command *command_make(enum command_type type, uint64_t id); /* NULL: out of memory */
void command_free(struct command *c);                              /* with what it still holds */
void command_apply(struct media_thread *t, struct command *c);     /* frees it */

int thread_init(struct media_thread *t, struct media *m, unsigned index);
int thread_start(struct media_thread *t);
void thread_stop(struct media_thread *t);
void thread_release(struct media_thread *t);
/* Any thread. Takes the command. */
void thread_post(struct media_thread *t, struct command *c);
/* Media thread: a room came or went. */
void thread_tick_needed(struct media_thread *t);

#endif
