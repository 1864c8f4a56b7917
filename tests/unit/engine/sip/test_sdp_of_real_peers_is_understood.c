/* Session descriptions of browsers, test tools and gateways are parsed, printed and refused as they should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sip/sdp.h"

static const char chromium[] =
	"v=0\r\no=- 3082204065747865158 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
	"a=extmap-allow-mixed\r\na=msid-semantic: WMS e576b993-c0f5-48ee-94f1-f027a612c47e\r\n"
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\n"
	"a=rtcp:9 IN IP4 0.0.0.0\r\n"
	"a=candidate:1467250027 1 udp 2122260223 0f1c2a3d-1111-4b3c-9f00-0123456789ab.local 46243 "
	"typ host "
	"generation 0 network-id 1\r\n"
	"a=ice-ufrag:+6Du\r\na=ice-pwd:3El99NTh1IJZFEnvweMU9WFa\r\na=ice-options:trickle\r\n"
	"a=fingerprint:sha-256 "
	"E9:58:B6:F2:2E:3B:0D:FD:3D:80:2B:D9:38:95:7B:5D:F5:D4:55:3E:79:92:F6:3F:D4:EA:11:22:05:E2:"
	"73:62\r\n"
	"a=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
	"a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\na=sendrecv\r\n"
	"a=msid:e576b993-c0f5-48ee-94f1-f027a612c47e 3eaf4e86-3783-49cc-8293-7cbae790aae8\r\n"
	"a=rtcp-mux\r\na=rtcp-rsize\r\na=rtcp-xr:rcvr-rtt=all\r\na=rtpmap:111 opus/48000/2\r\n"
	"a=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 "
	"red/48000/2\r\n"
	"a=fmtp:63 111/111\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 "
	"PCMA/8000\r\n"
	"a=rtpmap:13 CN/8000\r\na=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 "
	"telephone-event/8000\r\n"
	"a=ssrc:1133919212 cname:HEg7sS5Q+oIDrzbt\r\n"
	"a=ssrc:1133919212 msid:e576b993-c0f5-48ee-94f1-f027a612c47e "
	"3eaf4e86-3783-49cc-8293-7cbae790aae8\r\n";

static const char sipp[] =
	"v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
	"t=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

static const char baresip[] =
	"v=0\r\no=- 3421870511 2206711043 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 "
	"0\r\n"
	"a=tool:baresip 1.0.0\r\nm=audio 26142 RTP/AVP 9 0 8 101\r\na=rtpmap:9 G722/8000\r\n"
	"a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
	"a=fmtp:101 0-15\r\na=rtcp:26143\r\na=sendrecv\r\na=label:1\r\na=rtcp-rsize\r\n"
	"a=ssrc:3344556677 cname:sip:8001@example.com\r\na=ptime:20\r\n";

static const char fax[] =
	"v=0\no=gw 1 18446744073709551999 IN IP6 2001:db8::1\ns=T.38\nc=IN IP6 2001:db8::1\nt=0 0\n"
	"a=sendonly\nm=audio 0 RTP/AVP 8\nm=image 4000 udptl t38\na=T38FaxVersion:0\n"
	"a=T38FaxRateManagement:transferredTCF\na=fmtp:t38 x\n";

static struct sdp *parsed(const char *text)
{
	struct sdp *sdp = malloc(sizeof(*sdp));
	unsigned line = 0;
	int err;

	assert_non_null(sdp);
	err = sdp_parse(sdp, text, strlen(text), &line);
	if (err)
		fail_msg("refused with %d in line %u", err, line);
	return sdp;
}

static void a_browser_offer_is_understood(void **state)
{
	struct sdp *sdp = parsed(chromium);
	const struct sdp_media *m = &sdp->media[0];

	(void)state;
	assert_int_equal(sdp->media_count, 1);
	assert_true(sdp->bundle);
	assert_false(sdp->ice_lite);
	assert_true(sdp->session_id == 3082204065747865158u);
	assert_string_equal(m->kind, "audio");
	assert_string_equal(m->protocol, "UDP/TLS/RTP/SAVPF");
	assert_int_equal(m->format_count, 8);
	assert_string_equal(m->formats[0].name, "opus");
	assert_int_equal(m->formats[0].clock, 48000);
	assert_int_equal(m->formats[0].channels, 2);
	assert_string_equal(m->formats[0].fmtp, "minptime=10;useinbandfec=1");
	assert_int_equal(m->formats[7].payload, 126);
	assert_string_equal(m->formats[7].name, "telephone-event");
	assert_string_equal(m->ice_ufrag, "+6Du");
	assert_string_equal(m->ice_pwd, "3El99NTh1IJZFEnvweMU9WFa");
	assert_int_equal(strlen(m->fingerprint), 8 + 95);
	assert_int_equal(m->setup, SDP_SETUP_ACTPASS);
	assert_true(m->rtcp_mux);
	assert_int_equal(m->rtcp_port, 9);
	assert_string_equal(m->mid, "0");
	assert_int_equal(m->ssrc, 1133919212);
	assert_string_equal(m->cname, "HEg7sS5Q+oIDrzbt");
	free(sdp);
}

static void plain_offers_are_understood(void **state)
{
	struct sdp *sdp = parsed(sipp);

	(void)state;
	assert_string_equal(sdp->media[0].address, "127.0.0.1");
	assert_int_equal(sdp->media[0].port, 6000);
	assert_int_equal(sdp->media[0].direction, SDP_SENDRECV);
	assert_string_equal(sdp->media[0].formats[0].name, "PCMU");
	free(sdp);
	sdp = parsed(baresip);
	assert_int_equal(sdp->media[0].format_count, 4);
	assert_string_equal(sdp->media[0].formats[3].fmtp, "0-15");
	assert_int_equal(sdp->media[0].ptime, 20);
	assert_int_equal(sdp->media[0].rtcp_port, 26143);
	free(sdp);
}

static void static_payloads_need_no_rtpmap(void **state)
{
	struct sdp *sdp = parsed("v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
				 "m=audio 4000 RTP/AVP 8 0 9 18 97\r\n");

	(void)state;
	assert_string_equal(sdp->media[0].formats[0].name, "PCMA");
	assert_string_equal(sdp->media[0].formats[2].name, "G722");
	assert_int_equal(sdp->media[0].formats[3].clock, 8000);
	assert_string_equal(sdp->media[0].formats[4].name, "");
	free(sdp);
}

static void fax_sections_keep_their_formats(void **state)
{
	struct sdp *sdp = parsed(fax);
	struct buf out;

	(void)state;
	assert_int_equal(sdp->media_count, 2);
	assert_int_equal(sdp->media[0].port, 0);
	assert_string_equal(sdp->media[1].raw_formats, "t38");
	assert_int_equal(sdp->media[1].format_count, 0);
	assert_true(sdp->media[1].ipv6);
	assert_int_equal(sdp->media[1].direction, SDP_SENDONLY);
	sdp->media[1].port = 0;
	buf_init(&out, 4096);
	assert_int_equal(sdp_print(&out, sdp), 0);
	assert_non_null(strstr(out.data, "\r\nm=image 0 udptl t38\r\n"));
	buf_release(&out);
	free(sdp);
}

/* Everything but what is printed only, or is there in the input only, survives. */
static void printing_and_parsing_agree(void **state)
{
	const char *const texts[] = { chromium, sipp, baresip };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct sdp *a = parsed(texts[i]), *b;
		struct buf out;

		buf_init(&out, 65536);
		assert_int_equal(sdp_print(&out, a), 0);
		b = parsed(out.data);
		for (size_t k = 0; k < a->media_count;
			k++) /* only kept where the formats are not understood */
			assert_string_equal(a->media[k].raw_formats, b->media[k].raw_formats);
		assert_memory_equal(a, b, sizeof(*a));
		buf_release(&out);
		free(a);
		free(b);
	}
}

