/* Agents: state, phones, after-call work. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_private.h"
#include "id.h"
#include "log/log.h"

#define PHONE_GRACE_MS                                                                             \
	15000 /* without a phone he gets no offers at once, but keeps his state this long */

struct agent *agent_find(struct exchange *x, int64_t user_id)
{
	return hash_get_id(x->agents, (uint64_t)user_id);
}

struct agent *agent_by_extension(struct exchange *x, const char *extension)
{
	return extension ? hash_get(x->agents_by_extension, extension) : NULL;
}

bool agent_reachable(const struct agent *a)
{
	return a->contacts > 0;
}

/* What routing may do with an agent in each state. */
static enum acd_agent_state routing_state(const struct agent *a)
{
	switch (a->state) {
	case AGENT_READY:
		return agent_reachable(a) ? ACD_AGENT_READY : ACD_AGENT_AWAY;
	case AGENT_OFFERED:
		return ACD_AGENT_OFFERED;
	case AGENT_TALKING:
	case AGENT_WRAP_UP:
		return ACD_AGENT_BUSY;
	default:
		return ACD_AGENT_AWAY;
	}
}

static void tell_routing(struct agent *a)
{
	acd_agent_state(a->x->acd, a->user_id, routing_state(a), clock_mono(), a->talk_unreported);
	if (routing_state(a) == ACD_AGENT_READY)
		a->talk_unreported = 0;
	exchange_decide_soon(a->x);
	for (size_t i = 0; a->plan && i < a->plan->member_count; i++) {
		struct queue *q = exchange_queue(a->x, a->plan->members[i].queue);

		if (q)
			queue_touched(q);
	}
}

static void set_state(struct agent *a, enum agent_state state, const char *reason)
{
	int64_t row = id_make(clock_now());

	a->state = state;
	snprintf(a->reason, sizeof(a->reason), "%s", reason ? reason : "");
	a->since = clock_now();
	a->since_mono = clock_mono();
	interaction_agent_state(state == AGENT_SIGNED_OUT ? 0 : row, a->log_row, a->user_id,
		agent_state_names[state], a->reason[0] ? a->reason : NULL, a->since);
	a->log_row = state == AGENT_SIGNED_OUT ? 0 : row;
	tell_routing(a);
	live_agent(a);
}

/* A kept wish is fulfilled as soon as the agent is free. */
static void apply_next(struct agent *a)
{
	enum agent_event event = (enum agent_event)a->next_state;
	char reason[sizeof(a->next_reason)];

	if (a->next_state < 0 || a->state != AGENT_READY)
		return;
	memcpy(reason, a->next_reason, sizeof(reason));
	a->next_state = -1;
	agent_apply(a, event, reason);
}

static void close_wrapup(struct agent *a);

int agent_apply(struct agent *a, enum agent_event event, const char *reason)
{
	int to = agent_state_after(a->state, event);

	if (to < 0)
		return EPERM;
	if (a->state == AGENT_WRAP_UP && event == AGENT_GETS_CALL)
		close_wrapup(a);
	set_state(a, (enum agent_state)to, reason);
	if (!agent_reachable(a) && a->state == AGENT_READY && a->next_state < 0 &&
		!loop_timer_running(&a->phone_timer))
		a->next_state = AGENT_ASKS_SIGN_OUT; /* his phone went while he talked */
	apply_next(a);
	return 0;
}

int agent_ask(struct agent *a, enum agent_event event, const char *reason)
{
	if (event == AGENT_ASKS_READY && !agent_reachable(a))
		return ENOTCONN;
	if (!agent_state_defers(a->state)) {
		a->next_state = -1; /* an earlier wish that never came true */
		return agent_apply(a, event, reason);
	}
	a->next_state = event == AGENT_ASKS_READY ? -1 : (int)event;
	snprintf(a->next_reason, sizeof(a->next_reason), "%s", reason ? reason : "");
	live_agent(a);
	return 0;
}

/* His phone has been away longer than a page takes to reload. */
static void phone_gone(void *arg)
{
	struct agent *a = arg;

	if (!agent_reachable(a))
		agent_apply(a, AGENT_PHONE_GOES, "phone");
}

