/* The calling side, message by message: provisional responses, PRACK, forks, several 2xx, CANCEL races, challenges, failover. */
#include "sip_core_fixture.h"

static struct fixture f;
static char call_id[128];

static int set_up(void **state)
{
	(void)state;
	fx_start(&f);
	fx_trunk(&f);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fx_stop(&f);
	return 0;
}

/* A response to a request we sent. */
static void put_response(const char *request, const char *status, const char *tag,
	const char *extra, const char *body)
{
	char via[256], from[256], to[256], cseq[64];

	fx_header(via, sizeof(via), request, "Via");
	fx_header(from, sizeof(from), request, "From");
	fx_header(to, sizeof(to), request, "To");
	fx_header(cseq, sizeof(cseq), request, "CSeq");
	fx_header(call_id, sizeof(call_id), request, "Call-ID");
	fx_put(&f, body,
		"SIP/2.0 %s\nVia: %s\nFrom: %s\nTo: %s%s%s\nCall-ID: %s\nCSeq: %s\n"
		"Contact: <sip:gw@192.0.2.9>\nAllow: INVITE, UPDATE\n%s",
		status, via, from, to, *tag ? ";tag=" : "", tag, call_id, cseq, extra);
}

static const char *start(const struct sip_target *target)
{
	static const struct sip_target usual = {
		.trunk = "carrier", .number = "13900000000", .caller = "4001", .sdp = fx_sdp
	};

	fx_call_out(&f, target ? target : &usual);
	return fx_expect(&f, "INVITE sip:13900000000@192.0.2.9:5060 SIP/2.0");
}

static void plain_call_with_record_route(void **state)
{
	const char *m = start(NULL);
	struct fx_event *e;

	(void)state;
	assert_non_null(strstr(m, "\r\nFrom: <sip:4001@192.0.2.9>;tag="));
	assert_non_null(strstr(m, "\r\nP-Asserted-Identity: <sip:4001@192.0.2.9>\r\n"));
	assert_non_null(strstr(m, "\r\nSession-Expires: 1800\r\nMin-SE: 90\r\n"));
	put_response(m, "100 Trying", "", "", NULL);
	put_response(m, "180 Ringing", "t1", "", NULL);
	assert_int_equal(fx_event(&f, SIP_CALL_RINGING)->status, 180);
	put_response(m, "183 Session Progress", "t1", "", fx_sdp2);
	assert_string_equal(fx_event(&f, SIP_CALL_PROGRESS)->sdp, fx_sdp2);
	put_response(m, "200 OK", "t1",
		"Record-Route: <sip:192.0.2.7;lr>, <sip:192.0.2.8:5070;lr>\n", fx_sdp2);
	e = fx_event(&f, SIP_CALL_ANSWERED);
	assert_string_equal(e->sdp, fx_sdp2);
	m = fx_expect(&f, "ACK sip:gw@192.0.2.9 SIP/2.0");
	/* The provisional responses had no route set; the 2xx counts. */
	assert_non_null(strstr(m, "\r\nRoute: <sip:192.0.2.8:5070;lr>, <sip:192.0.2.7;lr>\r\n"));
	fx_hangup(&f, 77, 0, NULL);
	m = fx_expect(&f, "BYE");
	fx_event(&f, SIP_CALL_ENDED);
	put_response(m, "200 OK", "", "", NULL);
	fx_turn(&f, 10000);
	fx_expect_nothing(&f);
}

static void route_set_is_reversed(void **state)
{
	const char *m = start(NULL);

	(void)state;
	put_response(m, "200 OK", "t1",
		"Record-Route: <sip:192.0.2.7;lr>, <sip:192.0.2.8:5070;lr>\n", fx_sdp2);
	m = fx_expect(&f, "ACK sip:gw@192.0.2.9 SIP/2.0");
	assert_non_null(strstr(m, "\r\nRoute: <sip:192.0.2.8:5070;lr>, <sip:192.0.2.7;lr>\r\n"));
	assert_int_equal(sip_inet_port(&f.sent[f.sent_taken - 1].to.addr), 5070);
}

static void strict_route_takes_the_start_line(void **state)
{
	const char *m = start(NULL);

	(void)state;
	put_response(m, "200 OK", "t1", "Record-Route: <sip:192.0.2.7;lr>, <sip:192.0.2.8:5070>\n",
		fx_sdp2);
	m = fx_expect(&f, "ACK sip:192.0.2.8:5070 SIP/2.0");
	assert_non_null(strstr(m, "\r\nRoute: <sip:192.0.2.7;lr>, <sip:gw@192.0.2.9>\r\n"));
}

