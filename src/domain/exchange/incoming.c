/* Calls in: by called number into a flow, to an extension, or out through a trunk. Calls out: placed by an agent. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"
#include "id.h"
#include "log/log.h"

static void set_caller(struct call *call, const struct sip_event *event)
{
	struct exchange *x = call->x;

	if (event->origin == SIP_ORIGIN_GUEST || phone_normalize(call->number, sizeof(call->number),
							 event->caller, exchange_area_code(x))) {
		/* No number: an extension's own digits are kept, anything else counts as withheld. */
		bool digits = event->origin != SIP_ORIGIN_GUEST && event->caller[0] &&
			      strspn(event->caller, "0123456789") == strlen(event->caller);

		snprintf(call->number, sizeof(call->number), "%.31s", digits ? event->caller : "");
	}
	snprintf(call->called, sizeof(call->called), "%.63s", event->called);
	snprintf(call->caller_name, sizeof(call->caller_name), "%.63s",
		event->caller_name ? event->caller_name : "");
	if (event->origin == SIP_ORIGIN_TRUNK)
		snprintf(call->origin, sizeof(call->origin), "trunk:%.60s", event->trunk);
	else if (event->origin == SIP_ORIGIN_ACCOUNT)
		snprintf(call->origin, sizeof(call->origin), "account:%.60s", event->account);
	else
		snprintf(call->origin, sizeof(call->origin), "guest");
}

/* A spoken notice instead of a call: what is wrong, then the refusal. */
static void refuse_aloud(struct call *call, const char *prompt, int status)
{
	struct ivr_part part = { .kind = IVR_AUDIO, .text = prompt };

	call_enter_phase(call, CALL_FLOW);
	call_set_outcome(call, "failed");
	if (voice_leg_early(call->customer.voice)) {
		call_end(call, "system", status);
		return;
	}
	call->notice_status = status;
	sound_play(call, &part, 1, call->language, false);
}

static void to_flow(struct call *call, const struct plan_flow *flow)
{
	int err = voice_leg_answer(call->customer.voice);

	if (err)
		return; /* refused with 488; VOICE_DOWN closes the call */
	call_leg_up(&call->customer);
	err = flow_enter(call, flow);
	if (err) {
		log_error("exchange", "flow could not be started", "flow", flow->key, "error",
			strerror(err), NULL);
		call_end(call, "system", 0);
	}
}

static void to_agent(struct call *call, struct agent *agent)
{
	if (voice_leg_answer(call->customer.voice))
		return;
	call_leg_up(&call->customer);
	if (waiting_for_agent(call, agent))
		refuse_aloud(call, "system.unavailable", 480);
}

bool dial_allowed(const struct plan_agent *who, const char *number)
{
	size_t len = strlen(number);

	if (!who || !who->may_dial || !len || len > 20 || strspn(number, "0123456789+") != len)
		return false;
	/* International and premium prefixes are closed unless the right is held (toll fraud). */
	if (number[0] == '+' || !strncmp(number, "00", 2))
		return who->may_dial_international;
	return strncmp(number, "168", 3) != 0 && strncmp(number, "0900", 4) != 0;
}

const struct plan_trunk *dial_trunk(const struct plan *plan, const char *number)
{
	(void)number;
	/* The first active trunk; routes by prefix come with the dial plan's own table. */
	for (size_t i = 0; i < plan->trunk_count; i++) {
		if (plan->trunks[i].id)
			return &plan->trunks[i];
	}
	return plan->trunk_count ? &plan->trunks[0] : NULL;
}

/* A desk phone has dialled an outside number: the phone is the agent's leg, the number called is the customer. */
static void out_of_desk(struct call *call, struct agent *agent, const struct plan_trunk *trunk)
{
	struct sip_target target = {
		.trunk = trunk->name, .number = call->dialled, .caller = agent->extension
	};

	call->talker = call->customer;
	call->customer = (struct call_leg){ 0 };
	call->agent = agent;
	agent->call = call;
	agent_come_back_later(agent);
	agent_apply(agent, AGENT_GETS_CALL, NULL);
	call_enter_phase(call, CALL_DIALLING);
	call->customer.voice = voice_leg_call(call->room, &target, false, call_leg_handler, call);
	if (!call->customer.voice) {
		call_end(call, "system", 503);
		return;
	}
	call_leg_opened(call, &call->customer, "outside", 0);
	call_changed(call);
}

static void from_desk(struct call *call, struct agent *agent)
{
	const struct plan_trunk *trunk = dial_trunk(call->x->plan, call->dialled);

	if (!call->dialled[0] || !agent || !dial_allowed(agent->plan, call->dialled))
		refuse_aloud(call, "system.unknown_number", 404);
	else if (!trunk || agent->call || agent->offer ||
		 agent_state_after(agent->state, AGENT_GETS_CALL) < 0)
		refuse_aloud(call, "system.unavailable", 503);
	else
		out_of_desk(call, agent, trunk);
}

/* The other side of a call that an agent's desk phone places is the number it has dialled. */
static void set_dialled(struct call *call, const struct sip_event *event, const struct agent *agent)
{
	char number[PHONE_MAX];

	if (phone_normalize(number, sizeof(number), event->called, exchange_area_code(call->x)))
		snprintf(number, sizeof(number), "%.31s", event->called);
	else
		snprintf(call->dialled, sizeof(call->dialled), "%s", number);
	snprintf(call->number, sizeof(call->number), "%s", number);
	call->department_id = agent ? agent->department_id : 0;
}

