/* Customers: who calls, how to reach them, what happened with them (A15, A30-A32, A43, K6).
 * Functions with a struct db belong to that read or write; text lives in the arena. */
#ifndef HOTLINE_DOMAIN_CUSTOMER_H
#define HOTLINE_DOMAIN_CUSTOMER_H

#include <stdbool.h>
#include <stdint.h>
#include "actor/actor.h"
#include "arena.h"
#include "db/db.h"
#include "module/module.h"
#include "web/field.h"

struct customer_phone {
	const char *kind;   /* dictionary phone_kind */
	const char *number; /* as typed */
	const char *normalized;
	const char *note;
};

struct customer_address {
	const char *kind, *text, *contact;
};

struct customer {
	int64_t id;
	const char *name, *organisation, *type, *level;
	int64_t department_id;
	const char *email, *remark;
	bool blocked;
	int64_t last_agent_id, version, created, updated;
	const char *tags_json;
	struct field_list tags;      /* const char * */
	struct field_list phones;    /* struct customer_phone */
	struct field_list addresses; /* struct customer_address */
	const char *department_name;
};
/* As in the API, for replies that carry customers. */
extern const struct web_field customer_fields[];

/* A number as it is compared, with the area code of the settings. 0 or EINVAL. */
int customer_normalize(char *out, size_t size, const char *typed);

/* One customer as `viewer` may see it (numbers masked for who must not see them); viewer NULL: the system. ENOENT: there is
 * none, or not within the viewer's range. */
int customer_get(struct db *db, struct arena *arena, const struct actor *viewer, int64_t id,
	struct customer *out);
/* Is there such a customer within the viewer's range? *name is theirs. ENOENT: no. */
int customer_visible(struct db *db, struct arena *arena, const struct actor *viewer, int64_t id,
	const char **name);
/* Those with this number within the viewer's range, newest first, at most 20. *items is an array of struct customer. */
int customer_by_number(struct db *db, struct arena *arena, const struct actor *viewer,
	const char *number, struct field_list *items);

int customer_set_last_agent(struct db *db, int64_t customer_id, int64_t agent_id);

/* What happened with a customer: every module that has such rows adds a source. */
struct customer_contact {
	int64_t id;
	const char *kind; /* "call", "ticket" */
	int64_t time;
	const char *title, *state, *number;
};
extern const struct web_field customer_contact_fields[];
typedef int(customer_contact_h)(const struct customer_contact *contact, void *arg);
/* Reads at most `limit` contacts with id < before that the viewer may see, newest first, and hands each to fn. */
typedef int(customer_contact_source_h)(struct db *db, struct arena *arena,
	const struct actor *viewer, int64_t customer_id, int64_t before, size_t limit,
	customer_contact_h *fn, void *arg);
int customer_add_contact_source(customer_contact_source_h *source); /* at start; at most 8 */
/* Newest first of all sources; *items is an array of struct customer_contact. Does not check the customer's own range. */
int customer_contacts(struct db *db, struct arena *arena, const struct actor *viewer,
	int64_t customer_id, int64_t before, size_t limit, struct field_list *items);

/* The number as this person may see it: masked, or as it is. */
const char *customer_show_number(
	struct arena *arena, const struct actor *viewer, const char *number);

extern const struct module customer_module;

#endif
