/* What comes in on a leg: packets, when they arrive. */
#include "leg.h"
#include "room.h"
#include "secure.h"

struct datagram {
	uint8_t *data;
	size_t len;
	union net_addr from;
	union net_addr local; /* where it was sent to; only before the socket is linked */
};

static void discard(struct leg *leg)
{
	leg->discarded++;
	leg->thread->counts.discarded++;
}

/* Most peers send from where they receive: then the kernel can do the choosing. */
static void link_socket(struct leg *leg, const union net_addr *local)
{
	if (leg->no_link || !net_addr_size(local) || !net_addr_equal(&leg->source, &leg->to))
		return;
	leg->linked = !udp_link(leg->rtp.fd, &leg->to, local);
	leg->no_link = !leg->linked;
	udp_want_local(leg->rtp.fd, false);
}

void leg_unlink(struct leg *leg)
{
	if (leg->linked)
		udp_unlink(leg->rtp.fd);
	if (leg->linked || leg->no_link)
		udp_want_local(leg->rtp.fd, true);
	leg->linked = leg->no_link = false;
}

/* Only one sender is listened to (others could inject sound). It may move, as behind NAT, when it has been silent and goes on with the
 * same stream. */
static bool accept_source(struct leg *leg, const struct datagram *d, const struct rtp_packet *p)
{
	int64_t now = leg->thread->now_us;

	if (!net_addr_equal(&leg->source, &d->from)) {
		bool first = !net_addr_size(&leg->source);

		if (!first && (now - leg->source_us < SOURCE_LOST_US || p->ssrc != leg->in.ssrc))
			return false;
		leg->source = d->from;
		if (leg->latch) {
			leg->to = d->from;
			if (leg->rtcp_mux)
				leg->rtcp_to = d->from;
		}
	}
	leg->source_us = now;
	if (!leg->linked)
		link_socket(leg, &d->local);
	return true;
}

static bool is_ours(const struct leg *leg, const struct rtp_packet *p)
{
	return p->type == leg->payload || (leg->event_payload && p->type == leg->event_payload);
}

static void arrived(struct leg *leg)
{
	if (!leg->connected) {
		leg->connected = true;
		if (!leg->secure)
			leg_emit(leg, MEDIA_LEG_CONNECTED);
	}
	if (leg->quiet) {
		leg->quiet = false;
		leg_emit(leg, MEDIA_LEG_BACK);
	}
	leg->quiet_since_us = leg->thread->now_us;
}

static bool hears(const struct leg *listener, const struct leg *speaker)
{
	for (size_t i = 0; i < listener->hear_count; i++)
		if (listener->hears[i] == speaker)
			return true;
	return false;
}

/* Keys of one side reach the legs that hear it: as the packets they are where those are passed on, else made anew. */
void leg_key(struct leg *leg, char key)
{
	struct media_event event = {
		.type = MEDIA_DIGIT, .room = leg->room->id, .leg = leg->id, .digit = key
	};
	char keys[2] = { key, '\0' };

	media_emit(leg->media, &event);
	if (leg->muted || leg->inband)
		return; /* tones are in the sound already */
	list_for_each(pos, &leg->room->legs)
	{
		struct leg *other = list_entry(pos, struct leg, in_room);
		bool passed_on = other->forward_from == leg && other->event_payload &&
				 other->event_clock == leg->event_clock;

		if (!passed_on && hears(other, leg))
			event_out_add(&other->events, keys);
	}
}

static void event_packet(struct leg *leg, const struct rtp_packet *p)
{
	char keys[2];
	size_t count = event_in_packet(
		&leg->keys, p->ts, p->marker, p->payload, p->len, leg->thread->now_us, keys);

	for (size_t i = 0; i < count; i++)
		leg_key(leg, keys[i]);
}

static bool wants_sound(const struct leg *leg)
{
	if (leg->codec != MEDIA_OPUS || leg->inband || !list_empty(&leg->room->recorders))
		return true;
	list_for_each(pos, &leg->room->legs)
	{
		const struct leg *other = list_entry(pos, struct leg, in_room);

		if (other->forward_from != leg && hears(other, leg))
			return true;
	}
	return false;
}

static void packet_in(struct leg *leg, const struct rtp_packet *p)
{
	int64_t now = leg->thread->now_us;
	bool event = leg->event_payload && p->type == leg->event_payload;

	if (leg->in.started && p->ssrc != leg->in.ssrc) {
		event_in_reset(&leg->keys);
		jitter_reset(&leg->jitter, leg->jitter.clock);
	}
	rtp_in_packet(&leg->in, p, now, !event);
	leg->thread->counts.received++;
	arrived(leg);
	if (!leg->receive)
		return;
	if (event)
		event_packet(leg, p);
	else
		leg->audio_us = now;
	list_for_each(pos, &leg->room->legs)
	{
		struct leg *other = list_entry(pos, struct leg, in_room);

		if (other->forward_from == leg)
			leg_forward(other, leg, p, event);
	}
	if (!event && wants_sound(leg))
		(void)jitter_put(&leg->jitter, p->ts, p->payload, p->len, now, leg->in.jitter_us);
}

void leg_media(struct leg *leg, const uint8_t *data, size_t len)
{
	struct rtp_packet p;

	if (rtp_parse(&p, data, len) || !leg->ready || !is_ours(leg, &p))
		discard(leg);
	else
		packet_in(leg, &p);
}

static void plain_packet(struct leg *leg, const struct datagram *d)
{
	struct rtp_packet p;

	if (d->len >= 2 && (d->data[1] & 0x7f) >= 64 && (d->data[1] & 0x7f) <= 95) {
		if (leg->rtcp_mux && net_addr_equal(&leg->source, &d->from))
			leg_rtcp_in(leg, d->data, d->len);
		return;
	}
	if (rtp_parse(&p, d->data, d->len) || !is_ours(leg, &p) || !accept_source(leg, d, &p)) {
		discard(leg);
		return;
	}
	packet_in(leg, &p);
}

static void plain_rtcp(struct leg *leg, const struct datagram *d)
{
	union net_addr host = d->from;

	net_addr_set_port(&host, net_addr_port(&leg->source));
	if (!net_addr_equal(&host, &leg->source))
		return;
	if (leg->latch)
		leg->rtcp_to = d->from;
	leg_rtcp_in(leg, d->data, d->len);
}

void leg_readable(struct leg_socket *socket)
{
	struct leg *leg = socket->leg;
	bool wants_local = !leg->linked && !leg->no_link && !leg->secure && !socket->rtcp;
	struct datagram d = { .data = leg->thread->packet };

	d.len = udp_receive(socket->fd, d.data, &d.from, wants_local ? &d.local : NULL);
	if (!d.len)
		return;
	if (leg->secure)
		secure_datagram(leg->secure, d.data, d.len, &d.from);
	else if (!leg->ready)
		return; /* before the answer: nothing says what it would be */
	else if (socket->rtcp)
		plain_rtcp(leg, &d);
	else
		plain_packet(leg, &d);
}

void leg_rtcp_in(struct leg *leg, const uint8_t *data, size_t len)
{
	struct rtcp_info info;

	if (rtcp_parse(&info, data, len) || !info.sender_report || info.ssrc != leg->in.ssrc)
		return;
	leg->last_sr = info.last_sr;
	leg->last_sr_us = leg->thread->now_us;
}
