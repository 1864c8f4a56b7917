/* Signing in: throttle, password, session; and what GET /session tells. */
#include <errno.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "identity/identity_internal.h"

/* After this many wrong passwords the wait starts at 1 s and doubles with each, up to 15 minutes. A source address has more
 * free tries, because a whole office may stand behind one. */
enum { FREE_OF_ACCOUNT = 5, FREE_OF_SOURCE = 20, LONGEST_WAIT_S = 900 };

struct credentials {
	const char *account, *password;
};
static const struct web_field credential_fields[] = { { F(struct credentials, account, FIELD_TEXT),
							      .required = true, .max = 64 },
	{ F(struct credentials, password, FIELD_TEXT), .required = true, .max = PASSWORD_MAX },
	{ 0 } };

struct session_role {
	int64_t id;
	const char *name, *name_en;
};
static const struct web_field role_fields[] = { { F(struct session_role, id, FIELD_ID) },
	{ F(struct session_role, name, FIELD_TEXT) },
	{ F(struct session_role, name_en, FIELD_TEXT) }, { 0 } };
static const struct web_field permission_fields[] = { { F(struct right, name, FIELD_TEXT) },
	{ F(struct right, range, FIELD_ENUM), .values = range_names }, { 0 } };

struct session_user {
	int64_t id;
	const char *account, *name, *language, *theme, *preferences;
	int64_t department_id;
	const char *extension;
	bool is_agent, masks_numbers;
	const char *sip_user, *department_name, *department_name_en;
	struct field_list roles, permissions;
};
enum { USER_COLUMNS = 10 };
static const struct web_field user_fields[] = { { F(struct session_user, id, FIELD_ID) },
	{ F(struct session_user, account, FIELD_TEXT) },
	{ F(struct session_user, name, FIELD_TEXT) },
	{ F(struct session_user, language, FIELD_TEXT) },
	{ F(struct session_user, theme, FIELD_TEXT) },
	{ F(struct session_user, preferences, FIELD_JSON) },
	{ F(struct session_user, department_id, FIELD_ID) },
	{ F(struct session_user, extension, FIELD_TEXT) },
	{ F(struct session_user, is_agent, FIELD_BOOL) },
	{ F(struct session_user, masks_numbers, FIELD_BOOL) },
	{ F(struct session_user, sip_user, FIELD_TEXT),
		.text = "Registers on the WebSocket /sip with the cookie alone" },
	{ F(struct session_user, department_name, FIELD_TEXT) },
	{ F(struct session_user, department_name_en, FIELD_TEXT) },
	{ F(struct session_user, roles, FIELD_LIST), .fields = role_fields,
		.size = sizeof(struct session_role) },
	{ F(struct session_user, permissions, FIELD_LIST), .fields = permission_fields,
		.size = sizeof(struct right) },
	{ 0 } };

struct session_reply {
	const char *csrf;
	int64_t expires, server_time;
	bool test_clock;
	struct session_user user;
};
static const struct web_field session_fields[] = {
	{ F(struct session_reply, csrf, FIELD_TEXT),
		.text = "Goes back as X-CSRF-Token with every change" },
	{ F(struct session_reply, expires, FIELD_TIME) },
	{ F(struct session_reply, server_time, FIELD_TIME) },
	{ F(struct session_reply, test_clock, FIELD_BOOL) },
	{ F(struct session_reply, user, FIELD_OBJECT), .fields = user_fields,
		.size = sizeof(struct session_user) },
	{ 0 }
};

static int list_permissions(struct field_list *list, const struct actor *actor, struct arena *arena)
{
	struct right *rights = arena_alloc(arena, (permission_count() + 1) * sizeof(*rights));

	if (!rights)
		return ENOMEM;
	list->items = rights;
	for (size_t i = 0; i < permission_count() && i < actor->range_count; i++)
		if (actor->ranges[i] != RANGE_NONE)
			rights[list->count++] = (struct right){ .name = permission_at(i)->name,
				.range = actor->ranges[i] };
	return 0;
}

