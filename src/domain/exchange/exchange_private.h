/* Insides of the exchange. Everything here belongs to the switch loop; no function blocks.
 *
 * A call is one conversation with one customer leg. It is always in exactly one phase; `call_enter_phase` is the only way from
 * one to the next. An agent is in exactly one state of agent_state.h. An offer joins a call and an agent until it is answered,
 * refused, missed (deadline) or withdrawn; it always ends (offer_end), so neither side can stick. */
#ifndef HOTLINE_DOMAIN_EXCHANGE_PRIVATE_H
#define HOTLINE_DOMAIN_EXCHANGE_PRIVATE_H

#include "acd/acd.h"
#include "customer/caller.h"
#include "exchange/agent_state.h"
#include "exchange/exchange.h"
#include "exchange/plan.h"
#include "hash.h"
#include "identity/identity.h"
#include "interaction/interaction.h"
#include "ivr/ivr.h"
#include "list.h"
#include "loop/loop.h"
#include "module/module.h"
#include "phone.h"
#include "speech/speech.h"
#include "voice/voice.h"

#define CALL_VALUES_MAX 64
#define CALL_TRACE_MAX  200
#define CALLS_MAX       4000

enum call_phase {
	CALL_NEW,
	CALL_FLOW,     /* the caller is in an IVR flow (voicemail too) */
	CALL_QUEUED,   /* waits in a queue, or for one agent in person */
	CALL_DIALLING, /* an agent's own call: the other side is being called */
	CALL_TALKING,
	CALL_ENDING, /* legs are going down */
};

enum wait_reason { /* why a call leaves a queue */
	WAIT_ANSWERED,
	WAIT_ABANDONED,
	WAIT_TIMEOUT,
	WAIT_OVERFLOW,
	WAIT_CLOSED,
	WAIT_FULL,
	WAIT_EMPTY,
	WAIT_VOICEMAIL,
	WAIT_IVR,
	WAIT_TRANSFER,
};

struct queue;
struct agent;
struct offer;

struct sound { /* what is being played to a leg: parts that may still have to be synthesised */
	struct voice_leg *leg;
	uint64_t serial; /* a newer request makes older results void */
	bool loop;
	struct sound_job *job;
};

struct call_value {
	char name[64], *value;
};

struct voicemail_options {
	bool from_node, greeting_played;
	int64_t max_ms, min_ms; /* 0: the usual */
};

struct call_leg { /* a leg's row */
	int64_t row;
	struct voice_leg *voice; /* NULL: gone */
	bool answered;
};

struct call {
	struct exchange *x;
	int64_t id; /* of the interaction */
	enum call_phase phase;
	struct voice_room *room;
	struct call_leg customer,
		talker; /* talker: the agent's leg, or an outside one after a transfer */
	bool talker_is_outside;
	const char *direction; /* in, out, internal */
	char number[PHONE_MAX], called[64], caller_name[64], language[8], origin[80];
	int64_t department_id, customer_id;

	/* flow */
	struct ivr_session *session;
	int64_t flow_id, flow_version;
	struct loop_timer flow_timer;
	struct sound sound;
	struct call_value values[CALL_VALUES_MAX];
	size_t value_count;
	enum {
		VOICEMAIL_NONE,
		VOICEMAIL_GREETING,
		VOICEMAIL_BEEP,
		VOICEMAIL_RECORDING,
		VOICEMAIL_THANKS
	} voicemail;
	struct voicemail_options voicemail_options;
	int64_t voicemail_since;
	enum { LOOKUP_RUNNING, LOOKUP_DONE } lookup;
	bool lookup_asked; /* a node waits for it, until lookup_timer */
	struct loop_timer lookup_timer;
	struct customer_caller known;
	bool transfer_from_node; /* a transfer node waits for how it went */
	int notice_status;       /* a spoken notice plays; then the call is refused with this */

	/* queue */
	struct queue *queue; /* NULL while waiting for an agent in person */
	int64_t entry_id;    /* row of queue_entry; 0: none */
	int64_t entered_ms, entered_wall;
	int64_t personal_agent; /* user id: a call to one person */
	int priority;
	int64_t last_agent;
	struct acd_skill skills[ACD_MAX_SKILLS];
	size_t skill_count;
	bool announcing, queue_from_node;
	enum wait_reason wait_reason; /* what queue_timer means */
	unsigned hops;                /* overflows so far */
	struct loop_timer queue_timer, announce_timer;
	size_t last_position;
	struct list offers; /* struct offer.in_call */

	/* talk */
	struct agent *agent; /* who talks */
	bool held, muted, lost, quiet;
	int64_t started, answered, talk_since, hold_since;
	int64_t waiting_ms, talk_ms, hold_ms;
	uint64_t recording;      /* running; row id and tag */
	char dialled[64];        /* an agent's own call: whom */
	struct loop_timer guard; /* longest duration of the phase */

