-- Customers with their telephones of the kinds of A43 and addresses (K6).
CREATE TABLE customer (
	id @ID,
	name TEXT NOT NULL,
	organisation TEXT,
	type TEXT,
	level TEXT,
	department_id BIGINT NOT NULL REFERENCES department (id),
	email TEXT,
	remark TEXT,
	tags TEXT NOT NULL,
	blocked BIGINT NOT NULL,
	last_agent_id BIGINT REFERENCES person (id),
	version BIGINT NOT NULL,
	created BIGINT NOT NULL,
	updated BIGINT NOT NULL
);
CREATE INDEX customer_department ON customer (department_id, id);

-- normalized is what numbers are matched by; reversed finds the last digits by a prefix.
CREATE TABLE customer_phone (
	id @ID,
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	position BIGINT NOT NULL,
	kind TEXT NOT NULL,
	number TEXT NOT NULL,
-- @sqlite
	normalized TEXT NOT NULL,
	reversed TEXT NOT NULL,
-- @postgres
	normalized TEXT COLLATE "C" NOT NULL,
	reversed TEXT COLLATE "C" NOT NULL,
-- @both
	note TEXT
);
CREATE INDEX customer_phone_customer ON customer_phone (customer_id, position);
CREATE INDEX customer_phone_normalized ON customer_phone (normalized, customer_id);
CREATE INDEX customer_phone_reversed ON customer_phone (reversed, customer_id);

CREATE TABLE customer_address (
	id @ID,
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	position BIGINT NOT NULL,
	kind TEXT NOT NULL,
	text TEXT NOT NULL,
	contact TEXT
);
CREATE INDEX customer_address_customer ON customer_address (customer_id, position);

-- Tails of name, organisation and their pinyin, lower case: a part of a name is found as a prefix of one of them.
-- @sqlite
CREATE TABLE customer_term (
	term TEXT NOT NULL,
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	department_id BIGINT NOT NULL, -- as in customer, so that a search within a range touches nothing else
	PRIMARY KEY (term, customer_id)
) WITHOUT ROWID;
-- @postgres
CREATE TABLE customer_term (
	term TEXT COLLATE "C" NOT NULL,
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	department_id BIGINT NOT NULL,
	PRIMARY KEY (term, customer_id)
);
-- @both
CREATE INDEX customer_term_customer ON customer_term (customer_id);
