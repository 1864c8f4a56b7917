/* People: departments, groups, post roles, accounts, sessions (requirements B54-B60, A13, A14). What other modules need of them.
 * Any thread; functions with a struct db belong to that read or write. */
#ifndef HOTLINE_DOMAIN_IDENTITY_H
#define HOTLINE_DOMAIN_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "db/db.h"
#include "module/module.h"

#define IDENTITY_SIP_REALM "hotline"

struct identity_account {
	int64_t id;
	const char *account, *name;
	int64_t department_id;
	const char *extension; /* NULL: none */
	const char *language;  /* "zh-CN", "en" */
	bool active, is_agent, masks_numbers;
	const char *ha1_md5,
		*ha1_sha256; /* SIP digest, realm "hotline"; NULL until a SIP password was made */
};

/* Text in the arena. ENOENT: nobody. */
int identity_account_get(
	struct db *db, struct arena *arena, int64_t user_id, struct identity_account *out);
int identity_account_by_extension(
	struct db *db, struct arena *arena, const char *extension, struct identity_account *out);
/* Every active account that has an extension (is_agent or not); text valid until fn returns. */
typedef int(identity_account_h)(const struct identity_account *account, void *arg);
int identity_each_extension(struct db *db, identity_account_h *fn, void *arg);
/* Every active agent, by id. */
int identity_each_agent(struct db *db, identity_account_h *fn, void *arg);

/* fn hears of every committed change of an account (made, renamed, other extension, SIP password, switched off); user_id 0:
 * of departments or roles, anything may have changed. On the thread that committed: only copy and post. At most 8. */
int identity_on_change(void (*fn)(int64_t user_id, void *arg), void *arg);

/* The rights of a person as an actor (one reference); for acting on behalf of somebody. ENOENT: nobody, or switched off. */
int identity_actor(struct db *db, int64_t user_id, struct actor **actor);

/* Names for lists without a join: a copy of all names, brought up to date by _refresh at the start of a handler.
 * Unknown ids and 0 give NULL. */
int identity_names_refresh(struct db *db);
const char *identity_user_name(struct arena *arena, int64_t user_id);
const char *identity_department_name(struct arena *arena, int64_t department_id);
const char *identity_department_name_en(struct arena *arena, int64_t department_id);
/* The id of a department by its code, 0: unknown. */
int64_t identity_department_by_code(struct db *db, const char *code);
/* The id of an account by its name, 0: unknown. */
int64_t identity_user_by_account(struct db *db, const char *account);

/* Calls web_forget_actor and the listeners after the commit. */
int identity_changed(struct db *db, int64_t user_id);

extern const struct module identity_module, department_module, role_module, user_module,
	token_module;

/* --- for app: the console and the demonstration --- */
/* Before the functions below, when the modules have not started. Keeps the pointer. */
int identity_prepare(const struct platform *platform);
struct identity_new_user {
	const char *account, *name, *password, *language, *extension;
	const char
		*role; /* name (zh or en) of a role; "administrator" is made when there is none */
	const char *department; /* code; NULL: the root, made when there is none */
};
int identity_add_user(struct database *database, const struct identity_new_user *user,
	char *problem, size_t size);
int identity_set_password(struct database *database, const char *account, const char *password,
	char *problem, size_t size);

/* Accounts of the demonstration in the order they are printed; ends with a zero row. */
struct identity_demo_account {
	const char *account, *password, *name, *name_en;
	const char *role, *role_zh, *role_en;
	const char *department, *department_zh, *department_en; /* code and names */
	const char *extension, *sip_password;
};
extern const struct identity_demo_account identity_demo_accounts[];
/* A new API token with every right of the account. */
int identity_make_token(
	struct database *database, const char *account, const char *name, char token[80]);
bool identity_is_empty(struct db *db); /* nobody has an account yet */

#endif