static const char *direction_of(
	const struct sip_event *event, const struct plan_flow *flow, const struct agent *callee)
{
	if (event->origin != SIP_ORIGIN_ACCOUNT || flow)
		return "in";
	return callee ? "internal" : "out";
}

void incoming_call(struct voice_leg *leg, const struct sip_event *event, void *arg)
{
	struct exchange *x = arg;
	const struct plan_flow *flow = plan_flow_for_number(x->plan, event->called);
	struct agent *callee = agent_by_extension(x, event->called);
	struct agent *caller =
		event->origin == SIP_ORIGIN_ACCOUNT ? agent_by_extension(x, event->account) : NULL;
	const char *direction = direction_of(event, flow, callee);
	bool out = !strcmp(direction, "out");
	struct call *call;

	if (event->origin == SIP_ORIGIN_GUEST &&
		(!flow || !config_bool(x->platform->config, "guest_call"))) {
		voice_leg_refuse(leg, 403);
		return;
	}
	call = x->stopping ? NULL : call_create(x, direction);
	if (!call) {
		voice_leg_refuse(leg, 503);
		return;
	}
	set_caller(call, event);
	if (out)
		set_dialled(call, event, caller);
	call->customer.voice = leg;
	if (flow) {
		call->flow_id = flow->id;
		call->flow_version = flow->version;
	}
	call_opened(call, event->call_id, out && caller ? caller->user_id : 0);
	if (voice_leg_enter(leg, call->room, call_leg_handler, call)) {
		log_error("exchange", "no media for a call", "call", LOG_I(call->id), NULL);
		voice_leg_set_handler(leg, call_leg_handler, call);
		call_end(call, "system", 503);
		return;
	}
	call_leg_opened(
		call, &call->customer, caller ? "agent" : "caller", caller ? caller->user_id : 0);
	lookup_start(call);
	if (flow)
		to_flow(call, flow);
	else if (out)
		from_desk(call, caller);
	else if (callee && callee != caller)
		to_agent(call, callee);
	else
		refuse_aloud(call, "system.unknown_number", 404);
}

/* The agent's own phone has answered: now the other side is called, and the agent hears it ring. */
static void own_phone_event(struct voice_leg *leg, const struct voice_event *event, void *arg)
{
	struct call *call = arg;
	const struct plan_trunk *trunk;
	struct agent *inside;
	struct sip_target target = { 0 };

	if (event->type == VOICE_DOWN) {
		call_leg_handler(leg, event, call);
		return;
	}
	if (event->type != VOICE_ANSWERED)
		return;
	voice_leg_set_handler(leg, call_leg_handler, call);
	call_leg_up(&call->talker);
	inside = agent_by_extension(call->x, call->dialled);
	trunk = dial_trunk(call->x->plan, call->dialled);
	target.caller = call->agent ? call->agent->extension : NULL;
	if (inside) {
		target.account = inside->extension;
	} else if (trunk) {
		target.trunk = trunk->name;
		target.number = call->dialled;
	}
	call->customer.voice = voice_leg_call(
		call->room, &target, inside && inside->browser, call_leg_handler, call);
	if (!call->customer.voice) {
		call_end(call, "system", 503);
		return;
	}
	call_leg_opened(
		call, &call->customer, inside ? "agent" : "outside", inside ? inside->user_id : 0);
}

int dial_own_call(struct agent *a, const char *number, int64_t customer_id, struct call **callp)
{
	struct exchange *x = a->x;
	struct sip_target target = { .account = a->extension, .caller = number, .ring_ms = 30000 };
	char normal[PHONE_MAX], headers[96];
	struct agent *inside = agent_by_extension(x, number);
	struct call *call;

	if (!agent_reachable(a))
		return ENOTCONN;
	if (a->call || a->offer || agent_state_after(a->state, AGENT_GETS_CALL) < 0)
		return EBUSY;
	if (inside)
		snprintf(normal, sizeof(normal), "%s", number);
	else if (phone_normalize(normal, sizeof(normal), number, exchange_area_code(x)))
		return EINVAL;
	if (!inside && !dial_allowed(a->plan, normal))
		return EPERM;
	if (!inside && !dial_trunk(x->plan, normal))
		return EHOSTUNREACH;
	call = call_create(x, inside ? "internal" : "out");
	if (!call)
		return EBUSY;
	snprintf(call->number, sizeof(call->number), "%s", normal);
	snprintf(call->dialled, sizeof(call->dialled), "%s", normal);
	snprintf(call->called, sizeof(call->called), "%s", normal);
	snprintf(call->origin, sizeof(call->origin), "account:%s", a->extension);
	call->customer_id = customer_id;
	call->department_id = a->department_id;
	call_opened(call, NULL, a->user_id);
	snprintf(headers, sizeof(headers), "X-Hotline-Call: %lld\r\nX-Hotline-Own: 1\r\n",
		(long long)call->id);
	target.headers = headers;
	call->agent = a;
	call->talker.voice = voice_leg_call(call->room, &target, a->browser, own_phone_event, call);
	if (!call->talker.voice) {
		call->agent = NULL;
		call_end(call, "system", 0);
		return ENOBUFS;
	}
	a->call = call;
	agent_come_back_later(a);
	agent_apply(a, AGENT_GETS_CALL, NULL);
	call_leg_opened(call, &call->talker, "agent", a->user_id);
	call_enter_phase(call, CALL_DIALLING);
	call_changed(call);
	*callp = call;
	return 0;
}
