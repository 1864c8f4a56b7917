/* Events between the nodes of one database: messages through NOTIFY.
 *   "r NODE ID,ID,..."  rows of the outbox     "l NODE {json}"  a live event
 * NOTIFY makes commits queue up behind each other on the server, so the rows' own transactions do not use it: what was
 * committed meanwhile is told together, in a transaction that writes nothing else. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "event_hub.h"
#include "json_writer.h"
#include "log/log.h"

#define PAYLOAD_MAX 7900 /* PostgreSQL refuses 8000 bytes */
#define QUEUE_MAX   10000

struct message {
	struct message *next;
	struct buf payload;
	bool rows; /* more ids may be appended */
};

struct event_nodes {
	struct event_hub *hub;
	char me[20]; /* this node, as it stands in messages */
	pthread_mutex_t lock;
	pthread_cond_t idle;
	struct message *first, *last, *sending;
	size_t waiting;
	bool busy; /* a write is under way that sends */
};

static void messages_free(struct message *m)
{
	while (m) {
		struct message *next = m->next;

		buf_release(&m->payload);
		free(m);
		m = next;
	}
}

static int send_messages(struct db *db, void *arg)
{
	struct event_nodes *n = arg;
	int err = 0;

	for (struct message *m = n->sending; m && !err; m = m->next)
		err = db_notify(db, m->payload.data);
	return err;
}

static void send_more(struct event_nodes *n);

static void sent(int err, void *arg)
{
	struct event_nodes *n = arg;

	if (err) /* they are told to resynchronise when their connection is back */
		log_debug("event", "other nodes not told, ignoring", "error", strerror(err), NULL);
	messages_free(n->sending);
	n->sending = NULL;
	send_more(n);
}

/* Called by whoever has set busy. */
static void send_more(struct event_nodes *n)
{
	bool some;

	pthread_mutex_lock(&n->lock);
	n->sending = n->first;
	n->first = n->last = NULL;
	n->waiting = 0;
	some = n->busy = n->sending;
	if (!some)
		pthread_cond_signal(&n->idle);
	pthread_mutex_unlock(&n->lock);
	if (some && db_write_async(n->hub->database, send_messages, sent, n)) {
		messages_free(n->sending);
		n->sending = NULL;
		pthread_mutex_lock(&n->lock);
		n->busy = false;
		pthread_cond_signal(&n->idle);
		pthread_mutex_unlock(&n->lock);
	}
}

static struct message *add_message(struct event_nodes *n, char kind)
{
	struct message *m;

	if (n->waiting >= QUEUE_MAX)
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->rows = kind == 'r';
	buf_init(&m->payload, PAYLOAD_MAX);
	buf_printf(&m->payload, "%c %s ", kind, n->me);
	if (n->last)
		n->last->next = m;
	else
		n->first = m;
	n->last = m;
	n->waiting++;
	return m;
}

/* Unlocks. */
static void start_sending(struct event_nodes *n)
{
	bool start = !n->busy && n->first;

	n->busy = n->busy || start;
	pthread_mutex_unlock(&n->lock);
	if (start)
		send_more(n);
}

void event_nodes_tell_row(struct event_nodes *n, int64_t outbox_id)
{
	struct message *m;

	pthread_mutex_lock(&n->lock);
	m = n->last;
	if (m && m->rows && m->payload.len < PAYLOAD_MAX - 30) {
		buf_printf(&m->payload, ",%" PRId64, outbox_id);
	} else {
		m = add_message(n, 'r');
		if (m)
			buf_printf(&m->payload, "%" PRId64, outbox_id);
	}
	start_sending(n);
}