static int add_role(const struct db_row *row, void *arg)
{
	struct record_set *set = arg;
	struct session_role *roles = (struct session_role *)(void *)set->rows, *role;

	if (set->count >= set->limit)
		return ECANCELED;
	role = &roles[set->count++];
	role->id = db_row_int(row, 1);
	role->name = arena_strdup(set->arena, db_row_text(row, 2));
	role->name_en = arena_strdup(set->arena, db_row_text(row, 3));
	return role->name && role->name_en ? 0 : ENOMEM;
}

static int list_roles(struct field_list *list, struct db *db, int64_t user_id, struct arena *arena)
{
	struct record_set set = { .arena = arena, .limit = 50 };
	int err;

	set.rows = arena_alloc(arena, set.limit * sizeof(struct session_role));
	if (!set.rows)
		return ENOMEM;
	err = db_each(db, ST(PERSON_ROLES), add_role, &set, record_id_list(arena, &user_id, 1));
	*list = (struct field_list){ set.rows, set.count };
	return err;
}

static int fill_user(
	struct session_user *user, struct db *db, const struct actor *actor, struct arena *arena)
{
	int err = record_get(db, arena, ST(PERSON_ME), actor->user_id, user_fields, USER_COLUMNS,
		user, sizeof(*user));

	if (!err)
		err = identity_names_refresh(db);
	if (!err)
		err = list_roles(&user->roles, db, actor->user_id, arena);
	if (!err)
		err = list_permissions(&user->permissions, actor, arena);
	user->sip_user = user->extension;
	user->department_name = identity_department_name(arena, user->department_id);
	user->department_name_en = identity_department_name_en(arena, user->department_id);
	return err;
}

static int fill_session(
	struct session_reply *reply, struct db *db, const struct actor *actor, struct arena *arena)
{
	int err = 0;

	if (actor->session_id)
		err = db_get(db, arena, ST(SESSION_GET), actor->session_id, &reply->csrf,
			&reply->expires);
	if (err == ENOENT)
		err = 0;
	reply->server_time = clock_now();
	reply->test_clock = clock_is_test();
	return err ? err : fill_user(&reply->user, db, actor, arena);
}

/* --- POST /session, on the password thread --- */

struct sign_in {
	struct web_request *req;
	const struct credentials *body;
	char account[72], source[64];
	int64_t wait_until, failures[2]; /* of the account, of the source */
	int64_t user_id, active;
	const char *hash;
	char secret[SECRET_SIZE], csrf[CSRF_SIZE], new_hash[PASSWORD_HASH_SIZE];
	int64_t session_id, now, expires;
	bool good;
	struct session_reply *reply;
};

static const char *const throttle_kinds[] = { "account", "source" };

static const char *throttle_name(const struct sign_in *s, int kind)
{
	return kind ? s->source : s->account;
}

static int look_up(struct db *db, void *arg)
{
	struct sign_in *s = arg;
	struct arena *arena = web_arena(s->req);
	int err;

	for (int i = 0; i < 2; i++) {
		int64_t until = 0;

		err = db_get(db, arena, ST(THROTTLE_GET), throttle_kinds[i], throttle_name(s, i),
			&s->failures[i], &until);
		if (err && err != ENOENT)
			return err;
		if (!err && until > s->wait_until)
			s->wait_until = until;
	}
	err = db_get(db, arena, ST(PERSON_SIGN_IN), s->account, &s->user_id, &s->hash, &s->active);
	return err == ENOENT ? 0 : err;
}

static int64_t wait_after(int64_t failures, int64_t free_tries)
{
	int64_t wait;

	if (failures < free_tries)
		return 0;
	wait = failures - free_tries > 20 ? LONGEST_WAIT_S : INT64_C(1) << (failures - free_tries);
	return (wait > LONGEST_WAIT_S ? LONGEST_WAIT_S : wait) * 1000;
}

