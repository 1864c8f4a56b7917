/* The call in a queue, or waiting for one agent in person. Counting follows requirements 6.1: each entry is counted once and leaves
 * exactly once, as answered, abandoned or flow-out. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"
#include "id.h"
#include "log/log.h"

#define HOPS_MAX 5

struct reason_row {
	const char *outcome, *reason, *port;
};
static const struct reason_row reasons[] = {
	[WAIT_ANSWERED] = { "answered", NULL, "answered" },
	[WAIT_ABANDONED] = { "abandoned", "queue", NULL },
	[WAIT_TIMEOUT] = { "flowout", "timeout", "timeout" },
	[WAIT_OVERFLOW] = { "flowout", "overflow", "timeout" },
	[WAIT_CLOSED] = { "flowout", "closed", "closed" },
	[WAIT_FULL] = { "flowout", "full", "full" },
	[WAIT_EMPTY] = { "flowout", "empty", "empty" },
	[WAIT_VOICEMAIL] = { "flowout", "voicemail", NULL },
	[WAIT_IVR] = { "flowout", "ivr", NULL },
	[WAIT_TRANSFER] = { "flowout", "transfer", NULL },
};

void queue_touched(struct queue *queue)
{
	queue->dirty = true;
	live_soon(queue->x);
}

static void count_leaving(struct call *call, enum wait_reason reason, int64_t waited)
{
	struct queue *q = call->queue;

	q->waiting--;
	if (reason == WAIT_ANSWERED) {
		q->answered_today++;
		if (q->plan && waited <= q->plan->service_level_ms)
			q->in_time_today++;
	} else if (reason == WAIT_ABANDONED) {
		q->abandoned_today++;
		metric_add(call->x->m_abandoned, 1);
		if (q->plan && waited <= q->plan->short_abandon_ms)
			q->short_today++;
	} else {
		q->flowout_today++;
	}
	queue_touched(q);
}

/* How an abandoning caller left: quickly, while a phone rang for him, or waiting. */
static const char *abandon_kind(const struct call *call, int64_t waited)
{
	if (call->queue && call->queue->plan && waited <= call->queue->plan->short_abandon_ms)
		return "short";
	return list_empty(&call->offers) ? "queue" : "ringing";
}

static void name_outcome(struct call *call, enum wait_reason reason, const char *kind)
{
	if (reason == WAIT_ABANDONED)
		call_set_outcome(call, !strcmp(kind, "short")     ? "short_abandon"
				       : !strcmp(kind, "ringing") ? "abandoned_ringing"
								  : "abandoned_queue");
	else if (reason != WAIT_ANSWERED)
		call_set_outcome(call, "flowout");
}

void waiting_leave(struct call *call, enum wait_reason reason, struct agent *agent)
{
	int64_t waited = clock_mono() - call->entered_ms;
	const char *kind =
		reason == WAIT_ABANDONED ? abandon_kind(call, waited) : reasons[reason].reason;

	loop_timer_cancel(call->x->loop, &call->queue_timer);
	loop_timer_cancel(call->x->loop, &call->announce_timer);
	acd_call_leave(call->x->acd, call->id);
	name_outcome(call, reason, kind ? kind : "");
	if (call->entry_id) {
		call->waiting_ms += waited;
		interaction_queue_leave(call->entry_id, reasons[reason].outcome, kind,
			agent ? agent->user_id : 0, clock_now(), waited);
		call->entry_id = 0;
		count_leaving(call, reason, waited);
	}
	call->personal_agent = 0;
	call->announcing = false;
	sound_stop(call);
}

