#!lua flags=allow-oom
-- gives back a token that bucket_take granted. KEYS and ARGV as there.
for i, per_s in ipairs({tonumber(ARGV[1]), tonumber(ARGV[4])}) do
	local full_us = tonumber(redis.call('HGET', KEYS[i], 'full_at_us') or '0')
	if per_s > 0 and full_us > 0 then
		redis.call('HSET', KEYS[i], 'full_at_us', string.format('%.0f', full_us - 1000000 / per_s))
	end
end
return 0
