/* What each known header line must look like (RFC 3261 25, 3262, 4028; RFC 4475 for what is refused). */
#include "sip_scan.h"
#include "sip_msg.h"
#include "sip_check.h"

/* --- one function per form; each gives false when the line is refused --- */

static bool check_via(struct sip_msg *m, const struct sip_header *h)
{
	struct sip_list list = { m, NULL, h->value };
	struct sip_via via;
	size_t n = 0;
	int err;

	while (!(err = sip_list_next_via(&list, &via))) {
		if (!m->via.host.p)
			m->via = via;
		if (++n > SIP_MAX_VIAS)
			return false;
	}
	return err == ENOENT && n;
}

static bool check_addr(struct sip_addr *dst, const struct sip_header *h)
{
	struct sip_addr addr;

	if (sip_addr_parse(&addr, h->value))
		return false;
	if (!dst->text.p)
		*dst = addr;
	return true;
}

static bool check_from(struct sip_msg *m, const struct sip_header *h)
{
	return check_addr(&m->from, h);
}

static bool check_to(struct sip_msg *m, const struct sip_header *h)
{
	return check_addr(&m->to, h);
}

static bool check_contact(struct sip_msg *m, const struct sip_header *h)
{
	struct sip_list list = { m, NULL, h->value };
	struct sip_contact contact;
	size_t n = 0;
	int err;

	while (!(err = sip_list_next_contact(&list, &contact)))
		if (++n > SIP_MAX_ROUTES)
			return false;
	return err == ENOENT && n;
}

/* Route, Record-Route, Path: name-addr with its <>, of a scheme that can be routed. */
static bool check_route(struct sip_msg *m, const struct sip_header *h)
{
	struct sip_list list = { m, NULL, h->value };
	struct sip_addr addr;
	size_t n = 0;
	int err;

	while (!(err = sip_list_next_addr(&list, &addr))) {
		if (addr.uri.text.p == addr.text.p || !addr.uri.host.p || ++n > SIP_MAX_ROUTES)
			return false;
	}
	return err == ENOENT && n;
}

/* Any printable text without blanks: word ["@" word] as devices write it. */
static bool check_call_id(struct sip_msg *m, const struct sip_header *h)
{
	for (size_t i = 0; i < h->value.len; i++)
		if (h->value.p[i] <= 0x20 || h->value.p[i] == 0x7f ||
			sip_is_one_of(h->value.p[i], ",;"))
			return false;
	if (!m->call_id.p)
		m->call_id = h->value;
	return h->value.len > 0;
}

static bool check_cseq(struct sip_msg *m, const struct sip_header *h)
{
	struct sip_view number = { h->value.p, 0 };
	uint64_t seq;

	while (number.len < h->value.len && sip_is_digit(h->value.p[number.len]))
		number.len++;
	if (sip_view_number(&seq, number, INT32_MAX) || number.len == h->value.len ||
		!sip_is_blank(h->value.p[number.len]) || !sip_view_token(sip_cseq_method(h->value)))
		return false;
	m->cseq = (uint32_t)seq;
	return true;
}

static bool check_max_forwards(struct sip_msg *m, const struct sip_header *h)
{
	uint64_t n;

	if (sip_view_number(&n, h->value, 255))
		return false;
	m->max_forwards = (int)n;
	return true;
}

/* The length itself is checked where the body is cut. */
static bool check_content_length(struct sip_msg *m, const struct sip_header *h)
{
	uint64_t n;

	(void)m;
	return !sip_view_number(&n, h->value, UINT32_MAX);
}

static bool check_number(struct sip_msg *m, const struct sip_header *h)
{
	uint64_t n;

	(void)m;
	return !sip_view_number(&n, h->value, UINT32_MAX);
}

/* Both look at the first line of the kind, which this is: they may stand once. */
static bool check_session_expires(struct sip_msg *m, const struct sip_header *h)
{
	struct sip_session_expires se;

	(void)h;
	return !sip_msg_session_expires(m, &se);
}

static bool check_rack(struct sip_msg *m, const struct sip_header *h)
{
	struct sip_rack rack;

	(void)h;
	return !sip_msg_rack(m, &rack);
}

static bool check_min_se(struct sip_msg *m, const struct sip_header *h)
{
	uint32_t n;

	(void)h;
	return !sip_msg_number(m, SIP_HDR_MIN_SE, &n);
}

static bool check_content_type(struct sip_msg *m, const struct sip_header *h)
{
	struct sip_media_type type;

	(void)h;
	return !sip_msg_content_type(m, &type);
}

/* Option tags and methods. Empty entries are passed over: devices leave commas behind. */
static bool check_tokens(struct sip_msg *m, const struct sip_header *h)
{
	struct sip_list list = { m, NULL, h->value };
	struct sip_view item;
	int err;

	while (!(err = sip_list_next(&list, &item)))
		if (item.len && !sip_view_token(item))
			return false;
	return err == ENOENT;
}

