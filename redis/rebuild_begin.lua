#!lua flags=allow-oom
-- Begins anew: nothing is published or read until the end of the rebuild.
-- ARGV: number of the epoch, generation, types
-- Answer: 1; -1: a later scheduler is at work
local known = tonumber(redis.call('GET', 'eco:generation') or '0')
if known > tonumber(ARGV[2]) then
	return -1
end
redis.call('SET', 'eco:generation', ARGV[2])
redis.call('SET', 'eco:epoch', ARGV[1] .. ':building')
for i = 3, #ARGV do
	for _, class in ipairs({ 'interactive', 'bulk' }) do
		local kind = ARGV[i] .. ':' .. class
		redis.call('UNLINK', 'eco:stream:' .. kind)
		redis.call('UNLINK', 'eco:delayed:' .. kind)
		redis.call('XGROUP', 'CREATE', 'eco:stream:' .. kind, 'workers', '0', 'MKSTREAM')
	end
end
return 1
