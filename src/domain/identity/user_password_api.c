/* Passwords that others make for a person: to sign in, and for a desk phone. */
#include <errno.h>
#include "clock/clock.h"
#include "identity/identity_internal.h"
#include "identity/user.h"
#include "sip/sip.h"

struct new_password { /* on its way over the password thread */
	struct web_request *req;
	struct user user;
	char hash[PASSWORD_HASH_SIZE];
};

const struct web_field user_password_fields[] = { { F(struct password_body, password, FIELD_TEXT),
							  .required = true, .max = PASSWORD_MAX },
	{ 0 } };

static int write_password(struct db *db, void *arg)
{
	struct new_password *n = arg;
	int err = user_find(n->req, db, "user.manage", NULL, &n->user);

	if (!err)
		err = rights_check_person(n->req, db, n->user.id);
	if (!err)
		err = db_exec(db, ST(PERSON_PASSWORD), NULL, n->user.id, n->hash, clock_now());
	if (!err)
		err = db_exec(db, ST(SESSIONS_DELETE_OF), NULL, n->user.id,
			web_actor(n->req)->session_id);
	if (!err)
		err = db_exec(db, ST(THROTTLE_CLEAR), NULL, "account", n->user.account);
	if (!err)
		err = audit_request(n->req, db, "password", "user", n->user.id, NULL);
	return err ? err : identity_changed(db, n->user.id);
}

static void run_password(void *arg)
{
	struct new_password *n = arg;
	const struct password_body *body = web_body(n->req);
	int err = password_hash(n->hash, body->password);

	if (!err)
		err = db_write(identity_platform()->database, write_password, n);
	web_finish(n->req, err ? err : web_reply_empty(n->req));
}

int user_post_password(struct web_request *req, struct db *db)
{
	struct new_password *n = arena_alloc(web_arena(req), sizeof(*n));
	const struct password_body *body = web_body(req);
	const char *wrong = password_problem(NULL, body->password);

	(void)db;
	if (!n)
		return ENOMEM;
	if (wrong)
		return web_problem(
			req, 422, wrong, "password", "the password is not strong enough");
	n->req = req;
	if (password_post(run_password, n))
		return web_problem(req, 503, "busy", NULL, "too many passwords are being made");
	return web_defer(req);
}

int user_set_sip_password(
	struct db *db, int64_t user_id, const char *extension, const char *password)
{
	char md5[33], sha256[65];

	sip_digest_ha1(md5, sha256, extension, IDENTITY_SIP_REALM, password);
	return db_exec(db, ST(PERSON_SIP_PASSWORD), NULL, user_id, md5, sha256, clock_now());
}

struct sip_password {
	const char *extension, *realm, *sip_password;
};
const struct web_field user_sip_password_fields[] = {
	{ F(struct sip_password, extension, FIELD_TEXT) },
	{ F(struct sip_password, realm, FIELD_TEXT) },
	{ F(struct sip_password, sip_password, FIELD_TEXT), .text = "Shown this once" }, { 0 }
};

int user_post_sip_password(struct web_request *req, struct db *db)
{
	char secret[SECRET_SIZE];
	struct sip_password reply;
	struct user user;
	int err = user_find(req, db, "user.manage", NULL, &user);

	if (!err)
		err = rights_check_person(req, db, user.id);
	if (!err && !user.extension)
		err = web_problem(
			req, 409, "no_extension", NULL, "give the person an extension first");
	if (err)
		return err;
	secret_make(secret);
	secret[16] = '\0'; /* 96 bits, and still typed into a desk phone */
	reply = (struct sip_password){ user.extension, IDENTITY_SIP_REALM, secret };
	err = user_set_sip_password(db, user.id, user.extension, secret);
	if (!err)
		err = audit_request(req, db, "sip_password", "user", user.id, NULL);
	if (!err)
		err = identity_changed(db, user.id);
	return err ? err : web_reply(req, 200, &reply);
}
