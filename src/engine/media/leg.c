/* A leg: creation, negotiation, hearing, plays and its end. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "leg.h"
#include "room.h"
#include "secure.h"

static void letters(char *out, size_t count)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t random[64];

	media_random(random, count);
	for (size_t i = 0; i < count; i++)
		out[i] = alphabet[random[i] & 63];
	out[count] = '\0';
}

void leg_new_ice(struct media_leg_local *local)
{
	letters(local->ice_ufrag, 8);
	letters(local->ice_pwd, 24);
}

/* What the peer is told: the leg's own choice, else where we are bound, else the public address, else the interface's. */
static void announce(
	const struct media *m, const struct media_leg_config *config, char *text, size_t size)
{
	union net_addr bound;

	if (config->local_address && config->local_address[0]) {
		snprintf(text, size, "%s", config->local_address);
		return;
	}
	(void)net_addr_parse(&bound, m->bind_address, 0);
	if (m->public_address[0])
		snprintf(text, size, "%s", m->public_address);
	else if (!net_addr_is_wildcard(&bound))
		snprintf(text, size, "%s", m->bind_address);
	else
		net_addr_default(text, size, bound.any.sa_family == AF_INET6);
}

static int open_sockets(struct leg *leg, const struct media_leg_config *config)
{
	struct media *m = leg->media;
	union net_addr at;
	int err = EINVAL;

	if (config->local_address && config->local_address[0] &&
		!net_addr_parse(&at, config->local_address, 0))
		err = port_pool_open(m->ports, &at, &leg->port, &leg->rtp.fd, &leg->rtcp.fd);
	/* An announced address behind NAT is not one of this machine's. */
	if (err == EADDRNOTAVAIL || err == EINVAL) {
		(void)net_addr_parse(&at, m->bind_address, 0);
		err = port_pool_open(m->ports, &at, &leg->port, &leg->rtp.fd, &leg->rtcp.fd);
	}
	if (!err && !config->browser)
		udp_want_local(leg->rtp.fd, true);
	return err;
}

struct leg *leg_create(struct media *m, uint64_t id, const struct media_leg_config *config,
	struct media_leg_local *local)
{
	struct leg *leg = calloc(1, sizeof(*leg));
	struct {
		uint32_t ssrc, ts;
		uint16_t seq;
	} random;

	if (!leg)
		return NULL;
	leg->id = id;
	leg->media = m;
	list_init(&leg->in_room);
	leg->rtp.leg = leg->rtcp.leg = leg;
	leg->rtp.fd = leg->rtcp.fd = -1;
	leg->rtcp.rtcp = true;
	media_random(&random, sizeof(random));
	rtp_out_init(&leg->out, random.ssrc, random.seq, random.ts, 8000);
	rtp_in_init(&leg->in, 8000);
	jitter_init(&leg->jitter, 8000);
	letters(leg->cname, 16);
	if (open_sockets(leg, config)) {
		free(leg);
		return NULL;
	}
	memset(local, 0, sizeof(*local));
	announce(m, config, local->address, sizeof(local->address));
	local->port = leg->port;
	local->ssrc = random.ssrc;
	memcpy(local->cname, leg->cname, sizeof(leg->cname));
	if (config->browser) {
		leg_new_ice(local);
		leg->secure = secure_create(leg, local);
		if (!leg->secure) {
			leg_free(leg);
			return NULL;
		}
	}
	return leg;
}

static int watch(struct leg *leg, struct leg_socket *socket)
{
	/* Level-triggered: a read that finds nothing costs twice what the second look of epoll does. */
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = socket };

	return epoll_ctl(leg->thread->sockets, EPOLL_CTL_ADD, socket->fd, &event) ? errno : 0;
}

int leg_enter(struct leg *leg, struct room *room)
{
	struct media_thread *t = room->thread;
	int err;

	leg->thread = t;
	err = watch(leg, &leg->rtp);
	if (!err)
		err = watch(leg, &leg->rtcp);
	if (!err)
		err = hash_set_id(t->legs, leg->id, leg);
	if (err)
		return err;
	leg->room = room;
	list_append(&room->legs, &leg->in_room);
	return 0;
}

static void forget_leg(struct leg *listener, const struct leg *gone)
{
	size_t kept = 0;

	for (size_t i = 0; i < listener->hear_count; i++)
		if (listener->hears[i] != gone)
			listener->hears[kept++] = listener->hears[i];
	listener->hear_count = kept;
	if (listener->forward_from == gone)
		listener->forward_from = NULL;
}

static void uncount(struct leg *leg)
{
	if (!leg->counted)
		return;
	leg->counted = false;
	atomic_fetch_sub(&media_thread_of(leg->media, leg->id)->leg_count, 1);
	metric_add(leg->media->legs_metric, -1);
}

static void leave(struct leg *leg)
{
	struct media_event event = {
		.type = MEDIA_LEG_STATS, .room = leg->room->id, .leg = leg->id
	};

	leg_send_report(leg, true);
	leg_set_play(leg, NULL);
	list_remove(&leg->in_room);
	list_for_each(pos, &leg->room->legs) forget_leg(list_entry(pos, struct leg, in_room), leg);
	hash_remove_id(leg->thread->legs, leg->id);
	leg_stats(leg, &event.stats);
	metric_add(leg->media->lost_metric, (int64_t)event.stats.lost);
	uncount(leg);
	media_emit(leg->media, &event);
}

void leg_free(struct leg *leg)
{
	if (!leg)
		return;
	if (leg->room)
		leave(leg);
	/* Closing takes a socket out of its epoll. */
	if (leg->rtp.fd >= 0) {
		close(leg->rtp.fd);
		close(leg->rtcp.fd);
		port_pool_give_back(leg->media->ports, leg->port);
	}
	uncount(leg);
	secure_free(leg->secure);
	play_free(leg->play);
	jitter_release(&leg->jitter);
	codec_in_free(leg->decoder);
	codec_out_free(leg->encoder);
	inband_free(leg->inband);
	free(leg->rest);
	free(leg);
}