	/* end */
	const char *hangup_by; /* set once */
	const char *outcome;   /* "in_progress" until known */
	struct list in_exchange;
};

struct offer {
	int64_t id;
	struct call *call;
	struct agent *agent;
	struct call_leg leg;
	int64_t deadline;        /* clock_now() ms, for the screen */
	bool personal, own_call; /* own_call: the agent's phone rings for a call he placed */
	struct loop_timer timer;
	struct list in_call;
};

struct agent {
	struct exchange *x;
	int64_t user_id, department_id;
	char name[128], extension[32], language[8];
	bool present; /* in the plan; one who has gone is freed when idle */
	enum agent_state state;
	char reason[64];
	int64_t since, since_mono; /* clock_now, clock_mono */
	int next_state;            /* enum agent_event to apply when free; -1: none */
	char next_reason[64];
	unsigned contacts;   /* registered phones */
	bool browser, masks; /* masks: this person sees numbers as 138****0000 */
	int64_t log_row;
	struct offer *offer;
	struct call *call;
	/* after-call work */
	int64_t wrapup_interaction, wrapup_started, wrapup_until, wrapup_queue;
	bool wrapup_mandatory, wrapup_coded;
	struct loop_timer wrapup_timer, phone_timer;
	unsigned calls_today;
	int64_t talk_unreported;       /* talk time routing has not been told of */
	const struct plan_agent *plan; /* of the exchange's current plan; NULL: gone */
};

struct queue { /* live side of a queue */
	struct exchange *x;
	int64_t id;
	const struct plan_queue
		*plan; /* of the exchange's current plan; NULL: removed, calls in it flow out */
	size_t waiting;
	unsigned offered_today, answered_today, in_time_today, abandoned_today, short_today,
		flowout_today;
	bool dirty; /* the live view has not been told */
};

struct exchange {
	const struct platform *platform;
	struct loop *loop, *plan_loop;
	struct voice *voice;
	struct speech *speech;
	struct acd *acd;
	struct plan *plan;
	struct hash *calls, *agents, *queues, *agents_by_extension;
	struct hash *tapes; /* recording id -> struct tape, until its file is closed */
	struct list call_list;
	size_t call_count;
	struct loop_timer decide_timer, live_timer, day_timer, health_timer;
	bool database_down; /* as the screens were last told */
	bool decide_posted, live_pending, plan_pending, stopping;
	char *data_dir, *level_priority;
	int64_t grace_ms, max_talk_ms;
	bool demo; /* the database holds the demonstration company: 127.0.0.1 is a carrier */
	int day;
	struct metric *m_calls, *m_answered, *m_abandoned, *m_active;
};

/* --- exchange.c --- */
int exchange_start(const struct platform *platform);
void exchange_stop(void);
struct call *exchange_call(struct exchange *x, int64_t id);
struct queue *exchange_queue(struct exchange *x, int64_t id);
const char *exchange_area_code(const struct exchange *x); /* NULL: none set */
void exchange_decide_soon(struct exchange *x);
void exchange_decide_at(struct exchange *x, int64_t mono_ms);

/* --- agent.c --- */
struct agent *agent_find(struct exchange *x, int64_t user_id);
struct agent *agent_by_extension(struct exchange *x, const char *extension);
int agents_apply_plan(struct exchange *x);
/* Applies an event: state, log row, routing, screens. EPERM: not possible now. */
int agent_apply(struct agent *a, enum agent_event event, const char *reason);
/* A request of the person: now, or after the call or offer. */
int agent_ask(struct agent *a, enum agent_event event, const char *reason);
void agent_registered(struct exchange *x, const char *extension, unsigned contacts, bool browser);
void agent_presence(struct exchange *x, int64_t user_id, bool present);
/* Before a call that reaches him outside of the queues: afterwards he is again what he is now. */
void agent_come_back_later(struct agent *a);
void agent_start_wrapup(struct agent *a, struct call *call);
int agent_wrapup(
	struct agent *a, const char *disposition, const char *note, bool done, int64_t extend_ms);
void agent_free(struct agent *a);
bool agent_reachable(const struct agent *a);

/* --- call.c --- */
struct call *call_create(struct exchange *x, const char *direction);
void call_opened(
	struct call *call, const char *sip_call_id, int64_t agent_id); /* writes its first row */
