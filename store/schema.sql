-- store/schema.sql -- the tables, by version: migrate.c runs schema_<version>_* in this order. SQLite's own dialect;
-- another backend brings a file of its own. Numbers of states, kinds and types are those of domain/'s enums.

-- name: schema_1_meta
CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID

-- Epochs begin at a moment, so that records made anew are never taken for the old ones.
-- name: schema_1_meta_rows
INSERT INTO meta (key, value) VALUES
	('records_epoch', unixepoch()),
	('queue_epoch', unixepoch()),
	('scheduler_generation', 0),
	('appeal_number', 0)

-- name: schema_1_signing_keys
CREATE TABLE signing_keys (
	kid TEXT PRIMARY KEY,
	secret TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID

-- name: schema_1_employees
CREATE TABLE employees (
	id INTEGER PRIMARY KEY,
	login TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	role TEXT NOT NULL,
	lang TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	enabled INTEGER NOT NULL,
	created_at INTEGER NOT NULL
) STRICT

-- Session ids stand in access tokens: they must never come back.
-- name: schema_1_sessions
CREATE TABLE sessions (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	employee_id INTEGER NOT NULL REFERENCES employees (id),
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	revoked_at INTEGER
) STRICT

-- name: schema_1_sessions_expiry
CREATE INDEX sessions_expiry ON sessions (expires_at)

-- name: schema_1_refresh_tokens
CREATE TABLE refresh_tokens (
	hash TEXT PRIMARY KEY,
	session_id INTEGER NOT NULL REFERENCES sessions (id),
	parent TEXT,
	expires_at INTEGER NOT NULL,
	used_at INTEGER
) STRICT, WITHOUT ROWID

-- name: schema_1_refresh_tokens_session
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id)

-- name: schema_1_refresh_tokens_parent
CREATE INDEX refresh_tokens_parent ON refresh_tokens (parent) WHERE parent IS NOT NULL

-- name: schema_1_refresh_tokens_expiry
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at)

-- name: schema_1_customers
CREATE TABLE customers (
	id INTEGER PRIMARY KEY,
	bot_id INTEGER NOT NULL,
	telegram_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	username TEXT,
	lang TEXT NOT NULL,
	reachable INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	UNIQUE (bot_id, telegram_id)
) STRICT

-- last_message_id: the newest by a person (customer or employee), for lists; no foreign key, the two tables would form a ring.
-- name: schema_1_appeals
CREATE TABLE appeals (
	id INTEGER PRIMARY KEY,
	number INTEGER NOT NULL UNIQUE,
	customer_id INTEGER NOT NULL REFERENCES customers (id),
	state INTEGER NOT NULL,
	subject TEXT,
	assignee_id INTEGER REFERENCES employees (id),
	previous_id INTEGER REFERENCES appeals (id),
	opened_at INTEGER NOT NULL,
	taken_at INTEGER,
	closing_at INTEGER,
	closed_at INTEGER,
	closed_by INTEGER NOT NULL DEFAULT 0,
	generation INTEGER NOT NULL DEFAULT 0,
	last_activity_at INTEGER NOT NULL,
	waiting_since INTEGER,
	message_count INTEGER NOT NULL DEFAULT 0,
	last_message_id INTEGER,
	deleted_at INTEGER
) STRICT

-- Lists are read state by state, newest activity first; the row id that ends every index entry breaks ties.
-- name: schema_1_appeals_by_state
CREATE INDEX appeals_by_state ON appeals (state, last_activity_at) WHERE deleted_at IS NULL

-- name: schema_1_appeals_by_assignee
CREATE INDEX appeals_by_assignee ON appeals (assignee_id, state, last_activity_at) WHERE deleted_at IS NULL

-- name: schema_1_appeals_by_customer
CREATE INDEX appeals_by_customer ON appeals (customer_id) WHERE deleted_at IS NULL

-- A customer has at most one open appeal.
-- name: schema_1_appeals_open
CREATE UNIQUE INDEX appeals_open ON appeals (customer_id) WHERE state < 3 AND deleted_at IS NULL

-- bot_id and chat_id: where it came from or goes to, so that sending needs no way through appeal and customer.
-- name: schema_1_messages
CREATE TABLE messages (
	id INTEGER PRIMARY KEY,
	appeal_id INTEGER NOT NULL REFERENCES appeals (id),
	author INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	employee_id INTEGER REFERENCES employees (id),
	text TEXT NOT NULL,
	buttons INTEGER NOT NULL DEFAULT 0,
	generation INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL,
	bot_id INTEGER NOT NULL,
	chat_id INTEGER NOT NULL,
	telegram_message_id INTEGER,
	delivery INTEGER NOT NULL DEFAULT 0,
	delivery_reason TEXT,
	delivered_at INTEGER,
	edited_at INTEGER
) STRICT

-- name: schema_1_messages_by_appeal
CREATE INDEX messages_by_appeal ON messages (appeal_id)

