/* The SDP parser: one line at a time into fixed structs. What we do not use is passed over, not refused. */
#include "sip_scan.h"
#include "sdp.h"

#define SDP_MAX_TEXT 65536
#define DROPPED                                                                                    \
	255 /* payload of a format whose text is too long to be kept: taken out at the end */

struct parser {
	struct sdp *sdp;
	struct sdp_media *media;   /* the section, NULL before the first m= */
	struct sdp_media defaults; /* what the session part says for all sections */
	struct sip_view fingerprint_kind;
	bool origin;
};

/* --- pieces --- */

/* The next word of a value; absent at the end. */
static struct sip_view word(struct sip_view *rest)
{
	struct sip_view w = { NULL, 0 };

	while (rest->len && *rest->p == ' ')
		sip_skip(rest, 1);
	if (!rest->len)
		return w;
	w.p = rest->p;
	while (w.len < rest->len && rest->p[w.len] != ' ')
		w.len++;
	sip_skip(rest, w.len);
	return w;
}

/* What stands before c; takes c as well. The whole when there is no c. */
static struct sip_view before(struct sip_view *rest, char c)
{
	struct sip_view v = *rest;
	const char *at = rest->len ? memchr(rest->p, c, rest->len) : NULL;

	if (at)
		v.len = (size_t)(at - rest->p);
	sip_skip(rest, at ? v.len + 1 : v.len);
	return v;
}

/* Texts that only people read are cut, not refused. */
static void copy_cut(char *dst, size_t size, struct sip_view v)
{
	if (v.len >= size)
		v.len = size - 1;
	sip_view_copy(dst, size, v);
}

/* Session numbers may have any length; only their being equal counts. */
static int session_number(uint64_t *number, struct sip_view v)
{
	uint64_t n = 0;

	for (size_t i = 0; i < v.len; i++) {
		if (!sip_is_digit(v.p[i]))
			return EBADMSG;
		n = n * 10 + (uint64_t)(v.p[i] - '0');
	}
	*number = n;
	return v.len ? 0 : EBADMSG;
}

/* "IN IP4 192.0.2.1" with what multicast adds behind a slash. */
static int address(char *dst, size_t size, bool *ipv6, struct sip_view *rest)
{
	struct sip_view net = word(rest), family = word(rest), text = word(rest),
			host = before(&text, '/');

	*ipv6 = sip_view_is(family, "IP6");
	if (!sip_view_is(net, "IN") || (!*ipv6 && !sip_view_is(family, "IP4")) || !host.len)
		return EBADMSG;
	for (size_t i = 0; i < host.len; i++)
		if (!sip_is_alpha(host.p[i]) && !sip_is_digit(host.p[i]) &&
			!sip_is_one_of(host.p[i], ".:-_"))
			return EBADMSG;
	return sip_view_copy(dst, size, host) ? E2BIG : 0;
}

/* Printable and without blanks. */
static int plain(char *dst, size_t size, struct sip_view v)
{
	if (!v.len)
		return EBADMSG;
	for (size_t i = 0; i < v.len; i++)
		if ((unsigned char)v.p[i] <= 0x20 || v.p[i] == 0x7f)
			return EBADMSG;
	return sip_view_copy(dst, size, v) ? E2BIG : 0;
}

/* --- o=, c=, m= --- */

static int parse_origin(struct parser *p, struct sip_view rest)
{
	struct sdp *sdp = p->sdp;
	struct sip_view user = word(&rest), id = word(&rest), version = word(&rest);
	bool ipv6;

	if (p->origin || !user.len || session_number(&sdp->session_id, id) ||
		session_number(&sdp->session_version, version))
		return EBADMSG;
	p->origin = true;
	copy_cut(sdp->origin_user, sizeof(sdp->origin_user), user);
	return address(sdp->origin_address, sizeof(sdp->origin_address), &ipv6, &rest);
}

static int parse_connection(struct parser *p, struct sip_view rest)
{
	struct sdp_media *m = p->media ? p->media : &p->defaults;

	return address(m->address, sizeof(m->address), &m->ipv6, &rest);
}

