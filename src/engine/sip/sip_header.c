/* Header values: lists, addresses, Via, Contact and the small typed ones. */
#include "sip_scan.h"
#include "sip_msg.h"

const struct sip_header *sip_msg_header(const struct sip_msg *m, enum sip_hdr id)
{
	return id != SIP_HDR_OTHER && m->first[id] ? &m->headers[m->first[id] - 1] : NULL;
}

const struct sip_header *sip_msg_header_next(const struct sip_msg *m, const struct sip_header *h)
{
	const struct sip_header *end = m->headers + m->header_count;

	for (const struct sip_header *next = h + 1; next < end; next++)
		if (next->id == h->id &&
			(h->id != SIP_HDR_OTHER || sip_view_equal_i(next->name, h->name)))
			return next;
	return NULL;
}

const struct sip_header *sip_msg_header_named(const struct sip_msg *m, const char *name)
{
	enum sip_hdr id = sip_hdr_of(sip_view(name));

	if (id != SIP_HDR_OTHER)
		return sip_msg_header(m, id);
	for (size_t i = 0; i < m->header_count; i++)
		if (sip_view_is_i(m->headers[i].name, name))
			return &m->headers[i];
	return NULL;
}

struct sip_view sip_msg_value(const struct sip_msg *m, enum sip_hdr id)
{
	const struct sip_header *h = sip_msg_header(m, id);

	return h ? h->value : (struct sip_view){ NULL, 0 };
}

/* --- lists --- */

void sip_list_init(struct sip_list *list, const struct sip_msg *m, enum sip_hdr id)
{
	*list = (struct sip_list){ m, sip_msg_header(m, id), { NULL, 0 } };
	if (list->header)
		list->rest = list->header->value;
	while (list->header && !list->rest.len) {
		list->header = sip_msg_header_next(m, list->header);
		list->rest = list->header ? list->header->value : (struct sip_view){ NULL, 0 };
	}
}

/* Length up to the comma that ends the entry; -1 when a quote or bracket stays open. */
static long entry_len(struct sip_view v)
{
	bool angle = false;

	for (size_t i = 0; i < v.len; i++) {
		char c = v.p[i];

		if (c == '"' && !angle) {
			size_t n = sip_quoted_len(sip_view_n(v.p + i, v.len - i));

			if (!n)
				return -1;
			i += n - 1;
		} else if (c == '<') {
			angle = true;
		} else if (c == '>') {
			angle = false;
		} else if (c == ',' && !angle) {
			return (long)i;
		}
	}
	return angle ? -1 : (long)v.len;
}

int sip_list_next(struct sip_list *list, struct sip_view *item)
{
	long len;

	if (!list->rest.p)
		return ENOENT;
	len = entry_len(list->rest);
	if (len < 0)
		return EBADMSG;
	*item = sip_view_trim(sip_view_n(list->rest.p, (size_t)len));
	if ((size_t)len < list->rest.len) {
		/* something must follow the comma: an empty rest is an empty entry */
		sip_skip(&list->rest, (size_t)len + 1);
		return 0;
	}
	list->rest = (struct sip_view){ NULL, 0 };
	while (list->header && !list->rest.len) {
		list->header = sip_msg_header_next(list->msg, list->header);
		list->rest = list->header ? list->header->value : (struct sip_view){ NULL, 0 };
	}
	return 0;
}

int sip_list_next_addr(struct sip_list *list, struct sip_addr *addr)
{
	struct sip_view item;
	int err = sip_list_next(list, &item);

	return err ? err : sip_addr_parse(addr, item);
}

int sip_list_next_via(struct sip_list *list, struct sip_via *via)
{
	struct sip_view item;
	int err = sip_list_next(list, &item);

	return err ? err : sip_via_parse(via, item);
}

int sip_list_next_contact(struct sip_list *list, struct sip_contact *contact)
{
	struct sip_view item;
	int err = sip_list_next(list, &item);

	return err ? err : sip_contact_parse(contact, item);
}

bool sip_msg_has_option(const struct sip_msg *m, enum sip_hdr id, const char *tag)
{
	struct sip_list list;
	struct sip_view item;

	sip_list_init(&list, m, id);
	while (!sip_list_next(&list, &item))
		if (sip_view_is_i(item, tag))
			return true;
	return false;
}

