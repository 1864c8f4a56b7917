/* Statements of flows, prompts, entry numbers and switches. */
#include "flow/flow_sql.h"

const struct db_stmt flow_statements[] = {
	[FLOW_LIST] = { .name = "flow.list",
		.in = "",
		.out = "issinni",
		.sql = "SELECT id, key, name, active_version, draft_updated, draft_by, version "
		       "FROM ivr_flow ORDER BY key" },
	[FLOW_GET] = { .name = "flow.get",
		.in = "i",
		.out = "issinnis",
		.sql = "SELECT id, key, name, active_version, draft_updated, draft_by, version, "
		       "draft FROM ivr_flow WHERE id = $1" },
	[FLOW_ADD] = { .name = "flow.add",
		.in = "isssin",
		.out = "",
		.sql = "INSERT INTO ivr_flow (id, key, name, active_version, draft, draft_updated, "
		       "draft_by, version)"
		       " VALUES ($1, $2, $3, 0, $4, $5, $6, 1)" },
	[FLOW_DRAFT] = { .name = "flow.draft",
		.in = "isin",
		.out = "",
		.sql = "UPDATE ivr_flow SET draft = $2, draft_updated = $3, draft_by = $4, version "
		       "= version + 1 WHERE id = $1" },
	[FLOW_ACTIVATE] = { .name = "flow.activate",
		.in = "ii",
		.out = "",
		.sql = "UPDATE ivr_flow SET active_version = $2, version = version + 1 WHERE id = "
		       "$1" },
	[FLOW_EXISTS] = { .name = "flow.exists",
		.in = "s",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM ivr_flow WHERE key = $1" },
	[VERSION_LIST] = { .name = "flow.versions",
		.in = "i",
		.out = "inssi",
		.sql = "SELECT number, author_id, note, hash, published FROM ivr_flow_version "
		       "WHERE flow_id = $1 ORDER BY number DESC" },
	[VERSION_GET] = { .name = "flow.version",
		.in = "ii",
		.out = "inssis",
		.sql = "SELECT number, author_id, note, hash, published, flow FROM "
		       "ivr_flow_version WHERE flow_id = $1 AND number = $2" },
	[VERSION_ADD] = { .name = "flow.version_add",
		.in = "iissnsi",
		.out = "",
		.sql = "INSERT INTO ivr_flow_version (flow_id, number, flow, hash, author_id, "
		       "note, published) VALUES ($1, $2, $3, $4, $5, $6, $7)" },
	[VERSION_LAST] = { .name = "flow.version_last",
		.in = "i",
		.out = "i",
		.sql = "SELECT COALESCE(MAX(number), 0) FROM ivr_flow_version WHERE flow_id = $1" },
	[PROMPT_LIST] = { .name = "prompt.list",
		.in = "",
		.out = "isssi",
		.sql = "SELECT id, name, text_zh, text_en, version FROM prompt ORDER BY name" },
	[PROMPT_GET] = { .name = "prompt.get",
		.in = "i",
		.out = "isssi",
		.sql = "SELECT id, name, text_zh, text_en, version FROM prompt WHERE id = $1" },
	[PROMPT_ADD] = { .name = "prompt.add",
		.in = "isss",
		.out = "",
		.sql = "INSERT INTO prompt (id, name, text_zh, text_en, version) VALUES ($1, $2, "
		       "$3, $4, 1)" },
	[PROMPT_CHANGE] = { .name = "prompt.change",
		.in = "iss",
		.out = "",
		.sql = "UPDATE prompt SET text_zh = $2, text_en = $3, version = version + 1 WHERE "
		       "id = $1" },
	[PROMPT_EXISTS] = { .name = "prompt.exists",
		.in = "ss",
		.out = "ii",
		.sql = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN (CASE WHEN $2 LIKE 'en%' THEN "
		       "text_en ELSE text_zh END) <> ''"
		       " OR EXISTS (SELECT 1 FROM prompt_version v WHERE v.prompt_id = prompt.id "
		       "AND v.language = $2) THEN 1 ELSE 0 END), 0)"
		       " FROM prompt WHERE name = $1" },
	[PROMPT_VERSIONS] = { .name = "prompt.versions",
		.in = "",
		.out = "iisiiis",
		.sql = "SELECT prompt_id, id, language, number, milliseconds, created, source FROM "
		       "prompt_version"
		       " ORDER BY prompt_id, language, number DESC" },
	[PROMPT_VERSION_GET] = { .name = "prompt.version",
		.in = "i",
		.out = "s",
		.sql = "SELECT path FROM prompt_version WHERE id = $1" },
	[PROMPT_VERSION_ADD] = { .name = "prompt.version_add",
		.in = "iisissiin",
		.out = "",
		.sql = "INSERT INTO prompt_version (id, prompt_id, language, number, source, path, "
		       "milliseconds, created, created_by)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)" },
	[PROMPT_VERSION_LAST] = { .name = "prompt.version_last",
		.in = "is",
		.out = "i",
		.sql = "SELECT COALESCE(MAX(number), 0) FROM prompt_version WHERE prompt_id = $1 "
		       "AND language = $2" },
	[ENTRY_LIST] = { .name = "entry.list",
		.in = "",
		.out = "isisi",
		.sql = "SELECT id, number, flow_id, note, version FROM entry_number ORDER BY "
		       "number" },
	[ENTRY_GET] = { .name = "entry.get",
		.in = "i",
		.out = "isisi",
		.sql = "SELECT id, number, flow_id, note, version FROM entry_number WHERE id = "
		       "$1" },
	[ENTRY_ADD] = { .name = "entry.add",
		.in = "isis",
		.out = "",
		.sql = "INSERT INTO entry_number (id, number, flow_id, note, version) VALUES ($1, "
		       "$2, $3, $4, 1)" },
	[ENTRY_CHANGE] = { .name = "entry.change",
		.in = "isis",
		.out = "",
		.sql = "UPDATE entry_number SET number = $2, flow_id = $3, note = $4, version = "
		       "version + 1 WHERE id = $1" },
	[ENTRY_DELETE] = { .name = "entry.delete",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM entry_number WHERE id = $1" },
	[SWITCH_LIST] = { .name = "switch.list",
		.in = "",
		.out = "siii",
		.sql = "SELECT name, is_on, COALESCE(until, 0), changed FROM ivr_switch ORDER BY "
		       "name" },
	[SWITCH_SET] = { .name = "switch.set",
		.in = "sinin",
		.out = "",
		.sql = "INSERT INTO ivr_switch (name, is_on, until, changed, changed_by) VALUES "
		       "($1, $2, $3, $4, $5)"
		       " ON CONFLICT (name) DO UPDATE SET is_on = excluded.is_on, until = "
		       "excluded.until, changed = excluded.changed,"
		       " changed_by = excluded.changed_by" },
	[QUEUE_EXISTS] = { .name = "flow.queue_exists",
		.in = "s",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM queue WHERE key = $1 AND active = 1" },
	[CALENDAR_EXISTS] = { .name = "flow.calendar_exists",
		.in = "s",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM calendar WHERE name = $1" },
	{ 0 },
};
