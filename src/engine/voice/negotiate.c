/* Offer and answer: what our SDP says and what the peer's means for the media leg. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "buf.h"
#include "voice/negotiate.h"

#define SDP_TEXT_MAX 16384

struct codec_row {
	const char *name;
	uint32_t clock;
	uint8_t channels;
	uint8_t payload; /* the number we offer */
	const char *fmtp;
};

static const struct codec_row codecs[] = {
	[MEDIA_PCMU] = { "PCMU", 8000, 1, 0, "" },
	[MEDIA_PCMA] = { "PCMA", 8000, 1, 8, "" },
	[MEDIA_G722] = { "G722", 8000, 1, 9,
		"" }, /* the clock is a well-known mistake of RFC 1890, kept by RFC 3551 4.5.2 */
	[MEDIA_OPUS] = { "opus", 48000, 2, 111, "minptime=20;useinbandfec=1" },
};

#define EVENT_PAYLOAD       101
#define EVENT_PAYLOAD_48000 110

const char *codec_name(enum media_codec codec)
{
	return codecs[codec].name;
}

static const struct sdp_format *find_format(
	const struct sdp_media *m, const char *name, uint32_t clock)
{
	for (size_t i = 0; i < m->format_count; i++) {
		if (!strcasecmp(m->formats[i].name, name) && m->formats[i].clock == clock)
			return &m->formats[i];
	}
	return NULL;
}

static bool is_secure(const struct sdp_media *m)
{
	return !strcmp(m->protocol, "UDP/TLS/RTP/SAVPF") ||
	       !strcmp(m->protocol, "UDP/TLS/RTP/SAVP");
}

static bool is_plain(const struct sdp_media *m)
{
	return !strcmp(m->protocol, "RTP/AVP") || !strcmp(m->protocol, "RTP/AVPF");
}

static const struct sdp_media *find_audio(const struct sdp *sdp, bool browser)
{
	for (size_t i = 0; i < sdp->media_count; i++) {
		const struct sdp_media *m = &sdp->media[i];

		if (!strcmp(m->kind, "audio") && m->port && (browser ? is_secure(m) : is_plain(m)))
			return m;
	}
	return NULL;
}

static void add_format(struct sdp_media *m, uint8_t payload, const char *name, uint32_t clock,
	uint8_t channels, const char *fmtp)
{
	struct sdp_format *f;

	if (m->format_count >= SDP_MAX_FORMATS)
		return;
	f = &m->formats[m->format_count++];
	f->payload = payload;
	f->clock = clock;
	f->channels = channels;
	snprintf(f->name, sizeof(f->name), "%s", name);
	snprintf(f->fmtp, sizeof(f->fmtp), "%s", fmtp);
}

/* The part of an audio section that is the same in every description of ours. */
static void fill_audio(struct sdp_media *m, const struct negotiation *n)
{
	snprintf(m->kind, sizeof(m->kind), "audio");
	m->port = n->local.port;
	snprintf(m->address, sizeof(m->address), "%s", n->local.address);
	m->ipv6 = strchr(n->local.address, ':') != NULL;
	m->ptime = 20;
	m->ssrc = n->local.ssrc;
	snprintf(m->cname, sizeof(m->cname), "%s", n->local.cname);
	if (!n->browser)
		return;
	m->rtcp_mux = true;
	snprintf(m->ice_ufrag, sizeof(m->ice_ufrag), "%s", n->local.ice_ufrag);
	snprintf(m->ice_pwd, sizeof(m->ice_pwd), "%s", n->local.ice_pwd);
	snprintf(m->fingerprint, sizeof(m->fingerprint), "%s", n->local.fingerprint);
	snprintf(m->candidate, sizeof(m->candidate), "%s", n->local.address);
	m->candidate_port = n->local.port;
}

static void fill_session(struct sdp *sdp, struct negotiation *n)
{
	snprintf(sdp->origin_user, sizeof(sdp->origin_user), "hotline");
	sdp->session_id = n->session_id;
	sdp->session_version = ++n->session_version;
	snprintf(sdp->origin_address, sizeof(sdp->origin_address), "%s", n->local.address);
	snprintf(sdp->session_name, sizeof(sdp->session_name), "-");
	sdp->ice_lite = n->browser;
	sdp->bundle = n->browser;
}

