/* What the files of event/ share. */
#ifndef HOTLINE_PLATFORM_EVENT_HUB_H
#define HOTLINE_PLATFORM_EVENT_HUB_H

#include <pthread.h>
#include "event.h"

#define EVENT_LISTENERS 16

struct event_nodes;

struct event_hub {
	struct database *database;
	pthread_rwlock_t lock; /* of the listeners: pushing reads */
	struct event_listener {
		event_h *fn;
		void *arg;
	} listeners[EVENT_LISTENERS];
	struct event_nodes *nodes; /* PostgreSQL only */
};

/* To the listeners of this node. */
void event_spread(struct event_hub *hub, const struct event *event);

/* Other nodes. tell_row: they read the row themselves; tell_live: the event goes with the message. Any thread, never block. */
int event_nodes_create(struct event_nodes **np, struct event_hub *hub);
void event_nodes_free(struct event_nodes *n);
void event_nodes_tell_row(struct event_nodes *n, int64_t outbox_id);
void event_nodes_tell_live(struct event_nodes *n, const struct event *event);

enum { EVENT_ADD, EVENT_TRIM, EVENT_BY_IDS }; /* event_statements */

#endif
