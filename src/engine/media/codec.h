/* G.711, G.722 and Opus between payload and 16-bit samples. G.711 works at 8 kHz, G.722 and Opus at 16 kHz. One thread per object. */
#ifndef HOTLINE_MEDIA_CODEC_H
#define HOTLINE_MEDIA_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "media/media.h"

enum {
	FRAME8 = 160,             /* samples of one 20 ms tick at 8 kHz */
	FRAME16 = 320,            /* at 16 kHz */
	CODEC_SAMPLES_MAX = 1920, /* 120 ms at 16 kHz, the longest Opus packet */
	CODEC_PAYLOAD_MAX = 1275,
};

int codec_rate(enum media_codec codec);       /* samples a second: 8000 or 16000 */
uint32_t codec_clock(enum media_codec codec); /* RTP: 8000 (G.722 too, RFC 3551 4.5.2) or 48000 */
/* Does the payload of one fit the other, at most with a table (A-law and mu-law)? */
bool codec_forwards(enum media_codec from, enum media_codec to);
/* Rewrites a G.711 payload into the other law. */
void codec_swap_law(enum media_codec from, uint8_t *payload, size_t len);

struct codec_in;
struct codec_in *codec_in_create(enum media_codec codec); /* NULL: out of memory */
void codec_in_free(struct codec_in *c);
enum media_codec codec_in_codec(const struct codec_in *c);
/* How many samples a payload of this length holds; 0: only decoding tells (Opus). */
size_t codec_in_expects(const struct codec_in *c, size_t len);
/* Writes at most CODEC_SAMPLES_MAX samples; returns how many, 0 for a payload that cannot be decoded. */
size_t codec_in_decode(struct codec_in *c, const uint8_t *payload, size_t len, int16_t *samples);
/* Makes up count samples for a packet that did not come; fades to silence within about 50 ms. count <= FRAME16. */
void codec_in_conceal(struct codec_in *c, int16_t *samples, size_t count);

struct codec_out;
struct codec_out *codec_out_create(enum media_codec codec);
void codec_out_free(struct codec_out *c);
enum media_codec codec_out_codec(const struct codec_out *c);
/* One tick (FRAME8 or FRAME16 samples) to payload (room for CODEC_PAYLOAD_MAX). Returns its length, 0 on failure. */
size_t codec_out_encode(struct codec_out *c, const int16_t *samples, uint8_t *payload);

#endif
