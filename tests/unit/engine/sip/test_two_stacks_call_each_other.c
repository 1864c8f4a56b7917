/* Two real stacks on loopback: one registers at the other as with a carrier and calls go both ways. */
#include "sip_test_peer.h"

static struct peer desk, carrier; /* the desk registers with the carrier */

static int set_up(void **state)
{
	struct sip_config config = { .bind_address = "127.0.0.1",
		.tls_port = -1,
		.realm = "hotline",
		.session_expires_s = 1800 };

	(void)state;
	peer_start(&carrier, &config);
	peer_start(&desk, &config);
	peer_account(&carrier, "trunk1", "hotline", "secret");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	peer_stop(&desk);
	peer_stop(&carrier);
	return 0;
}

static void join(const char *transport)
{
	struct peer_event *e;

	assert_int_equal(sip_trunk_set(desk.stack, &(struct sip_trunk){ .name = "main",
							   .host = "127.0.0.1",
							   .port = sip_stack_port(carrier.stack),
							   .transport = transport,
							   .user = "trunk1",
							   .password = "secret",
							   .registers = true,
							   .expires_s = 600 }),
		0);
	e = peer_wait(&carrier, SIP_ACCOUNT_REGISTERED);
	assert_string_equal(e->account, "trunk1");
	assert_int_equal(e->contacts, 1);
	e = peer_wait(&desk, SIP_TRUNK_STATE);
	assert_true(e->up);
	assert_string_equal(e->trunk, "main");
}

/* desk calls the carrier; returns with the call up on both sides. */
static void call_out(uint64_t *out, uint64_t *in)
{
	struct peer_event *e;

	*out = sip_call_start(desk.stack, &(struct sip_target){ .trunk = "main",
						  .number = "4001",
						  .caller = "8001",
						  .caller_name = "Li \"Four\"",
						  .sdp = peer_sdp_a });
	assert_true(*out != 0);
	e = peer_wait(&carrier, SIP_CALL_INCOMING);
	*in = e->call;
	assert_string_equal(e->called, "4001");
	assert_int_equal(e->origin, SIP_ORIGIN_ACCOUNT);
	assert_string_equal(e->account, "trunk1");
	assert_string_equal(e->sdp, peer_sdp_a);
	sip_call_progress(carrier.stack, *in, 180, NULL);
	e = peer_wait(&desk, SIP_CALL_RINGING);
	assert_true(e->call == *out);
	sip_call_progress(carrier.stack, *in, 183, peer_sdp_b);
	e = peer_wait(&desk, SIP_CALL_PROGRESS);
	assert_string_equal(e->sdp, peer_sdp_b);
	sip_call_answer(carrier.stack, *in, peer_sdp_b);
	e = peer_wait(&desk, SIP_CALL_ANSWERED);
	assert_string_equal(e->sdp, peer_sdp_b);
	peer_wait(&carrier, SIP_CALL_CONFIRMED);
}

static void caller_hangs_up(void **state)
{
	struct peer_event *e;
	uint64_t out, in;

	(void)state;
	join("udp");
	call_out(&out, &in);
	sip_call_hangup(desk.stack, out, 0, NULL);
	e = peer_wait(&desk, SIP_CALL_ENDED);
	assert_true(e->call == out && e->status == 200 && !e->by_peer);
	e = peer_wait(&carrier, SIP_CALL_ENDED);
	assert_true(e->call == in && e->status == 200 && e->by_peer);
}

static void called_hangs_up_over_tcp(void **state)
{
	struct peer_event *e;
	uint64_t out, in;

	(void)state;
	join("tcp");
	call_out(&out, &in);
	sip_call_hangup(carrier.stack, in, 0, NULL);
	e = peer_wait(&desk, SIP_CALL_ENDED);
	assert_true(e->call == out && e->status == 200 && e->by_peer);
}

static void call_comes_in_by_registration(void **state)
{
	struct peer_event *e;
	uint64_t out;

	(void)state;
	join("udp");
	out = sip_call_start(carrier.stack, &(struct sip_target){ .account = "trunk1",
						    .caller = "13800000000",
						    .sdp = peer_sdp_a,
						    .headers = "X-Hotline-Call: 7\r\n" });
	e = peer_wait(&desk, SIP_CALL_INCOMING);
	assert_int_equal(e->origin, SIP_ORIGIN_TRUNK);
	assert_string_equal(e->trunk, "main");
	assert_string_equal(e->caller, "13800000000");
	sip_call_reject(desk.stack, e->call, 486, NULL);
	e = peer_wait(&carrier, SIP_CALL_ENDED);
	assert_true(e->call == out && e->status == 486 && e->by_peer);
}

