/* Offers: a call rings at an agent's phone, until a deadline. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"
#include "id.h"
#include "log/log.h"

#define OFFERS_AT_ONCE   32
#define PERSONAL_RING_MS 25000

void offers_decide(struct exchange *x)
{
	struct acd_offer made[OFFERS_AT_ONCE];
	int64_t next = INT64_MAX, now = clock_mono();
	size_t count;

	do {
		count = acd_decide(x->acd, now, made, OFFERS_AT_ONCE, &next);
		for (size_t i = 0; i < count; i++) {
			struct call *call = exchange_call(x, made[i].call);
			struct agent *agent = agent_find(x, made[i].agent);

			if (call && agent && call->queue && call->queue->plan &&
				offer_create(call, agent, call->queue->plan->ring_ms))
				continue;
			/* Could not be made: routing must not believe the agent is ringing. */
			acd_call_refused(x->acd, made[i].call, made[i].agent, now, 5000);
			acd_agent_state(x->acd, made[i].agent, ACD_AGENT_AWAY, now, 0);
			if (agent)
				agent_apply(agent, AGENT_ASKS_READY, NULL);
		}
	} while (count == OFFERS_AT_ONCE);
	if (next != INT64_MAX)
		exchange_decide_at(x, next);
}

static void deadline(void *arg)
{
	offer_end(arg, OFFER_MISSED);
}

struct offer *offer_create(struct call *call, struct agent *agent, int64_t ring_ms)
{
	char headers[160];
	struct sip_target target = { .account = agent->extension,
		.caller = call->number,
		.caller_name = call->caller_name,
		.headers = headers };
	struct offer *offer;

	if (agent->offer || !agent_reachable(agent) ||
		agent_state_after(agent->state, AGENT_GETS_OFFER) < 0)
		return NULL;
	offer = calloc(1, sizeof(*offer));
	if (!offer)
		return NULL;
	offer->id = id_make(clock_now());
	offer->call = call;
	offer->agent = agent;
	offer->personal = call->personal_agent != 0;
	if (ring_ms <= 0)
		ring_ms = PERSONAL_RING_MS;
	offer->deadline = clock_now() + ring_ms;
	target.ring_ms = ring_ms + 5000; /* our own deadline comes first */
	snprintf(headers, sizeof(headers), "X-Hotline-Call: %lld\r\nX-Hotline-Offer: %lld\r\n",
		(long long)call->id, (long long)offer->id);
	list_append(&call->offers, &offer->in_call);
	agent->offer = offer;
	offer->leg.voice =
		voice_leg_call(call->room, &target, agent->browser, offer_leg_event, offer);
	if (!offer->leg.voice ||
		loop_timer_set(call->x->loop, &offer->timer, ring_ms, deadline, offer)) {
		list_remove(&offer->in_call);
		agent->offer = NULL;
		if (offer->leg.voice) {
			voice_leg_set_handler(offer->leg.voice, NULL, NULL);
			voice_leg_hangup(offer->leg.voice, 0);
		}
		free(offer);
		return NULL;
	}
	call_leg_opened(call, &offer->leg, "agent", agent->user_id);
	call_step(call, "offered", agent->user_id, NULL);
	agent_come_back_later(agent);
	agent_apply(agent, AGENT_GETS_OFFER, NULL);
	live_offer(offer);
	return offer;
}

static void answered(struct offer *offer)
{
	struct call *call = offer->call;
	struct agent *agent = offer->agent;
	struct call_leg leg;

	/* The caller may have gone, or another agent was quicker, in this very moment. */
	if (call->phase != CALL_QUEUED || !call->customer.voice) {
		offer_end(offer, OFFER_CANCELLED);
		return;
	}
	call_leg_up(&offer->leg);
	leg = offer->leg;
	offer->leg.voice = NULL;
	offer_end(offer, OFFER_ANSWERED);
	offers_cancel(call, NULL);
	waiting_leave(call, WAIT_ANSWERED, agent);
	talk_begin(call, agent, &leg);
}

static enum offer_end refusal(const struct voice_event *event)
{
	return event->by_peer && (event->status == 486 || event->status == 603 ||
					 event->status == 600)
		       ? OFFER_REFUSED
		       : OFFER_MISSED;
}

void offer_leg_event(struct voice_leg *leg, const struct voice_event *event, void *arg)
{
	struct offer *offer = arg;

	(void)leg;
	if (event->type == VOICE_ANSWERED) {
		answered(offer);
	} else if (event->type == VOICE_DOWN) {
		call_leg_down(&offer->leg, event);
		offer_end(offer, refusal(event));
	} else if (event->type == VOICE_LOST) {
		voice_leg_hangup(offer->leg.voice, 0);
	}
}

/* The leg outlives the offer for the moment its hang-up takes; its row is closed here. */
static void drop_leg(struct offer *offer)
{
	const struct voice_event gone = { .type = VOICE_DOWN, .status = 487 };
	struct voice_leg *leg = offer->leg.voice;

	if (!leg)
		return;
	voice_leg_set_handler(leg, NULL, NULL);
	call_leg_down(&offer->leg, &gone);
	voice_leg_hangup(leg, 0);
}

static const char *const end_names[] = { "answered", "missed", "refused", "cancelled" };

void offer_end(struct offer *offer, enum offer_end how)
{
	struct call *call = offer->call;
	struct agent *agent = offer->agent;
	struct exchange *x = call->x;
	bool queued = call->queue && !offer->personal;
	int64_t pause = queued && call->queue->plan ? call->queue->plan->miss_pause_ms : 30000;

	loop_timer_cancel(x->loop, &offer->timer);
	list_remove(&offer->in_call);
	agent->offer = NULL;
	drop_leg(offer);
	live_offer_ended(offer, end_names[how]);
	if (how == OFFER_MISSED || how == OFFER_REFUSED) {
		call_step(call, end_names[how], agent->user_id, NULL);
		if (queued)
			acd_call_refused(x->acd, call->id, agent->user_id, clock_mono(), pause);
	}
	if (how == OFFER_MISSED && agent->next_state < 0)
		agent_apply(agent, AGENT_MISSES_OFFER, "missed");
	else if (how != OFFER_ANSWERED)
		agent_apply(agent, AGENT_LOSES_OFFER, NULL);
	free(offer);
	if (how == OFFER_MISSED || how == OFFER_REFUSED)
		waiting_offer_failed(call);
}

void offers_cancel(struct call *call, const struct offer *but)
{
	list_for_each_safe(pos, tmp, &call->offers)
	{
		struct offer *offer = list_entry(pos, struct offer, in_call);

		if (offer != but)
			offer_end(offer, OFFER_CANCELLED);
	}
}
