/* What the router keeps. Inside one queue
 * - agents with the same tier and the same skills form a `group`, whose ready ones stand in the strategy's order;
 * - calls with the same needs (skills, priority, last agent) form a `line`, oldest first.
 * All agents of a group are equal for all calls of a line but for the waiting time, and inside a line who waited longer may do
 * whatever a later one may. So a decision compares heads of lines with groups, never calls with agents. `fresh` marks what changed
 * since the queue was last settled: only a pair with a fresh side can have become possible, or one whose time (`due`) has come. */
#ifndef HOTLINE_ENGINE_ACD_STATE_H
#define HOTLINE_ENGINE_ACD_STATE_H

#include "hash.h"
#include "list.h"
#include "acd.h"
#include "order.h"

#define NEVER INT64_MAX

struct skills { /* sorted by id, ids once */
	size_t count;
	struct acd_skill list[ACD_MAX_SKILLS];
};

struct tier {
	int number;
	size_t members, present;
	bool turned;       /* round robin has begun */
	int turn_position; /* it stopped at this agent */
	int64_t turn_agent;
};

struct group {
	struct tier *tier;
	struct skills skills;
	size_t members;
	struct order ready; /* struct member, by the queue's strategy */
	size_t ready_slot;  /* place in queue.ready_groups + 1; 0: nobody is ready */
	bool fresh;         /* in queue.fresh_groups */
};

struct member { /* an agent in a queue */
	struct agent *agent;
	struct queue *queue;
	struct group *group;
	int position;
	struct list in_queue;
	struct list lines; /* struct line.regular: calls that spoke with this agent last */
};

struct agent {
	int64_t id;
	enum acd_agent_state state;
	struct skills skills;
	struct member **members;
	size_t member_count;
	int64_t idle_since, ready_order;
	int64_t calls, talk_ms; /* of the day */
	struct call *offer;     /* he is being asked for */
	struct list offered;    /* in call.offers */
};

struct line {
	struct queue *queue;
	struct skills needs;
	int priority;
	struct member
		*last; /* the agent who had these callers last and has all they need, or NULL */
	struct list regular; /* in last->lines */
	struct order calls;
	struct call *head; /* under which the line stands in queue.lines */
	bool fresh;
	int64_t due;
};

struct pause {
	int64_t agent, until;
};

struct call {
	struct acd_call c;
	struct skills needs;
	int64_t order; /* of first entry, the last tie-break */
	struct queue *queue;
	struct line *line;
	struct list offers; /* struct agent.offered */
	size_t offer_count;
	struct pause *pauses;
	size_t pause_count, pause_size;
};

struct queue {
	struct acd_queue config;
	bool live;                                             /* set and not removed */
	struct order tiers;                                    /* struct tier by number */
	struct group **groups, **ready_groups, **fresh_groups; /* all have room for group_size */
	size_t group_count, group_size, ready_group_count, fresh_group_count;
	struct list members;
	size_t member_count, present, ready;
	struct order lines; /* struct line by head */
	size_t waiting;     /* calls, offered ones too */
	bool dirty;
	struct list changed; /* in acd.changed */
	int64_t due;
	size_t due_slot;  /* place in acd.dues + 1 */
	double handle_ms; /* moving mean */
	unsigned handled;
};

struct work {
	struct queue *queue;
	struct call *call;
	uint64_t version; /* acd.version when it was found */
};

struct acd {
	struct hash *queues, *agents, *calls;
	struct list changed; /* struct queue */
	struct queue **dues; /* heap by due */
	size_t due_count, due_size;
	struct work *work;
	size_t work_count, work_size;
	uint64_t version; /* counts offers: what was found before may be gone */
	uint64_t random;
	int64_t entries, readies;
	struct explain_texts *texts;
};

/* skills.c */
int skills_set(struct skills *out, const struct acd_skill *list, size_t count); /* 0 or EINVAL */
bool skills_equal(const struct skills *a, const struct skills *b);
int skills_gap(const struct skills *has,
	const struct skills *needs); /* levels missing at the worst skill; 0: fits */

/* queue.c */
struct queue *queue_get(
	struct acd *a, int64_t id); /* made when it is not there; NULL: out of memory */
void queue_drop_if_empty(struct acd *a, struct queue *q);
void queue_changed(struct acd *a, struct queue *q);
void queue_all_fresh(struct acd *a, struct queue *q);
void queue_due(struct acd *a, struct queue *q, int64_t due);
order_cmp_h *queue_agent_order(const struct queue *q);
void queue_sort_agents(struct queue *q); /* after their keys have changed */
int64_t tier_joins(
	const struct queue *q, const struct tier *t); /* ms of waiting after which it takes calls */
int member_add(struct acd *a, struct agent *agent, const struct acd_member *as);
void member_free(struct acd *a, struct member *m);
void member_ready(struct acd *a, struct member *m, bool ready);
void member_present(struct acd *a, struct member *m, bool present);

/* line.c */
int call_order(const void *a, const void *b); /* which call goes first, over all queues */
int line_order(const void *a, const void *b);
struct line *line_get(
	struct acd *a, const struct call *c); /* the one it belongs to; NULL: out of memory */
int line_put(struct acd *a, struct line *line,
	struct call *c); /* 0 or ENOMEM; an empty line is freed then */
void line_take(struct call *c);
int line_change(struct acd *a, struct call *c); /* after its last agent has changed */
void line_fresh(struct acd *a, struct line *line);

/* agent.c, call.c */
void agent_set_state(struct acd *a, struct agent *agent, enum acd_agent_state state);
struct member *agent_member(const struct agent *agent, const struct queue *q);
void offer_make(struct acd *a, struct call *c, struct agent *agent);
void offer_withdraw(struct acd *a, struct agent *agent);
const struct pause *call_pause(const struct call *c, int64_t agent, int64_t now_ms);
void call_free(struct call *c);

/* choose.c */
bool line_holds(const struct line *line); /* waits for its last agent before others are asked */
int64_t skill_wait(const struct queue *q, const struct skills *has, const struct skills *needs);
int64_t pair_wait(const struct line *line,
	const struct group *g); /* waiting after which the pair is allowed; NEVER */
/* Who would get the call; take: he does (chance and turns move on). */
struct agent *call_best_agent(struct acd *a, struct call *c, int64_t now_ms, bool take);

/* explain.c */
struct explain_texts *explain_texts_create(void); /* plain memory, freed with free */

#endif
