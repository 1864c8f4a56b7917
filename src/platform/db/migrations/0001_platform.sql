-- Rows of the platform itself: settings, events, jobs, leases, repeated requests.

CREATE TABLE setting (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL,
	changed BIGINT NOT NULL
);

CREATE TABLE outbox (
	id @ID,
	type TEXT NOT NULL,
	entity_id BIGINT,
	user_id BIGINT,
	permission TEXT,
	department_id BIGINT,
	payload TEXT,
	created BIGINT NOT NULL
);

-- state: 0 waiting, 1 leased to a worker, 2 failed for good. Done jobs are deleted.
CREATE TABLE job (
	id @ID,
	type TEXT NOT NULL,
	unique_key TEXT,
	payload TEXT,
	state BIGINT NOT NULL,
	due BIGINT NOT NULL, -- leased: when the lease ends
	attempt BIGINT NOT NULL,
	lease BIGINT, -- tells one lease from the next
	error TEXT,
	created BIGINT NOT NULL
);
CREATE INDEX job_due ON job (due) WHERE state < 2;
CREATE UNIQUE INDEX job_waiting ON job (type, unique_key) WHERE state = 0;

-- A right that one node holds for a while: ownership of a queue, recurring work.
CREATE TABLE lease (
	name TEXT PRIMARY KEY,
	holder BIGINT NOT NULL,
	until BIGINT NOT NULL
);

-- Answers to requests that carried an Idempotency-Key.
CREATE TABLE idempotency_key (
	key TEXT NOT NULL,
	actor BIGINT NOT NULL,
	route TEXT NOT NULL,
	status BIGINT NOT NULL,
	body TEXT,
	created BIGINT NOT NULL,
	PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_key_created ON idempotency_key (created);
