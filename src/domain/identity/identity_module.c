/* The identity module as a row. */
#include <errno.h>
#include "clock/clock.h"
#include "identity/identity_internal.h"

static const struct permission permissions[] = { { "user.read", true, "查看用户", "See people" },
	{ "user.manage", true, "管理用户", "Manage people" },
	{ "role.manage", false, "管理用户组与角色", "Manage groups and roles" },
	{ "department.manage", false, "管理部门", "Manage departments" },
	{ "token.manage", false, "管理自己的 API 令牌", "Manage own API tokens" }, { 0 } };

static const struct config_setting settings[] = {
	{ .name = "password_memory_kib",
		.type = CONFIG_INT,
		.fallback = "65536",
		.min = 8,
		.max = 4194304,
		.text_zh = "密码散列（Argon2id）使用的内存，KiB",
		.text_en = "Memory of the password hash (Argon2id), KiB" },
	{ .name = "password_passes",
		.type = CONFIG_INT,
		.fallback = "2",
		.min = 1,
		.max = 100,
		.text_zh = "密码散列（Argon2id）的遍数",
		.text_en = "Passes of the password hash (Argon2id)" },
	{ .name = "password_min_length",
		.type = CONFIG_INT,
		.fallback = "8",
		.min = 1,
		.max = 100,
		.live = true,
		.text_zh = "密码的最短长度，字符",
		.text_en = "Shortest password, characters" },
	{ .name = "session_idle_s",
		.type = CONFIG_INT,
		.fallback = "43200",
		.min = 300,
		.max = 2592000,
		.live = true,
		.text_zh = "无操作多久后退出登录，秒",
		.text_en = "Signed out after so long without a request, seconds" },
	{ .name = "session_life_s",
		.type = CONFIG_INT,
		.fallback = "604800",
		.min = 300,
		.max = 31536000,
		.live = true,
		.text_zh = "登录最长有效时间，秒",
		.text_en = "Signed out after so long in any case, seconds" },
	{ 0 }
};

static const struct platform *platform_of_run;

const struct platform *identity_platform(void)
{
	return platform_of_run;
}

/* Old sessions and forgotten wrong passwords. */
static int clean(struct db *db, void *arg)
{
	int64_t now = clock_now();
	int64_t idle = config_int(platform_of_run->config, "session_idle_s") * 1000;
	int err = db_exec(db, ST(SESSIONS_CLEAN), NULL, now, now - idle);

	(void)arg;
	return err ? err : db_exec(db, ST(THROTTLE_CLEAN), NULL, now - INT64_C(3600000));
}

static int run_clean(const struct job *job, struct database *database, void *arg)
{
	(void)job;
	return db_write(database, clean, arg);
}

static const struct job_type jobs[] = {
	{ .name = "identity.clean", .run = run_clean, .every_ms = 600000 }, { 0 }
};

static const struct web_auth auth = { .resolve = identity_resolve };

int identity_prepare(const struct platform *platform)
{
	if (sodium_init() < 0)
		return EIO;
	platform_of_run = platform;
	return 0;
}

/* What a newer program can do, its administrators may do. */
static int give_new_permissions(struct db *db, void *arg)
{
	int err = 0;

	(void)arg;
	for (size_t i = 0; i < permission_count() && !err; i++) {
		const char *name = permission_at(i)->name;
		int64_t is_new = 0;

		err = db_exec(db, ST(PERMISSION_SEE), &is_new, name);
		if (!err && is_new)
			err = db_exec(db, ST(PERMISSION_OFFER), NULL, name);
		if (!err && is_new)
			err = db_exec(db, ST(PERMISSION_GIVE), NULL, name);
	}
	return err;
}

static int start(const struct platform *platform)
{
	int err = identity_prepare(platform);

	if (!err)
		err = db_write(platform->database, give_new_permissions, NULL);
	if (!err)
		err = password_start();
	if (!err)
		err = event_listen(platform->events, identity_hear, NULL);
	if (!err && platform->web)
		web_set_auth(platform->web, &auth);
	return err;
}

static void stop(void)
{
	if (platform_of_run)
		event_unlisten(platform_of_run->events, identity_hear, NULL);
	password_stop();
	names_free();
}

const struct module identity_module = {
	.name = "identity",
	.needs = (const char *const[]){ "audit", NULL },
	.permissions = permissions,
	.settings = settings,
	.statements = identity_statements,
	.routes = session_routes,
	.jobs = jobs,
	.start = start,
	.stop = stop,
	.demo = identity_demo,
};

/* More pages of the same module: each has its own route table. */
const struct module department_module = { .name = "department",
	.needs = (const char *const[]){ "identity", NULL },
	.routes = department_routes };
const struct module role_module = {
	.name = "role", .needs = (const char *const[]){ "identity", NULL }, .routes = role_routes
};
const struct module user_module = {
	.name = "user", .needs = (const char *const[]){ "identity", NULL }, .routes = user_routes
};
const struct module token_module = {
	.name = "token", .needs = (const char *const[]){ "identity", NULL }, .routes = token_routes
};
