/* Customers over HTTP: search, new, change, duplicates, contacts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "customer/customer_internal.h"
#include "dictionary/dictionary.h"
#include "id.h"
#include "identity/identity.h"
#include "phone.h"

struct customer_body {
	const char *name, *organisation, *type, *level;
	int64_t department_id;
	const char *email, *remark;
	bool blocked;
	struct field_list tags, phones, addresses;
	bool has_name, has_organisation, has_type, has_level, has_department, has_email, has_remark,
		has_blocked, has_tags, has_phones, has_addresses;
};
#define P(member) .present = offsetof(struct customer_body, member)
static const struct web_field phone_body_fields[] = { { F(struct customer_phone, kind, FIELD_TEXT),
							      .required = true, .max = 40 },
	{ F(struct customer_phone, number, FIELD_TEXT), .required = true, .max = 40 },
	{ F(struct customer_phone, normalized, FIELD_TEXT), .max = 40,
		.text = "Made by the server; what is sent is ignored" },
	{ F(struct customer_phone, note, FIELD_TEXT), .max = 200 }, { 0 } };
static const struct web_field address_body_fields[] = {
	{ F(struct customer_address, kind, FIELD_TEXT), .required = true, .max = 40 },
	{ F(struct customer_address, text, FIELD_TEXT), .required = true, .max = 300 },
	{ F(struct customer_address, contact, FIELD_TEXT), .max = 100 }, { 0 }
};
#define COMMON                                                                                     \
	{ F(struct customer_body, organisation, FIELD_TEXT), .max = 100, P(has_organisation) },    \
		{ F(struct customer_body, type, FIELD_TEXT), .max = 40, P(has_type) },             \
		{ F(struct customer_body, level, FIELD_TEXT), .max = 40, P(has_level) },           \
		{ F(struct customer_body, department_id, FIELD_ID), P(has_department) },           \
		{ F(struct customer_body, email, FIELD_TEXT), .max = 200, P(has_email) },          \
		{ F(struct customer_body, remark, FIELD_TEXT), .max = 4000, .multiline = true,     \
			P(has_remark) },                                                           \
		{ F(struct customer_body, blocked, FIELD_BOOL), P(has_blocked) },                  \
		{ F(struct customer_body, tags, FIELD_LIST), .of = FIELD_TEXT, .max = MOST_TAGS,   \
			P(has_tags) },                                                             \
		{ F(struct customer_body, phones, FIELD_LIST), .fields = phone_body_fields,        \
			.size = sizeof(struct customer_phone), .max = MOST_PHONES,                 \
			P(has_phones) },                                                           \
	{                                                                                          \
		F(struct customer_body, addresses, FIELD_LIST),                                    \
			.fields = address_body_fields, .size = sizeof(struct customer_address),    \
			.max = MOST_ADDRESSES, P(has_addresses)                                    \
	}
static const struct web_field new_fields[] = { { F(struct customer_body, name, FIELD_TEXT),
						       .required = true, .max = 100, P(has_name) },
	COMMON, { 0 } };
static const struct web_field patch_fields[] = {
	{ F(struct customer_body, name, FIELD_TEXT), .max = 100, P(has_name) }, COMMON, { 0 }
};
#undef P
#undef COMMON

/* --- lists --- */

struct query {
	struct record_set set;
	struct record_scope scope;
	const struct actor *actor;
	int64_t cursor, fetch, department_id;
	const char *level;
};

/* What was typed is a number when it is nothing but digits and separators, three digits at least. */
static bool is_number(const char *q, char digits[PHONE_MAX])
{
	size_t n = 0;

	for (; *q; q++) {
		if (*q >= '0' && *q <= '9') {
			if (n + 1 >= PHONE_MAX)
				return false;
			digits[n++] = *q;
		} else if (!strchr(" -+()/.", *q)) {
			return false;
		}
	}
	digits[n] = '\0';
	return n >= 3;
}

/* The end of the range of texts that begin with `text`. */
static const char *end_of(struct arena *arena, const char *text)
{
	return arena_printf(arena, "%s\xF4\x8F\xBF\xBF", text);
}