static char *print(const struct sdp *sdp)
{
	struct buf out;
	char *text = NULL;

	buf_init(&out, SDP_TEXT_MAX);
	if (!sdp_print(&out, sdp))
		text = buf_steal(&out);
	buf_release(&out);
	return text;
}

static void offer_formats(
	struct sdp_media *m, const struct negotiation *n, const struct codec_order *order)
{
	bool wide = false;

	for (size_t i = 0; i < order->count; i++) {
		const struct codec_row *c = &codecs[order->codec[i]];
		uint8_t payload = c->payload;

		/* In a later offer the numbers of the running codec stay (RFC 3264 8.3.2). */
		if (n->negotiated && n->remote.codec == order->codec[i])
			payload = n->remote.payload;
		add_format(m, payload, c->name, c->clock, c->channels, c->fmtp);
		wide |= order->codec[i] == MEDIA_OPUS;
	}
	if (n->negotiated && n->remote.event_payload) {
		add_format(m, n->remote.event_payload, "telephone-event", n->remote.event_clock, 1,
			"0-16");
		return;
	}
	add_format(m, EVENT_PAYLOAD, "telephone-event", 8000, 1, "0-16");
	if (wide)
		add_format(m, EVENT_PAYLOAD_48000, "telephone-event", 48000, 1, "0-16");
}

char *negotiate_offer(struct negotiation *n, const struct codec_order *order)
{
	struct sdp *sdp = calloc(1, sizeof(*sdp));
	struct sdp_media *m;
	char *text;

	if (!sdp)
		return NULL;
	fill_session(sdp, n);
	sdp->media_count = 1;
	m = &sdp->media[0];
	fill_audio(m, n);
	snprintf(m->protocol, sizeof(m->protocol), n->browser ? "UDP/TLS/RTP/SAVPF" : "RTP/AVP");
	if (n->browser) {
		snprintf(m->mid, sizeof(m->mid), "0");
		m->setup = SDP_SETUP_ACTPASS;
	}
	offer_formats(m, n, order);
	text = print(sdp);
	free(sdp);
	return text;
}

static bool is_blackhole(const char *address)
{
	return !strcmp(address, "0.0.0.0") || !strcmp(address, "::");
}

/* The peer's audio section as instructions for media. EPROTO: no codec in common. */
static int take_remote(struct media_leg_remote *r, const struct sdp_media *m,
	const struct codec_order *order, bool browser, bool latch)
{
	const struct sdp_format *chosen = NULL, *event;

	memset(r, 0, sizeof(*r));
	for (size_t i = 0; i < order->count && !chosen; i++) {
		chosen =
			find_format(m, codecs[order->codec[i]].name, codecs[order->codec[i]].clock);
		r->codec = order->codec[i];
	}
	if (!chosen)
		return EPROTO;
	r->payload = chosen->payload;
	event = find_format(m, "telephone-event", r->codec == MEDIA_OPUS ? 48000 : 8000);
	if (!event)
		event = find_format(m, "telephone-event", 8000);
	if (event) {
		r->event_payload = event->payload;
		r->event_clock = event->clock;
	}
	/* Directions are from the peer's side: his sendonly is our receive-only. */
	r->send = m->direction == SDP_SENDRECV || m->direction == SDP_RECVONLY;
	r->receive = m->direction == SDP_SENDRECV || m->direction == SDP_SENDONLY;
	if (is_blackhole(
		    m->address)) /* the old way to say hold, RFC 2543; browsers say it too, but mean ICE */
		r->send = r->send && browser;
	r->rtcp_mux = m->rtcp_mux;
	r->ptime_ms = m->ptime;
	if (browser) {
		if (!m->ice_ufrag[0] || !m->ice_pwd[0] || !m->fingerprint[0])
			return EPROTO;
		snprintf(r->ice_ufrag, sizeof(r->ice_ufrag), "%s", m->ice_ufrag);
		snprintf(r->ice_pwd, sizeof(r->ice_pwd), "%s", m->ice_pwd);
		snprintf(r->fingerprint, sizeof(r->fingerprint), "%s", m->fingerprint);
		r->dtls_active = m->setup == SDP_SETUP_PASSIVE;
		return 0;
	}
	snprintf(r->address, sizeof(r->address), "%s", m->address);
	r->port = m->port;
	r->rtcp_port = m->rtcp_port ? m->rtcp_port : (uint16_t)(m->port + 1);
	r->latch = latch;
	return 0;
}