static void our_answer_to_a_browser_is_complete(void **state)
{
	struct sdp *sdp = parsed(chromium);
	struct sdp_media *m = &sdp->media[0];
	struct buf out;

	(void)state;
	sdp->ice_lite = true;
	m->setup = SDP_SETUP_PASSIVE;
	m->port = 20000;
	m->rtcp_port = 0;
	strcpy(m->address, "203.0.113.1");
	strcpy(m->candidate, "203.0.113.1");
	m->candidate_port = 20000;
	buf_init(&out, 65536);
	assert_int_equal(sdp_print(&out, sdp), 0);
	assert_non_null(strstr(
		out.data, "a=group:BUNDLE 0\r\na=ice-lite\r\nm=audio 20000 UDP/TLS/RTP/SAVPF 111"));
	assert_non_null(
		strstr(out.data, "a=candidate:1 1 udp 2130706431 203.0.113.1 20000 typ host\r\n"));
	assert_non_null(strstr(out.data, "a=setup:passive\r\n"));
	assert_null(strstr(out.data, "a=rtcp:"));
	buf_release(&out);
	free(sdp);
}

static void printing_refuses_line_ends(void **state)
{
	struct sdp *sdp = malloc(sizeof(*sdp));
	struct buf out;
	char *const fields[] = { sdp->session_name, sdp->origin_address, sdp->media[0].mid,
		sdp->media[0].kind, sdp->media[0].formats[0].fmtp, sdp->media[0].formats[0].name,
		sdp->media[0].address, sdp->media[0].fingerprint, sdp->media[0].cname,
		sdp->media[0].candidate };

	(void)state;
	assert_non_null(sdp);
	buf_init(&out, 65536);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		assert_int_equal(sdp_parse(sdp, chromium, strlen(chromium), NULL), 0);
		assert_int_equal(sdp_print(&out, sdp), 0);
		strcpy(fields[i], "a\r\na=x");
		buf_clear(&out);
		assert_int_equal(sdp_print(&out, sdp), EINVAL);
		assert_int_equal(out.len, 0);
	}
	buf_release(&out);
	free(sdp);
}

#define START "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\n"

