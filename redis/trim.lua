#!lua flags=allow-oom
-- Drops what every worker is done with: all below the lowest pending entry. A prefix, so that `lag` stays exact.
-- ARGV: generation, types
-- Answer: entries dropped; -1: a later scheduler is at work
if tonumber(redis.call('GET', 'eco:generation') or '0') > tonumber(ARGV[1]) then
	return -1
end
local dropped = 0
for i = 2, #ARGV do
	for _, class in ipairs({ 'interactive', 'bulk' }) do
		local stream = 'eco:stream:' .. ARGV[i] .. ':' .. class
		local pending = redis.pcall('XPENDING', stream, 'workers')
		local floor
		if pending.err then
			floor = nil
		elseif pending[1] > 0 then
			floor = pending[2]
		else
			-- each group is a list of names and values in turn
			for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
				if group[2] == 'workers' and group[7] == 'last-delivered-id' then
					local ms, seq = string.match(group[8], '^(%d+)%-(%d+)$')
					floor = ms .. '-' .. string.format('%.0f', tonumber(seq) + 1)
				end
			end
		end
		if floor then
			dropped = dropped + redis.call('XTRIM', stream, 'MINID', '=', floor)
		end
	end
end
return dropped
