/* What the files of ticket share. */
#ifndef HOTLINE_DOMAIN_TICKET_INTERNAL_H
#define HOTLINE_DOMAIN_TICKET_INTERNAL_H

#include "record/record.h"
#include "ticket/ticket.h"

enum ticket_statement {
	TICKET_GET,
	TICKET_ROWS,
	TICKET_ADD,
	TICKET_CHANGE,
	TICKET_TOUCH,
	TICKET_LIST_ALL,
	TICKET_LIST_DEPARTMENT,
	TICKET_LIST_DEPARTMENT_STATE,
	TICKET_LIST_ASSIGNEE,
	TICKET_LIST_ASSIGNEE_OPEN,
	TICKET_LIST_CUSTOMER,
	TICKET_LIST_NUMBER,
	TICKET_DEPARTMENTS,
	TICKET_OPEN_STATES,
	TICKET_OF_INTERACTION,
	TICKET_LINK,
	TICKET_INTERACTION,
	TICKET_TOOK_PART,
	TICKET_TRANSITION,
	TICKET_TRANSITIONS,
	TICKET_ENTRY_ADD,
	TICKET_TIMELINE,
	TICKET_NUMBER_RULE,
	TICKET_NUMBER_NEXT,
	TICKET_DEMO_CUSTOMERS,
	TICKET_DEMO_CLOSE,
	TICKET_STATEMENTS
};
extern const struct db_stmt ticket_statements[];
#define TST(name) (&ticket_statements[name])

enum { TICKET_COLUMNS = 18, TICKET_COLUMNS_TEXT = 19, LONGEST_SUBJECT = 200, LONGEST_TEXT = 20000 };

const struct platform *ticket_platform(void);

/* ticket.c: names of the people and the department. */
void ticket_complete(struct ticket *ticket, struct arena *arena);
int ticket_get(struct db *db, struct arena *arena, int64_t id, struct ticket *out);
/* The ticket of the path if ticket.read reaches it (404 otherwise); 403 when `permission` does not. */
int ticket_find(struct web_request *req, struct db *db, const char *permission, struct ticket *out);
/* Tells browsers: type "ticket.opened", "ticket.changed", "ticket.entry". */
int ticket_tell(struct db *db, const char *type, const struct ticket *ticket);
/* Links an interaction and shows it in the timeline; nothing when it is linked already. */
int ticket_link(struct db *db, const struct actor *actor, const struct ticket *ticket,
	int64_t interaction_id);

/* Fills the set with the tickets of these ids, newest first, each once, at most `most`, names included. */
int ticket_rows(struct db *db, struct record_set *set, struct record_ids *ids, size_t most);
/* Adds a customer's tickets with id < before that the viewer may see (NULL: all); open: 1, 0, or -1 for any. */
int ticket_list_of_customer(struct db *db, struct record_set *set, const struct actor *viewer,
	int64_t customer_id, int64_t before, int64_t limit, int64_t open);

/* ticket_check.c: what a caller sends, against the lists and the caller's range; 422 or 403 with the field. */
int ticket_check_codes(struct web_request *req, struct db *db, const struct ticket *ticket,
	const struct ticket *old);
int ticket_check_people(
	struct web_request *req, struct db *db, struct ticket *ticket, const struct ticket *old);
int ticket_check_interaction(struct web_request *req, struct db *db, int64_t interaction_id);
int ticket_check_transition(
	struct web_request *req, struct db *db, const struct ticket *old, const struct ticket *now);
/* Is a ticket in this state still open? Follows the category in the dictionary. */
int ticket_state_is_open(struct db *db, struct arena *arena, const char *state, bool *open);

/* ticket_number.c: the next number by the rule of this name. Gaps: none with SQLite; with PostgreSQL a number is lost when the
 * transaction that took it fails. */
int ticket_number_next(
	struct db *db, struct arena *arena, const char *rule, int64_t now, const char **number);

extern const struct web_route ticket_routes[];
int ticket_list(struct web_request *req, struct db *db);
int ticket_timeline(struct web_request *req, struct db *db);
int ticket_post_entry(struct web_request *req, struct db *db);
extern const struct web_field ticket_entry_fields[], ticket_entry_body_fields[];
struct ticket_entry_body {
	const char *kind, *text;
};
int ticket_demo(struct db *db);

#endif
