-- store/appeals.sql -- appeals: opening, finding, listing, moving. States: 0 new, 1 in_work, 2 closing, 3 closed.
-- The columns of appeal_rows are in the schema.

-- name: appeals_open
INSERT INTO appeals (number, customer_id, state, assignee_id, previous_id, opened_at, taken_at, last_activity_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $6)
RETURNING id

-- name: appeals_get
SELECT * FROM appeal_rows WHERE id = $1

-- name: appeals_current_open
SELECT * FROM appeal_rows WHERE customer_id = $1 AND state < 3

-- name: appeals_current_closed
SELECT * FROM appeal_rows WHERE customer_id = $1 ORDER BY id DESC LIMIT 1

-- Lists: one state at a time, each along an index; the caller merges.
-- name: appeals_list
SELECT * FROM appeal_rows
WHERE state = $1 AND (last_activity_at, id) < ($2, $3)
ORDER BY last_activity_at DESC, id DESC LIMIT $4

-- name: appeals_list_assignee
SELECT * FROM appeal_rows
WHERE state = $1 AND assignee_id = $5 AND (last_activity_at, id) < ($2, $3)
ORDER BY last_activity_at DESC, id DESC LIMIT $4

-- name: appeals_list_nobody
SELECT * FROM appeal_rows
WHERE state = $1 AND assignee_id IS NULL AND (last_activity_at, id) < ($2, $3)
ORDER BY last_activity_at DESC, id DESC LIMIT $4

-- A customer has few: any assignee filter ($6: 0 any, -1 nobody) is applied to them.
-- name: appeals_list_customer
SELECT * FROM appeal_rows
WHERE customer_id = $5 AND +state = $1 AND (last_activity_at, id) < ($2, $3)
	AND ($6 = 0 OR COALESCE(assignee_id, -1) = $6)
ORDER BY last_activity_at DESC, id DESC LIMIT $4

-- name: appeals_count
SELECT COALESCE(SUM(appeals), 0) FROM open_counts WHERE state = $1

-- name: appeals_count_mine
SELECT COALESCE(SUM(appeals), 0) FROM open_counts WHERE state IN (0, 1, 2) AND assignee_id = $1

-- name: appeals_move
UPDATE appeals SET state = $3, assignee_id = $4, taken_at = $5, closing_at = $6, closed_at = $7, closed_by = $8,
	generation = $9, waiting_since = $10, last_activity_at = $11
WHERE id = $1 AND state = $2 AND deleted_at IS NULL

-- A customer's message begins the waiting, unless it goes on already; $4: when they sent it.
-- name: appeals_touch_incoming
UPDATE appeals SET last_activity_at = $2, message_count = message_count + 1, last_message_id = $3,
	waiting_since = COALESCE(waiting_since, $4)
WHERE id = $1

-- name: appeals_touch_answer
UPDATE appeals SET last_activity_at = $2, message_count = message_count + 1, last_message_id = $3, waiting_since = NULL
WHERE id = $1

-- name: appeals_touch_bot
UPDATE appeals SET last_activity_at = $2, message_count = message_count + 1 WHERE id = $1

-- name: appeals_set_subject
UPDATE appeals SET subject = $2 WHERE id = $1 AND deleted_at IS NULL

-- name: appeals_delete
UPDATE appeals SET deleted_at = $2, subject = NULL, closing_at = NULL WHERE id = $1 AND deleted_at IS NULL
RETURNING customer_id, generation

-- name: appeals_erase_versions
DELETE FROM message_versions WHERE message_id IN (SELECT id FROM messages WHERE appeal_id = $1)

-- name: appeals_erase_messages
UPDATE messages SET text = '', buttons = 0, delivery_reason = CASE delivery WHEN 1 THEN 'deleted' ELSE delivery_reason END,
	delivery = CASE delivery WHEN 1 THEN 4 ELSE delivery END
WHERE appeal_id = $1

-- name: appeals_customer_of
SELECT customer_id FROM appeals WHERE id = $1
