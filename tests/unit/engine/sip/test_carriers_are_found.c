/* Server location against a name server of our own: NAPTR, SRV in order of priority, addresses, names that do not exist. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "check.h"
#include "engine/sip/sip_resolve.h"
#include "engine/sip/sip_key.h"
#include "clock/clock.h"
#include "engine/sip/sip_stack.h"
#include "loop/loop.h"
#include "sip_test_peer.h"

enum { A = 1, SRV = 33, NAPTR = 35, AAAA = 28 };

struct record {
	const char *name;
	int type;
	int priority, port; /* SRV: weight 0; NAPTR: order, preference 0 */
	const char *value;  /* address, host, or service */
};

static atomic_int second_port; /* of two.example, known when its stack runs */

static const struct record records[] = {
	{ "_sip._udp.two.example", SRV, 1, 9, "here.example" }, /* nobody there */
	{ "_sip._udp.two.example", SRV, 2, 0, "here.example" }, /* second_port */
	{ "here.example", A, 0, 0, "127.0.0.1" },
	{ "carrier.example", NAPTR, 20, 0, "SIP+D2U" },
	{ "carrier.example", NAPTR, 10, 0, "SIP+D2T" },
	{ "carrier.example", NAPTR, 5, 0, "E2U+sip" },
	{ "_sip._tcp.carrier.example", SRV, 20, 5070, "b.carrier.example" },
	{ "_sip._tcp.carrier.example", SRV, 10, 5080, "a.carrier.example" },
	{ "a.carrier.example", A, 0, 0, "192.0.2.10" },
	{ "b.carrier.example", A, 0, 0, "192.0.2.20" },
	{ "b.carrier.example", AAAA, 0, 0, "2001:db8::20" },
	{ "plain.example", A, 0, 0, "192.0.2.30" },
	{ "_sip._udp.small.example", SRV, 1, 5062, "a.carrier.example" },
};

static struct server {
	int fd;
	pthread_t thread;
	char address[32];
} server;

static struct loop *loop;
static struct sip_resolver *resolver;

static size_t put_name(unsigned char *p, const char *name)
{
	size_t n = 0;

	while (*name) {
		size_t len = strcspn(name, ".");

		p[n++] = (unsigned char)len;
		memcpy(p + n, name, len);
		n += len;
		name += len + (name[len] == '.');
	}
	p[n++] = 0;
	return n;
}

static size_t put16(unsigned char *p, int v)
{
	p[0] = (unsigned char)(v >> 8);
	p[1] = (unsigned char)v;
	return 2;
}

static size_t put_text(unsigned char *p, const char *text)
{
	p[0] = (unsigned char)strlen(text);
	memcpy(p + 1, text, strlen(text));
	return strlen(text) + 1;
}

static size_t put_record(unsigned char *p, const struct record *r)
{
	size_t n = 0, length_at;

	n += put16(p + n, 0xc00c);
	n += put16(p + n, r->type);
	n += put16(p + n, 1);
	n += put16(p + n, 0);
	n += put16(p + n, 60);
	length_at = n;
	n += 2;
	if (r->type == A) {
		inet_pton(AF_INET, r->value, p + n);
		n += 4;
	} else if (r->type == AAAA) {
		inet_pton(AF_INET6, r->value, p + n);
		n += 16;
	} else {
		n += put16(p + n, r->priority);
		n += put16(p + n, 0);
		if (r->type == SRV) {
			n += put16(p + n, r->port ? r->port : atomic_load(&second_port));
			n += put_name(p + n, r->value);
		} else {
			n += put_text(p + n, "s");
			n += put_text(p + n, r->value);
			n += put_text(p + n, "");
			n += put_name(p + n, "x.example");
		}
	}
	put16(p + length_at, (int)(n - length_at - 2));
	return n;
}

/* One question in, its records out; NXDOMAIN when there are none. */
static size_t answer(unsigned char *msg, size_t len)
{
	char name[256] = "";
	size_t at = 12, n = 0, end;
	int type, count = 0;

	while (at < len && msg[at]) {
		memcpy(name + n, msg + at + 1, msg[at]);
		n += msg[at];
		name[n++] = '.';
		at += (size_t)msg[at] + 1;
	}
	name[n ? n - 1 : 0] = 0;
	type = msg[at + 1] << 8 | msg[at + 2];
	end = at + 5;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		if (records[i].type == type && !strcasecmp(records[i].name, name)) {
			end += put_record(msg + end, &records[i]);
			count++;
		}
	}
	put16(msg + 2, count ? 0x8180 : 0x8183);
	put16(msg + 6, count);
	put16(msg + 8, 0);
	put16(msg + 10, 0);
	return end;
}