static int write_failure(struct db *db, struct sign_in *s)
{
	static const int64_t free_tries[] = { FREE_OF_ACCOUNT, FREE_OF_SOURCE };
	int err = 0;

	for (int i = 0; i < 2 && !err; i++)
		err = db_exec(db, ST(THROTTLE_SET), NULL, throttle_kinds[i], throttle_name(s, i),
			s->failures[i] + 1, s->now + wait_after(s->failures[i] + 1, free_tries[i]),
			s->now);
	if (!err && s->user_id)
		err = audit_add(db, NULL,
			&(struct audit_entry){ .action = "sign_in_refused",
				.entity = "user",
				.id = s->user_id,
				.source = s->source });
	return err;
}

static int write_session(struct db *db, struct sign_in *s)
{
	const struct actor who = { .user_id = s->user_id };
	char hash[SECRET_HASH_SIZE];
	int err;

	secret_hash(hash, s->secret);
	err = db_exec(db, ST(SESSION_ADD), NULL, s->session_id, s->user_id, hash, s->csrf,
		s->source, s->now, s->now, s->expires);
	if (!err)
		err = db_exec(db, ST(THROTTLE_CLEAR), NULL, throttle_kinds[0], s->account);
	if (!err && s->new_hash[0])
		err = db_exec(db, ST(PERSON_PASSWORD), NULL, s->user_id, s->new_hash, s->now);
	if (!err)
		err = audit_add(db, &who,
			&(struct audit_entry){ .action = "sign_in",
				.entity = "user",
				.id = s->user_id,
				.source = s->source });
	return err;
}

static int write_result(struct db *db, void *arg)
{
	struct sign_in *s = arg;

	return s->good ? write_session(db, s) : write_failure(db, s);
}

static int read_result(struct db *db, void *arg)
{
	struct sign_in *s = arg;
	const struct actor *actor = NULL;
	char csrf[CSRF_SIZE];
	int err = identity_resolve(db, s->secret, false, &actor, csrf);

	if (err)
		return err;
	err = fill_session(s->reply, db, actor, web_arena(s->req));
	actor_release((struct actor *)actor);
	return err;
}

static int refuse_throttled(struct sign_in *s)
{
	int64_t seconds = (s->wait_until - s->now + 999) / 1000;

	web_set_header(
		s->req, "Retry-After", arena_printf(web_arena(s->req), "%lld", (long long)seconds));
	return web_problem(s->req, 429, "throttled", NULL, "too many wrong passwords; wait %lld s",
		(long long)seconds);
}

static int answer(struct sign_in *s)
{
	int64_t life = (s->expires - s->now) / 1000;
	int err = db_read(identity_platform()->database, read_result, s);

	if (!err)
		err = web_set_cookie(s->req, SESSION_COOKIE, s->secret, life);
	return err ? err : web_reply(s->req, 201, s->reply);
}

static int sign_in(struct sign_in *s)
{
	struct database *database = identity_platform()->database;
	int err = db_read(database, look_up, s);

	if (err)
		return err;
	if (s->wait_until > s->now)
		return refuse_throttled(s);
	s->good = !password_verify(s->hash, s->body->password);
	if (s->good && !s->active)
		return web_problem(
			s->req, 403, "account_disabled", NULL, "this account is switched off");
	if (s->good && password_is_outdated(s->hash) &&
		password_hash(s->new_hash, s->body->password))
		s->new_hash[0] = '\0'; /* the old parameters still work: ignoring */
	if (s->good) {
		secret_make(s->secret);
		secret_csrf(s->csrf);
		s->session_id = id_make(s->now);
		s->expires =
			s->now + config_int(identity_platform()->config, "session_life_s") * 1000;
	}
	err = db_write(database, write_result, s);
	if (err)
		return err;
	if (!s->good)
		return web_problem(
			s->req, 401, "bad_credentials", NULL, "account or password is wrong");
	return answer(s);
}

static void run_sign_in(void *arg)
{
	struct sign_in *s = arg;

	s->now = clock_now();
	web_finish(s->req, sign_in(s));
}

