/* A session: inputs in, one node at a time, on to the next. Nodes say where to go; nothing here calls itself, so neither a long flow nor a
 * host that answers from inside its functions can use up the stack. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "clock/clock.h"
#include "session.h"

static void release(struct ivr_session *s)
{
	ivr_variables_free(s);
	arena_free(s->visit);
	free(s->visits);
	ivr_flow_release(s->flow);
	explicit_bzero(s->digits, sizeof(s->digits));
	explicit_bzero(s->keys, sizeof(s->keys));
	free(s);
}

int ivr_session_create(struct ivr_session **sp, struct ivr_flow *flow, const struct ivr_host *host,
	void *call, const struct ivr_start *start)
{
	struct ivr_session *s;
	int err;

	if (!sp || !flow || !host || !start)
		return EINVAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return ENOMEM;
	s->flow = ivr_flow_hold(flow);
	s->host = host;
	s->call = call;
	s->started_ms = start->now_ms;
	s->started_mono = clock_mono();
	s->visit = arena_create(IVR_VISIT_MEMORY);
	s->visits = calloc(flow->node_count, sizeof(*s->visits));
	err = s->visit && s->visits
		      ? ivr_set_language(s, start->language ? start->language : flow->language)
		      : ENOMEM;
	if (!err)
		err = ivr_set_quietly(s, "caller", start->caller ? start->caller : "", false);
	if (!err)
		err = ivr_set_quietly(s, "called", start->called ? start->called : "", false);
	if (err)
		release(s);
	else
		*sp = s;
	return err;
}

void ivr_session_free(struct ivr_session *s)
{
	if (!s)
		return;
	s->ended = true;
	s->dead = true;
	if (!s->busy)
		release(s);
}

int64_t ivr_now(const struct ivr_session *s)
{
	return s->started_ms + (clock_mono() - s->started_mono);
}

void *ivr_session_call(struct ivr_session *s)
{
	return s->call;
}

const struct ivr_host *ivr_session_host(struct ivr_session *s)
{
	return s->host;
}

const char *ivr_language(struct ivr_session *s)
{
	return s->language;
}

int ivr_set_language(struct ivr_session *s, const char *language)
{
	if (!language || !*language || strlen(language) >= sizeof(s->language))
		return EINVAL;
	snprintf(s->language, sizeof(s->language), "%s", language);
	return 0;
}

void ivr_timer(struct ivr_session *s, int64_t ms)
{
	s->timer_on = ms > 0;
	if (s->host->timer)
		s->host->timer(s->call, ms);
}

/* --- moving --- */

static void run(struct ivr_session *s);

static void run_from_outside(struct ivr_session *s)
{
	if (!s->busy)
		run(s);
}

int ivr_leave(struct ivr_session *s, const char *port)
{
	if (!port || !*port || strlen(port) > IVR_MAX_ID)
		return EINVAL;
	snprintf(s->leaving, sizeof(s->leaving), "%s", port);
	run_from_outside(s);
	return 0;
}

void ivr_go(struct ivr_session *s, const struct ivr_node *to, const char *port)
{
	s->go = to;
	snprintf(s->leaving, sizeof(s->leaving), "%s", port);
}

static void end(struct ivr_session *s, const char *cause)
{
	if (s->ended)
		return;
	ivr_stop_play(s);
	s->ended = true;
	s->go = NULL;
	s->leaving[0] = '\0';
	if (s->host->ended)
		s->host->ended(s->call, cause);
}

/* The visit is over: what runs is stopped and one line of the trace is written. */
static void close_visit(struct ivr_session *s, const char *port)
{
	const struct ivr_node *n = s->node;

	if (!n)
		return;
	if (n->type->leave)
		n->type->leave(s, n, s->state);
	ivr_stop_play(s);
	if (s->timer_on)
		ivr_timer(s, 0);
	if (s->mask)
		memset(s->keys, '*', s->key_count);
	if (s->host->trace)
		s->host->trace(s->call, n->id, n->type->name, n->name, port, s->keys);
	s->node = NULL;
	s->state = NULL;
	s->key_count = 0;
	s->keys[0] = '\0';
	s->mask = false;
}

