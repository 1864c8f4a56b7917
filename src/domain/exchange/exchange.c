/* Start, stop, the plan and the routing clock of the exchange. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "clock/clock.h"
#include "exchange/exchange_api.h"
#include "exchange/exchange_private.h"
#include "flow/flow.h"
#include "log/log.h"
#include "queue/queue.h"
#include "setting/setting.h"
#include "trunk/trunk.h"
#include "web/web.h"

static struct exchange *
	exchange; /* one per process; set before any thread of it runs, cleared after the last has ended */

struct exchange *exchange_get(void)
{
	return exchange;
}

void exchange_sip_ports(int *port, int *tls_port)
{
	struct sip_stack *sip = exchange && exchange->voice ? voice_sip(exchange->voice) : NULL;

	*port = sip ? sip_stack_port(sip) : -1;
	*tls_port = sip ? sip_stack_tls_port(sip) : -1;
}

/* NULL: none set. */
const char *exchange_area_code(const struct exchange *x)
{
	const char *code = config_text(x->platform->config, "area_code");

	return *code ? code : NULL;
}

struct call *exchange_call(struct exchange *x, int64_t id)
{
	return hash_get_id(x->calls, (uint64_t)id);
}

struct queue *exchange_queue(struct exchange *x, int64_t id)
{
	return hash_get_id(x->queues, (uint64_t)id);
}

/* --- routing clock --- */

static void decide(void *arg)
{
	struct exchange *x = arg;

	x->decide_posted = false;
	if (!x->stopping)
		offers_decide(x);
}

/* At the end of this turn of the loop: many changes, one decision. */
void exchange_decide_soon(struct exchange *x)
{
	if (x->decide_posted)
		return;
	x->decide_posted = !loop_post(x->loop, decide, x);
}

static void decide_timer(void *arg)
{
	exchange_decide_soon(arg);
}

void exchange_decide_at(struct exchange *x, int64_t mono_ms)
{
	int64_t delay = mono_ms - clock_mono();

	loop_timer_set(x->loop, &x->decide_timer, delay > 0 ? delay : 1, decide_timer, x);
}

/* --- the plan --- */

struct plan_delivery {
	struct exchange *x;
	struct plan *plan;
};

static void queue_gone(void *value, void *arg)
{
	struct queue *q = value;

	(void)arg;
	q->plan = plan_queue(q->x->plan, q->id);
	if (!q->plan)
		acd_queue_remove(q->x->acd, q->id); /* calls in it leave by their longest wait */
	queue_touched(q);
}

static int queues_apply_plan(struct exchange *x)
{
	hash_each(x->queues, queue_gone, NULL);
	for (size_t i = 0; i < x->plan->queue_count; i++) {
		const struct plan_queue *p = &x->plan->queues[i];
		struct queue *q = exchange_queue(x, p->id);

		if (!q) {
			q = calloc(1, sizeof(*q));
			if (!q || hash_set_id(x->queues, (uint64_t)p->id, q)) {
				free(q);
				return ENOMEM;
			}
			q->x = x;
			q->id = p->id;
		}
		q->plan = p;
		acd_queue_set(x->acd, &p->routing);
	}
	return 0;
}

static void trunks_apply_plan(struct exchange *x, const struct plan *before)
{
	for (size_t i = 0; before && i < before->trunk_count; i++) {
		bool kept = false;

		for (size_t j = 0; j < x->plan->trunk_count; j++)
			kept |= !strcmp(before->trunks[i].name, x->plan->trunks[j].name);
		if (!kept)
			sip_trunk_remove(voice_sip(x->voice), before->trunks[i].name);
	}
	for (size_t i = 0; i < x->plan->trunk_count; i++) {
		const struct plan_trunk *p = &x->plan->trunks[i];
		const struct sip_trunk trunk = { .name = p->name,
			.host = p->host,
			.port = p->port,
			.transport = p->transport,
			.addresses = p->addresses,
			.user = *p->user ? p->user : NULL,
			.password = *p->password ? p->password : NULL,
			.registers = p->registers,
			.max_calls = p->max_calls };

		if (sip_trunk_set(voice_sip(x->voice), &trunk))
			log_error("exchange", "trunk is not usable", "trunk", p->name, NULL);
	}
}

static void plan_arrives(void *arg)
{
	struct plan_delivery *d = arg;
	struct exchange *x = d->x;
	struct plan *before = x->plan;

	x->plan = d->plan;
	free(d);
	/* Queues first: agents are members of them. */
	if (queues_apply_plan(x) || agents_apply_plan(x))
		log_error("exchange", "out of memory while a new plan came into force", NULL);
	trunks_apply_plan(x, before);
	plan_release(before);
	exchange_decide_soon(x);
}

struct plan_read {
	struct exchange *x;
	struct plan *plan;
};

