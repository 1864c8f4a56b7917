/* Cuts a byte stream into messages by Content-Length. */
#include "sip_scan.h"
#include "sip_stream.h"

/* Finds the end of the head. EAGAIN: not there yet; EBADMSG: a line that does not end in CRLF. */
static int find_head(struct sip_framer *f, const char *data, size_t len)
{
	while (f->scanned < len) {
		const char *from = data + f->scanned;
		const char *lf = memchr(from, '\n', len - f->scanned);
		size_t at;

		if (!lf) {
			f->scanned = len;
			break;
		}
		at = (size_t)(lf - data);
		if (!at || data[at - 1] != '\r')
			return EBADMSG;
		f->scanned = at + 1;
		if (at >= 3 && data[at - 2] == '\n') {
			f->header_len = at + 1;
			return 0;
		}
	}
	return len > SIP_MAX_MESSAGE ? EBADMSG : EAGAIN;
}

/* Reads the head with the parser's own line rules, so that both see the same Content-Length. */
static int find_length(struct sip_framer *f, const char *data)
{
	struct sip_scan scan = { .rest = { data, f->header_len } };
	struct sip_view line, name, value;
	uint64_t length = 0;
	bool found = false;

	while (!sip_scan_line(&scan, &line)) {
		if (sip_scan_header(line, &name, &value) ||
			sip_hdr_of(name) != SIP_HDR_CONTENT_LENGTH)
			continue;
		if (found || sip_view_number(&length, value, SIP_MAX_MESSAGE - f->header_len))
			return EBADMSG;
		found = true;
	}
	f->content_len = (size_t)length;
	return found && !scan.dirty ? 0 : EBADMSG;
}

/* CRLFs in front of a message. A single one may be the first half of a ping: that is left open until more is there. */
static enum sip_frame take_crlf(const char *data, size_t len, size_t *frame_len)
{
	if (len >= 2 && data[1] != '\n') {
		*frame_len = len;
		return SIP_FRAME_BAD;
	}
	if (len >= 4 && data[2] == '\r' && data[3] == '\n') {
		*frame_len = 4;
		return SIP_FRAME_PING;
	}
	if (len >= 3 && data[2] != '\r') {
		*frame_len = 2;
		return SIP_FRAME_PONG;
	}
	if (len >= 4) {
		*frame_len = len;
		return SIP_FRAME_BAD;
	}
	return SIP_FRAME_MORE;
}

enum sip_frame sip_framer_next(
	struct sip_framer *f, const char *data, size_t len, size_t *frame_len)
{
	int err = 0;

	*frame_len = 0;
	if (!len)
		return SIP_FRAME_MORE;
	if (data[0] == '\r')
		return take_crlf(data, len, frame_len);
	if (!f->header_len) {
		err = find_head(f, data, len);
		if (err == EAGAIN)
			return SIP_FRAME_MORE;
		if (!err && f->header_len > SIP_MAX_MESSAGE)
			err = EBADMSG;
		if (!err)
			err = find_length(f, data);
		if (err) {
			*frame_len = f->header_len ? f->header_len : len;
			*f = (struct sip_framer){ 0 };
			return SIP_FRAME_BAD;
		}
	}
	if (len - f->header_len < f->content_len)
		return SIP_FRAME_MORE;
	*frame_len = f->header_len + f->content_len;
	*f = (struct sip_framer){ 0 };
	return SIP_FRAME_MESSAGE;
}
