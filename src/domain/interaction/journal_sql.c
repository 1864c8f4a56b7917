/* Statements with which the switch writes interactions, and which mend what a crash left open. */
#include "interaction/interaction_sql.h"

const struct db_stmt journal_statements[] = {
	[JOURNAL_OPEN] = { .name = "interaction.open",
		.in = "issssnnsinnns",
		.out = "",
		.sql = "INSERT INTO interaction (id, channel, direction, number, called, origin, "
		       "flow_id, flow_version, language, started,"
		       " agent_id, department_id, customer_id, sip_call_id, waiting_ms, talk_ms, "
		       "hold_ms, wrapup_ms, outcome, has_recording, version)"
		       " VALUES ($1, 'call', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
		       "0, 0, 0, 0, 'in_progress', 0, 1)" },
	[JOURNAL_STEP] = { .name = "interaction.step",
		.in = "iiisnns",
		.out = "",
		.sql = "INSERT INTO interaction_step (id, interaction_id, time, kind, user_id, "
		       "queue_id, detail)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7)" },
	[JOURNAL_IVR] = { .name = "interaction.ivr",
		.in = "iiisssss",
		.out = "",
		.sql = "INSERT INTO interaction_ivr (id, interaction_id, time, node, type, name, "
		       "port, keys)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" },
	[JOURNAL_VALUE] = { .name = "interaction.value",
		.in = "iss",
		.out = "",
		.sql = "INSERT INTO interaction_value (interaction_id, name, value) VALUES ($1, "
		       "$2, $3)"
		       " ON CONFLICT (interaction_id, name) DO UPDATE SET value = excluded.value" },
	[JOURNAL_CUSTOMER] = { .name = "interaction.customer",
		.in = "in",
		.out = "",
		.sql = "UPDATE interaction SET customer_id = $2 WHERE id = $1 AND customer_id IS "
		       "NULL" },
	[JOURNAL_LANGUAGE] = { .name = "interaction.language",
		.in = "is",
		.out = "",
		.sql = "UPDATE interaction SET language = $2 WHERE id = $1" },
	[JOURNAL_QUEUE_ENTER] = { .name = "interaction.queue_enter",
		.in = "iiii",
		.out = "",
		.sql = "INSERT INTO queue_entry (id, interaction_id, queue_id, entered) VALUES "
		       "($1, $2, $3, $4)" },
	[JOURNAL_QUEUE_OF] = { .name = "interaction.queue_of",
		.in = "inn",
		.out = "",
		.sql = "UPDATE interaction SET queue_id = $2, department_id = $3 WHERE id = $1" },
	[JOURNAL_QUEUE_LEAVE] = { .name = "interaction.queue_leave",
		.in = "iissin",
		.out = "",
		.sql = "UPDATE queue_entry SET left_at = $2, outcome = $3, reason = $4, waiting_ms "
		       "= $5, agent_id = $6 WHERE id = $1" },
	[JOURNAL_ANSWERED] = { .name = "interaction.answered",
		.in = "innni",
		.out = "",
		.sql = "UPDATE interaction SET agent_id = COALESCE($2, agent_id), department_id = "
		       "COALESCE($3, "
		       "department_id), queue_id = COALESCE($4, queue_id),"
		       " answered = COALESCE(answered, $5), outcome = 'answered', version = "
		       "version + 1 WHERE id = $1" },
	[JOURNAL_LEG_OPEN] = { .name = "interaction.leg_open",
		.in = "iisni",
		.out = "",
		.sql = "INSERT INTO interaction_leg (id, interaction_id, kind, user_id, started) "
		       "VALUES ($1, $2, $3, $4, $5)" },
	[JOURNAL_LEG_ANSWERED] = { .name = "interaction.leg_answered",
		.in = "isi",
		.out = "",
		.sql = "UPDATE interaction_leg SET codec = $2, answered = $3 WHERE id = $1" },
	[JOURNAL_LEG_CLOSE] = { .name = "interaction.leg_close",
		.in = "isii",
		.out = "",
		.sql = "UPDATE interaction_leg SET hangup_by = $2, status = $3, ended = $4 WHERE "
		       "id = $1" },
	[JOURNAL_LEG_STATS] = { .name = "interaction.leg_stats",
		.in = "is",
		.out = "",
		.sql = "UPDATE interaction_leg SET stats = $2 WHERE id = $1" },
	[JOURNAL_RECORDING_OPEN] = { .name = "interaction.recording_open",
		.in = "iissi",
		.out = "",
		.sql = "INSERT INTO recording (id, interaction_id, kind, path, started, degraded, "
		       "cut_short) VALUES ($1, $2, $3, $4, $5, 0, 0)" },
	[JOURNAL_RECORDING_CLOSE] = { .name = "interaction.recording_close",
		.in = "iii",
		.out = "",
		.sql = "UPDATE recording SET milliseconds = $2, degraded = $3 WHERE id = $1" },
	[JOURNAL_HAS_RECORDING] = { .name = "interaction.has_recording",
		.in = "i",
		.out = "",
		.sql = "UPDATE interaction SET has_recording = 1 WHERE id = $1" },
	[JOURNAL_CLOSE] = { .name = "interaction.close",
		.in = "iissiii",
		.out = "",
		.sql = "UPDATE interaction SET ended = $2, outcome = $3, hangup_by = $4, "
		       "waiting_ms = $5, talk_ms = $6, hold_ms = $7,"
		       " version = version + 1 WHERE id = $1" },
	[JOURNAL_WRAPUP] = { .name = "interaction.wrapup",
		.in = "iiss",
		.out = "",
		.sql = "UPDATE interaction SET wrapup_ms = wrapup_ms + $2, disposition = "
		       "COALESCE($3, disposition), note = COALESCE($4, note),"
		       " version = version + 1 WHERE id = $1" },
	[JOURNAL_STATE_END] = { .name = "interaction.state_end",
		.in = "ii",
		.out = "",
		.sql = "UPDATE agent_state_log SET ended = $2 WHERE id = $1" },
	[JOURNAL_STATE_BEGIN] = { .name = "interaction.state_begin",
		.in = "iissi",
		.out = "",
		.sql = "INSERT INTO agent_state_log (id, user_id, state, reason, started) VALUES "
		       "($1, $2, $3, $4, $5)" },
	[INTERACTION_LAST_AGENT] = { .name = "interaction.last_agent",
		.in = "si",
		.out = "i",
		.sql = "SELECT agent_id FROM interaction WHERE number = $1 AND id > $2 AND "
		       "agent_id IS NOT NULL ORDER BY id DESC LIMIT 1" },
	/* After a crash: nothing may stay open, and the identity of requirements 6.1 must hold. */
	[REPAIR_INTERACTIONS] = { .name = "interaction.repair",
		.in = "i",
		.out = "",
		.sql = "UPDATE interaction SET ended = $1, hangup_by = 'system', outcome = CASE "
		       "WHEN answered IS NULL THEN 'failed' ELSE 'answered' END,"
		       " version = version + 1 WHERE ended IS NULL" },
	[REPAIR_ENTRIES] = { .name = "interaction.repair_entries",
		.in = "i",
		.out = "",
		.sql = "UPDATE queue_entry SET left_at = $1, outcome = 'flowout', reason = "
		       "'restart', waiting_ms = $1 - entered WHERE outcome IS NULL" },
	[REPAIR_LEGS] = { .name = "interaction.repair_legs",
		.in = "i",
		.out = "",
		.sql = "UPDATE interaction_leg SET ended = $1, hangup_by = 'system' WHERE ended IS "
		       "NULL AND interaction_id IN"
		       " (SELECT id FROM interaction WHERE ended IS NULL)" },
	[REPAIR_STATES] = { .name = "interaction.repair_states",
		.in = "i",
		.out = "",
		.sql = "UPDATE agent_state_log SET ended = $1 WHERE ended IS NULL" },
	[REPAIR_RECORDINGS] = { .name = "interaction.repair_recording",
		.in = "ii",
		.out = "",
		.sql = "UPDATE recording SET milliseconds = $2, cut_short = 1 WHERE id = $1" },
	[OPEN_RECORDINGS] = { .name = "interaction.open_recordings",
		.in = "",
		.out = "is",
		.sql = "SELECT id, path FROM recording WHERE milliseconds IS NULL" },
	{ 0 },
};
