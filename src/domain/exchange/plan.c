/* The plan: reading it and looking things up in it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "enum_name.h"
#include "exchange/plan_private.h"
#include "identity/identity.h"
#include "log/log.h"

const char *const wrapup_mode_names[] = { "none", "optional", "mandatory", "mandatory_limit",
	NULL };
const char *const overflow_kind_names[] = { "none", "queue", "voicemail", "ivr", NULL };
const char *const pop_moment_names[] = { "ring", "answer", "both", NULL };

#define PLAN_ARENA_LIMIT (256u << 20)

/* Room for one more item; doubles. NULL: out of memory. */
static void *more(struct arena *arena, void **items, size_t *count, size_t size)
{
	/* capacity is the next power of two, so growth happens when count is one */
	if (!(*count & (*count - 1))) {
		size_t capacity = *count ? *count * 2 : 1;
		void *grown = arena_alloc(arena, capacity * size);

		if (!grown)
			return NULL;
		if (*count)
			memcpy(grown, *items, *count * size);
		*items = grown;
	}
	return (char *)*items + (*count)++ * size;
}
#define MORE(plan, member)                                                                         \
	more((plan)->arena, (void **)&(plan)->member##s, &(plan)->member##_count,                  \
		sizeof(*(plan)->member##s))

static const char *keep(struct plan *plan, const struct db_row *row, int column)
{
	const char *s = db_row_text(row, column);

	return arena_strdup(plan->arena, s ? s : "");
}

static int enum_or(const char *const *names, const char *name, int fallback)
{
	int v = enum_value(names, name);

	return v < 0 ? fallback : v;
}

static int queue_row(const struct db_row *r, void *arg)
{
	struct plan *plan = arg;
	struct plan_queue *q = MORE(plan, queue);

	if (!q)
		return ENOMEM;
	q->id = q->routing.id = db_row_int(r, 0);
	q->key = keep(plan, r, 1);
	q->name = keep(plan, r, 2);
	q->name_en = keep(plan, r, 3);
	q->department_id = db_row_int(r, 4);
	q->routing.strategy =
		(enum acd_strategy)enum_or(acd_strategy_names, db_row_text(r, 5), ACD_LONGEST_IDLE);
	q->routing.weight = (int)db_row_int(r, 6);
	q->ring_ms = db_row_int(r, 7) * 1000;
	q->wrapup =
		(enum wrapup_mode)enum_or(wrapup_mode_names, db_row_text(r, 8), WRAPUP_OPTIONAL);
	q->wrapup_ms = db_row_int(r, 9) * 1000;
	q->miss_pause_ms = db_row_int(r, 10) * 1000;
	q->routing.tier_wait_ms = db_row_int(r, 11) * 1000;
	q->routing.skill_relax_ms = db_row_int(r, 12) * 1000;
	q->routing.last_agent_ms = db_row_int(r, 13) * 1000;
	q->max_wait_ms = db_row_int(r, 14) * 1000;
	q->max_length = (size_t)db_row_int(r, 15);
	q->service_level_ms = q->routing.target_ms = db_row_int(r, 16) * 1000;
	q->music = keep(plan, r, 17);
	q->announce_first_ms = db_row_int(r, 18) * 1000;
	q->announce_every_ms = db_row_int(r, 19) * 1000;
	q->announce_position = db_row_int(r, 20) != 0;
	q->announce_wait = db_row_int(r, 21) != 0;
	q->overflow =
		(enum overflow_kind)enum_or(overflow_kind_names, db_row_text(r, 22), OVERFLOW_NONE);
	q->overflow_target = keep(plan, r, 23);
	q->record = strcmp(keep(plan, r, 24), "never") != 0;
	q->pop = (enum pop_moment)enum_or(pop_moment_names, db_row_text(r, 25), POP_ANSWER);
	q->short_abandon_ms = db_row_int(r, 26) * 1000;
	q->calendar_id = db_row_int(r, 27);
	q->active = true;
	return 0;
}

static int agent_row(const struct identity_account *who, void *arg)
{
	struct plan *plan = arg;
	struct plan_agent *a = MORE(plan, agent);

	if (!a)
		return ENOMEM;
	a->user_id = who->id;
	a->department_id = who->department_id;
	a->name = arena_strdup(plan->arena, who->name);
	a->extension = arena_strdup(plan->arena, who->extension ? who->extension : "");
	a->language = arena_strdup(plan->arena, who->language);
	a->ha1_md5 = arena_strdup(plan->arena, who->ha1_md5);
	a->ha1_sha256 = arena_strdup(plan->arena, who->ha1_sha256);
	a->is_agent = who->is_agent;
	a->masks_numbers = who->masks_numbers;
	return 0;
}

/* Who may call outside, and how far: a desk phone has no session that could be asked. */
static int load_rights(struct plan *plan, struct db *db)
{
	for (size_t i = 0; i < plan->agent_count; i++) {
		struct plan_agent *a = &plan->agents[i];
		struct actor *actor;
		int err = identity_actor(db, a->user_id, &actor);

		if (err == ENOENT)
			continue;
		if (err)
			return err;
		a->may_dial = actor_range(actor, "call.dial") != RANGE_NONE;
		a->may_dial_international =
			actor_range(actor, "call.dial_international") != RANGE_NONE;
		actor_release(actor);
	}
	return 0;
}

static int compare_id(const void *key, const void *item)
{
	int64_t a = *(const int64_t *)key, b = ((const struct plan_agent *)item)->user_id;

	return (a > b) - (a < b);
}

static int compare_agent(const void *a, const void *b)
{
	return compare_id(&((const struct plan_agent *)a)->user_id, b);
}

static struct plan_agent *find_agent(const struct plan *plan, int64_t user_id)
{
	if (!plan->agent_count)
		return NULL;
	return bsearch(
		&user_id, plan->agents, plan->agent_count, sizeof(*plan->agents), compare_id);
}

static int member_row(const struct db_row *r, void *arg)
{
	struct plan *plan = arg;
	struct plan_agent *a = find_agent(plan, db_row_int(r, 0));
	struct acd_member *m;

	if (!a || !plan_queue(plan, db_row_int(r, 1)))
		return 0;
	m = more(plan->arena, (void **)&a->members, &a->member_count, sizeof(*m));
	if (!m)
		return ENOMEM;
	m->queue = db_row_int(r, 1);
	m->tier = (int)db_row_int(r, 2);
	m->position = (int)db_row_int(r, 3);
	return 0;
}

static int skill_row(const struct db_row *r, void *arg)
{
	struct plan_agent *a = find_agent(arg, db_row_int(r, 0));

	if (a && a->skill_count < ACD_MAX_SKILLS) {
		a->skills[a->skill_count].id = db_row_int(r, 1);
		a->skills[a->skill_count++].level = (int)db_row_int(r, 2);
	}
	return 0;
}

static int flow_row(const struct db_row *r, void *arg)
{
	struct plan *plan = arg;
	struct plan_flow *f = MORE(plan, flow);
	struct ivr_finding finding = { 0 };
	const char *json = db_row_text(r, 3);
	size_t count = 0;

	if (!f)
		return ENOMEM;
	f->id = db_row_int(r, 0);
	f->key = keep(plan, r, 1);
	f->version = db_row_int(r, 2);
	/* References were checked at publish; what has been removed since is met at the node. */
	if (ivr_flow_compile(&f->flow, json, strlen(json), NULL, NULL, &finding, 1, &count))
		log_error("exchange", "published flow does not compile", "flow", f->key, "node",
			finding.node, "why", finding.code, NULL);
	return 0;
}

static int number_row(const struct db_row *r, void *arg)
{
	struct plan *plan = arg;
	struct plan_number *n = MORE(plan, number);

	if (!n)
		return ENOMEM;
	n->number = keep(plan, r, 0);
	n->flow_id = db_row_int(r, 1);
	return 0;
}

static int prompt_row(const struct db_row *r, void *arg)
{
	struct plan *plan = arg;
	struct plan_prompt *p = MORE(plan, prompt);

	if (!p)
		return ENOMEM;
	p->name = keep(plan, r, 0);
	p->text_zh = keep(plan, r, 1);
	p->text_en = keep(plan, r, 2);
	p->language = keep(plan, r, 3);
	p->number = db_row_int(r, 4);
	p->path = keep(plan, r, 5);
	return 0;
}

static int calendar_row(const struct db_row *r, void *arg)
{
	struct plan *plan = arg;
	struct plan_calendar *c = MORE(plan, calendar);

	if (!c)
		return ENOMEM;
	c->id = db_row_int(r, 0);
	c->name = keep(plan, r, 1);
	c->zone = keep(plan, r, 2);
	if (plan_calendar_parse(plan->arena, c, db_row_text(r, 3), db_row_text(r, 4)))
		log_error("exchange", "calendar cannot be read, counts as always open", "calendar",
			LOG_I(c->id), NULL);
	return 0;
}

static int trunk_row(const struct db_row *r, void *arg)
{
	struct plan *plan = arg;
	struct plan_trunk *t = MORE(plan, trunk);

	if (!t)
		return ENOMEM;
	t->id = db_row_int(r, 0);
	t->name = keep(plan, r, 1);
	t->host = keep(plan, r, 2);
	t->port = (int)db_row_int(r, 3);
	t->transport = keep(plan, r, 4);
	t->addresses = keep(plan, r, 5);
	t->user = keep(plan, r, 6);
	t->password = keep(plan, r, 7);
	t->registers = db_row_int(r, 8) != 0;
	t->max_calls = (unsigned)db_row_int(r, 9);
	return 0;
}

static int switch_row(const struct db_row *r, void *arg)
{
	struct plan *plan = arg;
	struct plan_switch *s =
		more(plan->arena, (void **)&plan->switches, &plan->switch_count, sizeof(*s));

	if (!s)
		return ENOMEM;
	s->name = keep(plan, r, 0);
	s->on = db_row_int(r, 1) != 0;
	s->until = db_row_int(r, 2);
	return 0;
}

/* In the demonstration any SIP phone on this machine may call in. */
static int add_demo_trunk(struct plan *plan)
{
	struct plan_trunk *t = MORE(plan, trunk);

	if (!t)
		return ENOMEM;
	*t = (struct plan_trunk){ .name = "demo",
		.host = "127.0.0.1",
		.transport = "udp",
		.addresses = "127.0.0.1",
		.user = "",
		.password = "",
		.port = 5070 };
	return 0;
}

int plan_load(struct plan **planp, struct db *db, bool demo_trunk)
{
	static const struct {
		int statement;
		db_row_h *fn;
	} parts[] = {
		{ PLAN_MEMBERS, member_row },
		{ PLAN_SKILLS, skill_row },
		{ PLAN_FLOWS, flow_row },
		{ PLAN_NUMBERS, number_row },
		{ PLAN_PROMPTS, prompt_row },
		{ PLAN_CALENDARS, calendar_row },
		{ PLAN_TRUNKS, trunk_row },
		{ PLAN_SWITCHES, switch_row },
	};
	struct plan *plan = calloc(1, sizeof(*plan));
	int err = ENOMEM;

	if (!plan)
		return ENOMEM;
	plan->references = 1;
	plan->arena = arena_create(PLAN_ARENA_LIMIT);
	if (!plan->arena)
		goto out;
	err = db_each(db, &plan_statements[PLAN_QUEUES], queue_row, plan);
	if (!err)
		err = identity_each_extension(db, agent_row, plan);
	if (!err && plan->agent_count)
		qsort(plan->agents, plan->agent_count, sizeof(*plan->agents), compare_agent);
	if (!err)
		err = load_rights(plan, db);
	for (size_t i = 0; !err && i < sizeof(parts) / sizeof(parts[0]); i++)
		err = db_each(db, &plan_statements[parts[i].statement], parts[i].fn, plan);
	if (!err && demo_trunk)
		err = add_demo_trunk(plan);
out:
	if (err)
		plan_release(plan);
	else
		*planp = plan;
	return err;
}

struct plan *plan_hold(struct plan *plan)
{
	__atomic_add_fetch(&plan->references, 1, __ATOMIC_RELAXED);
	return plan;
}

void plan_release(struct plan *plan)
{
	if (!plan || __atomic_sub_fetch(&plan->references, 1, __ATOMIC_ACQ_REL))
		return;
	for (size_t i = 0; i < plan->flow_count; i++)
		ivr_flow_release(plan->flows[i].flow);
	arena_free(plan->arena);
	free(plan);
}
