/* Calls: from the first leg to the last row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"
#include "id.h"
#include "log/log.h"

#define CALL_LONGEST_MS (4 * 3600 * 1000)

struct call *call_create(struct exchange *x, const char *direction)
{
	struct call *call;

	if (x->call_count >= CALLS_MAX)
		return NULL;
	call = calloc(1, sizeof(*call));
	if (!call)
		return NULL;
	call->x = x;
	call->id = id_make(clock_now());
	call->direction = direction;
	call->outcome = "in_progress";
	call->started = clock_now();
	snprintf(call->language, sizeof(call->language), "zh-CN");
	list_init(&call->offers);
	list_init(&call->in_exchange);
	call->room = voice_room_create(x->voice);
	if (!call->room || hash_set_id(x->calls, (uint64_t)call->id, call)) {
		voice_room_free(call->room);
		free(call);
		return NULL;
	}
	list_append(&x->call_list, &call->in_exchange);
	x->call_count++;
	metric_add(x->m_calls, 1);
	metric_set(x->m_active, (int64_t)x->call_count);
	return call;
}

void call_opened(struct call *call, const char *sip_call_id, int64_t agent_id)
{
	const struct interaction_start start = {
		.id = call->id,
		.started = call->started,
		.flow_id = call->flow_id,
		.flow_version = call->flow_version,
		.direction = call->direction,
		.number = call->number,
		.called = call->called,
		.origin = call->origin,
		.language = call->language,
		.sip_call_id = sip_call_id,
		.agent_id = agent_id,
		.department_id = call->department_id,
		.customer_id = call->customer_id,
	};

	interaction_open(&start);
	call_step(call, "arrived", 0, call->called);
}

static void guard_over(void *arg)
{
	struct call *call = arg;

	log_warn(
		"exchange", "call ended after the longest duration", "call", LOG_I(call->id), NULL);
	call_end(call, "system", 0);
}

void call_enter_phase(struct call *call, enum call_phase phase)
{
	call->phase = phase;
	loop_timer_set(call->x->loop, &call->guard,
		call->x->max_talk_ms ? call->x->max_talk_ms : CALL_LONGEST_MS, guard_over, call);
	live_soon(call->x);
}

void call_step(struct call *call, const char *kind, int64_t user_id, const char *detail)
{
	interaction_step(call->id, kind, user_id, call->queue ? call->queue->id : 0, detail);
}

void call_set_outcome(struct call *call, const char *outcome)
{
	if (strcmp(call->outcome, "answered") != 0)
		call->outcome = outcome;
}

void call_leg_opened(struct call *call, struct call_leg *leg, const char *kind, int64_t user_id)
{
	const struct interaction_leg row = { .id = id_make(clock_now()),
		.interaction_id = call->id,
		.user_id = user_id,
		.started = clock_now(),
		.kind = kind };

	leg->row = row.id;
	interaction_leg_open(&row);
	if (leg->voice)
		voice_leg_set_tag(leg->voice, (uint64_t)leg->row);
}

void call_leg_up(struct call_leg *leg)
{
	if (leg->answered || !leg->row)
		return;
	leg->answered = true;
	interaction_leg_answered(leg->row, voice_leg_codec(leg->voice), clock_now());
}

void call_leg_down(struct call_leg *leg, const struct voice_event *event)
{
	if (leg->row)
		interaction_leg_close(
			leg->row, event->by_peer ? "peer" : "system", event->status, clock_now());
	leg->voice = NULL;
	leg->row = 0;
	leg->answered = false;
}

/* The last leg is down: figures, rows, memory. */
static void call_free(struct call *call)
{
	struct exchange *x = call->x;
	const struct interaction_end end = { .id = call->id,
		.department_id = call->department_id,
		.ended = clock_now(),
		.waiting_ms = call->waiting_ms,
		.talk_ms = call->talk_ms,
		.hold_ms = call->hold_ms,
		.outcome = call->outcome,
		.hangup_by = call->hangup_by ? call->hangup_by : "system" };

	interaction_step(call->id, "ended", 0, 0, end.hangup_by);
	interaction_close(&end);
	flow_free(call);
	sound_job_forget(call);
	loop_timer_cancel(x->loop, &call->guard);
	loop_timer_cancel(x->loop, &call->flow_timer);
	loop_timer_cancel(x->loop, &call->lookup_timer);
	loop_timer_cancel(x->loop, &call->queue_timer);
	loop_timer_cancel(x->loop, &call->announce_timer);
	hash_remove_id(x->calls, (uint64_t)call->id);
	list_remove(&call->in_exchange);
	x->call_count--;
	metric_set(x->m_active, (int64_t)x->call_count);
	voice_room_free(call->room);
	for (size_t i = 0; i < call->value_count; i++)
		free(call->values[i].value);
	live_soon(x);
	free(call);
}

