/* A simulated call centre on the router (Poisson arrivals, exponential talk and patience) and the formulas it must agree with:
 * Erlang C (nobody gives up) and Erlang A (Palm: patience). Times are in units of the mean handling time. */
#ifndef CALL_CENTRE_SIMULATION_H
#define CALL_CENTRE_SIMULATION_H

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "acd/acd.h"

#define SIM_HANDLE_MS 180000.0
#define SIM_TARGET_MS 20000.0

struct sim_load {
	int agents;
	double traffic;  /* Erlang */
	double patience; /* mean, in handling times; 0: for ever */
	int64_t calls;
	uint64_t seed;
};

struct sim_result {
	double wait;      /* mean of all calls, in handling times */
	double delayed;   /* part that had to wait */
	double in_target; /* part answered within SIM_TARGET_MS; Erlang C only */
	double abandoned;
};

/* --- formulas --- */

static inline struct sim_result erlang_c(const struct sim_load *l)
{
	double a = l->traffic, n = l->agents, b = 1; /* Erlang B by its recursion */
	struct sim_result r = { 0 };

	for (int k = 1; k <= l->agents; k++)
		b = a * b / (k + a * b);
	r.delayed = n * b / (n - a * (1 - b));
	r.wait = r.delayed / (n - a);
	r.in_target = 1 - r.delayed * exp(-(n - a) * SIM_TARGET_MS / SIM_HANDLE_MS);
	return r;
}

static inline struct sim_result erlang_a(const struct sim_load *l)
{
	double p = 1, sum = 1, delayed = 0, queue = 0, give_up = 1 / l->patience;
	struct sim_result r = { 0 };

	for (int k = 1; k < 100000; k++) {
		int waiting = k > l->agents ? k - l->agents : 0;

		p *= l->traffic / ((k - waiting) + waiting * give_up);
		sum += p;
		if (k >= l->agents)
			delayed += p;
		queue += waiting * p;
		if (waiting && p < sum * 1e-15)
			break;
	}
	r.delayed = delayed / sum;
	r.wait = queue / sum / l->traffic;
	r.abandoned = give_up * r.wait;
	return r;
}

/* --- simulation --- */

struct sim_event {
	double at; /* ms */
	int64_t agent, call;
};

struct sim {
	struct acd *acd;
	struct sim_event *heap;
	size_t count, size;
	uint64_t random;
	double *arrived;  /* by call % ring */
	int64_t *waiting; /* the call id while it waits */
	int64_t *doing;   /* the call an agent handles */
};

#define SIM_RING 65536

static inline double sim_exponential(struct sim *s, double mean)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return -mean * log(((double)(s->random >> 11) + 0.5) / 9007199254740992.0);
}

static inline void sim_push(struct sim *s, struct sim_event e)
{
	size_t i = s->count++;

	if (s->count > s->size) {
		s->size = s->size ? 2 * s->size : 64;
		s->heap = realloc(s->heap, s->size * sizeof(*s->heap));
		if (!s->heap)
			abort();
	}
	for (; i && s->heap[(i - 1) / 2].at > e.at; i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = e;
}

static inline struct sim_event sim_pop(struct sim *s)
{
	struct sim_event top = s->heap[0], last = s->heap[--s->count];
	size_t i = 0, c;

	for (; (c = 2 * i + 1) < s->count; i = c) {
		if (c + 1 < s->count && s->heap[c + 1].at < s->heap[c].at)
			c++;
		if (s->heap[c].at >= last.at)
			break;
		s->heap[i] = s->heap[c];
	}
	s->heap[i] = last;
	return top;
}

static inline void sim_seat(struct sim *s, int agents)
{
	struct acd_queue q = { .id = 1, .strategy = ACD_LONGEST_IDLE };
	struct acd_member m = { .queue = 1, .tier = 1 };

	acd_queue_set(s->acd, &q);
	for (int i = 1; i <= agents; i++) {
		acd_agent_set(s->acd, i, &m, 1, NULL, 0);
		acd_agent_state(s->acd, i, ACD_AGENT_READY, 0, 0);
	}
}

/* Lets the router decide; offers are answered at once. */
static inline void sim_decide(struct sim *s, double now, int64_t counted, struct sim_result *r)
{
	struct acd_offer o;

	while (acd_decide(s->acd, (int64_t)now, &o, 1, NULL) == 1) {
		double waited = now - s->arrived[o.call % SIM_RING];

		acd_agent_state(s->acd, o.agent, ACD_AGENT_BUSY, (int64_t)now, 0);
		acd_call_leave(s->acd, o.call);
		s->waiting[o.call % SIM_RING] = 0;
		s->doing[o.agent] = o.call;
		sim_push(s, (struct sim_event){ .at = now + sim_exponential(s, SIM_HANDLE_MS),
				    .agent = o.agent });
		if (o.call <= counted)
			continue;
		r->wait += waited / SIM_HANDLE_MS;
		r->delayed += waited > 0;
		r->in_target += waited <= SIM_TARGET_MS;
	}
}

static inline void sim_happen(struct sim *s, const struct sim_load *l, struct sim_event e,
	int64_t *calls, int64_t counted, struct sim_result *r)
{
	if (e.agent) {
		acd_agent_state(s->acd, e.agent, ACD_AGENT_READY, (int64_t)e.at, 1);
	} else if (e.call) {
		if (s->waiting[e.call % SIM_RING] != e.call)
			return;
		acd_call_leave(s->acd, e.call);
		s->waiting[e.call % SIM_RING] = 0;
		if (e.call > counted) {
			r->abandoned += 1;
			r->delayed += 1;
			r->wait += (e.at - s->arrived[e.call % SIM_RING]) / SIM_HANDLE_MS;
		}
	} else {
		struct acd_call c = { .id = ++*calls, .queue = 1, .entered_ms = (int64_t)e.at };

		s->arrived[c.id % SIM_RING] = e.at;
		s->waiting[c.id % SIM_RING] = c.id;
		acd_call_enter(s->acd, &c);
		sim_push(s, (struct sim_event){
				    .at = e.at + sim_exponential(s, SIM_HANDLE_MS / l->traffic) });
		if (l->patience > 0)
			sim_push(s, (struct sim_event){
					    .at = e.at +
						  sim_exponential(s, l->patience * SIM_HANDLE_MS),
					    .call = c.id });
	}
	sim_decide(s, e.at, counted, r);
}

/* The first tenth of the calls only fills the house. */
static inline struct sim_result simulate(const struct sim_load *l)
{
	struct sim s = { .acd = acd_create(l->seed), .random = l->seed * 0x9e3779b97f4a7c15u + 1 };
	struct sim_result r = { 0 };
	int64_t calls = 0, counted = l->calls / 10;
	double n = (double)(l->calls - counted);

	s.arrived = calloc(SIM_RING, sizeof(*s.arrived));
	s.waiting = calloc(SIM_RING, sizeof(*s.waiting));
	s.doing = calloc((size_t)l->agents + 1, sizeof(*s.doing));
	if (!s.acd || !s.arrived || !s.waiting || !s.doing)
		abort();
	sim_seat(&s, l->agents);
	sim_push(&s, (struct sim_event){ .at = 0 });
	while (calls < l->calls)
		sim_happen(&s, l, sim_pop(&s), &calls, counted, &r);
	r.wait /= n;
	r.delayed /= n;
	r.in_target /= n;
	r.abandoned /= n;
	acd_free(s.acd);
	free(s.heap);
	free(s.arrived);
	free(s.waiting);
	free(s.doing);
	return r;
}

#endif