static void reliable_provisionals_are_acknowledged_in_order(void **state)
{
	const char *m = start(NULL), *invite = m;

	(void)state;
	put_response(invite, "183 Session Progress", "t1", "Require: 100rel\nRSeq: 10\n", fx_sdp2);
	m = fx_expect(&f, "PRACK sip:gw@192.0.2.9 SIP/2.0");
	assert_non_null(strstr(m, "\r\nRAck: 10 "));
	fx_event(&f, SIP_CALL_PROGRESS);
	put_response(m, "200 OK", "", "", NULL);
	put_response(invite, "183 Session Progress", "t1", "Require: 100rel\nRSeq: 10\n", fx_sdp2);
	fx_expect_nothing(&f); /* again */
	put_response(invite, "180 Ringing", "t1", "Require: 100rel\nRSeq: 12\n", NULL);
	fx_expect_nothing(&f); /* one is missing in between */
	put_response(invite, "180 Ringing", "t1", "Require: 100rel\nRSeq: 11\n", NULL);
	fx_expect(&f, "PRACK");
	fx_event(&f, SIP_CALL_RINGING);
	put_response(invite, "200 OK", "t1", "", NULL);
	/* The answer came reliably before. */
	assert_string_equal(fx_event(&f, SIP_CALL_ANSWERED)->sdp, fx_sdp2);
	fx_expect(&f, "ACK");
}

static void first_2xx_wins(void **state)
{
	const char *m = start(NULL), *invite = m;
	struct fx_event *e;

	(void)state;
	put_response(invite, "183 Session Progress", "t1", "", fx_sdp);
	put_response(invite, "183 Session Progress", "t2", "", fx_sdp2);
	assert_int_equal(fx_event(&f, SIP_CALL_PROGRESS)->fork, 1);
	assert_int_equal(fx_event(&f, SIP_CALL_PROGRESS)->fork, 2);
	put_response(invite, "200 OK", "t2", "", fx_sdp2);
	e = fx_event(&f, SIP_CALL_ANSWERED);
	assert_int_equal(e->fork, 2);
	fx_expect(&f, "ACK");
	put_response(invite, "200 OK", "t1", "", fx_sdp);
	m = fx_expect(&f, "ACK");
	assert_non_null(strstr(m, ";tag=t1\r\n"));
	m = fx_expect(&f, "BYE");
	assert_non_null(strstr(m, ";tag=t1\r\n"));
	put_response(m, "200 OK", "", "", NULL);
	put_response(invite, "200 OK", "t2", "", fx_sdp2);
	m = fx_expect(&f, "ACK"); /* the first one was lost */
	assert_non_null(strstr(m, ";tag=t2\r\n"));
	put_response(invite, "200 OK", "t3", "", fx_sdp2); /* never heard of before */
	fx_expect(&f, "ACK");
	fx_expect(&f, "BYE");
	fx_no_event(&f);
}

static void cancel_waits_for_a_provisional(void **state)
{
	const char *m = start(NULL), *invite = m;
	struct fx_event *e;

	(void)state;
	fx_hangup(&f, 77, 200, "Call completed elsewhere");
	e = fx_event(&f, SIP_CALL_ENDED);
	assert_true(e->status == 487 && !e->by_peer);
	fx_expect_nothing(&f);
	put_response(invite, "180 Ringing", "t1", "", NULL);
	m = fx_expect(&f, "CANCEL sip:13900000000@192.0.2.9:5060 SIP/2.0");
	assert_non_null(
		strstr(m, "\r\nReason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n"));
	put_response(m, "200 OK", "t1", "", NULL);
	put_response(invite, "487 Request Terminated", "t1", "", NULL);
	fx_expect(&f, "ACK");
	fx_turn(&f, 40000);
	fx_no_event(&f);
}

static void answer_crosses_cancel(void **state)
{
	const char *invite = start(NULL), *m;

	(void)state;
	put_response(invite, "180 Ringing", "t1", "", NULL);
	fx_event(&f, SIP_CALL_RINGING);
	fx_hangup(&f, 77, 0, NULL);
	fx_event(&f, SIP_CALL_ENDED);
	m = fx_expect(&f, "CANCEL");
	put_response(invite, "200 OK", "t1", "", fx_sdp2);
	fx_expect(&f, "ACK");
	m = fx_expect(&f, "BYE");
	put_response(m, "200 OK", "", "", NULL);
	fx_no_event(&f);
}

static void nobody_answers(void **state)
{
	const char *invite;
	struct fx_event *e;

	(void)state;
	invite = start(&(struct sip_target){
		.trunk = "carrier", .number = "13900000000", .sdp = fx_sdp, .ring_ms = 20000 });
	assert_non_null(
		strstr(invite, "\r\nFrom: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="));
	assert_non_null(strstr(invite, "\r\nPrivacy: id\r\n"));
	put_response(invite, "180 Ringing", "t1", "", NULL);
	fx_event(&f, SIP_CALL_RINGING);
	fx_turn(&f, 20000);
	e = fx_event(&f, SIP_CALL_ENDED);
	assert_true(e->status == 408 && !e->by_peer);
	fx_expect(&f, "CANCEL");
}

