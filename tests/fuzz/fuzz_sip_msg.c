/* Any bytes as a SIP message: every accessor, the answer to it, ACK and CANCEL made from it. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include "sip/sip_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const ours[] = { "100rel", "timer", NULL };

static void require(bool good)
{
	if (!good)
		abort();
}

static void read_lists(const struct sip_msg *m, bool taken)
{
	struct sip_list list;
	struct sip_addr addr;
	struct sip_via via;
	struct sip_contact contact;
	struct sip_view item;
	int err;

	for (int id = SIP_HDR_OTHER + 1; id < SIP_HDR_COUNT; id++) {
		sip_list_init(&list, m, (enum sip_hdr)id);
		while (!sip_list_next(&list, &item))
			sip_view_utf8(item);
	}
	sip_list_init(&list, m, SIP_HDR_VIA);
	while (!(err = sip_list_next_via(&list, &via)))
		;
	require(!taken || err == ENOENT);
	sip_list_init(&list, m, SIP_HDR_CONTACT);
	while (!(err = sip_list_next_contact(&list, &contact)))
		require(contact.star || sip_uri_equal(&contact.addr.uri, &contact.addr.uri));
	require(!taken || err == ENOENT);
	sip_list_init(&list, m, SIP_HDR_RECORD_ROUTE);
	while (!(err = sip_list_next_addr(&list, &addr)))
		require(!taken || addr.uri.host.len > 0);
	require(!taken || err == ENOENT);
}

static void read_values(const struct sip_msg *m, bool taken)
{
	struct sip_session_expires se;
	struct sip_rack rack;
	struct sip_replaces replaces;
	struct sip_media_type type;
	struct buf out;
	char text[64];
	uint32_t number;
	int cause;

	require(!taken || sip_msg_session_expires(m, &se) != EBADMSG);
	require(!taken || sip_msg_rack(m, &rack) != EBADMSG);
	require(!taken || sip_msg_content_type(m, &type) != EBADMSG);
	sip_msg_replaces(m, &replaces);
	sip_msg_reason(m, "SIP", &cause, text, sizeof(text));
	sip_msg_number(m, SIP_HDR_RETRY_AFTER, &number);
	sip_unquote(text, sizeof(text), m->from.display);
	sip_uri_user(text, sizeof(text), &m->from.uri);
	sip_uri_equal(&m->uri, &m->to.uri);
	buf_init(&out, 65536);
	sip_msg_unsupported(m, ours, &out);
	buf_release(&out);
}

/* What is printed is one message that can be read again. */
static void print_from(const struct sip_msg *m)
{
	static struct sip_msg back;
	struct sip_fault fault;
	struct sip_print p;
	struct buf out;

	buf_init(&out, 4 * SIP_MAX_MESSAGE);
	sip_print_reply(&p, &out, m,
		&(struct sip_reply){
			.status = 200, .to_tag = "t", .source = "192.0.2.1", .source_port = 9 });
	sip_print_copy(&p, SIP_HDR_CONTACT, m);
	if (!sip_print_end(&p) && out.len <= SIP_MAX_MESSAGE) {
		int err = sip_msg_parse(&back, out.data, out.len, SIP_DATAGRAM, &fault);

		require(!err && back.text.len == out.len && !back.body.len && back.status == 200);
		require(back.cseq == m->cseq && sip_view_equal(back.call_id, m->call_id));
	}
	buf_clear(&out);
	if (m->method == SIP_INVITE && !sip_print_cancel(&out, m, NULL) &&
		out.len <= SIP_MAX_MESSAGE)
		require(!sip_msg_parse(&back, out.data, out.len, SIP_STREAM, &fault));
	buf_clear(&out);
	if (m->method == SIP_INVITE && !sip_print_ack(&out, m, m) && out.len <= SIP_MAX_MESSAGE)
		require(!sip_msg_parse(&back, out.data, out.len, SIP_STREAM, &fault));
	buf_release(&out);
}

/* The answer to a refused one still ends where it should: no line of the request gets loose in it. */
static void refuse(const struct sip_msg *m, const struct sip_fault *fault)
{
	static struct sip_msg back;
	struct sip_fault second;
	struct sip_print p;
	struct buf out;

	buf_init(&out, 4 * SIP_MAX_MESSAGE);
	sip_print_reply(&p, &out, m,
		&(struct sip_reply){
			.status = fault->status, .reason = fault->reason, .to_tag = "t" });
	if (!sip_print_end(&p) && out.len <= SIP_MAX_MESSAGE) {
		sip_msg_parse(&back, out.data, out.len, SIP_STREAM, &second);
		require(back.status == fault->status && back.text.len == out.len && !back.body.len);
		for (size_t i = 0; i < back.header_count; i++)
			require(back.headers[i].id == SIP_HDR_VIA ||
				back.headers[i].id == SIP_HDR_FROM ||
				back.headers[i].id == SIP_HDR_TO ||
				back.headers[i].id == SIP_HDR_CALL_ID ||
				back.headers[i].id == SIP_HDR_CSEQ ||
				back.headers[i].id == SIP_HDR_CONTENT_LENGTH);
	}
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sip_msg m;
	struct sip_fault fault;
	enum sip_framing framing = size ? (enum sip_framing)(data[size - 1] % 3) : SIP_DATAGRAM;
	int err = sip_msg_parse(&m, (const char *)data, size, framing, &fault);

	require(!err == !fault.status || err == ENODATA || !m.request);
	require(m.text.len <= size);
	read_lists(&m, !err);
	read_values(&m, !err);
	if (!err && m.request)
		print_from(&m);
	else if (fault.answerable)
		refuse(&m, &fault);
	return 0;
}
