/* Mixing, resampling, codecs and tones. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "media/codec.h"
#include "media/mix.h"
#include "media/resample.h"
#include "media/tone.h"
#include "sound_level.h"

static void sine(int16_t *out, size_t count, double hz, int rate, double peak, size_t from)
{
	for (size_t i = 0; i < count; i++)
		out[i] = (int16_t)(peak * sin(2 * M_PI * hz * (double)(from + i) / rate));
}

static void sums_are_limited_not_wrapped(void **state)
{
	int16_t loud[160], out[160];
	struct mix mix;

	(void)state;
	for (int i = 0; i < 160; i++)
		loud[i] = i % 2 ? 30000 : -30000;
	mix_begin(&mix, 160);
	mix_add(&mix, loud);
	mix_add(&mix, NULL);
	assert_true(mix_end(&mix, out));
	assert_memory_equal(out, loud, sizeof(out));
	mix_add(&mix, loud);
	assert_true(mix_end(&mix, out));
	assert_int_equal(out[0], -32768);
	assert_int_equal(out[1], 32767);
	mix_begin(&mix, 160);
	assert_false(mix_end(&mix, out));
	assert_int_equal(out[0], 0);
	mix_under(out, loud, 160);
	assert_int_equal(out[1], 7500);
}

static void resampling_keeps_speech_and_stops_the_rest(void **state)
{
	int16_t in[FRAME16], out[FRAME16];
	struct resample_down down = { { 0 } };
	struct resample_up up = { { 0 } };
	double level = 0;

	(void)state;
	for (size_t f = 0; f < 10; f++) {
		sine(in, FRAME16, 1000, 16000, 10000, f * FRAME16);
		resample_down(&down, in, out, FRAME8);
		level = tone_level(out, FRAME8, 1000, 8000);
	}
	assert_true(fabs(level - 10000) < 100);
	memset(&down, 0, sizeof(down));
	for (size_t f = 0; f < 10; f++) {
		sine(in, FRAME16, 5000, 16000, 10000, f * FRAME16);
		resample_down(&down, in, out, FRAME8);
	}
	assert_true(sqrt((double)mix_energy(out, FRAME8) / FRAME8) < 20);
	for (size_t f = 0; f < 10; f++) {
		sine(in, FRAME8, 3000, 8000, 10000, f * FRAME8);
		resample_up(&up, in, out, FRAME8);
	}
	assert_true(fabs(tone_level(out, FRAME16, 3000, 16000) - 10000) < 150);
	assert_true(tone_level(out, FRAME16, 5000, 16000) < 30);
}

static void round_trip(enum media_codec codec, double hz, double tolerance)
{
	struct codec_out *encoder = codec_out_create(codec);
	struct codec_in *decoder = codec_in_create(codec);
	int rate = codec_rate(codec);
	size_t count = (size_t)rate / 50;
	double level = 0;

	assert_non_null(encoder);
	assert_non_null(decoder);
	for (size_t f = 0; f < 25; f++) {
		uint8_t payload[CODEC_PAYLOAD_MAX];
		int16_t in[FRAME16], out[CODEC_SAMPLES_MAX];
		size_t len;

		sine(in, count, hz, rate, 8000, f * count);
		len = codec_out_encode(encoder, in, payload);
		assert_int_not_equal(len, 0);
		assert_int_equal(codec_in_decode(decoder, payload, len, out), count);
		level = tone_level(out, count, hz, rate);
	}
	assert_true(fabs(level - 8000) < tolerance);
	codec_out_free(encoder);
	codec_in_free(decoder);
}

static void every_codec_brings_a_tone_through(void **state)
{
	(void)state;
	round_trip(MEDIA_PCMU, 1000, 200);
	round_trip(MEDIA_PCMA, 1000, 200);
	round_trip(MEDIA_G722, 1000, 300);
	round_trip(MEDIA_G722, 5000, 800);
	round_trip(MEDIA_OPUS, 1000, 1500);
}

static void laws_are_swapped_by_table(void **state)
{
	struct codec_out *encoder = codec_out_create(MEDIA_PCMU);
	struct codec_in *decoder = codec_in_create(MEDIA_PCMA);
	uint8_t payload[CODEC_PAYLOAD_MAX];
	int16_t in[FRAME16], out[CODEC_SAMPLES_MAX];

	(void)state;
	sine(in, FRAME8, 1000, 8000, 8000, 0);
	codec_out_encode(encoder, in, payload);
	codec_swap_law(MEDIA_PCMU, payload, FRAME8);
	assert_int_equal(codec_in_decode(decoder, payload, FRAME8, out), FRAME8);
	assert_true(fabs(tone_level(out, FRAME8, 1000, 8000) - 8000) < 300);
	assert_true(codec_forwards(MEDIA_PCMU, MEDIA_PCMA));
	assert_false(codec_forwards(MEDIA_PCMU, MEDIA_G722));
	codec_out_free(encoder);
	codec_in_free(decoder);
}

static void concealment_goes_on_and_then_fades(void **state)
{
	static const enum media_codec codecs[] = { MEDIA_PCMU, MEDIA_G722 };

	(void)state;
	for (size_t c = 0; c < 2; c++) {
		struct codec_out *encoder = codec_out_create(codecs[c]);
		struct codec_in *decoder = codec_in_create(codecs[c]);
		int rate = codec_rate(codecs[c]);
		size_t count = (size_t)rate / 50;
		uint8_t payload[CODEC_PAYLOAD_MAX];
		int16_t frame[CODEC_SAMPLES_MAX];

		for (size_t f = 0; f < 10; f++) {
			sine(frame, count, 200, rate, 8000, f * count);
			(void)codec_in_decode(
				decoder, payload, codec_out_encode(encoder, frame, payload), frame);
		}
		codec_in_conceal(decoder, frame, count);
		assert_true(mix_energy(frame, count) / count > 4000000);
		for (int i = 0; i < 10; i++)
			codec_in_conceal(decoder, frame, count);
		assert_true(mix_energy(frame, count) / count < 100);
		codec_out_free(encoder);
		codec_in_free(decoder);
	}
}

static void tones_have_the_same_pitch_at_both_rates(void **state)
{
	int16_t out[FRAME16];
	struct tone tone;
	double level;

	(void)state;
	tone_init(&tone, 450, 0, 8000, -10);
	tone_fill(&tone, out, FRAME8);
	level = tone_level(out, FRAME8, 450, 8000);
	assert_true(level > 5000);
	tone_init(&tone, 450, 0, 16000, -10);
	tone_fill(&tone, out, FRAME16);
	assert_true(fabs(tone_level(out, FRAME16, 450, 16000) - level) < 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_limited_not_wrapped),
		cmocka_unit_test(resampling_keeps_speech_and_stops_the_rest),
		cmocka_unit_test(every_codec_brings_a_tone_through),
		cmocka_unit_test(laws_are_swapped_by_table),
		cmocka_unit_test(concealment_goes_on_and_then_fades),
		cmocka_unit_test(tones_have_the_same_pitch_at_both_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
