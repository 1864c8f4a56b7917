/* Reading interactions: the call log and one call in full. */
#include <errno.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "id.h"
#include "identity/identity.h"
#include "interaction/list.h"
#include "interaction/list_sql.h"
#include "phone.h"
#include "ticket/ticket.h"

#define ST(n) (&interaction_list_statements[n])

struct step_view {
	int64_t time;
	const char *kind;
	int64_t user_id, queue_id;
	const char *detail, *user_name;
};
static const struct web_field step_fields[] = {
	{ F(struct step_view, time, FIELD_TIME) },
	{ F(struct step_view, kind, FIELD_TEXT) },
	{ F(struct step_view, user_id, FIELD_ID) },
	{ F(struct step_view, queue_id, FIELD_ID) },
	{ F(struct step_view, detail, FIELD_TEXT) },
	{ F(struct step_view, user_name, FIELD_TEXT) },
	{ 0 },
};

const struct web_field interaction_path_fields[] = {
	{ F(struct interaction_path, time, FIELD_TIME) },
	{ F(struct interaction_path, node, FIELD_TEXT) },
	{ F(struct interaction_path, type, FIELD_TEXT) },
	{ F(struct interaction_path, name, FIELD_TEXT) },
	{ F(struct interaction_path, port, FIELD_TEXT) },
	{ F(struct interaction_path, keys, FIELD_TEXT) },
	{ 0 },
};

const struct web_field interaction_value_fields[] = {
	{ F(struct interaction_value, name, FIELD_TEXT) },
	{ F(struct interaction_value, value, FIELD_TEXT) },
	{ 0 },
};

struct recording_view {
	int64_t id;
	const char *kind;
	int64_t milliseconds;
	bool degraded, cut_short;
	int64_t started;
};
static const struct web_field recording_fields[] = {
	{ F(struct recording_view, id, FIELD_ID) },
	{ F(struct recording_view, kind, FIELD_TEXT), .text = "call, voicemail" },
	{ F(struct recording_view, milliseconds, FIELD_INT), .text = "0: still running" },
	{ F(struct recording_view, degraded, FIELD_BOOL) },
	{ F(struct recording_view, cut_short, FIELD_BOOL) },
	{ F(struct recording_view, started, FIELD_TIME) },
	{ 0 },
};

struct leg_view {
	int64_t id;
	const char *kind;
	int64_t user_id;
	const char *codec;
	int64_t started, answered, ended;
	const char *hangup_by;
	int64_t status;
	const char *stats;
};
static const struct web_field leg_fields[] = {
	{ F(struct leg_view, id, FIELD_ID) },
	{ F(struct leg_view, kind, FIELD_TEXT) },
	{ F(struct leg_view, user_id, FIELD_ID) },
	{ F(struct leg_view, codec, FIELD_TEXT) },
	{ F(struct leg_view, started, FIELD_TIME) },
	{ F(struct leg_view, answered, FIELD_TIME) },
	{ F(struct leg_view, ended, FIELD_TIME) },
	{ F(struct leg_view, hangup_by, FIELD_TEXT) },
	{ F(struct leg_view, status, FIELD_INT) },
	{ F(struct leg_view, stats, FIELD_JSON) },
	{ 0 },
};

#define R(member, kind)                                                                            \
	{                                                                                          \
		F(struct interaction_row, member, kind)                                            \
	}
