/* Registrations by digest and by browser, their expiry and limits; calls to and from browsers; rates of strangers. */
#include "sip_core_fixture.h"
#include "engine/sip/sip_digest.h"

static struct fixture f;
static unsigned cseq;

static int set_up(void **state)
{
	(void)state;
	fx_start(&f);
	cseq = 0;
	fx_do(&f, fx_add_account, "8001");
	fx_do(&f, fx_add_account, "8002");
	f.from = fx_peer("198.51.100.7", 5070, SIP_TRANSPORT_UDP);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fx_stop(&f);
	return 0;
}

static void put_register(const char *user, const char *extra)
{
	cseq++;
	fx_put(&f, NULL,
		"REGISTER sip:hotline SIP/2.0\nVia: SIP/2.0/UDP "
		"10.1.1.1:5070;rport;branch=z9hG4bKreg%u\n"
		"Max-Forwards: 70\nFrom: <sip:%s@hotline>;tag=r\nTo: <sip:%s@hotline>\nCall-ID: "
		"reg\n"
		"CSeq: %u REGISTER\n%s",
		cseq, user, user, cseq, extra);
}

struct answer {
	const char *response, *uri;
	enum sip_method method;
	char *line;
};

/* What a phone with this password would send. */
static void compute(struct fixture *fx, void *arg)
{
	struct answer *a = arg;
	struct sip_digest_client client = { 0 };
	struct sip_credentials credentials = { "8001", "secret" };
	struct sip_msg *m = malloc(sizeof(*m));
	struct sip_fault fault;
	struct sip_print p;
	struct buf out;
	char *start, *end;

	(void)fx;
	assert_ok(sip_msg_parse(m, a->response, strlen(a->response), SIP_DATAGRAM, &fault));
	assert_ok(sip_digest_client_take(&client, m));
	buf_init(&out, 4096);
	sip_print_request(&p, &out, a->method, a->uri);
	sip_digest_client_print(&client, &p, a->method, a->uri, &credentials);
	start = strstr(out.data, "Authorization");
	end = strstr(start, "\r\n");
	a->line = strndup(start, (size_t)(end - start) + 2);
	a->line[end - start] = '\n';
	a->line[end - start + 1] = 0;
	buf_release(&out);
	free(m);
}

/* Registers 8001 with the right password; extra holds Contact and others. */
static const char *register_phone(const char *extra)
{
	struct answer a = { .uri = "sip:hotline", .method = SIP_REGISTER };
	char all[4096];

	put_register("8001", extra);
	a.response = fx_expect(&f, "SIP/2.0 401");
	compute(&f, &a);
	snprintf(all, sizeof(all), "%s%s", a.line, extra);
	free(a.line);
	put_register("8001", all);
	return fx_expect(&f, "SIP/2.0 ");
}

static void phone_registers_and_expires(void **state)
{
	struct fx_event *e;
	const char *m;

	(void)state;
	m = register_phone("Contact: <sip:8001@10.1.1.1:5070>;expires=120\n");
	assert_memory_equal(m, "SIP/2.0 200", 11);
	assert_non_null(strstr(m, "\r\nContact: <sip:8001@10.1.1.1:5070>;expires=120\r\n"));
	assert_non_null(strstr(m, "received=198.51.100.7"));
	assert_non_null(strstr(m, "rport=5070"));
	e = fx_event(&f, SIP_ACCOUNT_REGISTERED);
	assert_string_equal(e->account, "8001");
	assert_true(e->contacts == 1 && !e->websocket);
	m = register_phone("Contact: <sip:8001@10.1.1.1:5070>;expires=120\n");
	assert_memory_equal(m, "SIP/2.0 200", 11);
	fx_no_event(&f); /* a refresh */
	fx_turn(&f, 119000);
	fx_no_event(&f);
	fx_turn(&f, 1000);
	fx_event(&f, SIP_ACCOUNT_UNREGISTERED);
}

