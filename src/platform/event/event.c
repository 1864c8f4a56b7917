/* Domain events: outbox rows, and the way to those who listen. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "event_hub.h"
#include "id.h"
#include "job/job.h"

#define KEEP_MS    (INT64_C(7) * 24 * 3600 * 1000)
#define TRIM_BATCH INT64_C(1000)

const struct db_stmt event_statements[] = {
	[EVENT_ADD] = { .name = "event.add",
		.in = "isnnsnsi",
		.out = "",
		.sql = "INSERT INTO outbox (id, type, entity_id, user_id, permission, "
		       "department_id, payload,"
		       " created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" },
	[EVENT_TRIM] = { .name = "event.trim",
		.in = "ii",
		.out = "",
		.sql = "DELETE FROM outbox WHERE id IN"
		       " (SELECT id FROM outbox WHERE id < $1 ORDER BY id LIMIT $2)" },
	[EVENT_BY_IDS] = { .name = "event.by_ids",
		.in = "s",
		.out = "siisis",
		.sqlite = "SELECT type, entity_id, user_id, permission, department_id, payload "
			  "FROM outbox"
			  " WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
		.postgres = "SELECT type, entity_id, user_id, permission, department_id, payload "
			    "FROM outbox"
			    " WHERE id IN (SELECT CAST(json_array_elements_text(CAST($1 AS json)) "
			    "AS BIGINT))"
			    " ORDER BY id" },
	{ 0 },
};

/* An event of a transaction under way: its texts lie behind it. */
struct waiting {
	struct event_hub *hub;
	int64_t id;
	struct event event;
};

static size_t room(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

static const char *put(char **at, const char *s)
{
	char *copy = *at;

	if (!s)
		return NULL;
	*at = stpcpy(copy, s) + 1;
	return copy;
}

static struct waiting *keep(struct event_hub *hub, int64_t id, const struct event *e)
{
	struct waiting *w =
		malloc(sizeof(*w) + room(e->type) + room(e->permission) + room(e->json));
	char *at;

	if (!w)
		return NULL;
	at = (char *)(w + 1);
	*w = (struct waiting){ .hub = hub, .id = id, .event = *e };
	w->event.type = put(&at, e->type);
	w->event.permission = put(&at, e->permission);
	w->event.json = put(&at, e->json);
	return w;
}

static void committed(void *arg)
{
	struct waiting *w = arg;

	event_spread(w->hub, &w->event);
	if (w->hub->nodes)
		event_nodes_tell_row(w->hub->nodes, w->id);
	free(w);
}

int event_add(struct db *db, const struct event *event)
{
	struct event_hub *hub = db_attached(db, DB_SLOT_EVENTS);
	int64_t now = clock_now(), id = id_make(now);
	struct waiting *w;
	int err;

	if (!hub || !event->type)
		return EINVAL;
	err = db_exec(db, &event_statements[EVENT_ADD], NULL, id, event->type, event->entity_id,
		event->user_id, event->permission, event->department_id, event->json, now);
	if (err)
		return err;
	w = keep(hub, id, event);
	if (!w)
		return ENOMEM;
	err = db_after_end(db, committed, free, w);
	if (err)
		free(w);
	return err;
}

void event_spread(struct event_hub *hub, const struct event *event)
{
	pthread_rwlock_rdlock(&hub->lock);
	for (int i = 0; i < EVENT_LISTENERS; i++) {
		if (hub->listeners[i].fn)
			hub->listeners[i].fn(event, hub->listeners[i].arg);
	}
	pthread_rwlock_unlock(&hub->lock);
}

void event_push(struct event_hub *hub, const struct event *event)
{
	event_spread(hub, event);
	if (hub->nodes)
		event_nodes_tell_live(hub->nodes, event);
}

int event_listen(struct event_hub *hub, event_h *fn, void *arg)
{
	int err = ENOSPC;

	pthread_rwlock_wrlock(&hub->lock);
	for (int i = 0; i < EVENT_LISTENERS && err; i++) {
		if (hub->listeners[i].fn)
			continue;
		hub->listeners[i] = (struct event_listener){ fn, arg };
		err = 0;
	}
	pthread_rwlock_unlock(&hub->lock);
	return err;
}

void event_unlisten(struct event_hub *hub, event_h *fn, void *arg)
{
	pthread_rwlock_wrlock(&hub->lock);
	for (int i = 0; i < EVENT_LISTENERS; i++) {
		if (hub->listeners[i].fn == fn && hub->listeners[i].arg == arg) {
			hub->listeners[i].fn = NULL;
			break;
		}
	}
	pthread_rwlock_unlock(&hub->lock);
}

int event_hub_create(struct event_hub **hubp, struct database *database)
{
	struct event_hub *hub = calloc(1, sizeof(*hub));
	int err;

	if (!hub)
		return ENOMEM;
	hub->database = database;
	pthread_rwlock_init(&hub->lock, NULL);
	err = database_declare(database, event_statements);
	if (!err && database_kind(database) == DB_POSTGRES)
		err = event_nodes_create(&hub->nodes, hub);
	if (err) {
		event_hub_free(hub);
		return err;
	}
	database_attach(database, DB_SLOT_EVENTS, hub);
	*hubp = hub;
	return 0;
}

void event_hub_free(struct event_hub *hub)
{
	if (!hub)
		return;
	database_attach(hub->database, DB_SLOT_EVENTS, NULL);
	event_nodes_free(hub->nodes);
	pthread_rwlock_destroy(&hub->lock);
	free(hub);
}

/* One batch; arg receives how many rows went. */
static int trim(struct db *db, void *arg)
{
	return db_exec(db, &event_statements[EVENT_TRIM], arg, id_first_at(clock_now() - KEEP_MS),
		TRIM_BATCH);
}

static int run_trim(const struct job *job, struct database *database, void *arg)
{
	int64_t gone;
	int err;

	(void)job;
	(void)arg;
	do
		err = db_write(database, trim, &gone);
	while (!err && gone == TRIM_BATCH);
	return err;
}

const struct job_type event_jobs[] = {
	{ .name = "event.trim", .run = run_trim, .every_ms = 3600 * 1000 },
	{ 0 },
};
