-- Tickets, their timeline, states as a table of transitions, number rules (design 4, K7).
CREATE TABLE ticket (
	id @ID,
	number TEXT NOT NULL UNIQUE,
	type TEXT NOT NULL,
	subject TEXT NOT NULL,
	text TEXT,
	priority TEXT NOT NULL,
	department_id BIGINT NOT NULL REFERENCES department (id),
	assignee_id BIGINT REFERENCES person (id),
	customer_id BIGINT REFERENCES customer (id),
	interaction_id BIGINT, -- the contact it came from; that table belongs to a later file
	state TEXT NOT NULL,
	is_open BIGINT NOT NULL, -- follows the category of the state
	due BIGINT,
	channel TEXT,
	created BIGINT NOT NULL,
	created_by BIGINT REFERENCES person (id),
	updated BIGINT NOT NULL,
	closed BIGINT,
	version BIGINT NOT NULL
);
-- One index per way into the list; the id is the time, so each gives its page newest first.
CREATE INDEX ticket_department ON ticket (department_id, id);
CREATE INDEX ticket_department_state ON ticket (department_id, state, id);
CREATE INDEX ticket_assignee ON ticket (assignee_id, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX ticket_assignee_open ON ticket (assignee_id, id) WHERE is_open = 1;
CREATE INDEX ticket_customer ON ticket (customer_id, id) WHERE customer_id IS NOT NULL;

-- kind: internal public state change call recording opened assign system
CREATE TABLE ticket_entry (
	id @ID,
	ticket_id BIGINT NOT NULL REFERENCES ticket (id),
	kind TEXT NOT NULL,
	time BIGINT NOT NULL,
	user_id BIGINT REFERENCES person (id),
	on_behalf_of_id BIGINT REFERENCES person (id),
	text TEXT,
	data TEXT,
	interaction_id BIGINT,
	recording_id BIGINT
);
CREATE INDEX ticket_entry_ticket ON ticket_entry (ticket_id, id);

CREATE TABLE ticket_interaction (
	interaction_id BIGINT NOT NULL,
	ticket_id BIGINT NOT NULL REFERENCES ticket (id),
	PRIMARY KEY (interaction_id, ticket_id)
);
CREATE INDEX ticket_interaction_ticket ON ticket_interaction (ticket_id);

-- What may follow what. type '' serves every ticket type without rows of its own.
CREATE TABLE ticket_transition (
	id @ID,
	type TEXT NOT NULL,
	from_state TEXT NOT NULL,
	event TEXT NOT NULL,
	to_state TEXT NOT NULL,
	UNIQUE (type, from_state, to_state)
);
INSERT INTO ticket_transition (id, type, from_state, event, to_state) VALUES
	(1, '', 'new', 'start', 'open'), (2, '', 'new', 'wait', 'waiting'), (3, '', 'new', 'solve', 'solved'),
	(4, '', 'new', 'void', 'void'), (5, '', 'open', 'wait', 'waiting'), (6, '', 'open', 'solve', 'solved'),
	(7, '', 'open', 'void', 'void'), (8, '', 'waiting', 'resume', 'open'), (9, '', 'waiting', 'solve', 'solved'),
	(10, '', 'waiting', 'void', 'void'), (11, '', 'solved', 'reopen', 'open'), (12, '', 'solved', 'close', 'closed'),
	(13, '', 'closed', 'reopen', 'open'), (14, '', 'void', 'reopen', 'open');

-- Number rules: {date} is the local date of the period, {n} the count in it, padded to `digits`.
-- period: 'day', 'month', 'year' or 'none'.
CREATE TABLE number_rule (
	name TEXT PRIMARY KEY,
	pattern TEXT NOT NULL,
	period TEXT NOT NULL,
	digits BIGINT NOT NULL
);
INSERT INTO number_rule (name, pattern, period, digits) VALUES ('ticket', 'T{date}-{n}', 'day', 4);
CREATE TABLE number_counter (
	rule TEXT NOT NULL REFERENCES number_rule (name),
	period TEXT NOT NULL,
	last BIGINT NOT NULL,
	PRIMARY KEY (rule, period)
);
