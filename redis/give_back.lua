#!lua flags=allow-oom
-- Entries that a worker read but never began go back to the end of their stream.
-- KEYS: stream; ARGV: slot, ids
-- Answer: entries given back
local given = 0
for i = 2, #ARGV do
	local own = redis.pcall('XPENDING', KEYS[1], 'workers', ARGV[i], ARGV[i], 1, ARGV[1])
	local entry = not own.err and #own == 1 and redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1]
	if entry then
		redis.call('XADD', KEYS[1], '*', unpack(entry[2]))
		redis.call('XACK', KEYS[1], 'workers', ARGV[i])
		given = given + 1
	end
end
return given
