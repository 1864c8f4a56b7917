/* The live view: what agents, queues and calls look like from outside, and pushing it to the screens. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/exchange_api.h"
#include "log/log.h"
#include "pop/pop.h"

#define LIVE_EVERY_MS 1000

const struct web_field call_fields[] = {
	{ F(struct call_view, id, FIELD_ID) },
	{ F(struct call_view, interaction_id, FIELD_ID) },
	{ F(struct call_view, direction, FIELD_TEXT) },
	{ F(struct call_view, number, FIELD_TEXT) },
	{ F(struct call_view, number_display, FIELD_TEXT) },
	{ F(struct call_view, queue_id, FIELD_ID) },
	{ F(struct call_view, queue_name, FIELD_TEXT) },
	{ F(struct call_view, queue_name_en, FIELD_TEXT) },
	{ F(struct call_view, state, FIELD_TEXT),
		.text = "ringing, dialling, talking, held, lost, ended" },
	{ F(struct call_view, offer_deadline, FIELD_TIME) },
	{ F(struct call_view, started, FIELD_TIME) },
	{ F(struct call_view, answered, FIELD_TIME) },
	{ F(struct call_view, muted, FIELD_BOOL) },
	{ F(struct call_view, recording, FIELD_BOOL) },
	{ F(struct call_view, audio, FIELD_BOOL),
		.text = "false: no audio arrives from the agent's phone" },
	{ F(struct call_view, peer_name, FIELD_TEXT) },
	{ F(struct call_view, hangup_by, FIELD_TEXT) },
	{ 0 },
};

static const struct web_field agent_queue_fields[] = {
	{ F(struct agent_queue_view, id, FIELD_ID) },
	{ F(struct agent_queue_view, name, FIELD_TEXT) },
	{ F(struct agent_queue_view, name_en, FIELD_TEXT) },
	{ 0 },
};

static const struct web_field wrapup_fields[] = {
	{ F(struct wrapup_view, interaction_id, FIELD_ID) },
	{ F(struct wrapup_view, queue_id, FIELD_ID) },
	{ F(struct wrapup_view, until, FIELD_TIME) },
	{ F(struct wrapup_view, mandatory, FIELD_BOOL) },
	{ 0 },
};

const struct web_field agent_fields[] = {
	{ F(struct agent_view, user_id, FIELD_ID) },
	{ F(struct agent_view, name, FIELD_TEXT) },
	{ F(struct agent_view, department_id, FIELD_ID) },
	{ F(struct agent_view, extension, FIELD_TEXT) },
	{ F(struct agent_view, state, FIELD_TEXT),
		.text = "signed_out, ready, offered, talking, wrap_up, busy, rest, no_answer" },
	{ F(struct agent_view, reason, FIELD_TEXT) },
	{ F(struct agent_view, since, FIELD_TIME) },
	{ F(struct agent_view, next_state, FIELD_TEXT) },
	{ F(struct agent_view, phone, FIELD_TEXT), .text = "none, browser, phone" },
	{ F(struct agent_view, queues, FIELD_LIST), .fields = agent_queue_fields,
		.size = sizeof(struct agent_queue_view) },
	{ F(struct agent_view, calls_today, FIELD_INT) },
	{ F(struct agent_view, call, FIELD_JSON) },
	{ F(struct agent_view, wrapup, FIELD_JSON) },
	{ 0 },
};

const struct web_field queue_live_fields[] = {
	{ F(struct queue_view, id, FIELD_ID) },
	{ F(struct queue_view, key, FIELD_TEXT) },
	{ F(struct queue_view, name, FIELD_TEXT) },
	{ F(struct queue_view, name_en, FIELD_TEXT) },
	{ F(struct queue_view, department_id, FIELD_ID) },
	{ F(struct queue_view, waiting, FIELD_INT) },
	{ F(struct queue_view, longest_wait_ms, FIELD_INT) },
	{ F(struct queue_view, ready, FIELD_INT) },
	{ F(struct queue_view, talking, FIELD_INT) },
	{ F(struct queue_view, present, FIELD_INT) },
	{ F(struct queue_view, offered_today, FIELD_INT) },
	{ F(struct queue_view, answered_today, FIELD_INT) },
	{ F(struct queue_view, abandoned_today, FIELD_INT) },
	{ F(struct queue_view, short_today, FIELD_INT) },
	{ F(struct queue_view, flowout_today, FIELD_INT) },
	{ F(struct queue_view, service_level, FIELD_DOUBLE),
		.text = "per cent; -1: nothing to measure yet" },
	{ F(struct queue_view, open, FIELD_BOOL) },
	{ 0 },
};

const struct web_field live_call_fields[] = {
	{ F(struct live_call_view, interaction_id, FIELD_ID) },
	{ F(struct live_call_view, state, FIELD_TEXT),
		.text = "flow, queued, ringing, dialling, talking, held, ending" },
	{ F(struct live_call_view, number, FIELD_TEXT) },
	{ F(struct live_call_view, queue_id, FIELD_ID) },
	{ F(struct live_call_view, queue_name, FIELD_TEXT) },
	{ F(struct live_call_view, agent_id, FIELD_ID) },
	{ F(struct live_call_view, agent_name, FIELD_TEXT) },
	{ F(struct live_call_view, since, FIELD_TIME) },
	{ 0 },
};

char *view_json(struct arena *arena, const struct web_field *fields, const void *in)
{
	struct json_writer w;
	struct buf out;
	char *copy;

	buf_init(&out, 64 * 1024);
	json_begin(&w, &out);
	field_write(&w, fields, in);
	copy = out.err ? NULL : arena_strndup(arena, out.data, out.len);
	buf_release(&out);
	return copy;
}

static const char *shown(const char *number, struct arena *arena, bool masked)
{
	char out[PHONE_MAX];

	if (!masked)
		return arena_strdup(arena, number);
	phone_mask(out, sizeof(out), number);
	return arena_strdup(arena, out);
}

static const char *state_of(const struct call *call, const struct agent *agent)
{
	if (agent && agent->offer && agent->offer->call == call)
		return "ringing";
	switch (call->phase) {
	case CALL_DIALLING:
		return "dialling";
	case CALL_TALKING:
		return call->lost ? "lost" : call->held ? "held" : "talking";
	case CALL_ENDING:
		return "ended";
	default:
		return "ringing";
	}
}

void view_call(struct call_view *v, const struct call *call, const struct agent *agent,
	struct arena *arena, bool masked)
{
	const struct plan_queue *queue = call->queue ? call->queue->plan : NULL;

	*v = (struct call_view){ .id = call->id,
		.interaction_id = call->id,
		.direction = call->direction,
		.state = state_of(call, agent),
		.started = call->started,
		.answered = call->answered,
		.muted = call->muted,
		.recording = call->recording != 0,
		.audio = !call->quiet,
		.peer_name = arena_strdup(
			arena, call->known.matches == 1 ? call->known.name : call->caller_name),
		.hangup_by = call->hangup_by };
	v->number = v->number_display = shown(call->number, arena, masked);
	if (agent && agent->offer && agent->offer->call == call)
		v->offer_deadline = agent->offer->deadline;
	if (queue) {
		v->queue_id = queue->id;
		v->queue_name = queue->name;
		v->queue_name_en = queue->name_en;
	}
}

static const char *next_state_name(int event)
{
	switch (event) {
	case AGENT_ASKS_BUSY:
		return "busy";
	case AGENT_ASKS_REST:
		return "rest";
	case AGENT_ASKS_SIGN_OUT:
		return "signed_out";
	default:
		return NULL;
	}
}

static void view_agent_queues(struct agent_view *v, const struct agent *a, struct arena *arena)
{
	struct agent_queue_view *list =
		a->plan ? arena_alloc(arena, (a->plan->member_count + 1) * sizeof(*list)) : NULL;

	v->queues.items = list;
	for (size_t i = 0; list && i < a->plan->member_count; i++) {
		const struct plan_queue *q = plan_queue(a->x->plan, a->plan->members[i].queue);

		if (q)
			list[v->queues.count++] =
				(struct agent_queue_view){ q->id, q->name, q->name_en };
	}
}

void view_agent(struct agent_view *v, struct agent *a, struct arena *arena, bool masked)
{
	const struct call *call = a->call ? a->call : a->offer ? a->offer->call : NULL;
	struct call_view cv;

	*v = (struct agent_view){ .user_id = a->user_id,
		.department_id = a->department_id,
		.since = a->since,
		.calls_today = a->calls_today,
		.name = arena_strdup(arena, a->name),
		.extension = arena_strdup(arena, a->extension),
		.state = agent_state_names[a->state],
		.reason = a->reason[0] ? arena_strdup(arena, a->reason) : NULL,
		.next_state = next_state_name(a->next_state),
		.phone = !a->contacts ? "none"
			 : a->browser ? "browser"
				      : "phone" };
	view_agent_queues(v, a, arena);
	if (call) {
		view_call(&cv, call, a, arena, masked);
		v->call = view_json(arena, call_fields, &cv);
	}
	if (a->state == AGENT_WRAP_UP) {
		struct wrapup_view w = { a->wrapup_interaction, a->wrapup_queue, a->wrapup_until,
			a->wrapup_mandatory };

		v->wrapup = view_json(arena, wrapup_fields, &w);
	}
}

static void count_queue_calls(struct queue_view *v, struct queue *q)
{
	int64_t now = clock_mono();

	list_for_each(pos, &q->x->call_list)
	{
		const struct call *call = list_entry(pos, struct call, in_exchange);

		if (call->queue != q)
			continue;
		if (call->phase == CALL_TALKING)
			v->talking++;
		if (call->phase == CALL_QUEUED && call->entry_id &&
			now - call->entered_ms > v->longest_wait_ms)
			v->longest_wait_ms = now - call->entered_ms;
	}
}

static bool is_open(const struct queue *q)
{
	char name[96];
	const char *state =
		plan_calendar_state(plan_calendar(q->x->plan, q->plan->calendar_id), clock_now());

	snprintf(name, sizeof(name), "closed:%s", q->plan->key);
	return (!strcmp(state, "open") || !strcmp(state, "special")) &&
	       !plan_switch_on(q->x->plan, name, clock_now());
}

void view_queue(struct queue_view *v, struct queue *q)
{
	size_t present = 0, ready = 0;
	/* Requirements 6.2, the default: answered within T / (answered + abandoned - short). */
	unsigned base = q->answered_today + q->abandoned_today - q->short_today;

	acd_staff(q->x->acd, q->id, &present, &ready);
	*v = (struct queue_view){ .id = q->id,
		.department_id = q->plan->department_id,
		.waiting = (int64_t)q->waiting,
		.ready = (int64_t)ready,
		.present = (int64_t)present,
		.offered_today = q->offered_today,
		.answered_today = q->answered_today,
		.abandoned_today = q->abandoned_today,
		.short_today = q->short_today,
		.flowout_today = q->flowout_today,
		.service_level = base ? 100.0 * q->in_time_today / base : -1,
		.key = q->plan->key,
		.name = q->plan->name,
		.name_en = q->plan->name_en,
		.open = is_open(q) };
	count_queue_calls(v, q);
}

