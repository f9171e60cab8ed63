#!lua flags=no-writes
-- Answer: {incarnation, service, slot, count, ...}
local all = {}
for _, incarnation in ipairs(redis.call('SMEMBERS', 'eco:beats')) do
	local beat = redis.call('HMGET', 'eco:beat:' .. incarnation, 'service', 'slot', 'count')
	if beat[3] then
		local at = #all
		all[at + 1], all[at + 2], all[at + 3], all[at + 4] = incarnation, beat[1], beat[2], beat[3]
	end
end
return all
