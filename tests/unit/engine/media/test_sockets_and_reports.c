/* Port pairs, linked sockets, and RTCP. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "media/rtcp.h"
#include "media/udp.h"

/* Several runs of this test may go on at once. */
static uint16_t base;

static union net_addr address(const char *text, uint16_t port)
{
	union net_addr a;

	assert_int_equal(net_addr_parse(&a, text, port), 0);
	return a;
}

static void ports_come_in_even_pairs_and_rest_before_they_come_again(void **state)
{
	union net_addr here = address("127.0.0.1", 0);
	int rtp[4], rtcp[4], spare_rtp, spare_rtcp;
	struct port_pool *pool;
	uint16_t port[4], again;

	(void)state;
	assert_int_equal(port_pool_create(&pool, base + 1, base + 1), EINVAL);
	assert_int_equal(port_pool_create(&pool, (base + 1), (base + 9)), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(port_pool_open(pool, &here, &port[i], &rtp[i], &rtcp[i]), 0);
		assert_int_equal(port[i], base + 2 + 2 * i);
	}
	assert_int_equal(port_pool_open(pool, &here, &again, &spare_rtp, &spare_rtcp), EADDRINUSE);
	for (int i = 0; i < 2; i++) {
		close(rtp[i]);
		close(rtcp[i]);
		port_pool_give_back(pool, port[i]);
	}
	assert_int_equal(port_pool_open(pool, &here, &again, &rtp[0], &rtcp[0]), 0);
	assert_int_equal(again, port[0]);
	close(rtp[0]);
	close(rtcp[0]);
	port_pool_give_back(pool, again);
	assert_int_equal(port_pool_open(pool, &here, &again, &rtp[0], &rtcp[0]), 0);
	assert_int_equal(again, port[1]);
	close(rtp[0]);
	close(rtcp[0]);
	for (int i = 2; i < 4; i++) {
		close(rtp[i]);
		close(rtcp[i]);
	}
	port_pool_free(pool);
}

static void a_port_held_by_somebody_else_is_passed_over(void **state)
{
	union net_addr here = address("127.0.0.1", (uint16_t)(base + 21));
	struct port_pool *pool;
	int other, rtp, rtcp;
	uint16_t port;

	(void)state;
	assert_int_equal(udp_open(&other, &here), 0);
	assert_int_equal(port_pool_create(&pool, (base + 20), (base + 29)), 0);
	assert_int_equal(port_pool_open(pool, &here, &port, &rtp, &rtcp), 0);
	assert_int_equal(port, (base + 22));
	close(rtp);
	close(rtcp);
	close(other);
	port_pool_free(pool);
}

/* Waits for one packet; its text must fit in 255 bytes. */
static size_t receive(int fd, char *text, union net_addr *from, union net_addr *local)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	uint8_t data[UDP_PACKET_MAX];
	size_t len;

	if (poll(&wait, 1, 50) < 1)
		return 0;
	len = udp_receive(fd, data, from, local);
	if (len < 256)
		memcpy(text, data, len);
	text[len] = '\0';
	return len;
}

