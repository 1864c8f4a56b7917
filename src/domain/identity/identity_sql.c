/* All SQL of identity. */
#include "identity/identity_sql.h"
#include "record/record.h"

#define DEPARTMENT_COLUMNS                                                                         \
	"SELECT id, parent_id, name, name_en, code, position, active, version FROM department "
#define PERSON_COLUMNS                                                                             \
	"SELECT id, account, name, department_id, extension, phone, email, language, active, "     \
	"is_agent, masks_numbers,"                                                                 \
	" version FROM person "
#define ACCOUNT_COLUMNS                                                                            \
	"SELECT id, account, name, department_id, extension, language, active, is_agent, "         \
	"masks_numbers, sip_ha1_md5,"                                                              \
	" sip_ha1_sha256 FROM person "
#define ACTOR_COLUMNS                                                                              \
	"p.id, p.account, p.name, p.language, p.department_id, p.masks_numbers, p.extension"
/* A role reaches as far as its group allows: a function taken from the group is gone from its roles at once. */
#define RIGHTS_FROM                                                                                \
	" FROM person_role pr JOIN role r ON r.id = pr.role_id JOIN role_permission rp ON "        \
	"rp.role_id = r.id"                                                                        \
	" JOIN group_function gf ON gf.group_id = r.group_id AND gf.permission = rp.permission "
#define PERSON_FILTER                                                                              \
	"WHERE account > $1 AND ($3 = '' OR lower(name) LIKE $3 OR lower(account) LIKE $3 OR "     \
	"extension LIKE $3)"                                                                       \
	" AND ($4 = 0 OR department_id = $4) AND ($5 < 0 OR active = $5) AND ($6 = 0 OR id = $6)"  \
	" AND ($7 = 1 OR $6 <> 0 OR "
#define PERSON_ORDER ") ORDER BY account LIMIT $2"

