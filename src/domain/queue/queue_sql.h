/* Statements of queues, members, skills and calendars. */
#ifndef HOTLINE_DOMAIN_QUEUE_SQL_H
#define HOTLINE_DOMAIN_QUEUE_SQL_H

#include "db/db.h"

enum {
	QUEUE_LIST,
	QUEUE_GET,
	QUEUE_ADD,
	QUEUE_CHANGE,
	QUEUE_DEPARTMENT,
	MEMBER_LIST,
	MEMBER_CLEAR,
	MEMBER_ADD,
	SKILL_LIST,
	SKILL_GET,
	SKILL_ADD,
	SKILL_CHANGE,
	USER_SKILL_LIST,
	USER_SKILL_CLEAR,
	USER_SKILL_ADD,
	CALENDAR_LIST,
	CALENDAR_GET,
	CALENDAR_ADD,
	CALENDAR_CHANGE,
};
extern const struct db_stmt queue_statements[];
#define ST(n) (&queue_statements[n])

#endif
