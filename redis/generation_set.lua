#!lua flags=allow-oom
-- Raises the scheduler's generation.
-- ARGV: generation
-- Answer: 1; -1: a higher one is known
if tonumber(redis.call('GET', 'eco:generation') or '0') > tonumber(ARGV[1]) then
	return -1
end
redis.call('SET', 'eco:generation', ARGV[1])
return 1
