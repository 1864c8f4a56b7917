/* WebSockets: the queue of frames, pings and closing. */
#include <errno.h>
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "log/log.h"
#include "web/sockets.h"

#define PING_MS       20000
#define PONG_LIMIT_US INT64_C(20000000)
#define CLOSE_LIMIT_S 2  /* for a peer to answer our goodbye */
#define BURST         16 /* frames written before other sockets have their turn */

struct frame *frame_create(const char *text, size_t len)
{
	struct frame *f = malloc(sizeof(*f) + LWS_PRE + len);

	if (!f)
		return NULL;
	f->references = 1;
	f->len = len;
	memcpy(f->data + LWS_PRE, text, len);
	return f;
}

void frame_release(struct frame *f)
{
	if (f && !--f->references)
		free(f);
}

struct sockets *sockets_create(struct web *web)
{
	struct sockets *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->web = web;
	list_init(&s->all);
	pthread_mutex_init(&s->lock, NULL);
	s->by_id = hash_create();
	s->presence = hash_create();
	if (!s->by_id || !s->presence) {
		sockets_free(s);
		return NULL;
	}
	return s;
}

void sockets_free(struct sockets *s)
{
	if (!s)
		return;
	hash_free(s->by_id);
	hash_free(s->presence);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* --- frames --- */

static int make_room(struct socket *sock)
{
	size_t room = sock->room ? sock->room * 2 : 8;
	struct frame **frames = malloc(room * sizeof(struct frame *));

	if (!frames)
		return ENOMEM;
	for (size_t i = 0; i < sock->count; i++)
		frames[i] = sock->frames[(sock->first + i) % sock->room];
	free(sock->frames);
	sock->frames = frames;
	sock->room = room;
	sock->first = 0;
	return 0;
}

static void push(struct socket *sock, struct frame *f)
{
	if (sock->closing)
		return;
	if (!sock->is_sip && sock->count >= MOST_EVENT_FRAMES) {
		socket_close(sock, CLOSE_SLOW);
		return;
	}
	if (sock->count == sock->room && make_room(sock)) {
		socket_close(sock, CLOSE_TRY_LATER);
		return;
	}
	f->references++;
	sock->frames[(sock->first + sock->count++) % sock->room] = f;
}

void socket_push(struct socket *sock, struct frame *f)
{
	push(sock, f);
	if (sock->count)
		lws_callback_on_writable(sock->wsi);
}

static int write_frame(struct socket *sock)
{
	struct frame *f = sock->frames[sock->first];
	int n;

	/* Every socket writes the same head before the text, so the bytes are shared. */
	n = lws_write(sock->wsi, f->data + LWS_PRE, f->len, LWS_WRITE_TEXT);
	sock->first = (sock->first + 1) % sock->room;
	sock->count--;
	if (sock->is_sip)
		atomic_fetch_sub(&sock->waiting, 1);
	frame_release(f);
	return n < 0 ? -1 : 0;
}

void socket_write(struct socket *sock, struct frame *f)
{
	bool over_http2 = lws_get_network_wsi(sock->wsi) != sock->wsi;

	push(sock, f);
	/* Nothing before it, nothing held back: sent at once instead of after another turn of the loop. What the connection does
	 * not take now, libwebsockets keeps and sends on; later frames wait in our queue, which is bounded. */
	if (sock->count == 1 && !sock->closing && !sock->ping_due && !over_http2 &&
		!lws_partial_buffered(sock->wsi)) {
		if (write_frame(sock))
			lws_set_timeout(sock->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
	} else if (sock->count) {
		lws_callback_on_writable(sock->wsi);
	}
}

static int write_ping(struct socket *sock)
{
	/* Not empty: libwebsockets 4.1.6 does not tell of an empty pong. */
	unsigned char ping[LWS_PRE + 1] = { 0 };

	ping[LWS_PRE] = 'p';
	sock->ping_due = false;
	sock->awaits_pong = true;
	sock->pinged_us = monotonic_us();
	return lws_write(sock->wsi, ping + LWS_PRE, 1, LWS_WRITE_PING) < 0 ? -1 : 0;
}

int sockets_writeable(struct web *web, struct lws *wsi, struct session *s)
{
	struct socket *sock = s->socket;

	(void)web;
	if (!sock)
		return 0; /* its close frame has been sent; the answer is awaited */
	if (sock->closing) {
		lws_close_reason(wsi, (enum lws_close_status)sock->code, NULL, 0);
		return -1;
	}
	if (sock->ping_due)
		return write_ping(sock) || (sock->count && lws_callback_on_writable(wsi) < 0) ? -1
											      : 0;
	for (int i = 0; i < BURST && sock->count; i++) {
		if (i && (lws_send_pipe_choked(wsi) || lws_partial_buffered(wsi)))
			break;
		if (write_frame(sock))
			return -1;
	}
	if (sock->count)
		lws_callback_on_writable(wsi);
	return 0;
}

int sockets_receive(
	struct web *web, struct lws *wsi, struct session *s, const char *data, size_t len)
{
	struct socket *sock = s->socket;

	(void)wsi;
	if (!sock || sock->closing || !sock->is_sip)
		return 0; /* an event socket only listens */
	return sip_socket_receive(web, sock, data, len);
}

void sockets_pong(struct session *s)
{
	if (s->socket)
		s->socket->awaits_pong = false;
}

/* --- closing --- */

void socket_close(struct socket *sock, enum close_code code)
{
	if (sock->closing)
		return;
	sock->closing = true;
	sock->code = code;
	lws_rx_flow_control(sock->wsi, 1); /* to see the peer's goodbye */
	/* A peer that takes nothing never becomes writeable; the timeout ends it. */
	lws_set_timeout(sock->wsi, PENDING_TIMEOUT_CLOSE_SEND, CLOSE_LIMIT_S);
	lws_callback_on_writable(sock->wsi);
}

void sockets_closed(struct web *web, struct session *s)
{
	struct sockets *sockets = web->sockets;
	struct socket *sock = s->socket;

	s->socket = NULL;
	if (!sock)
		return;
	pthread_mutex_lock(&sockets->lock);
	hash_remove_id(sockets->by_id, sock->id);
	pthread_mutex_unlock(&sockets->lock);
	if (sock->ready && sock->is_sip)
		sip_socket_gone(web, sock);
	else if (sock->ready)
		event_socket_gone(web, sock);
	list_remove(&sock->link);
	sockets->count--;
	while (sock->count) {
		frame_release(sock->frames[sock->first]);
		sock->first = (sock->first + 1) % sock->room;
		sock->count--;
	}
	if (sock->req)
		request_release(sock->req);
	actor_release((struct actor *)sock->actor);
	buf_release(&sock->message);
	free(sock->frames);
	free(sock->guest_token);
	free(sock);
}

void sockets_close_all(struct web *web)
{
	list_for_each(pos, &web->sockets->all)
		socket_close(list_entry(pos, struct socket, link), CLOSE_GOING_AWAY);
}

void sockets_tick(struct web *web)
{
	int64_t now = clock_mono(), now_us = monotonic_us();

	list_for_each(pos, &web->sockets->all)
	{
		struct socket *sock = list_entry(pos, struct socket, link);

		if (sock->closing)
			continue;
		/* Waiting for a pong is by the real clock: turning the test clock must not end sockets. */
		if (sock->awaits_pong && now_us - sock->pinged_us > PONG_LIMIT_US) {
			socket_close(sock, CLOSE_GOING_AWAY);
		} else if (!sock->awaits_pong && now - sock->pinged_mono >= PING_MS) {
			sock->pinged_mono = now;
			sock->ping_due = true;
			lws_callback_on_writable(sock->wsi);
		}
	}
}

/* --- rights or session changed --- */

struct forget {
	struct web_post post;
	int64_t user_id;
};

static void forget_now(struct web_post *post, struct web *web)
{
	struct forget *f = list_entry(post, struct forget, post);

	list_for_each(pos, &web->sockets->all)
	{
		struct socket *sock = list_entry(pos, struct socket, link);

		if (!f->user_id || (sock->actor && sock->actor->user_id == f->user_id))
			socket_close(sock, CLOSE_NOT_SIGNED_IN);
	}
	free(f);
}

void web_forget_actor(struct web *web, int64_t user_id)
{
	struct forget *f;

	actor_cache_forget(web->actors, user_id);
	f = calloc(1, sizeof(*f));
	if (!f) {
		log_error("web", "out of memory: sockets of a changed session stay open, ignoring",
			NULL);
		return;
	}
	list_init(&f->post.link);
	f->post.fn = forget_now;
	f->user_id = user_id;
	web_post(web, &f->post);
}
