/* The console's way in: the first administrator, and a forgotten password. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "identity/identity_internal.h"
#include "identity/user.h"

#define ROOT_CODE "root"

struct console {
	const struct identity_new_user *user;
	const char *account;
	char hash[PASSWORD_HASH_SIZE];
	struct arena *arena;
	const char *wrong; /* what to tell, when the error alone does not say it */
};

/* A department to be in, for an empty database. */
static int root_department(struct db *db, int64_t *id)
{
	int err;

	*id = identity_department_by_code(db, ROOT_CODE);
	if (*id)
		return 0;
	*id = id_make(clock_now());
	err = db_exec(db, ST(DEPARTMENT_ADD), NULL, *id, INT64_C(0), "总公司", "Head office",
		ROOT_CODE, INT64_C(0), INT64_C(1));
	return err;
}

/* The role with everything, in a group with every function. */
static int administrator_role(struct db *db, int64_t *role_id)
{
	int64_t group_id = id_make(clock_now());
	int err;

	*role_id = id_make(clock_now());
	err = db_exec(
		db, ST(GROUP_ADD), NULL, group_id, INT64_C(0), "系统管理组", "Administration");
	if (!err)
		err = db_exec(
			db, ST(ROLE_ADD), NULL, *role_id, group_id, "系统管理员", "Administrator");
	for (size_t i = 0; i < permission_count() && !err; i++) {
		err = db_exec(db, ST(GROUP_FUNCTION_ADD), NULL, group_id, permission_at(i)->name);
		if (!err)
			err = db_exec(db, ST(ROLE_PERMISSION_ADD), NULL, *role_id,
				permission_at(i)->name, (int64_t)RANGE_ALL);
	}
	return err;
}

static int find_role(struct db *db, struct console *c, int64_t *role_id)
{
	const char *name = c->user->role ? c->user->role : "administrator";
	int err = db_get(db, c->arena, ST(ROLE_BY_NAME), name, role_id);

	if (err || *role_id)
		return err;
	if (!strcasecmp(name, "administrator"))
		return administrator_role(db, role_id);
	c->wrong = "there is no such role";
	return ENOENT;
}

static int write_user(struct db *db, void *arg)
{
	struct console *c = arg;
	int64_t role_id = 0, other;
	struct user user = { .id = id_make(clock_now()),
		.account = c->user->account,
		.name = c->user->name ? c->user->name : c->user->account,
		.extension = c->user->extension,
		.language = c->user->language ? c->user->language : "zh-CN",
		.active = true };
	int err;

	if (!db_get(db, c->arena, ST(PERSON_BY_ACCOUNT), user.account, &other)) {
		c->wrong = "this account exists already";
		return EEXIST;
	}
	if (c->user->department)
		user.department_id = identity_department_by_code(db, c->user->department);
	if (c->user->department && !user.department_id) {
		c->wrong = "there is no department with this code";
		return ENOENT;
	}
	err = user.department_id ? 0 : root_department(db, &user.department_id);
	if (!err)
		err = find_role(db, c, &role_id);
	user.role_ids = (struct field_list){ &role_id, 1 };
	if (!err)
		err = user_add(db, &user, c->hash);
	if (!err)
		err = audit_add(db, NULL,
			&(struct audit_entry){ .action = "create",
				.entity = "user",
				.id = user.id,
				.source = "console" });
	return err ? err : identity_changed(db, user.id);
}

static int write_password(struct db *db, void *arg)
{
	struct console *c = arg;
	int64_t id;
	int err = db_get(db, c->arena, ST(PERSON_BY_ACCOUNT), c->account, &id);

	if (err == ENOENT)
		c->wrong = "there is no such account";
	if (!err)
		err = db_exec(db, ST(PERSON_PASSWORD), NULL, id, c->hash, clock_now());
	if (!err)
		err = db_exec(db, ST(SESSIONS_DELETE_OF), NULL, id, INT64_C(0));
	if (!err)
		err = db_exec(db, ST(THROTTLE_CLEAR), NULL, "account", c->account);
	if (!err)
		err = audit_add(db, NULL,
			&(struct audit_entry){ .action = "password",
				.entity = "user",
				.id = id,
				.source = "console" });
	return err ? err : identity_changed(db, id);
}

static int run(struct database *database, struct console *c, db_h *fn, const char *password,
	char *problem, size_t size)
{
	const char *weak = password_problem(c->account, password);
	int err;

	if (weak) {
		snprintf(problem, size, "the password is not strong enough (%s)", weak);
		return EINVAL;
	}
	c->arena = arena_create(0);
	if (!c->arena)
		return ENOMEM;
	err = password_hash(c->hash, password);
	if (!err)
		err = db_write(database, fn, c);
	arena_free(c->arena);
	if (err)
		snprintf(problem, size, "%s", c->wrong ? c->wrong : strerror(err));
	return err;
}

int identity_add_user(
	struct database *database, const struct identity_new_user *user, char *problem, size_t size)
{
	for (const char *c = user->account; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789._-@", *c)) {
			snprintf(problem, size,
				"an account has lower-case letters, digits and . _ - @");
			return EINVAL;
		}
	return run(database, &(struct console){ .user = user, .account = user->account },
		write_user, user->password, problem, size);
}

int identity_set_password(struct database *database, const char *account, const char *password,
	char *problem, size_t size)
{
	return run(database, &(struct console){ .account = account }, write_password, password,
		problem, size);
}
