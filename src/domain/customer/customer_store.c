/* Writing customers: row, telephones, addresses and what they are found by, always together. */
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "customer/customer_internal.h"
#include "id.h"
#include "phone.h"

static void reverse(char *out, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		out[i] = text[len - 1 - i];
	out[len] = '\0';
}

static int store_phones(struct db *db, const struct customer *customer)
{
	const struct customer_phone *phones = customer->phones.items;
	int err = db_exec(db, CST(CUSTOMER_PHONES_CLEAR), NULL, customer->id);

	for (size_t i = 0; i < customer->phones.count && !err; i++) {
		char reversed[PHONE_MAX];

		reverse(reversed, phones[i].normalized);
		err = db_exec(db, CST(CUSTOMER_PHONE_ADD), NULL, id_make(clock_now()), customer->id,
			(int64_t)i, phones[i].kind, phones[i].number, phones[i].normalized,
			reversed, phones[i].note);
	}
	return err;
}

static int store_addresses(struct db *db, const struct customer *customer)
{
	const struct customer_address *addresses = customer->addresses.items;
	int err = db_exec(db, CST(CUSTOMER_ADDRESSES_CLEAR), NULL, customer->id);

	for (size_t i = 0; i < customer->addresses.count && !err; i++)
		err = db_exec(db, CST(CUSTOMER_ADDRESS_ADD), NULL, id_make(clock_now()),
			customer->id, (int64_t)i, addresses[i].kind, addresses[i].text,
			addresses[i].contact);
	return err;
}

struct terms {
	struct db *db;
	const struct customer *customer;
};

static int store_term(const char *term, void *arg)
{
	const struct terms *t = arg;

	return db_exec(t->db, CST(CUSTOMER_TERM_ADD), NULL, term, t->customer->id,
		t->customer->department_id);
}

static int store_rest(struct db *db, const struct customer *customer)
{
	struct terms terms = { db, customer };
	int err = store_phones(db, customer);

	if (!err)
		err = store_addresses(db, customer);
	if (!err)
		err = db_exec(db, CST(CUSTOMER_TERMS_CLEAR), NULL, customer->id);
	return err ? err
		   : customer_each_term(customer->name, customer->organisation, store_term, &terms);
}

int customer_add(struct db *db, struct arena *arena, struct customer *c)
{
	int err;

	c->tags_json = customer_tags_json(arena, &c->tags);
	if (!c->tags_json)
		return ENOMEM;
	err = db_exec(db, CST(CUSTOMER_ADD), NULL, c->id, c->name, c->organisation, c->type,
		c->level, c->department_id, c->email, c->remark, c->tags_json, (int64_t)c->blocked,
		c->created);
	return err ? err : store_rest(db, c);
}

int customer_change(struct db *db, struct arena *arena, struct customer *c, int64_t version)
{
	int64_t changed = 0;
	int err;

	c->tags_json = customer_tags_json(arena, &c->tags);
	if (!c->tags_json)
		return ENOMEM;
	err = db_exec(db, CST(CUSTOMER_CHANGE), &changed, c->id, c->name, c->organisation, c->type,
		c->level, c->department_id, c->email, c->remark, c->tags_json, (int64_t)c->blocked,
		c->updated, version);
	if (!err && !changed)
		err = EAGAIN;
	return err ? err : store_rest(db, c);
}