static void offers_go_both_ways(void **state)
{
	struct peer_event *e;
	uint64_t out, in;

	(void)state;
	join("udp");
	call_out(&out, &in);
	sip_call_offer(desk.stack, out, peer_sdp_c);
	e = peer_wait(&carrier, SIP_CALL_OFFER);
	assert_string_equal(e->sdp, peer_sdp_c);
	sip_call_answer_offer(carrier.stack, in, peer_sdp_b);
	e = peer_wait(&desk, SIP_CALL_OFFER_ANSWERED);
	assert_string_equal(e->sdp, peer_sdp_b);
	sip_call_offer(carrier.stack, in, peer_sdp_c);
	peer_wait(&desk, SIP_CALL_OFFER);
	sip_call_answer_offer(desk.stack, out, NULL);
	e = peer_wait(&carrier, SIP_CALL_OFFER_REFUSED);
	assert_int_equal(e->status, 488);
	/* Both at once: one is told to wait, in the end both are through. */
	sip_call_offer(desk.stack, out, peer_sdp_a);
	sip_call_offer(carrier.stack, in, peer_sdp_c);
	sip_call_hangup(desk.stack, out, 0, NULL);
	peer_wait(&carrier, SIP_CALL_ENDED);
}

static void call_is_cancelled(void **state)
{
	struct peer_event *e;
	uint64_t out;

	(void)state;
	join("udp");
	out = sip_call_start(desk.stack,
		&(struct sip_target){ .trunk = "main", .number = "4001", .sdp = peer_sdp_a });
	e = peer_wait(&carrier, SIP_CALL_INCOMING);
	sip_call_progress(carrier.stack, e->call, 180, NULL);
	peer_wait(&desk, SIP_CALL_RINGING);
	sip_call_hangup(desk.stack, out, 0, NULL);
	e = peer_wait(&carrier, SIP_CALL_ENDED);
	assert_true(e->status == 487 && e->by_peer);
	e = peer_wait(&desk, SIP_CALL_ENDED);
	assert_true(e->call == out && e->status == 487 && !e->by_peer);
}

static void failures_come_as_ended(void **state)
{
	struct peer_event *e;
	uint64_t id;

	(void)state;
	id = sip_call_start(
		carrier.stack, &(struct sip_target){ .account = "trunk1", .sdp = peer_sdp_a });
	e = peer_wait(&carrier, SIP_CALL_ENDED);
	assert_true(e->call == id && e->status == 480);
	sip_call_start(carrier.stack, &(struct sip_target){ .trunk = "none", .number = "1" });
	assert_int_equal(peer_wait(&carrier, SIP_CALL_ENDED)->status, 404);
	sip_call_start(carrier.stack,
		&(struct sip_target){ .account = "trunk1", .headers = "Route: <sip:evil>\r\n" });
	assert_int_equal(peer_wait(&carrier, SIP_CALL_ENDED)->status, 400);
	sip_call_answer(carrier.stack, 12345, peer_sdp_a); /* unknown: nothing happens */
}

static void wrong_password_is_refused(void **state)
{
	(void)state;
	sip_trunk_set(desk.stack, &(struct sip_trunk){ .name = "main",
					  .host = "127.0.0.1",
					  .port = sip_stack_port(carrier.stack),
					  .transport = "udp",
					  .user = "trunk1",
					  .password = "wrong",
					  .registers = true });
	assert_false(peer_wait(&desk, SIP_TRUNK_STATE)->up);
}

static void stop_ends_calls_on_both_sides(void **state)
{
	struct peer_event *e;
	uint64_t out, in;

	(void)state;
	join("udp");
	call_out(&out, &in);
	sip_stack_stop(desk.stack);
	e = peer_wait(&desk, SIP_CALL_ENDED);
	assert_true(e->call == out);
	e = peer_wait(&carrier, SIP_CALL_ENDED);
	assert_true(e->call == in && e->by_peer);
	peer_wait(&carrier, SIP_ACCOUNT_UNREGISTERED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(caller_hangs_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(called_hangs_up_over_tcp, set_up, tear_down),
		cmocka_unit_test_setup_teardown(call_comes_in_by_registration, set_up, tear_down),
		cmocka_unit_test_setup_teardown(offers_go_both_ways, set_up, tear_down),
		cmocka_unit_test_setup_teardown(call_is_cancelled, set_up, tear_down),
		cmocka_unit_test_setup_teardown(failures_come_as_ended, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wrong_password_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stop_ends_calls_on_both_sides, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
