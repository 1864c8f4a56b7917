/* The exchange's HTTP routes and what they share with its live view. */
#ifndef HOTLINE_DOMAIN_EXCHANGE_API_H
#define HOTLINE_DOMAIN_EXCHANGE_API_H

#include "exchange/exchange_private.h"
#include "web/web.h"

extern const struct web_route exchange_routes[], agent_routes[], live_routes[];
int exchange_api_start(struct exchange *x); /* browser SIP, presence */
void exchange_api_stop(struct exchange *x);
struct exchange *exchange_get(void); /* NULL while it is not running */

/* --- views: what goes over the wire (see the OpenAPI) --- */
struct call_view {
	int64_t id, interaction_id, queue_id, offer_deadline, started, answered;
	const char *direction, *number, *number_display, *queue_name, *queue_name_en, *state,
		*peer_name, *hangup_by;
	bool muted, recording, audio;
};
extern const struct web_field call_fields[];

struct agent_queue_view {
	int64_t id;
	const char *name, *name_en;
};

struct wrapup_view {
	int64_t interaction_id, queue_id, until;
	bool mandatory;
};

struct agent_view {
	int64_t user_id, department_id, since, calls_today;
	const char *name, *extension, *state, *reason, *next_state, *phone;
	struct field_list queues;
	const char *call, *wrapup; /* complete JSON or NULL */
};
extern const struct web_field agent_fields[];

struct queue_view {
	int64_t id, department_id, waiting, longest_wait_ms, ready, talking, present;
	int64_t offered_today, answered_today, abandoned_today, short_today, flowout_today;
	double service_level; /* per cent; -1: nothing to measure yet */
	const char *key, *name, *name_en;
	bool open;
};
extern const struct web_field queue_live_fields[];

struct live_call_view {
	int64_t interaction_id, queue_id, agent_id, since, department_id;
	const char *state, *number, *queue_name, *agent_name;
};
extern const struct web_field live_call_fields[];

/* Text in the arena. masked: numbers are shown as 138****0000. */
void view_call(struct call_view *v, const struct call *call, const struct agent *agent,
	struct arena *arena, bool masked);
void view_agent(struct agent_view *v, struct agent *a, struct arena *arena, bool masked);
void view_queue(struct queue_view *v, struct queue *q);
void view_live_call(
	struct live_call_view *v, const struct call *call, struct arena *arena, bool masked);
char *view_json(struct arena *arena, const struct web_field *fields, const void *in);

#endif
