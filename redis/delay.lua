#!lua flags=allow-oom
-- Done with an entry for now: the task comes again at its time.
-- KEYS: stream, delayed set; ARGV: slot, id, due ('': beyond the horizon, the scheduler tells it later), member
-- Answer: 1; 0: the entry was not (or no longer) this worker's
-- Said twice, it does the same; a task that is told once too often is harmless.
local own = redis.pcall('XPENDING', KEYS[1], 'workers', ARGV[2], ARGV[2], 1, ARGV[1])
local acked = 0
if not own.err and #own == 1 then
	acked = redis.call('XACK', KEYS[1], 'workers', ARGV[2])
end
if ARGV[3] ~= '' then
	redis.call('ZADD', KEYS[2], ARGV[3], ARGV[4])
end
return acked
