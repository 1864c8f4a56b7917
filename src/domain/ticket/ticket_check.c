/* What a caller sends for a ticket, against the lists, the people and the caller's range. */
#include <errno.h>
#include <string.h>
#include "customer/customer.h"
#include "dictionary/dictionary.h"
#include "identity/identity.h"
#include "ticket/ticket_internal.h"

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static int check_code(struct web_request *req, struct db *db, const char *kind, const char *field,
	const char *code, const char *old)
{
	int err;

	if (!code || same(code, old)) /* an entry that was switched off later stays where it is */
		return 0;
	err = dictionary_check(db, kind, code);
	return err == ENOENT ? web_problem(req, 422, "unknown_value", field,
				       "\"%s\" is not in the list %s", code, kind)
			     : err;
}

static int need(struct web_request *req, const char *field, const char *text)
{
	return text && *text ? 0
			     : web_problem(req, 422, "field_required", field,
				       "%s must not be empty", field);
}

int ticket_check_codes(
	struct web_request *req, struct db *db, const struct ticket *t, const struct ticket *old)
{
	int err = need(req, "subject", t->subject);

	if (!err)
		err = need(req, "type", t->type);
	if (!err)
		err = need(req, "priority", t->priority);
	if (!err)
		err = check_code(req, db, "ticket_type", "type", t->type, old ? old->type : NULL);
	if (!err)
		err = check_code(req, db, "ticket_priority", "priority", t->priority,
			old ? old->priority : NULL);
	return err ? err
		   : check_code(
			     req, db, "channel", "channel", t->channel, old ? old->channel : NULL);
}

static int check_assignee(struct web_request *req, struct db *db, struct ticket *t)
{
	struct identity_account account;
	int err = identity_account_get(db, web_arena(req), t->assignee_id, &account);

	if (err == ENOENT || (!err && !account.active))
		return web_problem(
			req, 422, "unknown_user", "assignee_id", "nobody who works here");
	if (!err)
		t->assignee_name = account.name;
	return err;
}

static int check_customer(struct web_request *req, struct db *db, struct ticket *t)
{
	int err = customer_visible(
		db, web_arena(req), web_actor(req), t->customer_id, &t->customer_name);

	return err == ENOENT ? web_problem(req, 422, "unknown_customer", "customer_id",
				       "no such customer")
			     : err;
}

int ticket_check_people(
	struct web_request *req, struct db *db, struct ticket *t, const struct ticket *old)
{
	int err = identity_names_refresh(db);

	if (err)
		return err;
	t->department_name = identity_department_name(web_arena(req), t->department_id);
	if (!t->department_name)
		return web_problem(
			req, 422, "unknown_department", "department_id", "no such department");
	if (t->assignee_id && (!old || old->assignee_id != t->assignee_id))
		err = check_assignee(req, db, t);
	if (!err && t->customer_id && (!old || old->customer_id != t->customer_id))
		err = check_customer(req, db, t);
	if (!t->assignee_id)
		t->assignee_name = NULL;
	if (!t->customer_id)
		t->customer_name = NULL;
	return err;
}

int ticket_check_interaction(struct web_request *req, struct db *db, int64_t interaction_id)
{
	const struct actor *actor = web_actor(req);
	int64_t department_id, agent_id, took_part = 0;
	int err = db_get(db, web_arena(req), TST(TICKET_INTERACTION), interaction_id,
		&department_id, &agent_id);

	if (!err && !actor_may(actor, "interaction.read", department_id, agent_id)) {
		err = db_get(db, web_arena(req), TST(TICKET_TOOK_PART), interaction_id,
			actor->user_id, &took_part);
		if (!err && !took_part)
			err = ENOENT;
	}
	return err == ENOENT ? web_problem(req, 422, "unknown_interaction", "interaction_id",
				       "no such contact")
			     : err;
}

int ticket_check_transition(
	struct web_request *req, struct db *db, const struct ticket *old, const struct ticket *now)
{
	int64_t allowed = 0;
	int err;

	if (same(old->state, now->state))
		return 0;
	if (!now->state)
		return need(req, "state", now->state);
	err = db_get(db, web_arena(req), TST(TICKET_TRANSITION), old->state, now->state, now->type,
		&allowed);
	if (err || allowed)
		return err;
	return web_problem(req, 422, "no_transition", "state", "a ticket does not go from %s to %s",
		old->state, now->state);
}

int ticket_state_is_open(struct db *db, struct arena *arena, const char *state, bool *open)
{
	const char *category = NULL;
	int err = dictionary_category(db, arena, "ticket_state", state, &category);

	if (!err)
		*open = category && (!strcmp(category, "open") || !strcmp(category, "paused"));
	return err;
}
