#!lua flags=no-writes
-- The numbers of every stream.
-- ARGV: types
-- Answer: per type and class (interactive, then bulk): length, pending, lag (-1: not known), delayed, dead,
--         time of the first entry or 0, 1 when paused
local out = {}

local function group_field(stream, name)
	local groups = redis.call('EXISTS', stream) == 1 and redis.call('XINFO', 'GROUPS', stream) or {}
	for _, group in ipairs(groups) do
		for at = 1, group[2] == 'workers' and #group or 0, 2 do
			if group[at] == name then
				return group[at + 1]
			end
		end
	end
end

local function first_at(stream)
	local entry = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
	for i = 1, entry and #entry[2] or 0, 2 do
		if entry[2][i] == 'at' then
			return tonumber(entry[2][i + 1])
		end
	end
	return 0
end

for i = 1, #ARGV do
	local paused = redis.call('SISMEMBER', 'eco:paused', ARGV[i])
	for _, class in ipairs({ 'interactive', 'bulk' }) do
		local kind, at = ARGV[i] .. ':' .. class, #out
		local stream = 'eco:stream:' .. kind
		out[at + 1] = redis.call('XLEN', stream)
		out[at + 2] = group_field(stream, 'pending') or 0
		out[at + 3] = group_field(stream, 'lag') or -1
		out[at + 4] = redis.call('ZCARD', 'eco:delayed:' .. kind)
		out[at + 5] = redis.call('XLEN', 'eco:dead:' .. kind)
		out[at + 6] = first_at(stream)
		out[at + 7] = paused
	end
end
return out