-- Incoming ones (author 0) are taken in once.
-- name: schema_1_messages_incoming
CREATE UNIQUE INDEX messages_incoming ON messages (bot_id, chat_id, telegram_message_id) WHERE author = 0

-- name: schema_1_messages_buttons
CREATE INDEX messages_buttons ON messages (appeal_id) WHERE buttons <> 0

-- name: schema_1_message_versions
CREATE TABLE message_versions (
	id INTEGER PRIMARY KEY,
	message_id INTEGER NOT NULL REFERENCES messages (id),
	text TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT

-- name: schema_1_message_versions_of
CREATE INDEX message_versions_of ON message_versions (message_id)

-- No foreign keys: what happened stays true.
-- name: schema_1_events
CREATE TABLE events (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	kind INTEGER NOT NULL,
	actor_kind INTEGER NOT NULL,
	actor_id INTEGER,
	appeal_id INTEGER,
	message_id INTEGER,
	customer_id INTEGER,
	data TEXT,
	at INTEGER NOT NULL
) STRICT

-- name: schema_1_events_of_appeal
CREATE INDEX events_of_appeal ON events (appeal_id) WHERE appeal_id IS NOT NULL

-- States: 0 waiting, 1 ready, 2 running, 3 dead. ready_at: since when it is ready. published_at: NULL not known to be told to
-- Redis, 0 never told (local types), else when. Ids must never come back: a stale hint would hit another task.
-- name: schema_1_tasks
CREATE TABLE tasks (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	type INTEGER NOT NULL,
	class INTEGER NOT NULL,
	state INTEGER NOT NULL,
	payload TEXT NOT NULL,
	order_key TEXT,
	dedup_key TEXT,
	due_at INTEGER NOT NULL,
	ready_at INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	published_at INTEGER,
	attempt INTEGER NOT NULL DEFAULT 0,
	crashes INTEGER NOT NULL DEFAULT 0,
	worker TEXT,
	last_error TEXT
) STRICT

-- What the relay looks for; a row done within a second comes and goes at the index's right edge. (Version 3 has another.)
-- name: schema_1_tasks_unpublished
CREATE INDEX tasks_unpublished ON tasks (id, due_at) WHERE state = 1 AND published_at IS NULL

-- Only what was put off: a task that may run at once needs no clock. (Version 3 has another.)
-- name: schema_1_tasks_due
CREATE INDEX tasks_due ON tasks (due_at) WHERE state = 1 AND due_at > ready_at

-- name: schema_1_tasks_local
CREATE INDEX tasks_local ON tasks (type, due_at) WHERE state = 1 AND published_at = 0

-- name: schema_1_tasks_order
CREATE INDEX tasks_order ON tasks (order_key) WHERE order_key IS NOT NULL AND state < 3

-- name: schema_1_tasks_dedup
CREATE UNIQUE INDEX tasks_dedup ON tasks (dedup_key) WHERE dedup_key IS NOT NULL AND state < 2

-- name: schema_1_tasks_running
CREATE INDEX tasks_running ON tasks (worker) WHERE state = 2

-- ended: 0 alive, 1 left in order, 2 declared dead.
-- name: schema_1_workers
CREATE TABLE workers (
	incarnation TEXT PRIMARY KEY,
	service TEXT NOT NULL,
	slot TEXT NOT NULL,
	started_at INTEGER NOT NULL,
	ended INTEGER NOT NULL DEFAULT 0,
	ended_at INTEGER
) STRICT, WITHOUT ROWID

-- name: schema_1_bots
CREATE TABLE bots (
	id INTEGER PRIMARY KEY,
	update_offset INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT

-- name: schema_1_updates
CREATE TABLE updates (
	bot_id INTEGER NOT NULL,
	update_id INTEGER NOT NULL,
	seen_at INTEGER NOT NULL,
	PRIMARY KEY (bot_id, update_id)
) STRICT, WITHOUT ROWID

-- name: schema_1_updates_age
CREATE INDEX updates_age ON updates (seen_at)

-- name: schema_1_idempotency
CREATE TABLE idempotency (
	id INTEGER PRIMARY KEY,
	actor_id INTEGER NOT NULL,
	route TEXT NOT NULL,
	key TEXT NOT NULL,
	body_hash TEXT NOT NULL,
	status INTEGER NOT NULL,
	body TEXT,
	location TEXT,
	created_at INTEGER NOT NULL,
	UNIQUE (actor_id, route, key)
) STRICT

-- name: schema_1_idempotency_age
CREATE INDEX idempotency_age ON idempotency (created_at)

-- name: schema_1_ticks
CREATE TABLE ticks (
	job TEXT NOT NULL,
	tick_at INTEGER NOT NULL,
	ran_at INTEGER NOT NULL,
	PRIMARY KEY (job, tick_at)
) STRICT, WITHOUT ROWID

-- What readers see: deleted appeals and their messages are in neither.
-- name: schema_1_appeal_rows
CREATE VIEW appeal_rows AS
SELECT a.id, a.number, a.state, a.subject, a.customer_id, c.telegram_id, c.bot_id, c.name AS customer_name, c.username,
	c.lang, c.reachable, a.assignee_id, e.name AS assignee_name, a.previous_id, a.opened_at, a.taken_at, a.closing_at,
	a.closed_at, a.closed_by, a.generation, a.last_activity_at, a.waiting_since, a.message_count,
	m.id AS last_id, m.author AS last_author, substr(m.text, 1, 120) AS last_text, m.created_at AS last_created_at
FROM appeals a
JOIN customers c ON c.id = a.customer_id
LEFT JOIN employees e ON e.id = a.assignee_id
LEFT JOIN messages m ON m.id = a.last_message_id
WHERE a.deleted_at IS NULL

-- name: schema_1_message_rows
CREATE VIEW message_rows AS
SELECT m.id, m.appeal_id, m.author, m.kind, m.employee_id,
	CASE m.author WHEN 0 THEN c.name WHEN 1 THEN e.name END AS author_name,
	m.text, m.buttons, m.generation, m.created_at, m.delivery, m.delivery_reason, m.delivered_at, m.telegram_message_id,
	m.edited_at
FROM messages m
JOIN appeals a ON a.id = m.appeal_id
JOIN customers c ON c.id = a.customer_id
LEFT JOIN employees e ON e.id = m.employee_id
WHERE a.deleted_at IS NULL

-- name: schema_1_event_rows
CREATE VIEW event_rows AS
SELECT v.seq, v.kind, v.actor_kind, v.actor_id, COALESCE(e.name, c.name) AS actor_name, v.appeal_id, v.message_id,
	v.customer_id, v.data, v.at
FROM events v
LEFT JOIN employees e ON v.actor_kind = 2 AND e.id = v.actor_id
LEFT JOIN customers c ON v.actor_kind = 1 AND c.id = v.actor_id

-- How many open appeals each employee has (0: nobody), by state: every page of a list shows them. Triggers keep them,
-- so that no way of changing an appeal can forget to.
-- name: schema_2_open_counts
CREATE TABLE open_counts (
	state INTEGER NOT NULL,
	assignee_id INTEGER NOT NULL,
	appeals INTEGER NOT NULL,
	PRIMARY KEY (state, assignee_id)
) STRICT, WITHOUT ROWID

-- name: schema_2_open_counts_rows
INSERT INTO open_counts (state, assignee_id, appeals)
SELECT state, COALESCE(assignee_id, 0), COUNT(*) FROM appeals WHERE state < 3 AND deleted_at IS NULL GROUP BY 1, 2

-- name: schema_2_open_counts_opened
CREATE TRIGGER open_counts_opened AFTER INSERT ON appeals WHEN NEW.state < 3 AND NEW.deleted_at IS NULL
BEGIN
	INSERT INTO open_counts (state, assignee_id, appeals) VALUES (NEW.state, COALESCE(NEW.assignee_id, 0), 1)
	ON CONFLICT (state, assignee_id) DO UPDATE SET appeals = appeals + 1;
END

-- name: schema_2_open_counts_left
CREATE TRIGGER open_counts_left AFTER UPDATE OF state, assignee_id, deleted_at ON appeals
WHEN OLD.state < 3 AND OLD.deleted_at IS NULL
BEGIN
	UPDATE open_counts SET appeals = appeals - 1
	WHERE state = OLD.state AND assignee_id = COALESCE(OLD.assignee_id, 0);
END

-- name: schema_2_open_counts_entered
CREATE TRIGGER open_counts_entered AFTER UPDATE OF state, assignee_id, deleted_at ON appeals
WHEN NEW.state < 3 AND NEW.deleted_at IS NULL
BEGIN
	INSERT INTO open_counts (state, assignee_id, appeals) VALUES (NEW.state, COALESCE(NEW.assignee_id, 0), 1)
	ON CONFLICT (state, assignee_id) DO UPDATE SET appeals = appeals + 1;
END

-- A million timers wait: what the relay and the sweep ask every second must not pass over them.
-- name: schema_3_tasks_unpublished_old
DROP INDEX tasks_unpublished

-- name: schema_3_tasks_unpublished
CREATE INDEX tasks_unpublished ON tasks (id) WHERE state = 1 AND published_at IS NULL AND due_at <= ready_at

-- name: schema_3_tasks_due_old
DROP INDEX tasks_due

-- name: schema_3_tasks_due
CREATE INDEX tasks_due ON tasks (due_at, published_at) WHERE state = 1 AND due_at > ready_at

-- name: schema_3_tasks_published
CREATE INDEX tasks_published ON tasks (type, class, published_at) WHERE state = 1 AND published_at > 0