static void lower(char *out, size_t size, const char *text)
{
	size_t i;

	for (i = 0; text[i] && i + 1 < size; i++)
		out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
	out[i] = '\0';
}

static int post_session(struct web_request *req, struct db *db)
{
	struct sign_in *s = arena_alloc(web_arena(req), sizeof(*s));

	(void)db;
	if (!s)
		return ENOMEM;
	s->req = req;
	s->body = web_body(req);
	s->reply = arena_alloc(web_arena(req), sizeof(*s->reply));
	if (!s->reply)
		return ENOMEM;
	lower(s->account, sizeof(s->account), s->body->account);
	snprintf(s->source, sizeof(s->source), "%s", web_source_address(req));
	if (password_post(run_sign_in, s))
		return web_problem(req, 503, "busy", NULL, "too many people are signing in");
	return web_defer(req);
}

static int get_session(struct web_request *req, struct db *db)
{
	struct session_reply *reply = arena_alloc(web_arena(req), sizeof(*reply));
	int err = reply ? fill_session(reply, db, web_actor(req), web_arena(req)) : ENOMEM;

	return err ? err : web_reply(req, 200, reply);
}

static int delete_session(struct web_request *req, struct db *db)
{
	const struct actor *actor = web_actor(req);
	int err = 0;

	if (actor->session_id)
		err = db_exec(db, ST(SESSION_DELETE), NULL, actor->session_id);
	if (!err)
		err = audit_request(req, db, "sign_out", "user", actor->user_id, NULL);
	if (!err)
		err = identity_sessions_ended(db, actor->user_id);
	if (!err)
		err = web_set_cookie(req, SESSION_COOKIE, "", 0);
	return err ? err : web_reply_empty(req);
}

/* --- PATCH /me, POST /me/password --- */

struct me_patch {
	const char *language, *theme, *preferences;
	bool has_language, has_theme, has_preferences;
};
static const struct web_field me_patch_fields[] = {
	{ F(struct me_patch, language, FIELD_TEXT), .max = 7,
		.present = offsetof(struct me_patch, has_language) },
	{ F(struct me_patch, theme, FIELD_TEXT), .max = 20,
		.present = offsetof(struct me_patch, has_theme) },
	{ F(struct me_patch, preferences, FIELD_JSON),
		.present = offsetof(struct me_patch, has_preferences) },
	{ 0 }
};

static int patch_me(struct web_request *req, struct db *db)
{
	const struct me_patch *patch = web_body(req);
	const struct actor *actor = web_actor(req);
	struct session_reply *reply = arena_alloc(web_arena(req), sizeof(*reply));
	struct session_user *user;
	int err;

	if (!reply)
		return ENOMEM;
	user = &reply->user;
	err = record_get(db, web_arena(req), ST(PERSON_ME), actor->user_id, user_fields,
		USER_COLUMNS, user, sizeof(*user));
	if (err)
		return err;
	record_merge(user_fields, user, me_patch_fields, patch);
	if (!user->language || (strcmp(user->language, "zh-CN") && strcmp(user->language, "en")))
		return web_problem(req, 422, "unknown_value", "language", "zh-CN or en");
	if (!user->theme || (strcmp(user->theme, "light") && strcmp(user->theme, "dark") &&
				    strcmp(user->theme, "system")))
		return web_problem(req, 422, "unknown_value", "theme", "light, dark or system");
	if (!user->preferences || strlen(user->preferences) > 65536)
		return web_problem(req, 422, "too_long", "preferences", "at most 64 KiB of JSON");
	err = db_exec(db, ST(PERSON_ME_CHANGE), NULL, actor->user_id, user->language, user->theme,
		user->preferences, clock_now());
	if (!err)
		err = fill_session(reply, db, actor, web_arena(req));
	return err ? err : web_reply(req, 200, reply);
}

