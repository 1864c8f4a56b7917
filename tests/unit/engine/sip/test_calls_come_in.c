/* The called side, message by message: answers, reliable provisionals, ACK loss, CANCEL, offers, refusals. */
#include "sip_core_fixture.h"

static struct fixture f;

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

static void put_invite(const char *extra, const char *body)
{
	fx_put(&f, body,
		"INVITE sip:4001@192.0.2.1 SIP/2.0\n"
		"Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKi1\n"
		"Max-Forwards: 70\nFrom: \"Wang\" <sip:13900000000@192.0.2.9>;tag=f1\n"
		"To: <sip:4001@192.0.2.1>\nCall-ID: c1\nCSeq: 1 INVITE\n"
		"Contact: <sip:wang@192.0.2.9>\nAllow: INVITE, UPDATE\n%s",
		extra);
}

/* In the dialog of put_invite. */
static void put_request(const char *method, unsigned cseq, const char *extra, const char *body)
{
	fx_put(&f, body,
		"%s sip:hotline@192.0.2.1 SIP/2.0\n"
		"Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK%s%u\n"
		"Max-Forwards: 70\nFrom: <sip:13900000000@192.0.2.9>;tag=f1\n"
		"To: <sip:4001@192.0.2.1>;tag=%s\nCall-ID: c1\nCSeq: %u %s\n"
		"Contact: <sip:wang@192.0.2.9>\n%s",
		method, method, cseq, f.tag, cseq, method, extra);
}

static uint64_t call_up(const char *extra)
{
	uint64_t call;

	put_invite(extra, fx_sdp);
	fx_expect(&f, "SIP/2.0 100");
	call = fx_event(&f, SIP_CALL_INCOMING)->call;
	fx_answer(&f, call, 0, fx_sdp2);
	fx_expect(&f, "SIP/2.0 200");
	put_request("ACK", 1, "", NULL);
	fx_event(&f, SIP_CALL_CONFIRMED);
	return call;
}

static void plain_call(void **state)
{
	struct fx_event *e;
	const char *m;

	(void)state;
	put_invite("", fx_sdp);
	fx_expect(&f, "SIP/2.0 100");
	e = fx_event(&f, SIP_CALL_INCOMING);
	assert_string_equal(e->called, "4001");
	assert_string_equal(e->caller, "13900000000");
	assert_string_equal(e->trunk, "carrier");
	assert_string_equal(e->sdp, fx_sdp);
	fx_progress(&f, e->call, 180, NULL);
	m = fx_expect(&f, "SIP/2.0 180");
	assert_null(strstr(m, "RSeq"));
	fx_answer(&f, e->call, 0, fx_sdp2);
	m = fx_expect(&f, "SIP/2.0 200");
	assert_non_null(strstr(m, "\r\nContact: <sip:hotline@192.0.2.1:5060>\r\n"));
	assert_non_null(strstr(m, fx_sdp2));
	/* It does not know timers: we refresh. */
	assert_non_null(strstr(m, "\r\nSession-Expires: 1800;refresher=uas\r\n"));
	assert_null(strstr(m, "\r\nRequire:"));
	put_request("ACK", 1, "", NULL);
	fx_event(&f, SIP_CALL_CONFIRMED);
	put_request("BYE", 2, "", NULL);
	fx_expect(&f, "SIP/2.0 200");
	e = fx_event(&f, SIP_CALL_ENDED);
	assert_true(e->status == 200 && e->by_peer);
	put_request("INFO", 3, "", NULL);
	fx_expect(&f, "SIP/2.0 481");
}

static void answer_is_repeated_until_ack(void **state)
{
	uint64_t call;

	(void)state;
	put_invite("", fx_sdp);
	fx_expect(&f, "SIP/2.0 100");
	call = fx_event(&f, SIP_CALL_INCOMING)->call;
	fx_answer(&f, call, 0, fx_sdp2);
	fx_expect(&f, "SIP/2.0 200");
	fx_turn(&f, 500);
	fx_expect(&f, "SIP/2.0 200");
	fx_turn(&f, 1000);
	fx_expect(&f, "SIP/2.0 200");
	put_invite("", fx_sdp); /* its 200 was lost: the transaction says nothing, the timer does */
	fx_turn(&f, 2000);
	fx_expect(&f, "SIP/2.0 200");
	put_request("ACK", 1, "", NULL);
	fx_event(&f, SIP_CALL_CONFIRMED);
	fx_turn(&f, 8000);
	fx_expect_nothing(&f);
}