static int read_plan(struct db *db, void *arg)
{
	struct plan_read *r = arg;

	return plan_load(&r->plan, db, r->x->demo);
}

/* On the plan thread. */
static void load_plan(void *arg)
{
	struct plan_read r = { .x = arg };
	struct plan_delivery *d;
	int err;

	__atomic_store_n(&r.x->plan_pending, false, __ATOMIC_RELEASE);
	err = db_read(r.x->platform->database, read_plan, &r);
	if (err) {
		log_error("exchange", "plan cannot be read, the old one stays", "error",
			strerror(err), NULL);
		return;
	}
	d = malloc(sizeof(*d));
	if (d) {
		d->x = r.x;
		d->plan = r.plan;
	}
	if (!d || loop_post(r.x->loop, plan_arrives, d)) {
		plan_release(r.plan);
		free(d);
	}
}

void exchange_plan_changed(void)
{
	struct exchange *x = exchange;

	if (x && !__atomic_exchange_n(&x->plan_pending, true, __ATOMIC_ACQ_REL))
		loop_post(x->plan_loop, load_plan, x);
}

void exchange_plan_changed_h(void *arg)
{
	(void)arg;
	exchange_plan_changed();
}

static void account_changed(int64_t user_id, void *arg)
{
	(void)user_id;
	(void)arg;
	exchange_plan_changed();
}

/* --- what voice tells --- */

static void registration(const char *account, unsigned contacts, bool browser, void *arg)
{
	agent_registered(arg, account, contacts, browser);
}

static void trunk_state(const char *trunk, bool up, void *arg)
{
	(void)arg;
	trunk_set_state(trunk, up);
	log_info("exchange", up ? "trunk is up" : "trunk is down", "trunk", trunk, NULL);
}

static void leg_stats(uint64_t tag, const struct media_stats *s, void *arg)
{
	struct arena *arena = arena_create(4096);
	char *json;

	(void)arg;
	json = arena ? arena_printf(arena,
			       "{\"sent\":%llu,\"received\":%llu,\"lost\":%llu,\"discarded\":%llu,"
			       "\"jitter_us\":%u,\"gap_max_ms\":%u}",
			       (unsigned long long)s->sent, (unsigned long long)s->received,
			       (unsigned long long)s->lost, (unsigned long long)s->discarded,
			       s->jitter_us, s->gap_max_ms)
		     : NULL;
	if (json)
		interaction_leg_stats((int64_t)tag, json);
	arena_free(arena);
}

/* --- health --- */

/* Calls go on without the database; the screens must say that nothing is being saved. */
static void check_health(void *arg)
{
	struct exchange *x = arg;
	bool down = !database_is_reachable(x->platform->database);

	if (down != x->database_down) {
		x->database_down = down;
		event_push(x->platform->events,
			&(struct event){ .type = "system.database",
				.json = down ? "{\"reachable\":false}" : "{\"reachable\":true}" });
	}
	loop_timer_set(x->loop, &x->health_timer, 1000, check_health, x);
}

/* --- start and stop --- */

static int ws_send(void *arg, uint64_t connection, const char *data, size_t len)
{
	return web_sip_send(arg, connection, data, len);
}

static void ws_close(void *arg, uint64_t connection)
{
	web_sip_close(arg, connection);
}

static const char *text_or_null(const struct config *c, const char *name)
{
	const char *s = config_text(c, name);

	return *s ? s : NULL;
}

static int start_voice(struct exchange *x)
{
	const struct config *c = x->platform->config;
	const char *bind = config_text(c, "sip_address");
	const struct voice_config config = {
		.loop = x->loop,
		.sip = { .bind_address = bind,
			.port = (int)config_int(c, "sip_port"),
			.tls_port = (int)config_int(c, "sip_tls_port"),
			.certificate = text_or_null(c, "tls_certificate"),
			.private_key = text_or_null(c, "tls_private_key"),
			.public_address = text_or_null(c, "public_address"),
			.local_networks = config_text(c, "local_networks"),
			.realm = IDENTITY_SIP_REALM,
			.user_agent = "Hotline/" HOTLINE_VERSION,
			.session_expires_s = config_int(c, "session_expires_s"),
			.max_calls = CALLS_MAX,
			.source_per_second = (unsigned)config_int(c, "sip_source_per_second"),
			.websocket_send = ws_send,
			.websocket_close = ws_close,
			.websocket_arg = x->platform->web },
		.media = { .threads = (unsigned)config_int(c, "media_threads"),
			.bind_address = bind,
			.public_address = text_or_null(c, "public_address"),
			.port_min = (int)config_int(c, "rtp_port_min"),
			.port_max = (int)config_int(c, "rtp_port_max") },
		.grace_ms = config_int(c, "reattach_s") * 1000,
		.incoming = incoming_call,
		.registration = registration,
		.trunk = trunk_state,
		.recording = recording_event,
		.stats = leg_stats,
		.arg = x,
	};

	return voice_create(&x->voice, &config);
}

