-- store/bots.sql -- what a bot has taken in.

-- name: bots_offset
SELECT update_offset FROM bots WHERE id = $1

-- name: bots_set_offset
INSERT INTO bots (id, update_offset, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET update_offset = excluded.update_offset, updated_at = excluded.updated_at

-- An id seen before $4 counts as new.
-- name: updates_note
INSERT INTO updates (bot_id, update_id, seen_at) VALUES ($1, $2, $3)
ON CONFLICT (bot_id, update_id) DO UPDATE SET seen_at = excluded.seen_at WHERE updates.seen_at < $4
RETURNING update_id
