#!lua flags=allow-oom
-- A process lives. Also when Redis is full: nobody may look dead because of that.
-- ARGV: incarnation, service, slot, count, now in ms
redis.call('HSET', 'eco:beat:' .. ARGV[1], 'service', ARGV[2], 'slot', ARGV[3], 'count', ARGV[4], 'at', ARGV[5])
redis.call('SADD', 'eco:beats', ARGV[1])
return 1
