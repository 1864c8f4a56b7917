/* Interactions: one contact on one channel with everything that hangs on it (design 4). The switch writes them through the journal: these
 * functions copy, never block and never fail visibly; rows appear in order, also when the database was gone for a while. */
#ifndef HOTLINE_DOMAIN_INTERACTION_H
#define HOTLINE_DOMAIN_INTERACTION_H

#include <stdbool.h>
#include <stdint.h>
#include "module/module.h"

/* --- written by the switch (its loop) --- */
struct interaction_start {
	int64_t id, started, flow_id, flow_version;
	const char *direction; /* in, out, internal */
	const char *number, *called, *origin, *language, *sip_call_id;
	int64_t agent_id, department_id, customer_id; /* 0: not known yet */
};
void interaction_open(const struct interaction_start *start);

/* kinds: arrived ivr queued offered missed refused answered held resumed muted unmuted transferred keypad lost reattached voicemail hangup
 * wrapup_started wrapup_done ended */
void interaction_step(
	int64_t id, const char *kind, int64_t user_id, int64_t queue_id, const char *detail);
void interaction_ivr(int64_t id, const char *node, const char *type, const char *name,
	const char *port, const char *keys);
void interaction_value(int64_t id, const char *name, const char *value);
void interaction_customer(int64_t id, int64_t customer_id);
void interaction_language(int64_t id, const char *language);

struct interaction_entry {
	int64_t id, interaction_id, queue_id, department_id, entered;
};
void interaction_queue_enter(const struct interaction_entry *entry);
/* outcome: answered, abandoned, flowout, withdrawn */
void interaction_queue_leave(int64_t entry_id, const char *outcome, const char *reason,
	int64_t agent_id, int64_t left_at, int64_t waiting_ms);

void interaction_answered(
	int64_t id, int64_t agent_id, int64_t department_id, int64_t queue_id, int64_t time);

struct interaction_leg {
	int64_t id, interaction_id, user_id, started;
	const char *kind; /* caller, agent, outside */
};
void interaction_leg_open(const struct interaction_leg *leg);
void interaction_leg_answered(int64_t leg_id, const char *codec, int64_t time);
void interaction_leg_close(int64_t leg_id, const char *hangup_by, int status, int64_t time);
void interaction_leg_stats(int64_t leg_id, const char *json);

void interaction_recording_open(int64_t recording_id, int64_t interaction_id, const char *kind,
	const char *path, int64_t started);
void interaction_recording_close(int64_t recording_id, int64_t interaction_id,
	int64_t department_id, int64_t milliseconds, bool degraded);

struct interaction_end {
	int64_t id, department_id, ended, waiting_ms, talk_ms, hold_ms;
	const char *outcome;   /* see the contract of GET /interactions */
	const char *hangup_by; /* caller, agent, system */
};
void interaction_close(const struct interaction_end *end);
/* disposition and note may be NULL: unchanged. */
void interaction_wrapup(int64_t id, int64_t wrapup_ms, const char *disposition, const char *note);
void interaction_agent_state(int64_t log_id, int64_t ended_log_id, int64_t user_id,
	const char *state, const char *reason, int64_t time);

/* --- read by others --- */
/* The agent who last talked with this number within the window; 0: none. Blocks (worker or plan thread). */
int interaction_last_agent(struct db *db, const char *number, int64_t since, int64_t *agent_id);

extern const struct module interaction_module, interaction_list_module, interaction_name_module;

#endif