static void silence_is_408(void **state)
{
	(void)state;
	start(NULL);
	for (int i = 0; i < 70; i++)
		fx_turn(&f, 500);
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 408);
	/* Timer A: at 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s. */
	assert_int_equal(f.sent_count, 7);
}

static void refusals_are_told(void **state)
{
	const char *invite = start(NULL);
	struct fx_event *e;

	(void)state;
	put_response(invite, "302 Moved", "t1", "Contact: <sip:00900@premium.example>\n", NULL);
	fx_expect(&f, "ACK");
	e = fx_event(&f, SIP_CALL_ENDED);
	assert_true(e->status == 302 && e->by_peer);
	assert_string_equal(e->reason, "Moved");
	fx_turn(&f, 1000);
	fx_expect_nothing(&f); /* never followed */
	put_response(invite, "302 Moved", "t1", "", NULL);
	fx_expect(&f, "ACK");
}

static void challenge_is_answered_once(void **state)
{
	const char *m = start(NULL);

	(void)state;
	put_response(m, "407 Proxy Authentication Required", "t1",
		"Proxy-Authenticate: Digest realm=\"c\", nonce=\"n1\", algorithm=MD5, "
		"qop=\"auth\"\n",
		NULL);
	fx_expect(&f, "ACK");
	m = fx_expect(&f, "INVITE");
	assert_non_null(strstr(m, "\r\nProxy-Authorization: Digest username=\"u\""));
	put_response(m, "407 Proxy Authentication Required", "t1",
		"Proxy-Authenticate: Digest realm=\"c\", nonce=\"n1\", algorithm=MD5, "
		"qop=\"auth\"\n",
		NULL);
	fx_expect(&f, "ACK");
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 407);
}

static void longer_session_interval_is_accepted(void **state)
{
	const char *m = start(NULL);

	(void)state;
	put_response(m, "422 Session Interval Too Small", "t1", "Min-SE: 3600\n", NULL);
	fx_expect(&f, "ACK");
	m = fx_expect(&f, "INVITE");
	assert_non_null(strstr(m, "\r\nSession-Expires: 3600\r\nMin-SE: 3600\r\n"));
	put_response(m, "200 OK", "t1", "Session-Expires: 3600;refresher=uac\nRequire: timer\n",
		fx_sdp2);
	fx_expect(&f, "ACK");
	fx_event(&f, SIP_CALL_ANSWERED);
	fx_turn(&f, 1800000);
	m = fx_expect(&f, "UPDATE");
	put_response(m, "200 OK", "", "Session-Expires: 3600;refresher=uac\n", NULL);
	fx_turn(&f, 1700000);
	fx_expect_nothing(&f);
	fx_turn(&f, 100000);
	fx_expect(&f, "UPDATE");
	for (int i = 0; i < 33; i++)
		fx_turn(&f, 1000);
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 408);
}

static void late_answer_to_a_delayed_offer(void **state)
{
	const char *invite, *m;

	(void)state;
	invite = start(
		&(struct sip_target){ .trunk = "carrier", .number = "13900000000", .caller = "1" });
	assert_null(strstr(invite, "m=audio"));
	put_response(invite, "200 OK", "t1", "", fx_sdp);
	assert_string_equal(fx_event(&f, SIP_CALL_ANSWERED)->sdp, fx_sdp);
	fx_expect_nothing(&f);
	fx_answer_offer(&f, 77, 0, fx_sdp2);
	m = fx_expect(&f, "ACK");
	assert_non_null(strstr(m, fx_sdp2));
	put_response(invite, "200 OK", "t1", "", fx_sdp);
	m = fx_expect(&f, "ACK");
	assert_non_null(strstr(m, fx_sdp2));
}

