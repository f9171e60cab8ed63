#!lua flags=allow-oom
-- All that is pending under a dead worker's name goes back to its stream, marked as suspect, for any worker to take.
-- ARGV: the dead slot, generation, most to move, types
-- Answer: {moved, 1 when something is left}; {-1}: a later scheduler is at work
if tonumber(redis.call('GET', 'eco:generation') or '0') > tonumber(ARGV[2]) then
	return { -1 }
end
local dead, left, moved = ARGV[1], tonumber(ARGV[3]), 0

-- As a new entry at the end: XCLAIM to a living worker would hide it from the others, and from that one until it looks.
local function put_back(stream, id)
	local entry = redis.call('XRANGE', stream, id, id)[1]
	if entry then
		local fields = entry[2]
		if fields[#fields - 1] ~= 'suspect' then
			fields[#fields + 1], fields[#fields + 2] = 'suspect', '1'
		end
		redis.call('XADD', stream, '*', unpack(fields))
	end
	redis.call('XACK', stream, 'workers', id)
end

local function move(stream)
	while left > 0 do
		local rows = redis.pcall('XPENDING', stream, 'workers', '-', '+', math.min(left, 100), dead)
		if rows.err or #rows == 0 then
			break
		end
		for _, row in ipairs(rows) do
			put_back(stream, row[1])
			moved, left = moved + 1, left - 1
		end
	end
	-- DELCONSUMER would drop what is pending without a word
	local rest = redis.pcall('XPENDING', stream, 'workers', '-', '+', 1, dead)
	if not rest.err and #rest == 0 then
		redis.call('XGROUP', 'DELCONSUMER', stream, 'workers', dead)
	end
	return not rest.err and #rest > 0 and 1 or 0
end

local more = 0
for i = 4, #ARGV do
	for _, class in ipairs({ 'interactive', 'bulk' }) do
		more = math.max(more, move('eco:stream:' .. ARGV[i] .. ':' .. class))
	end
end
return { moved, more }
