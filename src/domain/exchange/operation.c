/* A request that is answered from the switch loop. */
#include <errno.h>
#include <stdlib.h>
#include "exchange/operation.h"

int operation_refuse(struct operation *op, int err)
{
	switch (err) {
	case 0:
		return 0;
	case EPERM:
		return web_problem(
			op->req, 409, "not_possible_now", NULL, "not possible in this state");
	case ENOTCONN:
		return web_problem(
			op->req, 409, "phone_not_registered", NULL, "no phone is registered");
	case EBUSY:
		return web_problem(op->req, 409, "target_busy", "target", "busy or not available");
	case EINVAL:
		return web_problem(op->req, 422, "bad_value", NULL, "value not understood");
	case EHOSTUNREACH:
		return web_problem(op->req, 409, "no_trunk", NULL, "no trunk can take this call");
	case EACCES:
		return web_problem(op->req, 403, "number_not_allowed", "number",
			"this number may not be called");
	default:
		return web_not_found(op->req);
	}
}

static void run(void *arg)
{
	struct operation *op = arg;

	web_finish(op->req, op->fn(op));
	actor_release((struct actor *)op->actor);
	free(op);
}

struct operation *operation_create(struct web_request *req, operation_h *fn)
{
	struct operation *op = exchange_get() ? calloc(1, sizeof(*op)) : NULL;

	if (!op)
		return NULL;
	op->x = exchange_get();
	op->req = req;
	op->fn = fn;
	op->actor = actor_hold((struct actor *)web_actor(req));
	op->user_id = op->actor->user_id;
	op->masked = op->actor->masks_numbers;
	return op;
}

int operation_dispatch(struct operation *op)
{
	struct web_request *req = op->req;
	int err = web_defer(req);

	if (loop_post(op->x->loop, run, op)) {
		actor_release((struct actor *)op->actor);
		free(op);
		return ENOMEM;
	}
	return err;
}

int operation_unavailable(struct web_request *req)
{
	return web_problem(
		req, 503, "exchange_down", NULL, "the telephone exchange is not running");
}

int operation_run(struct web_request *req, operation_h *fn)
{
	struct operation *op = operation_create(req, fn);

	return op ? operation_dispatch(op) : operation_unavailable(req);
}