static void update_before_the_answer(void **state)
{
	const char *invite = start(NULL), *m;

	(void)state;
	fx_offer(&f, 77, 0, fx_sdp2); /* nothing has been settled */
	assert_int_equal(fx_event(&f, SIP_CALL_OFFER_REFUSED)->status, 491);
	put_response(invite, "183 Session Progress", "t1", "Require: 100rel\nRSeq: 1\n", fx_sdp2);
	m = fx_expect(&f, "PRACK");
	put_response(m, "200 OK", "", "", NULL);
	fx_event(&f, SIP_CALL_PROGRESS);
	fx_offer(&f, 77, 0, fx_sdp2);
	m = fx_expect(&f, "UPDATE");
	put_response(m, "200 OK", "", "", fx_sdp);
	assert_string_equal(fx_event(&f, SIP_CALL_OFFER_ANSWERED)->sdp, fx_sdp);
	fx_header(f.tag, sizeof(f.tag), invite, "From");
	fx_put(&f, fx_sdp2,
		"UPDATE sip:x@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKu1\n"
		"Max-Forwards: 70\nFrom: <sip:13900000000@192.0.2.9>;tag=t1\nTo: %s\n"
		"Call-ID: %s\nCSeq: 5 UPDATE\nContact: <sip:gw@192.0.2.9>\n",
		f.tag, call_id);
	assert_int_equal(fx_event(&f, SIP_CALL_OFFER)->fork, 1);
	fx_answer_offer(&f, 77, 0, fx_sdp);
	fx_expect(&f, "SIP/2.0 200");
	put_response(invite, "200 OK", "t1", "", NULL);
	/* Told with what was agreed last, not with what came first. */
	assert_string_equal(fx_event(&f, SIP_CALL_ANSWERED)->sdp, fx_sdp2);
	fx_expect(&f, "ACK");
	/* The UPDATE's transaction outlives the call and has nobody to tell. */
	fx_hangup(&f, 77, 0, NULL);
	fx_event(&f, SIP_CALL_ENDED);
	fx_turn(&f, 40000);
	fx_no_event(&f);
}

static void both_hang_up_at_once(void **state)
{
	const char *invite = start(NULL), *bye;
	char from[256];

	(void)state;
	put_response(invite, "200 OK", "t1", "", fx_sdp2);
	fx_expect(&f, "ACK");
	fx_event(&f, SIP_CALL_ANSWERED);
	fx_hangup(&f, 77, 486, "Busy \"now\"");
	bye = fx_expect(&f, "BYE");
	assert_non_null(strstr(bye, "\r\nReason: SIP;cause=486;text=\"Busy \\\"now\\\"\"\r\n"));
	fx_header(from, sizeof(from), bye, "From");
	fx_put(&f, NULL,
		"BYE sip:x@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKb1\n"
		"Max-Forwards: 70\nFrom: <sip:13900000000@192.0.2.9>;tag=t1\nTo: %s\n"
		"Call-ID: %s\nCSeq: 5 BYE\n",
		from, call_id);
	fx_expect(&f, "SIP/2.0 200");
	fx_event(&f, SIP_CALL_ENDED);
	put_response(bye, "481 Gone", "", "", NULL);
	fx_turn(&f, 40000);
	fx_no_event(&f);
}

static void unreachable_carrier(void **state)
{
	(void)state;
	f.send_err = ENOTCONN;
	fx_call_out(&f, &(struct sip_target){ .trunk = "carrier", .number = "1", .sdp = fx_sdp });
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 503);
	fx_no_event(&f);
}

static void values_that_cannot_be_printed(void **state)
{
	static const char *const bad[] = { "1\r\nX: y", "", NULL };

	(void)state;
	for (size_t i = 0; bad[i]; i++) {
		fx_call_out(&f, &(struct sip_target){ .trunk = "carrier",
					.number = "2",
					.caller_name = bad[i],
					.caller = "1",
					.headers = "X-Hotline-A: b\r\nVia: c\r\n" });
		assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 400);
	}
	fx_call_out(&f, &(struct sip_target){ .trunk = "carrier",
				.number = "2",
				.caller = "1",
				.caller_name = "a\r\nb",
				.sdp = fx_sdp });
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 400);
	fx_expect_nothing(&f);
}

static void stop_tells_everybody(void **state)
{
	const char *invite = start(NULL);

	(void)state;
	put_response(invite, "200 OK", "t1", "", fx_sdp2);
	fx_expect(&f, "ACK");
	fx_event(&f, SIP_CALL_ANSWERED);
	loop_call(f.loop, (void (*)(void *))(uintptr_t)sip_core_stop, f.core);
	fx_event(&f, SIP_CALL_ENDED);
	fx_expect(&f, "BYE");
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ROW(plain_call_with_record_route),
		ROW(route_set_is_reversed),
		ROW(strict_route_takes_the_start_line),
		ROW(reliable_provisionals_are_acknowledged_in_order),
		ROW(first_2xx_wins),
		ROW(cancel_waits_for_a_provisional),
		ROW(answer_crosses_cancel),
		ROW(nobody_answers),
		ROW(silence_is_408),
		ROW(refusals_are_told),
		ROW(challenge_is_answered_once),
		ROW(longer_session_interval_is_accepted),
		ROW(late_answer_to_a_delayed_offer),
		ROW(update_before_the_answer),
		ROW(both_hang_up_at_once),
		ROW(unreachable_carrier),
		ROW(values_that_cannot_be_printed),
		ROW(stop_tells_everybody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