static void *serve(void *arg)
{
	unsigned char msg[2048];
	struct sockaddr_in from;

	(void)arg;
	for (;;) {
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(server.fd, msg, 512, 0, (struct sockaddr *)&from, &len);

		if (n < 13)
			return NULL; /* the end is an empty datagram */
		n = (ssize_t)answer(msg, (size_t)n);
		sendto(server.fd, msg, (size_t)n, 0, (struct sockaddr *)&from, len);
	}
}

static void create_resolver(void *arg)
{
	(void)arg;
	assert_ok(sip_resolver_create(&resolver, loop));
	assert_ok(sip_resolver_servers(resolver, server.address));
}

static void free_resolver(void *arg)
{
	(void)arg;
	sip_resolver_free(resolver);
}

static int set_up(void **state)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);

	(void)state;
	assert_ok(sip_key_init());
	server.fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(getsockname(server.fd, (struct sockaddr *)&addr, &len), 0);
	snprintf(server.address, sizeof(server.address), "127.0.0.1:%d", ntohs(addr.sin_port));
	assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
	assert_ok(loop_create(&loop, "resolve"));
	assert_ok(loop_start(loop));
	loop_call(loop, create_resolver, NULL);
	return 0;
}

static int tear_down(void **state)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	(void)state;
	loop_call(loop, free_resolver, NULL);
	loop_stop(loop);
	loop_free(loop);
	getsockname(server.fd, (struct sockaddr *)&addr, &len);
	sendto(server.fd, "", 0, 0, (struct sockaddr *)&addr, len);
	pthread_join(server.thread, NULL);
	close(server.fd);
	return 0;
}

struct asked {
	struct sip_resolve_query query;
	struct sip_lookup *lookup;
	struct sip_peer peers[SIP_RESOLVE_MAX];
	size_t count;
	pthread_mutex_t lock;
	pthread_cond_t news;
	bool done;
};

static void on_found(const struct sip_peer *peers, size_t count, void *arg)
{
	struct asked *a = arg;

	pthread_mutex_lock(&a->lock);
	memcpy(a->peers, peers, count * sizeof(*peers));
	a->count = count;
	a->done = true;
	pthread_cond_signal(&a->news);
	pthread_mutex_unlock(&a->lock);
}

static void ask(void *arg)
{
	struct asked *a = arg;

	a->lookup = sip_resolve(resolver, &a->query, on_found, a);
	assert_non_null(a->lookup);
	assert_false(a->done); /* never from inside */
}

static void find(struct asked *a, const char *host, int port, enum sip_transport transport)
{
	*a = (struct asked){ .query = { host, port, transport } };
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->news, NULL);
	loop_call(loop, ask, a);
	pthread_mutex_lock(&a->lock);
	while (!a->done)
		pthread_cond_wait(&a->news, &a->lock);
	pthread_mutex_unlock(&a->lock);
}

static void is(const struct sip_peer *peer, const char *text, enum sip_transport transport)
{
	char host[SIP_INET_TEXT];

	assert_string_equal(sip_inet_text(&peer->addr, host), text);
	assert_int_equal(peer->transport, transport);
}

static void naptr_decides_and_srv_orders(void **state)
{
	struct asked a;

	(void)state;
	find(&a, "carrier.example", 0, SIP_TRANSPORT_OTHER);
	assert_int_equal(a.count, 3);
	is(&a.peers[0], "192.0.2.10:5080", SIP_TRANSPORT_TCP);
	is(&a.peers[1], "192.0.2.20:5070", SIP_TRANSPORT_TCP);
	is(&a.peers[2], "[2001:db8::20]:5070", SIP_TRANSPORT_TCP);
}

static void srv_without_naptr(void **state)
{
	struct asked a;

	(void)state;
	find(&a, "small.example", 0, SIP_TRANSPORT_OTHER);
	assert_int_equal(a.count, 1);
	is(&a.peers[0], "192.0.2.10:5062", SIP_TRANSPORT_UDP);
}