bool sip_msg_unsupported(const struct sip_msg *m, const char *const *supported, struct buf *out)
{
	struct sip_list list;
	struct sip_view item;
	bool any = false;

	if (m->method == SIP_ACK || m->method == SIP_CANCEL)
		return false;
	sip_list_init(&list, m, SIP_HDR_REQUIRE);
	while (!sip_list_next(&list, &item)) {
		const char *const *tag = supported;

		while (*tag && !sip_view_is_i(item, *tag))
			tag++;
		if (*tag || !item.len)
			continue;
		if (any)
			buf_puts(out, ", ");
		buf_append(out, item.p, item.len);
		any = true;
	}
	return any;
}

/* --- addresses --- */

/* Unquoted display names are tokens by the book. Brackets and the like, UTF-8 and GB 18030 bytes are let through, because devices
 * write them; not what could make another reader see another address. */
static bool display_valid(struct sip_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!sip_is_token(v.p[i]) && !sip_is_blank(v.p[i]) &&
			(unsigned char)v.p[i] < 0x80 && !sip_is_one_of(v.p[i], "()[]{}/=&#?$^|"))
			return false;
	return true;
}

static int parse_addr_params(struct sip_addr *addr, struct sip_view rest)
{
	struct sip_view name, value;
	int err;

	rest = sip_view_trim(rest);
	if (!rest.len)
		return 0;
	addr->params = rest;
	while (!(err = sip_param_next(&rest, &name, &value))) {
		if (!sip_view_is_i(name, "tag"))
			continue;
		if (addr->tag.p || !sip_param_value(value))
			return EBADMSG;
		addr->tag = value;
	}
	return err == ENOENT ? 0 : err;
}

int sip_addr_parse(struct sip_addr *addr, struct sip_view text)
{
	struct sip_view rest = sip_view_trim(text);
	size_t n = 0;

	memset(addr, 0, sizeof(*addr));
	addr->text = rest;
	if (rest.len && *rest.p == '"') {
		n = sip_quoted_len(rest);
		if (!n)
			return EBADMSG;
		addr->display = sip_view_n(rest.p, n);
		sip_skip(&rest, n);
		sip_skip_blanks(&rest);
		if (!rest.len || *rest.p != '<')
			return EBADMSG;
	} else {
		while (n < rest.len && rest.p[n] != '<')
			n++;
		if (n ==
			rest.len) { /* addr-spec: what follows ';' belongs to the header (RFC 3261 20) */
			for (n = 0; n < rest.len && rest.p[n] != ';' && !sip_is_blank(rest.p[n]);
				n++)
				if (sip_is_one_of(rest.p[n], "?,"))
					return EBADMSG;
			if (sip_uri_parse(&addr->uri, sip_view_n(rest.p, n)))
				return EBADMSG;
			sip_skip(&rest, n);
			return parse_addr_params(addr, rest);
		}
		if (n) {
			addr->display = sip_view_trim(sip_view_n(rest.p, n));
			if (!display_valid(addr->display))
				return EBADMSG;
			sip_skip(&rest, n);
		}
	}
	sip_skip(&rest, 1);
	for (n = 0; n < rest.len && rest.p[n] != '>'; n++)
		;
	if (n == rest.len || sip_uri_parse(&addr->uri, sip_view_n(rest.p, n)))
		return EBADMSG;
	sip_skip(&rest, n + 1);
	return parse_addr_params(addr, rest);
}

/* "SIP / 2.0 / UDP" in front of the sent-by; blanks are allowed around the slashes. */
static int parse_sent_protocol(struct sip_via *via, struct sip_view *rest)
{
	struct sip_view parts[3];

	for (int i = 0; i < 3; i++) {
		parts[i] = sip_view_n(rest->p, 0);
		while (parts[i].len < rest->len && sip_is_token(rest->p[parts[i].len]))
			parts[i].len++;
		sip_skip(rest, parts[i].len);
		if (!parts[i].len || !rest->len || (i == 2 && !sip_is_blank(*rest->p)))
			return EBADMSG;
		sip_skip_blanks(rest);
		if (i == 2)
			break;
		if (!rest->len || *rest->p != '/')
			return EBADMSG;
		sip_skip(rest, 1);
		sip_skip_blanks(rest);
	}
	if (!sip_view_is_i(parts[0], "SIP") || !sip_view_is(parts[1], "2.0"))
		return EBADMSG;
	via->transport_name = parts[2];
	via->transport = sip_transport_of(parts[2]);
	return 0;
}

