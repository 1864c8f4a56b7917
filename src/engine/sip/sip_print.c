/* The printer: start lines, headers, bodies. Every value passes one of the checks at the top. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include "sip_scan.h"
#include "sip_print.h"

/* --- what may stand where --- */

static bool is_value(struct sip_view v)
{
	return !v.len || (!memchr(v.p, '\r', v.len) && !memchr(v.p, '\n', v.len) &&
				 !memchr(v.p, '\0', v.len));
}

/* A URI between <> or in the request line. */
static bool is_uri(struct sip_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if ((unsigned char)v.p[i] <= 0x20 || v.p[i] == 0x7f ||
			sip_is_one_of(v.p[i], "<>\""))
			return false;
	return v.len > 0;
}

static bool is_params(struct sip_view v)
{
	struct sip_view name, value;
	int err;

	if (!is_value(v))
		return false;
	while (!(err = sip_param_next(&v, &name, &value)))
		;
	return err == ENOENT;
}

static bool is_host(const char *host, bool *bare_ipv6)
{
	struct sip_view v = sip_view(host);
	char bracketed[64];

	*bare_ipv6 = v.len && *v.p != '[' && memchr(v.p, ':', v.len);
	if (!*bare_ipv6)
		return v.p && sip_host_valid(v);
	return snprintf(bracketed, sizeof(bracketed), "[%s]", host) < (int)sizeof(bracketed) &&
	       sip_host_valid(sip_view(bracketed));
}

static void check(struct sip_print *p, bool good)
{
	if (!p->err && !good)
		p->err = EINVAL;
}

static bool going(struct sip_print *p)
{
	if (!p->err)
		p->err = p->out->err;
	return !p->err;
}

/* --- start line --- */

static void begin(struct sip_print *p, struct buf *out)
{
	*p = (struct sip_print){ out, out->len, out->err };
}

void sip_print_request(
	struct sip_print *p, struct buf *out, enum sip_method method, const char *uri)
{
	begin(p, out);
	check(p, method > SIP_UNKNOWN && method < SIP_METHOD_COUNT && is_uri(sip_view(uri)));
	if (going(p))
		buf_printf(out, "%s %s SIP/2.0\r\n", sip_method_name(method), uri);
}

void sip_print_response(struct sip_print *p, struct buf *out, int status, const char *reason)
{
	begin(p, out);
	check(p, status >= 100 && status < 700 && is_value(sip_view(reason)));
	if (going(p))
		buf_printf(out, "SIP/2.0 %d %s\r\n", status,
			reason ? reason : sip_status_text(status));
}

/* --- headers --- */

/* The line as far as its value; false when nothing is to be written. */
static bool begin_line(struct sip_print *p, enum sip_hdr id)
{
	check(p, id > SIP_HDR_OTHER && id < SIP_HDR_COUNT);
	if (!going(p))
		return false;
	buf_puts(p->out, sip_hdr_name(id));
	buf_puts(p->out, ": ");
	return true;
}

static void end_line(struct sip_print *p)
{
	buf_puts(p->out, "\r\n");
}

void sip_print_header(struct sip_print *p, enum sip_hdr id, const char *value)
{
	if (!value)
		return;
	check(p, is_value(sip_view(value)));
	if (!begin_line(p, id))
		return;
	buf_puts(p->out, value);
	end_line(p);
}

/* Folds, and control characters of requests that are being refused, come out as one blank. */
static void append_unfolded(struct buf *out, struct sip_view v)
{
	bool blank = false;

	for (size_t i = 0; i < v.len; i++) {
		char c = v.p[i];

		if (!c || c == '\r' || c == '\n') {
			blank = true;
			continue;
		}
		if (blank && c != ' ' && c != '\t')
			buf_putc(out, ' ');
		if (blank && (c == ' ' || c == '\t'))
			continue;
		blank = false;
		buf_putc(out, c);
	}
}

/* Most values have no folds and go out in one piece. */
static void append_view(struct buf *out, struct sip_view v)
{
	if (is_value(v))
		buf_append(out, v.p, v.len);
	else
		append_unfolded(out, v);
}