static void no_ack_ends_the_call(void **state)
{
	struct fx_event *e;
	const char *m;
	uint64_t call;

	(void)state;
	put_invite("", fx_sdp);
	call = fx_event(&f, SIP_CALL_INCOMING)->call;
	fx_answer(&f, call, 0, fx_sdp2);
	for (int i = 0; i < 40; i++)
		fx_turn(&f, 1000);
	e = fx_event(&f, SIP_CALL_ENDED);
	assert_int_equal(e->status, 408);
	do {
		m = f.sent[f.sent_taken++].text;
	} while (strncmp(m, "BYE", 3) && f.sent_taken < f.sent_count);
	assert_memory_equal(m, "BYE sip:wang@192.0.2.9 SIP/2.0", 30);
}

static void hang_up_before_ack_waits_for_it(void **state)
{
	uint64_t call;

	(void)state;
	put_invite("", fx_sdp);
	fx_expect(&f, "SIP/2.0 100");
	call = fx_event(&f, SIP_CALL_INCOMING)->call;
	fx_answer(&f, call, 0, fx_sdp2);
	fx_expect(&f, "SIP/2.0 200");
	fx_hangup(&f, call, 0, NULL);
	fx_event(&f, SIP_CALL_ENDED);
	fx_expect_nothing(&f);
	put_request("ACK", 1, "", NULL);
	fx_expect(&f, "BYE");
	fx_no_event(&f);
}

static void cancel_gets_487(void **state)
{
	struct fx_event *e;

	(void)state;
	put_invite("", fx_sdp);
	fx_expect(&f, "SIP/2.0 100");
	fx_event(&f, SIP_CALL_INCOMING);
	fx_put(&f, NULL,
		"CANCEL sip:4001@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKi1\n"
		"Max-Forwards: 70\nFrom: <sip:13900000000@192.0.2.9>;tag=f1\n"
		"To: <sip:4001@192.0.2.1>\nCall-ID: c1\nCSeq: 1 CANCEL\n");
	fx_expect(&f, "SIP/2.0 200");
	fx_expect(&f, "SIP/2.0 487");
	e = fx_event(&f, SIP_CALL_ENDED);
	assert_true(e->status == 487 && e->by_peer);
	fx_turn(&f, 500);
	fx_expect(&f, "SIP/2.0 487"); /* until the ACK */
	fx_put(&f, NULL,
		"ACK sip:4001@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKi1\n"
		"Max-Forwards: 70\nFrom: <sip:13900000000@192.0.2.9>;tag=f1\n"
		"To: <sip:4001@192.0.2.1>;tag=%s\nCall-ID: c1\nCSeq: 1 ACK\n",
		f.tag);
	fx_turn(&f, 2000);
	fx_expect_nothing(&f);
	/* A CANCEL of nothing. */
	fx_put(&f, NULL,
		"CANCEL sip:4001@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKxx\n"
		"Max-Forwards: 70\nFrom: <sip:1@192.0.2.9>;tag=f1\n"
		"To: <sip:4001@192.0.2.1>\nCall-ID: c7\nCSeq: 1 CANCEL\n");
	fx_expect(&f, "SIP/2.0 481");
}

static void rejection_carries_reason(void **state)
{
	uint64_t call;

	(void)state;
	put_invite("", fx_sdp);
	fx_expect(&f, "SIP/2.0 100");
	call = fx_event(&f, SIP_CALL_INCOMING)->call;
	fx_reject(&f, call, 404, "No such\r\nEvil: number");
	fx_expect(&f, "SIP/2.0 404 Not Found\r\n");
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 404);
}