const struct db_stmt identity_statements[IDENTITY_STATEMENTS + 1] = {
	[DEPARTMENT_LIST] = { .name = "department.list",
		.in = "",
		.out = "iisssiii",
		.sql = DEPARTMENT_COLUMNS "ORDER BY position, id" },
	[DEPARTMENT_GET] = { .name = "department.get",
		.in = "i",
		.out = "iisssiii",
		.sql = DEPARTMENT_COLUMNS "WHERE id = $1" },
	[DEPARTMENT_ADD] = { .name = "department.add",
		.in = "insssii",
		.out = "",
		.sql = "INSERT INTO department (id, parent_id, name, name_en, code, position, "
		       "active, version)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, 1)" },
	[DEPARTMENT_CHANGE] = { .name = "department.change",
		.in = "insssiii",
		.out = "",
		.sql = "UPDATE department SET parent_id = $2, name = $3, name_en = $4, code = $5, "
		       "position = $6,"
		       " active = $7, version = version + 1 WHERE id = $1 AND version = $8" },
	[DEPARTMENT_TREE] = { .name = "department.tree",
		.in = "i",
		.out = "i",
		.sql = "WITH RECURSIVE tree (id) AS (SELECT id FROM department WHERE id = $1"
		       " UNION SELECT d.id FROM department d JOIN tree t ON d.parent_id = t.id)"
		       " SELECT id FROM tree ORDER BY id" },
	[DEPARTMENT_BY_CODE] = { .name = "department.by_code",
		.in = "s",
		.out = "i",
		.sql = "SELECT id FROM department WHERE code = $1" },

	[GROUP_LIST] = { .name = "group.list",
		.in = "",
		.out = "iissi",
		.sql = "SELECT id, department_id, name, name_en, version FROM staff_group ORDER BY "
		       "id" },
	[GROUP_GET] = { .name = "group.get",
		.in = "i",
		.out = "iissi",
		.sql = "SELECT id, department_id, name, name_en, version FROM staff_group WHERE id "
		       "= $1" },
	[GROUP_ADD] = { .name = "group.add",
		.in = "inss",
		.out = "",
		.sql = "INSERT INTO staff_group (id, department_id, name, name_en, version)"
		       " VALUES ($1, $2, $3, $4, 1)" },
	[GROUP_CHANGE] = { .name = "group.change",
		.in = "inssi",
		.out = "",
		.sql = "UPDATE staff_group SET department_id = $2, name = $3, name_en = $4, "
		       "version = version + 1"
		       " WHERE id = $1 AND version = $5" },
	[GROUP_FUNCTIONS] = { .name = "group.functions",
		.in = "i",
		.out = "is",
		.sql = "SELECT group_id, permission FROM group_function WHERE $1 = 0 OR group_id = "
		       "$1"
		       " ORDER BY group_id, permission" },
	[GROUP_FUNCTION_ADD] = { .name = "group.function_add",
		.in = "is",
		.out = "",
		.sql = "INSERT INTO group_function (group_id, permission) VALUES ($1, $2)" },
	[GROUP_FUNCTION_OFFER] = { .name = "group.function_offer",
		.in = "is",
		.out = "",
		.sql = "INSERT INTO group_function (group_id, permission) VALUES ($1, $2)"
		       " ON CONFLICT (group_id, permission) DO NOTHING" },
	[GROUP_FUNCTIONS_CLEAR] = { .name = "group.functions_clear",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM group_function WHERE group_id = $1" },

	[ROLE_LIST] = { .name = "role.list",
		.in = "",
		.out = "iissi",
		.sql = "SELECT id, group_id, name, name_en, version FROM role ORDER BY id" },
	[ROLE_GET] = { .name = "role.get",
		.in = "i",
		.out = "iissi",
		.sql = "SELECT id, group_id, name, name_en, version FROM role WHERE id = $1" },
	[ROLE_ADD] = { .name = "role.add",
		.in = "iiss",
		.out = "",
		.sql = "INSERT INTO role (id, group_id, name, name_en, version) VALUES ($1, $2, "
		       "$3, $4, 1)" },
	[ROLE_CHANGE] = { .name = "role.change",
		.in = "iissi",
		.out = "",
		.sql = "UPDATE role SET group_id = $2, name = $3, name_en = $4, version = version "
		       "+ 1"
		       " WHERE id = $1 AND version = $5" },
	[ROLE_DELETE] = { .name = "role.delete",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM role WHERE id = $1" },
	[ROLE_HOLDERS] = { .name = "role.holders",
		.in = "i",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM person_role WHERE role_id = $1" },
	[ROLE_COUNT] = { .name = "role.count",
		.in = "s",
		.out = "i",
		.sqlite = "SELECT COUNT(*) FROM role WHERE " SQL_IN_LIST_SQLITE("id", 1),
		.postgres = "SELECT COUNT(*) FROM role WHERE " SQL_IN_LIST_POSTGRES("id", 1) },
	[ROLE_BY_NAME] = { .name = "role.by_name",
		.in = "s",
		.out = "i",
		.sql = "SELECT MIN(id) FROM role WHERE name = $1 OR lower(name_en) = lower($1)" },
	[ROLE_PERMISSIONS] = { .name = "role.permissions",
		.in = "i",
		.out = "isi",
		.sql = "SELECT role_id, permission, data_range FROM role_permission WHERE $1 = 0 "
		       "OR role_id = $1"
		       " ORDER BY role_id, permission" },
	[ROLE_PERMISSION_ADD] = { .name = "role.permission_add",
		.in = "isi",
		.out = "",
		.sql = "INSERT INTO role_permission (role_id, permission, data_range) VALUES ($1, "
		       "$2, $3)" },
	[ROLE_PERMISSIONS_CLEAR] = { .name = "role.permissions_clear",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM role_permission WHERE role_id = $1" },
	/* Functions of these roles that reach further than person $1 does: who hands out more than they have? */
	[ROLE_EXCEEDING] = { .name = "role.exceeding",
		.in = "is",
		.out = "i",
		.sqlite = "SELECT COUNT(*) FROM role_permission rp JOIN role r ON r.id = rp.role_id"
			  " JOIN group_function gf ON gf.group_id = r.group_id AND gf.permission = "
			  "rp.permission"
			  " WHERE " SQL_IN_LIST_SQLITE("rp.role_id",
				  2) " AND rp.permission IN (SELECT name FROM permission_seen)"
				     " AND rp.data_range > COALESCE((SELECT MAX(mine.data_range) "
				     "FROM person_role pm"
				     " JOIN role mr ON mr.id = pm.role_id JOIN role_permission "
				     "mine ON mine.role_id = mr.id"
				     " JOIN group_function mg ON mg.group_id = mr.group_id AND "
				     "mg.permission = mine.permission"
				     " WHERE pm.user_id = $1 AND mine.permission = rp.permission), "
				     "0)",
		.postgres =
			"SELECT COUNT(*) FROM role_permission rp JOIN role r ON r.id = rp.role_id"
			" JOIN group_function gf ON gf.group_id = r.group_id AND gf.permission = "
			"rp.permission"
			" WHERE " SQL_IN_LIST_POSTGRES("rp.role_id",
				2) " AND rp.permission IN (SELECT name FROM permission_seen)"
				   " AND rp.data_range > COALESCE((SELECT MAX(mine.data_range) "
				   "FROM person_role pm"
				   " JOIN role mr ON mr.id = pm.role_id JOIN role_permission mine "
				   "ON mine.role_id = mr.id"
				   " JOIN group_function mg ON mg.group_id = mr.group_id AND "
				   "mg.permission = mine.permission"
				   " WHERE pm.user_id = $1 AND mine.permission = rp.permission), "
				   "0)" },

	[PERMISSION_SEE] = { .name = "permission.see",
		.in = "s",
		.out = "",
		.sql = "INSERT INTO permission_seen (name) VALUES ($1) ON CONFLICT (name) DO "
		       "NOTHING" },
	[PERMISSION_OFFER] = { .name = "permission.offer",
		.in = "s",
		.out = "",
		.sql = "INSERT INTO group_function (group_id, permission) SELECT DISTINCT "
		       "r.group_id, $1 FROM role r"
		       " JOIN role_permission rp ON rp.role_id = r.id WHERE rp.permission = "
		       "'role.manage'"
		       " ON CONFLICT (group_id, permission) DO NOTHING" },
	[PERMISSION_GIVE] = { .name = "permission.give",
		.in = "s",
		.out = "",
		.sql = "INSERT INTO role_permission (role_id, permission, data_range) SELECT "
		       "rp.role_id, $1, 4"
		       " FROM role_permission rp WHERE rp.permission = 'role.manage'"
		       " ON CONFLICT (role_id, permission) DO NOTHING" },

	/* $1 account of the page before, $2 limit, $3 pattern, $4 department, $5 active, $6 own id, $7 all, $8 departments */
	[PERSON_LIST] = { .name = "person.list",
		.in = "sisiiiis",
		.out = "ississssiiii",
		.sqlite = PERSON_COLUMNS PERSON_FILTER SQL_IN_LIST_SQLITE("department_id", 8)
			PERSON_ORDER,
		.postgres = PERSON_COLUMNS PERSON_FILTER SQL_IN_LIST_POSTGRES("department_id", 8)
			PERSON_ORDER },
	[PERSON_GET] = { .name = "person.get",
		.in = "i",
		.out = "ississssiiii",
		.sql = PERSON_COLUMNS "WHERE id = $1" },
	[PERSON_ADD] = { .name = "person.add",
		.in = "ississssiiisi",
		.out = "",
		.sql = "INSERT INTO person (id, account, name, department_id, extension, phone, "
		       "email, language, active,"
		       " is_agent, masks_numbers, password_hash, created, updated, theme, "
		       "preferences, version)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, "
		       "'system', '{}', 1)" },
	[PERSON_CHANGE] = { .name = "person.change",
		.in = "ississssiiiii",
		.out = "",
		.sql = "UPDATE person SET account = $2, name = $3, department_id = $4,"
		       " sip_ha1_md5 = CASE WHEN extension = $5 THEN sip_ha1_md5 END,"
		       " sip_ha1_sha256 = CASE WHEN extension = $5 THEN sip_ha1_sha256 END,"
		       " extension = $5, phone = $6, email = $7, language = $8, active = $9, "
		       "is_agent = $10,"
		       " masks_numbers = $11, updated = $12, version = version + 1 WHERE id = $1 "
		       "AND version = $13" },
	[PERSON_NAMES] = { .name = "person.names",
		.in = "",
		.out = "is",
		.sql = "SELECT id, name FROM person" },
	[PERSON_ACCOUNT] = { .name = "person.account",
		.in = "i",
		.out = "ississiiiss",
		.sql = ACCOUNT_COLUMNS "WHERE id = $1" },
	[PERSON_ACCOUNT_BY_EXTENSION] = { .name = "person.by_extension",
		.in = "s",
		.out = "ississiiiss",
		.sql = ACCOUNT_COLUMNS "WHERE extension = $1" },
	[PERSON_EXTENSIONS] = { .name = "person.extensions",
		.in = "",
		.out = "ississiiiss",
		.sql = ACCOUNT_COLUMNS "WHERE active = 1 AND extension IS NOT NULL ORDER BY id" },
	[PERSON_AGENTS] = { .name = "person.agents",
		.in = "",
		.out = "ississiiiss",
		.sql = ACCOUNT_COLUMNS "WHERE active = 1 AND is_agent = 1 ORDER BY id" },
	[PERSON_BY_ACCOUNT] = { .name = "person.by_account",
		.in = "s",
		.out = "i",
		.sql = "SELECT id FROM person WHERE account = $1" },
	[PERSON_COUNT] = { .name = "person.count",
		.in = "",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM person" },
	[PERSON_ROLES] = { .name = "person.roles",
		.in = "s",
		.out = "iiss",
		.sqlite =
			"SELECT pr.user_id, r.id, r.name, r.name_en FROM person_role pr JOIN role "
			"r ON r.id = pr.role_id"
			" WHERE " SQL_IN_LIST_SQLITE("pr.user_id", 1) " ORDER BY pr.user_id, r.id",
		.postgres = "SELECT pr.user_id, r.id, r.name, r.name_en FROM person_role pr JOIN "
			    "role r ON r.id = pr.role_id"
			    " WHERE " SQL_IN_LIST_POSTGRES(
				    "pr.user_id", 1) " ORDER BY pr.user_id, r.id" },
	[PERSON_ROLE_IDS] = { .name = "person.role_ids",
		.in = "i",
		.out = "i",
		.sql = "SELECT role_id FROM person_role WHERE user_id = $1 ORDER BY role_id" },
	[PERSON_ROLE_ADD] = { .name = "person.role_add",
		.in = "ii",
		.out = "",
		.sql = "INSERT INTO person_role (user_id, role_id) VALUES ($1, $2)" },
	[PERSON_ROLES_CLEAR] = { .name = "person.roles_clear",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM person_role WHERE user_id = $1" },
	[PERSON_RIGHTS] = { .name = "person.rights",
		.in = "i",
		.out = "si",
		.sql = "SELECT rp.permission, MAX(rp.data_range)" RIGHTS_FROM
		       "WHERE pr.user_id = $1 GROUP BY rp.permission" },
	[PERSON_RIGHTS_FROM] = { .name = "person.rights_from",
		.in = "i",
		.out = "sis",
		.sql = "SELECT rp.permission, rp.data_range, r.name" RIGHTS_FROM
		       "WHERE pr.user_id = $1 ORDER BY rp.permission, rp.data_range DESC, r.id" },
	[PERSON_SIGN_IN] = { .name = "person.sign_in",
		.in = "s",
		.out = "isi",
		.sql = "SELECT id, password_hash, active FROM person WHERE account = $1" },
	[PERSON_PASSWORD] = { .name = "person.password",
		.in = "isi",
		.out = "",
		.sql = "UPDATE person SET password_hash = $2, updated = $3 WHERE id = $1" },
	[PERSON_SIP_PASSWORD] = { .name = "person.sip_password",
		.in = "issi",
		.out = "",
		.sql = "UPDATE person SET sip_ha1_md5 = $2, sip_ha1_sha256 = $3, updated = $4 "
		       "WHERE id = $1" },
	[PERSON_ME] = { .name = "person.me",
		.in = "i",
		.out = "isssssisii",
		.sql = "SELECT id, account, name, language, theme, preferences, department_id, "
		       "extension, is_agent,"
		       " masks_numbers FROM person WHERE id = $1" },
	[PERSON_ME_CHANGE] = { .name = "person.me_change",
		.in = "isssi",
		.out = "",
		.sql = "UPDATE person SET language = $2, theme = $3, preferences = $4, updated = "
		       "$5 WHERE id = $1" },
	[PERSON_ACTOR] = { .name = "person.actor",
		.in = "i",
		.out = "isssiis",
		.sql = "SELECT " ACTOR_COLUMNS " FROM person p WHERE p.id = $1 AND p.active = 1" },
	/* people who can give rights back: user.manage over everything and role.manage */
	[ADMINISTRATORS] = { .name = "person.administrators",
		.in = "",
		.out = "i",
		.sql = "SELECT COUNT(*) FROM person p WHERE p.active = 1 AND p.id IN (SELECT "
		       "pr.user_id" RIGHTS_FROM
		       "WHERE rp.permission = 'user.manage' AND rp.data_range = 4)"
		       " AND p.id IN (SELECT pr.user_id" RIGHTS_FROM
		       "WHERE rp.permission = 'role.manage')" },

	[SESSION_ADD] = { .name = "session.add",
		.in = "iisssiii",
		.out = "",
		.sql = "INSERT INTO session (id, user_id, secret_hash, csrf, source, created, "
		       "seen, expires)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" },
	[SESSION_RESOLVE] = { .name = "session.resolve",
		.in = "s",
		.out = "isiiisssiis",
		.sql = "SELECT s.id, s.csrf, s.seen, s.expires, " ACTOR_COLUMNS " FROM session s"
		       " JOIN person p ON p.id = s.user_id WHERE s.secret_hash = $1 AND p.active = "
		       "1" },
	[SESSION_SEEN] = { .name = "session.seen",
		.in = "ii",
		.out = "",
		.sql = "UPDATE session SET seen = $2 WHERE id = $1 AND seen < $2" },
	[SESSION_GET] = { .name = "session.get",
		.in = "i",
		.out = "si",
		.sql = "SELECT csrf, expires FROM session WHERE id = $1" },
	[SESSION_DELETE] = { .name = "session.delete",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM session WHERE id = $1" },
	[SESSIONS_DELETE_OF] = { .name = "session.delete_of",
		.in = "ii",
		.out = "",
		.sql = "DELETE FROM session WHERE user_id = $1 AND id <> $2" },
	[SESSIONS_CLEAN] = { .name = "session.clean",
		.in = "ii",
		.out = "",
		.sql = "DELETE FROM session WHERE expires < $1 OR seen < $2" },

	[TOKEN_LIST] = { .name = "token.list",
		.in = "i",
		.out = "issiii",
		.sql = "SELECT id, name, scopes, expires, last_used, created FROM api_token WHERE "
		       "user_id = $1 ORDER BY id" },
	[TOKEN_ADD] = { .name = "token.add",
		.in = "iisssin",
		.out = "",
		.sql = "INSERT INTO api_token (id, user_id, name, secret_hash, scopes, created, "
		       "expires)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7)" },
	[TOKEN_RESOLVE] = { .name = "token.resolve",
		.in = "si",
		.out = "isiisssiis",
		.sql = "SELECT t.id, t.scopes, t.last_used, " ACTOR_COLUMNS " FROM api_token t"
		       " JOIN person p ON p.id = t.user_id WHERE t.secret_hash = $1 AND p.active = "
		       "1"
		       " AND (t.expires IS NULL OR t.expires > $2)" },
	[TOKEN_USED] = { .name = "token.used",
		.in = "ii",
		.out = "",
		.sql = "UPDATE api_token SET last_used = $2 WHERE id = $1" },
	[TOKEN_DELETE] = { .name = "token.delete",
		.in = "ii",
		.out = "",
		.sql = "DELETE FROM api_token WHERE id = $1 AND user_id = $2" },
	[TOKENS_DELETE_OF] = { .name = "token.delete_of",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM api_token WHERE user_id = $1" },

	[THROTTLE_GET] = { .name = "throttle.get",
		.in = "ss",
		.out = "ii",
		.sql = "SELECT failures, wait_until FROM sign_in_throttle WHERE kind = $1 AND name "
		       "= $2" },
	[THROTTLE_SET] = { .name = "throttle.set",
		.in = "ssiii",
		.out = "",
		.sql = "INSERT INTO sign_in_throttle (kind, name, failures, wait_until, updated)"
		       " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, name) DO UPDATE SET "
		       "failures = excluded.failures,"
		       " wait_until = excluded.wait_until, updated = excluded.updated" },
	[THROTTLE_CLEAR] = { .name = "throttle.clear",
		.in = "ss",
		.out = "",
		.sql = "DELETE FROM sign_in_throttle WHERE kind = $1 AND name = $2" },
	[THROTTLE_CLEAN] = { .name = "throttle.clean",
		.in = "i",
		.out = "",
		.sql = "DELETE FROM sign_in_throttle WHERE updated < $1" },
	{ 0 }
};