static int allocate(struct exchange *x)
{
	const struct config *c = x->platform->config;

	list_init(&x->call_list);
	x->calls = hash_create();
	x->agents = hash_create();
	x->queues = hash_create();
	x->agents_by_extension = hash_create();
	x->tapes = hash_create();
	x->acd = acd_create((uint64_t)clock_now());
	x->data_dir = strdup(x->platform->data_dir);
	x->level_priority = strdup(config_text(c, "level_priority"));
	x->demo = setting_is_demo();
	x->max_talk_ms = config_int(c, "max_call_s") * 1000;
	x->day = -1;
	x->m_calls = metric_counter("hotline_calls_total", NULL, "Calls that began");
	x->m_answered = metric_counter(
		"hotline_calls_answered_total", NULL, "Conversations with an agent that began");
	x->m_abandoned = metric_counter(
		"hotline_calls_abandoned_total", NULL, "Callers who hung up while waiting");
	x->m_active = metric_gauge("hotline_calls_active", NULL, "Calls in progress");
	return x->calls && x->agents && x->queues && x->agents_by_extension && x->tapes && x->acd &&
			       x->data_dir && x->level_priority
		       ? 0
		       : ENOMEM;
}

static int make_folder(const char *data_dir, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", data_dir, name);
	return mkdir(path, 0700) && errno != EEXIST ? errno : 0;
}

static void first_day(void *arg)
{
	today_watch(arg);
	check_health(arg);
}

int exchange_start(const struct platform *platform)
{
	struct exchange *x = calloc(1, sizeof(*x));
	char cache[512];
	struct speech_config speech = { .cache_dir = cache };
	int err;

	if (!x)
		return ENOMEM;
	x->platform = platform;
	x->loop = platform->switch_loop;
	exchange = x;
	snprintf(cache, sizeof(cache), "%s/speech", platform->data_dir);
	err = allocate(x);
	if (!err)
		err = make_folder(platform->data_dir, "recordings");
	if (!err)
		err = make_folder(platform->data_dir, "speech");
	if (!err)
		err = loop_create(&x->plan_loop, "plan");
	if (!err)
		err = loop_start(x->plan_loop);
	if (!err)
		err = speech_create(&x->speech, &speech);
	if (!err)
		err = start_voice(x);
	if (!err)
		err = exchange_api_start(x);
	if (!err)
		err = identity_on_change(account_changed, NULL);
	if (!err) {
		plan_on_change(exchange_plan_changed_h);
		flow_set_speech(x->speech);
		loop_call(x->plan_loop, load_plan, x);
		loop_call(x->plan_loop, today_read, x);
		loop_call(x->loop, first_day, x);
	} else {
		exchange_stop();
	}
	return err;
}

/* Hangs up every call; their rows are written before the database closes. */
static void end_calls(void *arg)
{
	struct exchange *x = arg;

	x->stopping = true;
	list_for_each_safe(pos, tmp, &x->call_list)
		call_end(list_entry(pos, struct call, in_exchange), "system", 503);
	loop_timer_cancel(x->loop, &x->decide_timer);
	loop_timer_cancel(x->loop, &x->live_timer);
	loop_timer_cancel(x->loop, &x->day_timer);
	loop_timer_cancel(x->loop, &x->health_timer);
}

static void release_agent(void *value, void *arg)
{
	struct agent *a = value;

	(void)arg;
	if (a->log_row)
		interaction_agent_state(0, a->log_row, a->user_id, "signed_out", NULL, clock_now());
	agent_free(a);
}

static void release_value(void *value, void *arg)
{
	(void)arg;
	free(value);
}

/* On the switch loop, after voice has stopped and its last events have arrived. */
static void release(void *arg)
{
	struct exchange *x = arg;

	if (x->agents)
		hash_each(x->agents, release_agent, NULL);
	if (x->queues)
		hash_each(x->queues, release_value, NULL);
	if (x->tapes)
		hash_each(x->tapes, release_value, NULL);
}

void exchange_stop(void)
{
	struct exchange *x = exchange;

	if (!x)
		return;
	flow_set_speech(NULL);
	exchange_api_stop(x);
	if (x->voice) {
		loop_call(x->loop, end_calls, x);
		voice_stop(x->voice);
	}
	if (x->plan_loop)
		loop_stop(x->plan_loop);
	speech_free(x->speech);
	if (x->loop)
		loop_call(x->loop, release, x);
	exchange = NULL;
	voice_free(x->voice);
	loop_free(x->plan_loop);
	plan_release(x->plan);
	acd_free(x->acd);
	hash_free(x->calls);
	hash_free(x->agents);
	hash_free(x->queues);
	hash_free(x->agents_by_extension);
	hash_free(x->tapes);
	free(x->data_dir);
	free(x->level_priority);
	free(x);
}
