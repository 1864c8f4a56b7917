/* The screen pop: GET /interactions/{id}/pop. */
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "customer/customer.h"
#include "identity/identity.h"
#include "interaction/list.h"
#include "phone.h"
#include "pop/pop.h"
#include "record/record.h"

enum { CONTACTS = 5, TICKETS = 10 };

struct pop_ticket {
	int64_t id;
	const char *number, *type, *subject, *state, *priority;
	int64_t created, department_id, assignee_id;
};
enum { TICKET_COLUMNS = 9 };
static const struct web_field ticket_fields[] = {
	{ F(struct pop_ticket, id, FIELD_ID) },
	{ F(struct pop_ticket, number, FIELD_TEXT) },
	{ F(struct pop_ticket, type, FIELD_TEXT) },
	{ F(struct pop_ticket, subject, FIELD_TEXT) },
	{ F(struct pop_ticket, state, FIELD_TEXT) },
	{ F(struct pop_ticket, priority, FIELD_TEXT) },
	{ F(struct pop_ticket, created, FIELD_TIME) },
	{ F(struct pop_ticket, department_id, FIELD_ID) },
	{ F(struct pop_ticket, assignee_id, FIELD_ID) },
	{ 0 },
};

static const struct db_stmt statements[] = {
	{ .name = "pop.open_tickets",
		.in = "ii",
		.out = "isssssiin",
		.sql = "SELECT id, number, type, subject, state, priority, created, department_id, "
		       "assignee_id FROM ticket"
		       " WHERE customer_id = $1 AND is_open = 1 ORDER BY id DESC LIMIT $2" },
	{ 0 },
};

struct pop {
	int64_t interaction_id;
	const char *number, *number_display, *match;
	struct field_list customers, contacts, open_tickets, ivr, values;
	int64_t queue_id;
	const char *queue_name, *queue_name_en;
	int64_t waiting_ms, started;
	const char *language, *direction, *called;
};
static const struct web_field pop_fields[] = {
	{ F(struct pop, interaction_id, FIELD_ID) },
	{ F(struct pop, number, FIELD_TEXT) },
	{ F(struct pop, number_display, FIELD_TEXT) },
	{ F(struct pop, match, FIELD_TEXT), .text = "known, several, unknown, anonymous" },
	{ F(struct pop, customers, FIELD_LIST), .fields = customer_fields,
		.size = sizeof(struct customer) },
	{ F(struct pop, contacts, FIELD_LIST), .fields = customer_contact_fields,
		.size = sizeof(struct customer_contact) },
	{ F(struct pop, open_tickets, FIELD_LIST), .fields = ticket_fields,
		.size = sizeof(struct pop_ticket) },
	{ F(struct pop, ivr, FIELD_LIST), .fields = interaction_path_fields,
		.size = sizeof(struct interaction_path) },
	{ F(struct pop, values, FIELD_LIST), .fields = interaction_value_fields,
		.size = sizeof(struct interaction_value) },
	{ F(struct pop, queue_id, FIELD_ID) },
	{ F(struct pop, queue_name, FIELD_TEXT) },
	{ F(struct pop, queue_name_en, FIELD_TEXT) },
	{ F(struct pop, waiting_ms, FIELD_INT),
		.text = "in queues so far, while it waits: until now" },
	{ F(struct pop, started, FIELD_TIME) },
	{ F(struct pop, language, FIELD_TEXT) },
	{ F(struct pop, direction, FIELD_TEXT) },
	{ F(struct pop, called, FIELD_TEXT) },
	{ 0 },
};

/* Who reads, where to, and what has been found. */
struct reading {
	struct db *db;
	struct arena *arena;
	const struct actor *viewer;
	struct interaction_row row;
	struct pop pop;
};

/* The customer noted on the call, or all with its number. */
static int find_customers(struct reading *r)
{
	struct customer *one = arena_alloc(r->arena, sizeof(*one));
	int err;

	if (!one)
		return ENOMEM;
	if (r->row.customer_id) {
		err = customer_get(r->db, r->arena, r->viewer, r->row.customer_id, one);
		if (!err)
			r->pop.customers = (struct field_list){ one, 1 };
		if (err != ENOENT)
			return err;
	}
	return r->row.number[0] ? customer_by_number(r->db, r->arena, r->viewer, r->row.number,
					  &r->pop.customers)
				: 0;
}

