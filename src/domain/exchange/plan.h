/* The plan: everything people configure that the exchange needs while calls run (queues, members, flows, numbers, prompts, calendars,
 * trunks, switches), read from the database as one snapshot. Immutable and reference-counted; a new one replaces it when something
 * has changed, calls keep what they have copied or pinned. */
#ifndef HOTLINE_DOMAIN_EXCHANGE_PLAN_H
#define HOTLINE_DOMAIN_EXCHANGE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "acd/acd.h"
#include "db/db.h"
#include "ivr/ivr.h"

enum wrapup_mode { WRAPUP_NONE, WRAPUP_OPTIONAL, WRAPUP_MANDATORY, WRAPUP_MANDATORY_LIMIT };
enum overflow_kind { OVERFLOW_NONE, OVERFLOW_QUEUE, OVERFLOW_VOICEMAIL, OVERFLOW_IVR };
enum pop_moment { POP_RING, POP_ANSWER, POP_BOTH };
extern const char *const wrapup_mode_names[], *const overflow_kind_names[],
						      *const pop_moment_names[];

struct plan_queue {
	int64_t id, department_id, calendar_id;
	const char *key, *name, *name_en, *music, *overflow_target;
	struct acd_queue routing;
	int64_t ring_ms, wrapup_ms, miss_pause_ms, max_wait_ms, service_level_ms, short_abandon_ms;
	int64_t announce_first_ms, announce_every_ms;
	size_t max_length;
	bool announce_position, announce_wait, record, active;
	enum wrapup_mode wrapup;
	enum overflow_kind overflow;
	enum pop_moment pop;
};

struct plan_agent {
	int64_t user_id, department_id;
	const char *name, *extension, *language;
	const char *ha1_md5, *ha1_sha256;
	bool is_agent, masks_numbers, may_dial, may_dial_international;
	struct acd_member *members;
	size_t member_count;
	struct acd_skill skills[ACD_MAX_SKILLS];
	size_t skill_count;
};

struct plan_flow {
	int64_t id, version;
	const char *key;
	struct ivr_flow *flow; /* NULL: never published or does not compile any more */
};

struct plan_number {
	const char *number;
	int64_t flow_id;
};

struct plan_prompt {
	const char *name, *language, *path, *text_zh, *text_en;
	int64_t number; /* 0: the prompt has no recording, only text */
};

struct plan_interval {
	int day;      /* 1 Monday - 7 Sunday */
	int from, to; /* minutes since midnight */
};

struct plan_exception {
	char date[11];
	enum { EXCEPTION_HOLIDAY, EXCEPTION_MAKEUP, EXCEPTION_SPECIAL } kind;
	int from, to; /* SPECIAL, MAKEUP; both 0: MAKEUP uses Monday's hours */
};

struct plan_calendar {
	int64_t id;
	const char *name, *zone;
	struct plan_interval *weekly;
	size_t weekly_count;
	struct plan_exception *exceptions;
	size_t exception_count;
};

struct plan_trunk {
	int64_t id;
	const char *name, *host, *transport, *addresses, *user, *password;
	int port;
	unsigned max_calls;
	bool registers;
};

struct plan_switch {
	const char *name;
	bool on;
	int64_t until; /* 0: until changed */
};

struct plan {
	int references;
	struct arena *arena;
	struct plan_queue *queues;
	struct plan_agent *agents;
	struct plan_flow *flows;
	struct plan_number *numbers;
	struct plan_prompt *prompts;
	struct plan_calendar *calendars;
	struct plan_trunk *trunks;
	struct plan_switch *switches;
	size_t queue_count, agent_count, flow_count, number_count, prompt_count, calendar_count,
		trunk_count, switch_count;
};

extern const struct db_stmt plan_statements[];

/* Reads all of it. demo_trunk: 127.0.0.1 counts as a carrier. The caller owns *planp (plan_release). */
int plan_load(struct plan **planp, struct db *db, bool demo_trunk);
struct plan *plan_hold(struct plan *plan);
void plan_release(struct plan *plan);

const struct plan_queue *plan_queue(const struct plan *plan, int64_t id);
const struct plan_queue *plan_queue_by_key(const struct plan *plan, const char *key);
const struct plan_agent *plan_agent(const struct plan *plan, int64_t user_id);
const struct plan_agent *plan_agent_by_extension(const struct plan *plan, const char *extension);
const struct plan_flow *plan_flow(const struct plan *plan, int64_t id);
const struct plan_flow *plan_flow_by_key(const struct plan *plan, const char *key);
const struct plan_flow *plan_flow_for_number(const struct plan *plan, const char *called);
/* "welcome" or "welcome@3" in the language, else in any; NULL: unknown. */
const struct plan_prompt *plan_prompt(
	const struct plan *plan, const char *name, const char *language);
const struct plan_calendar *plan_calendar(const struct plan *plan, int64_t id);
const struct plan_calendar *plan_calendar_by_name(const struct plan *plan, const char *name);
bool plan_switch_on(const struct plan *plan, const char *name, int64_t now_ms);

/* "open", "closed", "holiday" or "special" at that time (UTC ms) in the calendar's zone. Rules: an exception of the day beats the week;
 * a make-up workday is worked like a Monday unless it has hours of its own. NULL calendar: always open. */
const char *plan_calendar_state(const struct plan_calendar *calendar, int64_t now_ms);

#endif
