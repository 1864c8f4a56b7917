-- Queues, skills, calendars. Sources: requirements K3, A10, D5, Q-B5; workflow 2.7.
CREATE TABLE calendar (
	id @ID,
	name TEXT NOT NULL UNIQUE,
	zone TEXT NOT NULL,
	weekly TEXT NOT NULL,              -- JSON [{"day":1,"from":"09:00","to":"18:00"}]
	exceptions TEXT NOT NULL,          -- JSON [{"date":"2026-10-01","kind":"holiday","name":"..."}]
	version BIGINT NOT NULL
);

CREATE TABLE queue (
	id @ID,
	key TEXT NOT NULL UNIQUE,          -- what IVR flows name: "sales"
	name TEXT NOT NULL,
	name_en TEXT NOT NULL,
	department_id BIGINT NOT NULL,
	strategy TEXT NOT NULL,
	weight BIGINT NOT NULL,
	ring_s BIGINT NOT NULL,
	wrapup_mode TEXT NOT NULL,
	wrapup_s BIGINT NOT NULL,
	miss_pause_s BIGINT NOT NULL,
	tier_wait_s BIGINT NOT NULL,
	skill_relax_s BIGINT NOT NULL,
	last_agent_s BIGINT NOT NULL,
	max_wait_s BIGINT NOT NULL,        -- 0: no limit
	max_length BIGINT NOT NULL,        -- 0: no limit
	service_level_s BIGINT NOT NULL,
	short_abandon_s BIGINT NOT NULL,
	music TEXT NOT NULL,               -- audio name, '' for the built-in music
	announce_first_s BIGINT NOT NULL,
	announce_every_s BIGINT NOT NULL,  -- 0: never
	announce_position BIGINT NOT NULL,
	announce_wait BIGINT NOT NULL,
	overflow_kind TEXT NOT NULL,       -- none, queue, voicemail, ivr
	overflow_target TEXT NOT NULL,     -- key of a queue or a flow
	calendar_id BIGINT REFERENCES calendar (id),
	recording TEXT NOT NULL,           -- always, never
	pop TEXT NOT NULL,                 -- ring, answer, both
	active BIGINT NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX queue_department ON queue (department_id, id);

CREATE TABLE queue_member (
	queue_id BIGINT NOT NULL REFERENCES queue (id),
	user_id BIGINT NOT NULL,
	tier BIGINT NOT NULL,
	position BIGINT NOT NULL,
	PRIMARY KEY (queue_id, user_id)
);
CREATE INDEX queue_member_user ON queue_member (user_id);

CREATE TABLE skill (
	id @ID,
	name TEXT NOT NULL UNIQUE,
	name_en TEXT NOT NULL,
	version BIGINT NOT NULL
);

CREATE TABLE user_skill (
	user_id BIGINT NOT NULL,
	skill_id BIGINT NOT NULL REFERENCES skill (id),
	level BIGINT NOT NULL,
	PRIMARY KEY (user_id, skill_id)
);
