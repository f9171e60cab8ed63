#!lua flags=allow-oom
-- Moves what is due from the delayed sets to the streams.
-- ARGV: now in ms, most to move, types
-- Answer: {moved, due time of the next one or 0}
local left, moved, next_due = tonumber(ARGV[2]), 0, 0

local function move(kind, type, class)
	local set = 'eco:delayed:' .. kind
	local due_ones = redis.call('ZRANGEBYSCORE', set, '-inf', ARGV[1], 'LIMIT', 0, left)
	for _, member in ipairs(due_ones) do
		local id, attempt, due, key, payload =
			string.match(member, '^task=0*(%d+) attempt=(%d+) due=(%-?%d+) key=(.-) payload=(.*)$')
		-- a stream that is missing waits for the rebuild; what is no member of ours goes
		if id and not redis.call('XADD', 'eco:stream:' .. kind, 'NOMKSTREAM', '*', 'task', id,
				'type', type, 'class', class, 'key', key, 'attempt', attempt,
				'due', due, 'at', ARGV[1], 'payload', payload) then
			return
		end
		redis.call('ZREM', set, member)
		moved, left = moved + 1, left - 1
	end
	local first = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
	if first and (next_due == 0 or tonumber(first) < next_due) then
		next_due = tonumber(first)
	end
end

for _, class in ipairs({ 'interactive', 'bulk' }) do
	for i = 3, #ARGV do
		move(ARGV[i] .. ':' .. class, ARGV[i], class)
	end
end
return { moved, next_due }
