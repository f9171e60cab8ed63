-- Counts one hit in a window that begins with the first one.
-- KEYS: counter; ARGV: now in ms, window in ms
-- Answer: hits in this window, this one included
local since = tonumber(redis.call('HGET', KEYS[1], 'since') or '')
local now = tonumber(ARGV[1])
if not since or now < since or now - since >= tonumber(ARGV[2]) then
	redis.call('HSET', KEYS[1], 'since', ARGV[1], 'count', 0)
end
-- the time to live only sweeps up; the window is judged by `since`
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HINCRBY', KEYS[1], 'count', 1)
