-- tests/bench/post.lua -- wrk: POST one body to appeal after appeal, so that each answer goes to another chat.
--   PATH_BEFORE, PATH_AFTER: around the number; APPEALS: how many; BODY; TOKEN: bearer, if any
local before, after = os.getenv("PATH_BEFORE"), os.getenv("PATH_AFTER")
local appeals = tonumber(os.getenv("APPEALS"))
local token = os.getenv("TOKEN")
local at = 0

wrk.method = "POST"
wrk.body = os.getenv("BODY")
wrk.headers["Content-Type"] = "application/json"
if token then
	wrk.headers["Authorization"] = "Bearer " .. token
end

function request()
	at = at % appeals + 1
	return wrk.format(nil, before .. at .. after)
end
