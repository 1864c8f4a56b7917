/* A request that is answered from the switch loop: carried there with copies of its arguments, finished there. */
#ifndef HOTLINE_DOMAIN_EXCHANGE_OPERATION_H
#define HOTLINE_DOMAIN_EXCHANGE_OPERATION_H

#include "exchange/exchange_api.h"

struct operation;
typedef int(operation_h)(struct operation *op);

/* A request on the switch loop. Arguments are copies: the request may be given up while it waits. */
struct operation {
	struct exchange *x;
	struct web_request *req;
	operation_h *fn;
	int64_t user_id, id, number;
	bool masked, flag, may_transfer;
	const struct actor *actor; /* a reference of its own */
	char text[128], text2[600];
};

/* A new operation with a reference to its actor. NULL: out of memory, or the exchange does not run (operation_unavailable). */
struct operation *operation_create(struct web_request *req, operation_h *fn);
/* Hands it to the switch loop and defers the request; the operation is freed after fn. */
int operation_dispatch(struct operation *op);
/* fn says what went wrong with an errno; this says it to the caller (0 for 0). */
int operation_refuse(struct operation *op, int err);
int operation_unavailable(struct web_request *req);
/* Without arguments: create, dispatch, or say why not. */
int operation_run(struct web_request *req, operation_h *fn);

#endif
