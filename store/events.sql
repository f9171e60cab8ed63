-- store/events.sql -- what happened, in order.

-- name: events_add
INSERT INTO events (kind, actor_kind, actor_id, appeal_id, message_id, customer_id, data, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: events_max_seq
SELECT COALESCE(MAX(seq), 0) FROM events

-- name: events_after
SELECT seq, kind, actor_kind, actor_id, actor_name, appeal_id, message_id, customer_id, data, at
FROM event_rows WHERE seq > $1 ORDER BY seq LIMIT $2

-- name: events_of_appeal
SELECT seq, kind, actor_kind, actor_id, actor_name, appeal_id, message_id, customer_id, data, at
FROM event_rows WHERE appeal_id = $1 ORDER BY seq LIMIT $2
