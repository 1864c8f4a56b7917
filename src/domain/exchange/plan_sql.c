/* Statements that read the plan. */
#include "exchange/plan_private.h"

const struct db_stmt plan_statements[] = {
	[PLAN_QUEUES] = { .name = "plan.queues",
		.in = "",
		.out = "isssisiisiiiiiiiisiiiissssii",
		.sql = "SELECT id, key, name, name_en, department_id, strategy, weight, ring_s, "
		       "wrapup_mode, wrapup_s, miss_pause_s,"
		       " tier_wait_s, skill_relax_s, last_agent_s, max_wait_s, max_length, "
		       "service_level_s, music, announce_first_s,"
		       " announce_every_s, announce_position, announce_wait, overflow_kind, "
		       "overflow_target, recording, pop,"
		       " short_abandon_s, COALESCE(calendar_id, 0) FROM queue WHERE active = 1 "
		       "ORDER BY id" },
	[PLAN_MEMBERS] = { .name = "plan.members",
		.in = "",
		.out = "iiii",
		.sql = "SELECT user_id, queue_id, tier, position FROM queue_member ORDER BY "
		       "user_id, queue_id" },
	[PLAN_SKILLS] = { .name = "plan.skills",
		.in = "",
		.out = "iii",
		.sql = "SELECT user_id, skill_id, level FROM user_skill ORDER BY user_id, "
		       "skill_id" },
	[PLAN_FLOWS] = { .name = "plan.flows",
		.in = "",
		.out = "isis",
		.sql = "SELECT f.id, f.key, v.number, v.flow FROM ivr_flow f"
		       " JOIN ivr_flow_version v ON v.flow_id = f.id AND v.number = "
		       "f.active_version ORDER BY f.id" },
	[PLAN_NUMBERS] = { .name = "plan.numbers",
		.in = "",
		.out = "si",
		.sql = "SELECT number, flow_id FROM entry_number ORDER BY number" },
	[PLAN_PROMPTS] = { .name = "plan.prompts",
		.in = "",
		.out = "ssssis",
		.sql = "SELECT p.name, p.text_zh, p.text_en, COALESCE(v.language, ''), "
		       "COALESCE(v.number, 0), COALESCE(v.path, '')"
		       " FROM prompt p LEFT JOIN prompt_version v ON v.prompt_id = p.id ORDER BY "
		       "p.name, v.language, v.number DESC" },
	[PLAN_CALENDARS] = { .name = "plan.calendars",
		.in = "",
		.out = "issss",
		.sql = "SELECT id, name, zone, weekly, exceptions FROM calendar ORDER BY id" },
	[PLAN_TRUNKS] = { .name = "plan.trunks",
		.in = "",
		.out = "ississssii",
		.sql = "SELECT id, name, host, port, transport, addresses, user_name, password, "
		       "registers, max_calls"
		       " FROM trunk WHERE active = 1 ORDER BY id" },
	[PLAN_SWITCHES] = { .name = "plan.switches",
		.in = "",
		.out = "sii",
		.sql = "SELECT name, is_on, COALESCE(until, 0) FROM ivr_switch ORDER BY name" },
	/* ids are sorted by time: a range of them is a range of time */
	[PLAN_QUEUES_TODAY] = { .name = "plan.queues_today",
		.in = "ii",
		.out = "iiiiiii",
		.sql = "SELECT e.queue_id, COUNT(*), SUM(CASE WHEN e.outcome = 'answered' THEN 1 "
		       "ELSE 0 "
		       "END),"
		       " SUM(CASE WHEN e.outcome = 'answered' AND e.waiting_ms <= "
		       "q.service_level_s * "
		       "1000 THEN 1 ELSE 0 END),"
		       " SUM(CASE WHEN e.outcome = 'abandoned' THEN 1 ELSE 0 END),"
		       " SUM(CASE WHEN e.outcome = 'abandoned' AND e.reason = 'short' THEN 1 ELSE "
		       "0 END),"
		       " SUM(CASE WHEN e.outcome = 'flowout' THEN 1 ELSE 0 END)"
		       " FROM queue_entry e JOIN queue q ON q.id = e.queue_id"
		       " WHERE e.id >= $1 AND e.id < $2 AND e.outcome IN ('answered', 'abandoned', "
		       "'flowout') GROUP BY e.queue_id" },
	[PLAN_AGENTS_TODAY] = { .name = "plan.agents_today",
		.in = "ii",
		.out = "ii",
		.sql = "SELECT user_id, COUNT(*) FROM interaction_leg WHERE id >= $1 AND id < $2 "
		       "AND "
		       "user_id IS NOT NULL"
		       " AND answered IS NOT NULL GROUP BY user_id" },
	{ 0 },
};
