/* URIs: what is taken, what is equal to what (RFC 3261 19.1.4), what escaping does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include "sip/sip_uri.h"

static void parts(void **state)
{
	struct sip_uri uri;
	struct sip_view value;

	(void)state;
	assert_int_equal(sip_uri_parse(&uri, sip_view("sips:alice:p%20w@[2001:db8::1]:5061;"
						      "transport=tcp;lr?subject=x&y=z")),
		0);
	assert_int_equal(uri.scheme, SIP_SCHEME_SIPS);
	assert_true(sip_view_is(uri.user, "alice") && sip_view_is(uri.password, "p%20w"));
	assert_true(uri.ipv6 && sip_view_is(uri.host, "2001:db8::1"));
	assert_int_equal(uri.port, 5061);
	assert_true(sip_uri_param(&uri, "Transport", &value) && sip_view_is(value, "tcp"));
	assert_true(sip_view_is(uri.headers, "subject=x&y=z"));
	assert_int_equal(sip_uri_parse(&uri, sip_view("sip:example.com")), 0);
	assert_null(uri.user.p);
	assert_int_equal(sip_uri_parse(&uri, sip_view("mailto:a@b")), 0);
	assert_int_equal(uri.scheme, SIP_SCHEME_OTHER);
	assert_int_equal(sip_uri_parse(&uri, sip_view("tel:+86-10-12345678;ext=9")), 0);
	assert_true(sip_view_is(uri.user, "+86-10-12345678"));
}

static void refused(void **state)
{
	static const char *const bad[] = { "", "sip:", "sip", "sip:@h", "sip:u@", "sip:u@h:0",
		"sip:u@h:70000", "sip:u@h:", "sip:u@h:5x", "sip:u@-h", "sip:u@h-", "sip:u@h..x",
		"sip:u u@h", "sip:u@h ", " sip:u@h", "sip:u%4@h", "sip:u%zz@h", "sip:u@[::1",
		"sip:u@[1.2.3.4]", "sip:u@h;", "sip:u@h;;lr", "sip:u@h?", "sip:u@h;a=\"b\"",
		"sip:u@h;transport=ws;Transport=tcp", "sip:u\"@h", "sip:<u@h>", "sip:a@b@c",
		"sip:u@h\r\n", "sip:\xE5@h", "tel:", "tel:+", "tel:12 3", "tel:call-me", "1sip:u@h",
		"http:a b", "http:<x>", "sip:u@h_/x" };
	struct sip_uri uri;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (sip_uri_parse(&uri, sip_view(bad[i])) != EBADMSG)
			fail_msg("taken: '%s'", bad[i]);
}

/* More than the maximum would let comparing two of them take long. */
static void too_many_parameters_are_refused(void **state)
{
	struct sip_uri uri;
	struct buf text;

	(void)state;
	buf_init(&text, 4096);
	buf_puts(&text, "sip:u@h");
	for (int i = 0; i < SIP_MAX_PARAMS; i++)
		buf_printf(&text, ";p%d", i);
	assert_int_equal(sip_uri_parse(&uri, sip_view(text.data)), 0);
	buf_puts(&text, ";more");
	assert_int_equal(sip_uri_parse(&uri, sip_view(text.data)), EBADMSG);
	buf_release(&text);
}

