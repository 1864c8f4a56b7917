/* Cuts a TCP or TLS byte stream into SIP messages and keep-alives (RFC 3261 18.3, 20.14; RFC 5626 3.5.1). Pure; any thread.
 * A fuzz target. */
#ifndef HOTLINE_ENGINE_SIP_STREAM_H
#define HOTLINE_ENGINE_SIP_STREAM_H

#include <stddef.h>
#include "sip_msg.h"

/* State of one connection's receive buffer: bytes are never scanned twice. All zero at the start. */
struct sip_framer {
	size_t scanned;    /* bytes of the buffer that need no second look */
	size_t header_len; /* 0: the empty line has not been seen */
	size_t content_len;
};

enum sip_frame {
	SIP_FRAME_MORE,    /* read on */
	SIP_FRAME_MESSAGE, /* the first *len bytes are a message: sip_msg_parse(SIP_STREAM) */
	SIP_FRAME_PING, /* the first *len (4) bytes are CRLF CRLF between messages: answer with CRLF */
	SIP_FRAME_PONG, /* the first *len (2) bytes are a single CRLF: nothing to do */
	SIP_FRAME_BAD, /* the stream cannot be followed any further: answer what the first *len bytes are (sip_msg_parse tells
	                    * whether and how; it never takes them), then close */
};

/* data: the unread bytes of the connection, from the start of a message. After anything but MORE the caller drops *len bytes and goes
 * on with what is behind them; after BAD it closes. A message longer than SIP_MAX_MESSAGE, without or with two different or
 * malformed Content-Lengths, or with a bare LF in its header is BAD. */
enum sip_frame sip_framer_next(
	struct sip_framer *f, const char *data, size_t len, size_t *frame_len);

#endif
