/* STUN and ICE-lite: the test vectors of RFC 5769, refusals, nomination, restart. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "media/ice.h"
#include "media/stun.h"

static const char password[] = "VOkJxbRl1RmTxUk/WvJxBt";

/* RFC 5769 2.1 to 2.3 */
static const uint8_t request[] =
	"\x00\x01\x00\x58\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
	"\x80\x22\x00\x10STUN test client\x00\x24\x00\x04\x6e\x00\x01\xff\x80\x29\x00\x08"
	"\x93\x2f\xf9\xb1\x51\x26\x3b\x36\x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76"
	"\x59\x20\x20\x20\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5"
	"\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2\x80\x28\x00\x04\xe5\x7a\x3b\xcf";
static const uint8_t response_v4[] =
	"\x01\x01\x00\x3c\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
	"\x80\x22\x00\x0btest vector\x20\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"
	"\x00\x08\x00\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53"
	"\xf0\x6b\xe7\xd7\x80\x28\x00\x04\xc0\x7d\x4c\x96";
static const uint8_t response_v6[] =
	"\x01\x01\x00\x48\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
	"\x80\x22\x00\x0btest vector\x20\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa"
	"\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9\x00\x08\x00\x14\xa3\x82\x95\x4e"
	"\x4b\xe6\x7b\xf1\x17\x84\xc9\x7c\x82\x92\xc2\x75\xbf\xe3\xed\x41\x80\x28\x00\x04"
	"\xc8\xfb\x0b\x4c";

static void the_sample_request_is_read(void **state)
{
	struct stun_message m;

	(void)state;
	assert_int_equal(stun_parse(&m, request, sizeof(request) - 1), 0);
	assert_int_equal(m.type, STUN_REQUEST);
	assert_int_equal(m.username_len, 9);
	assert_memory_equal(m.username, "evtj:h6vY", 9);
	assert_true(m.fingerprint && m.controlled && !m.controlling && !m.use_candidate);
	assert_int_equal(m.unknown_count, 0);
	assert_true(stun_integrity_holds(&m, request, password));
	assert_false(stun_integrity_holds(&m, request, "VOkJxbRl1RmTxUk/WvJxBu"));
}

static void the_sample_responses_are_read(void **state)
{
	struct stun_message m;
	char text[64];

	(void)state;
	assert_int_equal(stun_parse(&m, response_v4, sizeof(response_v4) - 1), 0);
	assert_int_equal(m.type, STUN_SUCCESS);
	assert_true(m.has_mapped && stun_integrity_holds(&m, response_v4, password));
	net_addr_text(&m.mapped, text, sizeof(text));
	assert_string_equal(text, "192.0.2.1");
	assert_int_equal(net_addr_port(&m.mapped), 32853);
	assert_int_equal(stun_parse(&m, response_v6, sizeof(response_v6) - 1), 0);
	assert_true(m.has_mapped && stun_integrity_holds(&m, response_v6, password));
	net_addr_text(&m.mapped, text, sizeof(text));
	assert_string_equal(text, "2001:db8:1234:5678:11:2233:4455:6677");
	assert_int_equal(net_addr_port(&m.mapped), 32853);
}

static void every_changed_bit_is_noticed(void **state)
{
	uint8_t bytes[sizeof(request) - 1];
	struct stun_message m;

	(void)state;
	for (size_t bit = 0; bit < sizeof(bytes) * 8; bit++) {
		memcpy(bytes, request, sizeof(bytes));
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		/* A fingerprint changed into something else is none. */
		assert_true(stun_parse(&m, bytes, sizeof(bytes)) || !m.fingerprint);
	}
	for (size_t len = 0; len < sizeof(bytes); len++)
		assert_int_equal(stun_parse(&m, request, len), EBADMSG);
}

static void what_we_write_is_what_the_samples_say(void **state)
{
	static const char *const addresses[] = { "192.0.2.1",
		"2001:db8:1234:5678:11:2233:4455:6677" };
	uint8_t reply[STUN_REPLY_MAX];
	struct stun_message m;
	union net_addr mapped;
	size_t len;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(net_addr_parse(&mapped, addresses[i], 32853), 0);
		len = stun_write_success(reply, request + 8, &mapped, password);
		assert_int_equal(stun_parse(&m, reply, len), 0);
		assert_true(
			m.fingerprint && m.has_mapped && stun_integrity_holds(&m, reply, password));
		assert_true(net_addr_equal(&m.mapped, &mapped));
		assert_memory_equal(m.id, request + 8, 12);
	}
}

/* --- ICE-lite --- */

static struct ice ice;
static union net_addr here, there;
static uint8_t reply[STUN_REPLY_MAX];
static struct stun_message answer;

static int setup(void **state)
{
	(void)state;
	ice_init(&ice, "ours", "our-password-of-22-chars");
	net_addr_parse(&here, "192.0.2.7", 5000);
	net_addr_parse(&there, "2001:db8::7", 6000);
	return 0;
}

