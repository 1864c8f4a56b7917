/* WebSockets, shared by their two kinds. The web thread's, unless said otherwise. */
#ifndef HOTLINE_PLATFORM_WEB_SOCKETS_H
#define HOTLINE_PLATFORM_WEB_SOCKETS_H

#include "web/web_private.h"

#define MOST_EVENT_FRAMES 1000 /* waiting for one browser; then it is dropped */
#define MOST_SIP_FRAMES   256
#define MOST_SIP_MESSAGE  65536
#define MOST_SOCKETS      10000

enum close_code {
	CLOSE_NORMAL = 1000,
	CLOSE_GOING_AWAY = 1001,
	CLOSE_NOT_TEXT = 1003,
	CLOSE_TOO_BIG = 1009,
	CLOSE_TRY_LATER = 1013,
	CLOSE_NOT_SIGNED_IN =
		4401, /* also: the session or its rights changed; sign in or connect again */
	CLOSE_REFUSED = 4403,
	CLOSE_SLOW = 4408,
};

struct frame {          /* one message for any number of sockets */
	int references; /* web thread only */
	size_t len;
	unsigned char data[]; /* room for the frame's head, then len bytes */
};

struct socket {
	struct list link;
	struct lws *wsi;
	struct web_request *req; /* its headers, while it is being found out who opened it */
	const struct actor *actor;
	uint64_t id;
	bool is_sip, ready, closing, ping_due, awaits_pong;
	enum close_code code;
	char *guest_token;
	char address[48];
	int port;
	int64_t pinged_mono, pinged_us;
	struct frame **frames; /* a ring */
	size_t first, count, room;
	atomic_uint waiting; /* SIP frames posted and not yet written; any thread */
	struct buf message;  /* SIP message being received */
};

struct presence {
	int64_t user_id;
	unsigned sockets;
};

struct sockets {
	struct web *web;
	struct list all;
	size_t count;
	pthread_mutex_t lock;  /* by_id, presence */
	struct hash *by_id;    /* socket by connection id */
	struct hash *presence; /* struct presence by user */
	atomic_size_t open_events;
	atomic_ullong last_id;
	struct web_sip sip;
	atomic_bool has_sip;
	void (*on_presence)(int64_t user_id, bool present, void *arg);
	void *presence_arg;
};

struct frame *frame_create(const char *text, size_t len); /* one reference */
void frame_release(struct frame *f);
/* Both take a reference of their own. push: when the connection is writeable; write: at once if it can be. */
void socket_push(struct socket *sock, struct frame *f);
void socket_write(struct socket *sock, struct frame *f);
void socket_close(struct socket *sock, enum close_code code);
struct socket *socket_find(struct sockets *sockets, uint64_t id);

/* --- event_socket.c --- */
int event_sockets_listen(struct web *web);
void event_sockets_unlisten(struct web *web);
void event_socket_ready(struct web *web, struct socket *sock);
void event_socket_gone(struct web *web, struct socket *sock);

/* --- sip_socket.c --- */
void sip_socket_ready(struct web *web, struct socket *sock);
int sip_socket_receive(struct web *web, struct socket *sock, const char *data, size_t len);
void sip_socket_gone(struct web *web, struct socket *sock);

#endif
