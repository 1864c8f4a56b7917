/* Lists of tickets: the way in is chosen so that an index gives the page newest first, also in a department of a million.
 *
 * What a person may see is at most a few streams, each sorted in an index: the departments of the range (one by one, by state
 * when states are asked for) and what is assigned to the person. Every stream gives its newest; together they hold the page. */
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "identity/identity.h"
#include "ticket/ticket_internal.h"

enum { MOST_STREAMS = 200, MOST_STATES = 40 };

struct query {
	struct db *db;
	const struct actor *actor;
	struct arena *arena;
	struct record_ids ids;
	struct record_scope scope;
	enum data_range range;
	int64_t before, from, fetch, open;
	const char *type, *priority, *state, *subject;
	int64_t department_id;
	const char *states[MOST_STATES]; /* streams by state; none: any state */
	size_t state_count;
};

#define FILTERS(q)                                                                                 \
	(q)->before, (q)->from, (q)->fetch, (q)->type, (q)->priority, (q)->state, (q)->open,       \
		(q)->subject
#define RANGE(q) (q)->scope.all, (q)->scope.departments, (q)->actor->user_id, (q)->department_id

static int stream_department(struct query *q, int64_t department_id)
{
	int err = 0;

	if (!q->state_count)
		return db_each(q->db, TST(TICKET_LIST_DEPARTMENT), record_add_id, &q->ids,
			FILTERS(q), department_id);
	for (size_t i = 0; i < q->state_count && !err; i++)
		err = db_each(q->db, TST(TICKET_LIST_DEPARTMENT_STATE), record_add_id, &q->ids,
			FILTERS(q), department_id, q->states[i]);
	return err;
}

static int stream_assignee(struct query *q, int64_t user_id)
{
	const struct db_stmt *stmt =
		TST(q->open == 1 ? TICKET_LIST_ASSIGNEE_OPEN : TICKET_LIST_ASSIGNEE);

	return db_each(q->db, stmt, record_add_id, &q->ids, FILTERS(q), user_id, RANGE(q));
}

static int add_state(const struct db_row *row, void *arg)
{
	struct query *q = arg;

	if (q->state_count == MOST_STATES)
		return ECANCELED;
	q->states[q->state_count] = arena_strdup(q->arena, db_row_text(row, 0));
	return q->states[q->state_count++] ? 0 : ENOMEM;
}

static int choose_states(struct query *q)
{
	if (*q->state) {
		q->states[q->state_count++] = q->state;
		return 0;
	}
	return q->open == 1 ? db_each(q->db, TST(TICKET_OPEN_STATES), add_state, q) : 0;
}

/* Everything: the newest of all, or of every department when few rows would match. */
static int stream_all(struct query *q)
{
	struct record_ids all = { .arena = q->arena };
	int err = 0;

	if (q->state_count)
		err = db_each(q->db, TST(TICKET_DEPARTMENTS), record_add_id, &all);
	if (err)
		return err;
	if (!q->state_count || all.count * q->state_count > MOST_STREAMS)
		return db_each(q->db, TST(TICKET_LIST_ALL), record_add_id, &q->ids, FILTERS(q));
	for (size_t i = 0; i < all.count && !err; i++)
		err = stream_department(q, all.items[i]);
	return err;
}

static int stream_range(struct query *q)
{
	const struct actor *a = q->actor;
	int err = choose_states(q);

	if (!err && q->department_id && actor_may(a, "ticket.read", q->department_id, 0))
		return stream_department(q, q->department_id);
	if (!err && q->range == RANGE_ALL)
		return stream_all(q);
	if (!err && q->range == RANGE_DEPARTMENT && !q->department_id)
		err = stream_department(q, a->department_id);
	for (size_t i = 0;
		q->range == RANGE_TREE && !q->department_id && i < a->department_count && !err; i++)
		err = stream_department(q, a->departments[i]);
	return err ? err
		   : stream_assignee(q, a->user_id); /* what is one's own is seen wherever it is */
}

/* T20261121-00... or the digits after the dash: by number. Anything else is a part of the subject. */
static bool is_number(const char *typed)
{
	size_t digits = 0;

	for (const char *c = typed; *c; c++) {
		if (*c >= '0' && *c <= '9')
			digits++;
		else if (!(c == typed && ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z')) && *c != '-')
			return false;
	}
	return digits >= 3;
}

static int stream_number(struct query *q, const char *typed)
{
	char *number = typed[0] >= '0' && typed[0] <= '9' ? arena_printf(q->arena, "T%s", typed)
							  : arena_strdup(q->arena, typed);

	if (!number)
		return ENOMEM;
	if (*number >= 'a' && *number <= 'z')
		*number = (char)(*number - 32);
	return db_each(q->db, TST(TICKET_LIST_NUMBER), record_add_id, &q->ids, FILTERS(q), number,
		RANGE(q), arena_printf(q->arena, "%s\xF4\x8F\xBF\xBF", number));
}

static const char *text_param(struct web_request *req, const char *name)
{
	const char *text = web_param_text(req, name);

	return text ? text : "";
}

static const char *subject_pattern(struct arena *arena, const char *typed)
{
	char *pattern = *typed ? arena_printf(arena, "%%%s%%", typed) : arena_strdup(arena, "");

	for (char *c = pattern; c && *c; c++)
		*c = *c == '\\' ? '_' : *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	return pattern;
}

static int read_query(struct web_request *req, struct query *q)
{
	int64_t to = web_param_int(req, "created_to", 0),
		from = web_param_int(req, "created_from", 0);
	const char *typed = text_param(req, "q");

	q->before = record_cursor(req, INT64_MAX);
	if (to && id_first_at(to) < q->before)
		q->before = id_first_at(to);
	q->from = from ? id_first_at(from) : 0;
	q->open = web_param_int(req, "open", -1);
	q->type = text_param(req, "type");
	q->priority = text_param(req, "priority");
	q->state = text_param(req, "state");
	q->department_id = web_param_int(req, "department_id", 0);
	q->subject = subject_pattern(q->arena, is_number(typed) ? "" : typed);
	return q->subject ? record_scope(&q->scope, q->actor, "ticket.read", q->arena) : ENOMEM;
}

int ticket_list(struct web_request *req, struct db *db)
{
	size_t limit = (size_t)web_limit(req);
	struct record_set set = { .arena = web_arena(req),
		.fields = ticket_fields,
		.columns = TICKET_COLUMNS,
		.size = sizeof(struct ticket) };
	struct query q = { .db = db,
		.actor = web_actor(req),
		.arena = set.arena,
		.fetch = (int64_t)limit + 1,
		.ids = { .arena = set.arena },
		.range = actor_range(web_actor(req), "ticket.read") };
	int64_t customer_id = web_param_int(req, "customer_id", 0),
		assignee_id = web_param_int(req, "assignee_id", 0);
	const char *typed = text_param(req, "q");
	int err = read_query(req, &q);

	if (web_param_int(req, "mine", 0))
		assignee_id = q.actor->user_id;
	if (!err && customer_id)
		err = db_each(db, TST(TICKET_LIST_CUSTOMER), record_add_id, &q.ids, FILTERS(&q),
			customer_id, RANGE(&q));
	else if (!err && assignee_id)
		err = stream_assignee(&q, assignee_id);
	else if (!err && is_number(typed))
		err = stream_number(&q, typed);
	else if (!err)
		err = stream_range(&q);
	if (!err)
		err = ticket_rows(db, &set, &q.ids, limit + 1);
	return err ? err : record_reply_page(req, &set, limit);
}
