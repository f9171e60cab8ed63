#!lua flags=allow-oom
-- Gives a lease up.
-- KEYS: lease; ARGV: holder
-- Answer: 1; 0: it was not this holder's
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
	return 0
end
return redis.call('DEL', KEYS[1])