static void call_goes_to_where_it_was_heard_from(void **state)
{
	(void)state;
	register_phone("Contact: <sip:8001@10.1.1.1:5070>\n");
	fx_event(&f, SIP_ACCOUNT_REGISTERED);
	fx_call_out(&f, &(struct sip_target){ .account = "8001", .caller = "4001", .sdp = fx_sdp });
	fx_expect(&f, "INVITE sip:8001@10.1.1.1:5070 SIP/2.0");
	assert_true(sip_inet_same(&f.sent[f.sent_taken - 1].to.addr, &f.from.addr));
}

static void several_phones_ring_and_one_answers(void **state)
{
	const char *first, *second;
	char via[256], from[256];

	(void)state;
	register_phone("Contact: <sip:8001@198.51.100.7:5070>, <sip:8001@198.51.100.7:5080>\n");
	assert_int_equal(fx_event(&f, SIP_ACCOUNT_REGISTERED)->contacts, 2);
	fx_call_out(&f, &(struct sip_target){ .account = "8001", .caller = "4001", .sdp = fx_sdp });
	first = fx_expect(&f, "INVITE sip:8001@198.51.100.7:5070 SIP/2.0");
	second = fx_expect(&f, "INVITE sip:8001@198.51.100.7:5080 SIP/2.0");
	for (int i = 0; i < 2; i++) {
		const char *m = i ? second : first;
		char call_id[64];

		fx_header(via, sizeof(via), m, "Via");
		fx_header(from, sizeof(from), m, "From");
		fx_header(call_id, sizeof(call_id), m, "Call-ID");
		fx_put(&f, i ? fx_sdp2 : NULL,
			"SIP/2.0 %s\nVia: %s\nFrom: %s\nTo: <sip:8001@hotline>;tag=p%d\n"
			"Call-ID: %s\nCSeq: %d INVITE\nContact: <sip:8001@198.51.100.7:50%d0>\n",
			i ? "200 OK" : "180 Ringing", via, from, i, call_id,
			atoi(strstr(m, "CSeq: ") + 6), 7 + i);
	}
	fx_event(&f, SIP_CALL_RINGING);
	fx_event(&f, SIP_CALL_ANSWERED);
	fx_expect(&f, "ACK sip:8001@198.51.100.7:5080");
	assert_non_null(strstr(fx_expect(&f, "CANCEL sip:8001@198.51.100.7:5070"),
		"Reason: SIP;cause=200;text=\"Call completed elsewhere\""));
}

static void refusals(void **state)
{
	const char *m;

	(void)state;
	m = register_phone("Contact: <sip:8001@10.1.1.1>;expires=5\n");
	assert_memory_equal(m, "SIP/2.0 423", 11);
	assert_non_null(strstr(m, "\r\nMin-Expires: 30\r\n"));
	m = register_phone("Contact: *\n");
	assert_memory_equal(m, "SIP/2.0 400", 11);
	m = register_phone("Contact: <mailto:a@b>\n");
	assert_memory_equal(m, "SIP/2.0 400", 11);
	m = register_phone(
		"Contact: <sip:a@1.1.1.1>, <sip:b@1.1.1.1>, <sip:c@1.1.1.1>, <sip:d@1.1.1.1>, "
		"<sip:e@1.1.1.1>, <sip:f@1.1.1.1>\n");
	assert_memory_equal(m, "SIP/2.0 403", 11);
	fx_no_event(&f);
}

