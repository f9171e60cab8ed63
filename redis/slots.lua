#!lua flags=no-writes
-- Under which names entries were read.
-- ARGV: types
-- Answer: {slot, ...}
local seen, slots = {}, {}
for i = 1, #ARGV do
	for _, class in ipairs({ 'interactive', 'bulk' }) do
		local consumers = redis.pcall('XINFO', 'CONSUMERS', 'eco:stream:' .. ARGV[i] .. ':' .. class, 'workers')
		for _, consumer in ipairs(consumers.err and {} or consumers) do
			-- a list of names and values in turn, the name first
			if not seen[consumer[2]] then
				seen[consumer[2]] = true
				slots[#slots + 1] = consumer[2]
			end
		end
	end
end
return slots
