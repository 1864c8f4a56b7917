/* All SQL of tickets. */
#include "ticket/ticket_internal.h"

#define SHORT_COLUMNS                                                                              \
	"t.id, t.number, t.type, t.subject, t.priority, t.department_id, t.assignee_id, "          \
	"t.customer_id,"                                                                           \
	" t.interaction_id, t.state, t.due, t.channel, t.created, t.created_by, t.updated, "       \
	"t.closed, t.version, c.name"
#define FROM " FROM ticket t LEFT JOIN customer c ON c.id = t.customer_id WHERE "
#define OUT  "issssiiiisisiiiiis"
/* Filters every list knows. $1 before this id, $2 from this id on, $3 limit, $4 type, $5 priority, $6 state, $7 open: -1 any,
 * $8 part of the subject. The way in ($9 and on) comes before, so that its index gives the order. */
#define PAGE                                                                                       \
	" AND t.id < $1 AND t.id >= $2 AND ($4 = '' OR t.type = $4) AND ($5 = '' OR t.priority = " \
	"$5)"                                                                                      \
	" AND ($6 = '' OR t.state = $6) AND ($7 < 0 OR t.is_open = $7) AND ($8 = '' OR "           \
	"lower(t.subject) LIKE $8)"                                                                \
	" ORDER BY t.id DESC LIMIT $3"
#define IN_PAGE "iiisssis"
/* Within the range: $10 all, $11 departments, $12 the viewer, $13 department or 0. */
#define RANGE(in_departments)                                                                      \
	" AND ($10 = 1 OR t.assignee_id = $12 OR " in_departments                                  \
	") AND ($13 = 0 OR t.department_id = $13)"
/* Ids only: where no other filter is asked for, the index alone is read; the rows of the page follow by id. */
#define LIST(way) "SELECT t.id FROM ticket t WHERE " way PAGE
#define LIST_IN_RANGE(way)                                                                         \
	.sqlite = LIST(way RANGE(SQL_IN_LIST_SQLITE("t.department_id", 11))),                      \
	.postgres = LIST(way RANGE(SQL_IN_LIST_POSTGRES("t.department_id", 11)))