static void reliable_provisional_waits_for_prack(void **state)
{
	char rseq[32], rack[64];
	const char *m;
	uint64_t call;

	(void)state;
	put_invite("Supported: 100rel\n", fx_sdp);
	fx_expect(&f, "SIP/2.0 100");
	call = fx_event(&f, SIP_CALL_INCOMING)->call;
	fx_progress(&f, call, 183, fx_sdp2);
	m = fx_expect(&f, "SIP/2.0 183");
	assert_non_null(strstr(m, "\r\nRequire: 100rel\r\n"));
	assert_non_null(strstr(m, fx_sdp2));
	fx_header(rseq, sizeof(rseq), m, "RSeq");
	fx_progress(&f, call, 180, NULL); /* waits its turn */
	fx_expect_nothing(&f);
	fx_turn(&f, 500);
	fx_expect(&f, "SIP/2.0 183");
	snprintf(rack, sizeof(rack), "RAck: %u 1 INVITE\n", (unsigned)strtoul(rseq, NULL, 10) + 5);
	put_request("PRACK", 2, rack, NULL);
	fx_expect(&f, "SIP/2.0 481");
	snprintf(rack, sizeof(rack), "RAck: %s 1 INVITE\n", rseq);
	put_request("PRACK", 3, rack, NULL);
	fx_expect(&f, "SIP/2.0 200");
	m = fx_expect(&f, "SIP/2.0 180");
	fx_header(rseq, sizeof(rseq), m, "RSeq");
	fx_answer(&f, call, 0, fx_sdp2); /* the answer waits as well */
	fx_expect_nothing(&f);
	snprintf(rack, sizeof(rack), "RAck: %s 1 INVITE\n", rseq);
	put_request("PRACK", 4, rack, NULL);
	fx_expect(&f, "SIP/2.0 200");
	m = fx_expect(&f, "SIP/2.0 200");
	assert_null(strstr(m, "m=audio")); /* settled in the 183 */
	put_request("ACK", 1, "", NULL);
	fx_event(&f, SIP_CALL_CONFIRMED);
}

static void missing_prack_gives_504(void **state)
{
	uint64_t call;

	(void)state;
	put_invite("Require: 100rel\n", fx_sdp);
	call = fx_event(&f, SIP_CALL_INCOMING)->call;
	fx_progress(&f, call, 180, NULL);
	for (int i = 0; i < 70; i++)
		fx_turn(&f, 1000);
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 504);
}

static void offer_in_prack_is_answered(void **state)
{
	char rseq[32], rack[64];
	uint64_t call;

	(void)state;
	put_invite("Require: 100rel\n", fx_sdp);
	fx_expect(&f, "SIP/2.0 100");
	call = fx_event(&f, SIP_CALL_INCOMING)->call;
	fx_progress(&f, call, 183, fx_sdp);
	fx_header(rseq, sizeof(rseq), fx_expect(&f, "SIP/2.0 183"), "RSeq");
	snprintf(rack, sizeof(rack), "RAck: %s 1 INVITE\n", rseq);
	put_request("PRACK", 2, rack, fx_sdp2);
	assert_string_equal(fx_event(&f, SIP_CALL_OFFER)->sdp, fx_sdp2);
	fx_answer(&f, call, 0, fx_sdp); /* not before their offer is settled */
	fx_expect_nothing(&f);
	fx_answer_offer(&f, call, 0, fx_sdp);
	assert_non_null(strstr(fx_expect(&f, "SIP/2.0 200"), "CSeq: 2 PRACK"));
	assert_non_null(strstr(fx_expect(&f, "SIP/2.0 200"), "CSeq: 1 INVITE"));
}

static void delayed_offer(void **state)
{
	struct fx_event *e;
	uint64_t call;

	(void)state;
	put_invite("", NULL);
	fx_expect(&f, "SIP/2.0 100");
	e = fx_event(&f, SIP_CALL_INCOMING);
	assert_null(e->sdp);
	call = e->call;
	fx_progress(&f, call, 183, fx_sdp2);
	/* An offer needs a response that is acknowledged. */
	assert_null(strstr(fx_expect(&f, "SIP/2.0 183"), "m=audio"));
	fx_answer(&f, call, 0, fx_sdp2);
	assert_non_null(strstr(fx_expect(&f, "SIP/2.0 200"), "m=audio"));
	put_request("ACK", 1, "", fx_sdp);
	e = fx_event(&f, SIP_CALL_CONFIRMED);
	assert_string_equal(e->sdp, fx_sdp);
}