static const struct sdp_format static_formats[] = {
	{ 0, "PCMU", 8000, 1, "" },
	{ 3, "GSM", 8000, 1, "" },
	{ 4, "G723", 8000, 1, "" },
	{ 8, "PCMA", 8000, 1, "" },
	{ 9, "G722", 8000, 1, "" }, /* 8000 by RFC 3551, though it samples at 16000 */
	{ 10, "L16", 44100, 2, "" },
	{ 11, "L16", 44100, 1, "" },
	{ 12, "QCELP", 8000, 1, "" },
	{ 13, "CN", 8000, 1, "" },
	{ 15, "G728", 8000, 1, "" },
	{ 18, "G729", 8000, 1, "" },
	{ 26, "JPEG", 90000, 1, "" },
	{ 31, "H261", 90000, 1, "" },
	{ 34, "H263", 90000, 1, "" },
};

static struct sdp_format *find_format(struct sdp_media *m, uint64_t payload)
{
	for (size_t i = 0; i < m->format_count; i++)
		if (m->formats[i].payload == payload)
			return &m->formats[i];
	return NULL;
}

static void add_format(struct sdp_media *m, uint8_t payload)
{
	struct sdp_format *f;

	/* Offers of video name dozens: the first ones are enough, an answer takes a part of them anyway. */
	if (m->format_count == SDP_MAX_FORMATS || find_format(m, payload))
		return;
	f = &m->formats[m->format_count++];
	*f = (struct sdp_format){ .payload = payload, .channels = 1 };
	for (size_t i = 0; i < sizeof(static_formats) / sizeof(*static_formats); i++)
		if (static_formats[i].payload == payload)
			*f = static_formats[i];
}

/* The list as written, cut between two entries when it is longer than its place. */
static int keep_raw(struct sdp_media *m, struct sip_view v)
{
	if (v.len >= sizeof(m->raw_formats)) {
		v.len = sizeof(m->raw_formats) - 1;
		while (v.len && v.p[v.len] != ' ')
			v.len--;
		v = sip_view_trim(v);
		if (!v.len)
			return E2BIG;
	}
	return sip_view_copy(m->raw_formats, sizeof(m->raw_formats), v);
}

static int parse_media(struct parser *p, struct sip_view rest)
{
	struct sip_view kind = word(&rest), ports = word(&rest), protocol = word(&rest), format;
	struct sdp_media *m;
	uint64_t n;
	bool rtp;

	if (p->sdp->media_count == SDP_MAX_MEDIA)
		return E2BIG;
	m = p->media = &p->sdp->media[p->sdp->media_count];
	*m = p->defaults;
	p->fingerprint_kind = (struct sip_view){ NULL, 0 };
	if (sip_view_number(&n, before(&ports, '/'), 65535) || !sip_view_token(kind))
		return EBADMSG;
	m->port = (uint16_t)n;
	if (sip_view_copy(m->kind, sizeof(m->kind), kind))
		return E2BIG;
	if (plain(m->protocol, sizeof(m->protocol), protocol))
		return EBADMSG;
	p->sdp->media_count++;
	rest = sip_view_trim(rest);
	if (!rest.len)
		return EBADMSG;
	if (keep_raw(m, rest))
		return E2BIG;
	rtp = strstr(m->protocol, "RTP/") != NULL;
	while (rtp && (format = word(&rest)).p) {
		if (sip_view_number(&n, format, 127))
			return EBADMSG;
		add_format(m, (uint8_t)n);
	}
	return 0;
}

/* --- a= --- */

typedef int(attribute_h)(struct parser *p, struct sdp_media *m, struct sip_view value);

static int rtpmap(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	struct sip_view payload = word(&value), encoding = sip_view_trim(value), name;
	struct sdp_format *f;
	uint64_t n, clock, channels = 1;

	(void)p;
	if (sip_view_number(&n, payload, 127))
		return EBADMSG;
	name = before(&encoding, '/');
	if (sip_view_number(&clock, before(&encoding, '/'), UINT32_MAX) || !sip_view_token(name) ||
		(encoding.len && sip_view_number(&channels, encoding, 255)) || !channels || !clock)
		return EBADMSG;
	f = find_format(m, n);
	if (!f)
		return 0;
	f->clock = (uint32_t)clock;
	f->channels = (uint8_t)channels;
	if (sip_view_copy(f->name, sizeof(f->name), name))
		f->payload = DROPPED;
	return 0;
}

