#!lua flags=no-writes
-- What the epoch says, and whether every stream still has its group.
-- ARGV: types
-- Answer: {eco:epoch or '', 1 when all groups stand}
local epoch = redis.call('GET', 'eco:epoch') or ''
for i = 1, #ARGV do
	for _, class in ipairs({ 'interactive', 'bulk' }) do
		local stream = 'eco:stream:' .. ARGV[i] .. ':' .. class
		if redis.pcall('XPENDING', stream, 'workers').err then
			return { epoch, 0 }
		end
	end
end
return { epoch, 1 }
