/* Reading interactions: what the call log, one call in full and the pop share. The request's thread. */
#ifndef HOTLINE_DOMAIN_INTERACTION_LIST_H
#define HOTLINE_DOMAIN_INTERACTION_LIST_H

#include "interaction/interaction.h"
#include "record/record.h"
#include "web/web.h"

enum { INTERACTION_COLUMNS = 23 };

struct interaction_row {
	int64_t id;
	const char *channel, *direction, *number, *called;
	int64_t customer_id, department_id, queue_id, agent_id, started, answered, ended,
		waiting_ms, talk_ms, hold_ms, wrapup_ms;
	const char *outcome, *hangup_by, *disposition, *note;
	bool has_recording;
	const char *language;
	int64_t version;
	/* not columns */
	const char *customer_name, *queue_name, *queue_name_en, *agent_name, *number_display;
	struct field_list steps, ivr, values, recordings, legs, ticket_ids;
};
struct interaction_path { /* one node left */
	int64_t time;
	const char *node, *type, *name, *port, *keys;
};
extern const struct web_field interaction_path_fields[];

struct interaction_value {
	const char *name, *value;
};
extern const struct web_field interaction_value_fields[];

extern const struct web_field interaction_row_fields[]; /* a list row */
extern const struct web_field
	interaction_full_fields[]; /* with steps, path, values, recordings, legs */

/* Names of customer and queue. */
int interaction_names(struct db *db, struct arena *arena, struct interaction_row *row);
/* Somebody listens to a recording: an audit row, written on its own (reads cannot write). */
void interaction_listened(struct web_request *req, int64_t recording_id);
extern const struct web_route interaction_routes[];

/* Names and the masking of numbers, for a row that was read. */
int interaction_describe(struct db *db, struct arena *arena, const struct actor *viewer,
	struct interaction_row *row);
/* The row if the actor may see it: within interaction.read's range, or he took part. ENOENT otherwise. */
int interaction_visible(
	struct web_request *req, struct db *db, int64_t id, struct interaction_row *row);
/* The same for a pop: also who has been offered the call. */
int interaction_pop_row(
	struct web_request *req, struct db *db, int64_t id, struct interaction_row *row);
/* The row without asking who may see it: for the switch, which decides that itself. */
int interaction_row_get(
	struct db *db, struct arena *arena, int64_t id, struct interaction_row *row);
/* Waiting time in queues in milliseconds; an entry still open counts until now. */
int interaction_waited(struct db *db, struct arena *arena, int64_t id, int64_t *ms);
/* IVR path and values. */
int interaction_read_path(struct db *db, struct arena *arena, struct interaction_row *row);
int interaction_read_values(struct db *db, struct arena *arena, struct interaction_row *row);
/* For ticket_set_call_source: a call as its ticket shows it. */
int interaction_describe_call(struct db *db, struct arena *arena, const struct actor *viewer,
	int64_t interaction_id, const char **data);

#endif
