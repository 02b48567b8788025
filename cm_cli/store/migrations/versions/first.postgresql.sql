CREATE TABLE client (
	id BIGINT NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C",
	region TEXT COLLATE "C",
	industry TEXT COLLATE "C",
	assets BIGINT,
	sales BIGINT,
	relation TEXT COLLATE "C",
	services TEXT COLLATE "C",
	status TEXT COLLATE "C",
	contact TEXT COLLATE "C",
	phone TEXT COLLATE "C",
	introduced_by TEXT COLLATE "C",
	note TEXT COLLATE "C",
	pinyin TEXT COLLATE "C",
	initials TEXT COLLATE "C",
	likeness TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_client PRIMARY KEY (id),
	CONSTRAINT uq_client_code UNIQUE (code)
);
CREATE INDEX ix_client_entry ON client (entry);
CREATE TABLE entry (
	number BIGINT NOT NULL,
	moment TEXT COLLATE "C" NOT NULL,
	operator TEXT COLLATE "C" NOT NULL,
	host TEXT COLLATE "C" NOT NULL,
	command TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	counts TEXT COLLATE "C" NOT NULL,
	undoes BIGINT,
	rows_digest TEXT COLLATE "C" NOT NULL,
	previous TEXT COLLATE "C" NOT NULL,
	hash TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_entry PRIMARY KEY (number)
);
CREATE TABLE history (
	kind TEXT COLLATE "C" NOT NULL,
	row BIGINT NOT NULL,
	since BIGINT NOT NULL,
	until BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	content TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_history PRIMARY KEY (kind, row, since)
);
CREATE INDEX ix_history_since ON history (since);
CREATE INDEX ix_history_until ON history (until);
CREATE TABLE holiday (
	id BIGINT NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	sort TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_holiday PRIMARY KEY (id),
	CONSTRAINT ck_holiday_day CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT uq_holiday_day UNIQUE (day)
);
CREATE INDEX ix_holiday_entry ON holiday (entry);
CREATE TABLE manager (
	id BIGINT NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	unit TEXT COLLATE "C" NOT NULL,
	grade TEXT COLLATE "C" NOT NULL,
	education TEXT COLLATE "C",
	entered TEXT COLLATE "C",
	post_since TEXT COLLATE "C",
	years_in_post TEXT COLLATE "C",
	employment TEXT COLLATE "C",
	full_time BIGINT,
	status TEXT COLLATE "C",
	administrative_rank TEXT COLLATE "C",
	technical_title TEXT COLLATE "C",
	regions TEXT COLLATE "C",
	industries TEXT COLLATE "C",
	sizes TEXT COLLATE "C",
	capacity TEXT COLLATE "C",
	capacity_measure TEXT COLLATE "C",
	phone TEXT COLLATE "C",
	note TEXT COLLATE "C",
	pinyin TEXT COLLATE "C",
	initials TEXT COLLATE "C",
	likeness TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_manager PRIMARY KEY (id),
	CONSTRAINT ck_manager_entered CHECK (entered ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT ck_manager_post_since CHECK (post_since ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT uq_manager_code UNIQUE (code)
);
CREATE INDEX ix_manager_entry ON manager (entry);
CREATE TABLE regulation (
	id BIGINT NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	since TEXT COLLATE "C" NOT NULL,
	text_digest TEXT COLLATE "C" NOT NULL,
	text TEXT COLLATE "C" NOT NULL,
	compiled TEXT COLLATE "C" NOT NULL,
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_regulation PRIMARY KEY (id),
	CONSTRAINT ck_regulation_since CHECK (since ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT uq_regulation_since UNIQUE (since)
);
CREATE INDEX ix_regulation_entry ON regulation (entry);
CREATE TABLE setting (
	name TEXT COLLATE "C" NOT NULL,
	value TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_setting PRIMARY KEY (name)
);
CREATE TABLE unit (
	id BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	superior TEXT COLLATE "C",
	region TEXT COLLATE "C",
	note TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_unit PRIMARY KEY (id),
	CONSTRAINT uq_unit_name UNIQUE (name)
);
CREATE INDEX ix_unit_entry ON unit (entry);
CREATE TABLE appraisal (
	id BIGINT NOT NULL,
	manager TEXT COLLATE "C" NOT NULL,
	period TEXT COLLATE "C" NOT NULL,
	total TEXT COLLATE "C",
	rating TEXT COLLATE "C",
	proposed TEXT COLLATE "C",
	state TEXT COLLATE "C",
	decided_by TEXT COLLATE "C",
	decided_on TEXT COLLATE "C",
	consequence TEXT COLLATE "C",
	regulation TEXT COLLATE "C",
	text_digest TEXT COLLATE "C",
	data_day TEXT COLLATE "C",
	scorecard TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_appraisal PRIMARY KEY (id),
	CONSTRAINT ck_appraisal_decided_on CHECK (decided_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT ck_appraisal_data_day CHECK (data_day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT fk_appraisal_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_appraisal_entry ON appraisal (entry);
CREATE UNIQUE INDEX uq_appraisal_key ON appraisal (manager, period);
CREATE TABLE assignment (
	id BIGINT NOT NULL,
	client TEXT COLLATE "C" NOT NULL,
	manager TEXT COLLATE "C" NOT NULL,
	since TEXT COLLATE "C" NOT NULL,
	until TEXT COLLATE "C",
	rule TEXT COLLATE "C",
	reason TEXT COLLATE "C",
	locked BIGINT,
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_assignment PRIMARY KEY (id),
	CONSTRAINT ck_assignment_since CHECK (since ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT ck_assignment_until CHECK (until ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT fk_assignment_client FOREIGN KEY(client) REFERENCES client (code) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_assignment_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_assignment_entry ON assignment (entry);
CREATE INDEX ix_assignment_manager ON assignment (manager);
CREATE UNIQUE INDEX uq_assignment_key ON assignment (client, since);
CREATE TABLE classification (
	id BIGINT NOT NULL,
	client TEXT COLLATE "C" NOT NULL,
	scheme TEXT COLLATE "C" NOT NULL,
	grade TEXT COLLATE "C" NOT NULL,
	since TEXT COLLATE "C" NOT NULL,
	until TEXT COLLATE "C",
	reason TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_classification PRIMARY KEY (id),
	CONSTRAINT ck_classification_since CHECK (since ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT ck_classification_until CHECK (until ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT fk_classification_client FOREIGN KEY(client) REFERENCES client (code) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_classification_entry ON classification (entry);
CREATE UNIQUE INDEX uq_classification_key ON classification (client, scheme, since);
CREATE TABLE diary (
	id BIGINT NOT NULL,
	manager TEXT COLLATE "C" NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	text TEXT COLLATE "C" NOT NULL,
	inspected_by TEXT COLLATE "C",
	inspected_on TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_diary PRIMARY KEY (id),
	CONSTRAINT ck_diary_day CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT ck_diary_inspected_on CHECK (inspected_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT fk_diary_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_diary_entry ON diary (entry);
CREATE UNIQUE INDEX uq_diary_key ON diary (manager, day);
CREATE TABLE leave (
	id BIGINT NOT NULL,
	manager TEXT COLLATE "C" NOT NULL,
	first TEXT COLLATE "C" NOT NULL,
	last TEXT COLLATE "C" NOT NULL,
	cause TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_leave PRIMARY KEY (id),
	CONSTRAINT ck_leave_first CHECK (first ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT ck_leave_last CHECK (last ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT fk_leave_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_leave_entry ON leave (entry);
CREATE UNIQUE INDEX uq_leave_key ON leave (manager, first);
CREATE TABLE merit (
	id BIGINT NOT NULL,
	manager TEXT COLLATE "C" NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	item TEXT COLLATE "C" NOT NULL,
	points TEXT COLLATE "C" NOT NULL,
	evidence TEXT COLLATE "C" NOT NULL,
	verified_by TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_merit PRIMARY KEY (id),
	CONSTRAINT ck_merit_day CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT fk_merit_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_merit_entry ON merit (entry);
CREATE UNIQUE INDEX uq_merit_key ON merit (manager, day, item, evidence);
CREATE TABLE result (
	id BIGINT NOT NULL,
	manager TEXT COLLATE "C" NOT NULL,
	indicator TEXT COLLATE "C" NOT NULL,
	period TEXT COLLATE "C" NOT NULL,
	client TEXT COLLATE "C",
	target TEXT COLLATE "C",
	actual TEXT COLLATE "C",
	base TEXT COLLATE "C",
	source TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_result PRIMARY KEY (id),
	CONSTRAINT fk_result_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_result_client FOREIGN KEY(client) REFERENCES client (code) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_result_client ON result (client);
CREATE INDEX ix_result_entry ON result (entry);
CREATE UNIQUE INDEX uq_result_key ON result (manager, indicator, period, coalesce(client, ''));
CREATE TABLE score (
	id BIGINT NOT NULL,
	manager TEXT COLLATE "C" NOT NULL,
	item TEXT COLLATE "C" NOT NULL,
	period TEXT COLLATE "C" NOT NULL,
	points TEXT COLLATE "C" NOT NULL,
	rated_by TEXT COLLATE "C" NOT NULL,
	note TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_score PRIMARY KEY (id),
	CONSTRAINT fk_score_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_score_entry ON score (entry);
CREATE UNIQUE INDEX uq_score_key ON score (manager, item, period);
CREATE TABLE visit (
	id BIGINT NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	manager TEXT COLLATE "C" NOT NULL,
	client TEXT COLLATE "C" NOT NULL,
	time TEXT COLLATE "C",
	mode TEXT COLLATE "C" NOT NULL,
	persons TEXT COLLATE "C",
	in_person BIGINT,
	findings TEXT COLLATE "C",
	needs TEXT COLLATE "C",
	opinions TEXT COLLATE "C",
	change TEXT COLLATE "C",
	reported_to TEXT COLLATE "C",
	refusal TEXT COLLATE "C",
	follow_up TEXT COLLATE "C",
	follow_up_on TEXT COLLATE "C",
	note TEXT COLLATE "C",
	entry BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	CONSTRAINT pk_visit PRIMARY KEY (id),
	CONSTRAINT ck_visit_day CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT ck_visit_follow_up_on CHECK (follow_up_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
	CONSTRAINT fk_visit_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_visit_client FOREIGN KEY(client) REFERENCES client (code) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_visit_client ON visit (client);
CREATE INDEX ix_visit_entry ON visit (entry);
CREATE INDEX ix_visit_manager ON visit (manager);
CREATE UNIQUE INDEX uq_visit_key ON visit (day, manager, client, coalesce(time, ''));
