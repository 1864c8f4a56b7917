/* What events do on both databases. */
#ifndef HOTLINE_TESTS_EVENT_CASES_H
#define HOTLINE_TESTS_EVENT_CASES_H

#include "../db/db_place.h"
#include "clock/clock.h"
#include "event/event.h"
#include "id.h"

static struct database *database;
static struct event_hub *hub;
static char heard[2000];

static void hear(const struct event *e, void *arg)
{
	char *to = arg;

	sprintf(to + strlen(to), "%s %lld %lld %s %lld %.99s|", e->type, (long long)e->entity_id,
		(long long)e->user_id, e->permission ? e->permission : "-",
		(long long)e->department_id, e->json ? e->json : "-");
}

static int set_up(void **state)
{
	(void)state;
	place_make();
	database = place_open();
	assert_ok(event_hub_create(&hub, database));
	heard[0] = '\0';
	assert_ok(event_listen(hub, hear, heard));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	event_hub_free(hub);
	database_close(database);
	place_remove();
	return 0;
}

static int add_two(struct db *db, void *arg)
{
	char type[] = "ticket.opened"; /* copied: gone after the call */

	assert_ok(event_add(db, &(struct event){ .type = type,
					.entity_id = 7,
					.user_id = 3,
					.permission = "ticket.read",
					.department_id = 5,
					.json = "{\"a\":\"中\"}" }));
	type[0] = 'X';
	assert_ok(event_add(db, &(struct event){ .type = "call.ended" }));
	assert_string_equal(heard, "");
	return *(int *)arg;
}

static void events_are_pushed_after_the_commit(void **state)
{
	(void)state;
	assert_int_equal(db_write(database, add_two, &(int){ EIO }), EIO);
	assert_string_equal(heard, "");
	assert_ok(db_write(database, add_two, &(int){ 0 }));
	assert_string_equal(
		heard, "ticket.opened 7 3 ticket.read 5 {\"a\":\"中\"}|call.ended 0 0 - 0 -|");
}

static void live_events_reach_every_listener(void **state)
{
	char other[200] = "";

	(void)state;
	assert_ok(event_listen(hub, hear, other));
	event_push(hub, &(struct event){ .type = "agent.state", .entity_id = 1 });
	event_unlisten(hub, hear, other);
	event_push(hub, &(struct event){ .type = "queue.live" });
	assert_string_equal(other, "agent.state 1 0 - 0 -|");
	assert_string_equal(heard, "agent.state 1 0 - 0 -|queue.live 0 0 - 0 -|");
	for (int i = 1; i < 16; i++)
		assert_ok(event_listen(hub, hear, other));
	assert_int_equal(event_listen(hub, hear, other), ENOSPC);
}

static const struct db_stmt counting[] = {
	{ .name = "test.outbox_count", .in = "", .out = "i", .sql = "SELECT count(*) FROM outbox" },
	{ 0 }
};

static int count_rows(struct db *db, void *arg)
{
	return db_get(db, NULL, &counting[0], arg);
}

static int add_one(struct db *db, void *arg)
{
	(void)arg;
	return event_add(db, &(struct event){ .type = "x" });
}

static void the_outbox_is_kept_for_seven_days(void **state)
{
	int64_t n = 0;

	(void)state;
	clock_set_test(true);
	assert_ok(database_declare(database, counting));
	assert_ok(db_write(database, add_one, NULL));
	assert_ok(clock_advance(INT64_C(6) * 24 * 3600 * 1000));
	assert_ok(db_write(database, add_one, NULL));
	assert_ok(event_jobs[0].run(NULL, database, NULL));
	assert_ok(db_read(database, count_rows, &n));
	assert_int_equal(n, 2);
	assert_ok(clock_advance(INT64_C(2) * 24 * 3600 * 1000));
	assert_ok(event_jobs[0].run(NULL, database, NULL));
	assert_ok(db_read(database, count_rows, &n));
	assert_int_equal(n, 1);
	clock_set_test(false);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
#define EVENT_CASES                                                                                \
	CASE(events_are_pushed_after_the_commit), CASE(live_events_reach_every_listener),          \
		CASE(the_outbox_is_kept_for_seven_days)

#endif
