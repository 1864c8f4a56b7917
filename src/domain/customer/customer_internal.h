/* What the files of customer share. */
#ifndef HOTLINE_DOMAIN_CUSTOMER_INTERNAL_H
#define HOTLINE_DOMAIN_CUSTOMER_INTERNAL_H

#include "customer/customer.h"
#include "record/record.h"

enum customer_statement {
	CUSTOMER_GET,
	CUSTOMER_NAME,
	CUSTOMER_LIST_ALL,
	CUSTOMER_LIST_DEPARTMENT,
	CUSTOMER_SEARCH_TERM,
	CUSTOMER_SEARCH_DIGITS,
	CUSTOMER_BY_NUMBER,
	CUSTOMER_BY_NAME,
	CUSTOMER_ADD,
	CUSTOMER_CHANGE,
	CUSTOMER_LAST_AGENT,
	CUSTOMER_PHONES,
	CUSTOMER_PHONE_ADD,
	CUSTOMER_PHONES_CLEAR,
	CUSTOMER_ADDRESSES,
	CUSTOMER_ADDRESS_ADD,
	CUSTOMER_ADDRESSES_CLEAR,
	CUSTOMER_TERM_ADD,
	CUSTOMER_TERMS_CLEAR,
	CUSTOMER_STATEMENTS
};
extern const struct db_stmt customer_statements[];
#define CST(name) (&customer_statements[name])

enum { CUSTOMER_COLUMNS = 13, MOST_PHONES = 20, MOST_ADDRESSES = 20, MOST_TAGS = 50 };
extern const struct web_field customer_row_fields[]; /* the columns, for record_read */

const struct platform *customer_platform(void);

/* Adds phones, addresses, tags and names to rows just read, as the viewer may see them. */
int customer_complete(struct db *db, struct record_set *set, const struct actor *viewer);
void customer_mask(struct customer *customer, const struct actor *viewer, struct arena *arena);

/* customer_store.c: writes the row (id, version, times set by the caller), phones, addresses, search terms. */
int customer_add(struct db *db, struct arena *arena, struct customer *customer);
int customer_change(struct db *db, struct arena *arena, struct customer *customer, int64_t version);

/* customer_terms.c */
typedef int(customer_term_h)(const char *term, void *arg);
/* Everything the customer can be found by; each term once is not promised. */
int customer_each_term(const char *name, const char *organisation, customer_term_h *fn, void *arg);
/* A typed query as a term: lower case, cut to the length of the longest term. Empty: nothing to search. */
int customer_query_term(char *out, size_t size, const char *typed);

/* customer_tags.c: a list of text as JSON and back */
const char *customer_tags_json(struct arena *arena, const struct field_list *tags);
int customer_tags_read(struct arena *arena, const char *json, struct field_list *tags);

extern const struct web_route customer_routes[];
int customer_demo(struct db *db);

#endif