static int search_digits(struct db *db, struct query *q, const char *typed, const char *digits)
{
	char normalized[PHONE_MAX], reversed[PHONE_MAX];
	size_t len = strlen(digits);

	if (customer_normalize(normalized, sizeof(normalized), typed))
		snprintf(normalized, sizeof(normalized), "%s", digits);
	for (size_t i = 0; i < len; i++)
		reversed[i] = digits[len - 1 - i];
	reversed[len] = '\0';
	return db_each(db, CST(CUSTOMER_SEARCH_DIGITS), record_add, &q->set, q->cursor, q->fetch,
		q->level, digits, end_of(q->set.arena, digits), reversed,
		end_of(q->set.arena, reversed), normalized, q->scope.all, q->scope.departments,
		q->department_id);
}

static int search(struct db *db, struct query *q, const char *typed)
{
	char digits[PHONE_MAX], term[128];
	int err;

	if (is_number(typed, digits))
		return search_digits(db, q, typed, digits);
	err = customer_query_term(term, sizeof(term), typed);
	if (err || !*term)
		return err;
	return db_each(db, CST(CUSTOMER_SEARCH_TERM), record_add, &q->set, q->cursor, q->fetch,
		q->level, term, end_of(q->set.arena, term), q->scope.all, q->scope.departments,
		q->department_id);
}

/* Each department's newest come from their index; together they hold the page. */
static int list_range(struct db *db, struct query *q)
{
	const struct actor *a = q->actor;
	bool tree =
		!q->scope.all && !q->department_id && actor_range(a, "customer.read") == RANGE_TREE;
	int64_t only = q->department_id ? q->department_id : a->department_id;
	int err = 0;

	if (q->scope.all && !q->department_id)
		return db_each(db, CST(CUSTOMER_LIST_ALL), record_add, &q->set, q->cursor, q->fetch,
			q->level);
	for (size_t i = 0; i < (tree ? a->department_count : 1) && !err; i++)
		err = db_each(db, CST(CUSTOMER_LIST_DEPARTMENT), record_add, &q->set, q->cursor,
			q->fetch, q->level, tree ? a->departments[i] : only);
	record_newest_first(&q->set);
	return err;
}

static int list(struct web_request *req, struct db *db)
{
	size_t limit = (size_t)web_limit(req);
	struct query q = { .set = { .arena = web_arena(req),
				   .fields = customer_row_fields,
				   .columns = CUSTOMER_COLUMNS + 1,
				   .size = sizeof(struct customer) },
		.actor = web_actor(req),
		.cursor = record_cursor(req, INT64_MAX),
		.fetch = (int64_t)limit + 1,
		.department_id = web_param_int(req, "department_id", 0),
		.level = web_param_text(req, "level") };
	const char *typed = web_param_text(req, "q"), *phone = web_param_text(req, "phone");
	struct field_list found;
	int err = record_scope(&q.scope, q.actor, "customer.read", q.set.arena);

	q.level = q.level ? q.level : "";
	if (err)
		return err == ENOENT ? record_reply_page(req, &q.set, limit) : err;
	if (phone) {
		err = customer_by_number(db, q.set.arena, q.actor, phone, &found);
		q.set.rows = found.items;
		q.set.count = found.count;
		return err ? err : record_reply_page(req, &q.set, limit);
	}
	if (q.scope.owner)
		; /* customers have no owner: an own range shows none */
	else if (q.department_id && !actor_may(q.actor, "customer.read", q.department_id, 0))
		;
	else if (typed && *typed)
		err = search(db, &q, typed);
	else
		err = list_range(db, &q);
	if (!err && q.set.count > limit + 1)
		q.set.count = limit + 1;
	if (!err)
		err = customer_complete(db, &q.set, q.actor);
	return err ? err : record_reply_page(req, &q.set, limit);
}

static int find_customer(
	struct web_request *req, struct db *db, const struct actor *eyes, struct customer *out)
{
	int err = customer_get(db, web_arena(req), eyes, web_path_id(req, "id"), out);

