/* The audit trail: who changed what, when, from what to what, and why; written in the transaction of the change (design 4). */
#ifndef HOTLINE_DOMAIN_AUDIT_H
#define HOTLINE_DOMAIN_AUDIT_H

#include "actor/actor.h"
#include "db/db.h"
#include "module/module.h"

struct web_request;

struct audit_entry {
	const char *action; /* "create", "change", "delete", "listen" ... */
	const char *entity; /* "ticket" */
	int64_t id;         /* 0: none */
	const char *
		changes; /* JSON list of {field, old, new} (record_diff), may be NULL; never a secret */
	const char *reason; /* may be NULL */
	const char *source; /* address, or "system", "console"; may be NULL */
};
/* actor NULL: the system. In the caller's transaction. */
int audit_add(struct db *db, const struct actor *actor, const struct audit_entry *entry);
/* The same with actor and source of the request. */
int audit_request(struct web_request *req, struct db *db, const char *action, const char *entity,
	int64_t id, const char *changes);

extern const struct module audit_module;

#endif
