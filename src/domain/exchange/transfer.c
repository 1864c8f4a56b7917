/* Blind transfer: the agent is out, the caller goes on to a queue, a person, a flow or an outside number (A24). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"
#include "id.h"

struct destination {
	struct queue *queue;
	struct agent *agent;
	const struct plan_flow *flow;
	const struct plan_trunk *trunk;
	char number[PHONE_MAX];
};

static int find_queue(struct call *call, const char *target, struct destination *to)
{
	const struct plan_queue *plan = plan_queue(call->x->plan, id_parse(target));

	if (!plan)
		plan = plan_queue_by_key(call->x->plan, target);
	to->queue = plan ? exchange_queue(call->x, plan->id) : NULL;
	return to->queue ? 0 : ENOENT;
}

static int find_agent(struct call *call, const char *target, struct destination *to)
{
	to->agent = agent_by_extension(call->x, target);
	if (!to->agent)
		to->agent = agent_find(call->x, id_parse(target));
	if (!to->agent || to->agent == call->agent)
		return ENOENT;
	/* Told before the caller is let go: he must not fall into nothing. */
	if (!agent_reachable(to->agent) || to->agent->offer ||
		agent_state_after(to->agent->state, AGENT_GETS_OFFER) < 0)
		return EBUSY;
	return 0;
}

static int find_flow(struct call *call, const char *target, struct destination *to)
{
	to->flow = plan_flow(call->x->plan, id_parse(target));
	if (!to->flow)
		to->flow = plan_flow_by_key(call->x->plan, target);
	if (!to->flow && !*target)
		to->flow = plan_flow(call->x->plan, call->flow_id);
	return to->flow ? 0 : ENOENT;
}

static int find_number(struct call *call, const char *target, struct destination *to)
{
	if (phone_normalize(to->number, sizeof(to->number), target, exchange_area_code(call->x)))
		return EINVAL;
	if (!call->agent || !dial_allowed(call->agent->plan, to->number))
		return EACCES;
	to->trunk = dial_trunk(call->x->plan, to->number);
	return to->trunk ? 0 : EHOSTUNREACH;
}

static const struct {
	const char *kind;
	int (*find)(struct call *call, const char *target, struct destination *to);
} kinds[] = {
	{ "queue", find_queue },
	{ "agent", find_agent },
	{ "ivr", find_flow },
	{ "number", find_number },
};

/* The agent's leg goes; the customer's stays where it is. */
static void release_talker(struct call *call)
{
	const struct voice_event gone = { .type = VOICE_DOWN, .status = 200 };
	struct voice_leg *leg = call->talker.voice;

	talk_end(call);
	if (!leg)
		return;
	voice_leg_set_handler(leg, NULL, NULL);
	call_leg_down(&call->talker, &gone);
	voice_leg_hangup(leg, 0);
}

static int to_number(struct call *call, const struct destination *to)
{
	struct sip_target target = {
		.trunk = to->trunk->name, .number = to->number, .caller = call->number
	};

	call_enter_phase(call, CALL_DIALLING);
	sound_ringback(call);
	call->talker_is_outside = true;
	call->talker.voice = voice_leg_call(call->room, &target, false, call_leg_handler, call);
	if (!call->talker.voice)
		return ENOBUFS;
	call_leg_opened(call, &call->talker, "outside", 0);
	return 0;
}

/* The caller goes back into the flow he was transferred from. */
void transfer_failed(struct call *call, const char *port)
{
	call->transfer_from_node = false;
	call->talker_is_outside = false;
	flow_result(call, port);
}

static void fail_soon(void *arg)
{
	transfer_failed(arg, "fail");
}

/* From a flow, which administrators write: extensions, and outside numbers of this country only. */
void transfer_from_flow(struct call *call, const char *kind, const char *target)
{
	struct destination to = { 0 };
	int err = EINVAL;

	call->transfer_from_node = true;
	if (!strcmp(kind, "extension")) {
		err = find_agent(call, target, &to);
		if (!err)
			err = waiting_for_agent(call, to.agent);
	} else if (!phone_normalize(
			   to.number, sizeof(to.number), target, exchange_area_code(call->x)) &&
		   to.number[0] != '+' && strncmp(to.number, "00", 2) != 0) {
		to.trunk = dial_trunk(call->x->plan, to.number);
		err = to.trunk ? to_number(call, &to) : EHOSTUNREACH;
	}
	if (err) /* not from within the node that asks */
		loop_timer_set(call->x->loop, &call->queue_timer, 0, fail_soon, call);
}

int transfer_blind(struct call *call, const char *kind, const char *target)
{
	struct destination to = { 0 };
	char detail[128];
	int err = EINVAL;

	if (call->phase != CALL_TALKING || !call->customer.voice ||
		voice_leg_state(call->customer.voice) != LEG_UP)
		return EPERM;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].kind, kind))
			err = kinds[i].find(call, target, &to);
	}
	if (err)
		return err;
	snprintf(detail, sizeof(detail), "%s:%.100s", kind, target);
	call_step(call, "transferred", call->agent ? call->agent->user_id : 0, detail);
	release_talker(call);
	if (to.queue)
		err = waiting_enter(call, to.queue);
	else if (to.agent)
		err = waiting_for_agent(call, to.agent);
	else if (to.flow)
		err = flow_enter(call, to.flow);
	else
		err = to_number(call, &to);
	if (err)
		call_end(call, "system", 0);
	return 0;
}
