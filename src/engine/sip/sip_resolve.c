/* Server location with c-ares: NAPTR, then SRV, then addresses. */
#include "sip/sip_resolve.h"
#include <ares.h>
#include <ares_dns.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include "list.h"
#include "loop/loop.h"
#include "sip/sip_key.h"

#define SERVERS_MAX 8
#define TIMEOUT_MS  2000
#define TRIES       2

/* A socket of c-ares that the loop watches. */
struct watch {
	struct list item;
	struct loop_fd fd;
	struct sip_resolver *resolver;
};

struct sip_resolver {
	struct loop *loop;
	ares_channel channel;
	struct list watches, lookups;
	struct loop_timer timer;
	bool freeing;
};

struct server {
	char name[256];
	int port, priority;
	unsigned weight;
};

struct sip_lookup {
	struct list item;
	struct sip_resolver *resolver; /* NULL: cancelled, c-ares still holds it */
	sip_resolve_h *h;
	void *arg;
	char host[256];
	int port;
	enum sip_transport transport, asked; /* asked: what the caller wanted */
	struct server servers[SERVERS_MAX];
	size_t server_count, server_next;
	struct sip_peer peers[SIP_RESOLVE_MAX];
	size_t count;
	unsigned srv_tried;
	bool done; /* a timer has it, not c-ares */
	struct loop_timer tell;
};

static void arm(struct sip_resolver *r);

static void on_socket(uint32_t events, void *arg)
{
	struct watch *w = arg;
	struct sip_resolver *r = w->resolver;
	ares_socket_t fd = w->fd.fd;

	ares_process_fd(r->channel, events & (EPOLLIN | EPOLLERR | EPOLLHUP) ? fd : ARES_SOCKET_BAD,
		events & EPOLLOUT ? fd : ARES_SOCKET_BAD);
	arm(r);
}

static void on_timer(void *arg)
{
	struct sip_resolver *r = arg;

	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(r);
}

static void arm(struct sip_resolver *r)
{
	struct timeval tv, *left = ares_timeout(r->channel, NULL, &tv);

	if (left)
		loop_timer_set(r->loop, &r->timer, left->tv_sec * 1000 + left->tv_usec / 1000 + 1,
			on_timer, r);
	else
		loop_timer_cancel(r->loop, &r->timer);
}

static void on_state(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct sip_resolver *r = arg;
	uint32_t events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0);
	struct watch *w = NULL;

	list_for_each(pos, &r->watches)
	{
		if (list_entry(pos, struct watch, item)->fd.fd == fd)
			w = list_entry(pos, struct watch, item);
	}
	if (w && events) {
		loop_fd_change(r->loop, &w->fd, events);
	} else if (w) {
		loop_fd_remove(r->loop, &w->fd);
		list_remove(&w->item);
		free(w);
	} else if (events) {
		w = calloc(1, sizeof(*w));
		if (!w)
			return;
		w->resolver = r;
		if (loop_fd_add(r->loop, &w->fd, fd, events, on_socket, w)) {
			free(w);
			return;
		}
		list_append(&r->watches, &w->item);
	}
}

int sip_resolver_create(struct sip_resolver **resolverp, struct loop *loop)
{
	struct sip_resolver *r = calloc(1, sizeof(*r));
	struct ares_options options = { .timeout = TIMEOUT_MS,
		.tries = TRIES,
		.sock_state_cb = on_state,
		.sock_state_cb_data = r };

	if (!r)
		return ENOMEM;
	r->loop = loop;
	list_init(&r->watches);
	list_init(&r->lookups);
	if (ares_library_init(ARES_LIB_INIT_ALL) ||
		ares_init_options(&r->channel, &options,
			ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB)) {
		free(r);
		return EIO;
	}
	*resolverp = r;
	return 0;
}

int sip_resolver_servers(struct sip_resolver *r, const char *servers)
{
	return ares_set_servers_ports_csv(r->channel, servers) ? EINVAL : 0;
}

static void lookup_free(struct sip_lookup *l)
{
	if (l->resolver)
		loop_timer_cancel(l->resolver->loop, &l->tell);
	list_remove(&l->item);
	free(l);
}

void sip_resolver_free(struct sip_resolver *r)
{
	if (!r)
		return;
	r->freeing = true;
	ares_destroy(r->channel); /* calls back every query, which frees its lookup */
	list_for_each_safe(pos, tmp, &r->lookups)
		lookup_free(list_entry(pos, struct sip_lookup, item));
	list_for_each_safe(pos, tmp, &r->watches)
	{
		struct watch *w = list_entry(pos, struct watch, item);

		loop_fd_remove(r->loop, &w->fd);
		free(w);
	}
	loop_timer_cancel(r->loop, &r->timer);
	free(r);
}

