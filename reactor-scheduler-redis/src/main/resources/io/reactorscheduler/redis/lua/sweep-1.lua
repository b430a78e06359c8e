-- Returns expired leases to the line, applies retention, looks for broken invariants; so much of each at most.
-- USES: trim crash keys
-- KEYS: prefix
-- ARGV: executions kept per task, age micros, executions kept in all, the most leases, the most rows, the most elements
--   of each kind, crashes before quarantine (or empty), token (the same until a reply is heard),
--   the token of the last reply that was heard (or empty)
-- RETURNS: now, expired executions, quarantined tasks, results of deleted executions, findings, whether there is more,
--   when the namespace was made (empty where its keys are gone), when the first lease ends (or empty)
keep_history(ARGV[1], ARGV[2], ARGV[3])
if ARGV[9] ~= '' then call('UNLINK', P .. 'i:' .. ARGV[9]) end
-- what was told to nobody is told again
local told = answered(ARGV[8]) or {}
local expired, quarantined = {}, type(told.quarantined) == 'table' and told.quarantined or {}
dropped = type(told.dropped) == 'table' and told.dropped or {}

local function give_back(name)
  local fence, number, id = string.match(name, '^([^:]*):([^:]*):(.*)$')
  local T = id and task(id)
  local n = tonumber(number)
  local E = T and T.e and T.e[n]
  if E and not E.w and out(E.f) == fence then
    expired[#expired + 1] = id .. '#' .. number
    if crash(id, T, n, E, tonumber(ARGV[7])) then quarantined[#quarantined + 1] = id end
    keep(id, T)
  else
    call('ZREM', P .. 'e', name)
    set_aside('e', name, n and 'is a lease of no claimed execution' or nil)
  end
end

local late = call('ZRANGEBYSCORE', P .. 'e', '-inf', '(' .. out(now), 'LIMIT', 0, ARGV[4])
for _, name in ipairs(late) do give_back(name) end
trim_rows(tonumber(ARGV[5]))
trim_ended(tonumber(ARGV[5]))
walk_all()
settle_queues()
told = { findings = call('SPOP', P .. 'D', 100), quarantined = quarantined, dropped = dropped_results(), before = told.findings }
for _, finding in ipairs(type(told.before) == 'table' and told.before or {}) do told.findings[#told.findings + 1] = finding end
told.before = nil
for _, news in pairs(told) do
  if #news > 0 then
    answer(ARGV[8], told, 600)
    break
  end
end
local next_expiry = call('ZRANGE', P .. 'e', 0, 0, 'WITHSCORES')[2]
return { out(now), expired, quarantined, told.dropped, told.findings, #late == tonumber(ARGV[4]) and '1' or '', call('HGET', P .. 'm', 'G') or '', is_time(next_expiry) and out(tonumber(next_expiry)) or '' }
