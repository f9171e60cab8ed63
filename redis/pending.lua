#!lua flags=allow-oom
-- One page of what is pending under a worker's own name, without counting as a delivery.
-- KEYS: stream; ARGV: slot, id after which to begin ('-': at the first), most entries
-- Answer: {id of the last one looked at or '', {id, task, key, suspect, ...}}
local first = ARGV[2] == '-' and '-' or '(' .. ARGV[2]
local rows = redis.pcall('XPENDING', KEYS[1], 'workers', first, '+', ARGV[3], ARGV[1])
local last, found = '', {}
if rows.err then
	return { '', {} }
end
for _, row in ipairs(rows) do
	local entry = redis.call('XRANGE', KEYS[1], row[1], row[1])[1]
	last = row[1]
	if entry then
		local field, fields, at = {}, entry[2], #found
		for i = 1, #fields, 2 do
			field[fields[i]] = fields[i + 1]
		end
		found[at + 1], found[at + 2], found[at + 3] = row[1], field.task or '', field.key or ''
		found[at + 4] = field.suspect and 1 or 0
	else
		-- its entry was deleted: the sweep publishes the task again
		redis.call('XACK', KEYS[1], 'workers', row[1])
	end
end
return { last, found }
