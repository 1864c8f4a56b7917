/* SIP messages as const views into the received bytes (RFC 3261 7 and 25): a strict parser without allocation, with a maximum for
 * everything. Pure; any thread. A fuzz target.
 *
 * A struct sip_msg is about 6 kB: keep the bytes of a message, not the struct, and parse again when it is needed. */
#ifndef HOTLINE_ENGINE_SIP_MSG_H
#define HOTLINE_ENGINE_SIP_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "sip_uri.h"

#define SIP_MAX_MESSAGE 65536 /* bytes, body included */
#define SIP_MAX_HEADERS 128   /* header lines */
#define SIP_MAX_VIAS    70
#define SIP_MAX_ROUTES  64 /* entries of Route, Record-Route, Contact, each */

enum sip_method {
	SIP_UNKNOWN, /* a token that is none of these: 501 */
	SIP_INVITE,
	SIP_ACK,
	SIP_CANCEL,
	SIP_BYE,
	SIP_REGISTER,
	SIP_OPTIONS,
	SIP_PRACK,
	SIP_UPDATE,
	SIP_INFO,
	SIP_REFER,
	SIP_SUBSCRIBE,
	SIP_NOTIFY,
	SIP_MESSAGE,
	SIP_PUBLISH,
	SIP_METHOD_COUNT
};

enum sip_transport {
	SIP_TRANSPORT_OTHER,
	SIP_TRANSPORT_UDP,
	SIP_TRANSPORT_TCP,
	SIP_TRANSPORT_TLS,
	SIP_TRANSPORT_WS,
	SIP_TRANSPORT_WSS
};

enum sip_hdr {
	SIP_HDR_OTHER,
	SIP_HDR_ACCEPT,
	SIP_HDR_ALERT_INFO,
	SIP_HDR_ALLOW,
	SIP_HDR_ALLOW_EVENTS,
	SIP_HDR_AUTHORIZATION,
	SIP_HDR_CALL_ID,
	SIP_HDR_CALL_INFO,
	SIP_HDR_CONTACT,
	SIP_HDR_CONTENT_DISPOSITION,
	SIP_HDR_CONTENT_ENCODING,
	SIP_HDR_CONTENT_LENGTH,
	SIP_HDR_CONTENT_TYPE,
	SIP_HDR_CSEQ,
	SIP_HDR_DATE,
	SIP_HDR_DIVERSION,
	SIP_HDR_EVENT,
	SIP_HDR_EXPIRES,
	SIP_HDR_FROM,
	SIP_HDR_HISTORY_INFO,
	SIP_HDR_MAX_FORWARDS,
	SIP_HDR_MIN_EXPIRES,
	SIP_HDR_MIN_SE,
	SIP_HDR_P_ASSERTED_IDENTITY,
	SIP_HDR_P_PREFERRED_IDENTITY,
	SIP_HDR_PATH,
	SIP_HDR_PRIVACY,
	SIP_HDR_PROXY_AUTHENTICATE,
	SIP_HDR_PROXY_AUTHORIZATION,
	SIP_HDR_PROXY_REQUIRE,
	SIP_HDR_RACK,
	SIP_HDR_REASON,
	SIP_HDR_RECORD_ROUTE,
	SIP_HDR_REFER_TO,
	SIP_HDR_REFERRED_BY,
	SIP_HDR_REPLACES,
	SIP_HDR_REQUIRE,
	SIP_HDR_RETRY_AFTER,
	SIP_HDR_ROUTE,
	SIP_HDR_RSEQ,
	SIP_HDR_SERVER,
	SIP_HDR_SESSION_EXPIRES,
	SIP_HDR_SUBSCRIPTION_STATE,
	SIP_HDR_SUPPORTED,
	SIP_HDR_TO,
	SIP_HDR_UNSUPPORTED,
	SIP_HDR_USER_AGENT,
	SIP_HDR_VIA,
	SIP_HDR_WARNING,
	SIP_HDR_WWW_AUTHENTICATE,
	SIP_HDR_COUNT
};

