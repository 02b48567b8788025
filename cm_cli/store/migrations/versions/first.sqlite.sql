CREATE TABLE client (
	id INTEGER NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT,
	region TEXT,
	industry TEXT,
	assets INTEGER,
	sales INTEGER,
	relation TEXT,
	services TEXT,
	status TEXT,
	contact TEXT,
	phone TEXT,
	introduced_by TEXT,
	note TEXT,
	pinyin TEXT,
	initials TEXT,
	likeness TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_client PRIMARY KEY (id),
	CONSTRAINT uq_client_code UNIQUE (code)
)
 STRICT;
CREATE INDEX ix_client_entry ON client (entry);
CREATE TABLE entry (
	number INTEGER NOT NULL,
	moment TEXT NOT NULL,
	operator TEXT NOT NULL,
	host TEXT NOT NULL,
	command TEXT NOT NULL,
	reason TEXT NOT NULL,
	counts TEXT NOT NULL,
	undoes INTEGER,
	rows_digest TEXT NOT NULL,
	previous TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT pk_entry PRIMARY KEY (number)
)
 STRICT;
CREATE TABLE history (
	kind TEXT NOT NULL,
	"row" INTEGER NOT NULL,
	since INTEGER NOT NULL,
	until INTEGER NOT NULL,
	digest TEXT NOT NULL,
	content TEXT NOT NULL,
	CONSTRAINT pk_history PRIMARY KEY (kind, "row", since)
)
 STRICT;
CREATE INDEX ix_history_since ON history (since);
CREATE INDEX ix_history_until ON history (until);
CREATE TABLE holiday (
	id INTEGER NOT NULL,
	day TEXT NOT NULL,
	sort TEXT NOT NULL,
	name TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_holiday PRIMARY KEY (id),
	CONSTRAINT ck_holiday_day CHECK (day IS date(day, '+0 days')),
	CONSTRAINT uq_holiday_day UNIQUE (day)
)
 STRICT;
CREATE INDEX ix_holiday_entry ON holiday (entry);
CREATE TABLE manager (
	id INTEGER NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	unit TEXT NOT NULL,
	grade TEXT NOT NULL,
	education TEXT,
	entered TEXT,
	post_since TEXT,
	years_in_post TEXT,
	employment TEXT,
	full_time INTEGER,
	status TEXT,
	administrative_rank TEXT,
	technical_title TEXT,
	regions TEXT,
	industries TEXT,
	sizes TEXT,
	capacity TEXT,
	capacity_measure TEXT,
	phone TEXT,
	note TEXT,
	pinyin TEXT,
	initials TEXT,
	likeness TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_manager PRIMARY KEY (id),
	CONSTRAINT ck_manager_entered CHECK (entered IS date(entered, '+0 days')),
	CONSTRAINT ck_manager_post_since CHECK (post_since IS date(post_since, '+0 days')),
	CONSTRAINT uq_manager_code UNIQUE (code)
)
 STRICT;
CREATE INDEX ix_manager_entry ON manager (entry);
CREATE TABLE regulation (
	id INTEGER NOT NULL,
	code TEXT NOT NULL,
	since TEXT NOT NULL,
	text_digest TEXT NOT NULL,
	text TEXT NOT NULL,
	compiled TEXT NOT NULL,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_regulation PRIMARY KEY (id),
	CONSTRAINT ck_regulation_since CHECK (since IS date(since, '+0 days')),
	CONSTRAINT uq_regulation_since UNIQUE (since)
)
 STRICT;
CREATE INDEX ix_regulation_entry ON regulation (entry);
CREATE TABLE setting (
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	CONSTRAINT pk_setting PRIMARY KEY (name)
)
 STRICT;
CREATE TABLE unit (
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	superior TEXT,
	region TEXT,
	note TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_unit PRIMARY KEY (id),
	CONSTRAINT uq_unit_name UNIQUE (name)
)
 STRICT;