/* Nothing in the flow takes care of the error: the caller hears that much, then it ends. */
static void say_goodbye(struct ivr_session *s, const char *cause)
{
	static const char zh[] = "抱歉，系统暂时无法为您服务，请稍后再拨。";
	static const char en[] = "We are sorry, the service is not available at the moment. Please "
				 "call again later.";
	const struct ivr_part part = { .kind = IVR_SPEECH,
		.text = strncmp(s->language, "zh", 2) ? en : zh };

	s->goodbye = cause;
	if (s->hung_up || !s->host->play) {
		end(s, cause);
		return;
	}
	s->playing = true;
	s->host->play(s->call, &part, 1, s->language, false);
}

static void follow_error(struct ivr_session *s, const struct ivr_node *n, const char *cause)
{
	const struct ivr_node *to = n ? ivr_node_edge(n, "error") : NULL;

	if (!to || s->at_limit)
		to = s->error_count++ < IVR_MAX_ERRORS ? s->flow->on_error : NULL;
	if (to)
		s->go = to;
	else
		say_goodbye(s, cause);
}

/* onError gets one chance to bring the call to an end. */
static void follow_limit(struct ivr_session *s)
{
	if (s->at_limit) {
		end(s, "limit");
		return;
	}
	s->at_limit = true;
	follow_error(s, NULL, "limit");
}

static bool over_time(const struct ivr_session *s)
{
	int64_t most = s->flow->defaults.max_duration_ms + (s->at_limit ? IVR_GRACE_MS : 0);

	return clock_mono() - s->started_mono > most;
}

int ivr_count_visit(struct ivr_session *s, const struct ivr_node *n)
{
	unsigned grace = s->at_limit ? IVR_GRACE_VISITS : 0;

	s->visit_count++;
	s->visits[n->index]++;
	return s->visit_count > IVR_MAX_VISITS + grace ||
			       s->visits[n->index] > IVR_MAX_NODE_VISITS + grace
		       ? EOVERFLOW
		       : 0;
}

static void fail(struct ivr_session *s, int err)
{
	const struct ivr_node *n = s->node;

	s->leaving[0] = '\0';
	s->go = NULL;
	close_visit(s, "error");
	if (err == EOVERFLOW)
		follow_limit(s);
	else
		follow_error(s, n, "error");
}

static void enter(struct ivr_session *s, const struct ivr_node *n)
{
	int err = ivr_count_visit(s, n);

	if (err || over_time(s)) {
		follow_limit(s);
		return;
	}
	arena_reset(s->visit);
	s->node = n;
	s->state = arena_alloc(s->visit, n->type->state_size ? n->type->state_size : 1);
	err = s->state ? n->type->enter(s, n, s->state) : ENOMEM;
	if (err && !s->ended)
		fail(s, err);
}

static void move_on(struct ivr_session *s)
{
	const struct ivr_node *n = s->node, *to = s->go;
	char port[IVR_MAX_ID + 1];

	memcpy(port, s->leaving, sizeof(port));
	s->leaving[0] = '\0';
	s->go = NULL;
	close_visit(s, port);
	if (to || !n)
		s->go = to;
	else if (!strcmp(port, "error"))
		follow_error(s, n, "error");
	else {
		s->go = ivr_node_follow(n, port);
		if (!s->go)
			end(s, "normal"); /* an open port hangs up */
	}
}

static void resume(struct ivr_session *s, const struct ivr_input *in)
{
	const struct ivr_node *n = s->node;
	int err = 0;

	if (!n)
		return;
	if (n->type->resume)
		err = n->type->resume(s, n, s->state, in);
	else if (in->kind == IVR_IN_RESULT)
		err = ivr_leave(s, in->port);
	else if (in->kind == IVR_IN_PLAYED)
		err = ivr_leave(s, "next");
	if (err && !s->ended)
		fail(s, err);
}

/* --- inputs --- */

static void take_digit(struct ivr_session *s, char digit)
{
	const struct ivr_node *n = s->node;
	struct ivr_input in = { .kind = IVR_IN_DIGIT, .digit = digit };
	bool habit = digit == s->swallow && clock_mono() < s->swallow_until;

	s->swallow = 0;
	if (habit || !n)
		return;
	if (n->type->waits && !n->type->keeps_digits) {
		ivr_record_key(s, digit);
		resume(s, &in);
		return;
	}
	if (s->digit_count == IVR_TYPE_AHEAD)
		return; /* nobody types that far ahead on purpose */
	ivr_keep_digit(s, digit);
	if (n->type->keeps_digits)
		resume(s, &in);
}

