-- store/messages.sql -- messages both ways. Authors: 0 customer, 1 employee, 2 bot, 3 system. Delivery: 0 none, 1 queued, 2 sending,
-- 3 sent, 4 failed, 5 unknown.

-- name: messages_find_incoming
SELECT m.id, m.text, COALESCE(m.edited_at, m.created_at) FROM messages m JOIN appeals a ON a.id = m.appeal_id
WHERE m.bot_id = $1 AND m.chat_id = $2 AND m.telegram_message_id = $3 AND m.author = 0 AND a.deleted_at IS NULL

-- Deleted appeals count, too.
-- name: messages_is_known
SELECT 1 FROM messages WHERE bot_id = $1 AND chat_id = $2 AND telegram_message_id = $3 AND author = 0

-- name: messages_add_incoming
INSERT INTO messages (appeal_id, author, kind, text, created_at, bot_id, chat_id, telegram_message_id)
VALUES ($1, 0, $2, $3, $4, $5, $6, $7)

-- name: messages_outgoing_to
SELECT a.generation, c.bot_id, c.telegram_id, c.reachable
FROM appeals a JOIN customers c ON c.id = a.customer_id
WHERE a.id = $1 AND a.deleted_at IS NULL

-- name: messages_add_outgoing
INSERT INTO messages (appeal_id, author, kind, employee_id, text, buttons, generation, created_at, bot_id, chat_id, delivery,
	delivery_reason)
VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: messages_add_version
INSERT INTO message_versions (message_id, text, at) VALUES ($1, $2, $3)

-- name: messages_edit
UPDATE messages SET text = $2, edited_at = $3 WHERE id = $1
RETURNING appeal_id

-- name: messages_get
SELECT * FROM message_rows WHERE id = $1

-- name: messages_list
SELECT * FROM message_rows WHERE appeal_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3

-- name: messages_versions
SELECT text, at FROM message_versions WHERE message_id = $1 ORDER BY id

-- Buttons of an older closing, or of an appeal that has moved on, are not to be sent any more.
-- name: messages_address
SELECT m.id, m.appeal_id, a.number, c.id, m.bot_id, m.chat_id, m.generation, m.text,
	CASE WHEN a.state = 2 AND a.generation = m.generation THEN m.buttons ELSE 0 END,
	c.lang, m.delivery, m.telegram_message_id, c.reachable
FROM messages m JOIN appeals a ON a.id = m.appeal_id JOIN customers c ON c.id = a.customer_id
WHERE m.id = $1 AND a.deleted_at IS NULL

-- name: messages_delivery_of
SELECT delivery FROM messages WHERE id = $1

-- name: messages_set_delivery
UPDATE messages SET delivery = $2, delivery_reason = $3, telegram_message_id = COALESCE($4, telegram_message_id), delivered_at = $5
WHERE id = $1
RETURNING appeal_id, bot_id, chat_id, buttons

-- name: messages_has_void_buttons
SELECT 1 FROM messages m JOIN appeals a ON a.id = m.appeal_id
WHERE m.id = $1 AND m.buttons <> 0 AND (a.state <> 2 OR a.generation <> m.generation)

-- name: messages_queued_of
SELECT id FROM messages WHERE appeal_id = $1 AND id > $2 AND delivery = 1 ORDER BY id LIMIT $3

-- name: messages_last_with_buttons
SELECT id FROM messages WHERE appeal_id = $1 AND buttons <> 0 AND delivery = 3 ORDER BY id DESC LIMIT 1

-- name: messages_drop_buttons
UPDATE messages SET buttons = 0 WHERE id = $1 AND buttons <> 0
RETURNING appeal_id, bot_id, chat_id
