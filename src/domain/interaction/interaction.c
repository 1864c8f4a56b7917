/* Writing interactions: each function is one or two journal entries. */
#include <errno.h>
#include <stdio.h>
#include "arena.h"
#include "clock/clock.h"
#include "id.h"
#include "interaction/interaction.h"
#include "interaction/interaction_sql.h"
#include "interaction/journal.h"

#define S(n) (&journal_statements[n])

/* {"id":"..."}: what the screens ask for again. */
static const char *id_json(char out[48], int64_t id)
{
	snprintf(out, 48, "{\"id\":\"%lld\"}", (long long)id);
	return out;
}

static int64_t new_id(void)
{
	return id_make(clock_now());
}

void interaction_open(const struct interaction_start *s)
{
	journal_write(S(JOURNAL_OPEN), s->id, s->direction, s->number, s->called, s->origin,
		s->flow_id, s->flow_version, s->language, s->started, s->agent_id, s->department_id,
		s->customer_id, s->sip_call_id);
}

void interaction_step(
	int64_t id, const char *kind, int64_t user_id, int64_t queue_id, const char *detail)
{
	journal_write(S(JOURNAL_STEP), new_id(), id, clock_now(), kind, user_id, queue_id, detail);
}

void interaction_ivr(int64_t id, const char *node, const char *type, const char *name,
	const char *port, const char *keys)
{
	journal_write(S(JOURNAL_IVR), new_id(), id, clock_now(), node, type, name, port, keys);
}

void interaction_value(int64_t id, const char *name, const char *value)
{
	journal_write(S(JOURNAL_VALUE), id, name, value);
}

void interaction_customer(int64_t id, int64_t customer_id)
{
	journal_write(S(JOURNAL_CUSTOMER), id, customer_id);
}

void interaction_language(int64_t id, const char *language)
{
	journal_write(S(JOURNAL_LANGUAGE), id, language);
}

void interaction_queue_enter(const struct interaction_entry *e)
{
	journal_write(S(JOURNAL_QUEUE_ENTER), e->id, e->interaction_id, e->queue_id, e->entered);
	journal_write(S(JOURNAL_QUEUE_OF), e->interaction_id, e->queue_id, e->department_id);
}

void interaction_queue_leave(int64_t entry_id, const char *outcome, const char *reason,
	int64_t agent_id, int64_t left_at, int64_t waiting_ms)
{
	journal_write(
		S(JOURNAL_QUEUE_LEAVE), entry_id, left_at, outcome, reason, waiting_ms, agent_id);
}

void interaction_answered(
	int64_t id, int64_t agent_id, int64_t department_id, int64_t queue_id, int64_t time)
{
	char json[48];
	const struct event event = { .type = "interaction.changed",
		.entity_id = id,
		.permission = "interaction.read",
		.department_id = department_id,
		.json = id_json(json, id) };

	journal_write_with(
		&event, S(JOURNAL_ANSWERED), id, agent_id, department_id, queue_id, time);
}

void interaction_leg_open(const struct interaction_leg *leg)
{
	journal_write(S(JOURNAL_LEG_OPEN), leg->id, leg->interaction_id, leg->kind, leg->user_id,
		leg->started);
}

void interaction_leg_answered(int64_t leg_id, const char *codec, int64_t time)
{
	journal_write(S(JOURNAL_LEG_ANSWERED), leg_id, codec, time);
}

void interaction_leg_close(int64_t leg_id, const char *hangup_by, int status, int64_t time)
{
	journal_write(S(JOURNAL_LEG_CLOSE), leg_id, hangup_by, (int64_t)status, time);
}

void interaction_leg_stats(int64_t leg_id, const char *json)
{
	journal_write(S(JOURNAL_LEG_STATS), leg_id, json);
}

void interaction_recording_open(int64_t recording_id, int64_t interaction_id, const char *kind,
	const char *path, int64_t started)
{
	journal_write(S(JOURNAL_RECORDING_OPEN), recording_id, interaction_id, kind, path, started);
	journal_write(S(JOURNAL_HAS_RECORDING), interaction_id);
}

void interaction_recording_close(int64_t recording_id, int64_t interaction_id,
	int64_t department_id, int64_t milliseconds, bool degraded)
{
	char json[96];
	const struct event event = { .type = "recording.ready",
		.entity_id = interaction_id,
		.permission = "recording.listen",
		.department_id = department_id,
		.json = json };

	snprintf(json, sizeof(json), "{\"id\":\"%lld\",\"interaction_id\":\"%lld\"}",
		(long long)recording_id, (long long)interaction_id);
	journal_write_with(
		&event, S(JOURNAL_RECORDING_CLOSE), recording_id, milliseconds, (int64_t)degraded);
}

void interaction_close(const struct interaction_end *e)
{
	char json[48];
	const struct event event = { .type = "interaction.changed",
		.entity_id = e->id,
		.permission = "interaction.read",
		.department_id = e->department_id,
		.json = id_json(json, e->id) };

	journal_write_with(&event, S(JOURNAL_CLOSE), e->id, e->ended, e->outcome, e->hangup_by,
		e->waiting_ms, e->talk_ms, e->hold_ms);
}

void interaction_wrapup(int64_t id, int64_t wrapup_ms, const char *disposition, const char *note)
{
	journal_write(S(JOURNAL_WRAPUP), id, wrapup_ms, disposition, note);
}

void interaction_agent_state(int64_t log_id, int64_t ended_log_id, int64_t user_id,
	const char *state, const char *reason, int64_t time)
{
	if (ended_log_id)
		journal_write(S(JOURNAL_STATE_END), ended_log_id, time);
	if (log_id)
		journal_write(S(JOURNAL_STATE_BEGIN), log_id, user_id, state, reason, time);
}

int interaction_last_agent(struct db *db, const char *number, int64_t since, int64_t *agent_id)
{
	struct arena *arena = arena_create(0);
	int err;

	if (!arena)
		return ENOMEM;
	*agent_id = 0;
	err = db_get(db, arena, S(INTERACTION_LAST_AGENT), number, id_first_at(since), agent_id);
	arena_free(arena);
	return err == ENOENT ? 0 : err;
}