#define ROW_FIELDS                                                                                 \
	R(id, FIELD_ID), R(channel, FIELD_TEXT), R(direction, FIELD_TEXT), R(number, FIELD_TEXT),  \
		R(called, FIELD_TEXT), R(customer_id, FIELD_ID), R(department_id, FIELD_ID),       \
		R(queue_id, FIELD_ID), R(agent_id, FIELD_ID), R(started, FIELD_TIME),              \
		R(answered, FIELD_TIME), R(ended, FIELD_TIME), R(waiting_ms, FIELD_INT),           \
		R(talk_ms, FIELD_INT), R(hold_ms, FIELD_INT), R(wrapup_ms, FIELD_INT),             \
		R(outcome, FIELD_TEXT), R(hangup_by, FIELD_TEXT), R(disposition, FIELD_TEXT),      \
		R(note, FIELD_TEXT), R(has_recording, FIELD_BOOL), R(language, FIELD_TEXT),        \
		R(version, FIELD_INT), R(customer_name, FIELD_TEXT), R(queue_name, FIELD_TEXT),    \
		R(queue_name_en, FIELD_TEXT), R(agent_name, FIELD_TEXT),                           \
		R(number_display, FIELD_TEXT),                                                     \
	{                                                                                          \
		F(struct interaction_row, ticket_ids, FIELD_LIST), .of = FIELD_ID                  \
	}
#define L(member, item)                                                                            \
	{                                                                                          \
		F(struct interaction_row, member, FIELD_LIST), .fields = item##_fields,            \
							       .size = sizeof(struct item##_view)  \
	}

const struct web_field interaction_row_fields[] = { ROW_FIELDS, { 0 } };
const struct web_field interaction_full_fields[] = {
	ROW_FIELDS,
	L(steps, step),
	{ F(struct interaction_row, ivr, FIELD_LIST), .fields = interaction_path_fields,
		.size = sizeof(struct interaction_path) },
	{ F(struct interaction_row, values, FIELD_LIST), .fields = interaction_value_fields,
		.size = sizeof(struct interaction_value) },
	{ F(struct interaction_row, recordings, FIELD_LIST), .fields = recording_fields,
		.size = sizeof(struct recording_view) },
	{ F(struct interaction_row, legs, FIELD_LIST), .fields = leg_fields,
		.size = sizeof(struct leg_view) },
	{ 0 },
};

int interaction_describe(
	struct db *db, struct arena *arena, const struct actor *viewer, struct interaction_row *row)
{
	char masked[PHONE_MAX];
	int err = interaction_names(db, arena, row);

	if (err)
		return err;
	row->agent_name = identity_user_name(arena, row->agent_id);
	if (viewer && viewer->masks_numbers) {
		phone_mask(masked, sizeof(masked), row->number);
		row->number = arena_strdup(arena, masked);
	}
	row->number_display = row->number;
	return row->number ? ticket_ids_of_interaction(db, arena, row->id, &row->ticket_ids)
			   : ENOMEM;
}

/* --- the log --- */

struct filters {
	int64_t before, from, until, queue, agent, customer, limit;
	const char *direction, *outcome, *number;
};

static const char *text_or_empty(struct web_request *req, const char *name)
{
	const char *s = web_param_text(req, name);

	return s ? s : "";
}

static int take_filters(struct web_request *req, struct filters *f)
{
	const char *area = config_text(web_platform(req)->config, "area_code"),
		   *typed = web_param_text(req, "number");
	char number[PHONE_MAX];

	*f = (struct filters){ .before = record_cursor(req, INT64_MAX),
		.from = 0,
		.until = INT64_MAX,
		.queue = web_param_int(req, "queue_id", 0),
		.agent = web_param_int(req, "agent_id", 0),
		.customer = web_param_int(req, "customer_id", 0),
		.limit = web_limit(req) + 1,
		.direction = text_or_empty(req, "direction"),
		.outcome = text_or_empty(req, "outcome"),
		.number = "" };
	if (web_param_int(req, "from", 0))
		f->from = id_first_at(web_param_int(req, "from", 0));
	if (web_param_int(req, "to", 0))
		f->until = id_first_at(web_param_int(req, "to", 0));
	if (web_param_int(req, "mine", 0))
		f->agent = web_actor(req)->user_id;
	if (typed && *typed)
		f->number = phone_normalize(number, sizeof(number), typed, *area ? area : NULL)
				    ? typed
				    : arena_strdup(web_arena(req), number);
	return f->number ? 0 : ENOMEM;
}

#define FILTER_VALUES(f)                                                                           \
	(f).before, (f).from, (f).until, (f).direction, (f).outcome, (f).queue, (f).agent,         \
		(f).customer, (f).number, (f).limit

static int list_interactions(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = interaction_row_fields,
		.columns = INTERACTION_COLUMNS,
		.size = sizeof(struct interaction_row) };
	struct record_scope scope;
	struct filters f;
	int err = take_filters(req, &f);

	if (!err)
		err = record_scope(&scope, web_actor(req), "interaction.read", web_arena(req));
	if (err)
		return err == ENOENT ? web_forbidden(req) : err;
	if (scope.all)
		err = db_each(db, ST(LIST_ALL), record_add, &set, FILTER_VALUES(f));
	else if (scope.owner)
		err = db_each(db, ST(LIST_OWN), record_add, &set, FILTER_VALUES(f), scope.owner);
	else
		err = db_each(db, ST(LIST_DEPARTMENTS), record_add, &set, FILTER_VALUES(f),
			scope.departments);
	if (!err)
		err = identity_names_refresh(db);
	for (size_t i = 0; i < set.count && !err; i++)
		err = interaction_describe(db, web_arena(req), web_actor(req), record_at(&set, i));
	return err ? err : record_reply_page(req, &set, (size_t)web_limit(req));
}

