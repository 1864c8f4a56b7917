/* Routing: time of a decision with 10,000 agents and 1,000 queues (promise: < 50 us), and waiting in long simulations against Erlang C
 * and Erlang A (promise: within 2 %). Run: bench_acd [calls]. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include "../tests/unit/engine/acd/call_centre_simulation.h"

#define AGENTS    10000
#define QUEUES    1000
#define OWN       20 /* queues of an agent */
#define DECISIONS 400000

static uint64_t chance = 88172645463325252u;

static unsigned draw(unsigned below)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (unsigned)(chance >> 33) % below;
}

/* Of this thread: what the decision costs, whatever else the machine does meanwhile. */
static int64_t nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void print_times(const char *what, int64_t *times, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += times[i];
	qsort(times, count, sizeof(*times), by_value);
	printf("%-44s mean %6.2f us  p50 %6.2f  p99 %6.2f  p99.9 %7.2f  max %8.2f\n", what,
		(double)sum / (double)count / 1e3, (double)times[count / 2] / 1e3,
		(double)times[count * 99 / 100] / 1e3, (double)times[count * 999 / 1000] / 1e3,
		(double)times[count - 1] / 1e3);
}

static void staff(struct acd *a)
{
	for (int q = 1; q <= QUEUES; q++) {
		struct acd_queue row = { .id = q,
			.strategy = (enum acd_strategy[]){ ACD_LONGEST_IDLE, ACD_ROUND_ROBIN,
				ACD_FEWEST_CALLS, ACD_LEAST_TALK, ACD_SEQUENTIAL,
				ACD_RANDOM }[q % 6],
			.weight = q % 3,
			.tier_wait_ms = 15000,
			.skill_relax_ms = 20000,
			.last_agent_ms = 10000 };

		acd_queue_set(a, &row);
	}
	for (int i = 1; i <= AGENTS; i++) {
		struct acd_member m[OWN];
		struct acd_skill s[4];

		for (int k = 0; k < OWN; k++)
			m[k] = (struct acd_member){ .queue = 1 + (i + k * 37) % QUEUES,
				.tier = 1 + (int)draw(3),
				.position = (int)draw(100) };
		for (int k = 0; k < 4; k++)
			s[k] = (struct acd_skill){ .id = 1 + k, .level = 1 + (int)draw(10) };
		acd_agent_set(a, i, m, OWN, s, 4);
		acd_agent_state(a, i, ACD_AGENT_READY, i, 0);
	}
}

static void call_in(struct acd *a, int64_t id, int64_t now)
{
	struct acd_call c = { .id = id,
		.queue = 1 + draw(QUEUES),
		.priority = (int)draw(4),
		.entered_ms = now,
		.last_agent = draw(3) ? 0 : 1 + draw(AGENTS) };

	for (int k = 1; k <= 4; k++)
		if (draw(3) == 0)
			c.skills[c.skill_count++] =
				(struct acd_skill){ .id = k, .level = 1 + (int)draw(10) };
	acd_call_enter(a, &c);
}

/* Every event with its decision is timed: a call comes, an agent becomes ready. `waiting` calls wait throughout (0: agents wait). */
static void decisions(const char *what, size_t waiting)
{
	static int64_t times[DECISIONS];
	struct acd *a = acd_create(1);
	struct acd_offer offers[16];
	int64_t *busy = calloc(DECISIONS + AGENTS, sizeof(*busy)), calls = 0, now = AGENTS;
	size_t busy_count = 0, count = 0, offered = 0;

	staff(a);
	while (count < DECISIONS) {
		/* Calls come until the load is reached, then as many as agents become ready. */
		bool enter = busy_count < AGENTS / 2 ||
			     (waiting && calls - (int64_t)offered < (int64_t)waiting);
		int64_t begin, end, next;
		size_t n, pick = 0;

		now += draw(5);
		if (!enter)
			pick = draw((unsigned)busy_count);
		begin = nanoseconds();
		if (enter)
			call_in(a, ++calls, now);
		else
			acd_agent_state(a, busy[pick], ACD_AGENT_READY, now, 60000);
		n = acd_decide(a, now, offers, 16, &next);
		end = nanoseconds();
		if (!enter)
			busy[pick] = busy[--busy_count];
		for (size_t i = 0; i < n; i++) {
			busy[busy_count++] = offers[i].agent;
			acd_agent_state(a, offers[i].agent, ACD_AGENT_BUSY, now, 0);
			acd_call_leave(a, offers[i].call);
			offered++;
		}
		/* Filling the house is not measured. */
		if (enter && !waiting && busy_count < AGENTS / 2 - 1)
			continue;
		if (waiting && calls - (int64_t)offered < (int64_t)waiting * 9 / 10)
			continue;
		times[count++] = end - begin;
	}
	print_times(what, times, count);
	free(busy);
	acd_free(a);
}

static void compare(const char *what, double got, double expected)
{
	printf("  %-28s simulated %.5f  formula %.5f  %+.2f %%\n", what, got, expected,
		100 * (got / expected - 1));
}

int main(int argc, char **argv)
{
	int64_t calls = argc > 1 ? strtoll(argv[1], NULL, 10) : 20000000;
	struct sim_load c = { .agents = 20, .traffic = 16, .calls = calls, .seed = 1 };
	struct sim_load p = {
		.agents = 20, .traffic = 20, .patience = 0.5, .calls = calls / 2, .seed = 1
	};
	struct sim_result got, expected;

	printf("event and decision (CPU time), %d agents in %d of %d queues each:\n", AGENTS, OWN,
		QUEUES);
	decisions("  half of the agents free", 0);
	decisions("  5,000 calls waiting", 5000);
	decisions("  50,000 calls waiting", 50000);

	got = simulate(&c);
	expected = erlang_c(&c);
	printf("Erlang C, %d agents, %.0f Erlang, %" PRId64 " calls:\n", c.agents, c.traffic,
		c.calls);
	compare("delayed", got.delayed, expected.delayed);
	compare("mean wait (handling times)", got.wait, expected.wait);
	compare("answered within 20 s", got.in_target, expected.in_target);
	got = simulate(&p);
	expected = erlang_a(&p);
	printf("Erlang A, %d agents, %.0f Erlang, patience %.1f, %" PRId64 " calls:\n", p.agents,
		p.traffic, p.patience, p.calls);
	compare("delayed", got.delayed, expected.delayed);
	compare("mean wait (handling times)", got.wait, expected.wait);
	compare("abandoned", got.abandoned, expected.abandoned);
	return 0;
}
