/* Customers as records: reading them with what hangs on them, masked for who must not see numbers. */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "customer/customer_internal.h"
#include "identity/identity.h"
#include "phone.h"

/* The order of the first CUSTOMER_COLUMNS is that of the statements. */
#define ROW_FIELDS                                                                                 \
	{ F(struct customer, id, FIELD_ID), .read_only = true },                                   \
		{ F(struct customer, name, FIELD_TEXT) },                                          \
		{ F(struct customer, organisation, FIELD_TEXT) },                                  \
		{ F(struct customer, type, FIELD_TEXT) },                                          \
		{ F(struct customer, level, FIELD_TEXT) },                                         \
		{ F(struct customer, department_id, FIELD_ID) },                                   \
		{ F(struct customer, email, FIELD_TEXT) },                                         \
		{ F(struct customer, remark, FIELD_TEXT) },                                        \
		{ F(struct customer, blocked, FIELD_BOOL) },                                       \
		{ F(struct customer, last_agent_id, FIELD_ID), .read_only = true },                \
		{ F(struct customer, version, FIELD_INT), .read_only = true },                     \
		{ F(struct customer, created, FIELD_TIME), .read_only = true },                    \
	{                                                                                          \
		F(struct customer, updated, FIELD_TIME), .read_only = true                         \
	}

static const struct web_field phone_fields[] = { { F(struct customer_phone, kind, FIELD_TEXT),
							 .text = "fixed1, fixed2, mobile, other" },
	{ F(struct customer_phone, number, FIELD_TEXT) },
	{ F(struct customer_phone, normalized, FIELD_TEXT), .text = "As numbers are compared" },
	{ F(struct customer_phone, note, FIELD_TEXT) }, { 0 } };
static const struct web_field address_fields[] = { { F(struct customer_address, kind, FIELD_TEXT) },
	{ F(struct customer_address, text, FIELD_TEXT) },
	{ F(struct customer_address, contact, FIELD_TEXT) }, { 0 } };
const struct web_field customer_row_fields[] = { ROW_FIELDS,
	{ F(struct customer, tags_json, FIELD_JSON) }, { 0 } };
const struct web_field customer_fields[] = { ROW_FIELDS,
	{ F(struct customer, department_name, FIELD_TEXT), .read_only = true },
	{ F(struct customer, tags, FIELD_LIST), .of = FIELD_TEXT },
	{ F(struct customer, phones, FIELD_LIST), .fields = phone_fields,
		.size = sizeof(struct customer_phone) },
	{ F(struct customer, addresses, FIELD_LIST), .fields = address_fields,
		.size = sizeof(struct customer_address) },
	{ 0 } };

int customer_normalize(char *out, size_t size, const char *typed)
{
	const struct platform *platform = customer_platform();
	const char *area_code = platform ? config_text(platform->config, "area_code") : NULL;

	return phone_normalize(out, size, typed, area_code && *area_code ? area_code : NULL);
}

const char *customer_show_number(
	struct arena *arena, const struct actor *viewer, const char *number)
{
	char masked[128];

	if (!viewer || !viewer->masks_numbers || !number)
		return number;
	phone_mask(masked, sizeof(masked), number);
	return arena_strdup(arena, masked);
}

void customer_mask(struct customer *customer, const struct actor *viewer, struct arena *arena)
{
	struct customer_phone *phones = customer->phones.items;

	for (size_t i = 0; i < customer->phones.count; i++) {
		phones[i].number = customer_show_number(arena, viewer, phones[i].number);
		phones[i].normalized = customer_show_number(arena, viewer, phones[i].normalized);
	}
}

/* --- what hangs on a set of customers; rows come ordered by customer --- */

struct children {
	struct record_set *set;
	size_t at;
};

/* The next place in the list of the customer this row belongs to; lists are allocated at their limit. NULL: out of memory, or the
 * list is full. */
static void *place(
	struct children *c, const struct db_row *row, size_t list_offset, size_t size, size_t most)
{
	int64_t id = db_row_int(row, 0);