void call_enter_phase(struct call *call, enum call_phase phase);
/* Ends the call: every leg is hung up, the rows are closed when the last one is down. by: caller, agent, system. */
void call_end(struct call *call, const char *by, int status);
void call_leg_handler(struct voice_leg *leg, const struct voice_event *event, void *arg);
void call_customer_down(struct call *call, const struct voice_event *event);
void call_step(struct call *call, const char *kind, int64_t user_id, const char *detail);
void call_changed(struct call *call); /* tells the agent's screens */
void call_leg_opened(struct call *call, struct call_leg *leg, const char *kind, int64_t user_id);
void call_leg_up(struct call_leg *leg);
void call_leg_down(struct call_leg *leg, const struct voice_event *event);
void call_sound_done(struct call *call);
void call_set_outcome(struct call *call, const char *outcome); /* keeps "answered" */

/* --- incoming.c --- */
void incoming_call(struct voice_leg *leg, const struct sip_event *event, void *arg);
/* An agent's own call to an outside or inside number. EPERM: no right; EHOSTUNREACH: no trunk; ENOTCONN: no phone; EBUSY. */
int dial_own_call(struct agent *a, const char *number, int64_t customer_id, struct call **callp);
const struct plan_trunk *dial_trunk(const struct plan *plan, const char *number);
bool dial_allowed(const struct plan_agent *who, const char *number);

/* --- flow.c: the call in an IVR flow --- */
int flow_enter(struct call *call, const struct plan_flow *flow);
void flow_leave(struct call *call); /* keeps the session, stops sound and timer */
void flow_result(struct call *call, const char *port); /* the node that waits goes on */
void flow_free(struct call *call);

/* --- sound.c --- */
void sound_play(struct call *call, const struct ivr_part *parts, size_t count, const char *language,
	bool loop);
void sound_stop(struct call *call);
void sound_music(struct call *call, const char *name); /* "": the built-in one */
void sound_ringback(struct call *call);
void sound_lost(struct call *call); /* the short hold tone */
void sound_job_forget(struct call *call);

/* --- waiting.c: the call in a queue --- */
int waiting_enter(
	struct call *call, struct queue *queue); /* may flow out at once: closed, full, empty */
int waiting_for_agent(struct call *call, struct agent *agent);
void waiting_leave(struct call *call, enum wait_reason reason, struct agent *agent);
void waiting_sound_done(struct call *call);
void waiting_offer_failed(struct call *call); /* a personal call looks for another way */
void queue_touched(struct queue *queue);

/* --- offer.c --- */
void offers_decide(struct exchange *x);
struct offer *offer_create(struct call *call, struct agent *agent, int64_t ring_ms);
void offer_leg_event(struct voice_leg *leg, const struct voice_event *event, void *arg);
enum offer_end { OFFER_ANSWERED, OFFER_MISSED, OFFER_REFUSED, OFFER_CANCELLED };
void offer_end(struct offer *offer, enum offer_end how);
void offers_cancel(struct call *call, const struct offer *but);

/* --- talk.c --- */
void talk_begin(struct call *call, struct agent *agent, struct call_leg *leg);
void talk_end(
	struct call *call); /* the agent is out: figures, wrap-up; the customer stays in the room */
int talk_hold(struct call *call, bool on);
int talk_mute(struct call *call, bool on);
int talk_keypad(struct call *call, const char *digits);
void talk_leg_event(struct call *call, const struct voice_event *event);

/* --- transfer.c --- */
int transfer_blind(struct call *call, const char *kind, const char *target);
void transfer_from_flow(struct call *call, const char *kind,
	const char *target); /* flow_result follows unless answered */
void transfer_failed(struct call *call, const char *port);

/* --- nodes.c --- */
extern const struct ivr_node_type *const exchange_nodes[];

/* --- voicemail.c --- */
void voicemail_begin(struct call *call, const struct voicemail_options *options);
void voicemail_sound_done(struct call *call);
void voicemail_digit(struct call *call, char digit);
void voicemail_finish(struct call *call); /* the message is complete */

/* --- recording.c --- */
int recording_start(struct call *call, bool voicemail);
void recording_stop(struct call *call);
void recording_event(const struct voice_recording *event, void *arg);

/* --- lookup.c --- */
void lookup_start(struct call *call);
bool lookup_ask(struct call *call); /* true: flow_result follows */
const char *lookup_port(const struct call *call);
void lookup_variables(struct call *call); /* into a new session */
int lookup_priority(const struct call *call);

/* --- today.c --- */
void today_watch(struct exchange *x); /* from now on a new day begins at midnight */
void today_read(void *x);             /* plan thread: what the database knows of this day */

/* --- live.c --- */
void live_agent(struct agent *a);
void live_soon(struct exchange *x);
void live_call(struct call *call, struct agent *agent);
void live_ended(struct call *call, struct agent *agent);
void live_pop(struct call *call, struct agent *agent, enum pop_moment moment);
void live_offer(struct offer *offer);
void live_offer_ended(struct offer *offer, const char *reason);

#endif
