#!lua flags=allow-oom
-- Building -> ready, if it is still this building; and which server it was built on.
-- ARGV: number of the epoch
-- Answer: 1; 0: it is not
if redis.call('GET', 'eco:epoch') ~= ARGV[1] .. ':building' then
	return 0
end
redis.call('SET', 'eco:run_id', string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or '')
redis.call('SET', 'eco:epoch', ARGV[1] .. ':ready')
return 1
