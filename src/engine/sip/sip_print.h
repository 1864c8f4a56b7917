/* Writes SIP messages. No value can end its line: CR, LF and NUL are refused wherever they come from, so nothing can be injected.
 * The first error stays and later calls do nothing: build a whole message and check sip_print_end or sip_print_body once.
 * Pure; any thread.
 *
 *	struct sip_print p;
 *	sip_print_request(&p, &buf, SIP_BYE, target);
 *	sip_print_via(&p, &(struct sip_print_via){ .transport = SIP_TRANSPORT_UDP, .host = "192.0.2.1", .port = 5060, .branch = b });
 *	sip_print_number(&p, SIP_HDR_MAX_FORWARDS, 70);
 *	sip_print_addr(&p, SIP_HDR_FROM, &(struct sip_print_addr){ .uri = local, .tag = tag });
 *	...
 *	err = sip_print_end(&p);
 */
#ifndef HOTLINE_ENGINE_SIP_PRINT_H
#define HOTLINE_ENGINE_SIP_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "buf.h"
#include "sip_msg.h"

struct sip_print {
	struct buf *out;
	size_t start; /* where this message begins in out */
	int err;      /* 0; EINVAL: a value that cannot stand there; ENOMEM, EMSGSIZE */
};

/* --- start line. out is appended to, not cleared. --- */
void sip_print_request(
	struct sip_print *p, struct buf *out, enum sip_method method, const char *uri);
void sip_print_response(struct sip_print *p, struct buf *out, int status,
	const char *reason); /* NULL: the usual text */

/* --- headers --- */
void sip_print_header(
	struct sip_print *p, enum sip_hdr id, const char *value); /* NULL value: nothing */
void sip_print_header_view(struct sip_print *p, enum sip_hdr id,
	struct sip_view value); /* absent: nothing. Folds become blanks */
void sip_print_headerf(struct sip_print *p, enum sip_hdr id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void sip_print_number(struct sip_print *p, enum sip_hdr id, uint64_t value);
void sip_print_extra(struct sip_print *p, const char *name,
	const char *value); /* a name not in the enum, a token */
/* All header lines of one kind of a received message, in order; folds and stray control characters become blanks. */
void sip_print_copy(struct sip_print *p, enum sip_hdr id, const struct sip_msg *from);

struct sip_print_addr {
	const char *display; /* plain text, gets quoted; NULL or "": none */
	const char *uri;     /* without <> */
	const char *tag;     /* NULL: none */
	const char *params;  /* further ones as written, beginning with ';'; NULL: none */
};
void sip_print_addr(struct sip_print *p, enum sip_hdr id, const struct sip_print_addr *addr);

struct sip_print_via {
	enum sip_transport transport;
	const char *host; /* IPv6 gets its brackets */
	unsigned port;    /* 0: none */
	const char *branch;
	bool no_rport;      /* else ";rport" */
	const char *params; /* as above; NULL */
};
void sip_print_via(struct sip_print *p, const struct sip_print_via *via);
/* "seq METHOD" */
void sip_print_cseq(struct sip_print *p, uint32_t seq, enum sip_method method);
/* Appends text as a quoted string (backslashes before " and \); EINVAL for CR, LF, NUL. */
int sip_print_quoted(struct buf *out, const char *text);

/* --- end: Content-Length comes last --- */
int sip_print_end(struct sip_print *p);
/* Content-Type, Content-Length, body. The body is any bytes. */
int sip_print_body(struct sip_print *p, const char *content_type, const void *data, size_t len);

/* --- whole messages --- */
struct sip_reply {
	int status;
	const char *reason; /* NULL: the usual text */
	const char *to_tag; /* added when To has none; NULL: none (100) */
	const char *
		source; /* address the request came from: received= and rport= of the top Via (RFC 3261 18.2.1, 3581); NULL: untouched */
	unsigned source_port;
};
/* Status line, Vias, From, To, Call-ID, CSeq, and Record-Route for 101-299 of dialog-making requests; add headers, then end or body.
 * Works for every request whose fault is answerable. Timestamp is copied into a 100. */
void sip_print_reply(struct sip_print *p, struct buf *out, const struct sip_msg *request,
	const struct sip_reply *reply);
/* The ACK for a final response of 300 and above (RFC 3261 17.1.1.3). For a 2xx build it as a request of the dialog. */
int sip_print_ack(struct buf *out, const struct sip_msg *invite, const struct sip_msg *response);
/* The CANCEL of an INVITE we sent (RFC 3261 9.1). */
int sip_print_cancel(struct buf *out, const struct sip_msg *invite,
	const char *reason_header); /* reason_header: value of Reason; NULL */

#endif
