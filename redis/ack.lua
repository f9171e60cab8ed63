#!lua flags=allow-oom
-- Done with entries. Only the owner's ack counts: a worker that was taken for dead must not remove another's.
-- KEYS: stream; ARGV: slot, ids
-- Answer: entries acked
local owned = {}
for i = 2, #ARGV do
	local own = redis.pcall('XPENDING', KEYS[1], 'workers', ARGV[i], ARGV[i], 1, ARGV[1])
	if not own.err and #own == 1 then
		owned[#owned + 1] = ARGV[i]
	end
end
if #owned == 0 then
	return 0
end
return redis.call('XACK', KEYS[1], 'workers', unpack(owned))
