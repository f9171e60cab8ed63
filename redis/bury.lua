#!lua flags=allow-oom
-- Given up: the entry goes, people find the task with its error in the dead list.
-- KEYS: stream, dead list; ARGV: slot, entry id ('': acked before the task was tried), most dead ones,
--       the fields of the entry in the list
-- Answer: 1; 0: the entry was not (or no longer) this worker's, and nothing is listed twice
if ARGV[2] ~= '' then
	local own = redis.pcall('XPENDING', KEYS[1], 'workers', ARGV[2], ARGV[2], 1, ARGV[1])
	if own.err or #own == 0 then
		return 0
	end
	redis.call('XACK', KEYS[1], 'workers', ARGV[2])
end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', unpack(ARGV, 4))
return 1
