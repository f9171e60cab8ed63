#!lua flags=allow-oom
-- New entries for one worker, the first streams first, without waiting.
-- KEYS: streams in the order of their right; ARGV: slot, most entries, the type of each stream
-- Answer: {epoch, {paused types}, {stream no., id, task, key, suspect, ...}}
--         {epoch}: nothing is read while that is missing or building; {''}: a group is missing
local epoch = redis.call('GET', 'eco:epoch') or ''
if not string.find(epoch, ':ready$') then
	return { epoch }
end
local paused, taken = redis.call('SMEMBERS', 'eco:paused'), {}
local is_paused = {}
for _, type in ipairs(paused) do
	is_paused[type] = true
end

-- `at` is where notice_words() in keys.c writes it; entries made by hand may have it elsewhere
local function field(fields, name, at)
	if fields[at] == name then
		return fields[at + 1]
	end
	for i = 1, #fields, 2 do
		if fields[i] == name then
			return fields[i + 1]
		end
	end
	return ''
end

local left = tonumber(ARGV[2])
for no, stream in ipairs(KEYS) do
	if left <= 0 then
		break
	end
	if not is_paused[ARGV[no + 2]] then
		local answer = redis.pcall('XREADGROUP', 'GROUP', 'workers', ARGV[1], 'COUNT', left, 'STREAMS', stream, '>')
		if answer and answer.err then
			if string.find(answer.err, 'NOGROUP') then
				return { '' }
			end
			return answer
		end
		for _, entry in ipairs(answer and answer[1][2] or {}) do
			local at, fields = #taken, entry[2]
			taken[at + 1], taken[at + 2] = no, entry[1]
			taken[at + 3], taken[at + 4] = field(fields, 'task', 1), field(fields, 'key', 3)
			taken[at + 5] = fields[#fields - 1] == 'suspect' and 1 or 0
			left = left - 1
		end
	end
end
return { epoch, paused, taken }
