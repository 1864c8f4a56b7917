/* Header values come out of a parsed message as typed views. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include "sip/sip_msg.h"

static const char invite[] =
	"INVITE sip:4001@hotline.example;transport=ws SIP/2.0\r\n"
	"Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK56sdasks;rport;received=192.0.2.5, "
	"SIP/2.0/UDP "
	"[2001:db8::9]:5062;branch=z9hG4bKabc;rport=5062;received=[2001:db8::8]\r\n"
	"Via: SIP/2.0/TCP h3.example.com\r\n"
	"Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>\r\n"
	"Record-Route: \"Last, one\" <sip:p3.example.com;lr>;x=1\r\n"
	"f: \"\xE5\xBC\xA0\\\"\xE4\xB8\x89\" "
	"<sip:%2B8613800138000@carrier.example;user=phone>;tag=a1\r\n"
	"t: sip:4001@hotline.example;tag=b2\r\n"
	"i: abc@host\r\n"
	"CSeq: 102 INVITE\r\n"
	"m: <sip:u@h:5066>;q=0.75;expires=120;+sip.instance=\"<urn:uuid:f81d4fae>\";reg-id=1\r\n"
	"k: 100rel, timer,,replaces\r\n"
	"Supported: outbound\r\n"
	"Require: 100rel, x-unknown\r\n"
	"Require: y-unknown\r\n"
	"x: 1800 ;refresher=uac\r\n"
	"Min-SE: 90;x=y\r\n"
	"RAck: 776656 1 INVITE\r\n"
	"RSeq: 988789\r\n"
	"Reason: SIP ;cause=200 ;text=\"Call completed elsewhere\", Q.850;cause=16;text=normal\r\n"
	"Replaces: 425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only\r\n"
	"Retry-After: 18000 (later);duration=3600\r\n"
	"X-Hotline-Call: 77\r\n"
	"P-Asserted-Identity: <tel:+8613800138000>, <sip:x@y>\r\n"
	"c: application/SDP;charset=utf-8\r\n"
	"l: 5\r\n\r\nv=0\r\nrest";

static struct sip_msg m;

static int parse(void **state)
{
	struct sip_fault fault;

	(void)state;
	return sip_msg_parse(&m, invite, sizeof(invite) - 1, SIP_DATAGRAM, &fault);
}

static void the_start_and_the_body(void **state)
{
	(void)state;
	assert_true(m.request);
	assert_int_equal(m.method, SIP_INVITE);
	assert_true(sip_view_is(m.uri.user, "4001"));
	assert_int_equal(m.cseq, 102);
	assert_int_equal(m.max_forwards, -1);
	assert_true(sip_view_is(m.call_id, "abc@host"));
	assert_true(sip_view_is(m.body, "v=0\r\n"));
	assert_int_equal(m.text.len, sizeof(invite) - 1 - 4);
}

static void vias(void **state)
{
	struct sip_list list;
	struct sip_via via;

	(void)state;
	assert_int_equal(m.via.transport, SIP_TRANSPORT_WSS);
	assert_true(m.via.cookie && m.via.rport && !m.via.rport_value);
	assert_true(sip_view_is(m.via.branch, "z9hG4bK56sdasks"));
	sip_list_init(&list, &m, SIP_HDR_VIA);
	assert_int_equal(sip_list_next_via(&list, &via), 0);
	assert_int_equal(sip_list_next_via(&list, &via), 0);
	assert_true(via.ipv6 && sip_view_is(via.host, "2001:db8::9"));
	assert_int_equal(via.port, 5062);
	assert_int_equal(via.rport_value, 5062);
	assert_true(sip_view_is(via.received, "2001:db8::8"));
	assert_int_equal(sip_list_next_via(&list, &via), 0);
	assert_true(!via.branch.p && !via.cookie);
	assert_int_equal(sip_list_next_via(&list, &via), ENOENT);
}

static void addresses(void **state)
{
	struct sip_list list;
	struct sip_addr addr;
	char text[64];

	(void)state;
	assert_int_equal(sip_unquote(text, sizeof(text), m.from.display), 0);
	assert_string_equal(text, "\xE5\xBC\xA0\"\xE4\xB8\x89");
	assert_int_equal(sip_uri_user(text, sizeof(text), &m.from.uri), 0);
	assert_string_equal(text, "+8613800138000");
	assert_true(sip_view_is(m.from.tag, "a1"));
	assert_true(sip_view_is(m.to.tag, "b2"));
	assert_true(sip_view_is(m.to.uri.text, "sip:4001@hotline.example"));
	sip_list_init(&list, &m, SIP_HDR_RECORD_ROUTE);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(sip_list_next_addr(&list, &addr), 0);
		assert_true(sip_uri_param(&addr.uri, "lr", NULL));
		assert_int_equal(addr.uri.host.p[1], '0' + i);
	}
	assert_true(sip_view_is(addr.display, "\"Last, one\""));
	assert_int_equal(sip_list_next_addr(&list, &addr), ENOENT);
	sip_list_init(&list, &m, SIP_HDR_P_ASSERTED_IDENTITY);
	assert_int_equal(sip_list_next_addr(&list, &addr), 0);
	assert_int_equal(addr.uri.scheme, SIP_SCHEME_TEL);
	assert_true(sip_view_is(addr.uri.user, "+8613800138000"));
}

static void contacts(void **state)
{
	struct sip_list list;
	struct sip_contact contact;

	(void)state;
	sip_list_init(&list, &m, SIP_HDR_CONTACT);
	assert_int_equal(sip_list_next_contact(&list, &contact), 0);
	assert_int_equal(contact.expires, 120);
	assert_int_equal(contact.q, 750);
	assert_int_equal(contact.reg_id, 1);
	assert_true(sip_view_is(contact.instance, "<urn:uuid:f81d4fae>"));
	assert_int_equal(contact.addr.uri.port, 5066);
	assert_int_equal(sip_contact_parse(&contact, sip_view("*")), 0);
	assert_true(contact.star);
	assert_int_equal(sip_contact_parse(&contact, sip_view("<sip:a@b>;expires=soon;q=7")), 0);
	assert_int_equal(contact.expires, -1);
	assert_int_equal(contact.q, -1);
}

static void options(void **state)
{
	static const char *const ours[] = { "100rel", "timer", NULL };
	struct buf out;

	(void)state;
	assert_true(sip_msg_has_option(&m, SIP_HDR_SUPPORTED, "replaces"));
	assert_true(sip_msg_has_option(&m, SIP_HDR_SUPPORTED, "OUTBOUND"));
	assert_false(sip_msg_has_option(&m, SIP_HDR_SUPPORTED, "100re"));
	buf_init(&out, 256);
	assert_true(sip_msg_unsupported(&m, ours, &out));
	assert_string_equal(out.data, "x-unknown, y-unknown");
	buf_release(&out);
}

static void small_values(void **state)
{
	struct sip_session_expires se;
	struct sip_rack rack;
	struct sip_replaces replaces;
	struct sip_media_type type;
	uint32_t n;
	int cause;
	char text[64];

	(void)state;
	assert_int_equal(sip_msg_session_expires(&m, &se), 0);
	assert_int_equal(se.seconds, 1800);
	assert_int_equal(se.refresher, SIP_REFRESHER_UAC);
	assert_int_equal(sip_msg_rack(&m, &rack), 0);
	assert_true(rack.rseq == 776656 && rack.cseq == 1 && rack.method == SIP_INVITE);
	assert_int_equal(sip_msg_number(&m, SIP_HDR_RSEQ, &n), 0);
	assert_int_equal(n, 988789);
	assert_int_equal(sip_msg_number(&m, SIP_HDR_MIN_SE, &n), 0);
	assert_int_equal(n, 90);
	assert_int_equal(sip_msg_number(&m, SIP_HDR_RETRY_AFTER, &n), 0);
	assert_int_equal(n, 18000);
	assert_int_equal(sip_msg_number(&m, SIP_HDR_EXPIRES, &n), ENOENT);
	assert_int_equal(sip_msg_replaces(&m, &replaces), 0);
	assert_true(replaces.early_only && sip_view_is(replaces.from_tag, "6472"));
	assert_int_equal(sip_msg_content_type(&m, &type), 0);
	assert_true(sip_media_type_is(&type, "application/sdp"));
	assert_false(sip_media_type_is(&type, "application/sd"));
	assert_int_equal(sip_msg_reason(&m, "Q.850", &cause, text, sizeof(text)), 0);
	assert_int_equal(cause, 16);
	assert_int_equal(sip_msg_reason(&m, "SIP", &cause, text, sizeof(text)), 0);
	assert_string_equal(text, "Call completed elsewhere");
	assert_int_equal(sip_msg_reason(&m, "X", &cause, text, sizeof(text)), ENOENT);
	assert_true(sip_view_is(sip_msg_header_named(&m, "x-hotline-call")->value, "77"));
	assert_ptr_equal(sip_msg_header_named(&m, "Via"), sip_msg_header(&m, SIP_HDR_VIA));
}

static void names_work_both_ways(void **state)
{
	(void)state;
	for (int i = SIP_HDR_OTHER + 1; i < SIP_HDR_COUNT; i++)
		assert_int_equal(sip_hdr_of(sip_view(sip_hdr_name((enum sip_hdr)i))), i);
	for (int i = SIP_UNKNOWN + 1; i < SIP_METHOD_COUNT; i++)
		assert_int_equal(sip_method_of(sip_view(sip_method_name((enum sip_method)i))), i);
	assert_int_equal(sip_method_of(sip_view("invite")), SIP_UNKNOWN);
	assert_int_equal(sip_hdr_of(sip_view("V")), SIP_HDR_VIA);
	assert_int_equal(sip_hdr_of(sip_view("z")), SIP_HDR_OTHER);
	assert_string_equal(sip_status_text(486), "Busy Here");
	assert_string_equal(sip_status_text(499), "Request Failure");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_start_and_the_body),
		cmocka_unit_test(vias),
		cmocka_unit_test(addresses),
		cmocka_unit_test(contacts),
		cmocka_unit_test(options),
		cmocka_unit_test(small_values),
		cmocka_unit_test(names_work_both_ways),
	};

	return cmocka_run_group_tests(tests, parse, NULL);
}