void agent_registered(struct exchange *x, const char *extension, unsigned contacts, bool browser)
{
	struct agent *a = agent_by_extension(x, extension);
	bool was;

	if (!a)
		return;
	was = agent_reachable(a);
	a->contacts = contacts;
	a->browser = contacts && browser;
	if (a->call && a->call->lost && a->call->talker.voice && a->browser)
		voice_leg_reattach(a->call->talker.voice);
	if (contacts)
		loop_timer_cancel(x->loop, &a->phone_timer);
	else if (was)
		loop_timer_set(x->loop, &a->phone_timer, PHONE_GRACE_MS, phone_gone, a);
	if (was && !contacts &&
		a->offer) /* the call must not wait for a browser that has been closed */
		offer_end(a->offer, OFFER_CANCELLED);
	tell_routing(a);
	live_agent(a);
}

void agent_presence(struct exchange *x, int64_t user_id, bool present)
{
	struct agent *a = agent_find(x, user_id);

	/* A browser that has gone takes its phone with it; the registration tells us. Only the screen needs to know. */
	(void)present;
	if (a)
		live_agent(a);
}

void agent_come_back_later(struct agent *a)
{
	if (a->next_state >= 0)
		return;
	if (a->state == AGENT_BUSY)
		a->next_state = AGENT_ASKS_BUSY;
	else if (a->state == AGENT_REST)
		a->next_state = AGENT_ASKS_REST;
	else if (a->state == AGENT_SIGNED_OUT)
		a->next_state = AGENT_ASKS_SIGN_OUT;
	memcpy(a->next_reason, a->reason, sizeof(a->next_reason));
}

static void close_wrapup(struct agent *a)
{
	int64_t spent = clock_now() - a->wrapup_started;

	loop_timer_cancel(a->x->loop, &a->wrapup_timer);
	interaction_wrapup(a->wrapup_interaction, spent > 0 ? spent : 0,
		a->wrapup_coded ? NULL : "timeout", NULL);
	interaction_step(a->wrapup_interaction, "wrapup_done", a->user_id, 0, NULL);
	acd_handled(a->x->acd, a->wrapup_queue, spent);
	a->wrapup_interaction = 0;
	a->wrapup_until = 0;
}

static void finish_wrapup(struct agent *a)
{
	close_wrapup(a);
	agent_apply(a, AGENT_WRAP_UP_ENDS, NULL);
}

static void wrapup_over(void *arg)
{
	struct agent *a = arg;

	if (a->state == AGENT_WRAP_UP)
		finish_wrapup(a);
}

/* Begins after-call work as the queue says, or frees the agent at once. */
void agent_start_wrapup(struct agent *a, struct call *call)
{
	const struct plan_queue *q = call->queue ? call->queue->plan : NULL;
	enum wrapup_mode mode = q ? q->wrapup : WRAPUP_OPTIONAL;
	int64_t limit = q ? q->wrapup_ms : 30000;

	a->call = NULL;
	a->calls_today++;
	if (mode == WRAPUP_NONE || (!limit && mode != WRAPUP_MANDATORY)) {
		agent_apply(a, AGENT_CALL_ENDS_FREE, NULL);
		return;
	}
	a->wrapup_interaction = call->id;
	a->wrapup_queue = call->queue ? call->queue->id : 0;
	a->wrapup_started = clock_now();
	a->wrapup_mandatory = mode == WRAPUP_MANDATORY || mode == WRAPUP_MANDATORY_LIMIT;
	a->wrapup_coded = false;
	a->wrapup_until = mode == WRAPUP_MANDATORY ? 0 : a->wrapup_started + limit;
	if (a->wrapup_until)
		loop_timer_set(a->x->loop, &a->wrapup_timer, limit, wrapup_over, a);
	interaction_step(call->id, "wrapup_started", a->user_id, 0, NULL);
	agent_apply(a, AGENT_CALL_ENDS, NULL);
}

