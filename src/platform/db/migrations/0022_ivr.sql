-- Prompts, IVR flows with their versions, entry numbers, trunks. Source: workflow 7.5.
CREATE TABLE prompt (
	id @ID,
	name TEXT NOT NULL UNIQUE,         -- what flows name: "welcome"
	text_zh TEXT NOT NULL,             -- what is said, also the text for speech
	text_en TEXT NOT NULL,
	version BIGINT NOT NULL
);

CREATE TABLE prompt_version (
	id @ID,
	prompt_id BIGINT NOT NULL REFERENCES prompt (id),
	language TEXT NOT NULL,
	number BIGINT NOT NULL,            -- 1, 2 ... per prompt and language: "welcome@2"
	source TEXT NOT NULL,              -- upload, speech, clip
	path TEXT NOT NULL,                -- below the data folder
	milliseconds BIGINT NOT NULL,
	created BIGINT NOT NULL,
	created_by BIGINT,
	UNIQUE (prompt_id, language, number)
);

CREATE TABLE ivr_flow (
	id @ID,
	key TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	active_version BIGINT NOT NULL,    -- 0: never published
	draft TEXT NOT NULL,               -- JSON
	draft_updated BIGINT NOT NULL,
	draft_by BIGINT,
	version BIGINT NOT NULL
);

CREATE TABLE ivr_flow_version (
	flow_id BIGINT NOT NULL REFERENCES ivr_flow (id),
	number BIGINT NOT NULL,
	flow TEXT NOT NULL,
	hash TEXT NOT NULL,
	author_id BIGINT,
	note TEXT NOT NULL,
	published BIGINT NOT NULL,
	PRIMARY KEY (flow_id, number)
);

CREATE TABLE entry_number (
	id @ID,
	number TEXT NOT NULL UNIQUE,
	flow_id BIGINT NOT NULL REFERENCES ivr_flow (id),
	note TEXT NOT NULL,
	version BIGINT NOT NULL
);

CREATE TABLE ivr_switch (
	name TEXT PRIMARY KEY,             -- "emergency", "holiday:CALENDAR", "closed:QUEUE"
	is_on BIGINT NOT NULL,
	until BIGINT,                      -- NULL: until changed
	changed BIGINT NOT NULL,
	changed_by BIGINT
);

CREATE TABLE trunk (
	id @ID,
	name TEXT NOT NULL UNIQUE,
	host TEXT NOT NULL,
	port BIGINT NOT NULL,
	transport TEXT NOT NULL,
	addresses TEXT NOT NULL,
	user_name TEXT NOT NULL,
	password TEXT NOT NULL,
	registers BIGINT NOT NULL,
	max_calls BIGINT NOT NULL,
	active BIGINT NOT NULL,
	version BIGINT NOT NULL
);