	for (size_t tried = 0; tried < c->set->count;
		tried++, c->at = (c->at + 1) % c->set->count) {
		struct customer *customer = record_at(c->set, c->at);
		struct field_list *list =
			(struct field_list *)(void *)((char *)customer + list_offset);

		if (customer->id != id)
			continue;
		if (!list->items)
			list->items = arena_alloc(c->set->arena, most * size);
		if (!list->items || list->count >= most)
			return NULL;
		return (char *)list->items + size * list->count++;
	}
	return NULL;
}

static int add_phone(const struct db_row *row, void *arg)
{
	struct children *c = arg;
	struct arena *arena = c->set->arena;
	struct customer_phone *phone =
		place(c, row, offsetof(struct customer, phones), sizeof(*phone), MOST_PHONES);

	if (!phone)
		return ENOMEM;
	phone->kind = arena_strdup(arena, db_row_text(row, 1));
	phone->number = arena_strdup(arena, db_row_text(row, 2));
	phone->normalized = arena_strdup(arena, db_row_text(row, 3));
	phone->note = arena_strdup(arena, db_row_text(row, 4));
	return phone->kind && phone->number && phone->normalized ? 0 : ENOMEM;
}

static int add_address(const struct db_row *row, void *arg)
{
	struct children *c = arg;
	struct arena *arena = c->set->arena;
	struct customer_address *address = place(
		c, row, offsetof(struct customer, addresses), sizeof(*address), MOST_ADDRESSES);

	if (!address)
		return ENOMEM;
	address->kind = arena_strdup(arena, db_row_text(row, 1));
	address->text = arena_strdup(arena, db_row_text(row, 2));
	address->contact = arena_strdup(arena, db_row_text(row, 3));
	return address->kind && address->text ? 0 : ENOMEM;
}

int customer_complete(struct db *db, struct record_set *set, const struct actor *viewer)
{
	const char *ids = record_ids(set);
	int err = ids ? identity_names_refresh(db) : ENOMEM;

	if (err || !set->count)
		return err;
	err = db_each(db, CST(CUSTOMER_PHONES), add_phone, &(struct children){ set, 0 }, ids);
	if (!err)
		err = db_each(db, CST(CUSTOMER_ADDRESSES), add_address,
			&(struct children){ set, 0 }, ids);
	for (size_t i = 0; i < set->count && !err; i++) {
		struct customer *customer = record_at(set, i);

		customer->department_name =
			identity_department_name(set->arena, customer->department_id);
		customer_mask(customer, viewer, set->arena);
		err = customer_tags_read(set->arena, customer->tags_json, &customer->tags);
	}
	return err;
}

int customer_get(struct db *db, struct arena *arena, const struct actor *viewer, int64_t id,
	struct customer *out)
{
	struct record_set set = { .arena = arena,
		.fields = customer_row_fields,
		.columns = CUSTOMER_COLUMNS + 1,
		.size = sizeof(*out),
		.limit = 1 };
	int err = db_each(db, CST(CUSTOMER_GET), record_add, &set, id);

	if (!err && !set.count)
		err = ENOENT;
	if (!err && viewer &&
		!actor_may(viewer, "customer.read",
			((struct customer *)record_at(&set, 0))->department_id, 0))
		err = ENOENT;
	if (!err)
		err = customer_complete(db, &set, viewer);
	if (!err)
		*out = *(struct customer *)record_at(&set, 0);
	return err;
}

int customer_visible(struct db *db, struct arena *arena, const struct actor *viewer, int64_t id,
	const char **name)
{
	const char *found;
	int64_t department_id;
	int err = db_get(db, arena, CST(CUSTOMER_NAME), id, &found, &department_id);

	if (!err && !actor_may(viewer, "customer.read", department_id, 0))
		err = ENOENT;
	if (!err)
		*name = found;
	return err;
}

static int scope_of(struct record_scope *scope, const struct actor *viewer, struct arena *arena)
{
	*scope = (struct record_scope){ .all = 1, .departments = "[]" };
	return viewer ? record_scope(scope, viewer, "customer.read", arena) : 0;
}

