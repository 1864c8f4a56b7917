/* Events on PostgreSQL, and between two nodes of one database. */
#define PLACE_POSTGRES
#include <sched.h>
#include <pthread.h>
#include "event_cases.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static char far[3000];

/* On the other node: pushed on its listening thread. */
static void hear_far(const struct event *e, void *arg)
{
	pthread_mutex_lock(&lock);
	if (strcmp(e->type, "hello") || !strstr(arg, "hello"))
		hear(e, arg);
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

static void wait_far(const char *text)
{
	pthread_mutex_lock(&lock);
	while (!strstr(far, text))
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static bool is_heard_far(const char *text)
{
	bool yes;

	pthread_mutex_lock(&lock);
	yes = strstr(far, text);
	pthread_mutex_unlock(&lock);
	return yes;
}

static void another_node_hears_each_event_once(void **state)
{
	struct database *other = place_open();
	struct event_hub *far_hub;
	char big[9000];
	int errors = 0;

	(void)state;
	assert_ok(event_hub_create(&far_hub, other));
	assert_ok(event_listen(far_hub, hear_far, far));
	event_unlisten(hub, hear, heard);
	while (!is_heard_far("hello")) { /* until its listener is there */
		event_push(hub, &(struct event){ .type = "hello" });
		sched_yield();
	}
	assert_ok(event_listen(hub, hear, heard));
	assert_ok(db_write(database, add_two, &errors));
	event_push(
		hub, &(struct event){
			     .type = "queue.live", .department_id = 4, .json = "{\"n\":\"三\"}" });
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	event_push(hub, &(struct event){ .type = "too.big", .json = big });
	heard[0] = '\0';
	event_push(hub, &(struct event){ .type = "last" });
	wait_far("last 0");
	wait_far("ticket.opened 7 3 ticket.read 5 {\"a\":\"中\"}|");
	wait_far("call.ended 0 0 - 0 -|");
	wait_far("queue.live 0 0 - 4 {\"n\":\"三\"}|");
	assert_false(is_heard_far("too.big"));
	assert_string_equal(heard, "last 0 0 - 0 -|"); /* and our own come back to nobody */
	event_hub_free(far_hub);
	database_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = { EVENT_CASES, CASE(another_node_hears_each_event_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