void view_live_call(
	struct live_call_view *v, const struct call *call, struct arena *arena, bool masked)
{
	static const char *const phases[] = { "flow", "flow", "queued", "dialling", "talking",
		"ending" };

	*v = (struct live_call_view){ .interaction_id = call->id,
		.since = call->started,
		.department_id = call->department_id,
		.state = call->held ? "held"
			 : call->phase == CALL_QUEUED && !list_empty(&call->offers)
				 ? "ringing"
				 : phases[call->phase],
		.number = shown(call->number, arena, masked) };
	if (call->queue && call->queue->plan) {
		v->queue_id = call->queue->id;
		v->queue_name = call->queue->plan->name;
	}
	if (call->agent) {
		v->agent_id = call->agent->user_id;
		v->agent_name = arena_strdup(arena, call->agent->name);
	}
}

/* --- pushing --- */

static void push(struct exchange *x, const char *type, int64_t user_id, const char *permission,
	int64_t department_id, const char *json)
{
	const struct event event = { .type = type,
		.user_id = user_id,
		.permission = permission,
		.department_id = department_id,
		.json = json };

	if (json)
		event_push(x->platform->events, &event);
}

/* To the agent himself, and to those who may see live agents of his department. */
void live_agent(struct agent *a)
{
	struct arena *arena = arena_create(256 * 1024);
	struct agent_view v;

	if (!arena)
		return;
	/* One text for all receivers, so numbers in it are masked; the agent's own screen shows them from GET /agent/me. */
	view_agent(&v, a, arena, true);
	push(a->x, "agent.state", 0, "queue.live", a->department_id,
		view_json(arena, agent_fields, &v));
	view_agent(&v, a, arena, a->masks);
	push(a->x, "agent.state", a->user_id, NULL, 0, view_json(arena, agent_fields, &v));
	arena_free(arena);
}