static int find_tickets(struct reading *r, int64_t customer_id)
{
	struct record_set set = { .arena = r->arena,
		.fields = ticket_fields,
		.columns = TICKET_COLUMNS,
		.size = sizeof(struct pop_ticket) };
	int err = db_each(r->db, &statements[0], record_add, &set, customer_id, (int64_t)TICKETS);
	size_t kept = 0;

	for (size_t i = 0; i < set.count && !err; i++) {
		const struct pop_ticket *t = record_at(&set, i);

		if (actor_may(r->viewer, "ticket.read", t->department_id, t->assignee_id))
			memmove(record_at(&set, kept++), t, set.size);
	}
	r->pop.open_tickets = (struct field_list){ set.rows, kept };
	return err;
}

static const char *match_name(const struct interaction_row *row, size_t customers)
{
	if (customers)
		return customers == 1 ? "known" : "several";
	return row->number[0] ? "unknown" : "anonymous";
}

static void copy_row(struct pop *p, const struct interaction_row *row)
{
	p->interaction_id = row->id;
	p->number = p->number_display = row->number;
	p->ivr = row->ivr;
	p->values = row->values;
	p->queue_id = row->queue_id;
	p->queue_name = row->queue_name;
	p->queue_name_en = row->queue_name_en;
	p->started = row->started;
	p->language = row->language;
	p->direction = row->direction;
	p->called = row->called;
}

/* Everything that hangs on the row that has been read. */
static int gather(struct reading *r)
{
	const struct customer *first;
	int err = find_customers(r);

	first = r->pop.customers.items;
	r->pop.match = match_name(&r->row, r->pop.customers.count);
	if (!err && r->pop.customers.count)
		err = customer_contacts(r->db, r->arena, r->viewer, first->id, INT64_MAX, CONTACTS,
			&r->pop.contacts);
	if (!err && r->pop.customers.count)
		err = find_tickets(r, first->id);
	if (!err)
		err = interaction_read_path(r->db, r->arena, &r->row);
	if (!err)
		err = interaction_read_values(r->db, r->arena, &r->row);
	if (!err)
		err = interaction_waited(r->db, r->arena, r->row.id, &r->pop.waiting_ms);
	if (!err)
		err = interaction_describe(r->db, r->arena, r->viewer, &r->row);
	if (!err)
		copy_row(&r->pop, &r->row);
	return err;
}

static int get_pop(struct web_request *req, struct db *db)
{
	struct reading r = { .db = db, .arena = web_arena(req), .viewer = web_actor(req) };
	int err = interaction_pop_row(req, db, web_path_id(req, "id"), &r.row);

	if (!err)
		err = gather(&r);
	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	return web_reply(req, 200, &r.pop);
}

int pop_json(struct db *db, struct arena *arena, int64_t interaction_id, int64_t user_id,
	const char **json)
{
	struct reading r = { .db = db, .arena = arena };
	struct actor *viewer = NULL;
	struct json_writer w;
	struct buf out;
	int err = identity_actor(db, user_id, &viewer);

	if (err)
		return err;
	r.viewer = viewer;
	buf_init(&out, 1 << 20);
	err = interaction_row_get(db, arena, interaction_id, &r.row);
	if (!err)
		err = gather(&r);
	if (!err) {
		json_begin(&w, &out);
		field_write(&w, pop_fields, &r.pop);
		*json = out.err ? NULL : arena_strndup(arena, out.data, out.len);
		err = *json ? 0 : ENOMEM;
	}
	buf_release(&out);
	actor_release(viewer);
	return err;
}

static const struct web_route routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/interactions/{id}/pop",
		.permission = "agent.work",
		.reply = pop_fields,
		.handler = get_pop,
		.summary = "What an agent needs to know about a call that rings" },
	{ 0 },
};

static const char *const needs[] = { "customer", "identity", "interaction", "record", "ticket",
	NULL };

const struct module pop_module = {
	.name = "pop", .needs = needs, .statements = statements, .routes = routes
};
