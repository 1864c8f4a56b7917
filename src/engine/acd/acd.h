/* Routing: who gets which call. Pure: state in, offers out, time and chance are arguments; no threads, no I/O. The switch owns one
 * struct acd. Decisions must stay under 50 us with 10,000 agents and 1,000 queues, so it keeps its own order per queue and looks only at
 * queues that changed. */
#ifndef HOTLINE_ENGINE_ACD_H
#define HOTLINE_ENGINE_ACD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acd;

enum acd_strategy {
	ACD_LONGEST_IDLE,
	ACD_ROUND_ROBIN,
	ACD_FEWEST_CALLS,
	ACD_LEAST_TALK,
	ACD_RING_ALL,
	ACD_SEQUENTIAL,
	ACD_RANDOM
};
extern const char *const acd_strategy_names[]; /* "longest_idle", ... */

#define ACD_MAX_SKILLS   16
#define ACD_MAX_QUEUES   1000 /* of one agent */
#define ACD_MAX_PRIORITY 1000
#define ACD_MAX_WAIT_MS  ((int64_t)24 * 3600 * 1000) /* of the times in a queue's row */
struct acd_skill {
	int64_t id;
	int level; /* 1-10: of an agent: has; of a call: needs at least */
};

struct acd_queue {
	int64_t id;
	enum acd_strategy strategy;
	/* Between queues an agent serves: higher first, then priority, then the longer waiting call; default 0. */
	int weight;
	/* A point of priority counts as one minute of waiting; else priority is strict. */
	bool points;
	/* A tier below joins after this wait at each level in which somebody is signed in; 0: all tiers at once. Among those who may, the
	 * first tier with a free agent gets the call. */
	int64_t tier_wait_ms;
	/* After each such wait required levels fall by one, down to 0 = not needed any more; 0: never. */
	int64_t skill_relax_ms;
	/* The call waits so long for its last agent; 0: only prefers him if free. He is asked whatever his tier, if he has the skills; not
	 * when he is away; his refusal ends it. */
	int64_t last_agent_ms;
	int64_t target_ms; /* service level T, for the forecast: 20000 */
};

enum acd_agent_state { ACD_AGENT_AWAY, ACD_AGENT_READY, ACD_AGENT_OFFERED, ACD_AGENT_BUSY };

struct acd_member { /* of an agent in a queue */
	int64_t queue;
	int tier;     /* 1 first */
	int position; /* order for sequential */
};

struct acd_call {
	int64_t id, queue;
	int priority;       /* higher first; at most ACD_MAX_PRIORITY either way */
	int64_t entered_ms; /* clock_mono of entry into the queue (kept when it comes back) */
	struct acd_skill skills[ACD_MAX_SKILLS];
	size_t skill_count;
	int64_t last_agent; /* 0: none */
};

struct acd_offer {
	int64_t call, agent;
};

struct acd *acd_create(uint64_t seed); /* seed: for ACD_RANDOM. Ties go to the agent idle longest */
void acd_free(struct acd *a);

int acd_queue_set(struct acd *a, const struct acd_queue *queue); /* adds or changes */
void acd_queue_remove(struct acd *a, int64_t queue); /* its calls stay known but get no offers */
/* New agents are AWAY. Queues may be set later. EINVAL: a queue or skill twice, tier below 1. */
int acd_agent_set(struct acd *a, int64_t agent, const struct acd_member *members, size_t count,
	const struct acd_skill *skills, size_t skill_count);
void acd_agent_remove(struct acd *a, int64_t agent);
/* State changes. BUSY to READY counts the call: talk_ms is added to his day (so does BUSY to AWAY with talk_ms). Leaving OFFERED
 * withdraws the offer: a call nobody else is asked for waits again in its place. ENOENT. */
int acd_agent_state(
	struct acd *a, int64_t agent, enum acd_agent_state state, int64_t now_ms, int64_t talk_ms);
void acd_new_day(struct acd *a); /* calls and talk time of the day begin at 0 */
/* A known id moves: it keeps its place by entered_ms and first entry, and who refused it is still not asked. Agents being asked for it
 * stay OFFERED until acd_agent_state. ENOENT: no such queue. */
int acd_call_enter(struct acd *a, const struct acd_call *call);
void acd_call_leave(struct acd *a, int64_t call);
/* The offer was refused or missed: this agent is not asked again for this call for pause_ms (others are). */
void acd_call_refused(struct acd *a, int64_t call, int64_t agent, int64_t now_ms, int64_t pause_ms);

/* Decides. Each offer made marks the agent OFFERED (ring_all: several offers with the same call). Returns the number written; *next_ms
 * (may be NULL) the time at which waiting alone changes something, INT64_MAX for never. Call again while it returns max. */
size_t acd_decide(
	struct acd *a, int64_t now_ms, struct acd_offer *offers, size_t max, int64_t *next_ms);

/* Place in the queue from 1, 0 when not waiting; a call already offered keeps its place. */
size_t acd_position(const struct acd *a, int64_t call);
size_t acd_waiting(const struct acd *a, int64_t queue);
/* Agents of the queue: signed in (not AWAY) and READY. */
void acd_staff(const struct acd *a, int64_t queue, size_t *present, size_t *ready);
/* Expected wait of this call in ms from the handling times seen (moving mean) and the agents present; -1: no agent or nothing known. */
int64_t acd_expected_wait(const struct acd *a, int64_t call, int64_t now_ms);
/* Talk and wrap-up of a finished call. */
void acd_handled(struct acd *a, int64_t queue, int64_t handle_ms);

/* Who would get this call now and why, best first: for the leader's screen. Texts live until the next call of acd_explain. At most
 * ACD_MAX_EXPLAINED agents are looked at. With ACD_RANDOM the chosen one is what chance holds at the moment. */
#define ACD_MAX_EXPLAINED 1000
struct acd_candidate {
	int64_t agent;
	/* "chosen", "ready" (would be next), "tier 2 joins in 12 s", "lacks skill", "lacks skill, accepted in 5 s", "refused just now",
	 * "waits 8 s for its last agent", "ringing", "not ready" */
	const char *reason;
};
size_t acd_explain(
	const struct acd *a, int64_t call, int64_t now_ms, struct acd_candidate *out, size_t max);

#endif
