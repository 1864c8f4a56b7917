/* Domain events. event_add writes an outbox row in the caller's transaction; after the commit it is pushed to the
 * browsers that may see it (and later to webhooks and automations). event_push is for live state that has no row. */
#ifndef HOTLINE_PLATFORM_EVENT_H
#define HOTLINE_PLATFORM_EVENT_H

#include <stdint.h>
#include "db/db.h"
#include "job/job.h"

struct event {
	const char *type;  /* "ticket.opened", "agent.state", "queue.live": noun.verb */
	int64_t entity_id; /* 0: none */
	/* Who may see it: the named user; or everybody who holds `permission` with a range over `department_id`
	 * (0: any range); both empty: everybody signed in. */
	int64_t user_id;
	const char *permission;
	int64_t department_id;
	const char *json; /* a complete JSON object, may be NULL */
};

struct event_hub;

int event_hub_create(struct event_hub **hubp, struct database *database);
void event_hub_free(struct event_hub *hub);
extern const struct db_stmt event_statements[];
extern const struct job_type event_jobs[]; /* keeps the outbox at seven days; arg NULL */

/* In the transaction of db. The hub is found through the database it was created with. */
int event_add(struct db *db, const struct event *event);
/* At once, without a row. Any thread; copies. */
void event_push(struct event_hub *hub, const struct event *event);
/* The web layer (and tests) listen here. fn runs on the thread that pushes, must not block and must not (un)listen. At most 16
 * listeners. With several nodes on PostgreSQL the events of the others arrive too; after a time without the database the event
 * "system.resync" (for everybody signed in) says that some may be missing. */
typedef void(event_h)(const struct event *event, void *arg);
int event_listen(struct event_hub *hub, event_h *fn, void *arg);
void event_unlisten(struct event_hub *hub, event_h *fn, void *arg);

#endif
