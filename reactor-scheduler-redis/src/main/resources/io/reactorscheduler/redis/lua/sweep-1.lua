-- Returns expired leases to the line, applies retention, looks for broken invariants; so much of each at most.
-- USES: trim crash keys
-- KEYS: prefix
-- ARGV: executions kept per task, age micros, executions kept in all, the most leases, the most rows, the most elements
--   of each kind, crashes before quarantine (or empty), token (the same until a reply is heard)
-- RETURNS: now, expired executions, quarantined tasks, results of deleted executions, findings, whether there is more,
--   when the namespace was made (empty where its keys are gone), when the first lease ends (or empty)
keep_history(ARGV[1], ARGV[2], ARGV[3])
local expired, quarantined = {}, {}
local patience = tonumber(ARGV[7])
-- what was told to nobody is told again
for _, finding in ipairs(answered(ARGV[8]) or {}) do find(finding) end

local late = call('ZRANGEBYSCORE', P .. 'e', '-inf', '(' .. out(now), 'LIMIT', 0, ARGV[4])
for _, name in ipairs(late) do
  local fence, number, id = string.match(name, '^([^:]*):([^:]*):(.*)$')
  local T = id and task(id)
  local n = tonumber(number)
  local E = T and T.e and T.e[n]
  if E and not E.w and out(E.f) == fence then
    expired[#expired + 1] = id .. '#' .. number
    if crash(id, T, n, E, patience) then quarantined[#quarantined + 1] = id end
    keep(id, T)
  else
    call('ZREM', P .. 'e', name)
    set_aside('e', name, n and 'is a lease of no claimed execution' or nil)
  end
end
trim_rows(tonumber(ARGV[5]))
trim_ended(tonumber(ARGV[5]))
walk_all()
settle_queues()
local findings = call('SPOP', P .. 'D', 100)
if #findings > 0 then answer(ARGV[8], findings, 600) end
local has_more, made_at = #late == tonumber(ARGV[4]) and '1' or '', call('HGET', P .. 'm', 'G') or ''
local next_expiry = call('ZRANGE', P .. 'e', 0, 0, 'WITHSCORES')[2]
return { out(now), expired, quarantined, dropped_results(), findings, has_more, made_at, is_time(next_expiry) and out(tonumber(next_expiry)) or '' }