static void name_with_port_or_without_srv(void **state)
{
	struct asked a;

	(void)state;
	find(&a, "plain.example", 5090, SIP_TRANSPORT_OTHER);
	assert_int_equal(a.count, 1);
	is(&a.peers[0], "192.0.2.30:5090", SIP_TRANSPORT_UDP);
	find(&a, "plain.example", 0, SIP_TRANSPORT_TLS);
	assert_int_equal(a.count, 1);
	is(&a.peers[0], "192.0.2.30:5061", SIP_TRANSPORT_TLS);
	find(&a, "192.0.2.99", 0, SIP_TRANSPORT_OTHER);
	is(&a.peers[0], "192.0.2.99:5060", SIP_TRANSPORT_UDP);
}

static void unknown_name(void **state)
{
	struct asked a;

	(void)state;
	find(&a, "nowhere.example", 0, SIP_TRANSPORT_OTHER);
	assert_int_equal(a.count, 0);
}

static void ask_and_cancel(void *arg)
{
	struct asked *a = arg;

	a->lookup = sip_resolve(resolver, &a->query, on_found, a);
	sip_lookup_cancel(a->lookup);
}

static void cancelled_lookup_says_nothing(void **state)
{
	struct asked a = { .query = { "plain.example", 5060, SIP_TRANSPORT_UDP } }, b;

	(void)state;
	pthread_mutex_init(&a.lock, NULL);
	loop_call(loop, ask_and_cancel, &a);
	find(&b, "plain.example", 0, SIP_TRANSPORT_UDP);
	assert_false(a.done);
}

static void nothing(void *arg)
{
	(void)arg;
}

/* The first address of a carrier is silent: calls and registration go on to the second. */
static void silent_address_is_passed_over(void **state)
{
	struct sip_config config = { .bind_address = "127.0.0.1", .tls_port = -1 };
	struct sip_trunk trunk = { .name = "two",
		.host = "two.example",
		.transport = "udp",
		.user = "trunk1",
		.password = "secret" };
	struct peer desk, carrier;
	struct peer_event *e;
	uint64_t call;

	(void)state;
	clock_set_test(true);
	peer_start(&carrier, &config);
	peer_account(&carrier, "trunk1", "hotline", "secret");
	sip_trunk_set(carrier.stack,
		&(struct sip_trunk){
			.name = "desk", .host = "127.0.0.1", .port = 9, .addresses = "127.0.0.1" });
	atomic_store(&second_port, sip_stack_port(carrier.stack));
	peer_start(&desk, &config);
	assert_ok(sip_resolver_servers(desk.stack->resolver, server.address));
	assert_ok(sip_trunk_set(desk.stack, &trunk));
	assert_true(peer_wait(&desk, SIP_TRUNK_STATE)->up);
	call = sip_call_start(desk.stack,
		&(struct sip_target){
			.trunk = "two", .number = "4001", .caller = "1", .sdp = peer_sdp_a });
	/* A call before it cannot be begun: what is posted is done in order. */
	loop_call(desk.stack->loop, nothing, NULL);
	assert_ok(clock_advance(4000));
	e = peer_wait(&carrier, SIP_CALL_INCOMING);
	sip_call_answer(carrier.stack, e->call, peer_sdp_b);
	assert_true(peer_wait(&desk, SIP_CALL_ANSWERED)->call == call);
	sip_call_hangup(desk.stack, call, 0, NULL);
	peer_wait(&desk, SIP_CALL_ENDED);
	trunk.name = "registered";
	trunk.registers = true;
	assert_ok(sip_trunk_set(desk.stack, &trunk));
	/* Timer F of the silent one, then the other answers in its own time. */
	for (int i = 0; i < 34; i++) {
		loop_call(desk.stack->loop, nothing, NULL);
		assert_ok(clock_advance(1000));
	}
	do
		e = peer_wait(&desk, SIP_TRUNK_STATE);
	while (strcmp(e->trunk, "registered") || !e->up);
	peer_stop(&desk);
	peer_stop(&carrier);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(naptr_decides_and_srv_orders, set_up, tear_down),
		cmocka_unit_test_setup_teardown(srv_without_naptr, set_up, tear_down),
		cmocka_unit_test_setup_teardown(name_with_port_or_without_srv, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unknown_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cancelled_lookup_says_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(silent_address_is_passed_over, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
