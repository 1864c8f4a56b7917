/* Statements that read interactions: the call log, one in full, the pop. */
#include "interaction/list_sql.h"
#include "record/record.h"

/* Columns of a list row, in the order of the first fields of struct interaction_row. */
#define ROW                                                                                        \
	"i.id, i.channel, i.direction, i.number, i.called, i.customer_id, i.department_id, "       \
	"i.queue_id, i.agent_id, i.started, i.answered,"                                           \
	" i.ended, i.waiting_ms, i.talk_ms, i.hold_ms, i.wrapup_ms, i.outcome, i.hangup_by, "      \
	"i.disposition, i.note, i.has_recording,"                                                  \
	" i.language, i.version"
#define ROW_OUT "issssnnnninniiiissssisi"

/* Filters as values: $1 cursor id, $2-$3 times as ids, then each with a value that means "any". */
#define FILTERS                                                                                    \
	" i.id < $1 AND i.id >= $2 AND i.id < $3 AND ($4 = '' OR i.direction = $4) AND ($5 = '' "  \
	"OR i.outcome = $5)"                                                                       \
	" AND ($6 = 0 OR i.queue_id = $6) AND ($7 = 0 OR i.agent_id = $7) AND ($8 = 0 OR "         \
	"i.customer_id = $8)"                                                                      \
	" AND ($9 = '' OR i.number = $9)"
#define ORDER     " ORDER BY i.id DESC LIMIT $10"
#define FILTER_IN "iiissiiisi"

const struct db_stmt interaction_list_statements[] = {
	[LIST_ALL] = { .name = "interaction.list_all",
		.in = FILTER_IN,
		.out = ROW_OUT,
		.sql = "SELECT " ROW " FROM interaction i WHERE" FILTERS ORDER },
	[LIST_DEPARTMENTS] = { .name = "interaction.list_departments",
		.in = FILTER_IN "s",
		.out = ROW_OUT,
		.sqlite = "SELECT " ROW " FROM interaction i WHERE" FILTERS
			  " AND " SQL_IN_LIST_SQLITE("i.department_id", 11) ORDER,
		.postgres = "SELECT " ROW " FROM interaction i WHERE" FILTERS
			    " AND " SQL_IN_LIST_POSTGRES("i.department_id", 11) ORDER },
	[LIST_OWN] = { .name = "interaction.list_own",
		.in = FILTER_IN "i",
		.out = ROW_OUT,
		.sql = "SELECT " ROW " FROM interaction i WHERE" FILTERS
		       " AND i.agent_id = $11" ORDER },
	[ONE] = { .name = "interaction.one",
		.in = "i",
		.out = ROW_OUT,
		.sql = "SELECT " ROW " FROM interaction i WHERE i.id = $1" },
	[STEPS] = { .name = "interaction.steps",
		.in = "i",
		.out = "isnns",
		.sql = "SELECT time, kind, user_id, queue_id, detail FROM interaction_step WHERE "
		       "interaction_id = $1 ORDER BY id LIMIT 500" },
	[IVR_PATH] = { .name = "interaction.ivr_path",
		.in = "i",
		.out = "isssss",
		.sql = "SELECT time, node, type, name, port, keys FROM interaction_ivr WHERE "
		       "interaction_id = $1 ORDER BY id LIMIT 500" },
	[VALUES_OF] = { .name = "interaction.values",
		.in = "i",
		.out = "ss",
		.sql = "SELECT name, value FROM interaction_value WHERE interaction_id = $1 ORDER "
		       "BY name" },
	[RECORDINGS_OF] = { .name = "interaction.recordings",
		.in = "i",
		.out = "isniii",
		.sql = "SELECT id, kind, milliseconds, degraded, cut_short, started FROM recording "
		       "WHERE interaction_id = $1 ORDER BY id" },
	[LEGS_OF] = { .name = "interaction.legs",
		.in = "i",
		.out = "isnsinnsis",
		.sql = "SELECT id, kind, user_id, codec, started, answered, ended, hangup_by, "
		       "COALESCE(status, 0), stats"
		       " FROM interaction_leg WHERE interaction_id = $1 ORDER BY id" },
	[RECORDING_GET] = { .name = "interaction.recording",
		.in = "i",
		.out = "isnn",
		.sql = "SELECT r.interaction_id, r.path, i.department_id, i.agent_id FROM "
		       "recording r JOIN interaction i ON i.id = r.interaction_id"
		       " WHERE r.id = $1" },
	[AGENT_TOOK_PART] = { .name = "interaction.took_part",
		.in = "ii",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM interaction_leg WHERE interaction_id = $1 AND user_id "
		       "= $2" },
	[WAS_OFFERED] = { .name = "interaction.was_offered",
		.in = "ii",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM interaction_step WHERE interaction_id = $1 AND "
		       "user_id = $2 AND kind = 'offered'" },
	[WAITED] = { .name = "interaction.waited",
		.in = "ii",
		.out = "i",
		.sql = "SELECT CAST(COALESCE(SUM(COALESCE(waiting_ms, $1 - entered)), 0) AS "
		       "BIGINT) FROM queue_entry WHERE interaction_id = $2" },
	[CONTACTS_OF] = { .name = "interaction.contacts_of",
		.in = "iii",
		.out = "isssnni",
		.sql = "SELECT id, number, outcome, COALESCE(note, ''), department_id, agent_id, "
		       "started FROM interaction"
		       " WHERE customer_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3" },
	[INTERACTION_CHANGE] = { .name = "interaction.change",
		.in = "inssi",
		.out = "",
		.sql = "UPDATE interaction SET customer_id = $2, disposition = $3, note = $4, "
		       "version = version + 1 WHERE id = $1 AND version = $5" },
	{ 0 },
};