static int fmtp(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	struct sdp_format *f;
	uint64_t n;

	(void)p;
	/* of fax and data sections the first word is no number */
	if (sip_view_number(&n, word(&value), 127))
		return m->format_count ? EBADMSG : 0;
	f = find_format(m, n);
	if (f && sip_view_copy(f->fmtp, sizeof(f->fmtp), sip_view_trim(value)))
		f->payload = DROPPED;
	return 0;
}

static int set_direction(struct sdp_media *m, enum sdp_direction direction)
{
	m->direction = direction;
	return 0;
}

static int sendrecv(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)p, (void)value;
	return set_direction(m, SDP_SENDRECV);
}

static int sendonly(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)p, (void)value;
	return set_direction(m, SDP_SENDONLY);
}

static int recvonly(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)p, (void)value;
	return set_direction(m, SDP_RECVONLY);
}

static int inactive(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)p, (void)value;
	return set_direction(m, SDP_INACTIVE);
}

static int rtcp_mux(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)p, (void)value;
	m->rtcp_mux = true;
	return 0;
}

static int rtcp(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	uint64_t port;

	(void)p;
	if (sip_view_number(&port, word(&value), 65535))
		return EBADMSG;
	m->rtcp_port = (uint16_t)port;
	return 0;
}

static int mid(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)p;
	return plain(m->mid, sizeof(m->mid), value);
}

static int ice_ufrag(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)p;
	return plain(m->ice_ufrag, sizeof(m->ice_ufrag), value);
}

static int ice_pwd(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)p;
	return plain(m->ice_pwd, sizeof(m->ice_pwd), value);
}

/* Of several the one with SHA-256, else the first; longer hashes than fit are passed over. */
static int fingerprint(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	struct sip_view rest = value, kind = word(&rest), hash = word(&rest);

	if (!sip_view_token(kind) || !hash.len || word(&rest).p)
		return EBADMSG;
	for (size_t i = 0; i < hash.len; i++)
		if (hash.p[i] != ':' && sip_hex_digit(hash.p[i]) < 0)
			return EBADMSG;
	if (p->fingerprint_kind.p && !sip_view_is_i(kind, "sha-256"))
		return 0;
	if (value.len >= sizeof(m->fingerprint))
		return 0;
	p->fingerprint_kind = kind;
	return sip_view_copy(m->fingerprint, sizeof(m->fingerprint), value);
}

static int setup(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)p;
	m->setup = sip_view_is_i(value, "actpass")   ? SDP_SETUP_ACTPASS
		   : sip_view_is_i(value, "active")  ? SDP_SETUP_ACTIVE
		   : sip_view_is_i(value, "passive") ? SDP_SETUP_PASSIVE
						     : SDP_SETUP_NONE;
	return 0;
}

static int ptime(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	uint64_t ms;

	(void)p;
	/* "20.0" and the like are seen: the fraction does not matter */
	if (!sip_view_number(&ms, before(&value, '.'), 1000))
		m->ptime = (int)ms;
	return 0;
}

static int ssrc(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	struct sip_view id = word(&value), attribute;
	uint64_t n;

	(void)p;
	if (sip_view_number(&n, id, UINT32_MAX))
		return EBADMSG;
	if (!m->ssrc)
		m->ssrc = (uint32_t)n;
	value = sip_view_trim(value);
	attribute = before(&value, ':');
	if (m->ssrc == n && sip_view_is(attribute, "cname"))
		copy_cut(m->cname, sizeof(m->cname), value);
	return 0;
}

static int crypto(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)p, (void)value;
	m->crypto = true;
	return 0;
}

