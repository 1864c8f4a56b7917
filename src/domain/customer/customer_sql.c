/* All SQL of customers. */
#include "customer/customer_internal.h"

#define COLUMNS                                                                                    \
	"SELECT c.id, c.name, c.organisation, c.type, c.level, c.department_id, c.email, "         \
	"c.remark, c.blocked,"                                                                     \
	" c.last_agent_id, c.version, c.created, c.updated, c.tags FROM customer c "
#define OUT "issssissiiiiis"
/* $1 cursor, $2 limit, $3 level or '' */
#define PAGE "c.id < $1 AND ($3 = '' OR c.level = $3) ORDER BY c.id DESC LIMIT $2"

/* $4 term, $5 its end, $6 all, $7 departments, $8 department or 0; the range is decided in the index of terms alone */
#define TERM_HITS(in_departments)                                                                  \
	"WITH hit AS (SELECT DISTINCT customer_id FROM customer_term WHERE term >= $4 AND term < " \
	"$5"                                                                                       \
	" AND customer_id < $1 AND ($6 = 1 OR " in_departments                                     \
	") AND ($8 = 0 OR department_id = $8)"                                                     \
	" AND ($3 = '' OR EXISTS (SELECT 1 FROM customer x WHERE x.id = customer_id AND x.level "  \
	"= $3))"                                                                                   \
	" ORDER BY customer_id DESC LIMIT $2) " COLUMNS                                            \
	"JOIN hit ON hit.customer_id = c.id ORDER BY c.id DESC"
/* $4 digits, $5 their end, $6 reversed, $7 its end, $8 normalised, $9 all, $10 departments, $11 department or 0 */
#define DIGIT_HITS(in_departments)                                                                 \
	COLUMNS "WHERE c.id IN (SELECT customer_id FROM customer_phone WHERE normalized >= $4 "    \
		"AND normalized < $5"                                                              \
		" UNION SELECT customer_id FROM customer_phone WHERE reversed >= $6 AND reversed " \
		"< $7"                                                                             \
		" UNION SELECT customer_id FROM customer_phone WHERE normalized = $8)"             \
		" AND ($9 = 1 OR " in_departments                                                  \
		") AND ($11 = 0 OR c.department_id = $11) AND " PAGE
/* $1 number or name, $2 limit, $3 all, $4 departments */
#define NUMBER_HITS(in_departments)                                                                \
	COLUMNS "WHERE c.id IN (SELECT customer_id FROM customer_phone WHERE normalized = $1)"     \
		" AND ($3 = 1 OR " in_departments ") ORDER BY c.id DESC LIMIT $2"
#define NAME_HITS(in_departments)                                                                  \
	COLUMNS "WHERE c.id IN (SELECT customer_id FROM customer_term WHERE term = $1)"            \
		" AND ($3 = 1 OR " in_departments ") ORDER BY c.id DESC LIMIT $2"
#define BOTH(query, column, n)                                                                     \
	.sqlite = query(SQL_IN_LIST_SQLITE(column, n)),                                            \
	.postgres = query(SQL_IN_LIST_POSTGRES(column, n))
#define OF_CUSTOMERS(text, n, order)                                                               \
	.sqlite = text SQL_IN_LIST_SQLITE("customer_id", n) order,                                 \
	.postgres = text SQL_IN_LIST_POSTGRES("customer_id", n)                                    \
	order

