/* What the files of identity share and nobody else needs. */
#ifndef HOTLINE_DOMAIN_IDENTITY_INTERNAL_H
#define HOTLINE_DOMAIN_IDENTITY_INTERNAL_H

#include <sodium.h>
#include "audit/audit.h"
#include "identity/identity.h"
#include "identity/identity_sql.h"
#include "record/record.h"
#include "web/web.h"

#define SESSION_COOKIE "hotline_session"

enum {
	SECRET_SIZE = 48,      /* base64url of 32 random bytes, NUL included */
	SECRET_HASH_SIZE = 65, /* hex of SHA-256, NUL included */
	CSRF_SIZE = 65,
	PASSWORD_HASH_SIZE = crypto_pwhash_STRBYTES,
	PASSWORD_MAX = 200,
};

const struct platform *identity_platform(void);

/* secret.c */
void secret_make(char secret[SECRET_SIZE]);
void secret_hash(char hash[SECRET_HASH_SIZE], const char *secret);
void secret_csrf(char csrf[CSRF_SIZE]);

/* password.c: Argon2id takes a tenth of a second and many megabytes, so it has a thread of its own: neither a web worker nor the
 * writer waits for it, and not more than one computes at a time. */
int password_start(void);
void password_stop(void);
int password_post(
	void (*fn)(void *arg), void *arg); /* runs fn on that thread; EAGAIN when too many wait */
int password_hash(char hash[PASSWORD_HASH_SIZE], const char *password);
/* 0, EACCES. hash NULL (nobody has this account): takes as long and refuses. */
int password_verify(const char *hash, const char *password);
bool password_is_outdated(
	const char *hash); /* made with other parameters than those of the settings */
/* NULL, or the code of what is wrong with it. */
const char *password_problem(const char *account, const char *password);

/* actor_make.c */
int identity_resolve(struct db *db, const char *secret, bool bearer, const struct actor **actor,
	char csrf[CSRF_SIZE]);

/* rights.c */
extern const char *const range_names[];
struct right { /* one function and how far it reaches */
	const char *name;
	int range;
	struct field_list from; /* names of roles; for GET /users/{id}/rights */
};
extern const struct web_field right_fields[], right_body_fields[];
/* Nobody may give, or govern somebody who has, more than they hold themselves. EPERM with a problem when these roles
 * ("[1,2]") reach further than the actor. */
int rights_check_roles(struct web_request *req, struct db *db, const char *roles_json);
int rights_check_person(struct web_request *req, struct db *db, int64_t user_id);
/* After a change: somebody must still be able to give rights back. */
int rights_check_administrator(struct web_request *req, struct db *db);

/* Listens to the events of other nodes. */
void identity_hear(const struct event *event, void *arg);
/* After the commit: this person's sockets are closed and browsers told. */
int identity_sessions_ended(struct db *db, int64_t user_id);

/* identity_demo.c */
int identity_demo(struct db *db);

/* names.c */
void names_changed(void); /* after a commit: the next identity_names_refresh reads again */
void names_free(void);

extern const struct web_route session_routes[], department_routes[], role_routes[], user_routes[],
	token_routes[];

#endif
