/* Names of methods, header fields, transports and status codes. */
#include "sip_scan.h"
#include "sip_msg.h"

static const char *const methods[SIP_METHOD_COUNT] = {
	[SIP_INVITE] = "INVITE",
	[SIP_ACK] = "ACK",
	[SIP_CANCEL] = "CANCEL",
	[SIP_BYE] = "BYE",
	[SIP_REGISTER] = "REGISTER",
	[SIP_OPTIONS] = "OPTIONS",
	[SIP_PRACK] = "PRACK",
	[SIP_UPDATE] = "UPDATE",
	[SIP_INFO] = "INFO",
	[SIP_REFER] = "REFER",
	[SIP_SUBSCRIBE] = "SUBSCRIBE",
	[SIP_NOTIFY] = "NOTIFY",
	[SIP_MESSAGE] = "MESSAGE",
	[SIP_PUBLISH] = "PUBLISH",
};

static const struct {
	const char *name;
	char compact; /* 0: none */
} headers[SIP_HDR_COUNT] = {
	[SIP_HDR_ACCEPT] = { "Accept", 0 },
	[SIP_HDR_ALERT_INFO] = { "Alert-Info", 0 },
	[SIP_HDR_ALLOW] = { "Allow", 0 },
	[SIP_HDR_ALLOW_EVENTS] = { "Allow-Events", 'u' },
	[SIP_HDR_AUTHORIZATION] = { "Authorization", 0 },
	[SIP_HDR_CALL_ID] = { "Call-ID", 'i' },
	[SIP_HDR_CALL_INFO] = { "Call-Info", 0 },
	[SIP_HDR_CONTACT] = { "Contact", 'm' },
	[SIP_HDR_CONTENT_DISPOSITION] = { "Content-Disposition", 0 },
	[SIP_HDR_CONTENT_ENCODING] = { "Content-Encoding", 'e' },
	[SIP_HDR_CONTENT_LENGTH] = { "Content-Length", 'l' },
	[SIP_HDR_CONTENT_TYPE] = { "Content-Type", 'c' },
	[SIP_HDR_CSEQ] = { "CSeq", 0 },
	[SIP_HDR_DATE] = { "Date", 0 },
	[SIP_HDR_DIVERSION] = { "Diversion", 0 },
	[SIP_HDR_EVENT] = { "Event", 'o' },
	[SIP_HDR_EXPIRES] = { "Expires", 0 },
	[SIP_HDR_FROM] = { "From", 'f' },
	[SIP_HDR_HISTORY_INFO] = { "History-Info", 0 },
	[SIP_HDR_MAX_FORWARDS] = { "Max-Forwards", 0 },
	[SIP_HDR_MIN_EXPIRES] = { "Min-Expires", 0 },
	[SIP_HDR_MIN_SE] = { "Min-SE", 0 },
	[SIP_HDR_P_ASSERTED_IDENTITY] = { "P-Asserted-Identity", 0 },
	[SIP_HDR_P_PREFERRED_IDENTITY] = { "P-Preferred-Identity", 0 },
	[SIP_HDR_PATH] = { "Path", 0 },
	[SIP_HDR_PRIVACY] = { "Privacy", 0 },
	[SIP_HDR_PROXY_AUTHENTICATE] = { "Proxy-Authenticate", 0 },
	[SIP_HDR_PROXY_AUTHORIZATION] = { "Proxy-Authorization", 0 },
	[SIP_HDR_PROXY_REQUIRE] = { "Proxy-Require", 0 },
	[SIP_HDR_RACK] = { "RAck", 0 },
	[SIP_HDR_REASON] = { "Reason", 0 },
	[SIP_HDR_RECORD_ROUTE] = { "Record-Route", 0 },
	[SIP_HDR_REFER_TO] = { "Refer-To", 'r' },
	[SIP_HDR_REFERRED_BY] = { "Referred-By", 'b' },
	[SIP_HDR_REPLACES] = { "Replaces", 0 },
	[SIP_HDR_REQUIRE] = { "Require", 0 },
	[SIP_HDR_RETRY_AFTER] = { "Retry-After", 0 },
	[SIP_HDR_ROUTE] = { "Route", 0 },
	[SIP_HDR_RSEQ] = { "RSeq", 0 },
	[SIP_HDR_SERVER] = { "Server", 0 },
	[SIP_HDR_SESSION_EXPIRES] = { "Session-Expires", 'x' },
	[SIP_HDR_SUBSCRIPTION_STATE] = { "Subscription-State", 0 },
	[SIP_HDR_SUPPORTED] = { "Supported", 'k' },
	[SIP_HDR_TO] = { "To", 't' },
	[SIP_HDR_UNSUPPORTED] = { "Unsupported", 0 },
	[SIP_HDR_USER_AGENT] = { "User-Agent", 0 },
	[SIP_HDR_VIA] = { "Via", 'v' },
	[SIP_HDR_WARNING] = { "Warning", 0 },
	[SIP_HDR_WWW_AUTHENTICATE] = { "WWW-Authenticate", 0 },
};

