/* Who calls: the customers of a telephone number, without regard to departments. For the switch, which acts for the whole company; what
 * an agent sees of them is decided by his range. */
#ifndef HOTLINE_DOMAIN_CUSTOMER_CALLER_H
#define HOTLINE_DOMAIN_CUSTOMER_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include "db/db.h"
#include "module/module.h"

struct customer_caller {
	unsigned matches;      /* customers with this number, counted up to 10 */
	int64_t customer_id;   /* of the first one; only sure when there is just one */
	int64_t last_agent_id; /* 0: none noted */
	bool blocked;
	char name[128], level[32];
};

/* number: normalised. Nobody is no error: matches is 0 then. */
int customer_of_caller(struct db *db, const char *number, struct customer_caller *out);

extern const struct module customer_caller_module; /* its statements */

#endif
