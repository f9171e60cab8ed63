-- tests/bench/post.lua -- wrk: one request to appeal after appeal, so that each goes to another chat.
--   PATH_BEFORE, PATH_AFTER: around the number; APPEALS: how many; STRIDE: from one to the next (1); METHOD (POST);
--   BODY; TOKEN: bearer, if any
local before, after = os.getenv("PATH_BEFORE"), os.getenv("PATH_AFTER")
local appeals = tonumber(os.getenv("APPEALS"))
local stride = tonumber(os.getenv("STRIDE") or "1")
local token = os.getenv("TOKEN")
local at = 0

wrk.method = os.getenv("METHOD") or "POST"
if wrk.method == "POST" then
	wrk.body = os.getenv("BODY")
	wrk.headers["Content-Type"] = "application/json"
end
if token then
	wrk.headers["Authorization"] = "Bearer " .. token
end

function request()
	at = (at + stride) % appeals
	return wrk.format(nil, before .. (at + 1) .. after)
end