static bool check_quotes(struct sip_msg *m, const struct sip_header *h)
{
	struct sip_view rest = h->value;

	(void)m;
	while (rest.len) {
		size_t n = 1;

		if (*rest.p == '"')
			n = sip_quoted_len(rest);
		if (!n)
			return false;
		sip_skip(&rest, n);
	}
	return true;
}

static const struct {
	bool once;
	bool (*check)(struct sip_msg *m, const struct sip_header *h);
	const char *reason;
} rules[SIP_HDR_COUNT] = {
	[SIP_HDR_ALLOW] = { false, check_tokens, "Bad Allow" },
	[SIP_HDR_AUTHORIZATION] = { false, check_quotes, "Bad Authorization" },
	[SIP_HDR_CALL_ID] = { true, check_call_id, "Bad Call-ID" },
	[SIP_HDR_CONTACT] = { false, check_contact, "Bad Contact" },
	[SIP_HDR_CONTENT_DISPOSITION] = { true, check_quotes, "Bad Content-Disposition" },
	[SIP_HDR_CONTENT_LENGTH] = { true, check_content_length, "Bad Content-Length" },
	[SIP_HDR_CONTENT_TYPE] = { true, check_content_type, "Bad Content-Type" },
	[SIP_HDR_CSEQ] = { true, check_cseq, "Bad CSeq" },
	[SIP_HDR_DATE] = { true, NULL, NULL },
	[SIP_HDR_DIVERSION] = { false, check_quotes, "Bad Diversion" },
	[SIP_HDR_EVENT] = { true, check_quotes, "Bad Event" },
	[SIP_HDR_EXPIRES] = { true, check_number, "Bad Expires" },
	[SIP_HDR_FROM] = { true, check_from, "Bad From" },
	[SIP_HDR_HISTORY_INFO] = { false, check_quotes, "Bad History-Info" },
	[SIP_HDR_MAX_FORWARDS] = { true, check_max_forwards, "Bad Max-Forwards" },
	[SIP_HDR_MIN_EXPIRES] = { true, check_number, "Bad Min-Expires" },
	[SIP_HDR_MIN_SE] = { true, check_min_se, "Bad Min-SE" },
	[SIP_HDR_P_ASSERTED_IDENTITY] = { false, check_quotes, "Bad P-Asserted-Identity" },
	[SIP_HDR_P_PREFERRED_IDENTITY] = { false, check_quotes, "Bad P-Preferred-Identity" },
	[SIP_HDR_PATH] = { false, check_route, "Bad Path" },
	[SIP_HDR_PROXY_AUTHENTICATE] = { false, check_quotes, "Bad Proxy-Authenticate" },
	[SIP_HDR_PROXY_AUTHORIZATION] = { false, check_quotes, "Bad Proxy-Authorization" },
	[SIP_HDR_PROXY_REQUIRE] = { false, check_tokens, "Bad Proxy-Require" },
	[SIP_HDR_RACK] = { true, check_rack, "Bad RAck" },
	[SIP_HDR_REASON] = { false, check_quotes, "Bad Reason" },
	[SIP_HDR_RECORD_ROUTE] = { false, check_route, "Bad Record-Route" },
	[SIP_HDR_REFER_TO] = { true, check_quotes, "Bad Refer-To" },
	[SIP_HDR_REFERRED_BY] = { true, check_quotes, "Bad Referred-By" },
	[SIP_HDR_REPLACES] = { true, check_quotes, "Bad Replaces" },
	[SIP_HDR_REQUIRE] = { false, check_tokens, "Bad Require" },
	[SIP_HDR_RETRY_AFTER] = { true, NULL, NULL },
	[SIP_HDR_ROUTE] = { false, check_route, "Bad Route" },
	[SIP_HDR_RSEQ] = { true, check_number, "Bad RSeq" },
	[SIP_HDR_SESSION_EXPIRES] = { true, check_session_expires, "Bad Session-Expires" },
	[SIP_HDR_SUBSCRIPTION_STATE] = { true, check_quotes, "Bad Subscription-State" },
	[SIP_HDR_SUPPORTED] = { false, check_tokens, "Bad Supported" },
	[SIP_HDR_TO] = { true, check_to, "Bad To" },
	[SIP_HDR_UNSUPPORTED] = { false, check_tokens, "Bad Unsupported" },
	[SIP_HDR_VIA] = { false, check_via, "Bad Via" },
	[SIP_HDR_WWW_AUTHENTICATE] = { false, check_quotes, "Bad WWW-Authenticate" },
};

bool sip_check_once(enum sip_hdr id)
{
	return rules[id].once;
}

const char *sip_check_header(struct sip_msg *m, const struct sip_header *h)
{
	return rules[h->id].check && !rules[h->id].check(m, h) ? rules[h->id].reason : NULL;
}

struct sip_view sip_cseq_method(struct sip_view value)
{
	while (value.len && sip_is_digit(*value.p))
		sip_skip(&value, 1);
	return sip_view_trim(value);
}
