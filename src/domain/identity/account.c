/* What other modules ask about accounts, and how they hear of changes. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include "identity/identity_internal.h"

static void read_account(struct identity_account *account, const struct db_row *row)
{
	*account = (struct identity_account){
		.id = db_row_int(row, 0),
		.account = db_row_text(row, 1),
		.name = db_row_text(row, 2),
		.department_id = db_row_int(row, 3),
		.extension = db_row_text(row, 4),
		.language = db_row_text(row, 5),
		.active = db_row_int(row, 6) != 0,
		.is_agent = db_row_int(row, 7) != 0,
		.masks_numbers = db_row_int(row, 8) != 0,
		.ha1_md5 = db_row_text(row, 9),
		.ha1_sha256 = db_row_text(row, 10),
	};
}

struct one {
	struct arena *arena;
	struct identity_account *out;
	bool found, failed;
};

static const char *keep(struct one *one, const char *text)
{
	const char *copy = arena_strdup(one->arena, text);

	if (text && !copy)
		one->failed = true;
	return copy;
}

static int take_one(const struct db_row *row, void *arg)
{
	struct one *one = arg;
	struct identity_account *a = one->out;

	read_account(a, row);
	a->account = keep(one, a->account);
	a->name = keep(one, a->name);
	a->extension = keep(one, a->extension);
	a->language = keep(one, a->language);
	a->ha1_md5 = keep(one, a->ha1_md5);
	a->ha1_sha256 = keep(one, a->ha1_sha256);
	one->found = true;
	return one->failed ? ENOMEM : 0;
}

int identity_account_get(
	struct db *db, struct arena *arena, int64_t user_id, struct identity_account *out)
{
	struct one one = { .arena = arena, .out = out };
	int err = db_each(db, ST(PERSON_ACCOUNT), take_one, &one, user_id);

	return err ? err : one.found ? 0 : ENOENT;
}

int identity_account_by_extension(
	struct db *db, struct arena *arena, const char *extension, struct identity_account *out)
{
	struct one one = { .arena = arena, .out = out };
	int err = db_each(db, ST(PERSON_ACCOUNT_BY_EXTENSION), take_one, &one, extension);

	return err ? err : one.found ? 0 : ENOENT;
}

struct each {
	identity_account_h *fn;
	void *arg;
};

static int pass_on(const struct db_row *row, void *arg)
{
	const struct each *each = arg;
	struct identity_account account;

	read_account(&account, row);
	return each->fn(&account, each->arg);
}

int identity_each_extension(struct db *db, identity_account_h *fn, void *arg)
{
	return db_each(db, ST(PERSON_EXTENSIONS), pass_on, &(struct each){ fn, arg });
}

int identity_each_agent(struct db *db, identity_account_h *fn, void *arg)
{
	return db_each(db, ST(PERSON_AGENTS), pass_on, &(struct each){ fn, arg });
}

int64_t identity_user_by_account(struct db *db, const char *account)
{
	struct arena *arena = arena_create(0);
	int64_t id = 0;

	if (!arena || db_get(db, arena, ST(PERSON_BY_ACCOUNT), account, &id))
		id = 0;
	arena_free(arena);
	return id;
}

bool identity_is_empty(struct db *db)
{
	struct arena *arena = arena_create(0);
	int64_t count = 1;

	if (!arena || db_get(db, arena, ST(PERSON_COUNT), &count))
		count = 1;
	arena_free(arena);
	return count == 0;
}

/* --- listeners: filled at start, before there are changes --- */

enum { MOST_LISTENERS = 8 };
static struct {
	void (*fn)(int64_t user_id, void *arg);
	void *arg;
} listeners[MOST_LISTENERS];
static atomic_int listener_count;

int identity_on_change(void (*fn)(int64_t user_id, void *arg), void *arg)
{
	int n = atomic_load(&listener_count);

	if (n >= MOST_LISTENERS)
		return ENOSPC;
	listeners[n].fn = fn;
	listeners[n].arg = arg;
	atomic_store(&listener_count, n + 1);
	return 0;
}

static int64_t id_of(const void *arg)
{
	return (int64_t)(intptr_t)arg;
}

static void sockets_end(int64_t user_id)
{
	const struct platform *platform = identity_platform();

	if (platform && platform->web)
		web_forget_actor(platform->web, user_id);
}

static void account_changed(int64_t user_id)
{
	int n = atomic_load(&listener_count);

	names_changed();
	sockets_end(user_id);
	for (int i = 0; i < n; i++)
		listeners[i].fn(user_id, listeners[i].arg);
}

static void after_change(void *arg)
{
	account_changed(id_of(arg));
}

/* {"node":n}: the node that made a change has acted on it before its answer went out; the others act on the event. */
static const char *own_mark(char mark[32])
{
	const struct platform *platform = identity_platform();

	snprintf(mark, 32, "{\"node\":%lld}",
		platform ? (long long)config_int(platform->config, "node") : 0LL);
	return mark;
}

static int tell(struct db *db, const char *type, int64_t user_id)
{
	const struct platform *platform = identity_platform();
	char mark[32];

	if (!platform || !platform->events) /* the console */
		return 0;
	return event_add(db, &(struct event){ .type = type,
				     .entity_id = user_id,
				     .permission = "user.read",
				     .json = own_mark(mark) });
}

void identity_hear(const struct event *event, void *arg)
{
	char mark[32];

	(void)arg;
	if (!event->json || !strcmp(event->json, own_mark(mark)))
		return;
	if (!strcmp(event->type, "identity.changed"))
		account_changed(event->entity_id);
	else if (!strcmp(event->type, "identity.sign_out"))
		sockets_end(event->entity_id);
}

int identity_changed(struct db *db, int64_t user_id)
{
	int err = tell(db, "identity.changed", user_id);

	/* NOLINTNEXTLINE(performance-no-int-to-ptr): the argument is the id; there is nothing to free after a roll back */
	return err ? err : db_after_commit(db, after_change, (void *)(intptr_t)user_id);
}

static void after_sign_out(void *arg)
{
	const struct platform *platform = identity_platform();

	if (platform && platform->events)
		event_push(platform->events,
			&(struct event){ .type = "session.ended", .user_id = id_of(arg) });
	sockets_end(id_of(arg));
}

int identity_sessions_ended(struct db *db, int64_t user_id)
{
	int err = tell(db, "identity.sign_out", user_id);

	/* NOLINTNEXTLINE(performance-no-int-to-ptr): as above */
	return err ? err : db_after_commit(db, after_sign_out, (void *)(intptr_t)user_id);
}