static void contacts_are_listed_and_removed(void **state)
{
	const char *m;

	(void)state;
	register_phone("Contact: <sip:a@1.1.1.1>\n");
	fx_event(&f, SIP_ACCOUNT_REGISTERED);
	register_phone("Contact: <sip:b@1.1.1.1>\n");
	fx_event(&f, SIP_ACCOUNT_REGISTERED);
	m = register_phone("");
	assert_non_null(strstr(m, "<sip:a@1.1.1.1>"));
	assert_non_null(strstr(m, "<sip:b@1.1.1.1>"));
	for (int i = 0; i < 5; i++) { /* the oldest makes room */
		char extra[64];

		snprintf(extra, sizeof(extra), "Contact: <sip:n%d@1.1.1.1>\n", i);
		m = register_phone(extra);
	}
	assert_null(strstr(m, "<sip:a@1.1.1.1>"));
	f.event_taken = f.event_count;
	m = register_phone("Contact: *\nExpires: 0\n");
	assert_null(strstr(m, "\r\nContact"));
	fx_event(&f, SIP_ACCOUNT_UNREGISTERED);
}

static void another_account_is_refused(void **state)
{
	struct answer a = { .uri = "sip:hotline", .method = SIP_REGISTER };
	char all[2048];

	(void)state;
	put_register("8002", "Contact: <sip:8002@10.1.1.1>\n");
	a.response = fx_expect(&f, "SIP/2.0 401");
	compute(&f, &a); /* the credentials of 8001 */
	snprintf(all, sizeof(all), "%sContact: <sip:8002@10.1.1.1>\n", a.line);
	free(a.line);
	put_register("8002", all);
	fx_expect(&f, "SIP/2.0 403");
	fx_no_event(&f);
}

static void path_becomes_the_route(void **state)
{
	const char *m;

	(void)state;
	m = register_phone(
		"Contact: <sip:8001@10.1.1.1>\nSupported: path\nPath: <sip:192.0.2.77;lr>\n");
	assert_non_null(strstr(m, "\r\nPath: <sip:192.0.2.77;lr>\r\n"));
	fx_event(&f, SIP_ACCOUNT_REGISTERED);
	fx_call_out(&f, &(struct sip_target){ .account = "8001", .caller = "4001", .sdp = fx_sdp });
	m = fx_expect(&f, "INVITE sip:8001@10.1.1.1 SIP/2.0");
	assert_non_null(strstr(m, "\r\nRoute: <sip:192.0.2.77;lr>\r\n"));
}

static void phone_that_leaves_challenges_unanswered_gets_md5_only(void **state)
{
	const char *m;

	(void)state;
	put_register("8001", "Contact: <sip:a@1.1.1.1>\n");
	m = fx_expect(&f, "SIP/2.0 401");
	assert_true(strstr(m, "algorithm=MD5") < strstr(m, "algorithm=SHA-256"));
	put_register("8001", "Contact: <sip:a@1.1.1.1>\n");
	m = fx_expect(&f, "SIP/2.0 401");
	assert_non_null(strstr(m, "algorithm=MD5"));
	assert_null(strstr(m, "algorithm=SHA-256"));
	m = register_phone("Contact: <sip:a@1.1.1.1>\n");
	assert_memory_equal(m, "SIP/2.0 200", 11);
	put_register("8001", "");
	assert_null(strstr(fx_expect(&f, "SIP/2.0 401"), "algorithm=SHA-256"));
	/* Others are not meant, and some are known by name. */
	put_register("8002", "");
	assert_non_null(strstr(fx_expect(&f, "SIP/2.0 401"), "algorithm=SHA-256"));
	f.from = fx_peer("198.51.100.8", 5070, SIP_TRANSPORT_UDP);
	put_register("8001", "User-Agent: baresip v1.0.0\n");
	assert_null(strstr(fx_expect(&f, "SIP/2.0 401"), "algorithm=SHA-256"));
}

/* --- browsers --- */

static void open_browser(struct fixture *fx, void *arg)
{
	const char **who = arg; /* account, guest */
	struct sip_peer peer = fx_peer("198.51.100.9", 40000, SIP_TRANSPORT_WS);

	assert_ok(sip_core_browser_open(fx->core, 900, who[0], who[1], &peer.addr));
}

static void close_browser(struct fixture *fx, void *arg)
{
	(void)arg;
	sip_core_flow_closed(fx->core, SIP_TRANSPORT_WS, 900);
}