static void to_overflow(struct call *call, const struct plan_queue *plan, enum wait_reason reason)
{
	const struct plan_flow *flow;
	const struct plan_queue *other;
	struct queue *queue;

	if (plan && plan->overflow == OVERFLOW_QUEUE && call->hops++ < HOPS_MAX) {
		other = plan_queue_by_key(call->x->plan, plan->overflow_target);
		queue = other ? exchange_queue(call->x, other->id) : NULL;
		if (queue && queue != call->queue && !waiting_enter(call, queue))
			return;
	}
	if (plan && plan->overflow == OVERFLOW_IVR && call->hops++ < HOPS_MAX) {
		flow = plan_flow_by_key(call->x->plan, plan->overflow_target);
		if (flow && !flow_enter(call, flow))
			return;
	}
	if (plan && plan->overflow == OVERFLOW_VOICEMAIL) {
		voicemail_begin(call, &(struct voicemail_options){ 0 });
		return;
	}
	if (call->queue_from_node && call->session) {
		call->queue_from_node = false;
		flow_result(call, reasons[reason].port);
		return;
	}
	call_end(call, "system", 0);
}

static void flow_out(struct call *call, enum wait_reason reason)
{
	const struct plan_queue *plan = call->queue ? call->queue->plan : NULL;

	if (plan && plan->overflow == OVERFLOW_VOICEMAIL)
		waiting_leave(call, WAIT_VOICEMAIL, NULL);
	else
		waiting_leave(call, reason, NULL);
	offers_cancel(call, NULL);
	to_overflow(call, plan, reason);
}

static void wait_over(void *arg)
{
	struct call *call = arg;

	flow_out(call, call->wait_reason);
}

static void out_at_once(struct call *call, enum wait_reason reason)
{
	/* Through the timer: the caller of waiting_enter may be a node of the very flow that this leaves. */
	call->wait_reason = reason;
	loop_timer_set(call->x->loop, &call->queue_timer, 0, wait_over, call);
}

/* --- announcements --- */

static void announce(void *arg);

static void music(struct call *call)
{
	call->announcing = false;
	sound_music(call, call->queue && call->queue->plan ? call->queue->plan->music : "");
}

void waiting_sound_done(struct call *call)
{
	if (call->announcing)
		music(call);
}

static void announcement(struct call *call, size_t position, char *text, size_t size)
{
	bool english = !strncmp(call->language, "en", 2);
	int64_t wait = acd_expected_wait(call->x->acd, call->id, clock_mono());
	int64_t minutes = wait < 0 ? 0 : (wait + 59999) / 60000;
	size_t used = 0;

	text[0] = '\0';
	if (call->queue->plan->announce_position && position == 1)
		snprintf(text, size, "%s", english ? "You are next in line. " : "您是下一位。");
	else if (call->queue->plan->announce_position)
		snprintf(text, size,
			english ? "There are %zu callers ahead of you. " : "您前面还有%zu位。",
			position - 1);
	used = strlen(text);
	if (call->queue->plan->announce_wait && minutes > 0)
		snprintf(text + used, size - used,
			english ? "The expected wait is about %lld minutes."
				: "预计等待约%lld分钟。",
			(long long)minutes);
}

static void announce(void *arg)
{
	struct call *call = arg;
	const struct plan_queue *plan = call->queue ? call->queue->plan : NULL;
	size_t position = acd_position(call->x->acd, call->id);
	char text[256];
	struct ivr_part part = { .kind = IVR_SPEECH, .text = text };

	if (!plan || call->phase != CALL_QUEUED)
		return;
	loop_timer_set(
		call->x->loop, &call->announce_timer, plan->announce_every_ms, announce, call);
	/* Not while a phone rings for him, and a place that has not improved is not repeated. */
	if (!list_empty(&call->offers) || !position ||
		(call->last_position && position >= call->last_position))
		return;
	call->last_position = position;
	announcement(call, position, text, sizeof(text));
	if (!text[0])
		return;
	call->announcing = true;
	sound_play(call, &part, 1, call->language, false);
}

/* --- entering --- */