static void hang_up(struct ivr_session *s)
{
	s->hung_up = true;
	s->playing = false; /* the host has no leg any more */
	s->leaving[0] = '\0';
	s->go = NULL;
	close_visit(s, "hangup");
	s->goodbye = NULL;
	if (s->flow->on_hangup)
		s->go = s->flow->on_hangup;
	else
		end(s, "normal");
}

static void take_input(struct ivr_session *s, const struct ivr_waiting_input *w)
{
	struct ivr_input in = { .kind = w->kind, .digit = w->digit, .port = w->port };

	if (w->kind == IVR_IN_HANGUP) {
		if (!s->hung_up)
			hang_up(s);
		return;
	}
	if (w->kind == IVR_IN_PLAYED) {
		if (!s->playing)
			return; /* of a play that was stopped */
		s->playing = false;
	}
	if (w->kind == IVR_IN_TIMER)
		s->timer_on = false;
	if (s->goodbye) {
		if (w->kind == IVR_IN_PLAYED)
			end(s, s->goodbye);
		return;
	}
	if (s->node && over_time(s)) {
		fail(s, EOVERFLOW);
		return;
	}
	if (w->kind == IVR_IN_DIGIT)
		take_digit(s, w->digit);
	else
		resume(s, &in);
}

static bool step(struct ivr_session *s)
{
	struct ivr_waiting_input w = { .kind = IVR_IN_PLAYED };

	if (s->leaving[0]) {
		move_on(s);
	} else if (s->go) {
		const struct ivr_node *to = s->go;

		s->go = NULL;
		enter(s, to);
	} else if (s->play_instantly) {
		s->play_instantly = false;
		s->playing = true;
		take_input(s, &w);
	} else if (s->input_count) {
		w = s->inputs[0];
		memmove(s->inputs, s->inputs + 1, --s->input_count * sizeof(s->inputs[0]));
		take_input(s, &w);
	} else {
		return false;
	}
	return true;
}

int ivr_finish(struct ivr_session *s, const char *cause)
{
	close_visit(s, cause);
	end(s, cause);
	return 0;
}

static void run(struct ivr_session *s)
{
	s->busy = true;
	while (!s->ended && step(s))
		;
	/* Without a caller a node that waits for somebody would wait for ever. */
	if (!s->ended && s->hung_up && s->node && s->node->type->waits) {
		close_visit(s, "hangup");
		end(s, "normal");
	}
	s->busy = false;
	if (s->dead)
		release(s);
}

static void put_input(struct ivr_session *s, enum ivr_input_kind kind, char digit, const char *port)
{
	struct ivr_waiting_input *w;

	if (!s || s->ended || s->input_count == IVR_MAX_INPUTS ||
		(port && strlen(port) > IVR_MAX_ID))
		return;
	w = &s->inputs[s->input_count++];
	*w = (struct ivr_waiting_input){ .kind = kind, .digit = digit };
	if (port)
		snprintf(w->port, sizeof(w->port), "%s", port);
	run_from_outside(s);
}

static int go_to(struct ivr_session *s, const struct ivr_node *n)
{
	if (!n)
		return ENOENT;
	if (s->ended)
		return EPIPE;
	if (s->goodbye) {
		s->goodbye = NULL;
		ivr_stop_play(s);
	}
	if (s->node)
		ivr_go(s, n, "goto");
	else
		s->go = n;
	run_from_outside(s);
	return 0;
}

int ivr_session_begin(struct ivr_session *s)
{
	return go_to(s, s->flow->start);
}

int ivr_session_goto(struct ivr_session *s, const char *node)
{
	return go_to(s, ivr_flow_node(s->flow, node));
}

void ivr_session_digit(struct ivr_session *s, char digit)
{
	if (ivr_is_key(digit))
		put_input(s, IVR_IN_DIGIT, digit, NULL);
}

void ivr_session_played(struct ivr_session *s)
{
	put_input(s, IVR_IN_PLAYED, 0, NULL);
}

void ivr_session_timer(struct ivr_session *s)
{
	put_input(s, IVR_IN_TIMER, 0, NULL);
}

void ivr_session_result(struct ivr_session *s, const char *port)
{
	if (port && *port)
		put_input(s, IVR_IN_RESULT, 0, port);
}

void ivr_session_hangup(struct ivr_session *s)
{
	if (s && s->input_count == IVR_MAX_INPUTS)
		s->input_count--; /* the one input that must not be lost */
	put_input(s, IVR_IN_HANGUP, 0, NULL);
}
