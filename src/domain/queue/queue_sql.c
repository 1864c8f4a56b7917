/* Statements of queues, members, skills and calendars. */
#include "queue/queue_sql.h"
#include "record/record.h"

#define QUEUE_COLUMNS_SQL                                                                          \
	"id, key, name, name_en, department_id, strategy, weight, ring_s, wrapup_mode, wrapup_s, " \
	"miss_pause_s, tier_wait_s,"                                                               \
	" skill_relax_s, last_agent_s, max_wait_s, max_length, service_level_s, short_abandon_s, " \
	"music, announce_first_s,"                                                                 \
	" announce_every_s, announce_position, announce_wait, overflow_kind, overflow_target, "    \
	"calendar_id, recording, pop, active,"                                                     \
	" version"
#define QUEUE_OUT "isssisiisiiiiiiiiisiiiissnssii"

const struct db_stmt queue_statements[] = {
	[QUEUE_LIST] = { .name = "queue.list",
		.in = "is",
		.out = QUEUE_OUT,
		.sqlite = "SELECT " QUEUE_COLUMNS_SQL
			  " FROM queue WHERE ($1 = 1 OR " SQL_IN_LIST_SQLITE(
				  "department_id", 2) ") ORDER BY key",
		.postgres = "SELECT " QUEUE_COLUMNS_SQL
			    " FROM queue WHERE ($1::bigint = 1 OR " SQL_IN_LIST_POSTGRES(
				    "department_id", 2) ") ORDER BY key" },
	[QUEUE_GET] = { .name = "queue.get",
		.in = "i",
		.out = QUEUE_OUT,
		.sql = "SELECT " QUEUE_COLUMNS_SQL " FROM queue WHERE id = $1" },
	[QUEUE_ADD] = { .name = "queue.add",
		.in = "isssisiisiiiiiiiiisiiiissnssi",
		.out = "",
		.sql = "INSERT INTO queue (" QUEUE_COLUMNS_SQL
		       ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
		       "$15, $16,"
		       " $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, 1)" },
	[QUEUE_CHANGE] = { .name = "queue.change",
		.in = "isssisiisiiiiiiiiisiiiissnssi",
		.out = "",
		.sql = "UPDATE queue SET key = $2, name = $3, name_en = $4, department_id = $5, "
		       "strategy = $6, weight = $7, ring_s = $8,"
		       " wrapup_mode = $9, wrapup_s = $10, miss_pause_s = $11, tier_wait_s = $12, "
		       "skill_relax_s = $13, last_agent_s = $14,"
		       " max_wait_s = $15, max_length = $16, service_level_s = $17, "
		       "short_abandon_s = $18, music = $19, announce_first_s = $20,"
		       " announce_every_s = $21, announce_position = $22, announce_wait = $23, "
		       "overflow_kind = $24, overflow_target = $25,"
		       " calendar_id = $26, recording = $27, pop = $28, active = $29, version = "
		       "version + 1 WHERE id = $1" },
	[QUEUE_DEPARTMENT] = { .name = "queue.department",
		.in = "i",
		.out = "i",
		.sql = "SELECT department_id FROM queue WHERE id = $1" },
	[MEMBER_LIST] = { .name = "queue.members",
		.in = "i",
		.out = "iii",
		.sql = "SELECT user_id, tier, position FROM queue_member WHERE queue_id = $1 ORDER "
		       "BY tier, position, user_id" },
	[MEMBER_CLEAR] = { .name = "queue.members_clear",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM queue_member WHERE queue_id = $1" },
	[MEMBER_ADD] = { .name = "queue.member_add",
		.in = "iiii",
		.out = "",
		.sql = "INSERT INTO queue_member (queue_id, user_id, tier, position) VALUES ($1, "
		       "$2, $3, $4)" },
	[SKILL_LIST] = { .name = "skill.list",
		.in = "",
		.out = "issi",
		.sql = "SELECT id, name, name_en, version FROM skill ORDER BY name" },
	[SKILL_GET] = { .name = "skill.get",
		.in = "i",
		.out = "issi",
		.sql = "SELECT id, name, name_en, version FROM skill WHERE id = $1" },
	[SKILL_ADD] = { .name = "skill.add",
		.in = "iss",
		.out = "",
		.sql = "INSERT INTO skill (id, name, name_en, version) VALUES ($1, $2, $3, 1)" },
	[SKILL_CHANGE] = { .name = "skill.change",
		.in = "iss",
		.out = "",
		.sql = "UPDATE skill SET name = $2, name_en = $3, version = version + 1 WHERE id = "
		       "$1" },
	[USER_SKILL_LIST] = { .name = "skill.of_user",
		.in = "i",
		.out = "ii",
		.sql = "SELECT skill_id, level FROM user_skill WHERE user_id = $1 ORDER BY "
		       "skill_id" },
	[USER_SKILL_CLEAR] = { .name = "skill.user_clear",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM user_skill WHERE user_id = $1" },
	[USER_SKILL_ADD] = { .name = "skill.user_add",
		.in = "iii",
		.out = "",
		.sql = "INSERT INTO user_skill (user_id, skill_id, level) VALUES ($1, $2, $3)" },
	[CALENDAR_LIST] = { .name = "calendar.list",
		.in = "",
		.out = "issssi",
		.sql = "SELECT id, name, zone, weekly, exceptions, version FROM calendar ORDER BY "
		       "name" },
	[CALENDAR_GET] = { .name = "calendar.get",
		.in = "i",
		.out = "issssi",
		.sql = "SELECT id, name, zone, weekly, exceptions, version FROM calendar WHERE id "
		       "= $1" },
	[CALENDAR_ADD] = { .name = "calendar.add",
		.in = "issss",
		.out = "",
		.sql = "INSERT INTO calendar (id, name, zone, weekly, exceptions, version) VALUES "
		       "($1, $2, $3, $4, $5, 1)" },
	[CALENDAR_CHANGE] = { .name = "calendar.change",
		.in = "issss",
		.out = "",
		.sql = "UPDATE calendar SET name = $2, zone = $3, weekly = $4, exceptions = $5, "
		       "version = version + 1 WHERE id = $1" },
	{ 0 },
};
