/* Statements that read interactions. */
#ifndef HOTLINE_DOMAIN_INTERACTION_LIST_SQL_H
#define HOTLINE_DOMAIN_INTERACTION_LIST_SQL_H

#include "db/db.h"

enum {
	LIST_ALL,
	LIST_DEPARTMENTS,
	LIST_OWN,
	ONE,
	STEPS,
	IVR_PATH,
	VALUES_OF,
	RECORDINGS_OF,
	LEGS_OF,
	RECORDING_GET,
	AGENT_TOOK_PART,
	WAS_OFFERED,
	WAITED,
	CONTACTS_OF,
	INTERACTION_CHANGE,
};
extern const struct db_stmt interaction_list_statements[];

#endif