static bool is_closed(struct call *call, const struct plan_queue *plan)
{
	char name[96];
	const char *state;

	snprintf(name, sizeof(name), "closed:%s", plan->key);
	if (plan_switch_on(call->x->plan, name, clock_now()))
		return true;
	state = plan_calendar_state(plan_calendar(call->x->plan, plan->calendar_id), clock_now());
	return strcmp(state, "open") != 0 && strcmp(state, "special") != 0;
}

static void write_entry(struct call *call)
{
	const struct interaction_entry entry = { .id = id_make(clock_now()),
		.interaction_id = call->id,
		.queue_id = call->queue->id,
		.department_id = call->queue->plan->department_id,
		.entered = clock_now() };

	call->entry_id = entry.id;
	call->department_id = entry.department_id;
	interaction_queue_enter(&entry);
	call_step(call, "queued", 0, call->queue->plan->key);
}

int waiting_enter(struct call *call, struct queue *queue)
{
	const struct plan_queue *plan = queue->plan;
	struct acd_call routing = { .id = call->id,
		.queue = queue->id,
		.priority = call->priority,
		.last_agent = call->last_agent };
	size_t present = 0, ready = 0;

	if (!plan || !call->customer.voice)
		return ENOENT;
	call->queue = queue;
	call->entered_ms = routing.entered_ms = clock_mono();
	call->entered_wall = clock_now();
	call->last_position = 0;
	call->personal_agent = 0;
	memcpy(routing.skills, call->skills, sizeof(call->skills));
	routing.skill_count = call->skill_count;
	call_enter_phase(call, CALL_QUEUED);
	write_entry(call);
	queue->offered_today++;
	queue->waiting++;
	queue_touched(queue);
	acd_staff(call->x->acd, queue->id, &present, &ready);
	music(call);
	if (is_closed(call, plan)) {
		out_at_once(call, WAIT_CLOSED);
	} else if (plan->max_length && queue->waiting > plan->max_length) {
		out_at_once(call, WAIT_FULL);
	} else if (!present && plan->overflow != OVERFLOW_NONE) {
		out_at_once(call, WAIT_EMPTY);
	} else {
		if (plan->max_wait_ms) {
			call->wait_reason = WAIT_TIMEOUT;
			loop_timer_set(call->x->loop, &call->queue_timer, plan->max_wait_ms,
				wait_over, call);
		}
		if (plan->announce_every_ms)
			loop_timer_set(call->x->loop, &call->announce_timer,
				plan->announce_first_ms, announce, call);
		if (acd_call_enter(call->x->acd, &routing))
			out_at_once(call, WAIT_FULL);
		exchange_decide_soon(call->x);
	}
	return 0;
}

int waiting_for_agent(struct call *call, struct agent *agent)
{
	call->personal_agent = agent->user_id;
	call->entered_ms = clock_mono();
	call_enter_phase(call, CALL_QUEUED);
	sound_ringback(call);
	if (offer_create(call, agent, 0))
		return 0;
	call->personal_agent = 0;
	return EBUSY;
}

static void unavailable(struct call *call)
{
	struct ivr_part part = { .kind = IVR_AUDIO, .text = "system.unavailable" };

	call_set_outcome(call, "flowout");
	waiting_leave(call, WAIT_OVERFLOW, NULL);
	call_enter_phase(call, CALL_FLOW);
	call->notice_status = 480;
	sound_play(call, &part, 1, call->language, false);
}

void waiting_offer_failed(struct call *call)
{
	if (call->phase != CALL_QUEUED || !list_empty(&call->offers))
		return;
	if (!call->personal_agent) {
		exchange_decide_soon(call->x);
		return;
	}
	if (call->transfer_from_node) {
		waiting_leave(call, WAIT_OVERFLOW, NULL);
		transfer_failed(call, "noanswer");
		return;
	}
	call->personal_agent = 0;
	call->priority += 10;
	/* The person asked for does not answer: the queue the call came from takes it back. */
	if (!call->queue || waiting_enter(call, call->queue))
		unavailable(call);
}
