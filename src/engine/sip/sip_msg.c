/* The message parser: start line, head, checks of what is known, body. */
#include "sip_scan.h"
#include "sip_msg.h"
#include "sip_check.h"

static int fail(struct sip_fault *fault, int status, const char *reason)
{
	if (!fault->status) {
		fault->status = status;
		fault->reason = reason;
	}
	return EBADMSG;
}

/* "SIP/2.0": 0; another SIP version: EPROTO; else EBADMSG. */
static int check_version(struct sip_view v)
{
	size_t n = 4;

	if (v.len < 7 || !sip_view_is_i(sip_view_n(v.p, 4), "SIP/"))
		return EBADMSG;
	while (n < v.len && sip_is_digit(v.p[n]))
		n++;
	if (n == 4 || n + 1 >= v.len || v.p[n] != '.')
		return EBADMSG;
	for (size_t i = n + 1; i < v.len; i++)
		if (!sip_is_digit(v.p[i]))
			return EBADMSG;
	return sip_view_is_i(v, "SIP/2.0") ? 0 : EPROTO;
}

static int parse_request_line(struct sip_msg *m, struct sip_view line, struct sip_fault *fault)
{
	const char *first = memchr(line.p, ' ', line.len), *second;
	struct sip_view rest;
	int err;

	m->request = true;
	if (!first)
		return fail(fault, 400, "Bad Request Line");
	m->method_name = sip_view_n(line.p, (size_t)(first - line.p));
	m->method = sip_method_of(m->method_name);
	rest = sip_view_n(first + 1, line.len - m->method_name.len - 1);
	second = memchr(rest.p, ' ', rest.len);
	if (!sip_view_token(m->method_name) || !second)
		return fail(fault, 400, "Bad Request Line");
	m->uri.text = sip_view_n(rest.p, (size_t)(second - rest.p));
	err = check_version(sip_view_n(second + 1, rest.len - m->uri.text.len - 1));
	if (err == EPROTO)
		return fail(fault, 505, "Version Not Supported");
	if (err)
		return fail(fault, 400, "Bad Request Line");
	if (sip_uri_parse(&m->uri, m->uri.text) || m->uri.headers.p)
		return fail(fault, 400, "Bad Request-URI");
	return 0;
}

static int parse_status_line(struct sip_msg *m, struct sip_view line)
{
	uint64_t status;

	if (line.len < 11 || check_version(sip_view_n(line.p, 7)) || line.p[7] != ' ' ||
		sip_view_number(&status, sip_view_n(line.p + 8, 3), 699) || status < 100)
		return EBADMSG;
	if (line.len > 11 && line.p[11] != ' ')
		return EBADMSG;
	m->status = (int)status;
	m->reason = sip_view_n(line.p + 11 + (line.len > 11), line.len - 11 - (line.len > 11));
	return 0;
}

static void parse_start_line(struct sip_msg *m, struct sip_view line, struct sip_fault *fault)
{
	if (line.len >= 4 && sip_view_is_i(sip_view_n(line.p, 4), "SIP/")) {
		if (parse_status_line(m, line))
			fail(fault, 400, "Bad Status Line");
	} else {
		parse_request_line(m, line, fault);
	}
}

/* All header lines into the index; the typed views are filled in and checked on the way. */
static void parse_head(struct sip_msg *m, struct sip_scan *scan, struct sip_fault *fault)
{
	struct sip_view line;

	while (!sip_scan_line(scan, &line)) {
		struct sip_header h = { 0 };
		const char *reason;

		if (sip_scan_header(line, &h.name, &h.value)) {
			fail(fault, 400, "Bad Header Line");
			continue;
		}
		if (m->header_count == SIP_MAX_HEADERS) {
			fail(fault, 400, "Too Many Headers");
			continue;
		}
		h.id = sip_hdr_of(h.name);
		m->headers[m->header_count++] = h;
		if (!m->first[h.id])
			m->first[h.id] = (uint8_t)m->header_count;
		else if (sip_check_once(h.id))
			fail(fault, 400, "Duplicate Header");
		reason = sip_check_header(m, &m->headers[m->header_count - 1]);
		if (reason)
			fail(fault, 400, reason);
	}
	if (scan->dirty)
		fail(fault, 400, "Bad Line End");
	if (!scan->ended)
		fail(fault, 400, "No End Of Headers");
}

