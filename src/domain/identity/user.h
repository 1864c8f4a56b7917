/* One person as a record, inside identity. */
#ifndef HOTLINE_DOMAIN_IDENTITY_USER_H
#define HOTLINE_DOMAIN_IDENTITY_USER_H

#include "identity/identity_internal.h"

struct user {
	int64_t id;
	const char *account, *name;
	int64_t department_id;
	const char *extension, *phone, *email, *language;
	bool active, is_agent, masks_numbers;
	int64_t version;
	const char *department_name;
	struct field_list role_ids;
};
enum { USER_COLUMNS = 12, MOST_ROLES = 50 };
extern const struct web_field user_fields[];

struct user_body {
	const char *account, *name;
	int64_t department_id;
	const char *extension, *phone, *email, *language;
	bool active, is_agent, masks_numbers;
	struct field_list role_ids;
	const char *password;
	bool has_account, has_name, has_department_id, has_extension, has_phone, has_email,
		has_language, has_active, has_is_agent, has_masks_numbers, has_role_ids;
};

struct password_body {
	const char *password;
};

/* viewer: whose eyes; masks the telephone number if they may not see it. NULL: nobody's. ENOENT. */
int user_get(struct db *db, struct arena *arena, int64_t id, const struct actor *viewer,
	struct user *out);
/* The person of the path, if `permission` reaches them; everybody else does not exist (404). */
int user_find(struct web_request *req, struct db *db, const char *permission,
	const struct actor *viewer, struct user *out);
/* Inserts person and roles; hash NULL: no password yet. */
int user_add(struct db *db, const struct user *user, const char *hash);
/* Stores the digest hashes of extension and password. */
int user_set_sip_password(
	struct db *db, int64_t user_id, const char *extension, const char *password);

/* user_password_api.c: handlers and their fields, for the table of routes. */
extern const struct web_field user_password_fields[], user_sip_password_fields[];
int user_post_password(struct web_request *req, struct db *db);
int user_post_sip_password(struct web_request *req, struct db *db);

#endif
