/* The module row of interactions; names; what a crash left open. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "customer/customer.h"
#include "interaction/interaction_sql.h"
#include "interaction/journal.h"
#include "interaction/list.h"
#include "interaction/list_sql.h"
#include "log/log.h"
#include "media/media.h"
#include "ticket/ticket.h"

#define S(n) (&journal_statements[n])

enum { NAME_CUSTOMER, NAME_QUEUE };
static const struct db_stmt name_statements[] = {
	[NAME_CUSTOMER] = { .name = "interaction.customer_name",
		.in = "i",
		.out = "s",
		.sql = "SELECT name FROM customer WHERE id = $1" },
	[NAME_QUEUE] = { .name = "interaction.queue_name",
		.in = "i",
		.out = "ss",
		.sql = "SELECT name, name_en FROM queue WHERE id = $1" },
	{ 0 },
};

int interaction_names(struct db *db, struct arena *arena, struct interaction_row *row)
{
	int err = 0;

	if (row->customer_id)
		err = db_get(db, arena, &name_statements[NAME_CUSTOMER], row->customer_id,
			&row->customer_name);
	if ((!err || err == ENOENT) && row->queue_id)
		err = db_get(db, arena, &name_statements[NAME_QUEUE], row->queue_id,
			&row->queue_name, &row->queue_name_en);
	return err == ENOENT ? 0 : err;
}

/* --- listening leaves a trace --- */

struct listening {
	int64_t recording;
	struct actor *actor;
	char source[64];
};

static int write_listening(struct db *db, void *arg)
{
	const struct listening *l = arg;

	return audit_add(db, l->actor,
		&(struct audit_entry){ .action = "listen",
			.entity = "recording",
			.id = l->recording,
			.source = l->source });
}

static void release_listening(void *arg)
{
	struct listening *l = arg;

	actor_release(l->actor);
	free(l);
}

void interaction_listened(struct web_request *req, int64_t recording_id)
{
	struct listening *l = calloc(1, sizeof(*l));

	if (l) {
		l->recording = recording_id;
		l->actor = actor_hold((struct actor *)web_actor(req));
		snprintf(l->source, sizeof(l->source), "%s", web_source_address(req));
		if (!db_journal(web_platform(req)->database, write_listening, release_listening, l))
			return;
		release_listening(l);
	}
	log_error("interaction", "listening was not recorded", "recording", LOG_I(recording_id),
		NULL);
}

/* --- after a crash --- */

struct open_recording {
	int64_t id;
	char path[128];
};
struct repair {
	const char *data_dir;
	struct open_recording *items;
	size_t count, room;
};

static int collect(const struct db_row *row, void *arg)
{
	struct repair *r = arg;
	const char *path = db_row_text(row, 1);

	if (r->count == r->room) {
		size_t room = r->room ? r->room * 2 : 64;
		struct open_recording *items = realloc(r->items, room * sizeof(*items));

		if (!items)
			return ENOMEM;
		r->items = items;
		r->room = room;
	}
	r->items[r->count].id = db_row_int(row, 0);
	snprintf(r->items[r->count++].path, sizeof(r->items[0].path), "%s", path ? path : "");
	return 0;
}

/* The header's sizes are kept true while a recording runs, so the file itself tells its length. */
static int64_t length_of(const char *data_dir, const char *relative)
{
	char path[512];
	int64_t ms = 0;
	int rate, channels;

	snprintf(path, sizeof(path), "%s/%s", data_dir, relative);
	return media_file_probe(path, &ms, &rate, &channels) ? 0 : ms;
}

static int repair_rows(struct db *db, void *arg)
{
	struct repair *r = arg;
	int64_t now = clock_now();
	int err;

	r->count = 0; /* it may run again after a serialisation failure */
	err = db_each(db, S(OPEN_RECORDINGS), collect, r);
	for (size_t i = 0; i < r->count && !err; i++)
		err = db_exec(db, S(REPAIR_RECORDINGS), NULL, r->items[i].id,
			length_of(r->data_dir, r->items[i].path));
	if (!err)
		err = db_exec(db, S(REPAIR_LEGS), NULL, now);
	if (!err)
		err = db_exec(db, S(REPAIR_ENTRIES), NULL, now);
	if (!err)
		err = db_exec(db, S(REPAIR_INTERACTIONS), NULL, now);
	return err ? err : db_exec(db, S(REPAIR_STATES), NULL, now);
}

/* --- calls among a customer's contacts --- */

struct contacts {
	const struct actor *viewer;
	struct arena *arena;
	customer_contact_h *fn;
	void *arg;
};

static int hand_contact(const struct db_row *row, void *arg)
{
	struct contacts *c = arg;
	struct customer_contact contact = { .id = db_row_int(row, 0),
		.kind = "call",
		.time = db_row_int(row, 6),
		.title = db_row_text(row, 3),
		.state = db_row_text(row, 2) };

	if (c->viewer &&
		!actor_may(c->viewer, "interaction.read", db_row_int(row, 4), db_row_int(row, 5)))
		return 0;
	contact.number = customer_show_number(c->arena, c->viewer, db_row_text(row, 1));
	return c->fn(&contact, c->arg);
}

static int calls_of_customer(struct db *db, struct arena *arena, const struct actor *viewer,
	int64_t customer_id, int64_t before, size_t limit, customer_contact_h *fn, void *arg)
{
	struct contacts c = { viewer, arena, fn, arg };

	return db_each(db, &interaction_list_statements[CONTACTS_OF], hand_contact, &c, customer_id,
		before, (int64_t)limit);
}

static int start(const struct platform *platform)
{
	struct repair r = { .data_dir = platform->data_dir };
	int err = db_write(platform->database, repair_rows, &r);

	if (!err && r.count)
		log_warn("interaction", "recordings were cut short by an unclean stop", "count",
			LOG_I(r.count), NULL);
	free(r.items);
	journal_start(platform->database);
	ticket_set_call_source(interaction_describe_call);
	return err ? err : customer_add_contact_source(calls_of_customer);
}

static const struct permission permissions[] = {
	{ .name = "interaction.read",
		.ranged = true,
		.text_zh = "查看通话记录",
		.text_en = "See the call log" },
	{ .name = "interaction.write",
		.ranged = true,
		.text_zh = "填写通话小结",
		.text_en = "Write on calls" },
	{ .name = "recording.listen",
		.ranged = true,
		.text_zh = "收听录音",
		.text_en = "Listen to recordings" },
	{ 0 },
};

static const char *const needs[] = { "identity", "audit", "customer", "record", "ticket", NULL };

const struct module interaction_module = {
	.name = "interaction",
	.needs = needs,
	.permissions = permissions,
	.statements = journal_statements,
	.routes = interaction_routes,
	.start = start,
};

/* The same folder's other statement tables. */
const struct module interaction_list_module = { .name = "interaction_list",
	.statements = interaction_list_statements };
const struct module interaction_name_module = { .name = "interaction_name",
	.statements = name_statements };