static const char *const transports[] = {
	[SIP_TRANSPORT_UDP] = "UDP",
	[SIP_TRANSPORT_TCP] = "TCP",
	[SIP_TRANSPORT_TLS] = "TLS",
	[SIP_TRANSPORT_WS] = "WS",
	[SIP_TRANSPORT_WSS] = "WSS",
};

enum sip_method sip_method_of(struct sip_view name)
{
	for (int i = SIP_UNKNOWN + 1; i < SIP_METHOD_COUNT; i++)
		if (sip_view_is(name, methods[i]))
			return (enum sip_method)i;
	return SIP_UNKNOWN;
}

const char *sip_method_name(enum sip_method method)
{
	return method > SIP_UNKNOWN && method < SIP_METHOD_COUNT ? methods[method] : "?";
}

enum sip_hdr sip_hdr_of(struct sip_view name)
{
	char first;

	if (!name.len)
		return SIP_HDR_OTHER;
	first = sip_lower(*name.p);
	for (int i = SIP_HDR_OTHER + 1; i < SIP_HDR_COUNT; i++) {
		if (name.len == 1 ? headers[i].compact == first
				  : sip_lower(*headers[i].name) == first &&
					    sip_view_is_i(name, headers[i].name))
			return (enum sip_hdr)i;
	}
	return SIP_HDR_OTHER;
}

const char *sip_hdr_name(enum sip_hdr id)
{
	return id > SIP_HDR_OTHER && id < SIP_HDR_COUNT ? headers[id].name : "?";
}

enum sip_transport sip_transport_of(struct sip_view name)
{
	for (int i = SIP_TRANSPORT_UDP; i <= SIP_TRANSPORT_WSS; i++)
		if (sip_view_is_i(name, transports[i]))
			return (enum sip_transport)i;
	return SIP_TRANSPORT_OTHER;
}

const char *sip_transport_name(enum sip_transport transport)
{
	return transport >= SIP_TRANSPORT_UDP && transport <= SIP_TRANSPORT_WSS
		       ? transports[transport]
		       : "?";
}

static const struct {
	int status;
	const char *text;
} status_texts[] = {
	{ 100, "Trying" },
	{ 180, "Ringing" },
	{ 181, "Call Is Being Forwarded" },
	{ 182, "Queued" },
	{ 183, "Session Progress" },
	{ 199, "Early Dialog Terminated" },
	{ 200, "OK" },
	{ 202, "Accepted" },
	{ 204, "No Notification" },
	{ 300, "Multiple Choices" },
	{ 301, "Moved Permanently" },
	{ 302, "Moved Temporarily" },
	{ 305, "Use Proxy" },
	{ 380, "Alternative Service" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" },
	{ 410, "Gone" },
	{ 412, "Conditional Request Failed" },
	{ 413, "Request Entity Too Large" },
	{ 414, "Request-URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Unsupported URI Scheme" },
	{ 417, "Unknown Resource-Priority" },
	{ 420, "Bad Extension" },
	{ 421, "Extension Required" },
	{ 422, "Session Interval Too Small" },
	{ 423, "Interval Too Brief" },
	{ 428, "Use Identity Header" },
	{ 429, "Provide Referrer Identity" },
	{ 430, "Flow Failed" },
	{ 433, "Anonymity Disallowed" },
	{ 439, "First Hop Lacks Outbound Support" },
	{ 469, "Bad Info Package" },
	{ 480, "Temporarily Unavailable" },
	{ 481, "Call/Transaction Does Not Exist" },
	{ 482, "Loop Detected" },
	{ 483, "Too Many Hops" },
	{ 484, "Address Incomplete" },
	{ 485, "Ambiguous" },
	{ 486, "Busy Here" },
	{ 487, "Request Terminated" },
	{ 488, "Not Acceptable Here" },
	{ 489, "Bad Event" },
	{ 491, "Request Pending" },
	{ 493, "Undecipherable" },
	{ 494, "Security Agreement Required" },
	{ 500, "Server Internal Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Server Time-out" },
	{ 505, "Version Not Supported" },
	{ 513, "Message Too Large" },
	{ 580, "Precondition Failure" },
	{ 600, "Busy Everywhere" },
	{ 603, "Decline" },
	{ 604, "Does Not Exist Anywhere" },
	{ 606, "Not Acceptable" },
};

const char *sip_status_text(int status)
{
	static const char *const classes[] = { "Progress", "Success", "Redirection",
		"Request Failure", "Server Failure", "Global Failure" };

	for (size_t i = 0; i < sizeof(status_texts) / sizeof(*status_texts); i++)
		if (status_texts[i].status == status)
			return status_texts[i].text;
	return status >= 100 && status < 700 ? classes[status / 100 - 1] : "Unknown";
}
