/* Who may hand out which rights, and that somebody always can. */
#include <errno.h>
#include "identity/identity_internal.h"

const char *const range_names[] = { "none", "own", "department", "tree", "all", NULL };

const struct web_field right_body_fields[] = { { F(struct right, name, FIELD_TEXT),
						       .required = true, .max = 100 },
	{ F(struct right, range, FIELD_ENUM), .required = true, .values = range_names }, { 0 } };
const struct web_field right_fields[] = { { F(struct right, name, FIELD_TEXT) },
	{ F(struct right, range, FIELD_ENUM), .values = range_names },
	{ F(struct right, from, FIELD_LIST), .of = FIELD_TEXT,
		.text = "Names of the roles that give it" },
	{ 0 } };

int rights_check_roles(struct web_request *req, struct db *db, const char *roles_json)
{
	int64_t exceeding = 0;
	int err = db_get(db, web_arena(req), ST(ROLE_EXCEEDING), web_actor(req)->user_id,
		roles_json, &exceeding);

	if (err || !exceeding)
		return err;
	return web_problem(req, 403, "role_exceeds_own", "role_ids",
		"these roles reach further than your own rights");
}

int rights_check_person(struct web_request *req, struct db *db, int64_t user_id)
{
	struct record_ids roles = { .arena = web_arena(req) };
	const char *list;
	int err = db_each(db, ST(PERSON_ROLE_IDS), record_add_id, &roles, user_id);

	if (err)
		return err;
	list = record_id_list(web_arena(req), roles.items, roles.count);
	return list ? rights_check_roles(req, db, list) : ENOMEM;
}

int rights_check_administrator(struct web_request *req, struct db *db)
{
	int64_t count = 0;
	int err = db_get(db, web_arena(req), ST(ADMINISTRATORS), &count);

	if (err || count)
		return err;
	return web_problem(req, 409, "last_administrator", NULL,
		"nobody would be left who can manage all users and roles");
}