/* --- one lookup: every step ends in exactly one next step or in finish --- */

static void ask_address(struct sip_lookup *l);
static void ask_srv(struct sip_lookup *l);

static void tell(void *arg)
{
	struct sip_lookup *l = arg;

	list_remove(&l->item);
	l->h(l->peers, l->count, l->arg);
	free(l);
}

static void finish(struct sip_lookup *l)
{
	if (!l->resolver || l->resolver->freeing) {
		lookup_free(l);
		return;
	}
	l->done = true;
	loop_timer_set(l->resolver->loop, &l->tell, 0, tell, l);
}

static bool gone(struct sip_lookup *l, int status)
{
	if (l->resolver && !l->resolver->freeing && status != ARES_EDESTRUCTION)
		return false;
	lookup_free(l);
	return true;
}

static void add_address(struct sip_lookup *l, const struct sockaddr *sa, int port)
{
	struct sip_peer *p = &l->peers[l->count];

	if (l->count == SIP_RESOLVE_MAX || (sa->sa_family != AF_INET && sa->sa_family != AF_INET6))
		return;
	memset(p, 0, sizeof(*p));
	p->transport = (uint8_t)l->transport;
	if (sa->sa_family == AF_INET)
		memcpy(&p->addr.in4, sa, sizeof(p->addr.in4));
	else
		memcpy(&p->addr.in6, sa, sizeof(p->addr.in6));
	sip_inet_set_port(&p->addr, port);
	l->count++;
}

static void on_address(void *arg, int status, int timeouts, struct ares_addrinfo *result)
{
	struct sip_lookup *l = arg;
	const struct server *s = &l->servers[l->server_next];

	(void)timeouts;
	if (gone(l, status)) {
		ares_freeaddrinfo(result);
		return;
	}
	/* IPv4 first: most networks that have both reach a carrier by it for certain. */
	for (int family = 0; result && family < 2; family++) {
		for (struct ares_addrinfo_node *n = result->nodes; n; n = n->ai_next) {
			if (n->ai_family == (family ? AF_INET6 : AF_INET))
				add_address(l, n->ai_addr, s->port);
		}
	}
	ares_freeaddrinfo(result);
	l->server_next++;
	ask_address(l);
}

static void ask_address(struct sip_lookup *l)
{
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM };
	struct sip_resolver *r = l->resolver;

	if (l->server_next == l->server_count || l->count == SIP_RESOLVE_MAX) {
		finish(l);
		return;
	}
	ares_getaddrinfo(r->channel, l->servers[l->server_next].name, NULL, &hints, on_address, l);
	/* l may be gone by now: c-ares answers from its own hosts file at once. */
	arm(r);
}

static void plain_host(struct sip_lookup *l)
{
	struct server *s = &l->servers[0];

	if (l->transport == SIP_TRANSPORT_OTHER)
		l->transport = SIP_TRANSPORT_UDP;
	memcpy(s->name, l->host, sizeof(s->name));
	s->port = l->port ? l->port : l->transport == SIP_TRANSPORT_TLS ? 5061 : 5060;
	l->server_count = 1;
	ask_address(l);
}

/* RFC 2782: by priority, within one by chance in proportion to weight. */
static void order_servers(struct sip_lookup *l)
{
	for (size_t i = 0; i + 1 < l->server_count; i++) {
		size_t best = i;
		unsigned total = 0, pick;
		struct server swap;

		for (size_t k = i; k < l->server_count; k++) {
			if (l->servers[k].priority < l->servers[best].priority)
				best = k;
		}
		for (size_t k = i; k < l->server_count; k++)
			total += l->servers[k].priority == l->servers[best].priority
					 ? l->servers[k].weight + 1
					 : 0;
		pick = sip_random_below(total);
		for (size_t k = i; k < l->server_count; k++) {
			if (l->servers[k].priority != l->servers[best].priority)
				continue;
			if (pick < l->servers[k].weight + 1) {
				best = k;
				break;
			}
			pick -= l->servers[k].weight + 1;
		}
		swap = l->servers[i];
		l->servers[i] = l->servers[best];
		l->servers[best] = swap;
	}
}