/* A pop on its way: through the journal, so that what was written before it can be read; then it is read on the plan thread and
 * pushed from there. */
struct pop_order {
	struct exchange *x;
	int64_t interaction, user;
};

static int read_and_push(struct db *db, void *arg)
{
	const struct pop_order *o = arg;
	struct arena *arena = arena_create(0);
	const char *json;
	int err = arena ? pop_json(db, arena, o->interaction, o->user, &json) : ENOMEM;

	if (!err)
		push(o->x, "pop.show", o->user, NULL, 0, json);
	arena_free(arena);
	return err;
}

static void make_pop(void *arg)
{
	struct pop_order *o = arg;
	int err = db_read(o->x->platform->database, read_and_push, o);

	if (err)
		log_warn("exchange", "pop could not be made, the page reads it itself", "call",
			LOG_I(o->interaction), "error", strerror(err), NULL);
	free(o);
}

static void rows_are_there(void *arg)
{
	struct pop_order *o = malloc(sizeof(*o));

	if (!o)
		return;
	*o = *(struct pop_order *)arg;
	if (loop_post(o->x->plan_loop, make_pop, o))
		free(o);
}

static int after_rows(struct db *db, void *arg)
{
	return db_after_commit(db, rows_are_there, arg);
}

static void push_pop(struct call *call, struct agent *agent)
{
	struct pop_order *o = malloc(sizeof(*o));

	if (!o)
		return;
	*o = (struct pop_order){ call->x, call->id, agent->user_id };
	if (db_journal(call->x->platform->database, after_rows, free, o)) {
		log_error("exchange", "journal is full, pop lost", "call", LOG_I(call->id), NULL);
		free(o);
	}
}