/* --- one --- */

static int took_part(struct web_request *req, struct db *db, int64_t id, bool *yes)
{
	int64_t count = 0;
	int err = db_get(
		db, web_arena(req), ST(AGENT_TOOK_PART), id, web_actor(req)->user_id, &count);

	*yes = !err && count > 0;
	return err;
}

int interaction_row_get(struct db *db, struct arena *arena, int64_t id, struct interaction_row *row)
{
	return record_get(db, arena, ST(ONE), id, interaction_row_fields, INTERACTION_COLUMNS, row,
		sizeof(*row));
}

int interaction_visible(
	struct web_request *req, struct db *db, int64_t id, struct interaction_row *row)
{
	bool own = false;
	int err = interaction_row_get(db, web_arena(req), id, row);

	if (err || actor_may(web_actor(req), "interaction.read", row->department_id, row->agent_id))
		return err;
	err = took_part(req, db, id, &own);
	return err ? err : own ? 0 : ENOENT;
}

/* An agent to whom the call is offered has no part in it yet: whoever takes calls of its department may see its pop. */
int interaction_pop_row(
	struct web_request *req, struct db *db, int64_t id, struct interaction_row *row)
{
	int err = interaction_visible(req, db, id, row);
	int64_t offered = 0;

	if (err != ENOENT)
		return err;
	err = interaction_row_get(db, web_arena(req), id, row);
	if (!err)
		err = db_get(
			db, web_arena(req), ST(WAS_OFFERED), id, web_actor(req)->user_id, &offered);
	return err ? err : offered ? 0 : ENOENT;
}

int interaction_waited(struct db *db, struct arena *arena, int64_t id, int64_t *ms)
{
	return db_get(db, arena, ST(WAITED), clock_now(), id, ms);
}

static int read_list(struct db *db, struct arena *arena, int statement,
	const struct web_field *fields, int columns, size_t size, int64_t id,
	struct field_list *out)
{
	struct record_set set = {
		.arena = arena, .fields = fields, .columns = columns, .size = size
	};
	int err = db_each(db, ST(statement), record_add, &set, id);

	*out = (struct field_list){ set.rows, set.count };
	return err;
}

int interaction_read_path(struct db *db, struct arena *arena, struct interaction_row *row)
{
	return read_list(db, arena, IVR_PATH, interaction_path_fields, 6,
		sizeof(struct interaction_path), row->id, &row->ivr);
}

int interaction_read_values(struct db *db, struct arena *arena, struct interaction_row *row)
{
	return read_list(db, arena, VALUES_OF, interaction_value_fields, 2,
		sizeof(struct interaction_value), row->id, &row->values);
}

