/* A conversation: hold, mute, keypad, a lost browser, recording. */
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"

void talk_begin(struct call *call, struct agent *agent, struct call_leg *leg)
{
	call->talker = *leg;
	call->talker_is_outside = !agent;
	voice_leg_set_handler(call->talker.voice, call_leg_handler, call);
	call->agent = agent;
	call->held = call->muted = call->lost = call->quiet = false;
	call->talk_since = clock_now();
	sound_stop(call);
	voice_bridge(call->customer.voice, call->talker.voice);
	call_enter_phase(call, CALL_TALKING);
	if (agent) {
		int64_t now = clock_now();

		if (!call->answered)
			call->answered = now;
		call->outcome = "answered";
		call->department_id = call->queue && call->queue->plan
					      ? call->queue->plan->department_id
					      : agent->department_id;
		interaction_answered(call->id, agent->user_id, call->department_id,
			call->queue ? call->queue->id : 0, now);
		agent->call = call;
		agent_apply(agent, AGENT_GETS_CALL, NULL);
		metric_add(call->x->m_answered, 1);
	}
	call_step(call, "answered", agent ? agent->user_id : 0,
		call->talker_is_outside ? "outside" : NULL);
	if (!call->recording && (!call->queue || !call->queue->plan || call->queue->plan->record))
		recording_start(call, false);
	call_changed(call);
	if (agent)
		live_pop(call, agent, POP_ANSWER);
}

static void close_hold(struct call *call)
{
	if (!call->held)
		return;
	call->hold_ms += clock_now() - call->hold_since;
	call->held = false;
}

/* The agent is out of the conversation: his figures, his after-call work. The customer stays in the room. */
void talk_end(struct call *call)
{
	struct agent *agent = call->agent;
	bool talked = call->phase == CALL_TALKING; /* else it was being dialled */
	int64_t spent = talked ? clock_now() - call->talk_since : 0, held = 0;

	if (call->held)
		held = clock_now() - call->hold_since;
	close_hold(call);
	call->talk_ms += spent > held ? spent - held : 0;
	if (call->muted && call->talker.voice)
		voice_leg_mute(call->talker.voice, false);
	call->agent = NULL;
	if (agent) {
		live_ended(call, agent);
		agent->talk_unreported += spent;
		if (talked && call->queue)
			acd_handled(call->x->acd, call->queue->id, spent);
		if (talked) {
			agent_start_wrapup(agent, call);
		} else { /* nobody answered: nothing to write down */
			agent->call = NULL;
			agent_apply(agent, AGENT_CALL_ENDS_FREE, NULL);
		}
	}
}

/* The agent's browser did not come back: the customer goes to the front of the queue, he has waited before. */
static void rescue(struct call *call)
{
	struct queue *queue = call->queue;

	call_step(call, "lost", call->agent ? call->agent->user_id : 0, "not back");
	talk_end(call);
	call->lost = false;
	call->priority += 100;
	if (!queue || waiting_enter(call, queue))
		call_end(call, "system", 0);
}

static void dialled_answered(struct call *call)
{
	/* A desk phone that dialled waits for its own answer. On failure its leg is refused and takes the call down. */
	if (voice_leg_state(call->talker.voice) != LEG_UP && voice_leg_answer(call->talker.voice))
		return;
	call_leg_up(&call->customer);
	call_leg_up(&call->talker);
	call->transfer_from_node = false;
	sound_stop(call);
	call->outcome = "answered";
	call->talk_since = clock_now();
	if (!call->answered)
		call->answered = call->talk_since;
	voice_bridge(call->customer.voice, call->talker.voice);
	call_enter_phase(call, CALL_TALKING);
	interaction_answered(call->id, call->agent ? call->agent->user_id : 0, call->department_id,
		0, call->answered);
	call_step(call, "answered", call->agent ? call->agent->user_id : 0, "callee");
	if (!call->recording)
		recording_start(call, false);
	call_changed(call);
}