int agent_wrapup(
	struct agent *a, const char *disposition, const char *note, bool done, int64_t extend_ms)
{
	if (a->state != AGENT_WRAP_UP)
		return EPERM;
	if (disposition || note) {
		interaction_wrapup(a->wrapup_interaction, 0, disposition, note);
		a->wrapup_coded |= disposition != NULL;
	}
	if (done && a->wrapup_mandatory && !a->wrapup_coded)
		return EINVAL;
	if (done) {
		a->wrapup_coded = true; /* ended by hand: no time-out code */
		finish_wrapup(a);
		return 0;
	}
	if (extend_ms && a->wrapup_until) {
		a->wrapup_until += extend_ms;
		if (a->wrapup_until > a->wrapup_started + 900000)
			a->wrapup_until = a->wrapup_started + 900000;
		loop_timer_set(a->x->loop, &a->wrapup_timer, a->wrapup_until - clock_now(),
			wrapup_over, a);
	}
	live_agent(a);
	return 0;
}

void agent_free(struct agent *a)
{
	if (!a)
		return;
	loop_timer_cancel(a->x->loop, &a->wrapup_timer);
	loop_timer_cancel(a->x->loop, &a->phone_timer);
	free(a);
}

static struct agent *agent_create(struct exchange *x, const struct plan_agent *plan)
{
	struct agent *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->x = x;
	a->user_id = plan->user_id;
	a->next_state = -1;
	a->since = clock_now();
	a->since_mono = clock_mono();
	if (hash_set_id(x->agents, (uint64_t)a->user_id, a)) {
		free(a);
		return NULL;
	}
	return a;
}

static void follow_plan(struct agent *a, const struct plan_agent *plan)
{
	a->plan = plan;
	a->present = true;
	a->department_id = plan->department_id;
	a->masks = plan->masks_numbers;
	snprintf(a->name, sizeof(a->name), "%s", plan->name ? plan->name : "");
	snprintf(a->language, sizeof(a->language), "%s", plan->language ? plan->language : "zh-CN");
	if (strcmp(a->extension, plan->extension)) {
		if (a->extension[0])
			hash_remove(a->x->agents_by_extension, a->extension);
		snprintf(a->extension, sizeof(a->extension), "%s", plan->extension);
		a->contacts = 0;
	}
	if (a->extension[0] && hash_set(a->x->agents_by_extension, a->extension, a))
		log_error("exchange", "out of memory: extension not reachable", NULL);
	acd_agent_set(a->x->acd, a->user_id, plan->members, plan->member_count, plan->skills,
		plan->skill_count);
}

static void drop_gone(void *value, void *arg)
{
	struct agent *a = value;

	(void)arg;
	if (a->present)
		return;
	a->plan = NULL;
	acd_agent_remove(a->x->acd, a->user_id);
	sip_account_remove(voice_sip(a->x->voice), a->extension);
	hash_remove(a->x->agents_by_extension, a->extension);
	if (a->call || a->offer) {
		a->present = true; /* stays until the call is over; the next plan drops him */
		return;
	}
	hash_remove_id(a->x->agents, (uint64_t)a->user_id);
	agent_free(a);
}

static void mark_absent(void *value, void *arg)
{
	(void)arg;
	((struct agent *)value)->present = false;
}

/* Brings agents and SIP accounts in line with the current plan. */
int agents_apply_plan(struct exchange *x)
{
	hash_each(x->agents, mark_absent, NULL);
	for (size_t i = 0; i < x->plan->agent_count; i++) {
		const struct plan_agent *p = &x->plan->agents[i];
		struct sip_account account = { .user = p->extension,
			.ha1_md5 = p->ha1_md5,
			.ha1_sha256 = p->ha1_sha256,
			.name = p->name };
		struct agent *a = agent_find(x, p->user_id);

		if (!a)
			a = agent_create(x, p);
		if (!a)
			return ENOMEM;
		follow_plan(a, p);
		if (p->extension[0])
			sip_account_set(voice_sip(x->voice), &account);
		tell_routing(a);
	}
	hash_each(x->agents, drop_gone, NULL);
	return 0;
}