static void reinvite_and_update(void **state)
{
	uint64_t call = call_up("");
	const char *m;

	(void)state;
	put_request("INVITE", 2, "", fx_sdp2);
	fx_expect(&f, "SIP/2.0 100");
	assert_string_equal(fx_event(&f, SIP_CALL_OFFER)->sdp, fx_sdp2);
	put_request("UPDATE", 3, "", fx_sdp); /* before the first is answered */
	m = fx_expect(&f, "SIP/2.0 500");
	assert_non_null(strstr(m, "Retry-After"));
	fx_answer_offer(&f, call, 0, fx_sdp);
	fx_expect(&f, "SIP/2.0 200");
	put_request("ACK", 2, "", NULL);
	/* The same again is a refresh and bothers nobody. */
	put_request("INVITE", 4, "", fx_sdp2);
	assert_non_null(strstr(fx_expect(&f, "SIP/2.0 200"), fx_sdp));
	put_request("ACK", 4, "", NULL);
	fx_no_event(&f);
	put_request("UPDATE", 5, "", fx_sdp);
	fx_event(&f, SIP_CALL_OFFER);
	fx_answer_offer(&f, call, 0, NULL);
	fx_expect(&f, "SIP/2.0 488");
	put_request("UPDATE", 6, "", NULL);
	fx_expect(&f, "SIP/2.0 200");
	/* Without an offer we make one, and the ACK answers it. */
	put_request("INVITE", 7, "", NULL);
	assert_non_null(strstr(fx_expect(&f, "SIP/2.0 200"), fx_sdp));
	put_request("ACK", 7, "", fx_sdp2);
	assert_string_equal(fx_event(&f, SIP_CALL_OFFER_ANSWERED)->sdp, fx_sdp2);
	/* Nobody answers: it does not stay open for ever. */
	put_request("UPDATE", 8, "", fx_sdp);
	fx_event(&f, SIP_CALL_OFFER);
	fx_turn(&f, 10000);
	fx_expect(&f, "SIP/2.0 504");
	put_request("UPDATE", 8, "", fx_sdp); /* repeated: the same answer */
	fx_expect(&f, "SIP/2.0 504");
	put_request("INFO", 5, "", NULL);
	fx_expect(&f, "SIP/2.0 500");
}

static void put_answer(const char *request, const char *status, const char *extra, const char *body)
{
	char via[256], from[256], to[256], cseq[64];

	fx_header(via, sizeof(via), request, "Via");
	fx_header(from, sizeof(from), request, "From");
	fx_header(to, sizeof(to), request, "To");
	fx_header(cseq, sizeof(cseq), request, "CSeq");
	fx_put(&f, body, "SIP/2.0 %s\nVia: %s\nFrom: %s\nTo: %s\nCall-ID: c1\nCSeq: %s\n%s", status,
		via, from, to, cseq, extra);
}

static void our_offer_and_glare(void **state)
{
	uint64_t call = call_up("");
	const char *m;

	(void)state;
	fx_offer(&f, call, 0, fx_sdp2);
	m = fx_expect(&f, "INVITE sip:wang@192.0.2.9 SIP/2.0");
	put_request("INVITE", 2, "", fx_sdp2);
	fx_expect(&f, "SIP/2.0 491");
	fx_put(&f, NULL,
		"ACK sip:4001@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKINVITE2\n"
		"Max-Forwards: 70\nFrom: <sip:13900000000@192.0.2.9>;tag=f1\n"
		"To: <sip:4001@192.0.2.1>;tag=%s\nCall-ID: c1\nCSeq: 2 ACK\n",
		f.tag);
	put_answer(m, "491 Request Pending", "", NULL);
	fx_expect(&f, "ACK");
	fx_turn(&f, 2000); /* they made the Call-ID: we wait less than two seconds */
	m = fx_expect(&f, "INVITE");
	put_answer(m, "200 OK", "Contact: <sip:wang@192.0.2.9:5070>\n", fx_sdp);
	fx_expect(&f, "ACK sip:wang@192.0.2.9:5070");
	assert_string_equal(fx_event(&f, SIP_CALL_OFFER_ANSWERED)->sdp, fx_sdp);
	put_answer(m, "200 OK", "Contact: <sip:wang@192.0.2.9:5070>\n", fx_sdp);
	fx_expect(&f, "ACK"); /* theirs was lost */
	fx_no_event(&f);
	fx_offer(&f, call, 0, fx_sdp);
	m = fx_expect(&f, "INVITE");
	put_answer(m, "488 Not Acceptable Here", "", NULL);
	fx_expect(&f, "ACK");
	assert_int_equal(fx_event(&f, SIP_CALL_OFFER_REFUSED)->status, 488);
	fx_offer(&f, call, 0, fx_sdp);
	m = fx_expect(&f, "INVITE");
	put_answer(m, "481 Gone", "", NULL);
	fx_expect(&f, "ACK");
	fx_expect(&f, "BYE");
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 481);
}