	if (!err && !actor_may(web_actor(req), "customer.read", out->department_id, 0))
		err = ENOENT;
	return err == ENOENT ? web_not_found(req) : err;
}

static int get(struct web_request *req, struct db *db)
{
	struct customer customer;
	int err = find_customer(req, db, web_actor(req), &customer);

	return err ? err : web_reply_with(req, 200, customer_fields, &customer, customer.version);
}

/* --- checking and writing --- */

static int check_code(struct web_request *req, struct db *db, const char *kind, const char *code,
	const char *field)
{
	int err = code ? dictionary_check(db, kind, code) : 0;

	return err == ENOENT ? web_problem(req, 422, "unknown_value", field,
				       "\"%s\" is not in the list %s", code, kind)
			     : err;
}

/* A person who sees 138****0000 sends it back so: then the number stays what it was. */
static void keep_masked(struct customer_phone *phone, const struct customer *old)
{
	const struct customer_phone *before = old ? old->phones.items : NULL;
	char masked[128];

	for (size_t i = 0; before && i < old->phones.count && strchr(phone->number, '*'); i++) {
		phone_mask(masked, sizeof(masked), before[i].number);
		if (!strcmp(masked, phone->number))
			phone->number = before[i].number;
	}
}

static int check_phones(struct web_request *req, struct db *db, struct customer *customer,
	const struct customer *old)
{
	struct customer_phone *phones = customer->phones.items;
	int err = 0;

	for (size_t i = 0; i < customer->phones.count && !err; i++) {
		const char *field = arena_printf(web_arena(req), "phones[%zu].number", i);
		char normalized[PHONE_MAX];

		keep_masked(&phones[i], old);
		if (strchr(phones[i].number, '*') ||
			customer_normalize(normalized, sizeof(normalized), phones[i].number))
			return web_problem(
				req, 422, "bad_number", field, "this is not a telephone number");
		phones[i].normalized = arena_strdup(web_arena(req), normalized);
		if (!phones[i].normalized || !field)
			return ENOMEM;
		err = check_code(req, db, "phone_kind", phones[i].kind,
			arena_printf(web_arena(req), "phones[%zu].kind", i));
	}
	return err;
}

static int check_lists(struct web_request *req, const struct customer *customer)
{
	const struct customer_address *addresses = customer->addresses.items;
	const char *const *tags = customer->tags.items;

	for (size_t i = 0; i < customer->addresses.count; i++)
		if (!*addresses[i].text)
			return web_problem(req, 422, "field_required",
				arena_printf(web_arena(req), "addresses[%zu].text", i),
				"an address must not be empty");
	for (size_t i = 0; i < customer->tags.count; i++)
		if (!*tags[i] || strlen(tags[i]) > 120)
			return web_problem(req, 422, "bad_tag", "tags", "a tag has 1 to 120 bytes");
	return 0;
}

static int check_customer(struct web_request *req, struct db *db, struct customer *customer,
	const struct customer *old)
{
	int err;

	if (!customer->name || !*customer->name)
		return web_problem(req, 422, "field_required", "name", "name must not be empty");
	if (!actor_may(web_actor(req), "customer.write", customer->department_id, 0))
		return web_problem(req, 403, "department_out_of_range", "department_id",
			"you may not keep customers of this department");
	err = identity_names_refresh(db);
	if (!err) {
		customer->department_name =
			identity_department_name(web_arena(req), customer->department_id);
		if (!customer->department_name)
			err = web_problem(req, 422, "unknown_department", "department_id",
				"no such department");
	}
	if (!err)
		err = check_code(req, db, "customer_type", customer->type, "type");
	if (!err)
		err = check_code(req, db, "customer_level", customer->level, "level");
	if (!err)
		err = check_phones(req, db, customer, old);
	return err ? err : check_lists(req, customer);
}

static int tell(struct db *db, const struct customer *customer)
{
	char json[80];

	snprintf(json, sizeof(json), "{\"id\":\"%lld\",\"version\":%lld}", (long long)customer->id,
		(long long)customer->version);
	return event_add(db, &(struct event){ .type = "customer.changed",
				     .entity_id = customer->id,
				     .permission = "customer.read",
				     .department_id = customer->department_id,
				     .json = json });
}

