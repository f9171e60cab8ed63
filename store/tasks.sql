-- store/tasks.sql -- tasks: adding, claiming, finishing, scanning. States: 0 waiting, 1 ready, 2 running, 3 dead.

-- name: tasks_add
INSERT INTO tasks (type, class, payload, order_key, dedup_key, due_at, published_at, ready_at, created_at, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
ON CONFLICT (dedup_key) WHERE dedup_key IS NOT NULL AND state < 2 DO NOTHING

-- The oldest unfinished row of an order key.
-- name: tasks_head
SELECT id, type, class, state, payload, order_key, dedup_key, due_at, created_at, published_at, attempt, crashes, worker,
	last_error
FROM tasks WHERE order_key = $1 AND state < 3 ORDER BY id LIMIT 1

-- name: tasks_has_unfinished
SELECT 1 FROM tasks WHERE order_key = $1 AND state < 3 LIMIT 1

-- name: tasks_by_dedup
SELECT id FROM tasks WHERE dedup_key = $1 AND state < 2

-- name: tasks_add_dead
INSERT INTO tasks (type, class, payload, order_key, dedup_key, due_at, ready_at, created_at, state, last_error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 3, $8)

-- name: tasks_cancel
DELETE FROM tasks WHERE dedup_key = $1 AND state < 2
RETURNING state, order_key

-- name: tasks_make_ready
UPDATE tasks SET state = 1, ready_at = $2 WHERE id = $1

-- One that may run now.
-- name: tasks_runnable
SELECT id, type, class, state, payload, order_key, dedup_key, due_at, created_at, published_at, attempt, crashes, worker,
	last_error
FROM tasks WHERE id = $1 AND state = 1 AND due_at <= $2

-- A task that was taken in this change and is to stay after all.
-- name: tasks_put_back
INSERT INTO tasks (id, type, class, payload, order_key, dedup_key, due_at, ready_at, created_at, attempt, crashes, published_at,
	worker, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 2)

-- name: tasks_claim
UPDATE tasks SET state = 2, worker = $2 WHERE id = $1

-- name: tasks_get
SELECT id, type, class, state, payload, order_key, dedup_key, due_at, created_at, published_at, attempt, crashes, worker,
	last_error
FROM tasks WHERE id = $1

-- name: tasks_done
DELETE FROM tasks WHERE id = $1 AND state = 2 AND worker = $2 AND attempt = $3
RETURNING order_key

-- name: tasks_delete
DELETE FROM tasks WHERE id = $1

-- name: tasks_again
UPDATE tasks SET state = 1, worker = NULL, due_at = $2, ready_at = $3, attempt = $4, crashes = $5, last_error = $6,
	published_at = CASE WHEN published_at = 0 THEN 0 END
WHERE id = $1

-- name: tasks_bury
UPDATE tasks SET state = 3, worker = NULL, attempt = $2, crashes = $3, last_error = $4 WHERE id = $1

-- name: tasks_suspect
UPDATE tasks SET crashes = crashes + 1 WHERE id = $1 AND state = 1
RETURNING id, type, class, state, payload, order_key, dedup_key, due_at, created_at, published_at, attempt, crashes, worker,
	last_error

-- name: tasks_running_of
SELECT id, type, class, state, payload, order_key, dedup_key, due_at, created_at, published_at, attempt, crashes, worker,
	last_error
FROM tasks WHERE worker = $1 AND state = 2 ORDER BY id

-- name: tasks_scan
SELECT id, type, class, due_at, attempt, order_key, payload
FROM tasks WHERE id > $1 AND state = 1 AND due_at <= $2 AND COALESCE(published_at, 1) <> 0
ORDER BY id LIMIT $3

-- Not known to be told, in two: what may run at once, and what was put off.
-- name: tasks_scan_unpublished
SELECT id, type, class, due_at, attempt, order_key, payload
FROM tasks WHERE id > $1 AND state = 1 AND published_at IS NULL AND due_at <= ready_at AND ready_at < $3
ORDER BY id LIMIT $2

-- name: tasks_scan_untold_timers
SELECT id, type, class, due_at, attempt, order_key, payload
FROM tasks WHERE state = 1 AND published_at IS NULL AND due_at > ready_at AND due_at <= $1 AND ready_at < $3
ORDER BY due_at LIMIT $2

-- name: tasks_scan_published
SELECT id, type, class, due_at, attempt, order_key, payload
FROM tasks
WHERE id > $1 AND state = 1 AND due_at <= $2 AND published_at > 0 AND published_at < $4 AND type = $5 AND class = $6
ORDER BY id LIMIT $3

-- name: tasks_mark_published
UPDATE tasks SET published_at = $2 WHERE id = $1 AND state = 1 AND COALESCE(published_at, 1) <> 0

-- name: tasks_mark_confirmed
UPDATE tasks SET published_at = $2 WHERE id BETWEEN $1 AND $3 AND state = 1 AND published_at IS NULL

-- A row that is due later was put off: `due_at > ready_at` only names the index.
-- name: tasks_next_due
SELECT due_at FROM tasks WHERE state = 1 AND due_at > ready_at AND due_at > $1 ORDER BY due_at LIMIT 1

-- name: tasks_local
SELECT id, type, class, state, payload, order_key, dedup_key, due_at, created_at, published_at, attempt, crashes, worker,
	last_error
FROM tasks WHERE type = $1 AND state = 1 AND published_at = 0 AND due_at <= $2 ORDER BY due_at, id LIMIT $3

-- name: tasks_count
SELECT type, state, COUNT(*), MIN(created_at) FROM tasks GROUP BY type, state ORDER BY type, state

-- For people: by type and class, who waits, is ready, is due later, runs, is dead; since when the oldest should have run.
-- name: tasks_tally
SELECT type, class,
	SUM(CASE WHEN state = 0 THEN 1 ELSE 0 END),
	SUM(CASE WHEN state = 1 AND due_at <= $1 THEN 1 ELSE 0 END),
	SUM(CASE WHEN state = 1 AND due_at > $1 THEN 1 ELSE 0 END),
	SUM(CASE WHEN state = 2 THEN 1 ELSE 0 END),
	SUM(CASE WHEN state = 3 THEN 1 ELSE 0 END),
	COALESCE(MIN(CASE WHEN state < 3 AND due_at <= $1 THEN due_at END), 0)
FROM tasks GROUP BY type, class

-- name: tasks_dead
SELECT id, type, class, state, payload, order_key, dedup_key, due_at, created_at, published_at, attempt, crashes, worker,
	last_error
FROM tasks WHERE state = 3 ORDER BY id DESC LIMIT $1