static void browser(const char *account, const char *guest)
{
	fx_do(&f, open_browser, (const char *[]){ account, guest });
	f.from = fx_peer("198.51.100.9", 40000, SIP_TRANSPORT_WS);
	f.from.flow = 900;
}

#define BROWSER_CONTACT                                                                            \
	"Contact: "                                                                                \
	"<sip:x8@yq3.invalid;transport=ws>;reg-id=1;+sip.instance=\"<urn:uuid:7>\";expires=600\n"  \
	"Supported: path, outbound\n"

static void browser_registers_without_digest(void **state)
{
	struct fx_event *e;
	const char *m;

	(void)state;
	browser("8001", NULL);
	put_register("8001", BROWSER_CONTACT);
	m = fx_expect(&f, "SIP/2.0 200");
	assert_non_null(strstr(m, "\r\nRequire: outbound\r\n"));
	assert_non_null(strstr(m, ";+sip.instance=\"<urn:uuid:7>\";reg-id=1"));
	e = fx_event(&f, SIP_ACCOUNT_REGISTERED);
	assert_true(e->contacts == 1 && e->websocket);
	put_register("8002", BROWSER_CONTACT);
	fx_expect(&f, "SIP/2.0 403");
	fx_call_out(
		&f, &(struct sip_target){ .account = "8001", .connection = 901, .caller = "1" });
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 480);
	fx_call_out(
		&f, &(struct sip_target){
			    .account = "8001", .connection = 900, .caller = "1", .sdp = fx_sdp });
	m = fx_expect(&f, "INVITE sip:x8@yq3.invalid;transport=ws SIP/2.0\r\nVia: SIP/2.0/WS ");
	assert_true(f.sent[f.sent_taken - 1].to.flow == 900);
	/* The page is closed while it rings: the call does not wait for a dead connection. */
	fx_do(&f, close_browser, NULL);
	fx_event(&f, SIP_ACCOUNT_UNREGISTERED);
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 480);
}

static void put_browser_invite(void)
{
	fx_put(&f, fx_sdp,
		"INVITE sip:4001@hotline SIP/2.0\nVia: SIP/2.0/WS yq3.invalid;branch=z9hG4bKw1\n"
		"Max-Forwards: 70\nFrom: <sip:9999@hotline>;tag=w\nTo: <sip:4001@hotline>\n"
		"Call-ID: w1\nCSeq: 1 INVITE\nContact: <sip:x8@yq3.invalid;transport=ws;ob>\n");
}

static void lost_connection_keeps_the_call(void **state)
{
	struct fx_event *e;

	(void)state;
	browser("8001", NULL);
	put_browser_invite();
	fx_expect(&f, "SIP/2.0 100");
	e = fx_event(&f, SIP_CALL_INCOMING);
	assert_true(e->websocket && e->origin == SIP_ORIGIN_ACCOUNT);
	assert_string_equal(e->caller, "8001"); /* not what From says */
	fx_answer(&f, e->call, 0, fx_sdp2);
	fx_expect(&f, "SIP/2.0 200");
	fx_put(&f, NULL,
		"ACK sip:x@192.0.2.1 SIP/2.0\nVia: SIP/2.0/WS yq3.invalid;branch=z9hG4bKw2\n"
		"Max-Forwards: 70\nFrom: <sip:9999@hotline>;tag=w\nTo: <sip:4001@hotline>;tag=%s\n"
		"Call-ID: w1\nCSeq: 1 ACK\n",
		f.tag);
	fx_event(&f, SIP_CALL_CONFIRMED);
	fx_do(&f, close_browser, NULL);
	fx_event(&f, SIP_CALL_LOST);
	f.send_err = ENOTCONN;
	fx_turn(&f, 40000);
	fx_no_event(&f);
	fx_hangup(&f, e->call, 0, NULL);
	fx_event(&f, SIP_CALL_ENDED);
	fx_no_event(&f);
	assert_false(
		fx_put(&f, NULL, "OPTIONS sip:x SIP/2.0\n")); /* the connection is unknown now */
}

