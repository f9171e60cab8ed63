#!lua flags=allow-oom
-- A process is gone.
-- ARGV: incarnation
redis.call('SREM', 'eco:beats', ARGV[1])
return redis.call('DEL', 'eco:beat:' .. ARGV[1])
