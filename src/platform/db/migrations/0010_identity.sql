-- Departments, groups with their functions, post roles, people (requirements B54-B60), sessions, API tokens, audit.
CREATE TABLE department (
	id @ID,
	parent_id BIGINT REFERENCES department (id),
	name TEXT NOT NULL,
	name_en TEXT NOT NULL,
	code TEXT NOT NULL UNIQUE,
	position BIGINT NOT NULL,
	active BIGINT NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX department_parent ON department (parent_id);

CREATE TABLE staff_group (
	id @ID,
	department_id BIGINT REFERENCES department (id),
	name TEXT NOT NULL UNIQUE,
	name_en TEXT NOT NULL,
	version BIGINT NOT NULL
);
-- The functions a group may hand to its roles (B57); names of permissions.
CREATE TABLE group_function (
	group_id BIGINT NOT NULL REFERENCES staff_group (id),
	permission TEXT NOT NULL,
	PRIMARY KEY (group_id, permission)
);

CREATE TABLE role (
	id @ID,
	group_id BIGINT NOT NULL REFERENCES staff_group (id),
	name TEXT NOT NULL,
	name_en TEXT NOT NULL,
	version BIGINT NOT NULL,
	UNIQUE (group_id, name)
);
-- data_range: 1 own, 2 department, 3 department tree, 4 all (A13, A14).
CREATE TABLE role_permission (
	role_id BIGINT NOT NULL REFERENCES role (id),
	permission TEXT NOT NULL,
	data_range BIGINT NOT NULL,
	PRIMARY KEY (role_id, permission)
);

-- Permissions this database has met; a new one of a newer program is given to whoever manages roles.
CREATE TABLE permission_seen (
	name TEXT PRIMARY KEY
);

CREATE TABLE person (
	id @ID,
	account TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	department_id BIGINT NOT NULL REFERENCES department (id),
	extension TEXT UNIQUE,
	phone TEXT,
	email TEXT,
	language TEXT NOT NULL,
	theme TEXT NOT NULL,
	preferences TEXT NOT NULL,
	active BIGINT NOT NULL,
	is_agent BIGINT NOT NULL,
	masks_numbers BIGINT NOT NULL,
	password_hash TEXT,
	sip_ha1_md5 TEXT,
	sip_ha1_sha256 TEXT,
	version BIGINT NOT NULL,
	created BIGINT NOT NULL,
	updated BIGINT NOT NULL
);
CREATE INDEX person_department ON person (department_id);

CREATE TABLE person_role (
	user_id BIGINT NOT NULL REFERENCES person (id),
	role_id BIGINT NOT NULL REFERENCES role (id),
	PRIMARY KEY (user_id, role_id)
);
CREATE INDEX person_role_role ON person_role (role_id);

-- The cookie's value is kept only as its hash.
CREATE TABLE session (
	id @ID,
	user_id BIGINT NOT NULL REFERENCES person (id),
	secret_hash TEXT NOT NULL UNIQUE,
	csrf TEXT NOT NULL,
	source TEXT NOT NULL,
	created BIGINT NOT NULL,
	seen BIGINT NOT NULL,
	expires BIGINT NOT NULL
);
CREATE INDEX session_person ON session (user_id);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE api_token (
	id @ID,
	user_id BIGINT NOT NULL REFERENCES person (id),
	name TEXT NOT NULL,
	secret_hash TEXT NOT NULL UNIQUE,
	scopes TEXT NOT NULL,
	created BIGINT NOT NULL,
	expires BIGINT,
	last_used BIGINT
);
CREATE INDEX api_token_person ON api_token (user_id);

-- Wrong passwords by account and by source address, with a delay that grows.
CREATE TABLE sign_in_throttle (
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	failures BIGINT NOT NULL,
	wait_until BIGINT NOT NULL,
	updated BIGINT NOT NULL,
	PRIMARY KEY (kind, name)
);
CREATE INDEX sign_in_throttle_updated ON sign_in_throttle (updated);

CREATE TABLE audit (
	id @ID,
	time BIGINT NOT NULL,
	user_id BIGINT,
	action TEXT NOT NULL,
	entity TEXT NOT NULL,
	entity_id BIGINT,
	changes TEXT,
	reason TEXT,
	source TEXT
);
CREATE INDEX audit_entity ON audit (entity, entity_id, id);
CREATE INDEX audit_person ON audit (user_id, id);

-- What people were typing, kept while they type.
CREATE TABLE draft (
	id @ID,
	user_id BIGINT NOT NULL REFERENCES person (id),
	name TEXT NOT NULL,
	content TEXT NOT NULL,
	updated BIGINT NOT NULL,
	UNIQUE (user_id, name)
);