static void broken_descriptions_are_refused(void **state)
{
	static const struct {
		const char *text;
		int err;
		unsigned line;
	} rows[] = {
		{ "", EBADMSG, 1 },
		{ "v=1\r\n", EBADMSG, 1 },
		{ "o=- 1 1 IN IP4 h\r\nv=0\r\n", EBADMSG, 1 },
		{ "v=0\r\ns=-\r\n", EBADMSG, 2 },
		{ START "o=- 1 1 IN IP4 h\r\n", EBADMSG, 4 },
		{ START "m=audio 4000 RTP/AVP 0\r\n", EBADMSG, 4 }, /* no c= */
		{ START "c=IN IP4 1.2.3.4\r\nm=audio 70000 RTP/AVP 0\r\n", EBADMSG, 5 },
		{ START "c=IN IP4 1.2.3.4\r\nm=audio 4000 RTP/AVP 128\r\n", EBADMSG, 5 },
		{ START "c=IN IP4 1.2.3.4\r\nm=audio 4000 RTP/AVP\r\n", EBADMSG, 5 },
		{ START "c=IN IP5 1.2.3.4\r\n", EBADMSG, 4 },
		{ START "c=IN IP4 1.2.3.4\r\nm=audio 4000 RTP/AVP 97\r\na=rtpmap:97 opus\r\n",
			EBADMSG, 6 },
		{ START "c=IN IP4 1.2.3.4\r\nm=audio 4000 RTP/AVP 97\r\na=rtpmap:97 opus/0\r\n",
			EBADMSG, 6 },
		{ START "nonsense\r\n", EBADMSG, 4 },
		{ START "\r\nt=0 0\r\n", EBADMSG, 4 },
		{ START "a=fingerprint:sha-256 XY\r\n", EBADMSG, 4 },
		{ START "a=ice-pwd:two words\r\n", EBADMSG, 4 },
		{ START "i=a\rb\r\n", EBADMSG, 4 },
		{ START "c=IN IP4 "
			"a123456789.b123456789.c123456789.d123456789.e123456789.f123456789.g\r\n",
			E2BIG, 4 },
		{ START "c=IN IP4 1.2.3.4\r\nm=a 1 RTP/AVP 0\r\nm=a 1 RTP/AVP 0\r\nm=a 1 RTP/AVP "
			"0\r\nm=a 1 RTP/AVP 0\r\n"
			"m=a 1 RTP/AVP 0\r\nm=a 1 RTP/AVP 0\r\nm=a 1 RTP/AVP 0\r\nm=a 1 RTP/AVP "
			"0\r\nm=a 1 RTP/AVP 0\r\n",
			E2BIG, 13 },
	};
	struct sdp *sdp = malloc(sizeof(*sdp));

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned line = 0;
		int err = sdp_parse(sdp, rows[i].text, strlen(rows[i].text), &line);

		if (err != rows[i].err || line != rows[i].line)
			fail_msg("row %zu: %d in line %u", i, err, line);
	}
	free(sdp);
}

/* More formats than fit are no reason to refuse a call: the first ones stay, a too long one goes. */
static void long_lists_are_cut(void **state)
{
	struct sdp *sdp;
	struct buf text;

	(void)state;
	buf_init(&text, 65536);
	buf_puts(&text, START "c=IN IP4 1.2.3.4\r\nm=video 4000 RTP/AVP");
	for (int i = 40; i < 128; i++)
		buf_printf(&text, " %d", i);
	buf_puts(&text, "\r\na=rtpmap:40 VP8/90000\r\na=rtpmap:41 "
			"a-name-of-more-than-24-characters/8000\r\n");
	sdp = parsed(text.data);
	assert_int_equal(sdp->media[0].format_count, SDP_MAX_FORMATS - 1);
	assert_int_equal(sdp->media[0].formats[1].payload, 42);
	assert_true(strlen(sdp->media[0].raw_formats) > 150);
	free(sdp);
	buf_clear(&text);
	buf_printf(&text, START "c=IN IP4 1.2.3.4\r\nm=image 4000 udptl t38 %200s\r\n", "x");
	sdp = parsed(text.data);
	assert_string_equal(sdp->media[0].raw_formats, "t38");
	buf_clear(&text);
	buf_printf(&text, START "c=IN IP4 1.2.3.4\r\nm=image 4000 udptl %0200d\r\n", 1);
	assert_int_equal(sdp_parse(sdp, text.data, text.len, NULL), E2BIG);
	buf_release(&text);
	free(sdp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_browser_offer_is_understood),
		cmocka_unit_test(plain_offers_are_understood),
		cmocka_unit_test(static_payloads_need_no_rtpmap),
		cmocka_unit_test(fax_sections_keep_their_formats),
		cmocka_unit_test(printing_and_parsing_agree),
		cmocka_unit_test(our_answer_to_a_browser_is_complete),
		cmocka_unit_test(printing_refuses_line_ends),
		cmocka_unit_test(broken_descriptions_are_refused),
		cmocka_unit_test(long_lists_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