const struct db_stmt ticket_statements[TICKET_STATEMENTS + 1] = {
	[TICKET_GET] = { .name = "ticket.get",
		.in = "i",
		.out = OUT "s",
		.sql = "SELECT " SHORT_COLUMNS ", t.text" FROM "t.id = $1" },
	[TICKET_ROWS] = { .name = "ticket.rows",
		.in = "s",
		.out = OUT,
		.sqlite = "SELECT " SHORT_COLUMNS FROM SQL_IN_LIST_SQLITE(
			"t.id", 1) " ORDER BY t.id DESC",
		.postgres = "SELECT " SHORT_COLUMNS FROM SQL_IN_LIST_POSTGRES(
			"t.id", 1) " ORDER BY t.id DESC" },
	[TICKET_ADD] = { .name = "ticket.add",
		.in = "isssssinnnsinsin",
		.out = "",
		.sql = "INSERT INTO ticket (id, number, type, subject, text, priority, "
		       "department_id, assignee_id,"
		       " customer_id, interaction_id, state, is_open, due, channel, created, "
		       "updated, created_by, version)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
		       "$15, $16, 1)" },
	[TICKET_CHANGE] = { .name = "ticket.change",
		.in = "issssinnsinini",
		.out = "",
		.sql = "UPDATE ticket SET type = $2, subject = $3, text = $4, priority = $5, "
		       "department_id = $6,"
		       " assignee_id = $7, customer_id = $8, state = $9, is_open = $10, due = $11, "
		       "updated = $12,"
		       " closed = $13, version = version + 1 WHERE id = $1 AND version = $14" },
	[TICKET_TOUCH] = { .name = "ticket.touch",
		.in = "ii",
		.out = "",
		.sql = "UPDATE ticket SET updated = $2 WHERE id = $1" },
	[TICKET_LIST_ALL] = { .name = "ticket.list_all",
		.in = IN_PAGE,
		.out = "i",
		.sql = LIST("1 = 1") },
	[TICKET_LIST_DEPARTMENT] = { .name = "ticket.list_department",
		.in = IN_PAGE "i",
		.out = "i",
		.sql = LIST("t.department_id = $9") },
	[TICKET_LIST_DEPARTMENT_STATE] = { .name = "ticket.list_department_state",
		.in = IN_PAGE "is",
		.out = "i",
		.sql = LIST("t.department_id = $9 AND t.state = $10") },
	[TICKET_LIST_ASSIGNEE] = { .name = "ticket.list_assignee",
		.in = IN_PAGE "iisii",
		.out = "i",
		LIST_IN_RANGE("t.assignee_id = $9") },
	/* the literal condition is that of the partial index */
	[TICKET_LIST_ASSIGNEE_OPEN] = { .name = "ticket.list_assignee_open",
		.in = IN_PAGE "iisii",
		.out = "i",
		LIST_IN_RANGE("t.assignee_id = $9 AND t.is_open = 1") },
	[TICKET_LIST_CUSTOMER] = { .name = "ticket.list_customer",
		.in = IN_PAGE "iisii",
		.out = "i",
		LIST_IN_RANGE("t.customer_id = $9") },
	[TICKET_LIST_NUMBER] = { .name = "ticket.list_number",
		.in = IN_PAGE "sisiis",
		.out = "i",
		LIST_IN_RANGE("t.number >= $9 AND t.number < $14") },
	[TICKET_DEPARTMENTS] = { .name = "ticket.departments",
		.in = "",
		.out = "i",
		.sql = "SELECT id FROM department" },
	[TICKET_OPEN_STATES] = { .name = "ticket.open_states",
		.in = "",
		.out = "s",
		.sql = "SELECT code FROM dictionary WHERE kind = 'ticket_state' AND category IN "
		       "('open', 'paused')" },
	[TICKET_OF_INTERACTION] = { .name = "ticket.of_interaction",
		.in = "i",
		.out = "i",
		.sql = "SELECT ticket_id FROM ticket_interaction WHERE interaction_id = $1 ORDER "
		       "BY ticket_id" },
	[TICKET_LINK] = { .name = "ticket.link",
		.in = "ii",
		.out = "",
		.sql = "INSERT INTO ticket_interaction (interaction_id, ticket_id) VALUES ($1, $2)"
		       " ON CONFLICT (interaction_id, ticket_id) DO NOTHING" },
	[TICKET_INTERACTION] = { .name = "ticket.interaction",
		.in = "i",
		.out = "ii",
		.sql = "SELECT department_id, agent_id FROM interaction WHERE id = $1" },
	[TICKET_TOOK_PART] = { .name = "ticket.took_part",
		.in = "ii",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM interaction_step WHERE interaction_id = $1 AND "
		       "user_id = $2" },
	/* rows for '' serve every type that has none of its own */
	[TICKET_TRANSITION] = { .name = "ticket.transition",
		.in = "sss",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM ticket_transition WHERE from_state = $1 AND to_state "
		       "= $2 AND type ="
		       " CASE WHEN EXISTS (SELECT 1 FROM ticket_transition o WHERE o.type = $3) "
		       "THEN $3 ELSE '' END" },
	[TICKET_TRANSITIONS] = { .name = "ticket.transitions",
		.in = "",
		.out = "issss",
		.sql = "SELECT id, type, from_state, event, to_state FROM ticket_transition ORDER "
		       "BY type, id" },
	[TICKET_ENTRY_ADD] = { .name = "ticket.entry_add",
		.in = "iisinnssnn",
		.out = "",
		.sql = "INSERT INTO ticket_entry (id, ticket_id, kind, time, user_id, "
		       "on_behalf_of_id, text, data,"
		       " interaction_id, recording_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
		       "$10)" },
	[TICKET_TIMELINE] = { .name = "ticket.timeline",
		.in = "iii",
		.out = "isiiissii",
		.sql = "SELECT id, kind, time, user_id, on_behalf_of_id, text, data, "
		       "interaction_id, recording_id"
		       " FROM ticket_entry WHERE ticket_id = $1 AND id > $2 ORDER BY id LIMIT $3" },
	[TICKET_NUMBER_RULE] = { .name = "number.rule",
		.in = "s",
		.out = "ssi",
		.sql = "SELECT pattern, period, digits FROM number_rule WHERE name = $1" },
	[TICKET_NUMBER_NEXT] = { .name = "number.next",
		.in = "ssi",
		.out = "i",
		.sql = "INSERT INTO number_counter (rule, period, last) VALUES ($1, $2, $3)"
		       " ON CONFLICT (rule, period) DO UPDATE SET last = number_counter.last + $3 "
		       "RETURNING last",
		.apart = true },
	[TICKET_DEMO_CUSTOMERS] = { .name = "ticket.demo_customers",
		.in = "i",
		.out = "i",
		.sql = "SELECT id FROM customer WHERE department_id = $1 ORDER BY id" },
	[TICKET_DEMO_CLOSE] = { .name = "ticket.demo_close",
		.in = "ii",
		.out = "",
		.sql = "UPDATE ticket SET closed = $2, updated = $2 WHERE id = $1" },
	{ 0 }
};
