/* Whole messages made from received or sent ones: responses, ACK, CANCEL. */
#include "sip_scan.h"
#include "sip_print.h"

/* The top Via with where the request really came from. The peer's own received and rport are not believed. */
static void print_top_via(
	struct sip_print *p, const struct sip_via *via, const struct sip_reply *reply)
{
	struct sip_view rest = via->params, name, value;
	const char *open = via->ipv6 ? "[" : "", *close = via->ipv6 ? "]" : "";
	bool received = via->rport || !sip_view_is_i(via->host, reply->source);
	struct buf text;

	buf_init(&text, SIP_MAX_MESSAGE);
	buf_printf(&text, "SIP/2.0/%.*s %s%.*s%s", SIP_VIEW_ARG(via->transport_name), open,
		SIP_VIEW_ARG(via->host), close);
	if (via->port)
		buf_printf(&text, ":%u", via->port);
	while (rest.len && !sip_param_next(&rest, &name, &value)) {
		if (sip_view_is_i(name, "received") || sip_view_is_i(name, "rport"))
			continue;
		buf_printf(&text, ";%.*s%s%.*s", SIP_VIEW_ARG(name), value.p ? "=" : "",
			SIP_VIEW_ARG(value));
	}
	if (received)
		buf_printf(&text, ";received=%s", reply->source);
	if (via->rport)
		buf_printf(&text, ";rport=%u", reply->source_port);
	if (text.err && !p->err)
		p->err = text.err;
	sip_print_header_view(p, SIP_HDR_VIA, sip_view_n(text.data, text.len));
	buf_release(&text);
}

static void print_vias(
	struct sip_print *p, const struct sip_msg *request, const struct sip_reply *reply)
{
	const struct sip_header *h = sip_msg_header(request, SIP_HDR_VIA);
	struct sip_list list;
	struct sip_view item;

	/* A refused request may have a Via that could not be read in the first place: it goes back as it is. */
	if (!h || !reply->source || !request->via.host.p || request->via.text.p != h->value.p) {
		sip_print_copy(p, SIP_HDR_VIA, request);
		return;
	}
	print_top_via(p, &request->via, reply);
	list = (struct sip_list){ request, NULL, h->value };
	if (!sip_list_next(&list, &item) && list.rest.p)
		sip_print_header_view(p, SIP_HDR_VIA, sip_view_trim(list.rest));
	while ((h = sip_msg_header_next(request, h)))
		sip_print_header_view(p, SIP_HDR_VIA, h->value);
}

static void print_to(struct sip_print *p, const struct sip_msg *request, const char *tag)
{
	struct sip_view value = sip_msg_value(request, SIP_HDR_TO);
	struct buf text;

	if (!tag || request->to.tag.p || !value.p) {
		sip_print_header_view(p, SIP_HDR_TO, value);
		return;
	}
	buf_init(&text, SIP_MAX_MESSAGE);
	buf_append(&text, value.p, value.len);
	buf_printf(&text, ";tag=%s", tag);
	if (!p->err)
		p->err = sip_view_token(sip_view(tag)) ? text.err : EINVAL;
	sip_print_header_view(p, SIP_HDR_TO, sip_view_n(text.data, text.len));
	buf_release(&text);
}

static bool makes_dialog(enum sip_method method)
{
	return method == SIP_INVITE || method == SIP_SUBSCRIBE || method == SIP_REFER;
}

void sip_print_reply(struct sip_print *p, struct buf *out, const struct sip_msg *request,
	const struct sip_reply *reply)
{
	const struct sip_header *timestamp;

	sip_print_response(p, out, reply->status, reply->reason);
	print_vias(p, request, reply);
	sip_print_header_view(p, SIP_HDR_FROM, sip_msg_value(request, SIP_HDR_FROM));
	print_to(p, request, reply->to_tag);
	sip_print_header_view(p, SIP_HDR_CALL_ID, sip_msg_value(request, SIP_HDR_CALL_ID));
	sip_print_header_view(p, SIP_HDR_CSEQ, sip_msg_value(request, SIP_HDR_CSEQ));
	if (reply->status > 100 && reply->status < 300 && makes_dialog(request->method))
		sip_print_copy(p, SIP_HDR_RECORD_ROUTE, request);
	timestamp = reply->status == 100 ? sip_msg_header_named(request, "Timestamp") : NULL;
	if (timestamp) {
		char value[64];

		if (!sip_view_copy(value, sizeof(value), timestamp->value))
			sip_print_extra(p, "Timestamp", value);
	}
}

/* What ACK and CANCEL take over from the INVITE they belong to. */
static void print_companion(
	struct sip_print *p, struct buf *out, enum sip_method method, const struct sip_msg *invite)
{
	struct buf uri;

	buf_init(&uri, SIP_MAX_MESSAGE);
	buf_append(&uri, invite->uri.text.p, invite->uri.text.len);
	sip_print_request(p, out, method, uri.data ? uri.data : "");
	buf_release(&uri);
	sip_print_header_view(p, SIP_HDR_VIA, invite->via.text);
	sip_print_number(p, SIP_HDR_MAX_FORWARDS, 70);
	sip_print_copy(p, SIP_HDR_ROUTE, invite);
	sip_print_header_view(p, SIP_HDR_FROM, sip_msg_value(invite, SIP_HDR_FROM));
}

int sip_print_ack(struct buf *out, const struct sip_msg *invite, const struct sip_msg *response)
{
	struct sip_print p;

	print_companion(&p, out, SIP_ACK, invite);
	sip_print_header_view(&p, SIP_HDR_TO, sip_msg_value(response, SIP_HDR_TO));
	sip_print_header_view(&p, SIP_HDR_CALL_ID, invite->call_id);
	sip_print_cseq(&p, invite->cseq, SIP_ACK);
	return sip_print_end(&p);
}

int sip_print_cancel(struct buf *out, const struct sip_msg *invite, const char *reason_header)
{
	struct sip_print p;

	print_companion(&p, out, SIP_CANCEL, invite);
	sip_print_header_view(&p, SIP_HDR_TO, sip_msg_value(invite, SIP_HDR_TO));
	sip_print_header_view(&p, SIP_HDR_CALL_ID, invite->call_id);
	sip_print_cseq(&p, invite->cseq, SIP_CANCEL);
	sip_print_header(&p, SIP_HDR_REASON, reason_header);
	return sip_print_end(&p);
}