enum { MOST_OF_NUMBER = 20 };

int customer_by_number(struct db *db, struct arena *arena, const struct actor *viewer,
	const char *number, struct field_list *items)
{
	struct record_set set = { .arena = arena,
		.fields = customer_row_fields,
		.columns = CUSTOMER_COLUMNS + 1,
		.size = sizeof(struct customer) };
	char normalized[PHONE_MAX];
	struct record_scope scope;
	int err = scope_of(&scope, viewer, arena);

	*items = (struct field_list){ NULL, 0 };
	if (err == ENOENT || customer_normalize(normalized, sizeof(normalized), number))
		return 0;
	if (!err)
		err = db_each(db, CST(CUSTOMER_BY_NUMBER), record_add, &set, normalized,
			(int64_t)MOST_OF_NUMBER, scope.all, scope.departments);
	if (!err)
		err = customer_complete(db, &set, viewer);
	if (!err)
		*items = (struct field_list){ set.rows, set.count };
	return err;
}

int customer_set_last_agent(struct db *db, int64_t customer_id, int64_t agent_id)
{
	return db_exec(db, CST(CUSTOMER_LAST_AGENT), NULL, customer_id, agent_id);
}

/* --- contacts --- */

const struct web_field customer_contact_fields[] = { { F(struct customer_contact, id, FIELD_ID) },
	{ F(struct customer_contact, kind, FIELD_TEXT), .text = "call or ticket" },
	{ F(struct customer_contact, time, FIELD_TIME) },
	{ F(struct customer_contact, title, FIELD_TEXT) },
	{ F(struct customer_contact, state, FIELD_TEXT) },
	{ F(struct customer_contact, number, FIELD_TEXT) }, { 0 } };

enum { MOST_SOURCES = 8, MOST_CONTACTS = 201 };
static customer_contact_source_h *sources[MOST_SOURCES];
static atomic_int source_count;

int customer_add_contact_source(customer_contact_source_h *source)
{
	int n = atomic_load(&source_count);

	if (n >= MOST_SOURCES)
		return ENOSPC;
	sources[n] = source;
	atomic_store(&source_count, n + 1);
	return 0;
}

struct gathering {
	struct arena *arena;
	struct customer_contact *items;
	size_t count, room;
};

static int gather(const struct customer_contact *contact, void *arg)
{
	struct gathering *g = arg;
	struct customer_contact *to;

	if (g->count >= g->room)
		return ECANCELED;
	to = &g->items[g->count++];
	*to = *contact;
	to->title = arena_strdup(g->arena, contact->title);
	to->state = arena_strdup(g->arena, contact->state);
	to->number = arena_strdup(g->arena, contact->number);
	return 0;
}

static int newest(const void *a, const void *b)
{
	int64_t x = ((const struct customer_contact *)a)->id,
		y = ((const struct customer_contact *)b)->id;

	return x < y ? 1 : x > y ? -1 : 0;
}

int customer_contacts(struct db *db, struct arena *arena, const struct actor *viewer,
	int64_t customer_id, int64_t before, size_t limit, struct field_list *items)
{
	int n = atomic_load(&source_count), err = 0;
	struct gathering g = { .arena = arena };

	if (limit > MOST_CONTACTS)
		limit = MOST_CONTACTS;
	g.items = arena_alloc(arena, ((size_t)n * limit + 1) * sizeof(*g.items));
	if (!g.items)
		return ENOMEM;
	for (int i = 0; i < n && !err; i++) {
		g.room = g.count + limit;
		err = sources[i](db, arena, viewer, customer_id, before, limit, gather, &g);
	}
	if (err)
		return err;
	if (g.count)
		qsort(g.items, g.count, sizeof(*g.items), newest);
	for (size_t i = 0; i < g.count; i++)
		g.items[i].number = customer_show_number(arena, viewer, g.items[i].number);
	*items = (struct field_list){ g.items, g.count < limit ? g.count : limit };
	return 0;
}
