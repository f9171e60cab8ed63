-- store/customers.sql -- people who write to the support bot.

-- name: customers_add
INSERT INTO customers (bot_id, telegram_id, name, username, lang, reachable, created_at) VALUES ($1, $2, $3, $4, $5, 1, $6)
RETURNING id

-- name: customers_update
UPDATE customers SET name = $2, username = $3, reachable = 1 WHERE id = $1

-- name: customers_get
SELECT id, bot_id, telegram_id, name, username, lang, reachable, created_at FROM customers WHERE id = $1

-- name: customers_find
SELECT id, bot_id, telegram_id, name, username, lang, reachable, created_at FROM customers
WHERE bot_id = $1 AND telegram_id = $2

-- name: customers_set_reachable
UPDATE customers SET reachable = $2 WHERE id = $1 AND reachable <> $2
