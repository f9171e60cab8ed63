#!lua flags=allow-oom
-- Moves what is due from the delayed sets to the streams.
-- ARGV: now in ms, most to move, types
-- Answer: {moved, due time of the next one or 0}
local left, moved, next_due = tonumber(ARGV[2]), 0, 0

-- the entry's fields as notice_words() in keys.c; nil: no member of ours
local function fields_of(member)
	local id, attempt, due, key, payload =
		string.match(member, '^task=0*(%d+) attempt=(%d+) due=(%-?%d+) key=(.-) payload=(.*)$')
	local fields = { 'task', id }
	local function add(name, value)
		fields[#fields + 1], fields[#fields + 2] = name, value
	end
	if not id then
		return nil
	end
	if key ~= '' then
		add('key', key)
	end
	if attempt ~= '0' then
		add('attempt', attempt)
	end
	add('due', due)
	add('at', ARGV[1])
	add('payload', payload)
	return fields
end

local function move(kind)
	local set = 'eco:delayed:' .. kind
	local due_ones = redis.call('ZRANGEBYSCORE', set, '-inf', ARGV[1], 'LIMIT', 0, left)
	for _, member in ipairs(due_ones) do
		local fields = fields_of(member)
		-- a stream that is missing waits for the rebuild; what is no member of ours goes
		if fields and not redis.call('XADD', 'eco:stream:' .. kind, 'NOMKSTREAM', '*', unpack(fields)) then
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
		move(ARGV[i] .. ':' .. class)
	end
end
return { moved, next_due }
