/* The web thread: libwebsockets, its callback, and the mailbox through which other threads reach it. */
#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "clock/clock.h"
#include "log/log.h"
#include "web/web_private.h"

#define TICK_US       (1 * LWS_USEC_PER_SEC)
#define STOP_LIMIT_US (12 * LWS_USEC_PER_SEC) /* longer than a deferred request may take */
#define GOODBYE_US                                                                                 \
	(1 * LWS_USEC_PER_SEC) /* for browsers to answer the closing of their WebSockets */
#define HEADER_BYTES 16384     /* of one request */
#define WANTED_FILES 65536

/* Posts that come when there is no web thread run one at a time, wherever they come from. */
static pthread_mutex_t without_thread = PTHREAD_MUTEX_INITIALIZER;

int web_post(struct web *web, struct web_post *post)
{
	bool closed;

	pthread_mutex_lock(&web->post_lock);
	closed = web->posts_closed;
	if (!closed) {
		/* Under the lock: the context cannot be destroyed meanwhile. */
		if (list_empty(&web->posts) && web->wakeable)
			lws_cancel_service(web->context);
		list_append(&web->posts, &post->link);
	}
	pthread_mutex_unlock(&web->post_lock);
	if (closed) {
		pthread_mutex_lock(&without_thread);
		post->fn(post, web);
		pthread_mutex_unlock(&without_thread);
	}
	return 0;
}

static void run_posts(struct web *web)
{
	struct list posts;

	list_init(&posts);
	pthread_mutex_lock(&web->post_lock);
	if (!list_empty(&web->posts)) {
		posts = web->posts;
		posts.next->prev = posts.prev->next = &posts;
		list_init(&web->posts);
	}
	pthread_mutex_unlock(&web->post_lock);
	while (!list_empty(&posts)) {
		struct list *link = posts.next;
		struct web_post *post = list_entry(link, struct web_post, link);

		list_remove(link);
		post->fn(post, web);
	}
}

static int callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct web *web = lws_context_user(lws_get_context(wsi));
	struct session *s = user;
	int status;

	switch (reason) {
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		run_posts(web);
		return 0;
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return web->connections >= MOST_CONNECTIONS;
	case LWS_CALLBACK_WSI_CREATE:
		metric_set(web->open_connections, (int64_t)++web->connections);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		metric_set(web->open_connections, (int64_t)--web->connections);
		return 0;
	case LWS_CALLBACK_HTTP:
		return http_request(web, wsi, s);
	case LWS_CALLBACK_HTTP_BODY:
		return http_body(s, in, len);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return http_body_end(s);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return send_some(web, wsi, s);
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
	case LWS_CALLBACK_CLOSED_HTTP:
		if (s && s->kind == SESSION_HTTP)
			http_closed(s);
		return 0;
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		if (strcasecmp(in, "websocket"))
			return 0;
		status = sockets_check(web, wsi);
		if (!status)
			return 0;
		return lws_return_http_status(wsi, (unsigned)status, NULL) ? -1 : 1;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return sockets_check(web, wsi) || sockets_open(web, wsi, s) ? -1 : 0;
	case LWS_CALLBACK_ESTABLISHED:
		return sockets_opened(web, wsi, s);
	case LWS_CALLBACK_RECEIVE:
		return sockets_receive(web, wsi, s, in, len);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return sockets_writeable(web, wsi, s);
	case LWS_CALLBACK_RECEIVE_PONG:
		sockets_pong(s);
		return 0;
	case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL: /* comes before the close frame is sent */
		if (s && s->kind == SESSION_SOCKET)
			sockets_closed(web, s);
		return 0;
	case LWS_CALLBACK_CLOSED:
		if (s && s->kind == SESSION_SOCKET) {
			sockets_closed(web, s);
			web->session_count--;
		}
		return 0;
	default:
		return 0;
	}
}

/* The first protocol serves HTTP, and the WebSockets that name none; `sip` is what browsers' phones ask for. */
static const struct lws_protocols protocols[] = {
	{ .name = "sip",
		.callback = callback,
		.per_session_data_size = sizeof(struct session),
		.rx_buffer_size = 65536,
		.tx_packet_size = LWS_PRE + HEAD_SIZE + PIECE_SIZE },
	{ .name = NULL },
};

struct tick {
	lws_sorted_usec_list_t sul;
	struct web *web;
};

static void ticked(lws_sorted_usec_list_t *sul)
{
	struct tick *tick = lws_container_of(sul, struct tick, sul);

	http_tick(tick->web);
	sockets_tick(tick->web);
	lws_sul_schedule(tick->web->context, 0, &tick->sul, ticked, TICK_US);
}

struct turned { /* the test clock was turned */
	struct web_post post;
};

static void tick_now(struct web_post *post, struct web *web)
{
	if (web->context) {
		http_tick(web);
		sockets_tick(web);
	}
	free(list_entry(post, struct turned, post));
}

static void clock_turned(void *arg)
{
	struct turned *t = calloc(1, sizeof(*t));

	if (!t)
		return; /* the next second's tick sees it */
	list_init(&t->post.link);
	t->post.fn = tick_now;
	web_post(arg, &t->post);
}

static void serve(struct web *web)
{
	lws_usec_t now, stop_at = 0, goodbye_at = 0;

	for (;;) {
		ev_run(web->loop, EVRUN_ONCE);
		if (!atomic_load(&web->stopping))
			continue;
		now = lws_now_usecs();
		if (!stop_at) {
			stop_at = now + STOP_LIMIT_US;
			goodbye_at = now + GOODBYE_US;
			sockets_close_all(web);
		}
		if (now > stop_at)
			break;
		if (!web->under_way_count && (!web->session_count || now > goodbye_at))
			break;
	}
}

