/* Who calls: the customer of a number and the agent he last talked with, read away from the switch loop. Starts when the call arrives, so
 * the answer is usually there before anybody asks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "customer/caller.h"
#include "exchange/exchange_private.h"
#include "log/log.h"

#define LAST_AGENT_WINDOW_MS (30LL * 86400000)
#define PATIENCE_MS          1500 /* a caller does not wait longer for a database that hangs */

struct lookup {
	struct exchange *x;
	int64_t call;
	char number[PHONE_MAX];
	struct customer_caller found;
	int64_t last_agent;
};

static int read_rows(struct db *db, void *arg)
{
	struct lookup *l = arg;
	int err = customer_of_caller(db, l->number, &l->found);

	if (!err)
		err = interaction_last_agent(
			db, l->number, clock_now() - LAST_AGENT_WINDOW_MS, &l->last_agent);
	return err;
}

static void set_variable(struct call *call, const char *name, const char *value)
{
	if (call->session && value[0])
		ivr_set(call->session, name, value);
}

static void tell_flow(struct call *call)
{
	bool asked = call->lookup_asked;

	call->lookup_asked = false;
	loop_timer_cancel(call->x->loop, &call->lookup_timer);
	if (asked && call->phase == CALL_FLOW && call->session)
		ivr_session_result(call->session, lookup_port(call));
}

static void patience_over(void *arg)
{
	tell_flow(arg); /* as unknown; who he is may still be noted later */
}

static void arrive(void *arg)
{
	struct lookup *l = arg;
	struct call *call = exchange_call(l->x, l->call);

	if (call) {
		call->lookup = LOOKUP_DONE;
		call->known = l->found;
		call->customer_id = l->found.matches == 1 ? l->found.customer_id : 0;
		call->last_agent = l->found.last_agent_id ? l->found.last_agent_id : l->last_agent;
		lookup_variables(call);
		if (call->customer_id)
			interaction_customer(call->id, call->customer_id);
		tell_flow(call);
	}
	free(l);
}

/* On the plan thread, which may block. */
static void look(void *arg)
{
	struct lookup *l = arg;

	if (db_read(l->x->platform->database, read_rows, l))
		log_warn("exchange", "caller lookup failed, caller counts as unknown", "call",
			LOG_I(l->call), NULL);
	if (loop_post(l->x->loop, arrive, l))
		free(l);
}

void lookup_start(struct call *call)
{
	struct lookup *l;

	call->lookup = LOOKUP_DONE;
	if (!call->number[0])
		return;
	l = calloc(1, sizeof(*l));
	if (!l)
		return;
	l->x = call->x;
	l->call = call->id;
	snprintf(l->number, sizeof(l->number), "%s", call->number);
	if (loop_post(call->x->plan_loop, look, l)) {
		free(l);
		return;
	}
	call->lookup = LOOKUP_RUNNING;
}

bool lookup_ask(struct call *call)
{
	call->lookup_asked = call->lookup == LOOKUP_RUNNING;
	if (call->lookup_asked)
		loop_timer_set(
			call->x->loop, &call->lookup_timer, PATIENCE_MS, patience_over, call);
	return call->lookup_asked;
}

const char *lookup_port(const struct call *call)
{
	if (call->known.blocked)
		return "blocked";
	if (!call->known.matches)
		return "unknown";
	return !strcmp(call->known.level, "vip") ? "vip" : "known";
}

void lookup_variables(struct call *call)
{
	char id[24];

	if (call->lookup != LOOKUP_DONE || !call->customer_id)
		return;
	snprintf(id, sizeof(id), "%lld", (long long)call->customer_id);
	set_variable(call, "customer.id", id);
	set_variable(call, "customer.name", call->known.name);
	set_variable(call, "customer.level", call->known.level);
}

/* Priority by customer level (D5): the level's place in the setting "level_priority", "vip=3,gold=2,silver=1". */
int lookup_priority(const struct call *call)
{
	const char *row = call->x->level_priority, *at;
	size_t len = strlen(call->known.level);

	for (at = len ? strstr(row, call->known.level) : NULL; at;
		at = strstr(at + 1, call->known.level)) {
		if ((at == row || at[-1] == ',') && at[len] == '=')
			return atoi(at + len + 1);
	}
	return 0;
}