static void a_linked_socket_hears_only_its_peer(void **state)
{
	union net_addr wildcard = address("0.0.0.0", (uint16_t)(base + 40)),
		       peer_at = address("127.0.0.1", (uint16_t)(base + 42));
	union net_addr stranger_at = address("127.0.0.1", (uint16_t)(base + 44)),
		       to = address("127.0.0.1", (uint16_t)(base + 40));
	union net_addr from, local;
	int ours, peer, stranger;
	char text[256];

	(void)state;
	assert_int_equal(udp_open(&ours, &wildcard), 0);
	assert_int_equal(udp_open(&peer, &peer_at), 0);
	assert_int_equal(udp_open(&stranger, &stranger_at), 0);
	udp_want_local(ours, true);
	assert_int_equal(udp_send(peer, &to, "hello", 5), 0);
	assert_int_equal(receive(ours, text, &from, &local), 5);
	assert_true(net_addr_equal(&from, &peer_at));
	assert_int_equal(local.v4.sin_addr.s_addr, to.v4.sin_addr.s_addr);
	assert_int_equal(udp_link(ours, &from, &local), 0);
	assert_int_equal(udp_send(stranger, &to, "boo", 3), 0);
	assert_int_equal(udp_send(peer, &to, "again", 5), 0);
	assert_int_equal(receive(ours, text, &from, NULL), 5);
	assert_string_equal(text, "again");
	assert_int_equal(udp_send(ours, NULL, "back", 4), 0);
	assert_int_equal(receive(peer, text, &from, NULL), 4);
	udp_unlink(ours);
	(void)receive(stranger, text, &from, NULL); /* the kernel's refusal */
	assert_int_equal(udp_send(stranger, &to, "boo", 3), 0);
	assert_int_equal(receive(ours, text, &from, NULL), 3);
	close(ours);
	close(peer);
	close(stranger);
}

static void a_socket_is_not_linked_when_packets_would_be_lost(void **state)
{
	/* The peer talks to our second address; the kernel would choose the first. */
	union net_addr wildcard = address("0.0.0.0", (uint16_t)(base + 50)),
		       peer_at = address("127.0.0.1", (uint16_t)(base + 52));
	union net_addr second = address("127.0.0.2", (uint16_t)(base + 50)), from, local;
	int ours, peer;
	char text[256];

	(void)state;
	assert_int_equal(udp_open(&ours, &wildcard), 0);
	assert_int_equal(udp_open(&peer, &peer_at), 0);
	udp_want_local(ours, true);
	assert_int_equal(udp_send(peer, &second, "hello", 5), 0);
	assert_int_equal(receive(ours, text, &from, &local), 5);
	assert_int_equal(udp_link(ours, &from, &local), EADDRNOTAVAIL);
	assert_int_equal(udp_send(peer, &second, "again", 5), 0);
	assert_int_equal(receive(ours, text, &from, NULL), 5);
	close(ours);
	close(peer);
}

static void reports_are_written_and_read(void **state)
{
	struct rtcp_report r = { .ssrc = 0x11223344,
		.cname = "abc",
		.sender = true,
		.ntp = 0x0102030405060708,
		.rtp_ts = 160,
		.packets = 7,
		.octets = 1120,
		.has_block = true,
		.source = 0x55667788,
		.fraction_lost = 25,
		.lost = 300,
		.bye = true };
	uint8_t bytes[RTCP_MAX];
	struct rtcp_info info;
	size_t len;

	(void)state;
	len = rtcp_write(bytes, &r);
	assert_int_equal(len, 28 + 24 + 16 + 8);
	assert_int_equal(rtcp_parse(&info, bytes, len), 0);
	assert_true(info.sender_report && info.bye);
	assert_int_equal(info.ssrc, 0x11223344);
	assert_int_equal(info.last_sr, 0x03040506);
	assert_int_equal(bytes[28 + 4], 25);
	for (size_t cut = 1; cut < 4; cut++)
		assert_int_equal(rtcp_parse(&info, bytes, len - cut), EBADMSG);
	r.sender = r.bye = r.has_block = false;
	len = rtcp_write(bytes, &r);
	assert_int_equal(rtcp_parse(&info, bytes, len), 0);
	assert_false(info.sender_report || info.bye);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_come_in_even_pairs_and_rest_before_they_come_again),
		cmocka_unit_test(a_port_held_by_somebody_else_is_passed_over),
		cmocka_unit_test(a_linked_socket_hears_only_its_peer),
		cmocka_unit_test(a_socket_is_not_linked_when_packets_would_be_lost),
		cmocka_unit_test(reports_are_written_and_read),
	};

	base = (uint16_t)(22000 + getpid() % 150 * 64);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
