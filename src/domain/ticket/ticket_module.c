/* The ticket module as a row. */
#include <errno.h>
#include "customer/customer.h"
#include "ticket/ticket_internal.h"

static const struct platform *platform_of_run;

const struct platform *ticket_platform(void)
{
	return platform_of_run;
}

/* A customer's tickets among the contacts. */
static int contacts(struct db *db, struct arena *arena, const struct actor *viewer,
	int64_t customer_id, int64_t before, size_t limit, customer_contact_h *fn, void *arg)
{
	struct record_set set = { .arena = arena,
		.fields = ticket_fields,
		.columns = TICKET_COLUMNS,
		.size = sizeof(struct ticket) };
	int err =
		ticket_list_of_customer(db, &set, viewer, customer_id, before, (int64_t)limit, -1);

	for (size_t i = 0; i < set.count && !err; i++) {
		const struct ticket *t = record_at(&set, i);

		/* the number of a contact is a telephone number; a ticket's own stands with its title */
		err = fn(&(struct customer_contact){ .id = t->id,
				 .kind = "ticket",
				 .time = t->created,
				 .title = arena_printf(arena, "%s %s", t->number, t->subject),
				 .state = t->state },
			arg);
	}
	return err == ECANCELED ? 0 : err;
}

static int start(const struct platform *platform)
{
	platform_of_run = platform;
	return customer_add_contact_source(contacts);
}

static const struct permission permissions[] = { { "ticket.read", true, "查看工单", "See tickets" },
	{ "ticket.create", false, "新建工单", "Open tickets" },
	{ "ticket.write", true, "处理工单", "Work on tickets" },
	{ "ticket.assign", true, "分派工单", "Assign tickets to people and departments" }, { 0 } };

const struct module ticket_module = {
	.name = "ticket",
	.needs = (const char *const[]){ "audit", "customer", "dictionary", "identity", NULL },
	.permissions = permissions,
	.statements = ticket_statements,
	.routes = ticket_routes,
	.start = start,
	.demo = ticket_demo,
};