struct password_change {
	const char *old_password, *new_password;
};
static const struct web_field password_change_fields[] = {
	{ F(struct password_change, old_password, FIELD_TEXT), .required = true,
		.max = PASSWORD_MAX },
	{ F(struct password_change, new_password, FIELD_TEXT), .required = true,
		.max = PASSWORD_MAX },
	{ 0 }
};

struct change_own {
	struct sign_in sign_in; /* the same throttle guards the old password */
	const struct password_change *body;
	int64_t keep_session;
};

static int write_own_password(struct db *db, void *arg)
{
	struct change_own *c = arg;
	struct sign_in *s = &c->sign_in;
	int err;

	if (!s->good)
		return write_failure(db, s);
	err = db_exec(db, ST(PERSON_PASSWORD), NULL, s->user_id, s->new_hash, s->now);
	if (!err)
		err = db_exec(db, ST(SESSIONS_DELETE_OF), NULL, s->user_id, c->keep_session);
	if (!err)
		err = audit_request(s->req, db, "password", "user", s->user_id, NULL);
	return err ? err : identity_changed(db, s->user_id);
}

static int change_own_password(struct change_own *c)
{
	struct sign_in *s = &c->sign_in;
	const char *wrong = password_problem(s->account, c->body->new_password);
	int err;

	if (wrong)
		return web_problem(s->req, 422, wrong, "new_password",
			"the new password is not strong enough");
	err = db_read(identity_platform()->database, look_up, s);
	if (err)
		return err;
	if (s->wait_until > s->now)
		return refuse_throttled(s);
	s->good = !password_verify(s->hash, c->body->old_password);
	err = s->good ? password_hash(s->new_hash, c->body->new_password) : 0;
	if (!err)
		err = db_write(identity_platform()->database, write_own_password, c);
	if (err)
		return err;
	if (!s->good)
		return web_problem(s->req, 422, "bad_credentials", "old_password",
			"the old password is wrong");
	return web_reply_empty(s->req);
}

static void run_change_own(void *arg)
{
	struct change_own *c = arg;

	c->sign_in.now = clock_now();
	web_finish(c->sign_in.req, change_own_password(c));
}

static int post_my_password(struct web_request *req, struct db *db)
{
	struct change_own *c = arena_alloc(web_arena(req), sizeof(*c));

	(void)db;
	if (!c)
		return ENOMEM;
	c->sign_in.req = req;
	c->body = web_body(req);
	c->keep_session = web_actor(req)->session_id;
	snprintf(c->sign_in.account, sizeof(c->sign_in.account), "%s", web_actor(req)->account);
	snprintf(c->sign_in.source, sizeof(c->sign_in.source), "%s", web_source_address(req));
	if (password_post(run_change_own, c))
		return web_problem(req, 503, "busy", NULL, "too many people are signing in");
	return web_defer(req);
}

const struct web_route session_routes[] = { { .method = WEB_POST,
						    .path = "/api/v1/session",
						    .permission = "public",
						    .body = credential_fields,
						    .body_size = sizeof(struct credentials),
						    .reply = session_fields,
						    .handler = post_session,
						    .no_db = true,
						    .max_body = 4096,
						    .summary = "Sign in: sets the session cookie" },
	{ .method = WEB_GET,
		.path = "/api/v1/session",
		.permission = "signed_in",
		.reply = session_fields,
		.handler = get_session,
		.summary = "Who is signed in and what they may do" },
	{ .method = WEB_DELETE,
		.path = "/api/v1/session",
		.permission = "signed_in",
		.handler = delete_session,
		.summary = "Sign out" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/me",
		.permission = "signed_in",
		.body = me_patch_fields,
		.body_size = sizeof(struct me_patch),
		.reply = session_fields,
		.handler = patch_me,
		.summary = "Own language, theme and preferences" },
	{ .method = WEB_POST,
		.path = "/api/v1/me/password",
		.permission = "signed_in",
		.body = password_change_fields,
		.body_size = sizeof(struct password_change),
		.handler = post_my_password,
		.no_db = true,
		.summary = "Change the own password; ends the other sessions" },
	{ 0 } };
