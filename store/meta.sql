-- store/meta.sql -- single numbers, and the keys that sign access tokens.

-- name: meta_get
SELECT value FROM meta WHERE key = $1

-- name: meta_next
UPDATE meta SET value = value + 1 WHERE key = $1 RETURNING value

-- name: meta_swap
UPDATE meta SET value = $3 WHERE key = $1 AND value = $2

-- name: signing_key_add
INSERT INTO signing_keys (kid, secret, created_at) VALUES ($1, $2, $3)

-- name: signing_key_newest
SELECT kid, secret, created_at FROM signing_keys ORDER BY created_at DESC, kid LIMIT 1

-- name: signing_key_by_kid
SELECT kid, secret, created_at FROM signing_keys WHERE kid = $1
