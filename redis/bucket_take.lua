#!lua flags=allow-oom
-- one token of the bot's bucket and one of the chat's, or none of either.
-- KEYS: the bot's hash, the chat's. ARGV: bot per_s, burst, reserve; chat per_s (0: no chat), burst, reserve; wall time in ms.
-- Answers {0, 0}, or {1: the bot | 2: the chat, ms to wait}.
local paused_ms = tonumber(redis.call('HGET', KEYS[1], 'paused_until') or '0') - tonumber(ARGV[7])
if paused_ms > 0 then
	return {1, paused_ms}
end
local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
-- A bucket is one number: the moment from which it is full again.
local function look(key, per_s, burst, reserve)
	local step_us = 1000000 / per_s
	local full_us = tonumber(redis.call('HGET', key, 'full_at_us') or '0')
	if full_us < now_us or full_us > now_us + (burst + 1) * step_us then
		full_us = now_us
	end
	return full_us - now_us - (burst - 1 - reserve) * step_us, full_us + step_us
end
local bot_wait_us, bot_full_us = look(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]))
if bot_wait_us > 0 then
	return {1, math.ceil(bot_wait_us / 1000)}
end
if tonumber(ARGV[4]) > 0 then
	local chat_wait_us, chat_full_us = look(KEYS[2], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]))
	if chat_wait_us > 0 then
		return {2, math.ceil(chat_wait_us / 1000)}
	end
	redis.call('HSET', KEYS[2], 'full_at_us', string.format('%.0f', chat_full_us))
	redis.call('PEXPIRE', KEYS[2], 60000)
end
redis.call('HSET', KEYS[1], 'full_at_us', string.format('%.0f', bot_full_us))
redis.call('PEXPIRE', KEYS[1], 86400000)
return {0, 0}