static void on_srv(void *arg, int status, int timeouts, unsigned char *data, int len)
{
	struct sip_lookup *l = arg;
	struct ares_srv_reply *reply = NULL;

	(void)timeouts;
	if (gone(l, status))
		return;
	if (status == ARES_SUCCESS && !ares_parse_srv_reply(data, len, &reply)) {
		for (const struct ares_srv_reply *s = reply; s && l->server_count < SERVERS_MAX;
			s = s->next) {
			struct server *to = &l->servers[l->server_count];

			if (!strcmp(s->host, ".") || strlen(s->host) >= sizeof(to->name))
				continue;
			memcpy(to->name, s->host, strlen(s->host) + 1);
			to->port = s->port;
			to->priority = s->priority;
			to->weight = s->weight;
			l->server_count++;
		}
		ares_free_data(reply);
	}
	if (l->server_count) {
		order_servers(l);
		ask_address(l);
	} else {
		ask_srv(l);
	}
}

/* The transports to ask for, in order; one when it is fixed. */
static void ask_srv(struct sip_lookup *l)
{
	static const struct {
		enum sip_transport transport;
		const char *prefix;
	} kinds[] = {
		{ SIP_TRANSPORT_UDP, "_sip._udp." },
		{ SIP_TRANSPORT_TCP, "_sip._tcp." },
		{ SIP_TRANSPORT_TLS, "_sips._tcp." },
	};
	struct sip_resolver *r = l->resolver;
	char name[300];

	while (l->srv_tried < 3) {
		unsigned i = l->srv_tried++;

		if (l->asked != SIP_TRANSPORT_OTHER && l->asked != kinds[i].transport)
			continue;
		l->transport = kinds[i].transport;
		snprintf(name, sizeof(name), "%s%s", kinds[i].prefix, l->host);
		ares_query(r->channel, name, C_IN, T_SRV, on_srv, l);
		arm(r);
		return;
	}
	l->transport = l->asked;
	plain_host(l);
}

/* The best NAPTR whose service we speak decides about the transport (RFC 3263 4.1). */
static void on_naptr(void *arg, int status, int timeouts, unsigned char *data, int len)
{
	static const struct {
		const char *service;
		enum sip_transport transport;
	} services[] = {
		{ "SIP+D2U", SIP_TRANSPORT_UDP },
		{ "SIP+D2T", SIP_TRANSPORT_TCP },
		{ "SIPS+D2T", SIP_TRANSPORT_TLS },
	};
	struct ares_naptr_reply *reply = NULL;
	struct sip_lookup *l = arg;
	long best = -1;

	(void)timeouts;
	if (gone(l, status))
		return;
	if (status == ARES_SUCCESS && !ares_parse_naptr_reply(data, len, &reply)) {
		for (const struct ares_naptr_reply *n = reply; n; n = n->next) {
			long rank = (long)n->order * 65536 + n->preference;

			for (size_t i = 0; i < 3; i++) {
				if (strcasecmp((const char *)n->service, services[i].service) ||
					(best >= 0 && rank >= best))
					continue;
				best = rank;
				l->asked = services[i].transport;
			}
		}
		ares_free_data(reply);
	}
	ask_srv(l);
}

static void begin(void *arg)
{
	struct sip_lookup *l = arg;
	struct sip_resolver *r = l->resolver;

	l->done = false;
	if (l->port) {
		plain_host(l);
	} else if (l->asked == SIP_TRANSPORT_OTHER) {
		ares_query(r->channel, l->host, C_IN, T_NAPTR, on_naptr, l);
		arm(r);
	} else {
		ask_srv(l);
	}
}

struct sip_lookup *sip_resolve(
	struct sip_resolver *r, const struct sip_resolve_query *query, sip_resolve_h *h, void *arg)
{
	struct sip_lookup *l;
	struct sip_inet addr;

	if (!r || r->freeing || !query->host || strlen(query->host) >= sizeof(l->host))
		return NULL;
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->resolver = r;
	l->h = h;
	l->arg = arg;
	memcpy(l->host, query->host, strlen(query->host) + 1);
	l->port = query->port;
	l->asked = l->transport = query->transport;
	list_append(&r->lookups, &l->item);
	if (!sip_inet_parse(&addr, l->host, 0)) {
		if (l->transport == SIP_TRANSPORT_OTHER)
			l->transport = SIP_TRANSPORT_UDP;
		add_address(l, &addr.sa,
			l->port                             ? l->port
			: l->transport == SIP_TRANSPORT_TLS ? 5061
							    : 5060);
		l->done = true;
		loop_timer_set(r->loop, &l->tell, 0, tell, l);
	} else {
		/* Not now: c-ares may answer from inside. */
		l->done = true;
		loop_timer_set(r->loop, &l->tell, 0, begin, l);
	}
	return l;
}

void sip_lookup_cancel(struct sip_lookup *l)
{
	if (!l)
		return;
	if (l->done) {
		lookup_free(l);
		return;
	}
	/* c-ares has it: it is freed when its answer comes. */
	list_remove(&l->item);
	l->resolver = NULL;
}
