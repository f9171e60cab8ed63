-- store/backup.sql -- what a copy of the records holds, and what a restored one must be told. SQLite's own: another backend
-- has backups of its own.

-- name: backup_facts
SELECT (SELECT COUNT(*) FROM appeals), (SELECT COUNT(*) FROM messages),
	COALESCE((SELECT at FROM events ORDER BY seq DESC LIMIT 1), 0)

-- name: backup_meta
SELECT value FROM meta WHERE key = $1

-- name: backup_meta_raise
UPDATE meta SET value = $2 WHERE key = $1 AND value < $2

-- name: backup_sequence
SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = $1), 0)

-- name: backup_sequence_forget
DELETE FROM sqlite_sequence WHERE name = $1

-- name: backup_sequence_set
INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)

-- name: backup_queued
SELECT id FROM messages WHERE delivery = 1 AND id > $1 ORDER BY id LIMIT $2
