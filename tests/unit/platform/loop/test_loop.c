/* Loop: messages in order, timers under the turned clock, descriptors that may go away. */
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "check.h"
#include "clock/clock.h"
#include "loop/loop.h"

static struct loop *loop;
static sem_t done;

static int set_up(void **state)
{
	(void)state;
	clock_set_test(true);
	sem_init(&done, 0, 0);
	assert_ok(loop_create(&loop, "a-long-name-of-a-loop"));
	assert_ok(loop_start(loop));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	loop_stop(loop);
	loop_free(loop);
	sem_destroy(&done);
	clock_set_test(false);
	return 0;
}

struct sequence {
	int next;
	bool wrong, on_loop;
};
struct numbered {
	struct sequence *sequence;
	int n;
};

static void arrive(void *arg)
{
	struct numbered *m = arg;

	if (m->sequence->next++ != m->n)
		m->sequence->wrong = true;
	m->sequence->on_loop = loop_is_current(loop);
}

static void nothing(void *arg)
{
	(void)arg;
}

static void *post_thousand(void *arg)
{
	struct numbered *m = arg;

	for (int i = 0; i < 1000; i++)
		loop_post(loop, arrive, &m[i]);
	return NULL;
}

static void messages_keep_their_order(void **state)
{
	static struct numbered m[4][1000];
	struct sequence s[4] = { 0 };
	pthread_t threads[4];

	(void)state;
	for (int t = 0; t < 4; t++) {
		for (int i = 0; i < 1000; i++)
			m[t][i] = (struct numbered){ &s[t], i };
		assert_ok(pthread_create(&threads[t], NULL, post_thousand, m[t]));
	}
	for (int t = 0; t < 4; t++)
		pthread_join(threads[t], NULL);
	assert_ok(loop_call(loop, nothing, NULL));
	for (int t = 0; t < 4; t++) {
		assert_int_equal(s[t].next, 1000);
		assert_false(s[t].wrong);
		assert_true(s[t].on_loop);
	}
	assert_false(loop_is_current(loop));
}

static char fired[32];
static struct loop_timer timers[5];

static void fire(void *arg)
{
	strcat(fired, arg);
	if (!strcmp(arg, "c"))
		sem_post(&done);
}

static void fire_again(void *arg)
{
	fire(arg);
	if (strlen(fired) < 6)
		loop_timer_set(loop, &timers[4], 10, fire_again, arg);
}

static void set_timers(void *arg)
{
	(void)arg;
	fired[0] = '\0';
	loop_timer_set(loop, &timers[0], 5000, fire, "c");
	loop_timer_set(loop, &timers[1], 1000, fire, "a");
	loop_timer_set(loop, &timers[2], 3000, fire, "x");
	loop_timer_set(loop, &timers[3], 1000, fire, "b");
	loop_timer_set(loop, &timers[2], 900, fire, "x");
	loop_timer_cancel(loop, &timers[2]);
	loop_timer_cancel(loop, &timers[2]);
}

static void timers_fire_in_order_when_the_clock_is_turned(void **state)
{
	(void)state;
	memset(timers, 0, sizeof(timers));
	assert_ok(loop_call(loop, set_timers, NULL));
	assert_true(loop_timer_running(&timers[0]));
	assert_false(loop_timer_running(&timers[2]));
	assert_ok(clock_advance(4000));
	assert_ok(clock_advance(2000));
	sem_wait(&done);
	assert_ok(loop_call(loop, nothing, NULL));
	assert_string_equal(fired, "abc");
}

static void set_repeating(void *arg)
{
	(void)arg;
	fired[0] = '\0';
	loop_timer_set(loop, &timers[4], 10, fire_again, "c");
}

static void a_timer_may_set_itself_again(void **state)
{
	(void)state;
	memset(timers, 0, sizeof(timers));
	assert_ok(loop_call(loop, set_repeating, NULL));
	for (int i = 0; i < 6; i++)
		sem_wait(&done); /* by the real clock: 60 ms */
	assert_ok(loop_call(loop, nothing, NULL));
	assert_string_equal(fired, "cccccc");
}