static void keys_by_info(void **state)
{
	static const struct {
		const char *type, *body;
		char digit;
	} rows[] = {
		{ "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5' },
		{ "application/dtmf-relay", "Duration=160\r\nSignal= *\r\n", '*' },
		{ "application/dtmf-relay", "Signal=11\r\n", '#' },
		{ "application/dtmf", "7", '7' },
		{ "application/dtmf", "d", 'D' },
		{ "application/dtmf", "x", 0 },
		{ "application/dtmf-relay", "Duration=1", 0 },
		{ "application/dtmf-relay", "Signal=", 0 },
	};

	(void)state;
	call_up("");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char wire[2048];
		int n = snprintf(wire, sizeof(wire),
			"INFO sip:hotline@192.0.2.1 SIP/2.0\r\n"
			"Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKinfo%zu\r\nMax-Forwards: 70\r\n"
			"From: <sip:1@192.0.2.9>;tag=f1\r\nTo: <sip:4001@192.0.2.1>;tag=%s\r\n"
			"Call-ID: c1\r\nCSeq: %zu INFO\r\nContent-Type: %s\r\nContent-Length: "
			"%zu\r\n\r\n%s",
			i, f.tag, i + 2, rows[i].type, strlen(rows[i].body), rows[i].body);

		fx_put_n(&f, wire, (size_t)n);
		fx_expect(&f, rows[i].digit ? "SIP/2.0 200" : "SIP/2.0 400");
		if (rows[i].digit)
			assert_int_equal(fx_event(&f, SIP_CALL_DTMF)->digit, rows[i].digit);
		fx_no_event(&f);
	}
}

static void session_timer_of_the_peer(void **state)
{
	struct fx_event *e;
	const char *m;

	(void)state;
	put_invite("Supported: timer\nSession-Expires: 60\n", fx_sdp);
	m = fx_expect(&f, "SIP/2.0 422");
	assert_non_null(strstr(m, "\r\nMin-SE: 90\r\n"));
	fx_no_event(&f);
	fx_put(&f, NULL,
		"ACK sip:4001@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKi1\n"
		"Max-Forwards: 70\nFrom: <sip:13900000000@192.0.2.9>;tag=f1\n"
		"To: <sip:4001@192.0.2.1>;tag=%s\nCall-ID: c1\nCSeq: 1 ACK\n",
		f.tag);
	fx_put(&f, fx_sdp,
		"INVITE sip:4001@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKi2\n"
		"Max-Forwards: 70\nFrom: <sip:13900000000@192.0.2.9>;tag=f1\n"
		"To: <sip:4001@192.0.2.1>\nCall-ID: c1\nCSeq: 2 INVITE\nContact: "
		"<sip:w@192.0.2.9>\n"
		"Supported: timer\nSession-Expires: 300\n");
	fx_expect(&f, "SIP/2.0 100");
	e = fx_event(&f, SIP_CALL_INCOMING);
	fx_answer(&f, e->call, 0, fx_sdp2);
	m = fx_expect(&f, "SIP/2.0 200");
	assert_non_null(strstr(m, "\r\nSession-Expires: 300;refresher=uac\r\n"));
	assert_non_null(strstr(m, "\r\nRequire: timer\r\n"));
	put_request("ACK", 2, "", NULL);
	fx_event(&f, SIP_CALL_CONFIRMED);
	fx_turn(&f, 200000);
	put_request("UPDATE", 3, "Supported: timer\nSession-Expires: 300;refresher=uac\n", NULL);
	fx_expect(&f, "SIP/2.0 200");
	fx_turn(&f, 200000);
	fx_no_event(&f);
	fx_turn(&f, 70000); /* 300 - 32 s after the refresh */
	m = fx_expect(&f, "BYE");
	assert_non_null(strstr(m, "\r\nReason: SIP;cause=408;text=\"Session expired\"\r\n"));
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 408);
}

static void we_refresh_by_update_then_by_reinvite(void **state)
{
	const char *m;

	(void)state;
	call_up("");
	fx_turn(&f, 900000);
	m = fx_expect(&f, "UPDATE");
	assert_non_null(strstr(m, "\r\nSession-Expires: 1800;refresher=uac\r\n"));
	put_answer(m, "501 Not Implemented", "", NULL);
	m = fx_expect(&f, "INVITE");
	assert_non_null(strstr(m, fx_sdp2)); /* the same as before */
	put_answer(m, "200 OK",
		"Session-Expires: 1800;refresher=uac\nContact: <sip:wang@192.0.2.9>\n", fx_sdp);
	fx_expect(&f, "ACK");
	fx_no_event(&f);
	fx_turn(&f, 900000);
	m = fx_expect(&f, "INVITE");
	for (int i = 0; i < 33; i++)
		fx_turn(&f, 1000);
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 408);
}

