/* The SDP printer. A string that could end its line is refused. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "sdp.h"

static bool is_line(const char *s)
{
	return !strpbrk(s, "\r\n");
}

static bool is_word(const char *s)
{
	return *s && !strpbrk(s, "\r\n \t");
}

static bool is_word_or_empty(const char *s)
{
	return !*s || is_word(s);
}

static const char *family(const char *address)
{
	return strchr(address, ':') ? "IP6" : "IP4";
}

static bool media_valid(const struct sdp_media *m)
{
	if (!is_word(m->kind) || !is_word(m->protocol) || !is_line(m->raw_formats) ||
		m->format_count > SDP_MAX_FORMATS || (!m->format_count && !*m->raw_formats))
		return false;
	for (size_t i = 0; i < m->format_count; i++) {
		const struct sdp_format *f = &m->formats[i];

		if (f->payload > 127 || !is_word_or_empty(f->name) || strchr(f->name, '/') ||
			!is_line(f->fmtp))
			return false;
	}
	return is_word_or_empty(m->address) && is_word_or_empty(m->mid) &&
	       is_word_or_empty(m->ice_ufrag) && is_word_or_empty(m->ice_pwd) &&
	       is_line(m->fingerprint) && is_word_or_empty(m->cname) &&
	       is_word_or_empty(m->candidate);
}

static bool valid(const struct sdp *sdp)
{
	if (!is_word_or_empty(sdp->origin_user) || !is_word(sdp->origin_address) ||
		!is_line(sdp->session_name) || sdp->media_count > SDP_MAX_MEDIA)
		return false;
	for (size_t i = 0; i < sdp->media_count; i++)
		if (!media_valid(&sdp->media[i]))
			return false;
	return true;
}

static void print_session(struct buf *out, const struct sdp *sdp)
{
	bool any = false;

	buf_printf(out, "v=0\r\no=%s %" PRIu64 " %" PRIu64 " IN %s %s\r\ns=%s\r\nt=0 0\r\n",
		*sdp->origin_user ? sdp->origin_user : "-", sdp->session_id, sdp->session_version,
		family(sdp->origin_address), sdp->origin_address,
		*sdp->session_name ? sdp->session_name : "-");
	for (size_t i = 0; sdp->bundle && i < sdp->media_count; i++) {
		if (!sdp->media[i].port ||
			!*sdp->media[i]
				  .mid) /* refused sections are no part of it (RFC 9143 7.3.3) */
			continue;
		buf_puts(out, any ? " " : "a=group:BUNDLE ");
		buf_puts(out, sdp->media[i].mid);
		any = true;
	}
	if (any)
		buf_puts(out, "\r\n");
	if (sdp->ice_lite)
		buf_puts(out, "a=ice-lite\r\n");
}

static void print_formats(struct buf *out, const struct sdp_media *m)
{
	for (size_t i = 0; i < m->format_count; i++) {
		const struct sdp_format *f = &m->formats[i];

		if (*f->name && f->clock) {
			buf_printf(out, "a=rtpmap:%u %s/%" PRIu32, f->payload, f->name, f->clock);
			if (f->channels > 1)
				buf_printf(out, "/%u", f->channels);
			buf_puts(out, "\r\n");
		}
		if (*f->fmtp)
			buf_printf(out, "a=fmtp:%u %s\r\n", f->payload, f->fmtp);
	}
}

static void print_transport(struct buf *out, const struct sdp_media *m)
{
	static const char *const setups[] = { "", "actpass", "active", "passive" };

	if (m->rtcp_port)
		buf_printf(out, "a=rtcp:%u\r\n", m->rtcp_port);
	if (m->rtcp_mux)
		buf_puts(out, "a=rtcp-mux\r\n");
	if (*m->ice_ufrag)
		buf_printf(out, "a=ice-ufrag:%s\r\n", m->ice_ufrag);
	if (*m->ice_pwd)
		buf_printf(out, "a=ice-pwd:%s\r\n", m->ice_pwd);
	if (*m->fingerprint)
		buf_printf(out, "a=fingerprint:%s\r\n", m->fingerprint);
	if (m->setup != SDP_SETUP_NONE)
		buf_printf(out, "a=setup:%s\r\n", setups[m->setup]);
	if (*m->candidate)
		buf_printf(out,
			"a=candidate:1 1 udp 2130706431 %s %u typ host\r\na=end-of-candidates\r\n",
			m->candidate, m->candidate_port);
	if (*m->cname && *m->fingerprint) /* browsers take the stream's name from there */
		buf_printf(out, "a=msid:%s %s\r\n", m->cname, m->kind);
	if (m->ssrc && *m->cname)
		buf_printf(out, "a=ssrc:%" PRIu32 " cname:%s\r\n", m->ssrc, m->cname);
}

static void print_media(struct buf *out, const struct sdp *sdp, const struct sdp_media *m)
{
	static const char *const directions[] = { "sendrecv", "sendonly", "recvonly", "inactive" };
	const char *address = *m->address ? m->address : sdp->origin_address;

	buf_printf(out, "m=%s %u %s", m->kind, m->port, m->protocol);
	for (size_t i = 0; i < m->format_count; i++)
		buf_printf(out, " %u", m->formats[i].payload);
	if (!m->format_count)
		buf_printf(out, " %s", m->raw_formats);
	buf_printf(out, "\r\nc=IN %s %s\r\n", family(address), address);
	if (*m->mid)
		buf_printf(out, "a=mid:%s\r\n", m->mid);
	if (!m->port)
		return;
	print_formats(out, m);
	if (m->ptime)
		buf_printf(out, "a=ptime:%d\r\n", m->ptime);
	buf_printf(out, "a=%s\r\n", directions[m->direction]);
	print_transport(out, m);
}

int sdp_print(struct buf *out, const struct sdp *sdp)
{
	if (!valid(sdp))
		return EINVAL;
	print_session(out, sdp);
	for (size_t i = 0; i < sdp->media_count; i++)
		print_media(out, sdp, &sdp->media[i]);
	return out->err;
}
