/* RFC 4475 messages, and others of their kind, are taken or refused with the right status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include "sip/sip_msg.h"
#include "sip/sip_print.h"

#define VIA   "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKtorture\r\n"
#define FROM  "From: sip:caller@example.net;tag=134161461246\r\n"
#define TO    "To: sip:user@example.com\r\n"
#define ID    "Call-ID: torture.0ha0isndaksdj@192.0.2.1\r\n"
#define MF    "Max-Forwards: 70\r\n"
#define CSEQ  "CSeq: 1 INVITE\r\n"
#define OCSEQ "CSeq: 1 OPTIONS\r\n"
#define LEN0  "Content-Length: 0\r\n"
#define INV   "INVITE sip:user@example.com SIP/2.0\r\n"
#define OPT   "OPTIONS sip:user@example.com SIP/2.0\r\n"
#define HEAD  VIA FROM TO ID MF

/* status 0: taken; -1: a response that is dropped */
struct row {
	const char *name;
	int status;
	const char *text;
};

static const struct row datagrams[] = {
	/* --- 3.1.1: valid --- */
	{ "wsinv: a short tortuous INVITE", 0,
		"INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
		"TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
		"from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag "
		"= 98asjd8\r\n"
		"MaX-fOrWaRdS: 0068\r\n"
		"Call-ID: wsinv.ndaksdj@192.0.2.1\r\n"
		"Content-Length   : 150\r\n"
		"cseq: 0009\r\n  INVITE\r\n"
		"Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\n"
		"s :\r\n"
		"NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
		"UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
		"Content-Type: application/sdp\r\n"
		"Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
		"v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  "
		",\r\n"
		" SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
		"m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n      "
		"newvalue ;\r\n"
		"  secondparam ; q = 0.33\r\n\r\n"
		"v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 "
		"192.0.2.4\r\nt=0 0\r\n"
		"m=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n" },
	{ "intmeth: every token character in an unknown method", 501,
		"!interesting-Method0123456789_*+`.%indeed'~ "
		"sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
		":&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0\r\n"
		"Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~\r\n"
		"To: \"BEL:\\\x07 DEL:\\\x7F\" "
		"<sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>\r\n"
		"From: token1~` token2'+_ token3*%!.- "
		"<sip:mundane@example.com>;fromParam''~+*_!.-%="
		"\"\xD1\x80\xD0\xB0\";tag=_token~1'+`*%!-.\r\n"
		"Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\r\n"
		"CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~\r\n"
		"Max-Forwards: "
		"255\r\nextensionHeader-!.%*+_`'~:\xEF\xBB\xBF\xE5\xA4\xA7\xE5\x81\x9C\r\n" LEN0
		"\r\n" },
	{ "esc01: escapes in a URI", 0,
		"INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0\r\n" VIA
		"To: sip:%75se%72@example.com\r\nFrom: "
		"<sip:I%20have%20spaces@example.net>;tag=938\r\n" ID CSEQ
		"Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>\r\n" LEN0
		"\r\n" },
	{ "escnull: an escaped NUL in URIs", 0,
		"REGISTER sip:example.com SIP/2.0\r\n" VIA "To: sip:null-%00-null@example.com\r\n"
		"From: sip:null-%00-null@example.com;tag=839923423\r\n" ID
		"CSeq: 14398234 REGISTER\r\n"
		"Contact: <sip:%00@host5.example.com>\r\nContact: "
		"<sip:%00%00@host5.example.com>\r\n" LEN0 "\r\n" },
	{ "esc02: % that does not escape in a method", 501,
		"RE%47IST%45R sip:registrar.example.com SIP/2.0\r\n" VIA
		"To: \"%Z%45\" <sip:resource@example.com>\r\n"
		"From: \"%Z%45\" <sip:resource@example.com>;tag=f232jadfj23\r\n" ID
		"CSeq: 29344 RE%47IST%45R\r\n"
		"Contact: <sip:alias1@host1.example.com>\r\nC%6Fntact: "
		"<sip:alias2@host2.example.com>\r\n" LEN0 "\r\n" },
	{ "lwsdisp: no blank between display name and <", 0,
		OPT VIA TO "From: caller<sip:caller@example.com>;tag=323\r\n" ID MF
			   "CSeq: 60 OPTIONS\r\n" LEN0 "\r\n" },
	{ "longreq: long values", 0,
		INV
		"Via: SIP/2.0/TCP sip33.example.com\r\nv: SIP/2.0/TCP "
		"sip32.example.com,SIP/2.0/TCP sip31.example.com\r\n"
		"F: "
		"sip:"
		"amazinglylongcallernameamazinglylongcallernameamazinglylongcallernameamazinglylong"
		"callername"
		"@example.net;tag="
		"12982982982982982982982982982982982982982982982982982982982982982982982982982424;"
		"unknownheaderparamnamenamenamenamenamenamenamenamenamenamename="
		"unknowheaderparamvaluevaluevaluevalue\r\n"
		"t:sip:user@example.com\r\ni: "
		"longreq.onereallyreallyreallyreallyreallyreallyreallylongcallid\r\n" CSEQ
		"m: <sip:amazinglylongcallername@host5.example.net>\r\nl: 0\r\n\r\n" },
	{ "dblreq: bytes behind the body are ignored", 0,
		OPT HEAD OCSEQ LEN0
		"\r\nINVITE sip:joe@example.com SIP/2.0\r\nt: sip:joe@example.com\r\n\r\n" },
	{ "semiuri: a semicolon in the user part", 0,
		"OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0\r\n" VIA
		"To: sip:j_user@example.com\r\n" FROM ID MF OCSEQ "l: 0\r\n\r\n" },
	{ "transports: Via transports of all kinds", 0,
		OPT
		"Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw\r\nVia: SIP/2.0/SCTP "
		"t2.example.com;branch=z9hG4bKklasjdhf\r\n"
		"Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj\r\n"
		"Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en\r\n" TO FROM ID MF OCSEQ
		"l: 0\r\n\r\n" },
	{ "unreason: UTF-8 in a reason phrase", 0,
		"SIP/2.0 200 = 2**3 * 5**2 \xD0\xBD\xD0\xBE \xD1\x81\xD1\x82\xD0\xBE\r\n" HEAD CSEQ
			LEN0 "Contact: <sip:user@host198.example.com>\r\n\r\n" },
	{ "noreason: an empty reason phrase", 0, "SIP/2.0 100 \r\n" HEAD CSEQ LEN0 "\r\n" },
	{ "a status line without the blank behind its code", 0,
		"SIP/2.0 100\r\n" HEAD CSEQ LEN0 "\r\n" },
	/* --- 3.1.2: invalid --- */
	{ "badinv01: empty parameters in Via", 400,
		INV "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n" TO FROM ID MF CSEQ
		    "Contact: <sip:joe@example.com>\r\n" LEN0 "\r\n" },
	{ "badinv01: empty parameters in Contact", 400,
		INV HEAD CSEQ "Contact: \"Joe\" <sip:joe@example.org>;;;;\r\n" LEN0 "\r\n" },
	{ "clerr: Content-Length beyond the datagram", 400,
		INV HEAD CSEQ "Content-Length: 9999\r\n\r\nv=0\r\n" },
	{ "ncl: negative Content-Length", 400,
		INV HEAD CSEQ "Content-Length: -999\r\n\r\nv=0\r\n" },
	{ "scalar02: overlarge CSeq", 400,
		INV HEAD "CSeq: 36893488147419103232 INVITE\r\n" LEN0 "\r\n" },
	{ "overlarge Expires", 400,
		INV HEAD CSEQ "Expires: 10000000000000000000000000000\r\n" LEN0 "\r\n" },
	{ "overlarge Max-Forwards", 400,
		INV VIA FROM TO ID CSEQ "Max-Forwards: 300\r\n" LEN0 "\r\n" },
	{ "CSeq of 2^31", 400, INV HEAD "CSeq: 2147483648 INVITE\r\n" LEN0 "\r\n" },
	{ "the largest CSeq", 0, INV HEAD "CSeq: 2147483647 INVITE\r\n" LEN0 "\r\n" },
	{ "scalarlg: overlarge values in a response", -1,
		"SIP/2.0 503 Service Unavailable\r\n" HEAD
		"CSeq: 9292394834772304023312 OPTIONS\r\nRetry-After: "
		"949302838503028349304023988\r\n" LEN0 "\r\n" },
	{ "quotbal: a quote that does not end", 400,
		INV VIA FROM "To: \"Mr. J. User <sip:j.user@example.com>\r\n" ID MF CSEQ LEN0
			     "\r\n" },
	{ "a quote that does not end in Authorization", 400,
		INV HEAD CSEQ "Authorization: Digest username=\"joe, realm=x\r\n" LEN0 "\r\n" },
	{ "ltgtruri: <> around the request URI", 400,
		"INVITE <sip:user@example.com> SIP/2.0\r\n" HEAD CSEQ LEN0 "\r\n" },
	{ "lwsruri: a blank in the request URI", 400,
		"INVITE sip:user@example.com; lr SIP/2.0\r\n" HEAD CSEQ LEN0 "\r\n" },
	{ "lwsstart: two blanks in the request line", 400,
		"INVITE  sip:user@example.com  SIP/2.0\r\n" HEAD CSEQ LEN0 "\r\n" },
	{ "trws: blanks at the end of the request line", 400,
		"OPTIONS sip:user@example.com SIP/2.0  \r\n" HEAD OCSEQ LEN0 "\r\n" },
	{ "escruri: headers in the request URI", 400,
		"INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0\r\n" HEAD CSEQ LEN0
		"\r\n" },
	{ "baddate: a Date in another zone is no reason to refuse", 0,
		INV HEAD CSEQ "Date: Fri, 01 Jan 2010 16:00:00 EST\r\n" LEN0 "\r\n" },
	{ "regbadct: ? in a Contact without <>", 400,
		"REGISTER sip:example.com SIP/2.0\r\n" HEAD "CSeq: 1 REGISTER\r\n"
		"Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\r\n" LEN0 "\r\n" },
	{ "badaspec: blanks inside <>", 400,
		OPT VIA FROM
		"To: \"Watson, Thomas\" < sip:t.watson@example.org >\r\n" ID MF OCSEQ LEN0 "\r\n" },
	{ "baddn: a comma in an unquoted display name", 400,
		OPT VIA TO
		"From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43\r\n" ID MF OCSEQ LEN0
		"\r\n" },
	{ "badvers: SIP/7.0", 505,
		"OPTIONS sip:t.watson@example.org SIP/7.0\r\n" HEAD OCSEQ LEN0 "\r\n" },
	{ "mismatch01: CSeq of another method", 400, OPT HEAD "CSeq: 8 INVITE\r\n" LEN0 "\r\n" },
	{ "mismatch02: unknown method with another CSeq", 400,
		"NEWMETHOD sip:user@example.com SIP/2.0\r\n" HEAD "CSeq: 8 INVITE\r\n" LEN0
		"\r\n" },
	{ "bigcode: a status code of ten digits", -1,
		"SIP/2.0 4294967301 better not break the receiver\r\n" HEAD CSEQ LEN0 "\r\n" },
	/* --- 3.2 and 3.3 --- */
	{ "badbranch: nothing behind the cookie", 0,
		OPT "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK\r\n" FROM TO ID MF OCSEQ LEN0
		    "\r\n" },
	{ "insuf: neither Call-ID nor From nor To", 400,
		"INVITE sip:user@example.com SIP/2.0\r\n" VIA CSEQ MF LEN0 "\r\n" },
	{ "unkscm: a scheme nobody knows", 416,
		"OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0\r\n" HEAD OCSEQ LEN0
		"\r\n" },
	{ "novelsc: a known scheme that is not ours", 416,
		"OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0\r\n" HEAD OCSEQ LEN0 "\r\n" },
	{ "unksm2: unknown schemes elsewhere", 0,
		"REGISTER sip:example.com SIP/2.0\r\n" VIA
		"To: isbn:2983792873\r\nFrom: <http://www.example.com>;tag=3234233\r\n" ID
		"CSeq: 234902 REGISTER\r\nContact: <name:John_Smith>\r\n" LEN0 "\r\n" },
	{ "multi01: several values of single headers", 400,
		INV HEAD CSEQ "CSeq: 59 INVITE\r\n" LEN0 "\r\n" },
	{ "two From", 400, INV HEAD "From: sip:other@example.net;tag=3\r\n" CSEQ LEN0 "\r\n" },
	{ "two Call-ID, one compact", 400, INV HEAD "i: other\r\n" CSEQ LEN0 "\r\n" },
	{ "mcl01: two Content-Lengths", 400,
		OPT HEAD OCSEQ "Content-Length: 13\r\nContent-Length: 5\r\n\r\nThere's no way" },
	{ "two equal Content-Lengths", 400, OPT HEAD OCSEQ LEN0 "l: 0\r\n\r\n" },
	{ "zeromf: Max-Forwards 0", 0, OPT VIA FROM TO ID "Max-Forwards: 0\r\n" OCSEQ LEN0 "\r\n" },
	{ "cparam01: unknown parameters of a Contact", 0,
		"REGISTER sip:example.com SIP/2.0\r\n" HEAD "CSeq: 1 REGISTER\r\nContact: "
		"sip:+19725552222@gw1.example.net;unknownparam\r\n" LEN0 "\r\n" },
	{ "regescrt: an escaped header in a Contact", 0,
		"REGISTER sip:example.com SIP/2.0\r\n" HEAD "CSeq: 1 REGISTER\r\nContact: "
		"<sip:user@example.com?Route=%3Csip:sip.example.com%3E>\r\n" LEN0 "\r\n" },
	{ "inv2543: Via without branch, no Max-Forwards, no Content-Length", 0,
		"INVITE sip:UserB@example.com SIP/2.0\r\nVia: SIP/2.0/UDP iftgw.example.com\r\n"
		"From: <sip:+13035551111@ift.client.example.net;user=phone>\r\nRecord-Route: "
		"<sip:UserB@example.com;maddr=ss1.example.com>\r\n"
		"To: sip:+16505552222@ss1.example.net;user=phone\r\nCall-ID: "
		"inv2543.1717@ift.client.example.com\r\nCSeq: 56 INVITE\r\n"
		"Content-Type: application/sdp\r\n\r\nv=0\r\n" },
	/* --- others --- */
	{ "habits of real devices", 0,
		OPT "Via: SIP/2.0/UDP h;branch=z9hG4bKYWJj==\r\n"
		    "From: Room 2 (first floor) #3 <sip:*31#8001@h>;tag=a=b@c\r\n" TO ID MF OCSEQ
		    "Supported: a,,b,\r\n" LEN0 "\r\n" },
	{ "an address as unquoted display name", 400,
		OPT VIA TO "From: sip:a@b <sip:c@d>;tag=1\r\n" ID MF OCSEQ LEN0 "\r\n" },
	{ "bare LF", 400, "OPTIONS sip:user@example.com SIP/2.0\n" HEAD OCSEQ LEN0 "\r\n" },
	{ "bare LF between headers", 400, OPT HEAD "CSeq: 1 OPTIONS\n" LEN0 "\r\n" },
	{ "nothing but LF", 400,
		"OPTIONS sip:u@example.com SIP/2.0\nVia: SIP/2.0/UDP "
		"192.0.2.1;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\nTo: <sip:u@b>\nCall-ID: "
		"1\nCSeq: 1 OPTIONS\n\n" },
	{ "a lone CR in a value", 400, OPT HEAD OCSEQ "Subject: one\rtwo\r\n" LEN0 "\r\n" },
	{ "a lone CR in From", 400,
		OPT VIA TO "From: \"a\rVia: x\" <sip:a@b>;tag=1\r\n" ID MF OCSEQ LEN0 "\r\n" },
	{ "no empty line", 400, OPT HEAD OCSEQ LEN0 },
	{ "a line without a colon", 400, OPT HEAD OCSEQ "Subject\r\n" LEN0 "\r\n" },
	{ "a header name with a blank", 400, OPT HEAD OCSEQ "Content Length: 5\r\n" LEN0 "\r\n" },
	{ "a fold before any header", 400, OPT " folded: x\r\n" HEAD OCSEQ LEN0 "\r\n" },
	{ "two tags in From", 400,
		OPT VIA TO "From: <sip:a@b>;tag=1;tag=2\r\n" ID MF OCSEQ LEN0 "\r\n" },
	{ "two branches in Via", 400,
		OPT
		"Via: SIP/2.0/UDP h;branch=z9hG4bK1;branch=z9hG4bK2\r\n" TO FROM ID MF OCSEQ LEN0
		"\r\n" },
	{ "port 0 and beyond 65535", 400,
		OPT "Via: SIP/2.0/UDP h:99999;branch=z9hG4bK1\r\n" TO FROM ID MF OCSEQ LEN0
		    "\r\n" },
	{ "Contact * outside REGISTER", 400, INV HEAD CSEQ "Contact: *\r\n" LEN0 "\r\n" },
	{ "Contact * and another", 400,
		"REGISTER sip:example.com SIP/2.0\r\n" HEAD
		"CSeq: 1 REGISTER\r\nContact: *\r\nContact: <sip:a@b>\r\n" LEN0 "\r\n" },
	{ "a Route without <>", 400, INV HEAD CSEQ "Route: sip:example.com;lr\r\n" LEN0 "\r\n" },
	{ "Record-Route with a bare ;lr", 400, INV HEAD CSEQ "Record-Route: ;lrx\r\n" LEN0 "\r\n" },
	{ "an empty entry in Route", 400,
		INV HEAD CSEQ "Route: <sip:a;lr>,,<sip:b;lr>\r\n" LEN0 "\r\n" },
	{ "an unknown refresher", 400,
		INV HEAD CSEQ "Session-Expires: 90;refresher=both\r\n" LEN0 "\r\n" },
	{ "a broken RAck", 400,
		"PRACK sip:u@h SIP/2.0\r\n" HEAD "CSeq: 1 PRACK\r\nRAck: 1 1\r\n" LEN0 "\r\n" },
	{ "a broken Content-Type", 400,
		INV HEAD CSEQ "Content-Type: sdp\r\nContent-Length: 4\r\n\r\nv=0\n" },
	{ "HTTP", 400, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n" },
};

static bool never_answered(const char *name)
{
	return !strcmp(name, "HTTP") || !strncmp(name, "badinv01: empty parameters in Via", 20) ||
	       !strncmp(name, "port 0", 6) || !strncmp(name, "two branches", 12);
}

static void torture_datagrams(void **state)
{
	struct sip_msg *m = malloc(sizeof(*m));

	(void)state;
	assert_non_null(m);
	for (size_t i = 0; i < sizeof(datagrams) / sizeof(*datagrams); i++) {
		const struct row *row = &datagrams[i];
		struct sip_fault fault;
		int err = sip_msg_parse(m, row->text, strlen(row->text), SIP_DATAGRAM, &fault);
		int status = !err ? 0 : m->request ? fault.status : -1;

		if (status != row->status)
			fail_msg("%s: %d %s instead of %d", row->name, status, fault.reason,
				row->status);
		if (status > 0 && !fault.answerable && !never_answered(row->name))
			fail_msg("%s: not answerable", row->name);
		if (status > 0 && !*fault.reason)
			fail_msg("%s: no reason", row->name);
	}
	free(m);
}

/* Whatever is refused, its answer is a message that a strict parser takes, unless it has nothing to be identified by. */
static void refusals_can_be_parsed(void **state)
{
	struct sip_msg *m = malloc(sizeof(*m)), *r = malloc(sizeof(*r));
	struct buf out;

	(void)state;
	assert_true(m && r);
	buf_init(&out, 65536);
	for (size_t i = 0; i < sizeof(datagrams) / sizeof(*datagrams); i++) {
		const struct row *row = &datagrams[i];
		struct sip_fault fault, second;
		struct sip_print p;

		if (!sip_msg_parse(m, row->text, strlen(row->text), SIP_DATAGRAM, &fault) ||
			!fault.answerable)
			continue;
		buf_clear(&out);
		sip_print_reply(&p, &out, m,
			&(struct sip_reply){ .status = fault.status,
				.reason = fault.reason,
				.to_tag = "t1",
				.source = "192.0.2.9",
				.source_port = 5099 });
		assert_int_equal(sip_print_end(&p), 0);
		sip_msg_parse(r, out.data, out.len, SIP_DATAGRAM, &second);
		if (r->request || r->status != fault.status || r->text.len != out.len ||
			r->header_count > 8)
			fail_msg("%s: the answer is not one response: %s", row->name, out.data);
		assert_memory_equal(out.data + out.len - 4, "\r\n\r\n", 4);
	}
	buf_release(&out);
	free(m);
	free(r);
}

static void nul_is_refused(void **state)
{
	static const char text[] = OPT HEAD OCSEQ "Subject: a\0b\r\n" LEN0 "\r\n";
	struct sip_msg m;
	struct sip_fault fault;

	(void)state;
	assert_int_equal(sip_msg_parse(&m, text, sizeof(text) - 1, SIP_DATAGRAM, &fault), EBADMSG);
	assert_int_equal(fault.status, 400);
}

static void ack_is_never_answered(void **state)
{
	static const char text[] = "ACK sip:u@h SIP/2.0\r\n" HEAD "CSeq: 1 INVITE\r\n" LEN0 "\r\n";
	struct sip_msg m;
	struct sip_fault fault;

	(void)state;
	assert_int_equal(sip_msg_parse(&m, text, sizeof(text) - 1, SIP_DATAGRAM, &fault), EBADMSG);
	assert_false(fault.answerable);
}

static void a_websocket_frame_holds_one_message(void **state)
{
	static const char longer[] = OPT HEAD OCSEQ LEN0 "\r\nmore";
	static const char without[] = OPT HEAD OCSEQ "Content-Type: text/plain\r\n\r\nmore";
	struct sip_msg m;
	struct sip_fault fault;

	(void)state;
	assert_int_equal(
		sip_msg_parse(&m, longer, sizeof(longer) - 1, SIP_WEBSOCKET, &fault), EBADMSG);
	assert_int_equal(fault.status, 400);
	assert_int_equal(sip_msg_parse(&m, without, sizeof(without) - 1, SIP_WEBSOCKET, &fault), 0);
	assert_int_equal(m.body.len, 4);
	assert_int_equal(
		sip_msg_parse(&m, without, sizeof(without) - 1, SIP_STREAM, &fault), EBADMSG);
}

static void keep_alives_are_no_messages(void **state)
{
	struct sip_msg m;
	struct sip_fault fault;

	(void)state;
	assert_int_equal(sip_msg_parse(&m, "\r\n\r\n", 4, SIP_DATAGRAM, &fault), ENODATA);
	assert_int_equal(sip_msg_parse(&m, "", 0, SIP_WEBSOCKET, &fault), ENODATA);
}

static void too_many_headers_are_refused(void **state)
{
	struct buf text;
	struct sip_msg m;
	struct sip_fault fault;

	(void)state;
	buf_init(&text, 65536);
	buf_puts(&text, OPT HEAD OCSEQ);
	for (int i = 0; i < SIP_MAX_HEADERS; i++)
		buf_printf(&text, "X-Filler: %d\r\n", i);
	buf_puts(&text, "\r\n");
	assert_int_equal(sip_msg_parse(&m, text.data, text.len, SIP_DATAGRAM, &fault), EBADMSG);
	assert_int_equal(fault.status, 400);
	assert_int_equal(m.header_count, SIP_MAX_HEADERS);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(torture_datagrams),
		cmocka_unit_test(refusals_can_be_parsed),
		cmocka_unit_test(nul_is_refused),
		cmocka_unit_test(ack_is_never_answered),
		cmocka_unit_test(a_websocket_frame_holds_one_message),
		cmocka_unit_test(keep_alives_are_no_messages),
		cmocka_unit_test(too_many_headers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