static void refused_refresh_of_a_peer_without_timers(void **state)
{
	(void)state;
	call_up("");
	for (int i = 0; i < 3; i++) {
		const char *m;

		fx_turn(&f, 900000);
		m = fx_expect(&f, "UPDATE");
		put_answer(m, "500 Not Today", "", NULL);
		fx_turn(&f, 1000);
	}
	fx_no_event(&f); /* it is alive */
}

static void response_goes_to_the_port_of_the_via(void **state)
{
	static const struct {
		const char *via;
		int port;
	} rows[] = {
		{ "192.0.2.9:5090;branch=z9hG4bKa", 5090 }, { "192.0.2.9;branch=z9hG4bKb", 5060 },
		{ "192.0.2.9:5090;rport;branch=z9hG4bKc", 7777 },
		{ "10.0.0.9:5090;branch=z9hG4bKd", 7777 }, /* behind NAT */
	};

	(void)state;
	f.from = fx_peer("192.0.2.9", 7777, SIP_TRANSPORT_UDP);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fx_put(&f, NULL,
			"OPTIONS sip:x SIP/2.0\nVia: SIP/2.0/UDP %s\nMax-Forwards: 70\n"
			"From: <sip:1@h>;tag=o\nTo: <sip:x>\nCall-ID: o%zu\nCSeq: 1 OPTIONS\n",
			rows[i].via, i);
		fx_expect(&f, "SIP/2.0 200");
		assert_int_equal(sip_inet_port(&f.sent[f.sent_taken - 1].to.addr), rows[i].port);
	}
}