static void talker_gone(struct call *call, const struct voice_event *event)
{
	/* A blind transfer to an outside number that came to nothing: the queue the call came from takes it back. */
	if (call->phase == CALL_DIALLING && call->talker_is_outside && call->queue) {
		call->talker_is_outside = false;
		call->priority += 10;
		if (!waiting_enter(call, call->queue))
			return;
	}
	call_end(call, call->phase == CALL_TALKING && event->by_peer ? "agent" : "system",
		event->status >= 300 ? event->status : 0);
}

void talk_leg_event(struct call *call, const struct voice_event *event)
{
	static const struct media_part ringing[] = { { MEDIA_TONE, NULL, 450, 0, 1000, 4000 } };

	switch (event->type) {
	case VOICE_RINGING: /* of the number an agent dials; a desk phone makes the tone itself */
		if (call->phase != CALL_DIALLING || call->talker_is_outside || !call->talker.voice)
			break;
		if (voice_leg_state(call->talker.voice) == LEG_UP)
			voice_leg_play(call->talker.voice, 0, ringing, 1, true);
		else
			voice_leg_ring(call->talker.voice);
		break;
	case VOICE_EARLY:
		if (call->phase != CALL_DIALLING || !call->talker.voice)
			break;
		if (!call->talker_is_outside && voice_leg_state(call->talker.voice) != LEG_UP)
			voice_leg_early(call->talker.voice);
		voice_bridge(call->customer.voice, call->talker.voice);
		break;
	case VOICE_ANSWERED:
		if (call->phase == CALL_DIALLING)
			dialled_answered(call);
		break;
	case VOICE_LOST:
		call->lost = true;
		call_step(call, "lost", call->agent ? call->agent->user_id : 0, NULL);
		if (!call->held)
			sound_lost(call);
		call_changed(call);
		break;
	case VOICE_BACK:
		call->lost = false;
		call_step(call, "reattached", call->agent ? call->agent->user_id : 0, NULL);
		if (!call->held) {
			sound_stop(call);
			voice_bridge(call->customer.voice, call->talker.voice);
		}
		call_changed(call);
		break;
	case VOICE_QUIET:
	case VOICE_AUDIBLE:
		call->quiet = event->type == VOICE_QUIET;
		call_changed(call);
		break;
	case VOICE_DOWN:
		if (call->transfer_from_node)
			transfer_failed(call, event->status == 486   ? "busy"
					      : event->status == 408 ? "noanswer"
								     : "fail");
		else if (call->lost)
			rescue(call);
		else
			talker_gone(call, event);
		break;
	default:
		break;
	}
}

int talk_hold(struct call *call, bool on)
{
	if (call->phase != CALL_TALKING || !call->talker.voice || call->lost)
		return EPERM;
	if (call->held == on)
		return 0;
	if (on) {
		call->held = true;
		call->hold_since = clock_now();
		voice_unbridge(call->talker.voice);
		voice_unbridge(call->customer.voice);
		sound_music(call, call->queue && call->queue->plan ? call->queue->plan->music : "");
	} else {
		close_hold(call);
		sound_stop(call);
		voice_bridge(call->customer.voice, call->talker.voice);
	}
	call_step(call, on ? "held" : "resumed", call->agent ? call->agent->user_id : 0, NULL);
	call_changed(call);
	return 0;
}

int talk_mute(struct call *call, bool on)
{
	if (call->phase != CALL_TALKING || !call->talker.voice)
		return EPERM;
	if (call->muted == on)
		return 0;
	call->muted = on;
	voice_leg_mute(call->talker.voice, on);
	call_step(call, on ? "muted" : "unmuted", call->agent ? call->agent->user_id : 0, NULL);
	call_changed(call);
	return 0;
}

int talk_keypad(struct call *call, const char *digits)
{
	if (call->phase != CALL_TALKING)
		return EPERM;
	if (strspn(digits, "0123456789*#ABCD") != strlen(digits) || strlen(digits) > 32)
		return EINVAL;
	voice_leg_send_digits(call->customer.voice, digits);
	call_step(call, "keypad", call->agent ? call->agent->user_id : 0,
		NULL); /* what was typed may be secret */
	return 0;
}
