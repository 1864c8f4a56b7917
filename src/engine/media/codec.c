/* G.711, G.722 and Opus between payload and 16-bit samples. */
#include <opus/opus.h>
#include <pthread.h>
#include <spandsp.h>
#include <stdlib.h>
#include <string.h>
#include "codec.h"

enum {
	OPUS_BITRATE = 24000,
	OPUS_COMPLEXITY = 4, /* what telephone speech still gains from */
	OPUS_LOSS_PERCENT = 5,
};

struct codec_in {
	enum media_codec codec;
	g722_decode_state_t *g722;
	OpusDecoder *opus;
	plc_state_t plc;
};

struct codec_out {
	enum media_codec codec;
	g722_encode_state_t *g722;
	OpusEncoder *opus;
};

static pthread_once_t tables_once = PTHREAD_ONCE_INIT;
static int16_t from_law[2][256];
static uint8_t other_law[2][256];

static void make_tables(void)
{
	for (int i = 0; i < 256; i++) {
		from_law[MEDIA_PCMU][i] = ulaw_to_linear((uint8_t)i);
		from_law[MEDIA_PCMA][i] = alaw_to_linear((uint8_t)i);
		other_law[MEDIA_PCMU][i] = ulaw_to_alaw((uint8_t)i);
		other_law[MEDIA_PCMA][i] = alaw_to_ulaw((uint8_t)i);
	}
}

static bool is_g711(enum media_codec codec)
{
	return codec == MEDIA_PCMU || codec == MEDIA_PCMA;
}

int codec_rate(enum media_codec codec)
{
	return is_g711(codec) ? 8000 : 16000;
}

uint32_t codec_clock(enum media_codec codec)
{
	return codec == MEDIA_OPUS ? 48000 : 8000;
}

bool codec_forwards(enum media_codec from, enum media_codec to)
{
	return from == to || (is_g711(from) && is_g711(to));
}

void codec_swap_law(enum media_codec from, uint8_t *payload, size_t len)
{
	pthread_once(&tables_once, make_tables);
	for (size_t i = 0; i < len; i++)
		payload[i] = other_law[from][payload[i]];
}

struct codec_in *codec_in_create(enum media_codec codec)
{
	struct codec_in *c = calloc(1, sizeof(*c));
	int err = 0;

	if (!c)
		return NULL;
	pthread_once(&tables_once, make_tables);
	c->codec = codec;
	plc_init(&c->plc);
	if (codec == MEDIA_G722)
		c->g722 = g722_decode_init(NULL, 64000, 0);
	else if (codec == MEDIA_OPUS)
		c->opus = opus_decoder_create(16000, 1, &err);
	if ((codec == MEDIA_G722 && !c->g722) || (codec == MEDIA_OPUS && !c->opus)) {
		codec_in_free(c);
		return NULL;
	}
	return c;
}

void codec_in_free(struct codec_in *c)
{
	if (!c)
		return;
	if (c->g722)
		g722_decode_free(c->g722);
	if (c->opus)
		opus_decoder_destroy(c->opus);
	free(c);
}

enum media_codec codec_in_codec(const struct codec_in *c)
{
	return c->codec;
}

size_t codec_in_expects(const struct codec_in *c, size_t len)
{
	if (c->codec == MEDIA_OPUS)
		return 0;
	return c->codec == MEDIA_G722 ? len * 2 : len;
}

size_t codec_in_decode(struct codec_in *c, const uint8_t *payload, size_t len, int16_t *samples)
{
	const int16_t *table;
	int count;

	switch (c->codec) {
	case MEDIA_PCMU:
	case MEDIA_PCMA:
		if (len > CODEC_SAMPLES_MAX)
			return 0;
		table = from_law[c->codec];
		for (size_t i = 0; i < len; i++)
			samples[i] = table[payload[i]];
		count = (int)len;
		break;
	case MEDIA_G722:
		if (len * 2 > CODEC_SAMPLES_MAX)
			return 0;
		count = g722_decode(c->g722, samples, payload, (int)len);
		break;
	default:
		count = opus_decode(
			c->opus, payload, (opus_int32)len, samples, CODEC_SAMPLES_MAX, 0);
		return count < 0 ? 0 : (size_t)count;
	}
	/* Also blends the end of made-up sound into the real one. */
	plc_rx(&c->plc, samples, count);
	return (size_t)count;
}