/* One header line. The value has no blanks around it but may hold folds (CRLF and blanks): every accessor takes these as blanks. */
struct sip_header {
	enum sip_hdr id;
	struct sip_view name, value;
};

/* name-addr or addr-spec with header parameters: From, To, Contact, Route, P-Asserted-Identity ... */
struct sip_addr {
	struct sip_view text; /* the whole entry */
	struct sip_view
		display; /* as written (a quoted string keeps its quotes), absent when none; sip_unquote makes it text */
	struct sip_uri uri;
	struct sip_view params; /* header parameters, from ';' on; absent when none */
	struct sip_view tag;    /* of them; absent when none */
};

struct sip_via {
	struct sip_view text;
	enum sip_transport transport;
	struct sip_view transport_name; /* "UDP" */
	struct sip_view host;           /* IPv6 without brackets */
	bool ipv6;
	uint16_t port; /* 0: not said */
	struct sip_view params;
	struct sip_view branch; /* absent: an RFC 2543 client */
	bool cookie;            /* the branch begins with z9hG4bK */
	struct sip_view received;
	bool rport;           /* has the parameter */
	uint16_t rport_value; /* 0: without a value */
};

struct sip_contact {
	bool star; /* "*": the rest is empty */
	struct sip_addr addr;
	int64_t expires; /* s; -1: not said (a value that is no number counts as not said, RFC 3261 10.3) */
	int q;           /* 0-1000; -1: not said */
	struct sip_view instance; /* +sip.instance without its quotes: "<urn:uuid:...>" */
	unsigned reg_id;          /* 0: none */
};

enum sip_refresher { SIP_REFRESHER_NONE, SIP_REFRESHER_UAC, SIP_REFRESHER_UAS };

struct sip_session_expires {
	uint32_t seconds;
	enum sip_refresher refresher;
};

struct sip_rack {
	uint32_t rseq, cseq;
	enum sip_method method;
};

struct sip_replaces {
	struct sip_view call_id, to_tag, from_tag;
	bool early_only;
};

struct sip_media_type {
	struct sip_view type, subtype; /* compare without case: sip_media_type_is */
	struct sip_view params;
};

/* Why a message was not taken. */
struct sip_fault {
	int status;         /* 400, 416, 501, 505, 513; 0: none */
	const char *reason; /* short English text, fit for the status line */
	/* A request (not ACK) whose topmost Via can be read: sip_print_reply works. What the request lacks its answer lacks too. */
	bool answerable;
};

struct sip_msg {
	struct sip_view text; /* the message without CRLFs before it and bytes behind its body */
	bool request;
	/* request */
	enum sip_method method; /* in a response: of CSeq */
	struct sip_view method_name;
	struct sip_uri uri;
	/* response */
	int status;
	struct sip_view reason;
	/* all header lines in order, and the first of each known kind */
	struct sip_header headers[SIP_MAX_HEADERS];
	size_t header_count;
	uint8_t first[SIP_HDR_COUNT]; /* index + 1; 0: none */
	/* always there after a successful parse */
	struct sip_via via; /* the topmost */
	struct sip_addr from, to;
	struct sip_view call_id;
	uint32_t cseq;
	int max_forwards;     /* -1: none */
	struct sip_view body; /* len 0: none */
};

enum sip_framing {
	SIP_DATAGRAM, /* Content-Length beyond the datagram: 400; bytes behind it are ignored (18.3) */
	SIP_STREAM, /* as cut by sip_framer; Content-Length required */
	SIP_WEBSOCKET, /* one message per frame: a Content-Length that is there must fit exactly (RFC 7118) */
};

/* Parses one message; *m and *fault are always filled in, as far as possible.
 * 0; EBADMSG: see *fault (a response that is not taken has status 0: drop it); ENODATA: nothing but CRLF, a keep-alive.
 * Checked here, so that accessors of a taken message cannot fail: syntax of the start line, header lines and folds, all of Via,
 * From, To, Call-ID, CSeq (method equal to the request's), Max-Forwards, Content-Length, Content-Type, Contact, Route, Record-Route,
 * Expires, Min-Expires, RSeq, RAck, Session-Expires, Min-SE, Require, Supported; header kinds that may stand once; REGISTER's Contact
 * "*"; unbalanced quotes in any known header. Unknown method: 501; unknown scheme of the request URI: 416; version: 505. */