void event_nodes_tell_live(struct event_nodes *n, const struct event *e)
{
	struct json_writer w;
	struct message *m;

	pthread_mutex_lock(&n->lock);
	m = add_message(n, 'l');
	if (m) {
		json_begin(&w, &m->payload);
		json_write_object(&w);
		json_key(&w, "type");
		json_write_string(&w, e->type);
		json_key(&w, "entity");
		json_int(&w, e->entity_id);
		json_key(&w, "user");
		json_int(&w, e->user_id);
		json_key(&w, "permission");
		json_write_string(&w, e->permission);
		json_key(&w, "department");
		json_int(&w, e->department_id);
		json_key(&w, "json");
		json_write_string(&w, e->json);
		json_object_end(&w);
		if (m->payload.err) { /* too long for a message: the others poll or open the page anew */
			buf_clear(&m->payload);
			buf_printf(&m->payload, "l %s {}", n->me);
		}
	}
	start_sending(n);
}

static int spread_row(const struct db_row *row, void *arg)
{
	const struct event e = {
		.type = db_row_text(row, 0),
		.entity_id = db_row_int(row, 1),
		.user_id = db_row_int(row, 2),
		.permission = db_row_text(row, 3),
		.department_id = db_row_int(row, 4),
		.json = db_row_text(row, 5),
	};

	event_spread(arg, &e);
	return 0;
}

struct rows {
	struct event_hub *hub;
	const char *ids; /* "[1,2]" */
};

static int read_rows(struct db *db, void *arg)
{
	const struct rows *r = arg;

	return db_each(db, &event_statements[EVENT_BY_IDS], spread_row, r->hub, r->ids);
}

static void spread_rows(struct event_hub *hub, const char *ids)
{
	struct rows r = { .hub = hub };
	struct buf list;
	int err;

	buf_init(&list, PAYLOAD_MAX + 8);
	buf_printf(&list, "[%s]", ids);
	r.ids = list.data;
	err = list.err ? list.err : db_read(hub->database, read_rows, &r);
	if (err)
		log_warn("event", "events of another node not read, ignoring", "error",
			strerror(err), NULL);
	buf_release(&list);
}

static void spread_live(struct event_hub *hub, const char *text)
{
	json_t *o = json_loads(text, 0, NULL);
	struct event e = {
		.type = json_string_value(json_object_get(o, "type")),
		.entity_id = json_integer_value(json_object_get(o, "entity")),
		.user_id = json_integer_value(json_object_get(o, "user")),
		.permission = json_string_value(json_object_get(o, "permission")),
		.department_id = json_integer_value(json_object_get(o, "department")),
		.json = json_string_value(json_object_get(o, "json")),
	};

	if (e.type)
		event_spread(hub, &e);
	json_decref(o);
}

/* On the database's listening thread. */
static void hear(const char *payload, void *arg)
{
	struct event_nodes *n = arg;
	size_t me = strlen(n->me);

	if (!payload) {
		event_spread(n->hub, &(struct event){ .type = "system.resync" });
		return;
	}
	if (strlen(payload) < me + 3 || payload[1] != ' ' || payload[2 + me] != ' ' ||
		!strncmp(payload + 2, n->me, me))
		return; /* our own */
	if (payload[0] == 'r')
		spread_rows(n->hub, payload + 3 + me);
	else if (payload[0] == 'l')
		spread_live(n->hub, payload + 3 + me);
}

int event_nodes_create(struct event_nodes **np, struct event_hub *hub)
{
	struct event_nodes *n = calloc(1, sizeof(*n));
	uint64_t number;
	int err;

	if (!n)
		return ENOMEM;
	n->hub = hub;
	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number)) {
		free(n);
		return EIO;
	}
	snprintf(n->me, sizeof(n->me), "%016" PRIx64, number);
	pthread_mutex_init(&n->lock, NULL);
	pthread_cond_init(&n->idle, NULL);
	err = database_listen(hub->database, hear, n);
	if (err)
		event_nodes_free(n);
	else
		*np = n;
	return err;
}

void event_nodes_free(struct event_nodes *n)
{
	if (!n)
		return;
	database_unlisten(n->hub->database);
	pthread_mutex_lock(&n->lock);
	while (n->busy)
		pthread_cond_wait(&n->idle, &n->lock);
	pthread_mutex_unlock(&n->lock);
	messages_free(n->first);
	pthread_cond_destroy(&n->idle);
	pthread_mutex_destroy(&n->lock);
	free(n);
}