static void *web_thread(void *arg)
{
	struct web *web = arg;
	struct tick tick = { .web = web };

	lws_sul_schedule(web->context, 0, &tick.sul, ticked, TICK_US);
	serve(web);
	lws_sul_cancel(&tick.sul);
	pthread_mutex_lock(&web->post_lock);
	web->wakeable = false;
	pthread_mutex_unlock(&web->post_lock);
	lws_context_destroy(web->context); /* tells every session that it is closed */
	ev_loop_destroy(web->loop);
	pthread_mutex_lock(&web->post_lock);
	web->context = NULL;
	web->posts_closed = true;
	pthread_mutex_unlock(&web->post_lock);
	run_posts(web);
	return NULL;
}

static void log_line(int level, const char *line)
{
	static struct log_limit limit;
	char text[256];
	const char *body = strstr(line, ": ");

	/* libwebsockets says "warning" of every client that hangs up early: for us that is no news. */
	if (!(level & LLL_ERR) || !log_allowed(&limit, 10))
		return;
	snprintf(text, sizeof(text), "%s", body ? body + 2 : line);
	text[strcspn(text, "\n")] = '\0';
	log_warn("web", "libwebsockets", "text", text, NULL);
}

/* libwebsockets does not say why it cannot listen; this does. */
static int try_bind(const char *address, int port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	bool is_six = address && strchr(address, ':');
	int fd, one = 1, err = 0;

	if (address && !(is_six ? inet_pton(AF_INET6, address, &six.sin6_addr)
				: inet_pton(AF_INET, address, &four.sin_addr)))
		return EINVAL;
	fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (is_six ? bind(fd, (struct sockaddr *)&six, sizeof(six))
		   : bind(fd, (struct sockaddr *)&four, sizeof(four)))
		err = errno;
	close(fd);
	return err;
}

/* libwebsockets sizes its tables by this; given a limit of its own below it, it would search them from end to end. */
static void raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur >= WANTED_FILES)
		return;
	files.rlim_cur = files.rlim_max < WANTED_FILES ? files.rlim_max : WANTED_FILES;
	if (setrlimit(RLIMIT_NOFILE, &files))
		log_warn("web", "cannot raise the limit of open files, ignoring", NULL);
}

static void destroy_context(struct web *web)
{
	lws_context_destroy(web->context);
	web->context = NULL;
	ev_loop_destroy(web->loop);
}

static int create_context(struct web *web)
{
	const struct web_config *config = &web->config;
	bool any = !config->address || !strcmp(config->address, "0.0.0.0") ||
		   !strcmp(config->address, "::");
	struct lws_context_creation_info info;
	void *loops[1];

	memset(&info, 0, sizeof(info));
	raise_file_limit();
	/* With poll, the default, each answer would cost a walk through all open event sockets: 13 times less throughput beside
	 * 2,000 browsers. libwebsockets brings libev along (libwebsockets-evlib-ev). */
	web->loop = loops[0] = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
	if (!web->loop)
		return ENOMEM;
	info.foreign_loops = loops;
	lws_set_log_level(
		getenv("LWSDBG") ? 1023 : LLL_ERR, getenv("LWSDBG") ? lwsl_emit_stderr : log_line);
	info.port = config->port;
	info.iface = any ? NULL : config->address;
	info.protocols = protocols;
	info.user = web;
	info.max_http_header_data2 = HEADER_BYTES;
	info.pt_serv_buf_size = 16384;
	info.timeout_secs = 20;
	info.keepalive_timeout = 75;
	info.alpn = "http/1.1,h2";
	info.options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		       LWS_SERVER_OPTION_VALIDATE_UTF8;
	if (!config->address || !strchr(config->address, ':'))
		info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	if (config->certificate) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = config->certificate;
		info.ssl_private_key_filepath = config->private_key;
	}
	web->context = lws_create_context(&info);
	if (!web->context) {
		ev_loop_destroy(web->loop);
		return ENOMEM;
	}
	info.options |= LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	web->vhost = lws_create_vhost(web->context, &info);
	if (!web->vhost) {
		destroy_context(web);
		return config->certificate ? EINVAL : EADDRINUSE;
	}
	web->port = lws_get_vhost_listen_port(web->vhost);
	return 0;
}

int server_start(struct web *web)
{
	int err = try_bind(web->config.address, web->config.port);

	if (err)
		return err;
	web->scratch = malloc(LWS_PRE + HEAD_SIZE + PIECE_SIZE);
	web->limiter = limiter_create();
	if (!web->scratch || !web->limiter)
		return ENOMEM;
	err = create_context(web);
	if (err)
		return err;
	web->posts_closed = false;
	web->wakeable = true;
	err = pthread_create(&web->thread, NULL, web_thread, web);
	if (err) {
		web->posts_closed = true;
		destroy_context(web);
		return err;
	}
	pthread_setname_np(web->thread, "web");
	web->thread_runs = true;
	clock_watch(clock_turned, web);
	return 0;
}

void server_stop(struct web *web)
{
	if (!web->thread_runs)
		return;
	clock_unwatch(clock_turned, web);
	atomic_store(&web->stopping, true);
	clock_turned(web); /* wakes it */
	pthread_join(web->thread, NULL);
	web->thread_runs = false;
}
