/* The event WebSocket: each event is written out once and shared by all sockets whose person may see it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "web/sockets.h"

#define MOST_EVENT (1u << 20)

struct event_post {
	struct web_post post;
	struct frame *frame;
	int64_t user_id, department_id;
	int permission; /* its number; -1: none or unknown */
	bool for_all;
};

static struct frame *write_frame(const char *type, int64_t id, int64_t time, const char *json)
{
	struct frame *frame = NULL;
	struct json_writer w;
	struct buf b;

	buf_init(&b, MOST_EVENT);
	json_begin(&w, &b);
	json_object(&w);
	json_key(&w, "type");
	json_string(&w, type);
	json_key(&w, "id");
	json_id(&w, id);
	json_key(&w, "time");
	json_int(&w, time);
	json_key(&w, "data");
	json_raw(&w, json);
	json_object_end(&w);
	if (!b.err)
		frame = frame_create(b.data, b.len);
	buf_release(&b);
	return frame;
}

static bool has_department(const struct actor *a, int64_t id)
{
	size_t low = 0, high = a->department_count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (a->departments[mid] == id)
			return true;
		if (a->departments[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

static bool may_see(const struct event_post *e, const struct actor *a)
{
	enum data_range range;

	if (e->for_all || (e->user_id && a->user_id == e->user_id))
		return true;
	if (e->permission < 0 || (size_t)e->permission >= a->range_count)
		return false;
	range = (enum data_range)a->ranges[e->permission];
	if (range == RANGE_NONE)
		return false;
	if (!e->department_id || range == RANGE_ALL)
		return true;
	if (range == RANGE_DEPARTMENT)
		return a->department_id == e->department_id;
	/* RANGE_OWN sees what names the person, which was asked above. */
	return range == RANGE_TREE && has_department(a, e->department_id);
}

static void deliver(struct web_post *post, struct web *web)
{
	struct event_post *e = list_entry(post, struct event_post, post);

	list_for_each(pos, &web->sockets->all)
	{
		struct socket *sock = list_entry(pos, struct socket, link);

		if (sock->ready && !sock->is_sip && may_see(e, sock->actor))
			socket_write(sock, e->frame);
	}
	frame_release(e->frame);
	free(e);
}

/* On the thread that pushes. */
static void on_event(const struct event *event, void *arg)
{
	struct web *web = arg;
	struct event_post *e;

	if (!atomic_load(&web->sockets->open_events))
		return;
	e = calloc(1, sizeof(*e));
	if (!e)
		return; /* a browser that misses an event refetches what it shows sooner or later */
	list_init(&e->post.link);
	e->post.fn = deliver;
	e->user_id = event->user_id;
	e->department_id = event->department_id;
	e->permission = event->permission ? permission_number(event->permission) : -1;
	e->for_all = !event->user_id && !event->permission;
	e->frame = write_frame(event->type, event->entity_id, clock_now(), event->json);
	if (!e->frame) {
		free(e);
		return;
	}
	web_post(web, &e->post);
}

int event_sockets_listen(struct web *web)
{
	if (!web->platform->events)
		return 0;
	return event_listen(web->platform->events, on_event, web);
}

void event_sockets_unlisten(struct web *web)
{
	if (web->platform->events)
		event_unlisten(web->platform->events, on_event, web);
}

/* Returns the number of the user's sockets afterwards. */
static unsigned count_presence(struct sockets *sockets, int64_t user_id, int change)
{
	struct presence *p;
	unsigned now = 0;

	pthread_mutex_lock(&sockets->lock);
	p = hash_get_id(sockets->presence, (uint64_t)user_id);
	if (!p && change > 0) {
		p = calloc(1, sizeof(*p));
		if (p && hash_set_id(sockets->presence, (uint64_t)user_id, p)) {
			free(p);
			p = NULL;
		}
	}
	if (p) {
		p->user_id = user_id;
		p->sockets += (unsigned)change;
		now = p->sockets;
		if (!now) {
			hash_remove_id(sockets->presence, (uint64_t)user_id);
			free(p);
		}
	}
	pthread_mutex_unlock(&sockets->lock);
	return now;
}

static void tell_presence(struct sockets *sockets, int64_t user_id, bool present)
{
	if (sockets->on_presence)
		sockets->on_presence(user_id, present, sockets->presence_arg);
}

static void say_hello(struct socket *sock)
{
	struct frame *hello;
	struct json_writer w;
	struct buf b;

	buf_init(&b, 1024);
	json_begin(&w, &b);
	json_object(&w);
	json_key(&w, "user_id");
	json_id(&w, sock->actor->user_id);
	json_key(&w, "session_id");
	json_id(&w, sock->actor->session_id);
	json_key(&w, "server_time");
	json_int(&w, clock_now());
	json_object_end(&w);
	hello = b.err ? NULL : write_frame("hello", 0, clock_now(), b.data);
	buf_release(&b);
	if (!hello) {
		socket_close(sock, CLOSE_TRY_LATER);
		return;
	}
	socket_push(sock, hello);
	frame_release(hello);
}

void event_socket_ready(struct web *web, struct socket *sock)
{
	struct sockets *sockets = web->sockets;

	metric_set(web->open_events, (int64_t)atomic_fetch_add(&sockets->open_events, 1) + 1);
	say_hello(sock);
	if (count_presence(sockets, sock->actor->user_id, 1) == 1)
		tell_presence(sockets, sock->actor->user_id, true);
}

void event_socket_gone(struct web *web, struct socket *sock)
{
	struct sockets *sockets = web->sockets;

	metric_set(web->open_events, (int64_t)atomic_fetch_sub(&sockets->open_events, 1) - 1);
	if (count_presence(sockets, sock->actor->user_id, -1) == 0)
		tell_presence(sockets, sock->actor->user_id, false);
}

unsigned web_presence(struct web *web, int64_t user_id)
{
	struct sockets *sockets = web->sockets;
	struct presence *p;
	unsigned now;

	pthread_mutex_lock(&sockets->lock);
	p = hash_get_id(sockets->presence, (uint64_t)user_id);
	now = p ? p->sockets : 0;
	pthread_mutex_unlock(&sockets->lock);
	return now;
}

void web_on_presence(
	struct web *web, void (*fn)(int64_t user_id, bool present, void *arg), void *arg)
{
	web->sockets->on_presence = fn;
	web->sockets->presence_arg = arg;
}