static int group(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)m;
	if (sip_view_is(word(&value), "BUNDLE"))
		p->sdp->bundle = true;
	return 0;
}

static int ice_lite(struct parser *p, struct sdp_media *m, struct sip_view value)
{
	(void)m, (void)value;
	p->sdp->ice_lite = true;
	return 0;
}

static int parse_attribute(struct parser *p, struct sip_view rest)
{
	static const struct {
		const char *name;
		attribute_h *fn;
		bool session; /* also before the first m=, then for all sections */
	} attributes[] = {
		{ "rtpmap", rtpmap, false },
		{ "fmtp", fmtp, false },
		{ "sendrecv", sendrecv, true },
		{ "sendonly", sendonly, true },
		{ "recvonly", recvonly, true },
		{ "inactive", inactive, true },
		{ "rtcp-mux", rtcp_mux, false },
		{ "rtcp", rtcp, false },
		{ "mid", mid, false },
		{ "ice-ufrag", ice_ufrag, true },
		{ "ice-pwd", ice_pwd, true },
		{ "fingerprint", fingerprint, true },
		{ "setup", setup, true },
		{ "ptime", ptime, true },
		{ "ssrc", ssrc, false },
		{ "crypto", crypto, false },
		{ "group", group, true },
		{ "ice-lite", ice_lite, true },
	};
	struct sip_view name = before(&rest, ':');

	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		if (!sip_view_is(name, attributes[i].name))
			continue;
		if (!p->media && !attributes[i].session)
			return 0;
		return attributes[i].fn(p, p->media ? p->media : &p->defaults, sip_view_trim(rest));
	}
	return 0;
}

/* --- the whole --- */

static int parse_line(struct parser *p, struct sip_view line, unsigned number)
{
	struct sip_view value;

	if (line.len < 2 || line.p[1] != '=' || line.p[0] < 'a' || line.p[0] > 'z' ||
		memchr(line.p, '\r', line.len) || memchr(line.p, '\0', line.len))
		return EBADMSG;
	value = sip_view_n(line.p + 2, line.len - 2);
	if (number == 1)
		return line.p[0] == 'v' && sip_view_is(sip_view_trim(value), "0") ? 0 : EBADMSG;
	switch (line.p[0]) {
	case 'v':
		return EBADMSG;
	case 'o':
		return p->media ? EBADMSG : parse_origin(p, value);
	case 's':
		copy_cut(p->sdp->session_name, sizeof(p->sdp->session_name), value);
		return 0;
	case 'c':
		return parse_connection(p, value);
	case 'm':
		return parse_media(p, value);
	case 'a':
		return parse_attribute(p, value);
	default:
		return 0;
	}
}

static void drop_formats(struct sdp_media *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->format_count; i++)
		if (m->formats[i].payload != DROPPED)
			m->formats[kept++] = m->formats[i];
	m->format_count = kept;
}

static int finish(struct parser *p)
{
	if (!p->origin)
		return EBADMSG;
	for (size_t i = 0; i < p->sdp->media_count; i++) {
		struct sdp_media *m = &p->sdp->media[i];

		drop_formats(m);
		if (m->port && !m->address[0])
			return EBADMSG;
	}
	return 0;
}

int sdp_parse(struct sdp *sdp, const char *text, size_t len, unsigned *line)
{
	struct parser p = { .sdp = sdp };
	struct sip_view rest = { text, len };
	unsigned number = 0;
	int err = 0;

	memset(sdp, 0, sizeof(*sdp));
	if (len > SDP_MAX_TEXT)
		return E2BIG;
	/* empty lines at the end do no harm */
	while (rest.len && (rest.p[rest.len - 1] == '\n' || rest.p[rest.len - 1] == '\r'))
		rest.len--;
	if (!rest.len)
		err = EBADMSG;
	while (rest.len && !err) {
		struct sip_view item = before(&rest, '\n');

		if (item.len && item.p[item.len - 1] == '\r')
			item.len--;
		err = parse_line(&p, item, ++number);
	}
	if (!err)
		err = finish(&p);
	if (err && line)
		*line = number ? number : 1;
	return err;
}
