-- One contact on one channel, and everything that hangs on it. Sources: requirements 6.1, K4, K5, B5; design 4.
CREATE TABLE interaction (
	id @ID,
	channel TEXT NOT NULL,             -- call, later email, sms ...
	direction TEXT NOT NULL,           -- in, out, internal
	number TEXT NOT NULL,              -- normalised number of the other side, '' when withheld
	called TEXT NOT NULL,
	origin TEXT NOT NULL,              -- trunk:NAME, account:EXT, guest
	customer_id BIGINT,
	department_id BIGINT,              -- of the queue (or agent) that has or had it
	queue_id BIGINT,
	agent_id BIGINT,                   -- last agent connected
	flow_id BIGINT,
	flow_version BIGINT,
	language TEXT NOT NULL,
	started BIGINT NOT NULL,
	answered BIGINT,                   -- by an agent
	ended BIGINT,
	waiting_ms BIGINT NOT NULL,        -- in queues, ring time included, IVR excluded
	talk_ms BIGINT NOT NULL,
	hold_ms BIGINT NOT NULL,
	wrapup_ms BIGINT NOT NULL,
	outcome TEXT NOT NULL,
	hangup_by TEXT,                    -- caller, agent, system
	disposition TEXT,
	note TEXT,
	has_recording BIGINT NOT NULL,
	sip_call_id TEXT,
	version BIGINT NOT NULL
);
CREATE INDEX interaction_department ON interaction (department_id, id);
CREATE INDEX interaction_agent ON interaction (agent_id, id);
CREATE INDEX interaction_customer ON interaction (customer_id, id);
CREATE INDEX interaction_number ON interaction (number, id);
CREATE INDEX interaction_queue ON interaction (queue_id, id);
CREATE INDEX interaction_open ON interaction (ended, id);

-- What happened, to the millisecond, in order of id.
CREATE TABLE interaction_step (
	id @ID,
	interaction_id BIGINT NOT NULL REFERENCES interaction (id),
	time BIGINT NOT NULL,
	kind TEXT NOT NULL,
	user_id BIGINT,
	queue_id BIGINT,
	detail TEXT
);
CREATE INDEX interaction_step_of ON interaction_step (interaction_id, id);

-- One row per entry into a queue: the base of all traffic figures. The identity of requirements 6.1 holds over these rows:
-- offered = answered + abandoned + flowout + still waiting (outcome NULL).
CREATE TABLE queue_entry (
	id @ID,
	interaction_id BIGINT NOT NULL REFERENCES interaction (id),
	queue_id BIGINT NOT NULL,
	entered BIGINT NOT NULL,
	left_at BIGINT,
	waiting_ms BIGINT,
	outcome TEXT,                      -- answered, abandoned, flowout, withdrawn
	reason TEXT,                       -- flowout: overflow, timeout, voicemail, ivr, closed, full, empty; abandoned: queue, ringing, short
	agent_id BIGINT
);
CREATE INDEX queue_entry_queue ON queue_entry (queue_id, entered);
CREATE INDEX queue_entry_interaction ON queue_entry (interaction_id, id);
CREATE INDEX queue_entry_open ON queue_entry (outcome, queue_id);

CREATE TABLE interaction_leg (
	id @ID,
	interaction_id BIGINT NOT NULL REFERENCES interaction (id),
	kind TEXT NOT NULL,                -- caller, agent, outside
	user_id BIGINT,
	codec TEXT,
	started BIGINT NOT NULL,
	answered BIGINT,
	ended BIGINT,
	hangup_by TEXT,
	status BIGINT,
	stats TEXT                         -- JSON
);
CREATE INDEX interaction_leg_of ON interaction_leg (interaction_id, id);

CREATE TABLE interaction_ivr (
	id @ID,
	interaction_id BIGINT NOT NULL REFERENCES interaction (id),
	time BIGINT NOT NULL,
	node TEXT NOT NULL,
	type TEXT NOT NULL,
	name TEXT NOT NULL,
	port TEXT NOT NULL,
	keys TEXT NOT NULL
);
CREATE INDEX interaction_ivr_of ON interaction_ivr (interaction_id, id);

CREATE TABLE interaction_value (
	interaction_id BIGINT NOT NULL REFERENCES interaction (id),
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (interaction_id, name)
);

CREATE TABLE recording (
	id @ID,
	interaction_id BIGINT NOT NULL REFERENCES interaction (id),
	kind TEXT NOT NULL,                -- call, voicemail
	path TEXT NOT NULL,                -- below the data folder
	started BIGINT NOT NULL,
	milliseconds BIGINT,               -- NULL: still running
	degraded BIGINT NOT NULL,
	cut_short BIGINT NOT NULL          -- the program ended while it ran
);
CREATE INDEX recording_of ON recording (interaction_id, id);
CREATE INDEX recording_open ON recording (milliseconds);

-- States of agents as intervals: occupancy and adherence come from here.
CREATE TABLE agent_state_log (
	id @ID,
	user_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT,
	started BIGINT NOT NULL,
	ended BIGINT
);
CREATE INDEX agent_state_log_user ON agent_state_log (user_id, started);
CREATE INDEX agent_state_log_open ON agent_state_log (ended);
