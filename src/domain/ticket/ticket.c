/* Tickets: opening, timeline entries, links, what other modules ask. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "customer/caller.h"
#include "customer/customer.h"
#include "id.h"
#include "identity/identity.h"
#include "ticket/ticket_internal.h"

#define R(member, kind) F(struct ticket, member, kind), .read_only = true
#define SHORT_FIELDS                                                                               \
	{ R(id, FIELD_ID) }, { R(number, FIELD_TEXT) }, { F(struct ticket, type, FIELD_TEXT) },    \
		{ F(struct ticket, subject, FIELD_TEXT) },                                         \
		{ F(struct ticket, priority, FIELD_TEXT) },                                        \
		{ F(struct ticket, department_id, FIELD_ID) },                                     \
		{ F(struct ticket, assignee_id, FIELD_ID) },                                       \
		{ F(struct ticket, customer_id, FIELD_ID) }, { R(interaction_id, FIELD_ID) },      \
		{ F(struct ticket, state, FIELD_TEXT) }, { F(struct ticket, due, FIELD_TIME) },    \
		{ R(channel, FIELD_TEXT) }, { R(created, FIELD_TIME) },                            \
		{ R(created_by, FIELD_ID) }, { R(updated, FIELD_TIME) },                           \
		{ R(closed, FIELD_TIME) }, { R(version, FIELD_INT) },                              \
	{                                                                                          \
		R(customer_name, FIELD_TEXT)                                                       \
	}
#define NAMES                                                                                      \
	{ R(department_name, FIELD_TEXT) }, { R(assignee_name, FIELD_TEXT) },                      \
	{                                                                                          \
		R(created_by_name, FIELD_TEXT)                                                     \
	}

const struct web_field ticket_fields[] = { SHORT_FIELDS, { F(struct ticket, text, FIELD_TEXT) },
	NAMES, { 0 } };
const struct web_field ticket_short_fields[] = { SHORT_FIELDS, NAMES, { 0 } };

void ticket_complete(struct ticket *ticket, struct arena *arena)
{
	ticket->department_name = identity_department_name(arena, ticket->department_id);
	ticket->assignee_name = identity_user_name(arena, ticket->assignee_id);
	ticket->created_by_name = identity_user_name(arena, ticket->created_by);
}

int ticket_get(struct db *db, struct arena *arena, int64_t id, struct ticket *out)
{
	int err = record_get(db, arena, TST(TICKET_GET), id, ticket_fields, TICKET_COLUMNS_TEXT,
		out, sizeof(*out));

	if (!err)
		err = identity_names_refresh(db);
	if (!err)
		ticket_complete(out, arena);
	return err;
}

int ticket_find(struct web_request *req, struct db *db, const char *permission, struct ticket *out)
{
	const struct actor *actor = web_actor(req);
	int err = ticket_get(db, web_arena(req), web_path_id(req, "id"), out);

	if (!err && !actor_may(actor, "ticket.read", out->department_id, out->assignee_id))
		err = ENOENT;
	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	return actor_may(actor, permission, out->department_id, out->assignee_id)
		       ? 0
		       : web_forbidden(req);
}

int ticket_tell(struct db *db, const char *type, const struct ticket *ticket)
{
	char json[160];

	snprintf(json, sizeof(json), "{\"id\":\"%lld\",\"number\":\"%s\",\"version\":%lld}",
		(long long)ticket->id, ticket->number, (long long)ticket->version);
	return event_add(db, &(struct event){ .type = type,
				     .entity_id = ticket->id,
				     .user_id = ticket->assignee_id,
				     .permission = "ticket.read",
				     .department_id = ticket->department_id,
				     .json = json });
}

static int store_entry(struct db *db, const struct actor *actor, const struct ticket *ticket,
	const struct ticket_entry *entry, int64_t *idp)
{
	int64_t now = clock_now(), id = id_make(now);

	if (idp)
		*idp = id;
	return db_exec(db, TST(TICKET_ENTRY_ADD), NULL, id, ticket->id, entry->kind, now,
		actor ? actor->user_id : (int64_t)0, entry->on_behalf_of_id, entry->text,
		entry->data, entry->interaction_id, entry->recording_id);
}

int ticket_add_entry(struct db *db, const struct actor *actor, const struct ticket *ticket,
	const struct ticket_entry *entry, int64_t *id)
{
	int err = store_entry(db, actor, ticket, entry, id);

	if (!err)
		err = db_exec(db, TST(TICKET_TOUCH), NULL, ticket->id, clock_now());
	return err ? err : ticket_tell(db, "ticket.entry", ticket);
}

int ticket_link(struct db *db, const struct actor *actor, const struct ticket *ticket,
	int64_t interaction_id)
{
	int64_t is_new = 0;
	int err = db_exec(db, TST(TICKET_LINK), &is_new, interaction_id, ticket->id);

	if (err || !is_new)
		return err;
	return store_entry(db, actor, ticket,
		&(struct ticket_entry){ .kind = "call", .interaction_id = interaction_id }, NULL);
}

static int store_ticket(struct db *db, const struct ticket *t)
{
	return db_exec(db, TST(TICKET_ADD), NULL, t->id, t->number, t->type, t->subject, t->text,
		t->priority, t->department_id, t->assignee_id, t->customer_id, t->interaction_id,
		t->state, INT64_C(1), t->due, t->channel, t->created, t->created_by);
}

int ticket_open(struct db *db, struct arena *arena, const struct actor *actor,
	const struct ticket_draft *draft, struct ticket *out)
{
	int64_t now = clock_now();
	struct ticket t = {
		.id = id_make(now),
		.type = draft->type ? draft->type : "enquiry",
		.subject = draft->subject,
		.text = draft->text,
		.priority = draft->priority ? draft->priority : "normal",
		.department_id = draft->department_id,
		.assignee_id = draft->assignee_id,
		.customer_id = draft->customer_id,
		.interaction_id = draft->interaction_id,
		.state = "new",
		.due = draft->due,
		.channel = draft->channel,
		.created = now,
		.created_by = actor ? actor->user_id : 0,
		.updated = now,
		.version = 1,
	};
	int err = ticket_number_next(db, arena, "ticket", now, &t.number);

	if (!err)
		err = store_ticket(db, &t);
	if (!err)
		err = store_entry(db, actor, &t, &(struct ticket_entry){ .kind = "opened" }, NULL);
	if (!err && t.interaction_id)
		err = ticket_link(db, actor, &t, t.interaction_id);
	if (!err)
		err = audit_add(db, actor,
			&(struct audit_entry){ .action = "create",
				.entity = "ticket",
				.id = t.id,
				.source = draft->source });
	if (!err)
		err = ticket_tell(db, "ticket.opened", &t);
	if (!err)
		*out = t;
	return err;
}

int ticket_from_voicemail(struct db *db, const struct ticket_voicemail *message)
{
	struct arena *arena = arena_create(0);
	struct ticket_draft draft = { .type = "enquiry",
		.subject = "语音留言 Voicemail",
		.channel = "voicemail",
		.department_id = message->department_id,
		.interaction_id = message->interaction_id,
		.source = "voicemail" };
	struct customer_caller caller = { .matches = 0 };
	struct ticket ticket;
	int err = arena ? 0 : ENOMEM;

	if (!err && message->number && *message->number)
		err = customer_of_caller(db, message->number, &caller);
	if (caller.matches == 1)
		draft.customer_id = caller.customer_id;
	if (!err)
		err = ticket_open(db, arena, NULL, &draft, &ticket);
	if (!err && message->recording_id)
		err = store_entry(db, NULL, &ticket,
			&(struct ticket_entry){ .kind = "recording",
				.interaction_id = message->interaction_id,
				.recording_id = message->recording_id },
			NULL);
	arena_free(arena);
	return err;
}

static int newest(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

int ticket_rows(struct db *db, struct record_set *set, struct record_ids *ids, size_t most)
{
	size_t count = 0;
	const char *list;
	int err = identity_names_refresh(db);

	if (err || !ids->count)
		return err;
	qsort(ids->items, ids->count, sizeof(*ids->items), newest);
	for (size_t i = 0; i < ids->count && count < most; i++)
		if (!count || ids->items[i] != ids->items[count - 1])
			ids->items[count++] = ids->items[i];
	list = record_id_list(set->arena, ids->items, count);
	if (!list)
		return ENOMEM;
	err = db_each(db, TST(TICKET_ROWS), record_add, set, list);
	for (size_t i = 0; i < set->count && !err; i++)
		ticket_complete(record_at(set, i), set->arena);
	return err;
}

int ticket_list_of_customer(struct db *db, struct record_set *set, const struct actor *viewer,
	int64_t customer_id, int64_t before, int64_t limit, int64_t open)
{
	struct record_scope scope = { .all = 1, .departments = "[]" };
	struct record_ids ids = { .arena = set->arena };
	int err = viewer ? record_scope(&scope, viewer, "ticket.read", set->arena) : 0;

	if (err)
		return err == ENOENT ? 0 : err;
	err = db_each(db, TST(TICKET_LIST_CUSTOMER), record_add_id, &ids, before, INT64_C(0), limit,
		"", "", "", open, "", customer_id, scope.all, scope.departments,
		viewer ? viewer->user_id : (int64_t)0, INT64_C(0));
	return err ? err : ticket_rows(db, set, &ids, (size_t)limit);
}

int ticket_open_of_customer(struct db *db, struct arena *arena, const struct actor *viewer,
	int64_t customer_id, size_t limit, struct field_list *items)
{
	struct record_set set = { .arena = arena,
		.fields = ticket_fields,
		.columns = TICKET_COLUMNS,
		.size = sizeof(struct ticket) };
	int err = ticket_list_of_customer(
		db, &set, viewer, customer_id, INT64_MAX, (int64_t)limit, 1);

	if (!err)
		*items = (struct field_list){ set.rows, set.count };
	return err;
}

int ticket_ids_of_interaction(
	struct db *db, struct arena *arena, int64_t interaction_id, struct field_list *items)
{
	struct record_ids ids = { .arena = arena };
	int err = db_each(db, TST(TICKET_OF_INTERACTION), record_add_id, &ids, interaction_id);

	if (!err)
		*items = (struct field_list){ ids.items, ids.count };
	return err;
}