const struct db_stmt customer_statements[CUSTOMER_STATEMENTS + 1] = {
	[CUSTOMER_GET] = { .name = "customer.get",
		.in = "i",
		.out = OUT,
		.sql = COLUMNS "WHERE c.id = $1" },
	[CUSTOMER_NAME] = { .name = "customer.name",
		.in = "i",
		.out = "si",
		.sql = "SELECT name, department_id FROM customer WHERE id = $1" },
	[CUSTOMER_LIST_ALL] = { .name = "customer.list_all",
		.in = "iis",
		.out = OUT,
		.sql = COLUMNS "WHERE " PAGE },
	[CUSTOMER_LIST_DEPARTMENT] = { .name = "customer.list_department",
		.in = "iisi",
		.out = OUT,
		.sql = COLUMNS "WHERE c.department_id = $4 AND " PAGE },
	[CUSTOMER_SEARCH_TERM] = { .name = "customer.search_term",
		.in = "iisssisi",
		.out = OUT,
		BOTH(TERM_HITS, "department_id", 7) },
	[CUSTOMER_SEARCH_DIGITS] = { .name = "customer.search_digits",
		.in = "iissssssisi",
		.out = OUT,
		BOTH(DIGIT_HITS, "c.department_id", 10) },
	[CUSTOMER_BY_NUMBER] = { .name = "customer.by_number",
		.in = "siis",
		.out = OUT,
		BOTH(NUMBER_HITS, "c.department_id", 4) },
	[CUSTOMER_BY_NAME] = { .name = "customer.by_name",
		.in = "siis",
		.out = OUT,
		BOTH(NAME_HITS, "c.department_id", 4) },
	[CUSTOMER_ADD] = { .name = "customer.add",
		.in = "issssisssii",
		.out = "",
		.sql = "INSERT INTO customer (id, name, organisation, type, level, department_id, "
		       "email, remark, tags,"
		       " blocked, created, updated, version) VALUES ($1, $2, $3, $4, $5, $6, $7, "
		       "$8, $9, $10, $11, $11, 1)" },
	[CUSTOMER_CHANGE] = { .name = "customer.change",
		.in = "issssisssiii",
		.out = "",
		.sql = "UPDATE customer SET name = $2, organisation = $3, type = $4, level = $5, "
		       "department_id = $6,"
		       " email = $7, remark = $8, tags = $9, blocked = $10, updated = $11, version "
		       "= version + 1"
		       " WHERE id = $1 AND version = $12" },
	[CUSTOMER_LAST_AGENT] = { .name = "customer.last_agent",
		.in = "ii",
		.out = "",
		.sql = "UPDATE customer SET last_agent_id = $2 WHERE id = $1" },
	[CUSTOMER_PHONES] = { .name = "customer.phones",
		.in = "s",
		.out = "issss",
		OF_CUSTOMERS("SELECT customer_id, kind, number, normalized, note FROM "
			     "customer_phone WHERE ",
			1, " ORDER BY customer_id, position") },
	[CUSTOMER_PHONE_ADD] = { .name = "customer.phone_add",
		.in = "iiisssss",
		.out = "",
		.sql = "INSERT INTO customer_phone (id, customer_id, position, kind, number, "
		       "normalized, reversed, note)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" },
	[CUSTOMER_PHONES_CLEAR] = { .name = "customer.phones_clear",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM customer_phone WHERE customer_id = $1" },
	[CUSTOMER_ADDRESSES] = { .name = "customer.addresses",
		.in = "s",
		.out = "isss",
		OF_CUSTOMERS("SELECT customer_id, kind, text, contact FROM customer_address WHERE ",
			1, " ORDER BY customer_id, position") },
	[CUSTOMER_ADDRESS_ADD] = { .name = "customer.address_add",
		.in = "iiisss",
		.out = "",
		.sql = "INSERT INTO customer_address (id, customer_id, position, kind, text, "
		       "contact)"
		       " VALUES ($1, $2, $3, $4, $5, $6)" },
	[CUSTOMER_ADDRESSES_CLEAR] = { .name = "customer.addresses_clear",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM customer_address WHERE customer_id = $1" },
	[CUSTOMER_TERM_ADD] = { .name = "customer.term_add",
		.in = "sii",
		.out = "",
		.sql = "INSERT INTO customer_term (term, customer_id, department_id) VALUES ($1, "
		       "$2, $3)"
		       " ON CONFLICT (term, customer_id) DO NOTHING" },
	[CUSTOMER_TERMS_CLEAR] = { .name = "customer.terms_clear",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM customer_term WHERE customer_id = $1" },
	{ 0 }
};
