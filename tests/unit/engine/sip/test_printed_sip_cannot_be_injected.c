/* The printer: what it builds, that it is read back the same, and that no value ends its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "sip/sip_print.h"

static struct sip_msg m;
static struct buf out;

static int set_up(void **state)
{
	(void)state;
	buf_init(&out, 65536);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&out);
	return 0;
}

static void parse_out(void)
{
	struct sip_fault fault;

	if (sip_msg_parse(&m, out.data, out.len, SIP_STREAM, &fault))
		fail_msg("%s: %s", fault.reason, out.data);
}

static void begin_invite(struct sip_print *p)
{
	buf_clear(&out);
	sip_print_request(p, &out, SIP_INVITE, "sip:4001@hotline.example");
	sip_print_via(p, &(struct sip_print_via){ .transport = SIP_TRANSPORT_UDP,
				 .host = "192.0.2.1",
				 .port = 5060,
				 .branch = "z9hG4bKx1" });
	sip_print_number(p, SIP_HDR_MAX_FORWARDS, 70);
	sip_print_addr(p, SIP_HDR_FROM,
		&(struct sip_print_addr){ .display = "\xE5\xBC\xA0 \"\\\" <x>",
			.uri = "sip:8001@hotline.example",
			.tag = "t1" });
	sip_print_addr(
		p, SIP_HDR_TO, &(struct sip_print_addr){ .uri = "sip:4001@hotline.example" });
	sip_print_header(p, SIP_HDR_CALL_ID, "c1@h");
	sip_print_cseq(p, 7, SIP_INVITE);
}

static void a_request_reads_back(void **state)
{
	struct sip_print p;
	char text[64];

	(void)state;
	begin_invite(&p);
	sip_print_addr(&p, SIP_HDR_CONTACT,
		&(struct sip_print_addr){ .uri = "sip:h:5060", .params = ";expires=60" });
	sip_print_headerf(&p, SIP_HDR_SESSION_EXPIRES, "%d;refresher=%s", 1800, "uac");
	sip_print_extra(&p, "X-Hotline-Call", "77");
	assert_int_equal(sip_print_body(&p, "application/sdp", "v=0\r\n", 5), 0);
	parse_out();
	assert_int_equal(m.text.len, out.len);
	assert_int_equal(sip_unquote(text, sizeof(text), m.from.display), 0);
	assert_string_equal(text, "\xE5\xBC\xA0 \"\\\" <x>");
	assert_true(m.via.rport);
	assert_true(sip_view_is(m.body, "v=0\r\n"));
	assert_int_equal(m.headers[m.header_count - 1].id, SIP_HDR_CONTENT_LENGTH);
}

/* Each tries to put its text into a message by one way of the printer. */
static void by_header(struct sip_print *p, const char *text)
{
	sip_print_header(p, SIP_HDR_USER_AGENT, text);
}

static void by_format(struct sip_print *p, const char *text)
{
	sip_print_headerf(p, SIP_HDR_REASON, "SIP;text=\"%s\"", text);
}

static void by_extra_value(struct sip_print *p, const char *text)
{
	sip_print_extra(p, "X-Test", text);
}

static void by_extra_name(struct sip_print *p, const char *text)
{
	sip_print_extra(p, text, "x");
}

static void by_display(struct sip_print *p, const char *text)
{
	sip_print_addr(
		p, SIP_HDR_CONTACT, &(struct sip_print_addr){ .display = text, .uri = "sip:h" });
}

static void by_uri(struct sip_print *p, const char *text)
{
	char uri[64];

	snprintf(uri, sizeof(uri), "sip:%s@h", text);
	sip_print_addr(p, SIP_HDR_CONTACT, &(struct sip_print_addr){ .uri = uri });
}

static void by_tag(struct sip_print *p, const char *text)
{
	sip_print_addr(p, SIP_HDR_CONTACT, &(struct sip_print_addr){ .uri = "sip:h", .tag = text });
}

static void by_params(struct sip_print *p, const char *text)
{
	char params[64];

	snprintf(params, sizeof(params), ";a=%s", text);
	sip_print_addr(
		p, SIP_HDR_CONTACT, &(struct sip_print_addr){ .uri = "sip:h", .params = params });
}

static void by_via_host(struct sip_print *p, const char *text)
{
	sip_print_via(
		p, &(struct sip_print_via){
			   .transport = SIP_TRANSPORT_TCP, .host = text, .branch = "z9hG4bKx" });
}

static void by_branch(struct sip_print *p, const char *text)
{
	sip_print_via(p, &(struct sip_print_via){
				 .transport = SIP_TRANSPORT_TCP, .host = "h", .branch = text });
}

static void by_content_type(struct sip_print *p, const char *text)
{
	sip_print_body(p, text, "", 0);
}

static void by_request_uri(struct sip_print *p, const char *text)
{
	buf_clear(&out);
	sip_print_request(p, &out, SIP_BYE, text);
}

static void by_reason(struct sip_print *p, const char *text)
{
	buf_clear(&out);
	sip_print_response(p, &out, 200, text);
}

static void line_ends_are_refused_everywhere(void **state)
{
	static void (*const ways[])(struct sip_print *, const char *) = { by_header, by_format,
		by_extra_value, by_extra_name, by_display, by_uri, by_tag, by_params, by_via_host,
		by_branch, by_content_type, by_request_uri, by_reason };
	static const char *const texts[] = { "a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX",
		"\r\n\r\nINVITE" };

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++) {
			struct sip_print p;

			begin_invite(&p);
			ways[i](&p, texts[k]);
			if (p.err != EINVAL || sip_print_end(&p) != EINVAL ||
				strstr(out.data ? out.data : "", "X-Evil"))
				fail_msg("way %zu, text %zu", i, k);
		}
	}
}

