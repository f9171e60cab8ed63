-- store/writer.sql -- transactions: the writer's, one savepoint a change, and a reader's snapshot.

-- name: txn_begin
BEGIN IMMEDIATE

-- name: txn_commit
COMMIT

-- name: txn_rollback
ROLLBACK

-- name: txn_savepoint
SAVEPOINT change

-- name: txn_release
RELEASE SAVEPOINT change

-- name: txn_rollback_to
ROLLBACK TO SAVEPOINT change

-- name: txn_snapshot
BEGIN