int sip_msg_parse(struct sip_msg *m, const char *data, size_t len, enum sip_framing framing,
	struct sip_fault *fault);

/* --- header lines --- */
const struct sip_header *sip_msg_header(
	const struct sip_msg *m, enum sip_hdr id); /* the first, or NULL */
/* The next of the same kind; NULL at the end. */
const struct sip_header *sip_msg_header_next(const struct sip_msg *m, const struct sip_header *h);
const struct sip_header *sip_msg_header_named(
	const struct sip_msg *m, const char *name); /* any name, the first */
struct sip_view sip_msg_value(
	const struct sip_msg *m, enum sip_hdr id); /* of the first; absent when none */

/* --- lists: the entries of all header lines of one kind, cut at commas outside quotes and <> --- */
struct sip_list {
	const struct sip_msg *msg;
	const struct sip_header *header;
	struct sip_view rest;
};
void sip_list_init(struct sip_list *list, const struct sip_msg *m, enum sip_hdr id);
/* 0, ENOENT at the end, EBADMSG (only in headers that parse does not check). */
int sip_list_next(struct sip_list *list, struct sip_view *item);
int sip_list_next_addr(struct sip_list *list, struct sip_addr *addr);
int sip_list_next_via(struct sip_list *list, struct sip_via *via);
int sip_list_next_contact(struct sip_list *list, struct sip_contact *contact);
bool sip_msg_has_option(const struct sip_msg *m, enum sip_hdr id,
	const char *tag); /* Require, Supported, Allow ... */
/* Appends the Require tags that are not in the NULL-terminated list, with ", " between: the Unsupported header of a 420.
 * True when there are any. ACK and CANCEL have none by rule (RFC 3261 8.2.2.3). */
bool sip_msg_unsupported(const struct sip_msg *m, const char *const *supported, struct buf *out);

/* --- typed values. 0, ENOENT when the header is not there, EBADMSG. --- */
int sip_msg_number(const struct sip_msg *m, enum sip_hdr id,
	uint32_t *value); /* Expires, Min-Expires, Min-SE, RSeq, Max-Forwards, Retry-After */
int sip_msg_session_expires(const struct sip_msg *m, struct sip_session_expires *se);
int sip_msg_rack(const struct sip_msg *m, struct sip_rack *rack);
int sip_msg_replaces(const struct sip_msg *m, struct sip_replaces *replaces);
int sip_msg_content_type(const struct sip_msg *m, struct sip_media_type *type);
bool sip_media_type_is(const struct sip_media_type *type, const char *name); /* "application/sdp" */
/* cause and text of the Reason header with that protocol ("SIP", "Q.850"). */
int sip_msg_reason(
	const struct sip_msg *m, const char *protocol, int *cause, char *text, size_t size);

/* --- pieces, for texts that do not come from a message --- */
int sip_addr_parse(struct sip_addr *addr, struct sip_view text);
int sip_via_parse(struct sip_via *via, struct sip_view text);
int sip_contact_parse(struct sip_contact *contact, struct sip_view text);

/* --- names --- */
enum sip_method sip_method_of(struct sip_view name); /* case counts */
const char *sip_method_name(enum sip_method method); /* "INVITE"; "?" for SIP_UNKNOWN */
enum sip_hdr sip_hdr_of(struct sip_view name);       /* also compact forms; SIP_HDR_OTHER */
const char *sip_hdr_name(enum sip_hdr id);           /* "Via"; "?" for SIP_HDR_OTHER */
enum sip_transport sip_transport_of(struct sip_view name);
const char *sip_transport_name(enum sip_transport transport); /* "UDP" as in Via */
const char *sip_status_text(int status); /* "Not Found"; a text of its class when unknown */

#endif
