/* What the files of queue/ share. */
#ifndef HOTLINE_DOMAIN_QUEUE_INTERNAL_H
#define HOTLINE_DOMAIN_QUEUE_INTERNAL_H

#include "identity/identity.h"
#include "queue/queue.h"
#include "queue/queue_sql.h"
#include "web/web.h"

extern const struct web_route queue_routes[], skill_routes[], calendar_routes[];
int queue_demo(struct db *db);

#endif
