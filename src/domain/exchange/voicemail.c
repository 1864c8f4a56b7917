/* Voicemail: greeting, beep, recording; what was said becomes a ticket (C8). From a node of a flow or as a queue's overflow. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"
#include "log/log.h"
#include "ticket/ticket.h"

#define VOICEMAIL_MAX_MS 180000
#define VOICEMAIL_MIN_MS 1500

/* Kept until the file is closed, which may be after the call has gone. */
struct voicemail {
	struct exchange *x;
	int64_t recording, interaction, department, min_ms;
	char number[PHONE_MAX];
};

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
	struct voicemail *v = calloc(1, sizeof(*v));

	if (call->recording) { /* the conversation before it, if any, is complete */
		voice_room_record_stop(call->room, call->recording);
		call->recording = 0;
	}
	talk_record(call, true);
	if (!v || !call->recording || hash_set_id(call->x->voicemails, call->recording, v)) {
		free(v);
		call_end(call, "system", 0);
		return;
	}
	v->x = call->x;
	v->recording = (int64_t)call->recording;
	v->interaction = call->id;
	v->department = call->department_id;
	v->min_ms = call->voicemail_options.min_ms;
	snprintf(v->number, sizeof(v->number), "%s", call->number);
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

static void finish(struct call *call)
{
	struct ivr_part thanks = { .kind = IVR_AUDIO, .text = "system.thanks" };
	int64_t spoken = clock_mono() - call->voicemail_since;

	if (call->voicemail != VOICEMAIL_RECORDING)
		return;
	call->voicemail = VOICEMAIL_NONE;
	voice_room_record_stop(call->room, call->recording);
	call->recording = 0;
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
		finish(call);
}

struct silence_search {
	uint64_t tag;
	struct call *found;
};

static void match(void *value, void *arg)
{
	struct silence_search *search = arg;
	struct call *call = value;

	if (call->recording == search->tag)
		search->found = call;
}

/* In the journal: the message becomes a ticket of the department. */
static int make_ticket(struct db *db, void *arg)
{
	const struct voicemail *v = arg;
	const struct ticket_voicemail message = { .interaction_id = v->interaction,
		.recording_id = v->recording,
		.department_id = v->department,
		.number = v->number };

	return ticket_from_voicemail(db, &message);
}

bool voicemail_recorded(struct exchange *x, const struct voice_recording *recording)
{
	struct voicemail *v = hash_get_id(x->voicemails, recording->tag);
	struct silence_search search = { recording->tag, NULL };

	if (!v)
		return false;
	if (recording->silence || recording->milliseconds >= VOICEMAIL_MAX_MS) {
		hash_each(x->calls, match, &search);
		if (search.found)
			finish(search.found);
	}
	if (recording->silence)
		return true;
	hash_remove_id(x->voicemails, recording->tag);
	if (recording->milliseconds < v->min_ms ||
		db_journal(x->platform->database, make_ticket, free, v))
		free(v);
	return true;
}