/* spandsp 0.0.6 turns its ring of the last samples straight with a memcpy whose ends overlap; done here first, it has nothing left to do. */
static void straighten(plc_state_t *plc)
{
	int16_t turned[PLC_HISTORY_LEN];
	size_t at = (size_t)plc->buf_ptr;

	if (!at || at >= PLC_HISTORY_LEN)
		return;
	memcpy(turned, plc->history + at, (PLC_HISTORY_LEN - at) * sizeof(turned[0]));
	memcpy(turned + PLC_HISTORY_LEN - at, plc->history, at * sizeof(turned[0]));
	memcpy(plc->history, turned, sizeof(turned));
	plc->buf_ptr = 0;
}

void codec_in_conceal(struct codec_in *c, int16_t *samples, size_t count)
{
	if (c->codec == MEDIA_OPUS) {
		if (opus_decode(c->opus, NULL, 0, samples, (int)count, 0) != (int)count)
			memset(samples, 0, count * sizeof(*samples));
		return;
	}
	straighten(&c->plc);
	plc_fillin(&c->plc, samples, (int)count);
}

struct codec_out *codec_out_create(enum media_codec codec)
{
	struct codec_out *c = calloc(1, sizeof(*c));
	int err = 0;

	if (!c)
		return NULL;
	c->codec = codec;
	if (codec == MEDIA_G722)
		c->g722 = g722_encode_init(NULL, 64000, 0);
	else if (codec == MEDIA_OPUS)
		c->opus = opus_encoder_create(16000, 1, OPUS_APPLICATION_VOIP, &err);
	if ((codec == MEDIA_G722 && !c->g722) || (codec == MEDIA_OPUS && !c->opus)) {
		codec_out_free(c);
		return NULL;
	}
	if (c->opus) {
		(void)opus_encoder_ctl(c->opus, OPUS_SET_BITRATE(OPUS_BITRATE));
		(void)opus_encoder_ctl(c->opus, OPUS_SET_COMPLEXITY(OPUS_COMPLEXITY));
		(void)opus_encoder_ctl(c->opus, OPUS_SET_INBAND_FEC(1));
		(void)opus_encoder_ctl(c->opus, OPUS_SET_PACKET_LOSS_PERC(OPUS_LOSS_PERCENT));
	}
	return c;
}

void codec_out_free(struct codec_out *c)
{
	if (!c)
		return;
	if (c->g722)
		g722_encode_free(c->g722);
	if (c->opus)
		opus_encoder_destroy(c->opus);
	free(c);
}

enum media_codec codec_out_codec(const struct codec_out *c)
{
	return c->codec;
}

size_t codec_out_encode(struct codec_out *c, const int16_t *samples, uint8_t *payload)
{
	int len;

	switch (c->codec) {
	case MEDIA_PCMU:
		for (size_t i = 0; i < FRAME8; i++)
			payload[i] = linear_to_ulaw(samples[i]);
		return FRAME8;
	case MEDIA_PCMA:
		for (size_t i = 0; i < FRAME8; i++)
			payload[i] = linear_to_alaw(samples[i]);
		return FRAME8;
	case MEDIA_G722:
		len = g722_encode(c->g722, payload, samples, FRAME16);
		break;
	default:
		len = opus_encode(c->opus, samples, FRAME16, payload, CODEC_PAYLOAD_MAX);
		break;
	}
	return len < 0 ? 0 : (size_t)len;
}