static void free_when_silent(struct call *call)
{
	if (call->phase == CALL_ENDING && !call->customer.voice && !call->talker.voice &&
		list_empty(&call->offers))
		call_free(call);
}

/* What the end means, by where the call was. */
static void settle(struct call *call, const char *by)
{
	bool caller = !strcmp(by, "caller");

	switch (call->phase) {
	case CALL_FLOW:
		if (call->voicemail == VOICEMAIL_RECORDING)
			call_set_outcome(call, "voicemail");
		else if (!strcmp(call->outcome, "in_progress"))
			call_set_outcome(call, caller ? "abandoned_ivr" : "ivr_only");
		break;
	case CALL_QUEUED:
		waiting_leave(call, caller ? WAIT_ABANDONED : WAIT_OVERFLOW, NULL);
		break;
	case CALL_DIALLING: /* a caller on his way to an outside number gave up, or an agent's call
			     * came to nothing */
		if (!strcmp(call->outcome, "in_progress"))
			call_set_outcome(call,
				caller && call->talker_is_outside ? "abandoned_ringing" : "failed");
		talk_end(call);
		break;
	case CALL_TALKING:
		talk_end(call);
		break;
	default:
		call_set_outcome(call, "failed");
		break;
	}
}

/* status: for a leg that has not been answered yet. */
static void end_leg(struct voice_leg *leg, int status)
{
	if (leg)
		voice_leg_hangup(leg, voice_leg_state(leg) == LEG_UP ? 0 : status);
}

void call_end(struct call *call, const char *by, int status)
{
	if (call->phase == CALL_ENDING)
		return;
	call->hangup_by = by;
	call_step(call, "hangup", call->agent ? call->agent->user_id : 0, by);
	settle(call, by);
	call_enter_phase(call, CALL_ENDING);
	loop_timer_cancel(
		call->x->loop, &call->guard); /* every leg ends exactly once: voice promises it */
	offers_cancel(call, NULL);
	flow_leave(call);
	if (call->session)
		ivr_session_hangup(call->session);
	recording_stop(call);
	end_leg(call->talker.voice, status);
	end_leg(call->customer.voice, status);
	free_when_silent(call);
}

void call_customer_down(struct call *call, const struct voice_event *event)
{
	call_leg_down(&call->customer, event);
	if (call->phase == CALL_DIALLING &&
		!call->talker_is_outside) { /* the number an agent called */
		if (event->status == 486 || event->status == 600 || event->status == 603)
			call_set_outcome(call, "rejected");
		call_end(call, event->by_peer ? "caller" : "system",
			event->status >= 300 ? event->status : 0);
	} else if (call->phase != CALL_ENDING) {
		call_end(call, event->by_peer ? "caller" : "system", 0);
	} else {
		free_when_silent(call);
	}
}

static void talker_down(struct call *call, const struct voice_event *event)
{
	call_leg_down(&call->talker, event);
	if (call->phase == CALL_ENDING)
		free_when_silent(call);
	else
		talk_leg_event(call, event);
}

/* The prompt, notice or announcement has been heard to its end. */
void call_sound_done(struct call *call)
{
	if (call->notice_status)
		call_end(call, "system", call->notice_status);
	else if (call->voicemail)
		voicemail_sound_done(call);
	else if (call->phase == CALL_FLOW && call->session)
		ivr_session_played(call->session);
	else if (call->phase == CALL_QUEUED)
		waiting_sound_done(call);
}

static void customer_event(struct call *call, const struct voice_event *event)
{
	switch (event->type) {
	case VOICE_DIGIT:
		if (call->voicemail)
			voicemail_digit(call, event->digit);
		else if (call->phase == CALL_FLOW && call->session)
			ivr_session_digit(call->session, event->digit);
		break;
	case VOICE_PLAY_DONE:
		if (event->tag == call->sound.serial)
			call_sound_done(call);
		break;
	case VOICE_LOST: /* a guest's page has been closed: that is hanging up */
		call_end(call, "caller", 0);
		break;
	case VOICE_RINGING:
	case VOICE_EARLY:
	case VOICE_ANSWERED:
		if (call->phase == CALL_DIALLING)
			talk_leg_event(call, event);
		break;
	case VOICE_DOWN:
		call_customer_down(call, event);
		break;
	default:
		break;
	}
}

/* One handler for the customer's leg and the talker's. */
void call_leg_handler(struct voice_leg *leg, const struct voice_event *event, void *arg)
{
	struct call *call = arg;

	if (leg == call->customer.voice)
		customer_event(call, event);
	else if (leg == call->talker.voice && event->type == VOICE_DOWN)
		talker_down(call, event);
	else if (leg == call->talker.voice &&
		 (call->talker_is_outside || event->type != VOICE_ANSWERED))
		talk_leg_event(
			call, event); /* an agent's own leg that we have answered is no news */
}

void call_changed(struct call *call)
{
	if (call->agent) {
		live_agent(call->agent);
		live_call(call, call->agent);
	}
	live_soon(call->x);
}
