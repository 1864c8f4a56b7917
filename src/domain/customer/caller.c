/* Who calls: the customers of a telephone number. */
#include <stdio.h>
#include <string.h>
#include "customer/caller.h"

static const struct db_stmt statements[] = {
	{ .name = "customer.of_caller",
		.in = "s",
		.out = "issii",
		.sql = "SELECT c.id, c.name, COALESCE(c.level, ''), c.blocked, "
		       "COALESCE(c.last_agent_id, 0) FROM customer_phone p"
		       " JOIN customer c ON c.id = p.customer_id WHERE p.normalized = $1 ORDER BY "
		       "c.updated DESC LIMIT 10" },
	{ 0 },
};

static int take(const struct db_row *row, void *arg)
{
	struct customer_caller *out = arg;

	if (out->matches && out->customer_id == db_row_int(row, 0))
		return 0; /* the same number noted twice */
	if (!out->matches++) {
		out->customer_id = db_row_int(row, 0);
		snprintf(out->name, sizeof(out->name), "%s", db_row_text(row, 1));
		snprintf(out->level, sizeof(out->level), "%s", db_row_text(row, 2));
		out->last_agent_id = db_row_int(row, 4);
	}
	out->blocked |= db_row_int(row, 3) != 0;
	return 0;
}

int customer_of_caller(struct db *db, const char *number, struct customer_caller *out)
{
	memset(out, 0, sizeof(*out));
	return db_each(db, &statements[0], take, out, number);
}

const struct module customer_caller_module = { .name = "customer_caller",
	.statements = statements };
