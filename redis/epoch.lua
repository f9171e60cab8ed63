#!lua flags=no-writes
-- What the epoch says, whether every stream still has its group, and on which server it was built.
-- ARGV: types
-- Answer: {eco:epoch or '', 1 when all groups stand, run_id or ''}
local epoch, run_id = redis.call('GET', 'eco:epoch') or '', redis.call('GET', 'eco:run_id') or ''
for i = 1, #ARGV do
	for _, class in ipairs({ 'interactive', 'bulk' }) do
		local stream = 'eco:stream:' .. ARGV[i] .. ':' .. class
		if redis.pcall('XPENDING', stream, 'workers').err then
			return { epoch, 0, run_id }
		end
	end
end
return { epoch, 1, run_id }
