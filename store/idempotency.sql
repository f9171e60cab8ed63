-- store/idempotency.sql -- answers by (actor, route, key).

-- name: idempotency_find
SELECT body_hash, status, body, location FROM idempotency
WHERE actor_id = $1 AND route = $2 AND key = $3 AND created_at > $4

-- An outlived answer under the same key is replaced.
-- name: idempotency_keep
INSERT INTO idempotency (actor_id, route, key, body_hash, status, body, location, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (actor_id, route, key) DO UPDATE SET body_hash = excluded.body_hash, status = excluded.status,
	body = excluded.body, location = excluded.location, created_at = excluded.created_at
