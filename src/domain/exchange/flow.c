/* The call in an IVR flow: the host side of the interpreter. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"
#include "log/log.h"

static void host_play(
	void *arg, const struct ivr_part *parts, size_t count, const char *language, bool loop)
{
	struct call *call = arg;

	if (call->phase == CALL_FLOW)
		sound_play(call, parts, count, language, loop);
}

static void host_stop(void *arg)
{
	struct call *call = arg;

	if (call->phase == CALL_FLOW)
		sound_stop(call);
}

static void timer_over(void *arg)
{
	struct call *call = arg;

	if (call->session && call->phase == CALL_FLOW)
		ivr_session_timer(call->session);
}

static void host_timer(void *arg, int64_t ms)
{
	struct call *call = arg;

	if (ms > 0)
		loop_timer_set(call->x->loop, &call->flow_timer, ms, timer_over, call);
	else
		loop_timer_cancel(call->x->loop, &call->flow_timer);
}

static const char *host_calendar(void *arg, const char *name)
{
	struct call *call = arg;

	return plan_calendar_state(plan_calendar_by_name(call->x->plan, name), clock_now());
}

static bool host_live_switch(void *arg, const char *name)
{
	struct call *call = arg;

	return plan_switch_on(call->x->plan, name, clock_now());
}

static void host_record(void *arg, bool on)
{
	struct call *call = arg;

	if (on && !call->recording)
		recording_start(call, false);
	else if (!on && call->recording)
		voice_room_record_pause(call->room, call->recording, true);
}

static void host_trace(void *arg, const char *node, const char *type, const char *name,
	const char *port, const char *keys)
{
	struct call *call = arg;

	interaction_ivr(call->id, node, type, name ? name : "", port ? port : "", keys ? keys : "");
}

static void host_value(void *arg, const char *name, const char *value, bool secret)
{
	struct call *call = arg;
	struct call_value *v = NULL;

	for (size_t i = 0; i < call->value_count && !v; i++) {
		if (!strcmp(call->values[i].name, name))
			v = &call->values[i];
	}
	if (!v && call->value_count < CALL_VALUES_MAX) {
		v = &call->values[call->value_count++];
		snprintf(v->name, sizeof(v->name), "%s", name);
	}
	if (!v)
		return;
	free(v->value);
	v->value = strdup(secret ? "****" : value);
	if (v->value)
		interaction_value(call->id, name, v->value);
}

static void host_ended(void *arg, const char *cause)
{
	struct call *call = arg;

	if (call->phase != CALL_FLOW)
		return;
	if (!strcmp(cause, "error"))
		log_warn("exchange", "flow ended by an error", "call", LOG_I(call->id), NULL);
	call_end(call, "system", 0);
}

static const struct ivr_host host = {
	.play = host_play,
	.stop = host_stop,
	.timer = host_timer,
	.calendar = host_calendar,
	.live_switch = host_live_switch,
	.record = host_record,
	.trace = host_trace,
	.value = host_value,
	.ended = host_ended,
};

int flow_enter(struct call *call, const struct plan_flow *flow)
{
	const struct ivr_start start = { .caller = call->number,
		.called = call->called,
		.language = NULL,
		.now_ms = clock_now() };
	struct ivr_session *session;
	int err;

	err = ivr_session_create(&session, flow->flow, &host, call, &start);
	if (err)
		return err;
	flow_free(call);
	call->session = session;
	call->flow_id = flow->id;
	call->flow_version = flow->version;
	call_enter_phase(call, CALL_FLOW);
	call_step(call, "ivr", 0, flow->key);
	snprintf(call->language, sizeof(call->language), "%s", ivr_language(session));
	lookup_variables(call);
	return ivr_session_begin(session);
}

void flow_leave(struct call *call)
{
	loop_timer_cancel(call->x->loop, &call->flow_timer);
	if (call->phase == CALL_FLOW)
		sound_stop(call);
}

void flow_result(struct call *call, const char *port)
{
	call_enter_phase(call, CALL_FLOW);
	ivr_session_result(call->session, port);
}

void flow_free(struct call *call)
{
	ivr_session_free(call->session);
	call->session = NULL;
}