void live_pop(struct call *call, struct agent *agent, enum pop_moment moment)
{
	enum pop_moment wanted =
		call->queue && call->queue->plan ? call->queue->plan->pop : POP_BOTH;

	if (wanted == POP_BOTH || wanted == moment)
		push_pop(call, agent);
}

void live_offer(struct offer *offer)
{
	struct arena *arena = arena_create(64 * 1024);
	struct call_view v;

	if (!arena)
		return;
	view_call(&v, offer->call, offer->agent, arena, offer->agent->masks);
	push(offer->call->x, "offer.made", offer->agent->user_id, NULL, 0,
		arena_printf(arena, "{\"offer_id\":\"%lld\",\"deadline\":%lld,\"call\":%s}",
			(long long)offer->id, (long long)offer->deadline,
			view_json(arena, call_fields, &v)));
	arena_free(arena);
	live_pop(offer->call, offer->agent, POP_RING);
}

void live_offer_ended(struct offer *offer, const char *reason)
{
	char json[128];

	snprintf(json, sizeof(json),
		"{\"offer_id\":\"%lld\",\"call_id\":\"%lld\",\"reason\":\"%s\"}",
		(long long)offer->id, (long long)offer->call->id, reason);
	push(offer->call->x, "offer.ended", offer->agent->user_id, NULL, 0, json);
}

void live_call(struct call *call, struct agent *agent)
{
	struct arena *arena = arena_create(64 * 1024);
	struct call_view v;

	if (!arena)
		return;
	view_call(&v, call, agent, arena, agent->masks);
	push(call->x, "call.changed", agent->user_id, NULL, 0, view_json(arena, call_fields, &v));
	arena_free(arena);
}

/* For the agent this call is over, also when the caller goes on elsewhere. */
void live_ended(struct call *call, struct agent *agent)
{
	struct arena *arena = arena_create(64 * 1024);
	struct call_view v;

	if (!arena)
		return;
	view_call(&v, call, NULL, arena, agent->masks);
	v.state = "ended";
	push(call->x, "call.changed", agent->user_id, NULL, 0, view_json(arena, call_fields, &v));
	arena_free(arena);
}

static void push_queue(void *value, void *arg)
{
	struct queue *q = value;
	struct arena *arena;
	struct queue_view v;

	(void)arg;
	if (!q->dirty || !q->plan)
		return;
	q->dirty = false;
	arena = arena_create(16 * 1024);
	if (!arena)
		return;
	view_queue(&v, q);
	push(q->x, "queue.live", 0, "queue.live", v.department_id,
		view_json(arena, queue_live_fields, &v));
	arena_free(arena);
}

static void live_tick(void *arg)
{
	struct exchange *x = arg;

	x->live_pending = false;
	hash_each(x->queues, push_queue, NULL);
}

void live_soon(struct exchange *x)
{
	if (x->live_pending || x->stopping)
		return;
	x->live_pending = !loop_timer_set(x->loop, &x->live_timer, LIVE_EVERY_MS, live_tick, x);
}