/* What a message must have, and what must agree with each other. */
static void check_whole(const struct sip_msg *m, struct sip_fault *fault)
{
	static const enum sip_hdr needed[] = { SIP_HDR_VIA, SIP_HDR_FROM, SIP_HDR_TO,
		SIP_HDR_CALL_ID, SIP_HDR_CSEQ };
	static const char *const missing[] = { "Missing Via", "Missing From", "Missing To",
		"Missing Call-ID", "Missing CSeq" };
	struct sip_list list;
	struct sip_contact contact;
	size_t contacts = 0, stars = 0;

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (!m->first[needed[i]])
			fail(fault, 400, missing[i]);
	sip_list_init(&list, m, SIP_HDR_CONTACT);
	while (!sip_list_next_contact(&list, &contact)) {
		contacts++;
		stars += contact.star;
	}
	if (contacts > SIP_MAX_ROUTES || (stars && (contacts > 1 || m->method != SIP_REGISTER)))
		fail(fault, 400, "Bad Contact");
}

/* The CSeq method of a request must be its own; a response takes its method from there. */
static void match_method(struct sip_msg *m, struct sip_fault *fault)
{
	struct sip_view name = sip_cseq_method(sip_msg_value(m, SIP_HDR_CSEQ));

	if (!m->first[SIP_HDR_CSEQ])
		return;
	if (m->request && !sip_view_equal(name, m->method_name))
		fail(fault, 400, "CSeq Method Mismatch");
	if (!m->request) {
		m->method_name = name;
		m->method = sip_method_of(name);
	}
}

static void cut_body(
	struct sip_msg *m, struct sip_view rest, enum sip_framing framing, struct sip_fault *fault)
{
	struct sip_view value = sip_msg_value(m, SIP_HDR_CONTENT_LENGTH);
	uint64_t len = rest.len;

	if (value.p) {
		if (sip_view_number(&len, value, SIP_MAX_MESSAGE)) {
			fail(fault, 400, "Bad Content-Length");
			len = 0;
		}
		if (len > rest.len || (len < rest.len && framing == SIP_WEBSOCKET)) {
			fail(fault, 400, "Content-Length Mismatch");
			len = rest.len;
		}
	} else if (framing == SIP_STREAM) {
		fail(fault, 400, "Missing Content-Length");
		len = 0;
	}
	m->body = sip_view_n(rest.p, (size_t)len);
	m->text.len = (size_t)(rest.p - m->text.p) + (size_t)len;
}

int sip_msg_parse(struct sip_msg *m, const char *data, size_t len, enum sip_framing framing,
	struct sip_fault *fault)
{
	struct sip_scan scan = { .rest = { data, len } };
	struct sip_view line;

	memset(m, 0, sizeof(*m));
	*fault = (struct sip_fault){ 0, "", false };
	m->max_forwards = -1;
	if (!len)
		return ENODATA;
	while (scan.rest.len >= 2 && scan.rest.p[0] == '\r' && scan.rest.p[1] == '\n')
		sip_skip(&scan.rest, 2);
	if (!scan.rest.len)
		return ENODATA;
	m->text = scan.rest;
	if (len > SIP_MAX_MESSAGE)
		fail(fault, 513, "Message Too Large");
	if (sip_scan_line(&scan, &line))
		fail(fault, 400, "Bad Request Line");
	else
		parse_start_line(m, line, fault);
	parse_head(m, &scan, fault);
	check_whole(m, fault);
	match_method(m, fault);
	cut_body(m, scan.rest, framing, fault);
	if (m->request && m->method == SIP_UNKNOWN)
		fail(fault, 501, "Not Implemented");
	if (m->request && m->uri.scheme == SIP_SCHEME_OTHER)
		fail(fault, 416, "Unsupported URI Scheme");
	if (!fault->status)
		return 0;
	fault->answerable = m->request && m->method != SIP_ACK && m->via.host.p;
	if (!m->request)
		*fault = (struct sip_fault){ 0, fault->reason, false };
	return EBADMSG;
}
