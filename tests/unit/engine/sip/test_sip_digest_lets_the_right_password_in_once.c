/* Digest: known vectors, both sides against each other, replay, stale nonces and wrong values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sip/sip.h"
#include "sip/sip_digest.h"
#include "sip/sip_digest_hash.h"

struct world {
	struct sip_digest_server *server;
	char md5[33], sha256[65];
	struct buf challenge, request;
	struct sip_msg response, m;
	int64_t now;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	if (!w || sip_digest_server_create(&w->server, "hotline", 300, 16))
		return 1;
	sip_digest_ha1(w->md5, w->sha256, "8001", "hotline", "secret \"x\"");
	buf_init(&w->challenge, 65536);
	buf_init(&w->request, 65536);
	w->now = 1000;
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	sip_digest_server_free(w->server);
	buf_release(&w->challenge);
	buf_release(&w->request);
	free(w);
	return 0;
}

static void frame(struct sip_print *p, enum sip_method method)
{
	sip_print_via(
		p, &(struct sip_print_via){
			   .transport = SIP_TRANSPORT_UDP, .host = "h", .branch = "z9hG4bK1" });
	sip_print_addr(
		p, SIP_HDR_FROM, &(struct sip_print_addr){ .uri = "sip:8001@hotline", .tag = "1" });
	sip_print_addr(p, SIP_HDR_TO, &(struct sip_print_addr){ .uri = "sip:8001@hotline" });
	sip_print_header(p, SIP_HDR_CALL_ID, "1");
	sip_print_cseq(p, 1, method);
}

static void challenge(struct world *w, bool proxy, bool stale)
{
	struct sip_print p;
	struct sip_fault fault;

	buf_clear(&w->challenge);
	sip_print_response(&p, &w->challenge, proxy ? 407 : 401, NULL);
	frame(&p, SIP_REGISTER);
	sip_digest_challenge(
		w->server, &p, &(struct sip_challenge){ .proxy = proxy, .stale = stale }, w->now);
	assert_int_equal(sip_print_end(&p), 0);
	assert_int_equal(sip_msg_parse(&w->response, w->challenge.data, w->challenge.len,
				 SIP_DATAGRAM, &fault),
		0);
}

static void answer(
	struct world *w, struct sip_digest_client *c, const char *password, const char *uri)
{
	struct sip_credentials credentials = { "8001", password };
	struct sip_print p;
	struct sip_fault fault;

	buf_clear(&w->request);
	sip_print_request(&p, &w->request, SIP_REGISTER, "sip:hotline");
	frame(&p, SIP_REGISTER);
	sip_digest_client_print(c, &p, SIP_REGISTER, uri, &credentials);
	assert_int_equal(sip_print_end(&p), 0);
	assert_int_equal(
		sip_msg_parse(&w->m, w->request.data, w->request.len, SIP_DATAGRAM, &fault), 0);
}

static enum sip_digest_result check(struct world *w)
{
	struct sip_ha1 ha1 = { w->md5, w->sha256 };
	struct sip_digest d;
	char user[64];
	enum sip_digest_result result = sip_digest_user(w->server, &w->m, &d, user, sizeof(user));

	if (result != SIP_DIGEST_OK)
		return result;
	if (strcmp(user, "8001"))
		ha1 = (struct sip_ha1){ NULL, NULL };
	return sip_digest_check(w->server, &w->m, &d, &ha1, w->now);
}

static const char good[] = "secret \"x\"";

/* RFC 7616 3.9.1 and RFC 2617 3.5 */
static void known_vectors(void **state)
{
	struct sip_digest d = { .algorithm = SIP_DIGEST_SHA256,
		.nonce = sip_view("7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"),
		.uri = sip_view("/dir/index.html"),
		.qop = sip_view("auth"),
		.nc = sip_view("00000001"),
		.cnonce = sip_view("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ") };
	char md5[33], sha256[65], hex[SIP_DIGEST_HEX];

	(void)state;
	sip_digest_ha1(md5, sha256, "Mufasa", "http-auth@example.org", "Circle of Life");
	assert_int_equal(sip_digest_response(hex, &d, sha256, sip_view("GET")), 0);
	assert_string_equal(
		hex, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
	d.algorithm = SIP_DIGEST_MD5;
	assert_int_equal(sip_digest_response(hex, &d, md5, sip_view("GET")), 0);
	assert_string_equal(hex, "8ca523f5e9506fed4657c9700eebdbec");
	sip_digest_ha1(md5, sha256, "Mufasa", "testrealm@host.com", "Circle Of Life");
	assert_string_equal(md5, "939e7578ed9e3c518a452acee763bce9");
}

static void the_right_password_is_let_in(void **state)
{
	struct world *w = *state;
	struct sip_digest_client c = { 0 };

	for (int proxy = 0; proxy < 2; proxy++) {
		c = (struct sip_digest_client){ 0 };
		challenge(w, proxy, false);
		assert_int_equal(sip_digest_client_take(&c, &w->response), 0);
		assert_int_equal(c.algorithm, SIP_DIGEST_SHA256);
		for (int i = 0; i < 100; i++) {
			answer(w, &c, good, "sip:hotline");
			assert_int_equal(check(w), SIP_DIGEST_OK);
		}
	}
	c.algorithm = SIP_DIGEST_MD5;
	answer(w, &c, good, "sip:hotline");
	assert_int_equal(check(w), SIP_DIGEST_OK);
}

static void a_count_works_once(void **state)
{
	struct world *w = *state;
	struct sip_digest_client c = { 0 };
	uint32_t order[] = { 1, 3, 2, 70, 7 };

	challenge(w, false, false);
	assert_int_equal(sip_digest_client_take(&c, &w->response), 0);
	for (size_t i = 0; i < 5; i++) {
		c.nc = order[i] - 1;
		answer(w, &c, good, "sip:hotline");
		assert_int_equal(check(w), SIP_DIGEST_OK);
		assert_int_equal(check(w), SIP_DIGEST_STALE);
	}
	c.nc = 5; /* more than 63 behind */
	answer(w, &c, good, "sip:hotline");
	assert_int_equal(check(w), SIP_DIGEST_STALE);
}

static void without_qop_a_nonce_works_once(void **state)
{
	struct world *w = *state;
	struct sip_digest_client c = { 0 };

	challenge(w, false, false);
	assert_int_equal(sip_digest_client_take(&c, &w->response), 0);
	c.qop = false;
	answer(w, &c, good, "sip:hotline");
	assert_int_equal(check(w), SIP_DIGEST_OK);
	answer(w, &c, good, "sip:hotline");
	assert_int_equal(check(w), SIP_DIGEST_STALE);
}

static void wrong_values_are_refused(void **state)
{
	struct world *w = *state;
	struct sip_digest_client c = { 0 };

	challenge(w, false, false);
	assert_int_equal(sip_digest_client_take(&c, &w->response), 0);
	answer(w, &c, "wrong", "sip:hotline");
	assert_int_equal(check(w), SIP_DIGEST_WRONG);
	answer(w, &c, good, "sip:elsewhere");
	assert_int_equal(check(w), SIP_DIGEST_WRONG);
	answer(w, &c, good, "sip:HOTLINE");
	assert_int_equal(check(w), SIP_DIGEST_OK);
	strcpy(c.realm, "other");
	answer(w, &c, good, "sip:hotline");
	assert_int_equal(check(w), SIP_DIGEST_MISSING);
	strcpy(c.realm, "hotline");
	memset(w->sha256, '0', 64);
	answer(w, &c, good, "sip:hotline");
	assert_int_equal(check(w), SIP_DIGEST_WRONG);
}

static void an_unknown_account_is_wrong_not_missing(void **state)
{
	struct world *w = *state;
	struct sip_digest_client c = { 0 };
	struct sip_ha1 none = { NULL, NULL };
	struct sip_digest d;
	char user[64];

	challenge(w, false, false);
	assert_int_equal(sip_digest_client_take(&c, &w->response), 0);
	answer(w, &c, good, "sip:hotline");
	assert_int_equal(sip_digest_user(w->server, &w->m, &d, user, sizeof(user)), SIP_DIGEST_OK);
	assert_int_equal(sip_digest_check(w->server, &w->m, &d, &none, w->now), SIP_DIGEST_WRONG);
}

static void nonces_go_stale(void **state)
{
	struct world *w = *state;
	struct sip_digest_client c = { 0 };
	struct sip_digest_server *other;

	challenge(w, false, false);
	assert_int_equal(sip_digest_client_take(&c, &w->response), 0);
	w->now += 300001;
	answer(w, &c, good, "sip:hotline");
	assert_int_equal(check(w), SIP_DIGEST_STALE);
	c.nonce[0] ^= 1;
	answer(w, &c, good, "sip:hotline");
	assert_int_equal(check(w), SIP_DIGEST_STALE);
	/* of an earlier process with another key */
	assert_int_equal(sip_digest_server_create(&other, "hotline", 0, 0), 0);
	challenge(w, false, true);
	assert_int_equal(sip_digest_client_take(&c, &w->response), 0);
	sip_digest_server_free(w->server);
	w->server = other;
	answer(w, &c, good, "sip:hotline");
	assert_int_equal(check(w), SIP_DIGEST_STALE);
}

/* However many nonces are used, a used one is never good again: what is forgotten is stale. */
static void forgetting_does_not_let_a_replay_in(void **state)
{
	struct world *w = *state;
	static struct sip_digest_client clients[200];

	for (int i = 0; i < 200; i++, w->now++) {
		clients[i] = (struct sip_digest_client){ 0 };
		challenge(w, false, false);
		assert_int_equal(sip_digest_client_take(&clients[i], &w->response), 0);
		answer(w, &clients[i], good, "sip:hotline");
		assert_int_equal(check(w), SIP_DIGEST_OK);
	}
	for (int i = 0; i < 200; i++) {
		clients[i].nc = 0;
		answer(w, &clients[i], good, "sip:hotline");
		assert_int_equal(check(w), SIP_DIGEST_STALE);
	}
}

static void the_client_gives_up_on_a_refusal(void **state)
{
	struct world *w = *state;
	struct sip_digest_client c = { 0 };

	challenge(w, false, false);
	assert_int_equal(sip_digest_client_take(&c, &w->response), 0);
	answer(w, &c, "wrong", "sip:hotline");
	challenge(w, false, false);
	assert_int_equal(sip_digest_client_take(&c, &w->response), EACCES);
	challenge(w, false, true);
	assert_int_equal(sip_digest_client_take(&c, &w->response), 0);
	answer(w, &c, good, "sip:hotline");
	answer(w, &c, good, "sip:hotline");
	/* it has worked, so a fresh challenge only means that the old one has run out */
	challenge(w, false, false);
	assert_int_equal(sip_digest_client_take(&c, &w->response), 0);
}

static void headers_are_read_strictly(void **state)
{
	struct sip_digest d;

	(void)state;
	assert_int_equal(sip_digest_parse(&d, sip_view("Basic abc")), ENOTSUP);
	assert_int_equal(sip_digest_parse(&d, sip_view("Digest")), ENOTSUP);
	assert_int_equal(sip_digest_parse(&d, sip_view("Digest realm=\"a\"")), EBADMSG);
	assert_int_equal(sip_digest_parse(&d, sip_view("Digest realm=\"a, nonce=b")), EBADMSG);
	assert_int_equal(
		sip_digest_parse(&d, sip_view("Digest realm=\"a\", realm=\"b\", nonce=\"c\"")),
		EBADMSG);
	assert_int_equal(
		sip_digest_parse(
			&d, sip_view("Digest realm=\"a\", nonce=\"c\", algorithm=SHA-512-256")),
		ENOTSUP);
	assert_int_equal(
		sip_digest_parse(&d,
			sip_view("digest  nonce = \"c\" ,realm=\"a,b\",algorithm=\"md5\", x=y")),
		0);
	assert_true(sip_view_is(d.realm, "a,b"));
	assert_int_equal(d.algorithm, SIP_DIGEST_MD5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_vectors),
		cmocka_unit_test_setup_teardown(the_right_password_is_let_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_count_works_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_qop_a_nonce_works_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wrong_values_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_unknown_account_is_wrong_not_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nonces_go_stale, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			forgetting_does_not_let_a_replay_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_client_gives_up_on_a_refusal, set_up, tear_down),
		cmocka_unit_test(headers_are_read_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
