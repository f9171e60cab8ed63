-- Tells of tasks that became ready, and wakes the live updates.
-- ARGV: the epoch that must stand ('': any that is ready), now in ms, highest event seq (0: none),
--       then per task: id, type, class, order key, attempt, due, payload
-- Answer: tasks told; -1: the epoch is missing or building; -2: a stream is missing (a rebuild is due)
if ARGV[3] ~= '0' then
	redis.call('PUBLISH', 'eco:events', ARGV[3])
end
local epoch = redis.call('GET', 'eco:epoch') or ''
if ARGV[1] == '' and not string.find(epoch, ':ready$') or ARGV[1] ~= '' and epoch ~= ARGV[1] then
	return -1
end
local now = tonumber(ARGV[2])
local told = 0
for i = 4, #ARGV, 7 do
	local id, kind, key = ARGV[i], ARGV[i + 1] .. ':' .. ARGV[i + 2], ARGV[i + 3]
	local attempt, due, payload = ARGV[i + 4], ARGV[i + 5], ARGV[i + 6]
	if tonumber(due) > now then
		-- as notice_member() in keys.c
		local member = string.format('task=%016.0f', tonumber(id)) .. ' attempt=' .. attempt ..
			' due=' .. due .. ' key=' .. key .. ' payload=' .. payload
		redis.call('ZADD', 'eco:delayed:' .. kind, due, member)
	elseif not redis.call('XADD', 'eco:stream:' .. kind, 'NOMKSTREAM', '*', 'task', id,
			'type', ARGV[i + 1], 'class', ARGV[i + 2], 'key', key, 'attempt', attempt,
			'due', due, 'at', ARGV[2], 'payload', payload) then
		-- XADD would make the stream again, but without its group
		return -2
	end
	told = told + 1
end
return told