#define MANY 500
static struct loop_timer many[MANY];
static int64_t latest;
static int count, disorder;

static void note(void *arg)
{
	struct loop_timer *t = arg;

	if (t->at < latest)
		disorder++;
	latest = t->at;
	count++;
}

static void shuffle(void *arg)
{
	(void)arg;
	srand(7);
	for (int i = 0; i < 5 * MANY; i++) {
		struct loop_timer *t = &many[rand() % MANY];

		if (rand() % 4)
			loop_timer_set(loop, t, 1000 + rand() % 100000, note, t);
		else
			loop_timer_cancel(loop, t);
	}
}

static void count_running(void *arg)
{
	int *n = arg;

	*n = 0;
	for (int i = 0; i < MANY; i++)
		*n += loop_timer_running(&many[i]);
}

static int running(void)
{
	int n;

	assert_ok(loop_call(loop, count_running, &n));
	return n;
}

static void many_timers_keep_order(void **state)
{
	int expected;

	(void)state;
	assert_ok(loop_call(loop, shuffle, NULL));
	expected = running();
	assert_true(expected > 100);
	assert_ok(clock_advance(200000));
	while (running()) /* each call is a round of the loop */
		continue;
	assert_int_equal(count, expected);
	assert_int_equal(disorder, 0);
}

static struct loop_fd watches[2];
static int pipes[2][2], calls;

/* Both pipes are readable in the same round: whoever comes first takes the other away. */
static void readable(uint32_t events, void *arg)
{
	calls++;
	assert_true(events & EPOLLIN);
	loop_fd_remove(loop, &watches[!*(int *)arg]);
	loop_fd_remove(loop, &watches[*(int *)arg]);
	sem_post(&done);
}

static int numbers[2] = { 0, 1 };

static void add_pipes(void *arg)
{
	(void)arg;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(write(pipes[i][1], "x", 1), 1);
		assert_ok(loop_fd_add(
			loop, &watches[i], pipes[i][0], EPOLLIN, readable, &numbers[i]));
	}
}

static void a_removed_descriptor_is_not_called_any_more(void **state)
{
	(void)state;
	assert_int_equal(pipe(pipes[0]) | pipe(pipes[1]), 0);
	assert_ok(loop_call(loop, add_pipes, NULL));
	sem_wait(&done);
	assert_ok(loop_call(loop, nothing, NULL));
	assert_int_equal(calls, 1);
	for (int i = 0; i < 4; i++)
		close(pipes[i / 2][i % 2]);
}

static int left;

static void run_late(void *arg)
{
	(void)arg;
	left++;
}

static void stopping_runs_what_waits_and_calls_go_on_without_a_thread(void **state)
{
	(void)state;
	left = 0;
	assert_ok(loop_post(loop, run_late, NULL));
	loop_stop(loop);
	assert_int_equal(left, 1);
	assert_ok(loop_call(loop, run_late, NULL));
	assert_int_equal(left, 2);
	assert_ok(loop_post(loop, run_late, NULL));
	loop_free(loop);
	assert_int_equal(left, 3);
	assert_ok(loop_create(&loop, "again"));
}

static void call_myself(void *arg)
{
	*(int *)arg = loop_call(loop, nothing, NULL);
}

static void a_call_on_the_loop_itself_is_refused(void **state)
{
	int err = 0;

	(void)state;
	assert_ok(loop_call(loop, call_myself, &err));
	assert_int_equal(err, EDEADLK);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(messages_keep_their_order),
		CASE(timers_fire_in_order_when_the_clock_is_turned),
		CASE(a_timer_may_set_itself_again),
		CASE(many_timers_keep_order),
		CASE(a_removed_descriptor_is_not_called_any_more),
		CASE(stopping_runs_what_waits_and_calls_go_on_without_a_thread),
		CASE(a_call_on_the_loop_itself_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