static enum sdp_direction mirrored(enum sdp_direction d)
{
	if (d == SDP_SENDONLY)
		return SDP_RECVONLY;
	return d == SDP_RECVONLY ? SDP_SENDONLY : d;
}

/* Our section for one of theirs: taken up, or refused with port 0 and the same formats. */
static void answer_section(struct sdp_media *out, const struct sdp_media *in, bool taken,
	const struct negotiation *n, const struct media_leg_remote *r)
{
	snprintf(out->mid, sizeof(out->mid), "%s", in->mid);
	if (!taken) {
		snprintf(out->kind, sizeof(out->kind), "%s", in->kind);
		snprintf(out->protocol, sizeof(out->protocol), "%s", in->protocol);
		memcpy(out->raw_formats, in->raw_formats, sizeof(out->raw_formats));
		memcpy(out->formats, in->formats, sizeof(out->formats));
		out->format_count = in->format_count ? 1 : 0;
		return;
	}
	fill_audio(out, n);
	snprintf(out->protocol, sizeof(out->protocol), "%s", in->protocol);
	out->direction = mirrored(in->direction);
	if (!n->browser)
		out->rtcp_mux = in->rtcp_mux;
	else
		out->setup = r->dtls_active ? SDP_SETUP_ACTIVE : SDP_SETUP_PASSIVE;
	add_format(out, r->payload, codecs[r->codec].name, codecs[r->codec].clock,
		codecs[r->codec].channels, codecs[r->codec].fmtp);
	if (r->event_payload)
		add_format(out, r->event_payload, "telephone-event", r->event_clock, 1, "0-16");
}

int negotiate_answer(struct negotiation *n, const struct codec_order *order, const char *offer,
	bool latch, char **answer)
{
	struct sdp *theirs = calloc(1, sizeof(*theirs)), *ours = calloc(1, sizeof(*ours));
	const struct sdp_media *audio;
	struct media_leg_remote remote;
	unsigned line;
	int err = ENOMEM;

	if (!theirs || !ours)
		goto out;
	err = EBADMSG;
	if (sdp_parse(theirs, offer, strlen(offer), &line))
		goto out;
	err = EPROTO;
	audio = find_audio(theirs, n->browser);
	if (!audio)
		goto out;
	err = take_remote(&remote, audio, order, n->browser, latch);
	if (err)
		goto out;
	fill_session(ours, n);
	ours->bundle = theirs->bundle;
	ours->media_count = theirs->media_count;
	for (size_t i = 0; i < theirs->media_count; i++)
		answer_section(
			&ours->media[i], &theirs->media[i], &theirs->media[i] == audio, n, &remote);
	*answer = print(ours);
	err = *answer ? 0 : ENOMEM;
out:
	if (!err) {
		n->remote = remote;
		n->negotiated = true;
	}
	free(theirs);
	free(ours);
	return err;
}

int negotiate_accept(struct negotiation *n, const char *answer, bool latch)
{
	static const struct codec_order any = { { MEDIA_OPUS, MEDIA_G722, MEDIA_PCMA, MEDIA_PCMU },
		4 };
	struct sdp *theirs = calloc(1, sizeof(*theirs));
	const struct sdp_media *audio;
	struct media_leg_remote remote;
	struct codec_order order = any;
	unsigned line;
	int err = ENOMEM;

	if (!theirs)
		goto out;
	err = EBADMSG;
	if (sdp_parse(theirs, answer, strlen(answer), &line))
		goto out;
	err = EPROTO;
	audio = find_audio(theirs, n->browser);
	if (!audio || !audio->format_count)
		goto out;
	/* The answerer's first codec is the one he will send. */
	for (size_t i = 0; i < any.count; i++) {
		if (!strcasecmp(audio->formats[0].name, codecs[any.codec[i]].name)) {
			order.codec[0] = any.codec[i];
			order.count = 1;
		}
	}
	err = take_remote(&remote, audio, &order, n->browser, latch);
	if (err)
		goto out;
	n->remote = remote;
	n->negotiated = true;
out:
	free(theirs);
	return err;
}

bool negotiate_is_browser(const char *sdp)
{
	return sdp && strstr(sdp, "UDP/TLS/RTP/SAVP") != NULL;
}