static void equality(void **state)
{
	static const struct {
		bool equal;
		const char *a, *b;
	} rows[] = {
		{ true, "sip:%61lice@atlanta.com;transport=TCP",
			"sip:alice@AtLanTa.CoM;Transport=tcp" },
		{ true, "sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5" },
		{ true, "sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on" },
		{ true, "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
			"sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com" },
		{ true, "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
			"sip:alice@atlanta.com?priority=urgent&subject=project%20x" },
		{ false, "SIP:ALICE@AtLanTa.CoM;Transport=udp",
			"sip:alice@AtLanTa.CoM;Transport=UDP" },
		{ false, "sip:bob@biloxi.com", "sip:bob@biloxi.com:5060" },
		{ false, "sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp" },
		{ false, "sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp" },
		{ false, "sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting" },
		{ false, "sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4" },
		{ false, "sip:carol@chicago.com;security=off",
			"sip:carol@chicago.com;security=on" },
		{ false, "sip:u@h", "sips:u@h" },
		{ false, "sip:h", "sip:u@h" },
		{ true, "tel:+86-10-1234", "tel:+86(10)1234" },
		{ false, "tel:+861234", "tel:861234" },
		{ false, "tel:1234;phone-context=a.com", "tel:1234" },
		{ true, "urn:service:sos", "urn:service:sos" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sip_uri a, b;

		assert_int_equal(sip_uri_parse(&a, sip_view(rows[i].a)), 0);
		assert_int_equal(sip_uri_parse(&b, sip_view(rows[i].b)), 0);
		if (sip_uri_equal(&a, &b) != rows[i].equal ||
			sip_uri_equal(&b, &a) != rows[i].equal)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
	}
}

static void escaping(void **state)
{
	struct sip_uri uri;
	struct buf out;
	char user[32];

	(void)state;
	buf_init(&out, 256);
	assert_int_equal(
		sip_uri_print(&out, &(struct sip_uri_parts){ .user = "a;b c@\xE4\xB8\x89\r\n",
					    .host = "::1",
					    .port = 5060,
					    .params = ";transport=tcp" }),
		0);
	assert_string_equal(out.data, "sip:a%3Bb%20c%40%E4%B8%89%0D%0A@[::1]:5060;transport=tcp");
	assert_int_equal(sip_uri_parse(&uri, sip_view(out.data)), 0);
	assert_int_equal(sip_uri_user(user, sizeof(user), &uri), EBADMSG);
	buf_clear(&out);
	assert_int_equal(
		sip_uri_print(&out, &(struct sip_uri_parts){ .user = "8001", .host = "h\r\nX" }),
		EINVAL);
	assert_int_equal(sip_uri_print(&out,
				 &(struct sip_uri_parts){
					 .user = "8001", .host = "h", .params = ";a\r\nb" }),
		EINVAL);
	assert_int_equal(out.len, 0);
	assert_int_equal(sip_uri_parse(&uri, sip_view("sip:%E4%B8%89%20x@h")), 0);
	assert_int_equal(sip_uri_user(user, sizeof(user), &uri), 0);
	assert_string_equal(user, "\xE4\xB8\x89 x");
	assert_int_equal(sip_uri_user(user, 3, &uri), EMSGSIZE);
	assert_string_equal(user, "");
	buf_release(&out);
}

static void views(void **state)
{
	char text[16];
	uint64_t n;

	(void)state;
	assert_int_equal(sip_unquote(text, sizeof(text), sip_view("\"a\\\"b\\\\ c\"")), 0);
	assert_string_equal(text, "a\"b\\ c");
	assert_int_equal(sip_unquote(text, sizeof(text), sip_view("a\r\n b")), 0);
	assert_string_equal(text, "a b");
	assert_int_equal(sip_unquote(text, sizeof(text), sip_view("\"a\\\rb\"")), EBADMSG);
	assert_int_equal(sip_unquote(text, 3, sip_view("abc")), EMSGSIZE);
	assert_int_equal(sip_view_number(&n, sip_view("18446744073709551615"), UINT64_MAX), 0);
	assert_int_equal(sip_view_number(&n, sip_view("18446744073709551616"), UINT64_MAX), ERANGE);
	assert_int_equal(sip_view_number(&n, sip_view("+1"), 9), EBADMSG);
	assert_int_equal(sip_view_number(&n, sip_view("10"), 9), ERANGE);
	assert_true(sip_view_utf8(sip_view("\xE5\xBC\xA0")));
	assert_false(sip_view_utf8(sip_view("\xD5\xC5")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts),
		cmocka_unit_test(refused),
		cmocka_unit_test(too_many_parameters_are_refused),
		cmocka_unit_test(equality),
		cmocka_unit_test(escaping),
		cmocka_unit_test(views),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
