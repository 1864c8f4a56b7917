/* Calls from the web page without an account, and the browser side of SIP. */
#ifndef HOTLINE_DOMAIN_EXCHANGE_GUEST_H
#define HOTLINE_DOMAIN_EXCHANGE_GUEST_H

#include "exchange/exchange_api.h"

struct guest_view {
	const char *token, *number;
	int64_t expires;
};
extern const struct web_field guest_fields[];
int guest_post(struct web_request *req, struct db *db);

/* Five a minute and source: a person tries again, a machine does not get far. */
#define GUEST_ROUTE                                                                                \
	{                                                                                          \
		.method = WEB_POST, .path = "/api/v1/guest-call", .permission = "public",          \
		.reply = guest_fields, .handler = guest_post, .no_db = true, .per_minute = 5,      \
		.summary = "A token to call from the web page"                                     \
	}

#endif