void leg_stats(const struct leg *leg, struct media_stats *stats)
{
	stats->sent = leg->out.packets;
	stats->received = leg->in.received_all;
	stats->lost = rtp_in_lost(&leg->in);
	stats->discarded = leg->discarded + leg->jitter.late + leg->jitter.dropped;
	stats->jitter_us = leg->in.jitter_us;
	stats->gap_max_ms = (uint32_t)(leg->in.gap_max_us / 1000);
	stats->energy = leg->energy_count ? leg->energy_sum / leg->energy_count : 0;
}

void leg_emit(struct leg *leg, enum media_event_type type)
{
	struct media_event event = { .type = type, .room = leg->room->id, .leg = leg->id };

	media_emit(leg->media, &event);
}

static void set_codec(struct leg *leg, enum media_codec codec)
{
	uint32_t clock = codec_clock(codec);

	if (leg->ready && leg->codec == codec)
		return;
	leg->codec = codec;
	rtp_in_set_clock(&leg->in, clock);
	rtp_out_set_clock(&leg->out, clock);
	jitter_reset(&leg->jitter, clock);
	codec_in_free(leg->decoder);
	codec_out_free(leg->encoder);
	leg->decoder = NULL;
	leg->encoder = NULL;
	leg->rest_count = 0;
	leg->gathered_len = 0;
	leg->has_frame = false;
}

static void set_address(struct leg *leg, const struct media_leg_remote *remote)
{
	union net_addr announced;

	if (leg->secure || net_addr_parse(&announced, remote->address, remote->port) ||
		!net_addr_port(&announced))
		return;
	if (net_addr_equal(&announced, &leg->announced) && leg->latch == remote->latch)
		return;
	leg->announced = leg->to = leg->rtcp_to = announced;
	if (!remote->rtcp_mux)
		net_addr_set_port(&leg->rtcp_to,
			remote->rtcp_port ? remote->rtcp_port : (uint16_t)(remote->port + 1));
	leg_unlink(leg);
	memset(&leg->source, 0, sizeof(leg->source));
}

static void listen_for_tones(struct leg *leg)
{
	if (leg->event_payload) {
		inband_free(leg->inband);
		leg->inband = NULL;
	} else if (!leg->inband) {
		leg->inband = inband_create();
	}
}

/* What fitted may not fit any more; the next tick decides anew. */
static void stop_forwarding(struct leg *leg)
{
	leg->forward_from = NULL;
	list_for_each(pos, &leg->room->legs)
	{
		struct leg *other = list_entry(pos, struct leg, in_room);

		if (other->forward_from == leg)
			other->forward_from = NULL;
	}
}

void leg_set_remote(struct leg *leg, const struct media_leg_remote *remote)
{
	bool receives_again = remote->receive && !leg->receive;

	stop_forwarding(leg);
	set_codec(leg, remote->codec);
	set_address(leg, remote); /* compares with the latch before */
	leg->payload = remote->payload;
	leg->event_payload = remote->event_payload;
	leg->event_clock = remote->event_clock ? remote->event_clock : 8000;
	leg->send = remote->send;
	leg->receive = remote->receive;
	leg->latch = remote->latch;
	leg->rtcp_mux = remote->rtcp_mux || leg->secure != NULL;
	leg->ptime_ms =
		remote->ptime_ms >= 40 && remote->ptime_ms <= 60 ? (unsigned)remote->ptime_ms : 20;
	leg->ready = true;
	if (receives_again) {
		leg->quiet = false;
		leg->quiet_since_us = leg->thread->now_us;
	}
	listen_for_tones(leg);
	if (leg->secure)
		secure_set_remote(leg->secure, remote);
}

bool leg_can_send(const struct leg *leg)
{
	if (!leg->ready)
		return false;
	return leg->secure ? secure_can_send(leg->secure) : net_addr_is_set(&leg->to);
}

void leg_hear(struct leg *leg, const uint64_t *others, size_t count)
{
	leg->hear_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct leg *other = hash_get_id(leg->thread->legs, others[i]);

		if (other && other != leg && other->room == leg->room)
			leg->hears[leg->hear_count++] = other;
	}
	/* Packets of one no longer heard must not slip through before the next tick decides anew. */
	leg->forward_from = NULL;
}

void leg_set_play(struct leg *leg, struct play *play)
{
	struct play *old = leg->play;

	leg->play = play;
	leg->play_loading = false;
	if (play && !play->mix)
		leg->forward_from = NULL;
	if (old) {
		struct media_event event = { .type = MEDIA_PLAY_DONE,
			.room = leg->room->id,
			.leg = leg->id,
			.play = old->id,
			.complete = old->ended };

		media_emit(leg->media, &event);
		play_free(old);
	}
}

void leg_loaded(struct leg *leg, const struct command *c)
{
	struct play *play = leg->play;

	if (!play || play->id != c->with.loaded.play ||
		(c->with.loaded.audio && c->with.loaded.audio->rate != play->rate)) {
		audio_release(c->with.loaded.audio);
		return;
	}
	if (!c->with.loaded.audio && c->with.loaded.part < play->count) {
		struct media_event event = { .type = MEDIA_PLAY_FAILED,
			.room = leg->room->id,
			.leg = leg->id,
			.play = play->id,
			.text = play->parts[c->with.loaded.part].path };

		media_emit(leg->media, &event);
	}
	play_loaded(play, c->with.loaded.part, c->with.loaded.audio);
}