static int take_via_param(struct sip_via *via, struct sip_view name, struct sip_view value)
{
	uint64_t port;

	if (sip_view_is_i(name, "branch")) {
		if (via->branch.p || !sip_param_value(value))
			return EBADMSG;
		via->branch = value;
		/* the bare cookie identifies nothing (RFC 4475 3.1.2.20) */
		via->cookie = value.len > 7 && sip_view_is_i(sip_view_n(value.p, 7), "z9hG4bK");
	} else if (sip_view_is_i(name, "received")) {
		if (via->received.p || !value.len)
			return EBADMSG;
		via->received = value;
		if (*value.p == '[' && value.p[value.len - 1] == ']')
			via->received = sip_view_n(value.p + 1, value.len - 2);
	} else if (sip_view_is_i(name, "rport")) {
		if (via->rport)
			return EBADMSG;
		via->rport = true;
		if (value.p && (sip_view_number(&port, value, 65535) || !port))
			return EBADMSG;
		via->rport_value = value.p ? (uint16_t)port : 0;
	}
	return 0;
}

int sip_via_parse(struct sip_via *via, struct sip_view text)
{
	struct sip_view rest = sip_view_trim(text), name, value;
	size_t n = 0;
	int err;

	memset(via, 0, sizeof(*via));
	via->text = rest;
	if (parse_sent_protocol(via, &rest))
		return EBADMSG;
	while (n < rest.len && rest.p[n] != ';')
		n++;
	err = sip_hostport_parse(
		sip_view_trim(sip_view_n(rest.p, n)), &via->host, &via->ipv6, &via->port);
	if (err) {
		via->host = (struct sip_view){ NULL, 0 };
		return err;
	}
	sip_skip(&rest, n);
	if (!rest.len)
		return 0;
	via->params = rest;
	while (!(err = sip_param_next(&rest, &name, &value))) {
		err = take_via_param(via, name, value);
		if (err)
			return err;
	}
	return err == ENOENT ? 0 : err;
}

/* "0.5" in thousandths; -1 when it is none. */
static int parse_q(struct sip_view v)
{
	int q = 0, scale = 100;

	if (!v.len || (*v.p != '0' && *v.p != '1') || (v.len > 1 && v.p[1] != '.') || v.len > 5)
		return -1;
	q = (*v.p - '0') * 1000;
	for (size_t i = 2; i < v.len; i++, scale /= 10) {
		if (!sip_is_digit(v.p[i]))
			return -1;
		q += (v.p[i] - '0') * scale;
	}
	return q <= 1000 ? q : -1;
}

int sip_contact_parse(struct sip_contact *contact, struct sip_view text)
{
	struct sip_view rest, name, value;
	uint64_t n;
	int err;

	memset(contact, 0, sizeof(*contact));
	contact->expires = contact->q = -1;
	contact->star = sip_view_is(sip_view_trim(text), "*");
	if (contact->star)
		return 0;
	err = sip_addr_parse(&contact->addr, text);
	if (err)
		return err;
	rest = contact->addr.params;
	while (rest.len && !sip_param_next(&rest, &name, &value)) {
		if (sip_view_is_i(name, "expires") && !sip_view_number(&n, value, UINT32_MAX))
			contact->expires = (int64_t)n;
		else if (sip_view_is_i(name, "q"))
			contact->q = parse_q(value);
		else if (sip_view_is_i(name, "+sip.instance") && value.len > 2 && *value.p == '"')
			contact->instance = sip_view_n(value.p + 1, value.len - 2);
		else if (sip_view_is_i(name, "reg-id") && !sip_view_number(&n, value, INT32_MAX))
			contact->reg_id = (unsigned)n;
	}
	return 0;
}