static enum ice_result check(
	const char *username, const char *pwd, bool use_candidate, const union net_addr *from)
{
	uint8_t bytes[STUN_REPLY_MAX];
	size_t len = stun_write_request(bytes, request + 8, username, pwd, use_candidate),
	       reply_len = 0;
	enum ice_result result = ice_datagram(&ice, bytes, len, from, reply, &reply_len);

	if (result != ICE_DROP)
		assert_int_equal(stun_parse(&answer, reply, reply_len), 0);
	return result;
}

static void checks_are_answered_with_the_address_they_came_from(void **state)
{
	(void)state;
	assert_int_equal(
		check("ours:theirs", "our-password-of-22-chars", false, &there), ICE_VALID);
	assert_int_equal(answer.type, STUN_SUCCESS);
	assert_true(net_addr_equal(&answer.mapped, &there));
	assert_true(stun_integrity_holds(&answer, reply, "our-password-of-22-chars"));
	assert_true(ice_is_valid(&ice, &there));
	assert_false(ice_is_valid(&ice, &here));
	assert_false(ice.nominated);
	assert_int_equal(
		check("ours:theirs", "our-password-of-22-chars", true, &here), ICE_NOMINATED);
	assert_true(net_addr_equal(&ice.selected, &here));
	/* A check that keeps another pair alive does not move media. */
	assert_int_equal(
		check("ours:theirs", "our-password-of-22-chars", false, &there), ICE_VALID);
	assert_true(net_addr_equal(&ice.selected, &here));
}

static void wrong_credentials_are_refused(void **state)
{
	(void)state;
	assert_int_equal(
		check("ours:theirs", "another-password-entirely", true, &here), ICE_REFUSED);
	assert_int_equal(answer.error, 401);
	assert_int_equal(
		check("other:theirs", "our-password-of-22-chars", true, &here), ICE_REFUSED);
	assert_int_equal(answer.error, 401);
	assert_int_equal(check("ours", "our-password-of-22-chars", true, &here), ICE_REFUSED);
	assert_int_equal(check("", "our-password-of-22-chars", true, &here), ICE_REFUSED);
	ice_set_remote(&ice, "theirs");
	assert_int_equal(check("ours:them", "our-password-of-22-chars", true, &here), ICE_REFUSED);
	assert_int_equal(check("ours:theirs", NULL, true, &here), ICE_REFUSED);
	assert_int_equal(answer.error, 400);
	assert_false(net_addr_is_set(&ice.selected));
	assert_int_equal(ice.valid_count, 0);
}

static void a_peer_that_wants_to_be_controlled_too_is_told(void **state)
{
	struct ice sample;
	size_t len = 0;

	(void)state;
	ice_init(&sample, "evtj", password);
	assert_int_equal(ice_datagram(&sample, request, sizeof(request) - 1, &here, reply, &len),
		ICE_REFUSED);
	assert_int_equal(stun_parse(&answer, reply, len), 0);
	assert_int_equal(answer.error, 487);
	assert_int_equal(
		ice_datagram(&sample, response_v4, sizeof(response_v4) - 1, &here, reply, &len),
		ICE_DROP);
}

static void after_a_restart_old_credentials_hold_until_new_ones_are_used(void **state)
{
	(void)state;
	ice_set_remote(&ice, "theirs");
	assert_int_equal(
		check("ours:theirs", "our-password-of-22-chars", true, &here), ICE_NOMINATED);
	ice_restart(&ice, "fresh", "a-new-password-of-ours--");
	ice_set_remote(&ice, "them2");
	assert_true(net_addr_equal(&ice.selected, &here));
	assert_int_equal(check("ours:theirs", "our-password-of-22-chars", false, &here), ICE_VALID);
	assert_int_equal(
		check("fresh:them2", "a-new-password-of-ours--", true, &there), ICE_NOMINATED);
	assert_true(net_addr_equal(&ice.selected, &there));
	assert_int_equal(
		check("ours:theirs", "our-password-of-22-chars", true, &here), ICE_REFUSED);
}

static void only_the_newest_addresses_are_remembered(void **state)
{
	union net_addr from = here;

	(void)state;
	for (uint16_t port = 1; port <= 2 * ICE_VALID_MAX; port++) {
		net_addr_set_port(&from, port);
		assert_int_equal(
			check("ours:x", "our-password-of-22-chars", false, &from), ICE_VALID);
	}
	assert_int_equal(ice.valid_count, ICE_VALID_MAX);
	net_addr_set_port(&from, 1);
	assert_false(ice_is_valid(&ice, &from));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_request_is_read),
		cmocka_unit_test(the_sample_responses_are_read),
		cmocka_unit_test(every_changed_bit_is_noticed),
		cmocka_unit_test(what_we_write_is_what_the_samples_say),
		cmocka_unit_test_setup(checks_are_answered_with_the_address_they_came_from, setup),
		cmocka_unit_test_setup(wrong_credentials_are_refused, setup),
		cmocka_unit_test_setup(a_peer_that_wants_to_be_controlled_too_is_told, setup),
		cmocka_unit_test_setup(
			after_a_restart_old_credentials_hold_until_new_ones_are_used, setup),
		cmocka_unit_test_setup(only_the_newest_addresses_are_remembered, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
