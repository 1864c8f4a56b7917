/* Recordings of calls and voicemails: started and stopped with the call, closed when their file is, which may be after the call has gone. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"
#include "id.h"
#include "log/log.h"
#include "ticket/ticket.h"

/* A recording whose file is not closed yet. */
struct tape {
	int64_t id, interaction, department;
	int64_t least_ms; /* of a voicemail; 0: a call's recording */
	char number[PHONE_MAX];
};

/* "recordings/DAY/ID.wav" below the data folder: one folder per day keeps folders small for ten years of calls. */
static int make_path(const struct call *call, int64_t id, char *relative, size_t relative_size,
	char *path, size_t path_size)
{
	int used = snprintf(
		relative, relative_size, "recordings/%lld", (long long)(clock_now() / 86400000));

	snprintf(path, path_size, "%s/%s", call->x->data_dir, relative);
	if (mkdir(path, 0700) && errno != EEXIST)
		return errno;
	snprintf(relative + used, relative_size - (size_t)used, "/%lld.wav", (long long)id);
	snprintf(path, path_size, "%s/%s", call->x->data_dir, relative);
	return 0;
}

int recording_start(struct call *call, bool voicemail)
{
	struct media_record_config config = { .mono = voicemail,
		.max_ms = voicemail ? call->voicemail_options.max_ms : 0,
		.silence_ms = voicemail ? 6000 : 0 };
	struct tape *tape = calloc(1, sizeof(*tape));
	char relative[96], path[600];
	int err = ENOMEM;

	if (!tape)
		goto out;
	tape->id = id_make(clock_now());
	tape->interaction = call->id;
	tape->department = call->department_id;
	tape->least_ms = voicemail ? call->voicemail_options.min_ms : 0;
	snprintf(tape->number, sizeof(tape->number), "%s", call->number);
	config.path = path;
	err = make_path(call, tape->id, relative, sizeof(relative), path, sizeof(path));
	if (!err)
		err = hash_set_id(call->x->tapes, (uint64_t)tape->id, tape);
	if (err)
		goto out;
	err = voice_room_record(call->room, (uint64_t)tape->id, call->customer.voice, &config);
	if (err) {
		hash_remove_id(call->x->tapes, (uint64_t)tape->id);
		goto out;
	}
	call->recording = (uint64_t)tape->id;
	interaction_recording_open(
		tape->id, call->id, voicemail ? "voicemail" : "call", relative, clock_now());
out:
	if (err) {
		log_error("exchange", "recording could not be started", "call", LOG_I(call->id),
			"error", strerror(err), NULL);
		free(tape);
	}
	return err;
}

void recording_stop(struct call *call)
{
	if (call->recording)
		voice_room_record_stop(call->room, call->recording);
	call->recording = 0;
}

/* In the journal: the message becomes a ticket of the department. */
static int make_ticket(struct db *db, void *arg)
{
	const struct tape *tape = arg;
	const struct ticket_voicemail message = { .interaction_id = tape->interaction,
		.recording_id = tape->id,
		.department_id = tape->department,
		.number = tape->number };

	return ticket_from_voicemail(db, &message);
}

/* The recording handler of voice. */
void recording_event(const struct voice_recording *event, void *arg)
{
	struct exchange *x = arg;
	struct tape *tape = hash_get_id(x->tapes, event->tag);
	struct call *call = tape ? exchange_call(x, tape->interaction) : NULL;
	bool voicemail = tape && tape->least_ms;

	if (!tape)
		return;
	if (call && call->recording == event->tag) {
		if (voicemail) /* the speaker is silent, or has spoken as long as he may */
			voicemail_finish(call);
		else if (!event->silence)
			call->recording = 0;
	}
	if (event->silence)
		return;
	interaction_recording_close(tape->id, tape->interaction, tape->department,
		event->milliseconds, event->degraded);
	hash_remove_id(x->tapes, event->tag);
	if (!voicemail || event->milliseconds < tape->least_ms ||
		db_journal(x->platform->database, make_ticket, free, tape))
		free(tape);
}