static void refusals_of_the_core(void **state)
{
	static const struct {
		const char *start, *extra, *body, *answer, *must;
	} rows[] = {
		{ "INVITE sip:4001@h SIP/2.0", "Require: nothing, timer\n", NULL, "SIP/2.0 420",
			"Unsupported: nothing\r\n" },
		{ "REFER sip:4001@h SIP/2.0", "Refer-To: <sip:a@b>\n", NULL, "SIP/2.0 405",
			"Allow: INVITE" },
		{ "SUBSCRIBE sip:4001@h SIP/2.0", "Event: dialog\n", NULL, "SIP/2.0 405",
			"Allow: INVITE" },
		{ "DANCE sip:4001@h SIP/2.0", "", NULL, "SIP/2.0 501", "" },
		{ "OPTIONS sip:4001@h SIP/2.0", "", NULL, "SIP/2.0 200",
			"Supported: 100rel, timer" },
		{ "BYE sip:4001@h SIP/2.0", "", NULL, "SIP/2.0 481", "" },
		{ "INVITE tel:+861 SIP/2.0", "Content-Encoding: gzip\n", "x", "SIP/2.0 415",
			"Accept: application/sdp" },
		{ "INVITE http://x SIP/2.0", "", NULL, "SIP/2.0 416", "" },
		{ "INVITE sip:4001@h SIP/7.0", "", NULL, "SIP/2.0 505", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char method[16];

		snprintf(method, sizeof(method), "%.*s", (int)strcspn(rows[i].start, " "),
			rows[i].start);
		fx_put(&f, rows[i].body,
			"%s\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKr%zu\nMax-Forwards: 70\n"
			"From: <sip:1@192.0.2.9>;tag=r\nTo: <sip:4001@h>\nCall-ID: r%zu\nCSeq: 1 "
			"%s\n"
			"Contact: <sip:1@192.0.2.9>\n%s",
			rows[i].start, i, i, method, rows[i].extra);
		assert_non_null(strstr(fx_expect(&f, rows[i].answer), rows[i].must));
	}
	fx_no_event(&f);
}

static void merged_request_gets_482(void **state)
{
	(void)state;
	put_invite("", fx_sdp);
	fx_expect(&f, "SIP/2.0 100");
	fx_event(&f, SIP_CALL_INCOMING);
	put_invite("", fx_sdp); /* the very same: a retransmission, the last response again */
	fx_expect(&f, "SIP/2.0 100");
	fx_put(&f, fx_sdp,
		"INVITE sip:4001@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP "
		"192.0.2.8;branch=z9hG4bKother\n"
		"Max-Forwards: 69\nFrom: <sip:13900000000@192.0.2.9>;tag=f1\n"
		"To: <sip:4001@192.0.2.1>\nCall-ID: c1\nCSeq: 1 INVITE\nContact: "
		"<sip:w@192.0.2.9>\n");
	fx_expect(&f, "SIP/2.0 482");
	fx_no_event(&f);
}

static void caller_without_branch_is_served(void **state)
{
	(void)state;
	fx_put(&f, fx_sdp,
		"INVITE sip:4001@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9\nMax-Forwards: 70\n"
		"From: <sip:1@192.0.2.9>;tag=old\nTo: <sip:4001@192.0.2.1>\nCall-ID: c9\n"
		"CSeq: 1 INVITE\nContact: <sip:1@192.0.2.9>\n");
	fx_expect(&f, "SIP/2.0 100");
	fx_event(&f, SIP_CALL_INCOMING);
}

static void limit_of_calls_gives_503(void **state)
{
	(void)state;
	for (int i = 0; i <= 50; i++) {
		fx_put(&f, NULL,
			"INVITE sip:4001@h SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKl%d\n"
			"Max-Forwards: 70\nFrom: <sip:1@192.0.2.9>;tag=r\nTo: <sip:4001@h>\n"
			"Call-ID: l%d\nCSeq: 1 INVITE\nContact: <sip:1@192.0.2.9>\n",
			i, i);
		if (i < 50)
			fx_expect(&f, "SIP/2.0 100");
	}
	assert_non_null(strstr(fx_expect(&f, "SIP/2.0 503"), "\r\nRetry-After: 10\r\n"));
}

static void strangers_are_challenged_then_throttled(void **state)
{
	const char *m;

	(void)state;
	fx_do(&f, fx_add_account, "8001");
	f.from = fx_peer("198.51.100.7", 5060, SIP_TRANSPORT_UDP);
	put_invite("", fx_sdp);
	m = fx_expect(&f, "SIP/2.0 401");
	assert_non_null(strstr(m, "algorithm=SHA-256"));
	assert_non_null(strstr(m, "algorithm=MD5"));
	for (int i = 0; i < 8; i++) {
		char nonce[256];
		const char *p = strstr(m, "nonce=\"") + 7;

		snprintf(nonce, sizeof(nonce), "%.*s", (int)strcspn(p, "\""), p);
		fx_put(&f, NULL,
			"INVITE sip:4001@h SIP/2.0\nVia: SIP/2.0/UDP "
			"198.51.100.7;branch=z9hG4bKg%d\n"
			"Max-Forwards: 70\nFrom: <sip:8001@h>;tag=r\nTo: <sip:4001@h>\n"
			"Call-ID: g%d\nCSeq: 2 INVITE\nContact: <sip:1@192.0.2.9>\n"
			"Authorization: Digest username=\"8001\", realm=\"hotline\", nonce=\"%s\", "
			"uri=\"sip:4001@h\", algorithm=MD5, qop=auth, nc=0000000%d, cnonce=\"x\", "
			"response=\"00000000000000000000000000000000\"\n",
			i, i, nonce, i + 1);
		fx_expect(&f, i < SIP_GUESSES ? "SIP/2.0 403 Forbidden" : "SIP/2.0 403 Too many");
	}
	fx_no_event(&f);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ROW(plain_call),
		ROW(answer_is_repeated_until_ack),
		ROW(no_ack_ends_the_call),
		ROW(hang_up_before_ack_waits_for_it),
		ROW(cancel_gets_487),
		ROW(rejection_carries_reason),
		ROW(reliable_provisional_waits_for_prack),
		ROW(missing_prack_gives_504),
		ROW(offer_in_prack_is_answered),
		ROW(delayed_offer),
		ROW(reinvite_and_update),
		ROW(our_offer_and_glare),
		ROW(keys_by_info),
		ROW(session_timer_of_the_peer),
		ROW(we_refresh_by_update_then_by_reinvite),
		ROW(refused_refresh_of_a_peer_without_timers),
		ROW(response_goes_to_the_port_of_the_via),
		ROW(refusals_of_the_core),
		ROW(merged_request_gets_482),
		ROW(caller_without_branch_is_served),
		ROW(limit_of_calls_gives_503),
		ROW(strangers_are_challenged_then_throttled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