void sip_print_header_view(struct sip_print *p, enum sip_hdr id, struct sip_view value)
{
	if (!value.p || !begin_line(p, id))
		return;
	append_view(p->out, value);
	end_line(p);
}

void sip_print_headerf(struct sip_print *p, enum sip_hdr id, const char *fmt, ...)
{
	char value[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	check(p, n >= 0 && n < (int)sizeof(value));
	if (going(p))
		sip_print_header(p, id, value);
}

void sip_print_number(struct sip_print *p, enum sip_hdr id, uint64_t value)
{
	if (!begin_line(p, id))
		return;
	buf_printf(p->out, "%" PRIu64 "\r\n", value);
}

void sip_print_extra(struct sip_print *p, const char *name, const char *value)
{
	check(p, sip_view_token(sip_view(name)) && value && is_value(sip_view(value)));
	if (going(p))
		buf_printf(p->out, "%s: %s\r\n", name, value);
}

void sip_print_copy(struct sip_print *p, enum sip_hdr id, const struct sip_msg *from)
{
	for (const struct sip_header *h = sip_msg_header(from, id); h;
		h = sip_msg_header_next(from, h))
		sip_print_header_view(p, id, h->value);
}

int sip_print_quoted(struct buf *out, const char *text)
{
	if (!is_value(sip_view(text)))
		return EINVAL;
	buf_putc(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *text);
	}
	return buf_putc(out, '"');
}

void sip_print_addr(struct sip_print *p, enum sip_hdr id, const struct sip_print_addr *addr)
{
	check(p, is_uri(sip_view(addr->uri)) && is_value(sip_view(addr->display)) &&
			 (!addr->tag || sip_param_value(sip_view(addr->tag))) &&
			 is_params(sip_view(addr->params)));
	if (!begin_line(p, id))
		return;
	if (addr->display && *addr->display) {
		sip_print_quoted(p->out, addr->display);
		buf_putc(p->out, ' ');
	}
	buf_putc(p->out, '<');
	buf_puts(p->out, addr->uri);
	buf_putc(p->out, '>');
	if (addr->tag) {
		buf_puts(p->out, ";tag=");
		buf_puts(p->out, addr->tag);
	}
	if (addr->params)
		buf_puts(p->out, addr->params);
	end_line(p);
}

void sip_print_via(struct sip_print *p, const struct sip_print_via *via)
{
	bool bare_ipv6 = false;

	check(p, via->transport != SIP_TRANSPORT_OTHER && is_host(via->host, &bare_ipv6) &&
			 via->port <= 65535 && sip_view_token(sip_view(via->branch)) &&
			 is_params(sip_view(via->params)));
	if (!begin_line(p, SIP_HDR_VIA))
		return;
	buf_printf(p->out, bare_ipv6 ? "SIP/2.0/%s [%s]" : "SIP/2.0/%s %s",
		sip_transport_name(via->transport), via->host);
	if (via->port)
		buf_printf(p->out, ":%u", via->port);
	buf_printf(p->out, ";branch=%s%s%s\r\n", via->branch, via->no_rport ? "" : ";rport",
		via->params ? via->params : "");
}

void sip_print_cseq(struct sip_print *p, uint32_t seq, enum sip_method method)
{
	check(p, method > SIP_UNKNOWN && method < SIP_METHOD_COUNT && seq <= INT32_MAX);
	if (going(p))
		buf_printf(p->out, "CSeq: %" PRIu32 " %s\r\n", seq, sip_method_name(method));
}

/* --- end --- */

int sip_print_end(struct sip_print *p)
{
	if (going(p))
		buf_puts(p->out, "Content-Length: 0\r\n\r\n");
	going(p);
	return p->err;
}

int sip_print_body(struct sip_print *p, const char *content_type, const void *data, size_t len)
{
	sip_print_header(p, SIP_HDR_CONTENT_TYPE, content_type);
	check(p, content_type != NULL);
	if (going(p)) {
		buf_printf(p->out, "Content-Length: %zu\r\n\r\n", len);
		buf_append(p->out, data, len);
	}
	going(p);
	return p->err;
}
