/* Messages between nodes: LISTEN and NOTIFY on a connection of its own. With SQLite there is one node and nothing to do. */
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "db_pgsql.h"
#include "log/log.h"

#define RETRY_MS 500

const struct db_stmt db_listen_statements[] = {
	{ .name = "db.notify",
		.in = "s",
		.out = "s",
		.sqlite = "SELECT $1",
		.postgres = "SELECT CAST(pg_notify('hotline', $1) AS TEXT)" },
	{ 0 },
};

struct db_listener {
	struct database *database;
	db_notify_h *fn;
	void *arg;
	pthread_t thread;
	int stop; /* eventfd: readable when asked to end */
};

static int ignore_row(const struct db_row *row, void *arg)
{
	(void)row;
	(void)arg;
	return 0;
}

int db_notify(struct db *db, const char *payload)
{
	if (db_kind_of(db) == DB_SQLITE)
		return 0;
	return db_each(db, &db_listen_statements[0], ignore_row, NULL, payload);
}

/* Waits until the socket (-1: none) is readable. True: asked to end. */
static bool wait_for(struct db_listener *l, int socket, int ms)
{
	struct pollfd fds[2] = { { .fd = l->stop, .events = POLLIN },
		{ .fd = socket, .events = POLLIN } };

	if (poll(fds, 2, ms) < 0)
		return false;
	return fds[0].revents != 0;
}

/* Until the connection breaks or the end is asked for (true). */
static bool hear(struct db_listener *l, struct pgsql_conn *c)
{
	for (;;) {
		PGnotify *n;

		while ((n = PQnotifies(c->pg))) {
			l->fn(n->extra, l->arg);
			PQfreemem(n);
		}
		if (wait_for(l, PQsocket(c->pg), -1))
			return true;
		if (!PQconsumeInput(c->pg))
			return false;
	}
}

static void *listen_all(void *arg)
{
	struct db_listener *l = arg;
	bool lost = false, stop = false;

	pthread_setname_np(pthread_self(), "db-listen");
	while (!stop) {
		struct pgsql_conn *c = NULL;

		if (pgsql_conn_open(&c, l->database, PGSQL_READ, NULL, 0) ||
			pgsql_conn_run(c, "LISTEN hotline")) {
			pgsql_conn_close(c);
			lost = true;
			stop = wait_for(l, -1, RETRY_MS);
			continue;
		}
		if (lost)
			l->fn(NULL, l->arg);
		stop = hear(l, c);
		lost = true;
		pgsql_conn_close(c);
	}
	return NULL;
}

int database_listen(struct database *database, db_notify_h *fn, void *arg)
{
	struct db_listener *l;
	int err;

	if (database->kind == DB_SQLITE)
		return 0;
	if (database->listener)
		return EEXIST;
	l = calloc(1, sizeof(*l));
	if (!l)
		return ENOMEM;
	*l = (struct db_listener){ .database = database, .fn = fn, .arg = arg };
	l->stop = eventfd(0, EFD_CLOEXEC);
	err = l->stop < 0 ? errno : pthread_create(&l->thread, NULL, listen_all, l);
	if (err) {
		if (l->stop >= 0)
			close(l->stop);
		free(l);
		return err;
	}
	database->listener = l;
	return 0;
}

void database_unlisten(struct database *database)
{
	struct db_listener *l = database->listener;
	uint64_t one = 1;

	if (!l)
		return;
	database->listener = NULL;
	if (write(l->stop, &one, sizeof(one)) < 0)
		log_error("db", "listener cannot be stopped", "error", strerror(errno), NULL);
	pthread_join(l->thread, NULL);
	close(l->stop);
	free(l);
}
