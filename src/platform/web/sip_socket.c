/* SIP over WebSocket (RFC 7118): whole messages in, whole messages out, nothing understood here. */
#include <errno.h>
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>
#include "web/sockets.h"

void web_set_sip(struct web *web, const struct web_sip *sip)
{
	web->sockets->sip = *sip;
	atomic_store(&web->sockets->has_sip, true);
}

void sip_socket_ready(struct web *web, struct socket *sock)
{
	const struct web_sip *sip = &web->sockets->sip;
	const struct actor *actor = sock->actor ? sock->actor : actor_nobody();

	if (sip->open(sock->id, actor, sock->guest_token, sock->address, sock->port, sip->arg)) {
		sock->ready = false; /* refused: there is no close to tell */
		socket_close(sock, CLOSE_REFUSED);
		return;
	}
	metric_add(web->open_sip, 1);
}

void sip_socket_gone(struct web *web, struct socket *sock)
{
	metric_add(web->open_sip, -1);
	web->sockets->sip.close(sock->id, web->sockets->sip.arg);
}

int sip_socket_receive(struct web *web, struct socket *sock, const char *data, size_t len)
{
	const struct web_sip *sip = &web->sockets->sip;

	if (!sock->ready)
		return 0;
	if (lws_frame_is_binary(sock->wsi)) {
		socket_close(sock, CLOSE_NOT_TEXT);
		return 0;
	}
	if (buf_append(&sock->message, data, len)) {
		socket_close(sock, CLOSE_TOO_BIG);
		return 0;
	}
	if (!lws_is_final_fragment(sock->wsi) || lws_remaining_packet_payload(sock->wsi))
		return 0;
	if (sock->message.len)
		sip->receive(sock->id, sock->message.data, sock->message.len, sip->arg);
	buf_clear(&sock->message);
	if (sock->message.size >
		16384) /* hundreds of phones: do not keep the largest message of each */
		buf_release(&sock->message);
	return 0;
}

struct sip_post {
	struct web_post post;
	uint64_t connection;
	struct frame *frame; /* NULL: close */
};

static void send_now(struct web_post *post, struct web *web)
{
	struct sip_post *p = list_entry(post, struct sip_post, post);
	struct socket *sock = socket_find(web->sockets, p->connection);

	if (sock && p->frame)
		socket_write(sock, p->frame);
	else if (sock)
		socket_close(sock, CLOSE_NORMAL);
	frame_release(p->frame);
	free(p);
}

int web_sip_send(struct web *web, uint64_t connection, const char *data, size_t len)
{
	struct sockets *sockets = web->sockets;
	struct sip_post *p;
	struct socket *sock;
	int err = 0;

	p = calloc(1, sizeof(*p));
	if (!p)
		return ENOMEM;
	p->connection = connection;
	p->frame = frame_create(data, len);
	if (!p->frame) {
		free(p);
		return ENOMEM;
	}
	list_init(&p->post.link);
	p->post.fn = send_now;
	pthread_mutex_lock(&sockets->lock);
	sock = hash_get_id(sockets->by_id, connection);
	if (!sock || !sock->is_sip)
		err = ENOTCONN;
	else if (atomic_load(&sock->waiting) >= MOST_SIP_FRAMES)
		err = ENOBUFS;
	else
		atomic_fetch_add(&sock->waiting, 1);
	pthread_mutex_unlock(&sockets->lock);
	if (err) {
		frame_release(p->frame);
		free(p);
		return err;
	}
	return web_post(web, &p->post);
}

void web_sip_close(struct web *web, uint64_t connection)
{
	struct sip_post *p = calloc(1, sizeof(*p));

	if (!p)
		return; /* the phone's own timers end the connection */
	list_init(&p->post.link);
	p->post.fn = send_now;
	p->connection = connection;
	web_post(web, &p->post);
}
