-- store/employees.sql -- accounts, sessions, refresh tokens.

-- name: employees_add
INSERT INTO employees (login, name, role, lang, password_hash, enabled, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id

-- name: employees_get
SELECT id, login, name, role, lang, password_hash, enabled, created_at FROM employees WHERE id = $1

-- name: employees_by_login
SELECT id, login, name, role, lang, password_hash, enabled, created_at FROM employees WHERE login = $1

-- name: employees_set_password_hash
UPDATE employees SET password_hash = $2 WHERE id = $1

-- name: employees_list
SELECT id, login, name, role, lang, password_hash, enabled, created_at FROM employees ORDER BY login LIMIT $1

-- name: employees_any
SELECT 1 FROM employees LIMIT 1

-- name: sessions_open
INSERT INTO sessions (employee_id, created_at, expires_at) VALUES ($1, $2, $3)
RETURNING id

-- name: sessions_get
SELECT s.id, s.employee_id, s.created_at, s.expires_at, s.revoked_at, e.role, e.enabled, e.name, e.login, e.lang
FROM sessions s JOIN employees e ON e.id = s.employee_id WHERE s.id = $1

-- name: sessions_revoke
UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL

-- name: refresh_add
INSERT INTO refresh_tokens (hash, session_id, parent, expires_at) VALUES ($1, $2, $3, $4)

-- name: refresh_get
SELECT t.session_id, t.expires_at, t.used_at, s.expires_at, s.revoked_at, e.enabled,
	CASE WHEN EXISTS (SELECT 1 FROM refresh_tokens n WHERE n.parent = t.hash AND n.used_at IS NOT NULL) THEN 1 ELSE 0 END
FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN employees e ON e.id = s.employee_id
WHERE t.hash = $1

-- name: refresh_mark_used
UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL

-- name: refresh_session
SELECT session_id FROM refresh_tokens WHERE hash = $1
