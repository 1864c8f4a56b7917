/* Expected waiting time: place in the queue times the mean handling time, shared by the agents present. */
#include "acd_state.h"

#define MEAN_WEIGHT 32 /* later values count 1/32; earlier ones form the plain mean */

void acd_handled(struct acd *a, int64_t queue, int64_t handle_ms)
{
	struct queue *q = a ? hash_get_id(a->queues, (uint64_t)queue) : NULL;

	if (!q || handle_ms < 0)
		return;
	if (q->handled < MEAN_WEIGHT)
		q->handled++;
	q->handle_ms += ((double)handle_ms - q->handle_ms) / q->handled;
}

/* With all agents busy and handling times without memory one of n becomes free every mean / n: the k-th waits k times that. */
int64_t acd_expected_wait(const struct acd *a, int64_t call, int64_t now_ms)
{
	const struct call *c = a ? hash_get_id(a->calls, (uint64_t)call) : NULL;

	(void)now_ms;
	if (!c || !c->queue->present || !c->queue->handled)
		return -1;
	return (int64_t)((double)acd_position(a, call) * c->queue->handle_ms /
			 (double)c->queue->present);
}