CREATE INDEX ix_unit_entry ON unit (entry);
CREATE TABLE appraisal (
	id INTEGER NOT NULL,
	manager TEXT NOT NULL,
	period TEXT NOT NULL,
	total TEXT,
	rating TEXT,
	proposed TEXT,
	state TEXT,
	decided_by TEXT,
	decided_on TEXT,
	consequence TEXT,
	regulation TEXT,
	text_digest TEXT,
	data_day TEXT,
	scorecard TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_appraisal PRIMARY KEY (id),
	CONSTRAINT ck_appraisal_decided_on CHECK (decided_on IS date(decided_on, '+0 days')),
	CONSTRAINT ck_appraisal_data_day CHECK (data_day IS date(data_day, '+0 days')),
	CONSTRAINT fk_appraisal_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;
CREATE INDEX ix_appraisal_entry ON appraisal (entry);
CREATE UNIQUE INDEX uq_appraisal_key ON appraisal (manager, period);
CREATE TABLE assignment (
	id INTEGER NOT NULL,
	client TEXT NOT NULL,
	manager TEXT NOT NULL,
	since TEXT NOT NULL,
	until TEXT,
	rule TEXT,
	reason TEXT,
	locked INTEGER,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_assignment PRIMARY KEY (id),
	CONSTRAINT ck_assignment_since CHECK (since IS date(since, '+0 days')),
	CONSTRAINT ck_assignment_until CHECK (until IS date(until, '+0 days')),
	CONSTRAINT fk_assignment_client FOREIGN KEY(client) REFERENCES client (code) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_assignment_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;
CREATE INDEX ix_assignment_entry ON assignment (entry);
CREATE INDEX ix_assignment_manager ON assignment (manager);
CREATE UNIQUE INDEX uq_assignment_key ON assignment (client, since);
CREATE TABLE classification (
	id INTEGER NOT NULL,
	client TEXT NOT NULL,
	scheme TEXT NOT NULL,
	grade TEXT NOT NULL,
	since TEXT NOT NULL,
	until TEXT,
	reason TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_classification PRIMARY KEY (id),
	CONSTRAINT ck_classification_since CHECK (since IS date(since, '+0 days')),
	CONSTRAINT ck_classification_until CHECK (until IS date(until, '+0 days')),
	CONSTRAINT fk_classification_client FOREIGN KEY(client) REFERENCES client (code) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;
CREATE INDEX ix_classification_entry ON classification (entry);
CREATE UNIQUE INDEX uq_classification_key ON classification (client, scheme, since);
CREATE TABLE diary (
	id INTEGER NOT NULL,
	manager TEXT NOT NULL,
	day TEXT NOT NULL,
	text TEXT NOT NULL,
	inspected_by TEXT,
	inspected_on TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_diary PRIMARY KEY (id),
	CONSTRAINT ck_diary_day CHECK (day IS date(day, '+0 days')),
	CONSTRAINT ck_diary_inspected_on CHECK (inspected_on IS date(inspected_on, '+0 days')),
	CONSTRAINT fk_diary_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;
CREATE INDEX ix_diary_entry ON diary (entry);
CREATE UNIQUE INDEX uq_diary_key ON diary (manager, day);
CREATE TABLE leave (
	id INTEGER NOT NULL,
	manager TEXT NOT NULL,
	first TEXT NOT NULL,
	last TEXT NOT NULL,
	cause TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_leave PRIMARY KEY (id),
	CONSTRAINT ck_leave_first CHECK (first IS date(first, '+0 days')),
	CONSTRAINT ck_leave_last CHECK (last IS date(last, '+0 days')),
	CONSTRAINT fk_leave_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;
CREATE INDEX ix_leave_entry ON leave (entry);
CREATE UNIQUE INDEX uq_leave_key ON leave (manager, first);
CREATE TABLE merit (
	id INTEGER NOT NULL,
	manager TEXT NOT NULL,
	day TEXT NOT NULL,
	item TEXT NOT NULL,
	points TEXT NOT NULL,
	evidence TEXT NOT NULL,
	verified_by TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_merit PRIMARY KEY (id),
	CONSTRAINT ck_merit_day CHECK (day IS date(day, '+0 days')),
	CONSTRAINT fk_merit_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;
CREATE INDEX ix_merit_entry ON merit (entry);
CREATE UNIQUE INDEX uq_merit_key ON merit (manager, day, item, evidence);
CREATE TABLE result (
	id INTEGER NOT NULL,
	manager TEXT NOT NULL,
	indicator TEXT NOT NULL,
	period TEXT NOT NULL,
	client TEXT,
	target TEXT,
	actual TEXT,
	base TEXT,
	source TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_result PRIMARY KEY (id),
	CONSTRAINT fk_result_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_result_client FOREIGN KEY(client) REFERENCES client (code) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;
CREATE INDEX ix_result_client ON result (client);
CREATE INDEX ix_result_entry ON result (entry);
CREATE UNIQUE INDEX uq_result_key ON result (manager, indicator, period, coalesce(client, ''));
CREATE TABLE score (
	id INTEGER NOT NULL,
	manager TEXT NOT NULL,
	item TEXT NOT NULL,
	period TEXT NOT NULL,
	points TEXT NOT NULL,
	rated_by TEXT NOT NULL,
	note TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_score PRIMARY KEY (id),
	CONSTRAINT fk_score_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;
CREATE INDEX ix_score_entry ON score (entry);
CREATE UNIQUE INDEX uq_score_key ON score (manager, item, period);
CREATE TABLE visit (
	id INTEGER NOT NULL,
	day TEXT NOT NULL,
	manager TEXT NOT NULL,
	client TEXT NOT NULL,
	time TEXT,
	mode TEXT NOT NULL,
	persons TEXT,
	in_person INTEGER,
	findings TEXT,
	needs TEXT,
	opinions TEXT,
	change TEXT,
	reported_to TEXT,
	refusal TEXT,
	follow_up TEXT,
	follow_up_on TEXT,
	note TEXT,
	entry INTEGER NOT NULL,
	digest TEXT NOT NULL,
	CONSTRAINT pk_visit PRIMARY KEY (id),
	CONSTRAINT ck_visit_day CHECK (day IS date(day, '+0 days')),
	CONSTRAINT ck_visit_follow_up_on CHECK (follow_up_on IS date(follow_up_on, '+0 days')),
	CONSTRAINT fk_visit_manager FOREIGN KEY(manager) REFERENCES manager (code) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_visit_client FOREIGN KEY(client) REFERENCES client (code) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;
CREATE INDEX ix_visit_client ON visit (client);
CREATE INDEX ix_visit_entry ON visit (entry);
CREATE INDEX ix_visit_manager ON visit (manager);
CREATE UNIQUE INDEX uq_visit_key ON visit (day, manager, client, coalesce(time, ''));
