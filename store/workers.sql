-- store/workers.sql -- who runs tasks. ended: 0 alive, 1 left in order, 2 declared dead.

-- name: workers_add
INSERT INTO workers (incarnation, service, slot, started_at) VALUES ($1, $2, $3, $4)

-- name: workers_alive
SELECT 1 FROM workers WHERE incarnation = $1 AND ended = 0

-- name: workers_end
UPDATE workers SET ended = $2, ended_at = $3 WHERE incarnation = $1 AND ended = 0

-- name: workers_list_alive
SELECT incarnation, service, slot, started_at FROM workers WHERE ended = 0 ORDER BY started_at, incarnation