static void guest_may_only_call(void **state)
{
	struct fx_event *e;

	(void)state;
	browser(NULL, "guest-7");
	put_register("8001", BROWSER_CONTACT);
	fx_expect(&f, "SIP/2.0 403");
	put_browser_invite();
	fx_expect(&f, "SIP/2.0 100");
	e = fx_event(&f, SIP_CALL_INCOMING);
	assert_int_equal(e->origin, SIP_ORIGIN_GUEST);
	assert_string_equal(e->account, "guest-7");
	fx_do(&f, close_browser, NULL);
	assert_int_equal(fx_event(&f, SIP_CALL_ENDED)->status, 487);
}

/* --- rates --- */

static void rate_of_a_source(void **state)
{
	struct sip_sources *sources;
	struct sip_source *s;
	struct sip_peer peer = fx_peer("203.0.113.5", 5060, SIP_TRANSPORT_UDP);
	unsigned served = 0, refused = 0, dropped = 0;

	(void)state;
	assert_ok(sip_key_init());
	assert_ok(sip_sources_create(&sources, 50));
	s = sip_source_get(sources, &peer.addr, 1000);
	for (int i = 0; i < 200; i++) {
		switch (sip_source_ask(sources, s, false, 1000)) {
		case SIP_SOURCE_SERVE:
			served++;
			break;
		case SIP_SOURCE_REFUSE:
			refused++;
			break;
		case SIP_SOURCE_DROP:
			dropped++;
			break;
		}
	}
	assert_int_equal(served, 51);
	assert_int_equal(refused, 49);
	assert_int_equal(dropped, 100);
	assert_int_equal(sip_source_ask(sources, s, true, 1000), SIP_SOURCE_SERVE);
	assert_int_equal(sip_source_ask(sources, s, false, 3000), SIP_SOURCE_SERVE);
	sip_source_trust(s, 9000);
	for (int i = 0; i < 500; i++)
		assert_int_equal(sip_source_ask(sources, s, false, 3000), SIP_SOURCE_SERVE);
	sip_sources_sweep(sources, 500000);
	sip_sources_free(sources);
}

static void networks(void **state)
{
	struct sip_networks nets;
	struct sip_inet a;

	(void)state;
	assert_ok(sip_networks_parse(&nets, "10.0.0.0/8, 203.0.113.7 2001:db8::/32"));
	assert_ok(sip_inet_parse(&a, "10.200.1.1", 0));
	assert_true(sip_networks_match(&nets, &a));
	assert_ok(sip_inet_parse(&a, "::ffff:10.1.1.1", 0));
	assert_true(sip_networks_match(&nets, &a));
	assert_ok(sip_inet_parse(&a, "203.0.113.8", 0));
	assert_false(sip_networks_match(&nets, &a));
	assert_ok(sip_inet_parse(&a, "[2001:db8::7]", 5060));
	assert_true(sip_networks_match(&nets, &a));
	sip_networks_release(&nets);
	assert_int_equal(sip_networks_parse(&nets, "10.0.0.0/33"), EINVAL);
	assert_int_equal(sip_networks_parse(&nets, "carrier.example"), EINVAL);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ROW(phone_registers_and_expires),
		ROW(call_goes_to_where_it_was_heard_from),
		ROW(several_phones_ring_and_one_answers),
		ROW(refusals),
		ROW(contacts_are_listed_and_removed),
		ROW(another_account_is_refused),
		ROW(path_becomes_the_route),
		ROW(phone_that_leaves_challenges_unanswered_gets_md5_only),
		ROW(browser_registers_without_digest),
		ROW(lost_connection_keeps_the_call),
		ROW(guest_may_only_call),
		cmocka_unit_test(rate_of_a_source),
		cmocka_unit_test(networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