/* Everything that hangs on a row that has been read. */
static int read_parts(
	struct db *db, struct arena *arena, const struct actor *viewer, struct interaction_row *row)
{
	int err = read_list(
		db, arena, STEPS, step_fields, 5, sizeof(struct step_view), row->id, &row->steps);

	if (!err)
		err = interaction_read_path(db, arena, row);
	if (!err)
		err = interaction_read_values(db, arena, row);
	if (!err)
		err = read_list(db, arena, RECORDINGS_OF, recording_fields, 6,
			sizeof(struct recording_view), row->id, &row->recordings);
	if (!err)
		err = read_list(db, arena, LEGS_OF, leg_fields, 10, sizeof(struct leg_view),
			row->id, &row->legs);
	if (!err)
		err = identity_names_refresh(db);
	if (!err)
		err = interaction_describe(db, arena, viewer, row);
	for (size_t i = 0; i < row->steps.count && !err; i++) {
		struct step_view *s = (struct step_view *)row->steps.items + i;

		s->user_name = identity_user_name(arena, s->user_id);
	}
	return err;
}

static int get_interaction(struct web_request *req, struct db *db)
{
	struct interaction_row row;
	int err = interaction_visible(req, db, web_path_id(req, "id"), &row);

	if (!err)
		err = read_parts(db, web_arena(req), web_actor(req), &row);
	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	return web_reply_with(req, 200, interaction_full_fields, &row, row.version);
}

/* What a ticket's timeline shows of a call: no telephone numbers, its reader may not be allowed to see them. */
static const struct web_field call_data_fields[] = {
	R(direction, FIELD_TEXT),
	R(queue_name, FIELD_TEXT),
	R(queue_name_en, FIELD_TEXT),
	R(agent_name, FIELD_TEXT),
	R(started, FIELD_TIME),
	R(answered, FIELD_TIME),
	R(ended, FIELD_TIME),
	R(waiting_ms, FIELD_INT),
	R(talk_ms, FIELD_INT),
	R(hold_ms, FIELD_INT),
	R(outcome, FIELD_TEXT),
	R(hangup_by, FIELD_TEXT),
	R(disposition, FIELD_TEXT),
	R(note, FIELD_TEXT),
	L(steps, step),
	{ F(struct interaction_row, recordings, FIELD_LIST), .fields = recording_fields,
		.size = sizeof(struct recording_view) },
	{ 0 },
};

int interaction_describe_call(struct db *db, struct arena *arena, const struct actor *viewer,
	int64_t interaction_id, const char **data)
{
	struct interaction_row row;
	struct json_writer w;
	struct buf out;
	int err = interaction_row_get(db, arena, interaction_id, &row);

	if (!err)
		err = read_parts(db, arena, viewer, &row);
	if (err)
		return err;
	for (size_t i = 0; i < row.steps.count; i++) {
		struct step_view *s = (struct step_view *)row.steps.items + i;

		/* the called number, and where it was transferred to */
		if (!strcmp(s->kind, "arrived") || (s->detail && !strncmp(s->detail, "number:", 7)))
			s->detail = NULL;
	}
	buf_init(&out, 1 << 20);
	json_begin(&w, &out);
	field_write(&w, call_data_fields, &row);
	*data = out.err ? NULL : arena_strndup(arena, out.data, out.len);
	buf_release(&out);
	return *data ? 0 : ENOMEM;
}

struct change_body {
	int64_t customer_id;
	const char *disposition, *note;
	bool has_customer, has_disposition, has_note;
};
#define P(member) .present = offsetof(struct change_body, member)
static const struct web_field change_fields[] = {
	{ F(struct change_body, customer_id, FIELD_ID), P(has_customer) },
	{ F(struct change_body, disposition, FIELD_TEXT), .max = 60, P(has_disposition) },
	{ F(struct change_body, note, FIELD_TEXT), .max = 2000, .multiline = true, P(has_note) },
	{ 0 },
};
#undef P