static int reply(struct web_request *req, int status, struct customer *customer)
{
	customer_mask(customer, web_actor(req), web_arena(req));
	return web_reply_with(req, status, customer_fields, customer, customer->version);
}

static int post(struct web_request *req, struct db *db)
{
	int64_t now = clock_now();
	struct customer customer = { .id = id_make(now),
		.department_id = web_actor(req)->department_id,
		.version = 1,
		.created = now,
		.updated = now };
	int err;

	record_merge(customer_fields, &customer, new_fields, web_body(req));
	err = check_customer(req, db, &customer, NULL);
	if (!err)
		err = customer_add(db, web_arena(req), &customer);
	if (!err)
		err = audit_request(req, db, "create", "customer", customer.id, NULL);
	if (!err)
		err = tell(db, &customer);
	return err ? err : reply(req, 201, &customer);
}

static int patch(struct web_request *req, struct db *db)
{
	struct customer old, now;
	const char *changes;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = find_customer(req, db, NULL, &old);
	if (!err && !actor_may(web_actor(req), "customer.write", old.department_id, 0))
		err = web_forbidden(req);
	if (err)
		return err;
	if (old.version != version) {
		customer_mask(&old, web_actor(req), web_arena(req));
		return web_stale(req, customer_fields, &old, old.version);
	}
	now = old;
	record_merge(customer_fields, &now, patch_fields, web_body(req));
	err = check_customer(req, db, &now, &old);
	if (!err)
		err = record_diff(customer_fields, &old, &now, web_arena(req), &changes);
	if (err)
		return err;
	if (!changes)
		return reply(req, 200, &old);
	now.updated = clock_now();
	err = customer_change(db, web_arena(req), &now, version);
	now.version++;
	if (!err)
		err = audit_request(req, db, "change", "customer", now.id, changes);
	if (!err)
		err = tell(db, &now);
	return err ? err : reply(req, 200, &now);
}

/* --- duplicates: shown while a new customer is being typed --- */

struct duplicate {
	struct customer customer;
	const char *reason;
	int64_t score;
};
static const struct web_field duplicate_fields[] = { { F(struct duplicate, customer, FIELD_OBJECT),
							     .fields = customer_fields,
							     .size = sizeof(struct customer) },
	{ F(struct duplicate, reason, FIELD_TEXT), .text = "phone, name_organisation or name" },
	{ F(struct duplicate, score, FIELD_INT), .text = "0-100" }, { 0 } };
enum { MOST_DUPLICATES = 20, SCORE_PHONE = 100, SCORE_NAME_ORGANISATION = 80, SCORE_NAME = 40 };

struct duplicates {
	struct duplicate items[MOST_DUPLICATES * 2];
	size_t count;
};

static void add_duplicate(
	struct duplicates *all, const struct customer *customer, const char *reason, int64_t score)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].customer.id == customer->id)
			return;
	if (all->count < MOST_DUPLICATES * 2)
		all->items[all->count++] = (struct duplicate){ *customer, reason, score };
}

static int find_by_name(struct web_request *req, struct db *db, const char *name,
	const char *organisation, struct duplicates *all)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = customer_row_fields,
		.columns = CUSTOMER_COLUMNS + 1,
		.size = sizeof(struct customer) };
	struct record_scope scope;
	char term[128];
	int err = record_scope(&scope, web_actor(req), "customer.read", set.arena);

	if (!err)
		err = customer_query_term(term, sizeof(term), name);
	if (err || !*term)
		return err;
	err = db_each(db, CST(CUSTOMER_BY_NAME), record_add, &set, term,
		(int64_t)MOST_DUPLICATES * 5, scope.all, scope.departments);
	if (!err)
		err = customer_complete(db, &set, web_actor(req));
	for (int pass = 0; pass < 2 && !err; pass++)
		for (size_t i = 0; i < set.count; i++) {
			const struct customer *c = record_at(&set, i);
			bool same = organisation && *organisation && c->organisation &&
				    !strcmp(c->organisation, organisation);

			if (!strcasecmp(c->name, name) && same == (pass == 0))
				add_duplicate(all, c, same ? "name_organisation" : "name",
					same ? SCORE_NAME_ORGANISATION : SCORE_NAME);
		}
	return err;
}

