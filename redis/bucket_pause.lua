#!lua flags=allow-oom
-- a chat was told to slow down; two chats within a few seconds mean the bot.
-- KEYS: the bot's hash. ARGV: chat, until and now (wall, ms), spread_ms, 1: the whole bot at once. Answers 1 when the bot pauses.
local now_ms = tonumber(ARGV[3])
local last = redis.call('HMGET', KEYS[1], 'slowed_chat', 'slowed_at', 'paused_until')
local age_ms = now_ms - tonumber(last[2] or '0')
local both = last[1] and last[1] ~= ARGV[1] and age_ms >= 0 and age_ms < tonumber(ARGV[4])
redis.call('HSET', KEYS[1], 'slowed_chat', ARGV[1], 'slowed_at', ARGV[3])
redis.call('PEXPIRE', KEYS[1], 86400000)
if not both and ARGV[5] ~= '1' then
	return 0
end
if tonumber(ARGV[2]) > tonumber(last[3] or '0') then
	redis.call('HSET', KEYS[1], 'paused_until', ARGV[2])
end
return 1