static void structure_cannot_be_broken(void **state)
{
	static const struct sip_print_addr bad[] = {
		{ .uri = "sip:a@b>;tag=evil" },
		{ .uri = "sip:a b@c" },
		{ .uri = "" },
		{ .uri = NULL },
		{ .uri = "sip:h", .tag = "a;b" },
		{ .uri = "sip:h", .params = "x" },
		{ .uri = "sip:h", .params = ";a=\"open" },
		{ .uri = "sip:h", .params = ";a=b, <sip:other>" },
	};
	struct sip_print p;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		begin_invite(&p);
		sip_print_addr(&p, SIP_HDR_CONTACT, &bad[i]);
		if (p.err != EINVAL)
			fail_msg("row %zu", i);
	}
}

static const char request[] =
	"INVITE sip:u@h SIP/2.0\r\n"
	"Via: SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKq;rport;received=6.6.6.6, SIP/2.0/TCP "
	"h2;branch=z9hG4bKr\r\n"
	"Via: SIP/2.0/UDP\r\n h3\r\n"
	"Record-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>\r\n"
	"Route: <sip:r1;lr>\r\n"
	"From: \"A\"\r\n <sip:a@b>;tag=f\r\nTo: <sip:u@h>\r\nCall-ID: i\r\nCSeq: 3 INVITE\r\n"
	"Timestamp: 54\r\nContent-Length: 0\r\n\r\n";

static void replies_copy_what_they_must(void **state)
{
	struct sip_msg req;
	struct sip_fault fault;
	struct sip_print p;

	(void)state;
	assert_int_equal(
		sip_msg_parse(&req, request, sizeof(request) - 1, SIP_DATAGRAM, &fault), 0);
	buf_clear(&out);
	sip_print_reply(&p, &out, &req,
		&(struct sip_reply){ .status = 180,
			.to_tag = "t9",
			.source = "192.0.2.77",
			.source_port = 6000 });
	assert_int_equal(sip_print_end(&p), 0);
	assert_string_equal(out.data,
		"SIP/2.0 180 Ringing\r\n"
		"Via: SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKq;received=192.0.2.77;rport=6000\r\n"
		"Via: SIP/2.0/TCP h2;branch=z9hG4bKr\r\nVia: SIP/2.0/UDP h3\r\n"
		"From: \"A\" <sip:a@b>;tag=f\r\nTo: <sip:u@h>;tag=t9\r\nCall-ID: i\r\nCSeq: 3 "
		"INVITE\r\n"
		"Record-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>\r\nContent-Length: "
		"0\r\n\r\n");
	buf_clear(&out);
	sip_print_reply(&p, &out, &req, &(struct sip_reply){ .status = 100 });
	assert_int_equal(sip_print_end(&p), 0);
	assert_non_null(strstr(out.data, "\r\nTimestamp: 54\r\n"));
	assert_non_null(strstr(out.data, "received=6.6.6.6, SIP/2.0/TCP"));
	assert_null(strstr(out.data, "Record-Route"));
	assert_null(strstr(out.data, "t9"));
	buf_clear(&out);
	sip_print_reply(&p, &out, &req, &(struct sip_reply){ .status = 486, .to_tag = "a b" });
	assert_int_equal(sip_print_end(&p), EINVAL);
}

static void ack_and_cancel_belong_to_their_invite(void **state)
{
	static const char busy[] =
		"SIP/2.0 486 Busy Here\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKq\r\n"
		"From: <sip:a@b>;tag=f\r\nTo: <sip:u@h>;tag=their\r\nCall-ID: i\r\nCSeq: 3 "
		"INVITE\r\n\r\n";
	struct sip_msg req, response;
	struct sip_fault fault;

	(void)state;
	assert_int_equal(
		sip_msg_parse(&req, request, sizeof(request) - 1, SIP_DATAGRAM, &fault), 0);
	assert_int_equal(sip_msg_parse(&response, busy, sizeof(busy) - 1, SIP_DATAGRAM, &fault), 0);
	buf_clear(&out);
	assert_int_equal(sip_print_ack(&out, &req, &response), 0);
	assert_string_equal(out.data, "ACK sip:u@h SIP/2.0\r\nVia: SIP/2.0/UDP "
				      "10.0.0.1:5070;branch=z9hG4bKq;rport;received=6.6.6.6\r\n"
				      "Max-Forwards: 70\r\nRoute: <sip:r1;lr>\r\nFrom: \"A\" "
				      "<sip:a@b>;tag=f\r\nTo: <sip:u@h>;tag=their\r\n"
				      "Call-ID: i\r\nCSeq: 3 ACK\r\nContent-Length: 0\r\n\r\n");
	buf_clear(&out);
	assert_int_equal(sip_print_cancel(&out, &req, "SIP;cause=200"), 0);
	parse_out();
	assert_int_equal(m.method, SIP_CANCEL);
	assert_null(m.to.tag.p);
	assert_true(sip_view_is(sip_msg_value(&m, SIP_HDR_REASON), "SIP;cause=200"));
}

static void a_full_buffer_is_reported(void **state)
{
	struct sip_print p;
	struct buf small;

	(void)state;
	buf_init(&small, 40);
	sip_print_response(&p, &small, 200, NULL);
	sip_print_header(&p, SIP_HDR_USER_AGENT, "0123456789012345678901234567890123456789");
	assert_int_equal(sip_print_end(&p), EMSGSIZE);
	buf_release(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_reads_back),
		cmocka_unit_test(line_ends_are_refused_everywhere),
		cmocka_unit_test(structure_cannot_be_broken),
		cmocka_unit_test(replies_copy_what_they_must),
		cmocka_unit_test(ack_and_cancel_belong_to_their_invite),
		cmocka_unit_test(a_full_buffer_is_reported),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