static int patch_interaction(struct web_request *req, struct db *db)
{
	struct interaction_row old, now;
	int64_t version = web_if_match(req);
	const char *changes;
	int err = interaction_visible(req, db, web_path_id(req, "id"), &old);

	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	/* The switch writes the row too while the call runs; only a version the caller insists on is compared. */
	if (version >= 0 && version != old.version)
		return web_stale(req, interaction_row_fields, &old, old.version);
	now = old;
	record_merge(interaction_row_fields, &now, change_fields, web_body(req));
	err = record_diff(interaction_row_fields, &old, &now, web_arena(req), &changes);
	if (!err && changes)
		err = db_exec(db, ST(INTERACTION_CHANGE), NULL, now.id, now.customer_id,
			now.disposition, now.note, old.version);
	if (!err && changes)
		err = audit_request(req, db, "change", "interaction", now.id, changes);
	if (!err && changes)
		err = event_add(db, &(struct event){ .type = "interaction.changed",
					    .entity_id = now.id,
					    .json = arena_printf(web_arena(req),
						    "{\"id\":\"%lld\"}", (long long)now.id),
					    .permission = "interaction.read",
					    .department_id = now.department_id });
	if (!err)
		err = identity_names_refresh(db);
	if (!err)
		err = interaction_describe(db, web_arena(req), web_actor(req), &now);
	now.version += changes != NULL;
	return err ? err : web_reply_with(req, 200, interaction_row_fields, &now, now.version);
}

static int get_audio(struct web_request *req, struct db *db)
{
	int64_t id = web_path_id(req, "id"), interaction, department, agent;
	const struct actor *actor = web_actor(req);
	const char *relative;
	bool own = false;
	int err = db_get(db, web_arena(req), ST(RECORDING_GET), id, &interaction, &relative,
		&department, &agent);

	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	err = took_part(req, db, interaction, &own); /* C11: agents hear their own recordings */
	if (err)
		return err;
	if (!actor_may(actor, "recording.listen", department, agent) &&
		!(own && actor_range(actor, "recording.listen") >= RANGE_OWN))
		return web_not_found(req);
	interaction_listened(req, id);
	return web_reply_file(req,
		arena_printf(web_arena(req), "%s/%s", web_platform(req)->data_dir, relative),
		"audio/wav", arena_printf(web_arena(req), "%lld.wav", (long long)id));
}

static const struct web_param log_params[] = {
	{ .name = "direction", .type = FIELD_TEXT },
	{ .name = "outcome", .type = FIELD_TEXT },
	{ .name = "queue_id", .type = FIELD_ID },
	{ .name = "agent_id", .type = FIELD_ID },
	{ .name = "customer_id", .type = FIELD_ID },
	{ .name = "number", .type = FIELD_TEXT },
	{ .name = "from", .type = FIELD_TIME },
	{ .name = "to", .type = FIELD_TIME },
	{ .name = "mine", .type = FIELD_BOOL },
	{ 0 },
};

const struct web_route interaction_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/interactions",
		.permission = "interaction.read",
		.reply = interaction_row_fields,
		.list = true,
		.params = log_params,
		.handler = list_interactions,
		.summary = "The call log, newest first" },
	{ .method = WEB_GET,
		.path = "/api/v1/interactions/{id}",
		.permission = "signed_in",
		.reply = interaction_full_fields,
		.handler = get_interaction,
		.summary = "One contact with steps, IVR path, values, recordings and legs" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/interactions/{id}",
		.permission = "interaction.write",
		.body = change_fields,
		.body_size = sizeof(struct change_body),
		.reply = interaction_row_fields,
		.handler = patch_interaction,
		.summary = "Customer, disposition and note of a contact" },
	{ .method = WEB_GET,
		.path = "/api/v1/recordings/{id}/audio",
		.permission = "recording.listen",
		.raw_reply = true,
		.handler = get_audio,
		.summary = "Listen to a recording (WAV, with ranges)" },
	{ 0 },
};