static int duplicates(struct web_request *req, struct db *db)
{
	struct duplicates *all = arena_alloc(web_arena(req), sizeof(*all));
	const char *name = web_param_text(req, "name"), *phone = web_param_text(req, "phone");
	struct field_list found = { NULL, 0 };
	int err = 0;

	if (!all)
		return ENOMEM;
	if (phone && *phone)
		err = customer_by_number(db, web_arena(req), web_actor(req), phone, &found);
	for (size_t i = 0; i < found.count && !err; i++)
		add_duplicate(all, (struct customer *)found.items + i, "phone", SCORE_PHONE);
	if (!err && name && *name)
		err = find_by_name(req, db, name, web_param_text(req, "organisation"), all);
	if (err)
		return err;
	web_list_begin(req);
	for (size_t i = 0; i < all->count && i < MOST_DUPLICATES; i++)
		web_list_item(req, &all->items[i]);
	return web_list_end(req, NULL);
}

static int contacts(struct web_request *req, struct db *db)
{
	size_t limit = (size_t)web_limit(req);
	struct customer customer;
	struct field_list list;
	const struct customer_contact *items;
	const char *next = NULL;
	int err = find_customer(req, db, web_actor(req), &customer);

	if (!err)
		err = customer_contacts(db, web_arena(req), web_actor(req), customer.id,
			record_cursor(req, INT64_MAX), limit + 1, &list);
	if (err)
		return err;
	items = list.items;
	web_list_begin(req);
	for (size_t i = 0; i < list.count && i < limit; i++)
		web_list_item(req, &items[i]);
	if (list.count > limit)
		next = arena_printf(web_arena(req), "%lld", (long long)items[limit - 1].id);
	return web_list_end(req, next);
}

const struct web_route customer_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/customers",
		.permission = "customer.read",
		.reply = customer_fields,
		.list = true,
		.params =
			(const struct web_param[]){
				{ "q", FIELD_TEXT, NULL,
					"part of name or organisation, pinyin initials, first or "
					"last digits of a number" },
				{ "phone", FIELD_TEXT, NULL,
					"exactly this number, however it is written" },
				{ "department_id", FIELD_ID, NULL, NULL },
				{ "level", FIELD_TEXT, NULL, NULL }, { 0 } },
		.handler = list,
		.summary = "Customers, newest first" },
	{ .method = WEB_POST,
		.path = "/api/v1/customers",
		.permission = "customer.create",
		.body = new_fields,
		.body_size = sizeof(struct customer_body),
		.reply = customer_fields,
		.handler = post,
		.idempotent = true,
		.summary = "New customer" },
	{ .method = WEB_GET,
		.path = "/api/v1/customers/duplicates",
		.permission = "customer.read",
		.reply = duplicate_fields,
		.list = true,
		.params = (const struct web_param[]){ { "name", FIELD_TEXT, NULL, NULL },
			{ "phone", FIELD_TEXT, NULL, NULL },
			{ "organisation", FIELD_TEXT, NULL, NULL }, { 0 } },
		.handler = duplicates,
		.summary = "Customers that may be the same person" },
	{ .method = WEB_GET,
		.path = "/api/v1/customers/{id}",
		.permission = "customer.read",
		.reply = customer_fields,
		.handler = get,
		.summary = "One customer" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/customers/{id}",
		.permission = "customer.write",
		.body = patch_fields,
		.body_size = sizeof(struct customer_body),
		.reply = customer_fields,
		.handler = patch,
		.summary = "Change a customer; lists are replaced as a whole" },
	{ .method = WEB_GET,
		.path = "/api/v1/customers/{id}/contacts",
		.permission = "customer.read",
		.reply = customer_contact_fields,
		.list = true,
		.handler = contacts,
		.summary = "What happened with a customer: calls and tickets, newest first" },
	{ 0 }
};
