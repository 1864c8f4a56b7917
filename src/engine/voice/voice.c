/* Start and stop, and the way of events from the SIP and media threads to the switch loop. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "log/log.h"
#include "voice/voice_private.h"

/* A copy of an event on its way to the switch loop. */
struct crossing {
	struct voice *v;
	bool is_sip;
	union {
		struct sip_event sip;
		struct media_event media;
	};
	char text[]; /* the strings, one after the other */
};

static const char *put(char **at, const char *s)
{
	char *copy = *at;
	size_t len;

	if (!s)
		return NULL;
	len = strlen(s) + 1;
	memcpy(copy, s, len);
	*at += len;
	return copy;
}

static size_t room_for(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

static void arrive(void *arg)
{
	struct crossing *c = arg;

	if (c->is_sip)
		voice_on_sip(c->v, &c->sip);
	else
		voice_on_media(c->v, &c->media);
	free(c);
}

static void cross(struct crossing *c)
{
	if (loop_post(c->v->loop, arrive, c)) {
		log_error("voice", "event lost: out of memory", NULL);
		free(c);
	}
}

/* On the SIP thread. */
static void from_sip(const struct sip_event *e, void *arg)
{
	size_t size = room_for(e->reason) + room_for(e->sdp) + room_for(e->account) +
		      room_for(e->trunk) + room_for(e->called) + room_for(e->caller) +
		      room_for(e->caller_name) + room_for(e->source) + room_for(e->call_id);
	struct crossing *c = malloc(sizeof(*c) + size);
	char *at;

	if (!c) {
		log_error("voice", "event lost: out of memory", NULL);
		return;
	}
	at = c->text;
	c->v = arg;
	c->is_sip = true;
	c->sip = *e;
	c->sip.reason = put(&at, e->reason);
	c->sip.sdp = put(&at, e->sdp);
	c->sip.account = put(&at, e->account);
	c->sip.trunk = put(&at, e->trunk);
	c->sip.called = put(&at, e->called);
	c->sip.caller = put(&at, e->caller);
	c->sip.caller_name = put(&at, e->caller_name);
	c->sip.source = put(&at, e->source);
	c->sip.call_id = put(&at, e->call_id);
	cross(c);
}

/* On a media or writer thread. */
static void from_media(const struct media_event *e, void *arg)
{
	struct crossing *c = malloc(sizeof(*c) + room_for(e->text));
	char *at;

	if (!c) {
		log_error("voice", "event lost: out of memory", NULL);
		return;
	}
	at = c->text;
	c->v = arg;
	c->is_sip = false;
	c->media = *e;
	c->media.text = put(&at, e->text);
	cross(c);
}

int voice_create(struct voice **vp, const struct voice_config *config)
{
	struct voice *v;
	int err = ENOMEM;

	if (!vp || !config || !config->loop || !config->incoming)
		return EINVAL;
	v = calloc(1, sizeof(*v));
	if (!v)
		return ENOMEM;
	v->config = *config;
	v->loop = config->loop;
	if (!v->config.grace_ms)
		v->config.grace_ms = 30000;
	list_init(&v->rooms);
	v->legs_by_sip = hash_create();
	v->legs_by_media = hash_create();
	v->stats_tags = hash_create();
	v->recordings = hash_create();
	if (!v->legs_by_sip || !v->legs_by_media || !v->stats_tags || !v->recordings)
		goto out;

	err = media_create(&v->media, &config->media, from_media, v);
	if (err)
		goto out;
	err = sip_stack_create(&v->sip, &config->sip, from_sip, v);
	if (err)
		goto out;
	err = media_start(v->media);
	if (err)
		goto out;
	err = sip_stack_start(v->sip);
	if (err)
		media_stop(v->media);
out:
	if (err)
		voice_free(v);
	else
		*vp = v;
	return err;
}

void voice_stop(struct voice *v)
{
	if (!v)
		return;
	sip_stack_stop(v->sip);
	media_stop(v->media);
}

static void free_value(void *value, void *arg)
{
	(void)arg;
	free(value);
}

static void free_leg(void *value, void *arg)
{
	struct voice_leg *leg = value;

	(void)arg;
	if (leg->again && hash_get_id(leg->v->legs_by_sip, leg->again->sip) == leg)
		hash_remove_id(leg->v->legs_by_sip, leg->again->sip);
	voice_leg_free(leg);
}

void voice_free(struct voice *v)
{
	if (!v)
		return;
	if (v->legs_by_sip)
		hash_each(v->legs_by_sip, free_leg, NULL);
	if (v->recordings)
		hash_each(v->recordings, free_value, NULL);
	if (v->stats_tags)
		hash_each(v->stats_tags, free_value, NULL);
	list_for_each_safe(pos, tmp, &v->rooms) free(list_entry(pos, struct voice_room, in_voice));
	sip_stack_free(v->sip);
	media_free(v->media);
	hash_free(v->legs_by_sip);
	hash_free(v->legs_by_media);
	hash_free(v->stats_tags);
	hash_free(v->recordings);
	free(v);
}

struct sip_stack *voice_sip(struct voice *v)
{
	return v->sip;
}

struct media *voice_media(struct voice *v)
{
	return v->media;
}
