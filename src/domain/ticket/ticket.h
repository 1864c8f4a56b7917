/* Tickets: every request of a customer, its states and its timeline (design 4, K7). What other modules do with them.
 * Functions with a struct db belong to that read or write; text lives in the arena. */
#ifndef HOTLINE_DOMAIN_TICKET_H
#define HOTLINE_DOMAIN_TICKET_H

#include <stdbool.h>
#include <stdint.h>
#include "actor/actor.h"
#include "arena.h"
#include "db/db.h"
#include "module/module.h"
#include "web/field.h"

struct ticket {
	int64_t id;
	const char *number, *type, *subject, *priority;
	int64_t department_id, assignee_id, customer_id, interaction_id;
	const char *state;
	int64_t due;
	const char *channel;
	int64_t created, created_by, updated, closed, version;
	const char *customer_name, *text;
	const char *department_name, *assignee_name, *created_by_name;
};
extern const struct web_field ticket_fields[];
extern const struct web_field ticket_short_fields[]; /* without the text; for lists and pops */

/* What a ticket is opened with; the rest is decided. NULL and 0: not given. */
struct ticket_draft {
	const char *type, *subject, *text, *priority,
		*channel; /* codes of the dictionary; default enquiry, normal */
	int64_t department_id, assignee_id, customer_id, interaction_id, due;
	const char *source; /* for the audit row */
};
/* Opens it: number, row, timeline, link to the interaction, audit and event in one transaction. actor NULL: the system. What
 * the draft names is not checked here. */
int ticket_open(struct db *db, struct arena *arena, const struct actor *actor,
	const struct ticket_draft *draft, struct ticket *out);

/* One entry of a timeline. */
struct ticket_entry {
	const char *kind; /* internal public state change call recording opened assign system */
	const char *text, *data; /* data: JSON without telephone numbers; both may be NULL */
	int64_t on_behalf_of_id, interaction_id, recording_id; /* 0: none */
};
/* Adds it, with the event. *id may be NULL. */
int ticket_add_entry(struct db *db, const struct actor *actor, const struct ticket *ticket,
	const struct ticket_entry *entry, int64_t *id);

/* A message left on the voicemail becomes a ticket of that department, of the customer if the number has just one. */
struct ticket_voicemail {
	int64_t interaction_id, recording_id, department_id;
	const char *number;
};
int ticket_from_voicemail(struct db *db, const struct ticket_voicemail *message);

/* Open tickets of a customer that the viewer may see (NULL: all), newest first; *items is an array of struct ticket without
 * text, for ticket_short_fields. */
int ticket_open_of_customer(struct db *db, struct arena *arena, const struct actor *viewer,
	int64_t customer_id, size_t limit, struct field_list *items);
/* Ids of the tickets linked to an interaction; *items is an array of int64_t. */
int ticket_ids_of_interaction(
	struct db *db, struct arena *arena, int64_t interaction_id, struct field_list *items);

/* A "call" entry shows the call as it is in its own rows: the module that has them says so here, once, at start. *data gets a
 * JSON object (steps, outcome, recordings), without telephone numbers. ENOENT: no such contact. */
typedef int(ticket_describe_call_h)(struct db *db, struct arena *arena, const struct actor *viewer,
	int64_t interaction_id, const char **data);
void ticket_set_call_source(ticket_describe_call_h *describe);

extern const struct module ticket_module;

#endif
