#!lua flags=allow-oom
-- Done with entries. Only the owner's ack counts: a worker that was taken for dead must not remove another's.
-- KEYS: stream; ARGV: slot, ids
-- Answer: entries acked
local owned, is_own = {}, {}
-- acks come mostly in the order of their entries: then one look finds them all
local rows = redis.pcall('XPENDING', KEYS[1], 'workers', ARGV[2], ARGV[#ARGV], 4 * #ARGV, ARGV[1])
for _, row in ipairs(rows.err and {} or rows) do
	is_own[row[1]] = true
end
for i = 2, #ARGV do
	local id = ARGV[i]
	if not is_own[id] then
		local own = redis.pcall('XPENDING', KEYS[1], 'workers', id, id, 1, ARGV[1])
		is_own[id] = not own.err and #own == 1
	end
	if is_own[id] then
		owned[#owned + 1] = id
	end
end
if #owned == 0 then
	return 0
end
return redis.call('XACK', KEYS[1], 'workers', unpack(owned))
