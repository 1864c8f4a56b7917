/* From a session cookie or an API token to an actor: who it is, which functions reach how far, which departments are below. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "identity/identity_internal.h"

struct rights_reader {
	struct actor *actor;
	json_t *scopes; /* of a token; NULL: everything the person may do */
};

static bool in_scope(const json_t *scopes, const char *permission)
{
	size_t i;
	json_t *scope;

	if (!scopes)
		return true;
	json_array_foreach(scopes, i,
		scope) if (json_is_string(scope) &&
			   (!strcmp(json_string_value(scope), "*") ||
				   !strcmp(json_string_value(scope), permission))) return true;
	return false;
}

static int add_right(const struct db_row *row, void *arg)
{
	struct rights_reader *reader = arg;
	const char *name = db_row_text(row, 0);
	int number = permission_number(name);
	int64_t range = db_row_int(row, 1);

	/* a permission of a module that is no longer there */
	if (number < 0 || (size_t)number >= reader->actor->range_count ||
		!in_scope(reader->scopes, name))
		return 0;
	if (range < RANGE_NONE || range > RANGE_ALL)
		return 0;
	if (!permission_at((size_t)number)->ranged && range > RANGE_NONE)
		range = RANGE_ALL;
	((uint8_t *)reader->actor->ranges)[number] = (uint8_t)range;
	return 0;
}

static int read_departments(struct db *db, struct arena *arena, struct actor *actor)
{
	struct record_ids ids = { .arena = arena };
	int64_t *departments;
	const char *json;
	int err = db_each(db, ST(DEPARTMENT_TREE), record_add_id, &ids, actor->department_id);

	if (err)
		return err;
	departments = malloc((ids.count ? ids.count : 1) * sizeof(*departments));
	json = record_id_list(arena, ids.items, ids.count);
	if (!departments || !json)
		goto fail;
	if (ids.count)
		memcpy(departments, ids.items, ids.count * sizeof(*departments));
	actor->departments_json = strdup(json);
	if (!actor->departments_json)
		goto fail;
	actor->departments = departments;
	actor->department_count = ids.count;
	return 0;
fail:
	free(departments);
	return ENOMEM;
}

struct person {
	int64_t id;
	const char *account, *name, *language;
	int64_t department_id, masks_numbers;
	const char *extension;
};

static int make_actor(struct db *db, struct arena *arena, const struct person *person,
	json_t *scopes, int64_t session_id, struct actor **actorp)
{
	struct actor *actor = actor_create();
	struct rights_reader reader = { actor, scopes };
	int err;

	if (!actor)
		return ENOMEM;
	actor->user_id = person->id;
	snprintf(actor->account, sizeof(actor->account), "%s", person->account);
	snprintf(actor->name, sizeof(actor->name), "%s", person->name);
	snprintf(actor->language, sizeof(actor->language), "%s", person->language);
	snprintf(actor->extension, sizeof(actor->extension), "%s",
		person->extension ? person->extension : "");
	actor->department_id = person->department_id;
	actor->masks_numbers = person->masks_numbers != 0;
	actor->session_id = session_id;
	err = db_each(db, ST(PERSON_RIGHTS), add_right, &reader, person->id);
	if (!err)
		err = read_departments(db, arena, actor);
	if (err)
		actor_release(actor);
	else
		*actorp = actor;
	return err;
}

int identity_actor(struct db *db, int64_t user_id, struct actor **actor)
{
	struct arena *arena = arena_create(0);
	struct person p;
	int err;

	if (!arena)
		return ENOMEM;
	err = db_get(db, arena, ST(PERSON_ACTOR), user_id, &p.id, &p.account, &p.name, &p.language,
		&p.department_id, &p.masks_numbers, &p.extension);
	if (!err)
		err = make_actor(db, arena, &p, NULL, 0, actor);
	arena_free(arena);
	return err;
}

/* "Last seen" of a session or token, written apart from the request that was only reading. */
struct seen {
	const struct db_stmt *stmt;
	int64_t id, time;
};

static int write_seen(struct db *db, void *arg)
{
	const struct seen *seen = arg;

	return db_exec(db, seen->stmt, NULL, seen->id, seen->time);
}

static void seen_done(int err, void *arg)
{
	(void)err; /* the next request tries again */
	free(arg);
}

static void note_seen(const struct db_stmt *stmt, int64_t id, int64_t now)
{
	struct seen *seen = malloc(sizeof(*seen));

	if (!seen)
		return;
	*seen = (struct seen){ stmt, id, now };
	if (db_write_async(identity_platform()->database, write_seen, seen_done, seen))
		free(seen);
}

enum { SEEN_EVERY_MS = 60 * 1000 };

static int resolve_session(struct db *db, struct arena *arena, const char *hash,
	struct actor **actor, char csrf[CSRF_SIZE])
{
	int64_t id, seen, expires, now = clock_now();
	int64_t idle = config_int(identity_platform()->config, "session_idle_s") * 1000;
	const char *token;
	struct person p;
	int err = db_get(db, arena, ST(SESSION_RESOLVE), hash, &id, &token, &seen, &expires, &p.id,
		&p.account, &p.name, &p.language, &p.department_id, &p.masks_numbers, &p.extension);

	if (err)
		return err;
	if (now >= expires || now - seen >= idle)
		return ENOENT;
	if (now - seen >= (idle / 10 < SEEN_EVERY_MS ? idle / 10 : SEEN_EVERY_MS))
		note_seen(ST(SESSION_SEEN), id, now);
	snprintf(csrf, CSRF_SIZE, "%s", token);
	return make_actor(db, arena, &p, NULL, id, actor);
}

static int resolve_token(struct db *db, struct arena *arena, const char *hash, struct actor **actor)
{
	int64_t id, last_used, now = clock_now();
	const char *text;
	json_t *scopes;
	struct person p;
	int err = db_get(db, arena, ST(TOKEN_RESOLVE), hash, now, &id, &text, &last_used, &p.id,
		&p.account, &p.name, &p.language, &p.department_id, &p.masks_numbers, &p.extension);

	if (err)
		return err;
	scopes = json_loads(text, 0, NULL);
	if (!json_is_array(scopes)) {
		json_decref(scopes);
		return ENOENT;
	}
	if (now - last_used >= SEEN_EVERY_MS)
		note_seen(ST(TOKEN_USED), id, now);
	err = make_actor(db, arena, &p, scopes, 0, actor);
	json_decref(scopes);
	return err;
}

int identity_resolve(struct db *db, const char *secret, bool bearer, const struct actor **actorp,
	char csrf[CSRF_SIZE])
{
	char hash[SECRET_HASH_SIZE];
	struct actor *actor = NULL;
	struct arena *arena;
	int err;

	if (!secret || !*secret || strlen(secret) > 200)
		return ENOENT;
	arena = arena_create(0);
	if (!arena)
		return ENOMEM;
	csrf[0] = '\0';
	secret_hash(hash, secret);
	if (bearer)
		err = resolve_token(db, arena, hash, &actor);
	else
		err = resolve_session(db, arena, hash, &actor, csrf);
	arena_free(arena);
	if (!err)
		*actorp = actor;
	return err;
}
