-- store/jobs.sql -- ticks of periodic jobs, and the purge.

-- name: jobs_last_tick
SELECT COALESCE(MAX(tick_at), 0) FROM ticks WHERE job = $1

-- name: jobs_note_tick
INSERT INTO ticks (job, tick_at, ran_at) VALUES ($1, $2, $3)
ON CONFLICT (job, tick_at) DO NOTHING
RETURNING tick_at

-- name: purge_updates
DELETE FROM updates WHERE (bot_id, update_id) IN
	(SELECT u.bot_id, u.update_id FROM updates u WHERE u.seen_at < $1 ORDER BY u.seen_at LIMIT $2)

-- name: purge_idempotency
DELETE FROM idempotency WHERE id IN (SELECT k.id FROM idempotency k WHERE k.created_at < $1 ORDER BY k.created_at LIMIT $2)

-- name: purge_refresh_tokens
DELETE FROM refresh_tokens WHERE hash IN
	(SELECT t.hash FROM refresh_tokens t WHERE t.expires_at < $1 ORDER BY t.expires_at LIMIT $2)

-- name: purge_sessions
DELETE FROM sessions WHERE id IN
	(SELECT s.id FROM sessions s WHERE s.expires_at < $1
		AND NOT EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.session_id = s.id)
	ORDER BY s.expires_at LIMIT $2)

-- The newest tick of each job stays: it says what has run.
-- name: purge_ticks
DELETE FROM ticks WHERE (job, tick_at) IN
	(SELECT k.job, k.tick_at FROM ticks k WHERE k.ran_at < $1
		AND k.tick_at < (SELECT MAX(n.tick_at) FROM ticks n WHERE n.job = k.job)
	LIMIT $2)

-- name: purge_workers
DELETE FROM workers WHERE incarnation IN
	(SELECT w.incarnation FROM workers w WHERE w.ended <> 0 AND w.ended_at < $1
		AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.worker = w.incarnation AND t.state = 2)
	LIMIT $2)
