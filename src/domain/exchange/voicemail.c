/* Voicemail: greeting, beep, recording; what was said becomes a ticket (C8). From a node of a flow or as a queue's overflow. */
#include "clock/clock.h"
#include "exchange/exchange_private.h"

#define VOICEMAIL_MAX_MS 180000
#define VOICEMAIL_MIN_MS 1500

void voicemail_begin(struct call *call, const struct voicemail_options *options)
{
	struct ivr_part greeting = { .kind = IVR_AUDIO, .text = "system.voicemail" };

	call->voicemail = VOICEMAIL_GREETING;
	call->voicemail_options = *options;
	if (!call->voicemail_options.max_ms)
		call->voicemail_options.max_ms = VOICEMAIL_MAX_MS;
	if (!call->voicemail_options.min_ms)
		call->voicemail_options.min_ms = VOICEMAIL_MIN_MS;
	call_enter_phase(call, CALL_FLOW);
	call_step(call, "voicemail", 0, NULL);
	if (options->greeting_played)
		voicemail_sound_done(call);
	else
		sound_play(call, &greeting, 1, call->language, false);
}

static void start_recording(struct call *call)
{
	recording_stop(call); /* the conversation before it, if any, is complete */
	if (recording_start(call, true)) {
		call_end(call, "system", 0);
		return;
	}
	call->voicemail = VOICEMAIL_RECORDING;
	call->voicemail_since = clock_mono();
	call_set_outcome(call, "voicemail");
}

/* The greeting, then the beep, have been heard. */
void voicemail_sound_done(struct call *call)
{
	static const struct media_part beep[] = { { MEDIA_TONE, NULL, 1000, 0, 400, 0 } };

	if (call->voicemail == VOICEMAIL_GREETING) {
		call->voicemail = VOICEMAIL_BEEP;
		call->sound.serial++;
		voice_leg_play(call->customer.voice, call->sound.serial, beep, 1, false);
	} else if (call->voicemail == VOICEMAIL_BEEP) {
		start_recording(call);
	} else {
		call_end(call, "system", 0); /* the thanks have been said */
	}
}

void voicemail_finish(struct call *call)
{
	struct ivr_part thanks = { .kind = IVR_AUDIO, .text = "system.thanks" };
	int64_t spoken = clock_mono() - call->voicemail_since;

	if (call->voicemail != VOICEMAIL_RECORDING)
		return;
	call->voicemail = VOICEMAIL_NONE;
	recording_stop(call);
	if (call->voicemail_options.from_node && call->session) {
		flow_result(call, spoken < call->voicemail_options.min_ms ? "short" : "ok");
		return;
	}
	call->voicemail = VOICEMAIL_THANKS;
	sound_play(call, &thanks, 1, call->language, false);
}

void voicemail_digit(struct call *call, char digit)
{
	if (digit == '#')
		voicemail_finish(call);
}
